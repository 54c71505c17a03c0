// Which upstream a client has been using.
//
//     client connection ─▶ hosts and ports ─▶ upstream                   until the client connection ends
//                       └▶ WebSockets ─▶ (client address, host) ─▶ upstream    until the last WebSocket ends
//
// All entries belong to a client connection, so what forget_client() leaves behind belongs to others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/id.hpp>
#include <pathology/proxycore/multiupstream/decision.hpp>
#include <pathology/proxycore/multiupstream/question.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pathology::proxycore::multiupstream {

/// Bounds: 100 hosts and ports for each client connection; the oldest makes way.
class AffinityTable {
public:
    static constexpr std::size_t max_hosts_of_client = 100;

    /// What WebSockets of the client's address to this host use.
    std::optional<UpstreamId> find_websocket(Question const& question) const;
    /// What the client connection has used for this host and port.
    std::optional<UpstreamId> find(Question const& question) const;

    /// Replaces what is known of the client connection, host and port.
    void keep(Question const& question, UpstreamId upstream);

    /// Counts one more WebSocket, wanted or open, of the client connection. If others of its address to this host use
    /// another upstream, theirs stays the one that find_websocket() returns.
    void hold_websocket(Question const& question, UpstreamId upstream);
    /// One less. Nothing happens if the client connection holds none, or is gone.
    void release_websocket(Question const& question, UpstreamId upstream);

    /// Others of the client's address to this host are not bound to the upstream any more that is used now.
    void forget_websockets(Question const& question);
    /// If the client of the question uses this upstream, it is not bound to it any more.
    void forget(Question const& question, UpstreamId upstream);
    void forget_upstream(UpstreamId upstream);
    /// Forgets those for which `is_gone` is true.
    void forget_upstreams(std::function<bool(UpstreamId)> const& is_gone);
    void forget_client(flow::Id const& client);

    std::size_t hosts() const { return hosts_; }
    std::size_t websockets() const { return websockets_.size(); }
    std::size_t clients() const { return clients_.size(); }

private:
    struct Host {
        std::string name;
        std::uint16_t port;
        UpstreamId upstream;
    };
    /// Shared by the table and those who hold it, so that a WebSocket that outlives its entry does not count for a later
    /// one.
    struct Websocket {
        std::string key;
        UpstreamId upstream;
        std::size_t count = 0;
    };
    struct Client {
        std::vector<Host> hosts{};
        std::vector<std::shared_ptr<Websocket>> websockets{};  // once for each that is wanted or open
        bool is_empty() const { return hosts.empty() && websockets.empty(); }
    };

    void release(std::shared_ptr<Websocket> const& held);
    void drop_if_empty(flow::Id const& client);

    std::unordered_map<flow::Id, Client> clients_;
    std::unordered_map<std::string, std::shared_ptr<Websocket>> websockets_;  // by client address and host
    std::size_t hosts_ = 0;
};

}  // namespace pathology::proxycore::multiupstream
