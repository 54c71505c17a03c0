// The messages of a WebSocket from one side to the other (RFC 6455, P16):
//
//     client ─▶ frames ─▶ message ─▶ hook ─▶ frames ─▶ server        and the same way back
//                 ping, pong and close pass as they are
//
// Each direction is a pump. A close frame is passed on, and so is the close frame of the other side; if that one does
// not come in time, the relay sends it. Then both connections end. A connection that ends without a close frame ends
// the other one in the same way. A side that violates the protocol ends both: the other side gets a close frame at
// once, the violator gets one after the data that the other side had sent before, within a short limit.
//
//     close frame from A ─▶ sent to B, owed to A ─┬─ close frame from B ─▶ sent to A ─▶ end
//                                                 └─ close_timeout ──────▶ the relay sends it to A ─▶ end
//     violation by A ─────▶ close sent to B, owed to A ── violation_delay ─▶ sent to A ─▶ end
#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <deque>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/mutex.hpp>
#include <pathology/proxycore/async/task.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/async/turns.hpp>
#include <pathology/proxycore/websocket/extension.hpp>
#include <utility>

#include "layers/layers.hpp"
#include "layers/relay/relay.hpp"
#include "layers/relay/websocket_side.hpp"
#include "layers/stream_end.hpp"

namespace pathology::proxycore::layers {
namespace {

using addons::Hook;
namespace hooks = addons::hooks;
using namespace std::chrono_literals;

constexpr auto close_timeout = 10s;             // for the close frame of the other side
constexpr auto violation_delay = 500ms;         // before the violator gets its close frame
constexpr auto last_write_timeout = 1s;         // for a close frame to be written
constexpr std::size_t changed_fragment = 4000;  // size of fragments of a message whose length an addon changed
constexpr std::uint16_t no_code = 1005, no_close_frame = 1006;

struct Agreed {
    bool is_known = true;  ///< no extension other than permessage-deflate
    std::optional<websocket::DeflateParameters> deflate{};
};

Agreed agreed_on(http::Fields const& response) {
    auto const extensions = websocket::parse_extensions(response);
    if (!extensions || extensions->size() > 1) return {false};
    if (extensions->empty()) return {};
    auto const& only = extensions->front();
    if (only.name != "permessage-deflate") return {false};
    auto const deflate = websocket::parse_deflate(only);
    return {deflate.has_value(), deflate};
}

/// The sizes of the fragments in which a message is sent: those received, unless an addon changed its length.
std::vector<std::size_t> fragments_for(std::string_view content, std::vector<std::size_t> received,
                                       std::size_t received_size) {
    if (content.size() == received_size) return received;
    std::vector<std::size_t> sizes(content.size() / changed_fragment, changed_fragment);
    sizes.push_back(content.size() % changed_fragment);
    return sizes;
}

/// Invariants: hooks run one at a time (hooks_mutex_), and a message is put into the outgoing session under that lock,
///             so
/// `messages` of the flow has the order of the wire. Sessions buffer; flush() writes.
class WebSocketRelay {
public:
    WebSocketRelay(Context& context, flow::HttpFlow& flow, net::Stream& client, net::Stream& server,
                   Agreed const& agreed);
    ~WebSocketRelay() {
        flow_.inject_websocket = nullptr;
        flow_.on_kill(nullptr);
    }
    WebSocketRelay(WebSocketRelay const&) = delete;
    WebSocketRelay& operator=(WebSocketRelay const&) = delete;

    asio::awaitable<void> run();
    /// Records the end and runs websocket_end, once.
    asio::awaitable<void> end();

private:
    asio::awaitable<void> pass_messages();
    asio::awaitable<void> pass_bytes();
    asio::awaitable<void> stop_tasks();
    asio::awaitable<void> pump(WebSocketSide& from, WebSocketSide& to);
    asio::awaitable<bool> handle_events(WebSocketSide& from, WebSocketSide& to);
    asio::awaitable<void> handle(websocket::Event const& event, WebSocketSide& from, WebSocketSide& to);
    asio::awaitable<void> pass(websocket::Message message, WebSocketSide& from, WebSocketSide& to);
    asio::awaitable<void> pass_recorded(flow::WebSocketMessage message, std::vector<std::size_t> fragments,
                                        WebSocketSide& to);
    asio::awaitable<void> call(addons::HookPoint<flow::HttpFlow&> const& point);
    asio::awaitable<void> pass_injected();
    asio::awaitable<void> await_last_close();
    asio::awaitable<void> close_after_timeout();
    asio::awaitable<void> pass_end(net::error_code ec, WebSocketSide& to);
    void record_close(websocket::Close const& why, WebSocketSide const& from);
    void drop_both(net::CloseMode how);
    bool is_recorded() const;

    Context& context_;
    flow::HttpFlow& flow_;
    bool decodes_;
    WebSocketSide client_, server_;
    async::Mutex hooks_mutex_;
    async::Task injector_, closing_;
    async::Event injected_;
    std::deque<flow::WebSocketMessage> to_inject_;
    std::uint64_t moved_ = 0;  // reads, either way
    unsigned busy_ = 0;        // pumps that are not reading
    bool is_ended_ = false;
};

WebSocketRelay::WebSocketRelay(Context& context, flow::HttpFlow& flow, net::Stream& client, net::Stream& server,
                               Agreed const& agreed)
    : context_(context),
      flow_(flow),
      decodes_(agreed.is_known),
      client_(client, websocket::Role::server, agreed.deflate, "client"),
      server_(server, websocket::Role::client, agreed.deflate, "server"),
      injector_(client.executor()),
      closing_(client.executor()) {
    client.set_time_limit(context.settings->times.idle);
    server.set_time_limit(context.settings->times.idle);
    flow_.on_kill([this] { drop_both(net::CloseMode::fin); });
    // With unknown extensions the frames cannot be understood: bytes are relayed, nothing can be injected.
    if (!decodes_) return;
    flow_.inject_websocket = [this](flow::WebSocketMessage message) {
        message.injected = true;
        to_inject_.push_back(std::move(message));
        injected_.notify();
    };
}

bool WebSocketRelay::is_recorded() const {
    auto const& chain = context_.services.addons;
    return chain.wants(Hook::websocket_message) || chain.wants(Hook::websocket_end);
}

asio::awaitable<void> WebSocketRelay::run() {
    co_await call(hooks::websocket_start);
    if (decodes_ && is_recorded()) injector_.start(pass_injected());
    auto const stop = [this] { return stop_tasks(); };
    auto passing = decodes_ ? pass_messages() : pass_bytes();
    co_await async::finally(std::move(passing), stop, std::nullopt);
}

asio::awaitable<void> WebSocketRelay::stop_tasks() {
    drop_both(net::CloseMode::fin);
    injector_.cancel();
    closing_.cancel();
    co_await injector_.join();
    co_await closing_.join();
}

asio::awaitable<void> WebSocketRelay::pass_messages() {
    using namespace asio::experimental::awaitable_operators;
    auto both = pump(client_, server_) && pump(server_, client_);
    co_await std::move(both);
}

asio::awaitable<void> WebSocketRelay::pass_bytes() {
    context_.log(addons::LogLevel::info, "relaying a WebSocket as bytes: its extensions are not supported");
    UpgradedRecords upgraded(flow_);
    Relay relay(context_, client_.stream(), server_.stream(), upgraded.records());
    co_await relay.run();
}

asio::awaitable<void> WebSocketRelay::end() {
    if (std::exchange(is_ended_, true)) co_return;
    auto& record = *flow_.websocket;
    record.timestamp_end = context_.now();
    if (!record.close_code && decodes_) record.close_code = no_close_frame;
    co_await call(hooks::websocket_end);
}

asio::awaitable<void> WebSocketRelay::pump(WebSocketSide& from, WebSocketSide& to) {
    for (;;) {
        auto const moved_before = moved_;
        auto const ec = co_await from.read();
        // The time limit is for both directions together: a client may only listen.
        if (ec == net::Errc::timed_out && (moved_ != moved_before || busy_ > 0)) continue;
        if (ec) {
            if (!flow_.websocket->closed_by_client) flow_.websocket->closed_by_client = from.is_client();
            co_await to.send_owed();
            co_return co_await pass_end(ec, to);
        }
        ++moved_;
        ++busy_;
        bool const has_more = co_await handle_events(from, to);
        auto const failed = co_await to.flush();
        --busy_;
        if (failed) co_return co_await pass_end(failed, from);
        if (!flow_.live) co_return drop_both(net::CloseMode::fin);
        if (!has_more) co_return co_await await_last_close();
    }
}

/// Returns false if the side sends nothing more.
asio::awaitable<bool> WebSocketRelay::handle_events(WebSocketSide& from, WebSocketSide& to) {
    async::TurnTimer turn;  // a read may bring thousands of frames
    for (;;) {
        if (turn.is_long()) co_await turn.pass();
        auto const event = from.session().next_step();
        if (!event) {
            auto const& why = event.error();
            context_.log(addons::LogLevel::warn,
                         "WebSocket protocol violation by the " + std::string(from.name()) + ": " + why.message);
            websocket::Close const close{static_cast<std::uint16_t>(why.close_code), why.message};
            record_close(close, from);
            from.owe_violation(close);
            to.close(close);
            co_return false;
        }
        if (!*event && !from.session().wants_next()) co_return true;
        if (!*event) continue;
        co_await handle(**event, from, to);
        if (!flow_.live || std::holds_alternative<websocket::Close>(**event)) co_return false;
    }
}

asio::awaitable<void> WebSocketRelay::handle(websocket::Event const& event, WebSocketSide& from, WebSocketSide& to) {
    if (auto const* message = std::get_if<websocket::Message>(&event)) co_return co_await pass(*message, from, to);
    if (auto const* ping = std::get_if<websocket::Ping>(&event)) {
        context_.log(addons::LogLevel::debug, "WebSocket ping from the " + std::string(from.name()));
        to.session().ping(ping->payload);
    } else if (auto const* pong = std::get_if<websocket::Pong>(&event)) {
        context_.log(addons::LogLevel::debug, "WebSocket pong from the " + std::string(from.name()));
        to.session().pong(pong->payload);
    } else {
        auto const& close = std::get<websocket::Close>(event);
        record_close(close, from);
        from.owe_close(close);
        to.close(close);
    }
}

asio::awaitable<void> WebSocketRelay::pass(websocket::Message message, WebSocketSide& from, WebSocketSide& to) {
    if (!is_recorded()) {
        to.session().start_sending(message);
        if (to.session().is_sending()) co_await to.send_rest();
        co_return;
    }
    flow::WebSocketMessage recorded;
    recorded.type = message.is_text ? websocket::Opcode::text : websocket::Opcode::binary;
    recorded.from_client = from.is_client();
    recorded.content = message.payload;
    recorded.timestamp = context_.now();
    std::vector<std::size_t> fragments(message.fragments.begin(), message.fragments.end());
    co_await pass_recorded(std::move(recorded), std::move(fragments), to);
}

asio::awaitable<void> WebSocketRelay::pass_recorded(flow::WebSocketMessage message, std::vector<std::size_t> fragments,
                                                    WebSocketSide& to) {
    auto const lock = co_await hooks_mutex_.lock();
    auto const received_size = message.content.size();
    auto& messages = flow_.websocket->messages;
    messages.push_back(std::move(message));
    co_await context_.services.addons.run(hooks::websocket_message, flow_);
    // An addon may clear the list to save memory.
    if (messages.empty() || messages.back().dropped) co_return;
    auto const& now = messages.back();
    auto const sizes = fragments_for(now.content, std::move(fragments), received_size);
    to.session().start_sending({now.is_text(), now.content, sizes});
    if (to.session().is_sending()) co_await to.send_rest();
}

asio::awaitable<void> WebSocketRelay::call(addons::HookPoint<flow::HttpFlow&> const& point) {
    if (!context_.services.addons.wants(point.hook) && !flow_.intercepted()) co_return;
    auto const lock = co_await hooks_mutex_.lock();
    co_await context_.services.addons.run(point, flow_);
}

asio::awaitable<void> WebSocketRelay::pass_injected() {
    for (;;) {
        while (to_inject_.empty()) {
            co_await injected_.wait();
            // A cancellation between notify() and the resumption does not end wait(); a message must not pass then.
            auto const state = co_await asio::this_coro::cancellation_state;
            if (state.cancelled() != asio::cancellation_type::none) co_return;
        }
        auto message = std::move(to_inject_.front());
        to_inject_.pop_front();
        message.timestamp = context_.now();
        auto& to = message.from_client ? server_ : client_;
        std::vector<std::size_t> in_one_frame;
        co_await pass_recorded(std::move(message), std::move(in_one_frame), to);
        co_await to.flush();
    }
}

/// One side has sent its close frame; the other one has a limited time for its own.
asio::awaitable<void> WebSocketRelay::await_last_close() {
    bool const is_over = client_.is_over() && server_.is_over();
    if (is_over || closing_.is_running()) co_return drop_both(net::CloseMode::fin);
    closing_.start(close_after_timeout());
    co_return;
}

asio::awaitable<void> WebSocketRelay::close_after_timeout() {
    bool const is_violation = client_.is_violator() || server_.is_violator();
    co_await async::pause(is_violation ? violation_delay : close_timeout);
    co_await async::with_timeout(last_write_timeout, client_.send_owed());
    co_await async::with_timeout(last_write_timeout, server_.send_owed());
    drop_both(net::CloseMode::fin);
}

/// One side ended without a close frame of its own. Where the other one closed, the WebSocket ended in order for it.
asio::awaitable<void> WebSocketRelay::pass_end(net::error_code ec, WebSocketSide& to) {
    if (!flow_.websocket->close_code) co_await carry_end(end_of(ec), to.stream());
    drop_both(net::CloseMode::fin);
}

/// Keeps the first close only.
void WebSocketRelay::record_close(websocket::Close const& why, WebSocketSide const& from) {
    auto& record = *flow_.websocket;
    if (record.close_code) return;
    record.closed_by_client = from.is_client();
    record.close_code = why.code.value_or(no_code);
    record.close_reason = why.reason;
}

void WebSocketRelay::drop_both(net::CloseMode how) {
    client_.stream().close(how);
    server_.stream().close(how);
}

}  // namespace

asio::awaitable<void> relay_websocket(Context& context, flow::HttpFlow& flow, std::unique_ptr<net::Stream> client,
                                      std::unique_ptr<net::Stream> server) {
    context.layers.push_back("websocket");
    auto const agreed = agreed_on(flow.response->headers);
    WebSocketRelay relay(context, flow, *client, *server, agreed);
    auto const limit = context.settings->times.stop;
    auto const end = [&relay, limit]() -> asio::awaitable<void> { co_await async::with_timeout(limit, relay.end()); };
    co_await async::finally(relay.run(), end, limit);
}

}  // namespace pathology::proxycore::layers
