// An addon that records the hooks it is called for, checks their order, and does in them what a test asks for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <pathology/proxycore/addons/addon.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pathology::proxycore::test {

/// Records every hook of connections and flows, and checks that each flow has them in their order:
///
///     requestheaders ─▶ request ─▶ responseheaders ─▶ response ─▶ [websocket_start ─▶ websocket_message… ─▶ websocket_end]
///     requestheaders ─▶ responseheaders ─▶ request, response in either order      with a streamed request
///     … ─▶ error                                                                  in place of what is missing up to response
///     http_connect ─▶ http_connected | http_connect_error
///     tcp_start ─▶ tcp_message… ─▶ tcp_end | tcp_error
///
/// Thread: hooks run on the loop of the proxy; the functions that read may be called from any thread.
class HookRecorder final : public addons::Addon {
public:
    using Hook = boost::asio::awaitable<void>;

    /// `max_flows`: how many HTTP flows may be under way at once; 1 for one connection of HTTP/1.
    explicit HookRecorder(std::size_t max_flows = std::numeric_limits<std::size_t>::max()) : max_flows_(max_flows) {}
    std::string name() const override { return "hook_recorder"; }

    // --- what to do in a hook; set before the proxy starts ---
    std::map<std::string, std::function<void(flow::HttpFlow&)>> on_hook{};  ///< by the name of a hook of HTTP flows
    std::map<std::string, std::chrono::milliseconds> pauses{};  ///< how long such a hook waits before it does it
    std::function<void(flow::Client&)> on_client_connected{};
    std::function<void(addons::ServerConnectionData&)> on_server_connect{};
    std::function<void(addons::NextLayerData&)> on_next_layer{};
    std::function<Hook(flow::TcpFlow&)> on_tcp_message{};

    // --- what was recorded ---
    /// The hooks that began, in order. `next_layer` and those of TLS are counted only.
    std::vector<std::string> hooks() const;
    /// The same in one line, without those of WebSocket and TCP flows: "requestheaders request responseheaders response".
    std::string sequence() const;
    /// How often a hook has run to its end.
    std::size_t count(std::string const& hook) const;
    /// Waits until a hook has run so often. Returns false after 20 seconds.
    bool wait_for(std::string const& hook, std::size_t times = 1) const;
    /// The hooks of each flow, in the order in which the flows began: "requestheaders request error".
    std::vector<std::string> flow_hooks() const;
    /// The same in one line, with commas between flows.
    std::string flow_sequences() const;

    /// Hooks that came out of order, one a line; empty if none did.
    std::string violations() const;
    /// The same, and what began without an end: flows, WebSockets, connections, handshakes. To be read after the last
    /// client has disconnected.
    std::string imbalance() const;

    /// Copies of HTTP flows, as these hooks left them, in order. Kept for `response`, `error`, `http_connected` and
    /// `http_connect_error`.
    std::vector<std::shared_ptr<flow::HttpFlow>> flows_at(std::initializer_list<std::string_view> hooks) const;
    std::vector<std::shared_ptr<flow::HttpFlow>> http_flows() const { return flows_at({"response", "error"}); }
    std::vector<std::shared_ptr<flow::TcpFlow>> tcp_flows() const;
    /// Copies of connections, as server_disconnected, server_connect_error and client_disconnected saw them.
    std::vector<flow::Server> servers() const;
    std::vector<flow::Server> failed_servers() const;
    std::vector<flow::Client> clients() const;

    // --- the hooks ---
    Hook client_connected(flow::Client& client) override;
    Hook client_disconnected(flow::Client& client) override;
    Hook server_connect(addons::ServerConnectionData& data) override;
    Hook server_connected(addons::ServerConnectionData&) override { co_return record("server_connected"); }
    Hook server_connect_error(addons::ServerConnectionData& data) override;
    Hook server_disconnected(addons::ServerConnectionData& data) override;
    Hook tls_start_client(addons::ClientTlsData&) override { co_return finish("tls_start_client"); }
    Hook tls_established_client(addons::ClientTlsData&) override { co_return finish("tls_established_client"); }
    Hook tls_failed_client(addons::ClientTlsData&) override { co_return finish("tls_failed_client"); }
    Hook tls_start_server(addons::ServerTlsData&) override { co_return finish("tls_start_server"); }
    Hook tls_established_server(addons::ServerTlsData&) override { co_return finish("tls_established_server"); }
    Hook tls_failed_server(addons::ServerTlsData&) override { co_return finish("tls_failed_server"); }
    Hook next_layer(addons::NextLayerData& data) override;
    Hook http_connect_upstream(flow::HttpFlow& flow) override;
    Hook http_connect(flow::HttpFlow& flow) override { return on_http("http_connect", flow); }
    Hook http_connected(flow::HttpFlow& flow) override { return on_http("http_connected", flow); }
    Hook http_connect_error(flow::HttpFlow& flow) override { return on_http("http_connect_error", flow); }
    Hook requestheaders(flow::HttpFlow& flow) override { return on_http("requestheaders", flow); }
    Hook request(flow::HttpFlow& flow) override { return on_http("request", flow); }
    Hook responseheaders(flow::HttpFlow& flow) override { return on_http("responseheaders", flow); }
    Hook response(flow::HttpFlow& flow) override { return on_http("response", flow); }
    Hook error(flow::HttpFlow& flow) override { return on_http("error", flow); }
    Hook websocket_start(flow::HttpFlow& flow) override { return on_http("websocket_start", flow); }
    Hook websocket_message(flow::HttpFlow& flow) override { return on_http("websocket_message", flow); }
    Hook websocket_end(flow::HttpFlow& flow) override { return on_http("websocket_end", flow); }
    Hook tcp_start(flow::TcpFlow& flow) override { return on_tcp("tcp_start", flow); }
    Hook tcp_message(flow::TcpFlow& flow) override { return on_tcp("tcp_message", flow); }
    Hook tcp_end(flow::TcpFlow& flow) override { return on_tcp("tcp_end", flow); }
    Hook tcp_error(flow::TcpFlow& flow) override { return on_tcp("tcp_error", flow); }

private:
    /// What a flow has had so far.
    struct Progress {
        flow::Id id;
        std::vector<std::string> hooks{};
        bool is_tunnel = false, has_request = false, has_response_head = false, has_failed = false, has_ended = false;
        bool is_in_hook = false;
        enum class WebSocket { none, open, closed } websocket = WebSocket::none;
    };

    Hook on_http(char const* hook, flow::HttpFlow& flow);
    Hook on_tcp(char const* hook, flow::TcpFlow& flow);
    void begin(char const* hook);
    void finish(char const* hook);
    void record(char const* hook);
    Progress& begin_http(char const* hook, flow::HttpFlow const& flow);
    void begin_tcp(std::string const& hook, flow::TcpFlow const& flow);
    void keep(char const* hook, flow::HttpFlow const& flow);
    Progress& progress_of(flow::Id const& id);
    void require(bool is_so, Progress const& progress, char const* rule);
    void check(std::string const& hook, flow::HttpFlow const& flow, Progress& progress);
    void check_tcp(std::string const& hook, Progress& progress);

    std::size_t max_flows_, flows_under_way_ = 0;
    mutable std::mutex mutex_;
    mutable std::condition_variable finished_;
    std::vector<std::string> hooks_;
    std::map<std::string, std::size_t> counts_;
    std::vector<std::unique_ptr<Progress>> progress_;  // in the order in which the flows began
    std::string violations_;
    std::vector<std::pair<std::string, std::shared_ptr<flow::HttpFlow>>> http_flows_;  // by the hook
    std::vector<std::shared_ptr<flow::TcpFlow>> tcp_flows_;
    std::vector<flow::Server> servers_, failed_servers_;
    std::vector<flow::Client> clients_;
};

}  // namespace pathology::proxycore::test
