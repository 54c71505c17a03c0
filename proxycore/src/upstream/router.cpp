#include "upstream/router.hpp"

#include <utility>

namespace pathology::proxycore::upstream {
namespace {

/// The option for credentials is for a proxy alone whose URL has none.
Route route_of(modes::Mode const& mode, layers::Settings const& settings) {
    auto const proxies = modes::traits_of(mode).upstream_proxies;
    Route route;
    route.hops = std::vector(proxies.begin(), proxies.end());
    if (proxies.size() == 1 && !proxies.front().credentials)
        route.hops.edit().front().credentials = settings.upstream_auth;
    return route;
}

std::shared_ptr<Selector> selector_of(Context const& context) {
    auto const& of = context.services.selector_of;
    return of ? of(context.mode) : nullptr;
}

constexpr std::string_view proxy_field = "Proxy-Authorization";

bool is_http(tunnel::Hop const& hop) { return hop.protocol == tunnel::Hop::Protocol::http; }

/// As TLS asks for it and verifies it.
std::string tls_name_of(std::optional<std::string> const& sni, Endpoint const& address) {
    return sni && !sni->empty() ? *sni : address.host;
}

}  // namespace

Router::Router(Context& context)
    : context_(context), selector_(selector_of(context)), own_route_(route_of(context.mode, *context.settings)) {}

// --- the route -------------------------------------------------------------------------------------------------------

asio::awaitable<Route> Router::choose(flow::HttpFlow& flow) {
    if (!selector_ && !flow.server_conn->via()) co_return own_route_;
    auto const address = address_of(flow);
    RouteRequest const request{*context_.client, address, &flow};
    co_return co_await choose(request, *flow.server_conn);
}

std::optional<Route> Router::choose_now(flow::HttpFlow& flow) {
    if (!selector_ || choice_of_addons(*flow.server_conn)) return std::nullopt;
    auto const address = address_of(flow);
    RouteRequest const request{*context_.client, address, &flow};
    return selector_->select_now(request);
}

asio::awaitable<Route> Router::choose(flow::Server const& server) {
    RouteRequest const request{*context_.client, *server.address()};
    co_return co_await choose(request, server);
}

asio::awaitable<Route> Router::choose(RouteRequest const& request, flow::Server const& wanted) {
    auto const& via = choice_of_addons(wanted);
    if (via) co_return route_by(via);
    if (!selector_) co_return own_route_;
    co_return co_await selector_->select(request);
}

std::optional<flow::ServerSpec> const& Router::choice_of_addons(flow::Server const& wanted) const {
    return wanted.timestamp_start ? context_.via : wanted.via();
}

bool Router::may_choose_again(flow::Server const& wanted, std::vector<FailedRoute> const& failed) const {
    return selector_ && !choice_of_addons(wanted) && failed.back().why.code != layers::Errc::cancelled;
}

asio::awaitable<std::optional<Route>> Router::choose_again(flow::HttpFlow& flow,
                                                           std::vector<FailedRoute> const& failed) {
    if (!may_choose_again(*flow.server_conn, failed)) co_return std::nullopt;
    auto const address = address_of(flow);
    RouteRequest const request{*context_.client, address, &flow};
    co_return co_await selector_->select_again(request, failed);
}

asio::awaitable<std::optional<Route>> Router::choose_again(flow::Server const& server,
                                                           std::vector<FailedRoute> const& failed) {
    if (!may_choose_again(server, failed)) co_return std::nullopt;
    RouteRequest const request{*context_.client, *server.address()};
    co_return co_await selector_->select_again(request, failed);
}

Route Router::route_by(std::optional<flow::ServerSpec> const& via) const {
    if (!via) return Route::direct();
    bool const is_own = !own_route_.hops.empty() && spec_of(own_route_.hops.front()) == *via;
    return is_own ? own_route_ : Route::via(*via);
}

// --- the server ------------------------------------------------------------------------------------------------------

/// An addon has replaced the record or its address.
bool Router::is_redirected(flow::HttpFlow const& flow) const {
    auto const& wanted = flow.server_conn->address();
    return wanted && wanted != context_.server->address();
}

Endpoint Router::address_of(flow::HttpFlow const& flow) const {
    if (is_redirected(flow)) return *flow.server_conn->address();
    return {flow.request.host(), flow.request.port()};
}

bool Router::is_secure(flow::HttpFlow const& flow) const {
    if (flow.request.scheme() == "https") return true;
    return flow.server_conn->tls && (is_redirected(flow) || !context_.server->tls);
}

bool Router::is_simple(flow::HttpFlow const& flow) const {
    auto const& record = *flow.server_conn;
    return !selector_ && !record.via() && !record.error && !is_redirected(flow);
}

bool Router::is_own(flow::HttpFlow const& flow) const {
    bool const is_unchanged = *flow.server_conn == *context_.server || flow.server_conn->via() == context_.via;
    if (!is_unchanged || is_redirected(flow)) return false;
    auto const& own = *context_.server;
    auto const& request = flow.request;
    return own.address() && own.address()->port == request.port() && own.address()->host == request.host() &&
           own.tls == is_secure(flow);
}

std::optional<std::string> Router::sni_of(flow::HttpFlow const& flow) const {
    auto const& record = *flow.server_conn;
    bool const is_same = !record.address() || *record.address() == address_of(flow);
    return is_same ? record.sni : std::nullopt;
}

/// A proxy that reads requests gets the plain ones of clients that use us as a proxy, too; WebSockets get a tunnel.
EndpointKey Router::key_of(flow::HttpFlow const& flow, Route const& route) const {
    auto const& request = flow.request;
    EndpointKey key{address_of(flow), is_secure(flow)};
    if (key.is_secure) key.tls_name = tls_name_of(sni_of(flow), key.address);
    if (route.hops.empty()) return key;
    key.hops = route.hops;
    key.is_tunnel = key.is_secure || !is_http(key.hops.back()) || context_.server->address().has_value() ||
                    request.headers.has_token("Upgrade", "websocket");
    return key;
}

EndpointKey Router::key_of(flow::Server const& server, Route const& route) {
    EndpointKey key{*server.address(), server.tls};
    if (key.is_secure) key.tls_name = tls_name_of(server.sni, key.address);
    key.hops = route.hops;
    key.is_tunnel = !key.hops.empty();
    return key;
}

// --- the request -----------------------------------------------------------------------------------------------------

void Router::authorize(flow::HttpFlow& flow, EndpointKey const& key) const {
    auto const add = [&request = flow.request](std::string_view field, tunnel::Credentials const& credentials) {
        request.headers.set(field, to_basic(credentials));
        request.add_secret(field);
    };
    // Those of a route that was given up are not for the next one.
    if (flow.request.is_secret(proxy_field)) flow.request.headers.remove(proxy_field);
    if (!key.hops.empty() && !key.is_tunnel && key.hops.back().credentials)
        add(proxy_field, *key.hops.back().credentials);
    auto const& ours = context_.settings->upstream_auth;
    bool const is_reverse = modes::traits_of(context_.mode).fixed_server != nullptr;
    if (ours && is_reverse) add("Authorization", *ours);
}

layers::RequestForm Router::form_of(EndpointKey const& key) const {
    if (!key.hops.empty() && !key.is_tunnel) return layers::RequestForm::absolute;
    bool const is_reverse = modes::traits_of(context_.mode).fixed_server != nullptr;
    return is_reverse ? layers::RequestForm::as_it_is : layers::RequestForm::origin;
}

}  // namespace pathology::proxycore::upstream
