#include "upstream/route_connector.hpp"

#include <pathology/proxycore/net/connect.hpp>
#include <utility>

#include "layers/tls/tls_service.hpp"

namespace pathology::proxycore::upstream {
namespace {

using layers::ProxyFault;

/// RFC 9110 §15.6.5.
Failure timed_out(std::string message) {
    auto failure = unreachable(std::move(message));
    failure.code = layers::Errc::timed_out;
    failure.status = 504;
    return failure;
}

Failure failure_of(net::Failure const& why) {
    auto failure = unreachable(why.message);
    if (why.code == net::Errc::timed_out) failure = timed_out(why.message);
    if (why.code == asio::error::operation_aborted) failure.code = layers::Errc::cancelled;
    return failure;
}

ProxyFault fault_of(tunnel::Failure const& why) {
    switch (why.code) {
        case tunnel::Errc::refused: return ProxyFault::refused;
        case tunnel::Errc::wants_credentials:
        case tunnel::Errc::bad_credentials: return ProxyFault::unauthorized;
        case tunnel::Errc::not_spoken: return ProxyFault::malformed;
        case tunnel::Errc::no_response: break;
    }
    // Also in case of a timeout: a proxy that was reached may wait for a target that does not respond.
    return ProxyFault::closed;
}

/// Of TCP, or of TLS with a proxy, whose name is added. `hop` is nullptr if there are no proxies.
Failure in_connecting(Failure failure, tunnel::Hop const* hop) {
    if (hop == nullptr || failure.code == layers::Errc::cancelled) return failure;
    failure.message = "Upstream proxy" + (hop->name.empty() ? "" : " " + hop->name) + ": " + failure.message;
    failure.proxy_fault = failure.code == layers::Errc::timed_out   ? ProxyFault::timed_out
                          : failure.code == layers::Errc::untrusted ? ProxyFault::untrusted
                                                                    : ProxyFault::unreachable;
    return failure;
}

Failure request_loop(Endpoint const& address) {
    return unreachable("request loop: the target " + to_string(address) +
                       " is the proxy itself; configure it as the proxy of the client (curl -x http://" +
                       to_string(address) + " URL), or start it with --mode reverse:URL");
}

}  // namespace

Failure unreachable(std::string message) {
    Failure failure;
    failure.code = layers::Errc::unreachable;
    failure.message = std::move(message);
    return failure;
}

asio::awaitable<RouteConnector::Connected> RouteConnector::connect_tcp(Endpoint const& address) {
    if (is_this_proxy(address)) co_return request_loop(address);
    auto const& times = context_.settings->times;
    auto opened = co_await net::connect(address.host, address.port, times.connect);
    if (!opened) co_return in_connecting(upstream::failure_of(opened.error()), nearest_);
    auto const reached = (*opened)->remote_endpoint();
    if (is_this_proxy(reached)) co_return request_loop(reached);
    (*opened)->set_time_limit(times.connect);
    server_.sockname = (*opened)->local_endpoint();
    if (nearest_ == nullptr) server_.peername = reached;
    server_.timestamp_tcp_setup = context_.now();
    co_return std::move(*opened);
}

/// It has a record of its own: the record of the server is about TLS with the server.
asio::awaitable<RouteConnector::Connected> RouteConnector::secure(tunnel::Hop const& hop, StreamPtr stream) {
    flow::Server record(hop.address);
    record.timestamp_start = server_.timestamp_start;
    std::vector<std::string> alpn{"http/1.1"};
    auto secured = co_await layers::secure_server(context_, record, std::move(stream), std::move(alpn));
    if (!secured) co_return in_connecting(std::move(secured.error()), &hop);
    co_return std::move(secured);
}

asio::awaitable<http::RequestHead> RouteConnector::make_connect_request(tunnel::Hop const& hop, Endpoint const& next) {
    auto head = tunnel::connect_request(next, hop.credentials);
    if (!context_.settings->http.connect_send_host) head.fields.remove("Host");
    auto& chain = context_.services.addons;
    if (!chain.wants(addons::Hook::http_connect_upstream)) co_return head;
    auto server = std::make_shared<flow::Server>(server_);
    flow::HttpFlow flow(context_.client, std::move(server), context_.now());
    flow.request = flow::Request::from_head(head).value();
    co_await chain.run(addons::hooks::http_connect_upstream, flow);
    co_return flow.request.to_head();
}

Failure RouteConnector::failure_of(tunnel::Hop const& hop, tunnel::Failure const& why) const {
    auto const proxy = "Upstream proxy " + label_of(hop);
    auto const what = why.response.empty() ? ": " + why.message : " refused HTTP CONNECT request: " + why.response;
    auto failure = why.cause == net::Errc::timed_out ? timed_out(proxy + what) : unreachable(proxy + what);
    failure.proxy_fault = fault_of(why);
    return failure;
}

}  // namespace pathology::proxycore::upstream
