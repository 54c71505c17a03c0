// Where a request goes: its server, the route there, and what the route changes in the request.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/upstream/selector.hpp>

#include "layers/context.hpp"
#include "layers/http1/server.hpp"
#include "upstream/connection_pool.hpp"

namespace pathology::proxycore::upstream {

/// Routes the requests and connections of one client. An addon's word in `flow.server_conn` counts before the
/// selector's, and that before the route of the mode.
class Router {
public:
    explicit Router(Context& context);

    /// nullptr: every route is that of the mode.
    std::shared_ptr<Selector> const& selector() const { return selector_; }
    /// The route of the mode.
    Route const& own_route() const { return own_route_; }

    /// Through the proxy that an addon or an earlier choice named.
    Route route_by(std::optional<flow::ServerSpec> const& via) const;

    asio::awaitable<Route> choose(flow::HttpFlow& flow);
    /// std::nullopt: choose() may have to wait for the selector, or an addon chose the route, or there is no selector.
    std::optional<Route> choose_now(flow::HttpFlow& flow);
    asio::awaitable<Route> choose(flow::Server const& server);
    /// After a failure. std::nullopt: the selector has no other route, or it did not choose that one.
    asio::awaitable<std::optional<Route>> choose_again(flow::HttpFlow& flow, std::vector<FailedRoute> const& failed);
    asio::awaitable<std::optional<Route>> choose_again(flow::Server const& server,
                                                       std::vector<FailedRoute> const& failed);
    /// Whether own_route() is the route of the request: there is no selector, and no addon has changed the record.
    bool is_simple(flow::HttpFlow const& flow) const;

    EndpointKey key_of(flow::HttpFlow const& flow, Route const& route) const;
    static EndpointKey key_of(flow::Server const& server, Route const& route);
    /// Whether the request is for the server of Context::server, and no addon has chosen another route.
    bool is_own(flow::HttpFlow const& flow) const;
    /// The SNI that was settled for the server of the request.
    std::optional<std::string> sni_of(flow::HttpFlow const& flow) const;

    /// Sets the credentials for a proxy that reads the request, or for the server of reverse mode.
    void authorize(flow::HttpFlow& flow, EndpointKey const& key) const;
    layers::RequestForm form_of(EndpointKey const& key) const;

private:
    bool is_redirected(flow::HttpFlow const& flow) const;
    Endpoint address_of(flow::HttpFlow const& flow) const;
    bool is_secure(flow::HttpFlow const& flow) const;
    asio::awaitable<Route> choose(RouteRequest const& request, flow::Server const& wanted);
    std::optional<flow::ServerSpec> const& choice_of_addons(flow::Server const& wanted) const;
    bool may_choose_again(flow::Server const& wanted, std::vector<FailedRoute> const& failed) const;

    Context& context_;
    std::shared_ptr<Selector> selector_;
    Route own_route_;
};

}  // namespace pathology::proxycore::upstream
