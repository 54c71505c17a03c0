// The route to a server.
#pragma once

#include <memory>
#include <optional>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/shared_list.hpp>
#include <pathology/proxycore/tunnel/hop.hpp>
#include <utility>

namespace pathology::proxycore::upstream {

/// A proxy as an addon names it: `scheme` is http, https or socks5.
tunnel::Hop hop_of(flow::ServerSpec const& proxy);
/// The same without name and credentials.
flow::ServerSpec spec_of(tunnel::Hop const& hop);

/// Through `hops`, the nearest first; without hops directly to the server. With a `response` no server is contacted:
/// the client gets the response, and bytes that are not HTTP fail with its status line as the reason. A copy shares the
/// hops.
struct Route {
    flow::SharedList<tunnel::Hop> hops{};
    std::optional<flow::Response> response{};
    std::shared_ptr<void const> data{};  ///< of the selector, for the events of the route; others do not look at it

    static Route direct() { return {}; }
    static Route via(flow::ServerSpec const& proxy, std::optional<tunnel::Credentials> credentials = std::nullopt);
    static Route respond(flow::Response response) {
        Route route;
        route.response = std::move(response);
        return route;
    }
};

}  // namespace pathology::proxycore::upstream
