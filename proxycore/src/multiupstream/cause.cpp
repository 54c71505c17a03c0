#include <array>
#include <pathology/proxycore/multiupstream/cause.hpp>

namespace pathology::proxycore::multiupstream {

std::string_view to_string(Cause cause) {
    static constexpr std::array<std::string_view, cause_count> names{
        "refused",     "timed out", "name not resolved", "TLS failed", "not its protocol",
        "no response", "rejected",  "credentials",       "other"};
    return names[static_cast<std::size_t>(cause)];
}

}  // namespace pathology::proxycore::multiupstream
