// An addon that notes in which order the hooks of each flow ran, and whether what began came to its end.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <pathology/proxycore/addons/addon.hpp>
#include <string>
#include <utility>
#include <vector>

namespace pathology::integration {

namespace addons = proxycore::addons;
namespace flow = proxycore::flow;

/// Thread: hooks are called by the proxy; what only looks may be called from any thread.
class HookLog final : public addons::Addon {
public:
    using Hook = addons::asio::awaitable<void>;
    std::string name() const override { return "hook_log"; }

    /// The hooks of each flow in the order in which the flows began: "requestheaders request error".
    std::vector<std::string> flows() const;
    /// All of them, with commas between flows.
    std::string text() const;

    /// How often a hook about connections ran.
    std::size_t times(std::string const& hook) const;

    /// Waits until a client has come and gone, with all its hooks; false when none did in time.
    bool wait_for_a_client() const;

    /// What has begun and not ended, or ended twice, in words; empty when all adds up. For the time after the last
    /// client has left: an HTTP flow has one of `response` and `error`, a WebSocket and a TCP flow one end, and so have
    /// tunnels, handshakes and connections.
    std::string imbalance() const;

    // --- connections ---
    Hook client_connected(flow::Client&) override { return count("client_connected"); }
    Hook client_disconnected(flow::Client&) override { return count("client_disconnected"); }
    Hook server_connect(addons::ServerConnectionData&) override { return count("server_connect"); }
    Hook server_connected(addons::ServerConnectionData&) override { return count("server_connected"); }
    Hook server_connect_error(addons::ServerConnectionData&) override { return count("server_connect_error"); }
    Hook server_disconnected(addons::ServerConnectionData&) override { return count("server_disconnected"); }
    Hook tls_start_client(addons::ClientTlsData&) override { return count("tls_start_client"); }
    Hook tls_established_client(addons::ClientTlsData&) override { return count("tls_established_client"); }
    Hook tls_failed_client(addons::ClientTlsData&) override { return count("tls_failed_client"); }
    Hook tls_start_server(addons::ServerTlsData&) override { return count("tls_start_server"); }
    Hook tls_established_server(addons::ServerTlsData&) override { return count("tls_established_server"); }
    Hook tls_failed_server(addons::ServerTlsData&) override { return count("tls_failed_server"); }

    // --- flows ---
    Hook requestheaders(flow::HttpFlow& flow) override { return note(flow, "requestheaders"); }
    Hook request(flow::HttpFlow& flow) override { return note(flow, "request"); }
    Hook responseheaders(flow::HttpFlow& flow) override { return note(flow, "responseheaders"); }
    Hook response(flow::HttpFlow& flow) override { return note(flow, "response"); }
    Hook error(flow::HttpFlow& flow) override { return note(flow, "error"); }
    Hook http_connect(flow::HttpFlow& flow) override { return note(flow, "http_connect"); }
    Hook http_connected(flow::HttpFlow& flow) override { return note(flow, "http_connected"); }
    Hook http_connect_error(flow::HttpFlow& flow) override { return note(flow, "http_connect_error"); }
    Hook websocket_start(flow::HttpFlow& flow) override { return note(flow, "websocket_start"); }
    Hook websocket_message(flow::HttpFlow& flow) override { return note(flow, "websocket_message"); }
    Hook websocket_end(flow::HttpFlow& flow) override { return note(flow, "websocket_end"); }
    Hook tcp_start(flow::TcpFlow& flow) override { return note(flow, "tcp_start"); }
    Hook tcp_message(flow::TcpFlow& flow) override { return note(flow, "tcp_message"); }
    Hook tcp_end(flow::TcpFlow& flow) override { return note(flow, "tcp_end"); }
    Hook tcp_error(flow::TcpFlow& flow) override { return note(flow, "tcp_error"); }

private:
    Hook count(char const* hook);
    Hook note(flow::Flow const& flow, char const* hook);

    mutable std::mutex mutex_;
    mutable std::condition_variable counted_;
    std::map<std::string, std::size_t> counts_;                             ///< by the hook's name
    std::vector<std::pair<flow::Id, std::vector<std::string>>> its_hooks_;  ///< of each flow
};

}  // namespace pathology::integration
