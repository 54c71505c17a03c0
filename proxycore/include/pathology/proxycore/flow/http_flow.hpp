// An HTTP exchange, and the WebSocket conversation that may follow it.
#pragma once

#include <functional>
#include <optional>
#include <pathology/proxycore/flow/flow.hpp>
#include <pathology/proxycore/flow/request.hpp>
#include <pathology/proxycore/flow/response.hpp>
#include <pathology/proxycore/flow/websocket_data.hpp>

namespace pathology::proxycore::flow {

/// Response and error may both be there: the answer arrived, and could not be delivered.
class HttpFlow final : public Flow {
public:
    HttpFlow(std::shared_ptr<Client> client, std::shared_ptr<Server> server, Time created)
        : Flow(std::move(client), std::move(server), created) {}
    std::string_view type() const override { return "http"; }

    Request request{};
    std::optional<Response> response{};
    std::optional<WebSocketData> websocket{};
    /// While the WebSocket is open: sends a message that neither side has sent, to the server when its `from_client` is
    /// set, else to the client; the hook sees it first. Empty otherwise. No part of the state, nor of copies.
    std::function<void(WebSocketMessage)> inject_websocket{};

    /// Replaces in request and response; returns how often.
    std::size_t replace(pattern::Pattern const& pattern, std::string_view text);

protected:
    std::unique_ptr<Flow> snapshot() const override;
    bool same_state(Flow const& other) const override;
    void take_state(Flow const& other) override;
};

}  // namespace pathology::proxycore::flow
