#include "layers/client_life.hpp"

#include <boost/asio/this_coro.hpp>
#include <exception>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

using addons::LogLevel;
namespace hooks = addons::hooks;

asio::awaitable<void> on_connected(Context& context) {
    auto& chain = context.services.addons;
    context.log(LogLevel::info, "client connect");
    if (chain.wants(addons::Hook::client_connected)) co_await chain.run(hooks::client_connected, *context.client);
}

/// "layers: regular, http/1, tls, http/1"
std::string stack_of(Context const& context) {
    std::string text = "layers:";
    for (auto const layer : context.layers) text.append(text.ends_with(':') ? " " : ", ").append(layer);
    return text;
}

// The server connections are closed first: their server_disconnected hooks run before client_disconnected, and addons
// may rely on this order.
asio::awaitable<void> on_disconnected(Context& context) {
    auto& client = *context.client;
    context.log(LogLevel::debug, stack_of(context));
    co_await context.servers->close_all();
    client.state = flow::ConnectionState::closed;
    client.timestamp_end = context.now();
    context.log(LogLevel::info, "client disconnect");
    auto& chain = context.services.addons;
    if (chain.wants(addons::Hook::client_disconnected)) co_await chain.run(hooks::client_disconnected, client);
}

asio::awaitable<void> converse(Context& context, asio::awaitable<void> conversation) {
    co_await on_connected(context);
    auto const& client = *context.client;
    if (client.error) co_return context.log(LogLevel::warn, *client.error);
    if (client.state == flow::ConnectionState::closed)
        co_return context.log(LogLevel::info, "an addon closed the connection");
    co_await std::move(conversation);
}

}  // namespace

/// `finally` also runs the hook after a cancellation. The limit keeps a hook that does not return from blocking the
/// stop of the proxy.
asio::awaitable<void> live_as_client(Context& context, asio::awaitable<void> conversation) {
    auto const disconnected = [&context] { return on_disconnected(context); };
    co_await async::finally(converse(context, std::move(conversation)), disconnected, context.settings->times.stop);
}

}  // namespace pathology::proxycore::layers
