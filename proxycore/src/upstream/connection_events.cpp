#include "upstream/connection_events.hpp"

#include <utility>

namespace pathology::proxycore::upstream {
namespace {

namespace hooks = addons::hooks;
using addons::LogLevel;

/// `origin.test:80 (127.0.0.1:80)`
std::string name_of(flow::Server const& server) {
    auto address = server.address() ? to_string(*server.address()) : std::string("a server without address");
    if (!server.peername || server.peername == server.address()) return address;
    return address + " (" + to_string(*server.peername) + ")";
}

}  // namespace

Failure failure_before(flow::Server const& server) {
    Failure failure;
    failure.code = layers::Errc::unreachable;
    failure.message = server.error.value_or("");
    return failure;
}

asio::awaitable<void> ConnectionEvents::run(flow::Server& server,
                                            addons::HookPoint<addons::ServerConnectionData&> const& hook) {
    auto& chain = context_.services.addons;
    if (!chain.wants(hook.hook)) co_return;
    addons::ServerConnectionData data{server, *context_.client};
    co_await chain.run(hook, data);
}

asio::awaitable<void> ConnectionEvents::connecting(flow::Server& server) {
    server.timestamp_start = context_.now();
    return run(server, hooks::server_connect);
}

void ConnectionEvents::mark_connected(flow::Server& server) {
    server.state = flow::ConnectionState::active;
    context_.log(LogLevel::info, "server connect " + name_of(server));
}

asio::awaitable<void> ConnectionEvents::run_connected(flow::Server& server) {
    return run(server, hooks::server_connected);
}

asio::awaitable<void> ConnectionEvents::failed(flow::Server& server, std::string reason) {
    context_.log(LogLevel::warn, "error establishing server connection: " + reason);
    server.error = std::move(reason);
    return run(server, hooks::server_connect_error);
}

asio::awaitable<void> ConnectionEvents::closed(flow::Server& server) {
    if (mark_closed(server)) co_await run(server, hooks::server_disconnected);
}

bool ConnectionEvents::mark_closed(flow::Server& server) {
    if (server.timestamp_end) return false;
    server.state = flow::ConnectionState::closed;
    server.timestamp_end = context_.now();
    context_.log(LogLevel::info, "server disconnect " + name_of(server));
    return true;
}

asio::awaitable<void> ConnectionEvents::run_closed(std::shared_ptr<flow::Server> server) {
    co_await run(*server, hooks::server_disconnected);
}

}  // namespace pathology::proxycore::upstream
