// The coding of the field HTTP2-Settings (RFC 7540 §3.2.1, RFC 4648 §5).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace pathology::proxycore::http2 {

/// The bytes that base64url without padding stands for; nothing when it is none.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace pathology::proxycore::http2
