// Percent-encoding (RFC 3986 §2.1).
#pragma once

#include <string>
#include <string_view>

namespace pathology::proxycore {

/// Encodes every byte that is neither unreserved (RFC 3986 §2.3) nor in `safe`.
std::string percent_encode(std::string_view bytes, std::string_view safe = "/");

/// Decodes `%XX`. A percent sign without two hexadecimal digits stays as it is: paths may be crafted. `+` stays too.
std::string percent_decode(std::string_view text);

}  // namespace pathology::proxycore
