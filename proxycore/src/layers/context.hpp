// What the layers of one client connection share.
//
//     mode ─▶ [TLS] ─▶ HTTP ─▶ (CONNECT) ─▶ [TLS] ─▶ HTTP ─▶ WebSocket | TCP
//
// A layer is a coroutine that owns the client's stream and calls the next one with it. Context is the state that outer
// layers pass to inner ones: the mode, the client, and the destination of the connection.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/addons/chain.hpp>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/modes/mode.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>
#include <pathology/proxycore/upstream/selector.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "layers/server_connections.hpp"
#include "layers/settings.hpp"
#include "upstream/servers_by_client.hpp"

namespace pathology::proxycore::layers {

class TlsService;

/// What all connections of a proxy share. It outlives them.
struct Services {
    addons::AddonChain& addons;
    TlsService& tls;
    std::function<flow::Time()> now;
    std::shared_ptr<Settings const> settings;           ///< replaced as a whole when options change
    std::function<bool(Endpoint const&)> is_ourselves;  ///< the address is one of our listeners (P01)
    /// The selector of routes for a mode. If it is empty or returns nullptr, the mode has a single route.
    std::function<std::shared_ptr<upstream::Selector>(modes::Mode const&)> selector_of{};
    upstream::ServersByClient servers_by_client{};
};

/// One client connection.
class Context {
public:
    /// `its_factory` makes the object that opens server connections; tests pass their own.
    Context(Services& its_services, modes::Mode const& its_mode, std::shared_ptr<flow::Client> its_client,
            std::function<std::unique_ptr<ServerConnections>(Context&)> const& its_factory = make_server_connections)
        : services(its_services),
          settings(its_services.settings),
          mode(its_mode),
          client(std::move(its_client)),
          server(std::make_shared<flow::Server>(std::nullopt, its_services.addons.flows().make_id())),
          factory(its_factory),
          servers(its_factory(*this)) {}
    /// For a tunnel inside a stream of `outer`, which must outlive it: a client and server connections of its own, in
    /// the same mode.
    Context(Context& outer, std::shared_ptr<flow::Client> its_client)
        : Context(outer.services, outer.mode, std::move(its_client), outer.factory) {
        settings = outer.settings;
        layers = outer.layers;
        via = outer.via;
        server->set_via(via);
    }
    Context(Context const&) = delete;
    Context& operator=(Context const&) = delete;

    Services& services;
    std::shared_ptr<Settings const> settings;
    modes::Mode const& mode;
    std::shared_ptr<flow::Client> client;
    /// The destination that outer layers determined: no address until a CONNECT, SOCKS, the kernel or the mode gave
    /// one. Its `tls` is true if the connection uses TLS. A connection to it uses this object.
    std::shared_ptr<flow::Server> server;
    /// The proxy that an addon chose for all that goes to `server`.
    std::optional<flow::ServerSpec> via{};
    std::function<std::unique_ptr<ServerConnections>(Context&)> factory;
    std::unique_ptr<ServerConnections> servers;
    /// The ClientHello that was read and not yet used by a TLS layer; nullptr if there is none.
    std::unique_ptr<tls::ClientHello> hello{};
    /// The names of the layers, outermost first: "regular", "http/1", "tls" …
    std::vector<std::string_view> layers{};

    /// The server record of a new flow, which no other flow has: a snapshot of `server` while its connection is open,
    /// otherwise a new record with the known data of the server.
    std::shared_ptr<flow::Server> server_for_flow() const;
    /// A record for another connection to the same server: address, TLS, SNI and proxy.
    std::shared_ptr<flow::Server> successor_of(flow::Server const& other) const;

    flow::Time now() const { return services.now(); }
    /// Logs a line that names the client (P70).
    void log(addons::LogLevel level, std::string_view text) const;
};

}  // namespace pathology::proxycore::layers
