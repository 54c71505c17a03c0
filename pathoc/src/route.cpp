// From options to hops. TCP connects to the first hop, each hop is requested to connect to the next one, and TLS is
// with the server at the end. With -c, HOST is the HTTP proxy, and the argument of -c the server.
//
//      client ─TCP─▶ [--socks ─▶] [HOST as HTTP proxy ─▶] server

#include "route.hpp"

#include <pathology/proxycore/net/connect.hpp>
#include <pathology/proxycore/tunnel/connector.hpp>
#include <utility>

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;
namespace tunnel = proxycore::tunnel;

constexpr std::uint16_t socks_port = 1080;  // RFC 1928 §3
constexpr std::uint16_t http_port = 80;

Route make_route(ClientOptions const& options) {
    using Protocol = tunnel::Hop::Protocol;
    Route route;
    route.target = {options.host, options.port};
    if (options.tunnel) {
        route.hops.push_back({Protocol::http, false, route.target, options.proxy_auth});
        route.target = options.tunnel->with_default(http_port);
    }
    if (options.socks) {
        tunnel::Hop hop{Protocol::socks5, false, {}, options.socks_auth};
        hop.address = options.socks->with_default(socks_port);
        // The SOCKS server comes first: it connects to the HTTP proxy.
        route.hops.insert(route.hops.begin(), std::move(hop));
    }
    return route;
}

Failure failure(Errc code, std::string message, boost::system::error_code cause) {
    Failure made;
    made.code = code;
    made.message = std::move(message);
    made.cause = cause;
    return made;
}

class RouteConnector final : public tunnel::Connector<Failure> {
public:
    RouteConnector(Route const& route, net::TimeLimit limit) : route_(route), limit_(limit) {}

private:
    asio::awaitable<Connected> connect_tcp(Endpoint const& address) override {
        // The address that an earlier connection found, see Runner::open().
        auto const& host = route_.address.empty() ? address.host : route_.address;
        auto stream = co_await net::connect(host, address.port, limit_);
        if (!stream) co_return failure(Errc::cannot_connect, stream.error().message, stream.error().code);
        (*stream)->set_time_limit(limit_);
        co_return std::move(*stream);
    }
    /// pathoc has no option for TLS with a proxy.
    asio::awaitable<Connected> secure(tunnel::Hop const& /*hop*/, StreamPtr stream) override {
        co_return std::move(stream);
    }
    Failure failure_of(tunnel::Hop const& hop, tunnel::Failure const& why) const override {
        auto message = why.message;
        bool const is_socks = hop.protocol == tunnel::Hop::Protocol::socks5;
        if (why.code == tunnel::Errc::wants_credentials)
            message.append(" (give them with ").append(is_socks ? "--socks-auth" : "--proxy-auth") += " USER:PASSWORD)";
        auto const code = why.cause == net::Errc::timed_out ? Errc::timed_out : Errc::proxy_refused;
        return failure(code, message, why.cause);
    }

    Route const& route_;
    net::TimeLimit limit_;
};

}  // namespace

Route route_of(ClientOptions const& options) { return make_route(options); }

asio::awaitable<Result<Opened>> open(Route const& route, net::TimeLimit limit) {
    RouteConnector connector(route, limit);
    auto stream = co_await connector.connect(route.hops, route.target);
    if (!stream) co_return stream.error();
    if (!route.tls) co_return Opened(std::move(*stream), nullptr);
    auto secured = co_await route.tls->pass(std::move(*stream), limit);
    if (!secured) co_return secured.error();
    auto info = std::make_shared<proxycore::tls::ConnectionInfo const>((*secured)->info());
    co_return Opened(std::move(*secured), std::move(info));
}

}  // namespace pathology::pathoc
