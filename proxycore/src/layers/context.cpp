#include "layers/context.hpp"

namespace pathology::proxycore::layers {

std::shared_ptr<flow::Server> Context::successor_of(flow::Server const& other) const {
    auto next = std::make_shared<flow::Server>(other.address(), services.addons.flows().make_id());
    next->tls = other.tls;
    next->sni = other.sni;
    next->set_via(other.via());
    return next;
}

std::shared_ptr<flow::Server> Context::server_for_flow() const {
    // Each flow has its own record, so a hook that changes it changes nothing for other flows. That of a closed
    // connection is history: the flow gets a successor, or the old record would describe two connections.
    if (server->state != flow::ConnectionState::closed) return server->snapshot();
    auto own = successor_of(*server);
    own->set_via(via);  // `server` may have the choice of a selector, which chooses again for each flow
    return own;
}

void Context::log(addons::LogLevel level, std::string_view text) const {
    addons::LogEntry entry{level, std::string(text)};
    if (auto const& address = client->address()) entry.client = to_string(*address);
    services.addons.log(entry);
}

}  // namespace pathology::proxycore::layers
