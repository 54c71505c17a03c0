// The parts of a group of cells: a server, the upstream proxies of a route, the proxy, and how clients reach it.
#pragma once

#include <atomic>
#include <compare>
#include <memory>
#include <optional>
#include <pathology/kit/kit.hpp>
#include <pathology/pathoc/client.hpp>
#include <string>
#include <vector>

#include "matrix/cell.hpp"
#include "proxy/test_client.hpp"
#include "support/folder.hpp"
#include "support/hook_recorder.hpp"

namespace pathology::integration::matrix {

class TcpServer;

/// What cells share that have the same parts.
struct Place {
    Mode mode{};
    Route route{};
    Security security{};
    Http server{};
    bool is_tcp = false;

    static Place of(Cell const& cell);
    auto operator<=>(Place const&) const = default;
};

/// Runs one cell at a time.
class Topology {
public:
    /// Errors: throws what the kit throws when a part does not start.
    explicit Topology(Place const& place);
    ~Topology();

    /// A client that has not connected yet.
    pathoc::Client client(Cell const& cell) const;
    /// What it asks for to get to `path`.
    std::string target(Cell const& cell, std::string_view path) const;
    /// A connection that leads to the server: through CONNECT or SOCKS5 where the mode has them, with TLS if the place has it.
    std::unique_ptr<proxycore::proxy::test::TestClient> connect(std::vector<std::string> const& alpn) const;
    std::string server_address() const { return "127.0.0.1:" + std::to_string(server_port()); }

    /// Whether the last upstream proxy reads the request, and responds itself when the server fails.
    bool is_read_by_upstream(Cell const& cell) const;

    std::atomic<Addon> addon = Addon::none;  ///< what addons do
    std::atomic<bool> was_held = false;
    std::unique_ptr<kit::Daemon> daemon;  ///< nullptr if the place is for TCP
    std::unique_ptr<TcpServer> tcp;
    std::shared_ptr<proxycore::test::HookRecorder> hooks = std::make_shared<proxycore::test::HookRecorder>();
    std::unique_ptr<kit::Proxy> proxy;

private:
    std::uint16_t server_port() const;
    std::string upstream_url() const;  ///< of the route
    kit::ProxyOptions proxy_options();
    std::string write_forwarder();
    bool takes_proxy_requests() const;
    void redirect_clients() const;
    void perform_addon(proxycore::flow::HttpFlow& flow, bool is_head);

    Place place_;
    test::Folder folder_;
    std::unique_ptr<kit::Proxy> http_upstream_, socks5_upstream_;
    std::unique_ptr<kit::Daemon> backend_;  // of a forwarder
};

inline constexpr std::size_t large_size = 300 << 10;
/// The content of large exchanges.
std::string const& large_content();

}  // namespace pathology::integration::matrix
