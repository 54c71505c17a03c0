// Who chooses the route to a server, and what it learns of the result.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/upstream/route.hpp>
#include <utility>
#include <vector>

namespace pathology::proxycore::upstream {

namespace asio = boost::asio;

/// What a route is wanted for.
struct RouteRequest {
    flow::Client const& client;
    Endpoint const& target;
    /// The request; nullptr for bytes that are not HTTP. A selector may add metadata and attachments.
    flow::HttpFlow* flow = nullptr;
};

/// A route that was chosen, as long as a request or a connection uses it.
struct RouteUse {
    std::shared_ptr<flow::Client const> client;
    Endpoint target;
    Route route;
};

/// A route over which no connection was opened, and why.
struct FailedRoute {
    Route route;
    layers::Failure why;
};

/// Chooses the route of every request and of every connection for bytes that are not HTTP.
///
///     select() ─▶ on_chosen ─┬─▶ [on_connected] ─▶ exchange ─▶ on_released [─▶ on_websocket_opened ─▶ …_closed]
///                    ▲       └─▶ on_failed ─▶ on_released ─┬─▶ the request fails
///                    └───── select_again(): another route ─┘
///
/// Each on_chosen is followed by exactly one on_released; a WebSocket opens after that of its exchange. on_connected is
/// left out where an open connection of the same route is used again. A route with a response is in no use and brings
/// no event. An addon that sets `flow.server_conn->via()` overrules the selector, which is not called then but gets the
/// events.
///
/// Thread: the event loop of the proxy. The events must not block and must not throw.
class Selector {
public:
    using Latency = std::chrono::steady_clock::duration;

    Selector() = default;
    Selector(Selector const&) = delete;
    Selector& operator=(Selector const&) = delete;
    virtual ~Selector() = default;

    /// Cancel: terminal, when the client leaves.
    virtual asio::awaitable<Route> select(RouteRequest const& request) = 0;

    /// The same without waiting, and then select() is not asked; std::nullopt: it has to be. Called for requests only, and
    /// saves the coroutines of a request that has an open connection.
    virtual std::optional<Route> select_now(RouteRequest const& /*request*/) { return std::nullopt; }

    /// Another route for a request of which nothing was sent, since no connection was opened over those that `failed`, the
    /// last one just now. std::nullopt: the request fails with the reason of the last one. Not asked where an addon chose
    /// the route or refused the connection.
    /// Cancel: as select().
    virtual asio::awaitable<std::optional<Route>> select_again(RouteRequest const& request,
                                                               std::vector<FailedRoute> const& failed);

    virtual void on_chosen(RouteUse const&) {}
    /// Before on_chosen: the request goes over a connection that was opened before there was a request, for example for
    /// the certificate of the server. select() was asked for that connection, and not for the request.
    virtual void on_joined(RouteUse const&, flow::HttpFlow&) {}
    /// A new connection is open, with its TLS; `latency` since connecting began.
    virtual void on_connected(RouteUse const&, Latency) {}
    /// Connecting failed, or was cancelled by an addon. Not called if the client left before.
    virtual void on_failed(RouteUse const&, layers::Failure const&, Latency) {}
    /// The exchange is over, or the connection for other bytes is closed.
    virtual void on_released(RouteUse const&) {}
    virtual void on_websocket_opened(RouteUse const&) {}
    virtual void on_websocket_closed(RouteUse const&) {}
    /// The client has disconnected. Selectors with a state for each client drop it here.
    virtual void on_client_gone(flow::Client const&) {}
};

/// The same route for everything; direct by default.
class StaticSelector final : public Selector {
public:
    explicit StaticSelector(Route route = {}) : route_(std::move(route)) {}
    asio::awaitable<Route> select(RouteRequest const& request) override;
    std::optional<Route> select_now(RouteRequest const& /*request*/) override { return route_; }

private:
    Route route_;
};

}  // namespace pathology::proxycore::upstream
