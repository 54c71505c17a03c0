#pragma once
// The steps of resolve(), for craft(), which lays a message out once for its offsets and its plan.
//
// Over HTTP/2, header text is Huffman-coded, and its bytes have to be known when the plan is made. Generated values in
// header names and values are therefore drawn when the message is completed, if they are small; longer ones are sent as
// they are, generated while they are sent. The limit, `max_known_header_text`, holds for values of every kind: a frozen
// message, which has a literal for each generated value, is laid out like the message it was made of.

#include <pathology/language/ast.hpp>
#include <pathology/language/rng.hpp>
#include <pathology/language/settings.hpp>

#include "layout.hpp"

namespace pathology::language {

/// The longest name or value of a field that is Huffman-coded, in bytes.
inline constexpr std::uint64_t max_known_header_text = small_file;

/// resolve() without the offsets: removes `xN`, adds implied features, and checks what the grammar cannot.
Parsed<void> complete(Message& message, Settings const& settings, Rng& rng);

/// The place of an action; nullptr for other features.
Offset const* offset_of(Feature const& feature);

/// Returns true if sending a message with this feature takes time: the rule of pauses().
bool takes_time(Feature const& feature);

/// Returns true if an offset is no number.
bool has_open_offset(Message const& message);

/// Replaces these offsets by numbers. Places before the beginning are the beginning.
/// Errors: SpecErrc::out_of_range if the message has no such HTTP/2 frame.
Parsed<void> place_offsets(Message& message, Base const& base, Rng& rng);

/// Adds the mask bit and the key of a client, and draws a generated key.
Parsed<void> complete(Frame& frame, Settings const& settings, Rng& rng);

/// Returns true if that draws a key.
bool draws_masking_key(Frame const& frame, Settings const& settings);

/// Rejects features that HTTP/2 does not have.
/// Errors: SpecErrc::wrong_protocol.
Parsed<void> check_http2(Response const& response);
Parsed<void> check_http2(Request const& request);

/// Replaces relative streams by numbers: those below 0 by 0, those above 32 bits by the largest one.
/// Errors: SpecErrc::wrong_protocol over HTTP/1, which has no streams, and for `next` of a server.
Parsed<void> place_streams(Http2Frame& frame, Settings const& settings);

/// Draws the header text of a message over HTTP/2, or of a raw frame.
void draw_header_text(Response& response, Rng& rng);
void draw_header_text(Request& request, Rng& rng);
void draw_header_text(Http2Frame& frame, Rng& rng);

/// Returns true if a message has header text to draw.
bool draws_header_text(Message const& message, Protocol protocol);

}  // namespace pathology::language
