#pragma once
// The methods that a spec names without quotes, in any case.

#include <array>
#include <string_view>

namespace pathology::language::grammar {

struct BareMethod {
    std::string_view name;       ///< in lower case
    bool is_http1_only = false;  ///< needs quotes over HTTP/2, as in the original programs
};

inline constexpr std::array bare_methods{
    BareMethod{"get"},    BareMethod{"head"},          BareMethod{"post"},        BareMethod{"put"},
    BareMethod{"delete"}, BareMethod{"options", true}, BareMethod{"trace", true}, BareMethod{"connect", true}};

}  // namespace pathology::language::grammar
