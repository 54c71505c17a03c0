// Bytes that went both ways, not understood.
#pragma once

#include <functional>
#include <pathology/proxycore/flow/flow.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::flow {

/// What one read gave. An addon changes `content` to change it, and drops it by drop().
struct TcpMessage {
    bool from_client = true;
    std::string content{};
    Time timestamp{};
    bool dropped = false;   ///< not to be passed on
    bool injected = false;  ///< sent by none of the two

    void drop() { dropped = true; }
    bool operator==(TcpMessage const&) const = default;
};

class TcpFlow final : public Flow {
public:
    TcpFlow(std::shared_ptr<Client> client, std::shared_ptr<Server> server, Time created)
        : Flow(std::move(client), std::move(server), created) {}
    std::string_view type() const override { return "tcp"; }

    std::vector<TcpMessage> messages{};
    /// While bytes are passed on: sends some that neither side has sent, to the server when the message's `from_client`
    /// is set, else to the client; the hook sees it first. Empty otherwise. No part of the state, nor of copies.
    std::function<void(TcpMessage)> inject{};

protected:
    std::unique_ptr<Flow> snapshot() const override;
    bool same_state(Flow const& other) const override;
    void take_state(Flow const& other) override;
};

}  // namespace pathology::proxycore::flow
