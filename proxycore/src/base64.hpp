// Base64 (RFC 4648): the standard alphabet with padding, and the URL alphabet without.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pathology::proxycore {

std::string encode_base64(std::string_view bytes);
std::string encode_base64url(std::string_view bytes);

/// Decodes `text`. Strict: std::nullopt if a character is not in the alphabet (also white space), if padding is missing
/// or not allowed, or if unused bits are not zero (RFC 4648 §3.5).
std::optional<std::string> decode_base64(std::string_view text);
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace pathology::proxycore
