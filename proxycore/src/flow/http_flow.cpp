#include <pathology/proxycore/flow/http_flow.hpp>

namespace pathology::proxycore::flow {

std::size_t HttpFlow::replace(pattern::Pattern const& pattern, std::string_view text) {
    return request.replace(pattern, text) + (response ? response->replace(pattern, text) : 0);
}

std::unique_ptr<Flow> HttpFlow::snapshot() const {
    auto taken = std::make_unique<HttpFlow>(*this);
    taken->inject_websocket = nullptr;
    return taken;
}

bool HttpFlow::same_state(Flow const& other) const {
    auto const& that = static_cast<HttpFlow const&>(other);  // a backup is of its own kind
    return Flow::same_state(other) && request == that.request && response == that.response &&
           websocket == that.websocket;
}

void HttpFlow::take_state(Flow const& other) {
    auto const& that = static_cast<HttpFlow const&>(other);
    Flow::take_state(other);
    request = that.request;
    response = that.response;
    websocket = that.websocket;
}

}  // namespace pathology::proxycore::flow
