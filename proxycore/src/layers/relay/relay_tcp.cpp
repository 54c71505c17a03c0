// TCP relays: bytes both ways, recorded as the messages of a TCP flow or not at all.
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <deque>
#include <exception>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/mutex.hpp>
#include <pathology/proxycore/async/task.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/flow/registry.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>
#include <utility>
#include <vector>

#include "layers/layers.hpp"
#include "layers/race_with_disconnect.hpp"
#include "layers/relay/relay.hpp"

namespace pathology::proxycore::layers {
namespace {

using addons::Hook;
namespace hooks = addons::hooks;
using flow::TcpFlow;
using flow::TcpMessage;
using TcpHook = addons::HookPoint<TcpFlow&>;

bool is_recorded(Context const& context) {
    auto const& chain = context.services.addons;
    return chain.wants(Hook::tcp_start) || chain.wants(Hook::tcp_message) || chain.wants(Hook::tcp_end) ||
           chain.wants(Hook::tcp_error);
}

/// Reports to a client that there is no server: TCP RST, or RST_STREAM in a tunnel of HTTP/2 (RFC 9113 §8.5).
void reset(net::Stream& client) { client.close(net::CloseMode::reset); }

/// A TCP flow from its start to its end.
///
///     tcp_start ─▶ connect ─▶ relay: tcp_message for each piece, received or injected ─▶ tcp_end
///         └── killed ──┴── no server ──┴── failure of a stream, or killed ─────────────▶ tcp_error
///
/// Invariants: hooks of one flow run one at a time (turns_), in the order of `messages`; exactly one of tcp_end and
/// tcp_error runs (has_ended_).
class Recorded {
public:
    Recorded(Context& context, asio::any_io_executor const& executor)
        : context_(context),
          injector_(executor),
          live_(context.services.addons.flows(), executor, context.client, context.server, context.now()),
          flow_(*live_) {
        flow_.live = true;
    }

    asio::awaitable<void> run(std::unique_ptr<net::Stream> client);
    /// Ends the flow after an exception, usually a cancellation.
    asio::awaitable<void> stop();

private:
    asio::awaitable<void> relay(net::Stream& client, net::Stream& server);
    asio::awaitable<std::optional<std::string>> record(TcpMessage message);
    asio::awaitable<void> pass_injected(Relay& relay);
    asio::awaitable<void> call(TcpHook const& point);
    asio::awaitable<void> end(std::string error);
    bool is_killed() const { return flow_.error.has_value(); }

    Context& context_;
    async::Mutex mutex_;
    async::Task injector_;
    async::Event injected_;
    std::deque<TcpMessage> to_inject_;
    flow::LiveFlow<TcpFlow> live_;
    TcpFlow& flow_;
    bool has_ended_ = false;
};

asio::awaitable<void> Recorded::call(TcpHook const& point) {
    // An intercepted flow has to wait in the chain until it is resumed, even if no addon wants this hook.
    if (!context_.services.addons.wants(point.hook) && !flow_.intercepted()) co_return;
    auto const lock = co_await mutex_.lock();
    co_await context_.services.addons.run(point, flow_);
}

asio::awaitable<void> Recorded::end(std::string error) {
    if (std::exchange(has_ended_, true)) co_return;
    if (!error.empty() && !is_killed()) flow_.error = flow::Error{std::move(error), context_.now()};
    if (is_killed())
        co_await call(hooks::tcp_error);
    else
        co_await call(hooks::tcp_end);
    flow_.live = false;
}

asio::awaitable<void> Recorded::stop() {
    flow_.on_kill(nullptr);  // the callback refers to a stream that no longer exists
    auto ending = end("the connection was stopped");
    co_await async::with_timeout(context_.settings->times.stop, std::move(ending));
}

asio::awaitable<void> Recorded::run(std::unique_ptr<net::Stream> client) {
    co_await call(hooks::tcp_start);
    if (is_killed()) co_return co_await end("");
    flow_.on_kill([&client] { client->close(net::CloseMode::fin); });
    std::optional<Failure> left;
    auto taking = context_.servers->acquire_stream(context_.server);
    auto server = co_await race_with_disconnect(std::move(taking), wait_for_client_loss(*client), left);
    if (left) co_return co_await end(left->message);
    if (!*server) {
        reset(*client);
        co_return co_await end(server->error().message);
    }
    co_await relay(*client, *(*server)->stream);
    co_await context_.servers->close(std::move(**server));
}

asio::awaitable<void> Recorded::relay(net::Stream& client, net::Stream& server) {
    Relay relay(context_, client, server);
    relay.on_message = [this](bool from_client, std::string_view bytes) {
        TcpMessage message;
        message.from_client = from_client;
        message.content = bytes;
        return record(std::move(message));
    };
    flow_.inject = [this](TcpMessage message) {
        message.injected = true;
        to_inject_.push_back(std::move(message));
        injected_.notify();
    };
    flow_.on_kill([&relay] { relay.break_off("closed by an addon", net::CloseMode::fin); });
    injector_.start(pass_injected(relay));
    // The injector uses `relay`; it has to end before `relay` goes out of scope.
    auto const stop = [this]() -> asio::awaitable<void> {
        flow_.inject = nullptr;
        flow_.on_kill(nullptr);
        injector_.cancel();
        return injector_.join();
    };
    co_await async::finally(relay.run(), stop, std::nullopt);
    co_await end(relay.error());
}

/// Records a message and runs its hook. Returns the bytes to send, std::nullopt if the flow was killed.
asio::awaitable<std::optional<std::string>> Recorded::record(TcpMessage message) {
    auto const lock = co_await mutex_.lock();
    message.timestamp = context_.now();
    auto& messages = flow_.messages;
    messages.push_back(std::move(message));
    auto const& chain = context_.services.addons;
    if (chain.wants(Hook::tcp_message)) co_await context_.services.addons.run(hooks::tcp_message, flow_);
    if (is_killed()) co_return std::nullopt;
    // A hook may change the content, drop the message, or remove it from the list.
    if (messages.empty() || messages.back().dropped) co_return std::string();
    co_return messages.back().content;
}

asio::awaitable<void> Recorded::pass_injected(Relay& relay) {
    for (;;) {
        while (to_inject_.empty()) co_await injected_.wait();
        auto message = std::move(to_inject_.front());
        to_inject_.pop_front();
        bool const to_server = message.from_client;
        auto const bytes = co_await record(std::move(message));
        if (!bytes) co_return relay.break_off("closed by an addon", net::CloseMode::fin);
        co_await relay.send_between(to_server, *bytes);
    }
}

asio::awaitable<void> relay_unseen(Context& context, std::unique_ptr<net::Stream> client) {
    std::optional<Failure> left;
    auto taking = context.servers->acquire_stream(context.server);
    auto server = co_await race_with_disconnect(std::move(taking), wait_for_client_loss(*client), left);
    if (left) co_return;
    if (!*server) co_return reset(*client);
    Relay relay(context, *client, *(*server)->stream);
    co_await relay.run();
    co_await context.servers->close(std::move(**server));
}

}  // namespace

asio::awaitable<void> relay_tcp(Context& context, std::unique_ptr<net::Stream> stream) {
    context.layers.push_back("tcp");
    if (!is_recorded(context)) co_return co_await relay_unseen(context, std::move(stream));
    auto const executor = co_await asio::this_coro::executor;
    Recorded recorded(context, executor);
    auto const stop = [&recorded] { return recorded.stop(); };
    co_await async::on_failure(recorded.run(std::move(stream)), stop, std::nullopt);
}

asio::awaitable<void> relay_ignored(Context& context, std::unique_ptr<net::Stream> stream) {
    if (!context.client->tls_established()) context.server->tls = false;  // its own TLS, if any, passes through
    if (context.settings->hosts.show_ignored) co_return co_await relay_tcp(context, std::move(stream));
    context.layers.push_back("ignored");
    co_await relay_unseen(context, std::move(stream));
}

}  // namespace pathology::proxycore::layers
