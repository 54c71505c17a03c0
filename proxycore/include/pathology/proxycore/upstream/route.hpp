// The route to a server.
#pragma once

#include <optional>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/tunnel/credentials.hpp>
#include <utility>
#include <vector>

namespace pathology::proxycore::upstream {

/// A hop of a route: a proxy whose `scheme` is http, https (TLS with the proxy itself) or socks5.
struct ViaProxy {
    flow::ServerSpec proxy;
    std::optional<tunnel::Credentials> credentials{};
    bool operator==(ViaProxy const&) const = default;
};

/// Through `hops`, the nearest first; without hops directly to the server. With a `response` no server is contacted:
/// the client gets the response, and bytes that are not HTTP fail with its status line as the reason.
struct Route {
    std::vector<ViaProxy> hops{};
    std::optional<flow::Response> response{};

    static Route direct() { return {}; }
    static Route via(flow::ServerSpec proxy, std::optional<tunnel::Credentials> credentials = std::nullopt) {
        Route route;
        route.hops.push_back({std::move(proxy), std::move(credentials)});
        return route;
    }
    static Route respond(flow::Response response) {
        Route route;
        route.response = std::move(response);
        return route;
    }
};

}  // namespace pathology::proxycore::upstream
