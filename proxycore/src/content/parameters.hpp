// `; name=value; name="quoted"`: what follows the value in Content-Type and Content-Disposition.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pathology::proxycore::content {

/// In order and as spelled, quotes undone; what has no value is left out.
std::vector<std::pair<std::string, std::string>> parse_parameters(std::string_view text);

/// A quoted string (RFC 9110 §5.6.4).
std::string quoted_string(std::string_view value);

}  // namespace pathology::proxycore::content
