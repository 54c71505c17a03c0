// Serialises heads and chunk framing. Nothing is checked or changed: order, spelling and errors are kept.
#pragma once
#include <cstdint>
#include <pathology/proxycore/http/message.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::http1 {

/// Appends request line, fields and the empty line (RFC 9112 §3, §5).
void append(std::string& out, http::RequestHead const& head);
/// Appends status line, fields and the empty line (RFC 9112 §4, §5). The status has at least three digits.
void append(std::string& out, http::ResponseHead const& head);

/// The same as a new string.
std::string serialise(http::RequestHead const& head);
std::string serialise(http::ResponseHead const& head);

/// The line before `size` bytes of chunk data; after them comes `chunk_end` (RFC 9112 §7.1).
/// A size of 0 would end the body: use `last_chunk` for that.
std::string chunk_header(std::uint64_t size);
inline constexpr std::string_view chunk_end = "\r\n";

/// The chunk that ends a body, with its trailer fields (RFC 9112 §7.1.2).
std::string last_chunk(http::Fields const& trailers = {});

}  // namespace pathology::proxycore::http1
