// The words for versions of TLS on the command lines of the programs.
#pragma once

#include <array>
#include <string_view>

namespace pathology::proxycore::tls {

/// The words of `--ssl-version`, as help shows them. parse_versions() takes other spellings too.
inline constexpr std::array<std::string_view, 6> version_words{"TLSv1",   "TLSv1_1", "TLSv1_2",
                                                               "TLSv1_3", "secure",  "all"};

}  // namespace pathology::proxycore::tls
