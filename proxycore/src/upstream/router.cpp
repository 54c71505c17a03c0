#include <algorithm>

#include "upstream/network_connections.hpp"

namespace pathology::proxycore::layers {
namespace {

upstream::Route route_of(modes::Mode const& mode, Settings const& settings) {
    auto const* const proxy = modes::traits_of(mode).upstream_proxy;
    if (proxy == nullptr) return upstream::Direct{};
    return upstream::Through{*proxy, settings.upstream_auth};
}

std::shared_ptr<upstream::Selector> selector_of(Context const& context) {
    auto const& of = context.services.selector_of;
    return of ? of(context.mode) : nullptr;
}

bool is_http(flow::ServerSpec const& proxy) { return proxy.scheme == "http" || proxy.scheme == "https"; }

}  // namespace

NetworkServers::NetworkServers(Context& context)
    : context_(context), selector_(selector_of(context)), own_route_(route_of(context.mode, *context.settings)) {}

/// An addon's word counts before the selector's.
asio::awaitable<upstream::Route> NetworkServers::choose(upstream::Wish const& wish, flow::Server const& preset) {
    if (preset.via() && !preset.timestamp_start) {
        auto const* const own = std::get_if<upstream::Through>(&own_route_);
        bool const is_own = own != nullptr && own->proxy == *preset.via();
        co_return upstream::Through{*preset.via(), is_own ? own->credentials : std::nullopt};
    }
    if (!selector_) co_return own_route_;
    co_return co_await selector_->select(wish);
}

Lane& NetworkServers::lane_to(Target const& target) {
    auto const known =
        std::find_if(lanes_.begin(), lanes_.end(), [&](Lane const& lane) { return lane.target == target; });
    if (known != lanes_.end()) return *known;
    return lanes_.emplace_back(target, context_.settings->most_servers);
}

/// Through a proxy that reads them go plain requests that were made to us as to a proxy; WebSockets have a tunnel.
Target NetworkServers::target_of(flow::HttpFlow const& flow, upstream::Route const& route) const {
    auto const& request = flow.request;
    Target target{{request.host(), request.port()}, request.scheme() == "https"};
    auto const* const through = std::get_if<upstream::Through>(&route);
    if (through == nullptr) return target;
    target.via = through->proxy;
    target.is_tunnel = target.is_secure || !is_http(through->proxy) || context_.server->address().has_value() ||
                       request.headers.has_token("Upgrade", "websocket");
    return target;
}

Target NetworkServers::target_of(flow::Server const& server) {
    return {*server.address(), server.tls, server.via(), server.via().has_value()};
}

bool NetworkServers::leads_to_own(flow::HttpFlow const& flow) const {
    auto const& own = *context_.server;
    auto const& request = flow.request;
    return own.address() && own.address()->port == request.port() && own.address()->host == request.host() &&
           own.tls == (request.scheme() == "https");
}

void NetworkServers::authorize(flow::HttpFlow& flow, Target const& target, upstream::Route const& route) const {
    auto& headers = flow.request.headers;
    auto const* const through = std::get_if<upstream::Through>(&route);
    if (through != nullptr && through->credentials && !target.is_tunnel)
        headers.set("Proxy-Authorization", to_basic(*through->credentials));
    auto const& ours = context_.settings->upstream_auth;
    bool const is_reverse = modes::traits_of(context_.mode).fixed_server != nullptr;
    if (ours && is_reverse) headers.set("Authorization", to_basic(*ours));
}

RequestForm NetworkServers::form_of(Target const& target) const {
    if (target.via && !target.is_tunnel) return RequestForm::absolute;
    return modes::traits_of(context_.mode).fixed_server != nullptr ? RequestForm::as_it_is : RequestForm::origin;
}

}  // namespace pathology::proxycore::layers
