#include "route.hpp"

#include <pathology/proxycore/net/connect.hpp>
#include <pathology/proxycore/tunnel/http_connect.hpp>
#include <pathology/proxycore/tunnel/socks5.hpp>
#include <utility>

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;
namespace tunnel = proxycore::tunnel;

using StreamPtr = std::unique_ptr<net::Stream>;

constexpr std::uint16_t socks_port = 1080;  // RFC 1928 §3
constexpr std::uint16_t http_port = 80;

template <class AnyOptions> Route make_route(AnyOptions const& options) {
    Route route;
    route.host = {options.host, options.port};
    if (options.socks) route.socks = {options.socks->name, options.socks->port.value_or(socks_port)};
    if (options.tunnel) route.tunnel = {options.tunnel->name, options.tunnel->port.value_or(http_port)};
    route.socks_auth = options.socks_auth;
    route.proxy_auth = options.proxy_auth;
    return route;
}

Failure failure(Errc code, std::string message, boost::system::error_code cause) {
    Failure made;
    made.code = code;
    made.message = std::move(message);
    made.cause = cause;
    return made;
}

/// `option` names the credentials that this proxy would like to have.
Failure refused(tunnel::Failure const& why, std::string_view option) {
    auto message = why.message;
    if (why.code == tunnel::Errc::wants_credentials) message.append(" (give them with ").append(option) += ")";
    auto const code = why.cause == net::Errc::timed_out ? Errc::timed_out : Errc::proxy_refused;
    return failure(code, message, why.cause);
}

asio::awaitable<Result<StreamPtr>> reach_nearest(Route const& route, net::TimeLimit limit) {
    auto const& [name, port] = route.nearest();
    auto stream = co_await net::connect(route.address.empty() ? name : route.address, port, limit);
    if (!stream) co_return failure(Errc::cannot_connect, stream.error().message, stream.error().code);
    (*stream)->set_time_limit(limit);
    co_return std::move(*stream);
}

asio::awaitable<Result<StreamPtr>> pass_socks(StreamPtr stream, Route const& route) {
    auto through = co_await tunnel::socks5_connect(std::move(stream), route.host, route.socks_auth);
    if (!through) co_return refused(through.error(), "--socks-auth USER:PASSWORD");
    co_return std::move(*through);
}

asio::awaitable<Result<StreamPtr>> pass_proxy(StreamPtr stream, Route const& route) {
    auto through = co_await tunnel::http_connect(std::move(stream), *route.tunnel, route.proxy_auth);
    if (!through) co_return refused(through.error(), "--proxy-auth USER:PASSWORD");
    co_return std::move(*through);
}

}  // namespace

Route route_of(Options const& options) { return make_route(options); }
Route route_of(ClientOptions const& options) { return make_route(options); }

asio::awaitable<Result<Opened>> open(Route const& route, net::TimeLimit limit) {
    auto stream = co_await reach_nearest(route, limit);
    if (stream && route.socks) stream = co_await pass_socks(std::move(*stream), route);
    if (stream && route.tunnel) stream = co_await pass_proxy(std::move(*stream), route);
    if (!stream) co_return stream.error();
    if (!route.tls) co_return Opened(std::move(*stream), nullptr);
    auto secured = co_await route.tls->pass(std::move(*stream), limit);
    if (!secured) co_return secured.error();
    auto info = std::make_shared<proxycore::tls::ConnectionInfo const>((*secured)->info());
    co_return Opened(std::move(*secured), std::move(info));
}

}  // namespace pathology::pathoc
