#pragma once
// What resolving does to a message that becomes HTTP/2 frames.
//
// Header text is Huffman-coded, so that its bytes have to be known when the plan is made: generated values in header
// names and values are drawn here, as far as they are small. The text that is longer goes out as it is, generated while
// it is sent. `known_header_text` is where one ends and the other begins, for values of every kind, so that a frozen
// message, in which a literal stands for each generated value, is laid out like the one it was made of.

#include <pathology/language/ast.hpp>
#include <pathology/language/rng.hpp>
#include <pathology/language/settings.hpp>

#include "layout.hpp"

namespace pathology::language {

/// The longest name or value of a field that is Huffman-coded, in bytes.
inline constexpr std::uint64_t known_header_text = small_file;

/// Refuses what HTTP/2 has not, and draws header text. Nothing is added to the features, as in the original: what
/// HTTP/2 adds is no feature but part of the frames.
Parsed<void> complete_http2(Response& response, Rng& rng);
Parsed<void> complete_http2(Request& request, Rng& rng);

/// Draws the header text of a raw frame.
void draw_header_text(Http2Frame& frame, Rng& rng);

/// Whether a message has header text to draw.
bool draws_header_text(Message const& message, Protocol protocol);

/// Errors: SpecErrc::wrong_protocol for what HTTP/2 has not.
Parsed<void> check_http2(Response const& response);
Parsed<void> check_http2(Request const& request);

}  // namespace pathology::language
