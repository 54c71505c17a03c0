#include "upstream/router.hpp"

#include <utility>

namespace pathology::proxycore::upstream {
namespace {

Route route_of(modes::Mode const& mode, layers::Settings const& settings) {
    auto const* const proxy = modes::traits_of(mode).upstream_proxy;
    return proxy == nullptr ? Route::direct() : Route::via(*proxy, settings.upstream_auth);
}

std::shared_ptr<Selector> selector_of(Context const& context) {
    auto const& of = context.services.selector_of;
    return of ? of(context.mode) : nullptr;
}

bool is_http(flow::ServerSpec const& proxy) { return proxy.scheme == "http" || proxy.scheme == "https"; }

/// As TLS asks for it and verifies it.
std::string tls_name_of(std::optional<std::string> const& sni, Endpoint const& address) {
    return sni && !sni->empty() ? *sni : address.host;
}

}  // namespace

Router::Router(Context& context)
    : context_(context), selector_(selector_of(context)), own_route_(route_of(context.mode, *context.settings)) {}

// --- the route -------------------------------------------------------------------------------------------------------

asio::awaitable<Route> Router::choose(flow::HttpFlow const& flow) {
    if (!selector_ && !flow.server_conn->via()) co_return own_route_;
    auto const address = address_of(flow);
    RouteRequest const request{*context_.client, address, &flow};
    co_return co_await choose(request, *flow.server_conn);
}

asio::awaitable<Route> Router::choose(flow::Server const& server) {
    RouteRequest const request{*context_.client, *server.address()};
    co_return co_await choose(request, server);
}

asio::awaitable<Route> Router::choose(RouteRequest const& request, flow::Server const& wanted) {
    auto const& addons_choice = wanted.timestamp_start ? context_.via : wanted.via();
    if (addons_choice) co_return route_by(addons_choice);
    if (!selector_) co_return own_route_;
    co_return co_await selector_->select(request);
}

Route Router::route_by(std::optional<flow::ServerSpec> const& via) const {
    if (!via) return Route::direct();
    bool const is_own = !own_route_.hops.empty() && own_route_.hops.front().proxy == *via;
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
    key.is_tunnel = key.is_secure || !is_http(key.hops.back().proxy) || context_.server->address().has_value() ||
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
        request.secret_field = field;
    };
    if (!key.hops.empty() && !key.is_tunnel && key.hops.back().credentials)
        add("Proxy-Authorization", *key.hops.back().credentials);
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
