#include "upstream/connector.hpp"

#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/net/connect.hpp>
#include <pathology/proxycore/tunnel/connector.hpp>
#include <utility>

#include "layers/tls/tls_service.hpp"

namespace pathology::proxycore::upstream {
namespace {

using StreamPtr = std::unique_ptr<net::Stream>;
using layers::ProxyFault;

Failure unreachable(std::string message) {
    Failure failure;
    failure.code = layers::Errc::unreachable;
    failure.message = std::move(message);
    return failure;
}

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

/// The steps of the proxy between TCP and the end of the route.
class RouteConnector final : public tunnel::Connector<Failure> {
public:
    /// `nearest` is the first hop; nullptr without hops.
    RouteConnector(Context& context, flow::Server& server, tunnel::Hop const* nearest)
        : context_(context), server_(server), nearest_(nearest) {}

private:
    asio::awaitable<Connected> connect_tcp(Endpoint const& address) override;
    asio::awaitable<Connected> secure(tunnel::Hop const& hop, StreamPtr stream) override;
    asio::awaitable<http::RequestHead> make_connect_request(tunnel::Hop const& hop, Endpoint const& next) override;
    Failure failure_of(tunnel::Hop const& hop, tunnel::Failure const& why) const override;

    bool is_this_proxy(Endpoint const& address) const {
        auto const& ask = context_.services.is_ourselves;
        return ask && ask(address);
    }

    Context& context_;
    flow::Server& server_;
    tunnel::Hop const* nearest_;
};

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

}  // namespace

// --- one attempt -----------------------------------------------------------------------------------------------------

/// Makes sure that each server_connect is followed by one hook about its result, and each server_connected by
/// server_disconnected, also when the attempt is cancelled.
class ServerConnector::Attempt {
public:
    Attempt(Context& context, ConnectionEvents& events, flow::Server& server)
        : context_(context), events_(events), server_(server) {}

    asio::awaitable<Result<StreamPtr>> open(EndpointKey const& key, std::vector<std::string> alpn);
    asio::awaitable<Result<StreamPtr>> secure(StreamPtr stream, std::vector<std::string> alpn);
    asio::awaitable<Failure> fail(Failure failure);
    /// `work` is one of those above.
    asio::awaitable<Result<StreamPtr>> finish(asio::awaitable<Result<StreamPtr>> work);

private:
    asio::awaitable<Result<StreamPtr>> connect(EndpointKey const& key);
    asio::awaitable<void> succeed();
    asio::awaitable<void> abandon();

    Context& context_;
    ConnectionEvents& events_;
    flow::Server& server_;
    bool is_reported_ = false;
};

asio::awaitable<Result<StreamPtr>> ServerConnector::Attempt::open(EndpointKey const& key,
                                                                  std::vector<std::string> alpn) {
    auto stream = co_await connect(key);
    if (!stream || !key.is_secure) co_return std::move(stream);
    co_return co_await secure(std::move(*stream), std::move(alpn));
}

asio::awaitable<Result<StreamPtr>> ServerConnector::Attempt::connect(EndpointKey const& key) {
    co_await events_.connecting(server_);
    if (server_.error) {
        auto failure = failure_before(server_);
        failure.code = layers::Errc::cancelled;
        co_return co_await fail(std::move(failure));
    }
    RouteConnector connector(context_, server_, key.hops.empty() ? nullptr : &key.hops.front());
    auto const extent = key.is_tunnel ? tunnel::Extent::target : tunnel::Extent::last_proxy;
    auto stream = co_await connector.connect(key.hops, *server_.address(), extent);
    if (!stream) co_return co_await fail(stream.error());
    (*stream)->set_time_limit(context_.settings->times.idle);
    events_.mark_connected(server_);
    co_await succeed();  // a cancellation may throw before it has begun
    co_return std::move(*stream);
}

asio::awaitable<Result<StreamPtr>> ServerConnector::Attempt::secure(StreamPtr stream, std::vector<std::string> alpn) {
    is_reported_ = true;
    auto secured = co_await layers::secure_server(context_, server_, std::move(stream), std::move(alpn));
    if (!secured) {
        if (!server_.error) server_.error = secured.error().message;
        co_await events_.closed(server_);
    }
    co_return std::move(secured);
}

asio::awaitable<void> ServerConnector::Attempt::succeed() {
    is_reported_ = true;
    co_await events_.run_connected(server_);
}

asio::awaitable<Failure> ServerConnector::Attempt::fail(Failure failure) {
    is_reported_ = true;
    co_await events_.failed(server_, failure.message);
    co_return failure;
}

asio::awaitable<Result<StreamPtr>> ServerConnector::Attempt::finish(asio::awaitable<Result<StreamPtr>> work) {
    auto const cleanup = [this] { return abandon(); };
    co_return co_await async::on_failure(std::move(work), cleanup, context_.settings->times.stop);
}

asio::awaitable<void> ServerConnector::Attempt::abandon() {
    bool const is_open = server_.state == flow::ConnectionState::active;
    if (!is_reported_ && is_open) co_await succeed();
    if (!is_reported_) {
        auto const& address = server_.address();
        Failure failure{
            layers::Errc::cancelled,
            "connecting to " + (address ? to_string(*address) : std::string("a server")) + " was cancelled"};
        co_await fail(std::move(failure));
    }
    if (server_.state != flow::ConnectionState::closed) co_await events_.closed(server_);
}

// --- the public function ----------------------------------------------------------------------------------------------

asio::awaitable<Result<StreamPtr>> ServerConnector::open(std::shared_ptr<flow::Server> record, EndpointKey const& key,
                                                         std::vector<std::string> alpn) {
    Attempt attempt(context_, events_, *record);
    auto opening = attempt.open(key, std::move(alpn));
    co_return co_await attempt.finish(std::move(opening));
}

asio::awaitable<Result<StreamPtr>> ServerConnector::secure(std::shared_ptr<flow::Server> record, StreamPtr stream,
                                                           std::vector<std::string> alpn) {
    Attempt attempt(context_, events_, *record);
    auto securing = attempt.secure(std::move(stream), std::move(alpn));
    co_return co_await attempt.finish(std::move(securing));
}

asio::awaitable<Failure> ServerConnector::refuse(std::shared_ptr<flow::Server> record, flow::Response const& response) {
    Attempt attempt(context_, events_, *record);
    co_await events_.connecting(*record);
    auto failure = unreachable("no route to " + to_string(*record->address()) + ": " +
                               std::to_string(response.status_code) + " " + response.reason);
    co_return co_await attempt.fail(std::move(failure));
}

}  // namespace pathology::proxycore::upstream
