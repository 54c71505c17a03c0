// Bytes of a TCP connection, both ways.
#pragma once

#include <functional>
#include <pathology/proxycore/flow/flow.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::flow {

/// The bytes of one read. Addons change its `content`, or drop it.
struct TcpMessage {
    bool from_client = true;
    std::string content{};
    Time timestamp{};
    bool dropped = false;   ///< is not forwarded
    bool injected = false;  ///< was sent by the proxy

    void drop() { dropped = true; }
    bool operator==(TcpMessage const&) const = default;

    /// See visit.hpp.
    template <class Self, class Visitor> static void visit_members(Self& self, Visitor&& visit) {
        visit("from_client", self.from_client);
        visit("content", self.content);
        visit("timestamp", self.timestamp);
        visit("dropped", self.dropped);
        visit("injected", self.injected);
    }
};

class TcpFlow final : public Flow {
public:
    TcpFlow(std::shared_ptr<Client> client, std::shared_ptr<Server> server, Time created, Id its_id = Id::make())
        : Flow(std::move(client), std::move(server), created, its_id) {}
    std::string_view type() const override { return "tcp"; }

    std::vector<TcpMessage> messages{};
    /// While bytes are relayed: sends a message of the proxy, to the server if its `from_client` is set, else to the
    /// client; tcp_message runs first. Empty otherwise. Not part of the state, nor of copies.
    std::function<void(TcpMessage)> inject{};

    std::uint64_t size() const override;

    /// See visit.hpp.
    template <class Self, class Visitor> static void visit_members(Self& self, Visitor&& visit) {
        visit_flow(self, visit);
        visit("messages", self.messages);
    }

protected:
    std::unique_ptr<Flow> snapshot() const override;
    bool same_state(Flow const& other) const override;
    void restore(Flow const& other) override;
};

}  // namespace pathology::proxycore::flow
