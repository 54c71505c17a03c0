// An HTTP exchange, and the WebSocket conversation that may follow it.
#pragma once

#include <functional>
#include <optional>
#include <pathology/proxycore/flow/flow.hpp>
#include <pathology/proxycore/flow/request.hpp>
#include <pathology/proxycore/flow/response.hpp>
#include <pathology/proxycore/flow/websocket_data.hpp>

namespace pathology::proxycore::flow {

/// Response and error may both be set: the response arrived, and could not be delivered.
class HttpFlow final : public Flow {
public:
    HttpFlow(std::shared_ptr<Client> client, std::shared_ptr<Server> server, Time created, Id its_id = Id::make());
    HttpFlow(HttpFlow const&);
    ~HttpFlow() override;
    std::string_view type() const override { return "http"; }

    Request request{};
    std::optional<Response> response{};
    std::optional<WebSocketData> websocket{};
    /// While the WebSocket is open: sends a message of the proxy, to the server if its `from_client` is set, else to
    /// the client; websocket_message runs first. Empty otherwise. Not part of the state, nor of copies.
    std::function<void(WebSocketMessage)> inject_websocket{};

    /// Replaces in request and response; returns the number of replacements.
    /// Errors: as Message::replace(); the request may have changed.
    std::size_t replace(pattern::Pattern const& pattern, std::string_view text);

    std::uint64_t size() const override;

    /// See visit.hpp.
    template <class Self, class Visitor> static void visit_members(Self& self, Visitor&& visit) {
        visit_flow(self, visit);
        visit("request", self.request);
        visit("response", self.response);
        visit("websocket", self.websocket);
    }

protected:
    std::unique_ptr<Flow> snapshot() const override;
    bool same_state(Flow const& other) const override;
    void restore(Flow const& other) override;
};

}  // namespace pathology::proxycore::flow
