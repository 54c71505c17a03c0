#include "upstream/connection_events.hpp"

#include <boost/asio/this_coro.hpp>
#include <exception>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/layers/tls/tls_service.hpp>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

using Opened = Result<std::unique_ptr<net::Stream>>;
namespace hooks = addons::hooks;

/// `origin.test:80 (127.0.0.1:80)`
std::string name_of(flow::Server const& server) {
    auto address = server.address() ? to_string(*server.address()) : std::string("a server without address");
    if (!server.peername || server.peername == server.address()) return address;
    return address + " (" + to_string(*server.peername) + ")";
}

/// Runs a hook about the connection, where anybody wants it.
asio::awaitable<void> tell(Context& context, flow::Server& server,
                           addons::HookPoint<addons::ServerConnectionData&> const& point) {
    auto& chain = context.services.addons;
    if (!chain.wants(point.hook)) co_return;
    addons::ServerConnectionData data{server, *context.client};
    co_await chain.run(point, data);
}

/// From server_connect to the one hook that says what came of it.
class Opening {
public:
    Opening(Context& context, flow::Server& server) : context_(context), server_(server) {}

    asio::awaitable<Opened> run(upstream::Route const& route, Reach reach);
    /// After an exception, as a rule a cancellation.
    asio::awaitable<void> give_up();

private:
    asio::awaitable<void> tell_of_success();
    asio::awaitable<Failure> fail(Failure failure);

    Context& context_;
    flow::Server& server_;
    bool is_told_ = false;
};

asio::awaitable<Opened> Opening::run(upstream::Route const& route, Reach reach) {
    co_await tell(context_, server_, hooks::server_connect);
    if (server_.error) {
        auto failure = failure_before(server_);
        failure.kind = Failure::Kind::cancelled;
        co_return co_await fail(std::move(failure));
    }
    auto stream = co_await connect_along(context_, route, server_, reach);
    if (!stream) co_return co_await fail(stream.error());
    (*stream)->set_time_limit(context_.settings->times.idle);
    server_.state = flow::ConnectionState::active;
    context_.log(addons::LogLevel::info, "server connect " + name_of(server_));
    co_await tell_of_success();  // a cancellation may throw before it has begun
    co_return std::move(*stream);
}

asio::awaitable<void> Opening::tell_of_success() {
    is_told_ = true;
    co_await tell(context_, server_, hooks::server_connected);
}

asio::awaitable<Failure> Opening::fail(Failure failure) {
    is_told_ = true;
    server_.error = failure.message;
    context_.log(addons::LogLevel::warn, "error establishing server connection: " + failure.message);
    co_await tell(context_, server_, hooks::server_connect_error);
    co_return failure;
}

asio::awaitable<void> Opening::give_up() {
    if (is_told_) co_return;
    if (server_.state == flow::ConnectionState::active) co_return co_await tell_of_success();
    Failure failure{Failure::Kind::cancelled, "the attempt to connect to " + name_of(server_) + " was given up"};
    co_await fail(std::move(failure));
}

}  // namespace

Failure failure_before(flow::Server const& server) {
    Failure failure;
    failure.kind = Failure::Kind::unreachable;
    failure.message = server.error.value_or("");
    return failure;
}

asio::awaitable<Result<std::unique_ptr<net::Stream>>> open_server(Context& context, upstream::Route const& route,
                                                                  flow::Server& server, Reach reach) {
    server.timestamp_start = context.now();
    Opening opening(context, server);
    auto const give_up = [&opening] { return opening.give_up(); };
    co_return co_await async::on_failure(opening.run(route, reach), give_up, context.settings->times.stop);
}

asio::awaitable<Result<std::unique_ptr<net::Stream>>> secure_opened(Context& context, flow::Server& server,
                                                                    std::unique_ptr<net::Stream> stream,
                                                                    std::vector<std::string> alpn) {
    auto secured = co_await secure_server(context, server, std::move(stream), std::move(alpn));
    if (!secured) {
        if (!server.error) server.error = secured.error().message;
        co_await end_server(context, server);
    }
    co_return std::move(secured);
}

asio::awaitable<void> end_server(Context& context, flow::Server& server) {
    if (note_end(context, server)) co_await tell(context, server, hooks::server_disconnected);
}

bool note_end(Context& context, flow::Server& server) {
    if (server.timestamp_end) return false;
    server.state = flow::ConnectionState::closed;
    server.timestamp_end = context.now();
    context.log(addons::LogLevel::info, "server disconnect " + name_of(server));
    return true;
}

}  // namespace pathology::proxycore::layers
