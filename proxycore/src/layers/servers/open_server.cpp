#include "layers/servers/open_server.hpp"

#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/layers/tls/tls_service.hpp>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

using addons::Hook;
namespace hooks = addons::hooks;

/// `origin.test:80 (127.0.0.1:80)`
std::string name_of(flow::Server const& server) {
    auto const address = server.address() ? to_string(*server.address()) : std::string("a server without address");
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

asio::awaitable<void> note_failure(Context& context, flow::Server& server, Failure const& failure) {
    server.error = failure.message;
    context.log(addons::LogLevel::warn, "error establishing server connection: " + failure.message);
    co_await tell(context, server, hooks::server_connect_error);
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
    co_await tell(context, server, hooks::server_connect);
    if (server.error) {
        auto failure = failure_before(server);
        failure.kind = Failure::Kind::cancelled;
        co_await note_failure(context, server, failure);
        co_return failure;
    }
    auto stream = co_await connect_along(context, route, server, reach);
    if (!stream) {
        co_await note_failure(context, server, stream.error());
        co_return stream.error();
    }
    (*stream)->set_time_limit(context.settings->times.idle);
    server.state = flow::ConnectionState::active;
    context.log(addons::LogLevel::info, "server connect " + name_of(server));
    co_await tell(context, server, hooks::server_connected);
    co_return std::move(*stream);
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
