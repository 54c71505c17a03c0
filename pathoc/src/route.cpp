// From options to hops. TCP connects to the first hop, each hop is requested to connect to the next one, and TLS is
// with the server at the end. With -c, HOST is the HTTP proxy, and the argument of -c the server.
//
//      client ─TCP─▶ [--proxy ─▶ …] [--socks ─▶] [HOST as HTTP proxy ─▶] server

#include "route.hpp"

#include <algorithm>
#include <climits>
#include <pathology/language/paced_reads.hpp>
#include <pathology/proxycore/net/connect.hpp>
#include <pathology/proxycore/tunnel/connector.hpp>
#include <utility>

#include "make_failure.hpp"

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
    route.hops = options.proxies;
    route.proxies = options.proxies.size();
    route.target = {options.host, options.port};
    route.read_rate = options.read_rate;
    if (options.receive_buffer)
        route.receive_buffer = static_cast<int>(std::min<std::uint64_t>(*options.receive_buffer, INT_MAX / 2));
    if (options.socks) {
        tunnel::Hop hop{Protocol::socks5, false, {}, options.socks_auth, {}};
        hop.address = options.socks->with_default(socks_port);
        route.hops.push_back(std::move(hop));
    }
    if (options.tunnel) {
        route.hops.push_back({Protocol::http, false, route.target, options.proxy_auth, {}});
        route.target = options.tunnel->with_default(http_port);
    }
    return route;
}

class RouteConnector final : public tunnel::Connector<Failure> {
public:
    RouteConnector(Route const& route, net::TimeLimit limit) : route_(route), limit_(limit) {}

private:
    asio::awaitable<Connected> connect_tcp(Endpoint const& address) override {
        // The address that an earlier connection found, see Runner::open().
        auto const& host = route_.address.empty() ? address.host : route_.address;
        auto stream = co_await net::connect(host, address.port, limit_, route_.receive_buffer);
        if (!stream) co_return make_failure(Errc::cannot_connect, stream.error().message, stream.error().code);
        (*stream)->set_time_limit(limit_);
        co_return std::move(*stream);
    }
    asio::awaitable<Connected> secure(tunnel::Hop const& hop, StreamPtr stream) override {
        auto secured = co_await route_.proxies_tls->pass(std::move(stream), limit_, hop.address.host);
        if (secured) co_return std::move(*secured);
        auto failure = secured.error();
        failure.message = "proxy " + to_string(hop.address) + ": " + failure.message;
        co_return failure;
    }
    Failure failure_of(tunnel::Hop const& hop, tunnel::Failure const& why) const override {
        // Which one it was is known if there is only one.
        auto message = (route_.hops.size() > 1 ? "proxy " + to_string(hop.address) + ": " : "") + why.message;
        if (why.code == tunnel::Errc::wants_credentials)
            message.append(" (give them with ").append(credentials_option(hop)) += ")";
        auto const code = why.cause == net::Errc::timed_out ? Errc::timed_out : Errc::proxy_refused;
        return make_failure(code, message, why.cause);
    }

    std::string_view credentials_option(tunnel::Hop const& hop) const {
        bool const is_of_url = &hop < route_.hops.data() + route_.proxies;
        if (is_of_url) return "--proxy SCHEME://USER:PASSWORD@HOST:PORT";
        return hop.protocol == tunnel::Hop::Protocol::socks5 ? "--socks-auth USER:PASSWORD"
                                                             : "--proxy-auth USER:PASSWORD";
    }

    Route const& route_;
    net::TimeLimit limit_;
};

}  // namespace

Route route_of(ClientOptions const& options) { return make_route(options); }

Result<void> add_tls(Route& route, TlsOptions const& options) {
    if (options.use && !route.tls) {
        auto layer = TlsLayer::make(options, route.target.host);
        if (!layer) return layer.error();
        route.tls = std::move(*layer);
    }
    bool const has_secure_hop = std::ranges::any_of(route.hops, &tunnel::Hop::is_secure);
    if (has_secure_hop && !route.proxies_tls) {
        auto layer = TlsLayer::make_for_proxies(options);
        if (!layer) return layer.error();
        route.proxies_tls = std::move(*layer);
    }
    return {};
}

asio::awaitable<Result<Opened>> open(Route const& route, net::TimeLimit limit) {
    RouteConnector connector(route, limit);
    auto stream = co_await connector.connect(route.hops, route.target);
    if (!stream) co_return stream.error();
    if (!route.tls) co_return Opened(language::read_at(route.read_rate, std::move(*stream)), nullptr);
    auto secured = co_await route.tls->pass(std::move(*stream), limit);
    if (!secured) co_return secured.error();
    auto info = std::make_shared<proxycore::tls::ConnectionInfo const>((*secured)->info());
    co_return Opened(language::read_at(route.read_rate, std::move(*secured)), std::move(info));
}

}  // namespace pathology::pathoc
