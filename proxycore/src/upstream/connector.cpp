#include "upstream/connector.hpp"

#include <pathology/proxycore/async/finally.hpp>
#include <utility>

#include "layers/tls/tls_service.hpp"
#include "upstream/route_connector.hpp"

namespace pathology::proxycore::upstream {
namespace {

using StreamPtr = std::unique_ptr<net::Stream>;

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
