#include <pathology/proxycore/flow/tcp_flow.hpp>

namespace pathology::proxycore::flow {

std::unique_ptr<Flow> TcpFlow::snapshot() const {
    auto taken = std::make_unique<TcpFlow>(*this);
    taken->inject = nullptr;
    return taken;
}

bool TcpFlow::same_state(Flow const& other) const {
    return Flow::same_state(other) && messages == static_cast<TcpFlow const&>(other).messages;
}

void TcpFlow::take_state(Flow const& other) {
    Flow::take_state(other);
    messages = static_cast<TcpFlow const&>(other).messages;
}

}  // namespace pathology::proxycore::flow
