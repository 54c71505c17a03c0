#include <pathology/proxycore/console/version.hpp>

namespace pathology::proxycore::console {

std::string_view version() noexcept { return PATHOLOGY_VERSION; }

}  // namespace pathology::proxycore::console
