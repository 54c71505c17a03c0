// What the layers of one client connection share.
//
//     mode ─▶ [TLS] ─▶ HTTP ─▶ (CONNECT) ─▶ [TLS] ─▶ HTTP ─▶ WebSocket | TCP
//
// A layer is a coroutine that owns the client's stream and calls the next one with it. What outer layers settled stands
// here for the inner ones: where the connection is to lead, and by which way it came.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/addons/chain.hpp>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/layers/servers.hpp>
#include <pathology/proxycore/layers/settings.hpp>
#include <pathology/proxycore/modes/mode.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>
#include <pathology/proxycore/upstream/route.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::layers {

class TlsService;

/// What all connections of a proxy share. Lives as long as the proxy.
struct Services {
    addons::AddonChain& addons;
    TlsService& tls;
    std::function<flow::Time()> now;
    std::shared_ptr<Settings const> settings;                ///< replaced as a whole when options change
    std::function<bool(flow::Address const&)> is_ourselves;  ///< one of our listeners is meant (P01, D30)
    /// Which way connections of this mode go; empty, or null = the one that the mode names.
    std::function<std::shared_ptr<upstream::Selector>(modes::Mode const&)> selector_of{};
};

/// One client connection.
class Context {
public:
    /// `its_servers` makes what opens the server connections; tests have one of their own.
    Context(Services& its_services, modes::Mode const& its_mode, std::shared_ptr<flow::Client> its_client,
            std::function<std::unique_ptr<Servers>(Context&)> const& its_servers = make_servers)
        : services(its_services),
          settings(its_services.settings),
          mode(its_mode),
          client(std::move(its_client)),
          server(std::make_shared<flow::Server>()),
          make_its_servers(its_servers),
          servers(its_servers(*this)) {}
    /// Of a tunnel that stands on a stream of `outer`, which must outlive it: a client by itself, with server
    /// connections of its own, of the same mode.
    Context(Context& outer, std::shared_ptr<flow::Client> its_client)
        : Context(outer.services, outer.mode, std::move(its_client), outer.make_its_servers) {
        settings = outer.settings;
        layers = outer.layers;
        server->set_via(outer.server->via());
    }
    Context(Context const&) = delete;
    Context& operator=(Context const&) = delete;

    Services& services;
    std::shared_ptr<Settings const> settings;
    modes::Mode const& mode;
    std::shared_ptr<flow::Client> client;
    /// Where the outer layers lead to: without an address until a CONNECT, SOCKS, the kernel or the mode gave one. Its
    /// `tls` says whether TLS is spoken there. A connection for it uses this very record.
    std::shared_ptr<flow::Server> server;
    std::function<std::unique_ptr<Servers>(Context&)> make_its_servers;
    std::unique_ptr<Servers> servers;
    /// The ClientHello with which the client goes on, where one was read and nobody has taken it up yet.
    std::unique_ptr<tls::ClientHello> hello{};
    /// The names of the layers, outermost first: "regular", "http/1", "tls" …
    std::vector<std::string_view> layers{};

    flow::Time now() const { return services.now(); }
    /// A line of the log that names the client (P70).
    void log(addons::LogLevel level, std::string_view text) const;
};

}  // namespace pathology::proxycore::layers
