// The version of this build.
#pragma once

#include <string_view>

namespace pathology::proxycore::console {

/// "0.1.0"
std::string_view version() noexcept;

}  // namespace pathology::proxycore::console
