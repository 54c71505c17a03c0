#include <pathology/proxycore/layers/context.hpp>

namespace pathology::proxycore::layers {

void Context::log(addons::LogLevel level, std::string_view text) const {
    addons::LogEntry entry{level, std::string(text)};
    if (auto const& address = client->address()) entry.client = to_string(*address);
    services.addons.log(entry);
}

}  // namespace pathology::proxycore::layers
