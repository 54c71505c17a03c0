// The messages of a WebSocket from one side to the other (RFC 6455, P16):
//
//     client ─▶ frames ─▶ message ─▶ hook ─▶ frames ─▶ server        and the same way back
//                 ping, pong and close pass as they are
//
// Each direction is a pump. The first close frame is passed on, and so is its answer, which is given here where none
// comes; then both connections end. One that ends without a close frame ends the other in the same way. One that breaks
// a rule ends both: the other is told at once, it itself behind what the other had said before, for which there is not
// much time.
#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <deque>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/mutex.hpp>
#include <pathology/proxycore/async/task.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/layers/layers.hpp>
#include <pathology/proxycore/websocket/extension.hpp>
#include <utility>

#include "layers/relay/relay.hpp"
#include "layers/relay/websocket_side.hpp"

namespace pathology::proxycore::layers {
namespace {

using addons::Hook;
namespace hooks = addons::hooks;
using namespace std::chrono_literals;

constexpr auto wait_for_last_close = 10s;       // of the side that has been told
constexpr auto wait_for_fault = 500ms;          // of the side that broke a rule, until it is told so
constexpr auto wait_for_last_word = 1s;         // to go out
constexpr std::size_t changed_fragment = 4000;  // of a message whose length an addon has changed
constexpr std::uint16_t no_code = 1005, no_close_frame = 1006;

struct Agreed {
    bool is_known = true;  ///< no extension but permessage-deflate
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

/// The sizes of the fragments in which a message goes on.
std::vector<std::size_t> fragments_for(std::string_view content, std::vector<std::size_t> came, std::size_t came_size) {
    if (content.size() == came_size) return came;
    std::vector<std::size_t> sizes(content.size() / changed_fragment, changed_fragment);
    sizes.push_back(content.size() % changed_fragment);
    return sizes;
}

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
    /// Once, whatever happened: notes the end, and runs websocket_end.
    asio::awaitable<void> end();

private:
    asio::awaitable<void> pass_messages();
    asio::awaitable<void> pass_unread();
    asio::awaitable<void> stop_tasks();
    asio::awaitable<void> pump(WebSocketSide& from, WebSocketSide& to);
    asio::awaitable<bool> take_events(WebSocketSide& from, WebSocketSide& to);
    asio::awaitable<void> visit(websocket::Event const& event, WebSocketSide& from, WebSocketSide& to);
    asio::awaitable<void> pass(websocket::Message message, WebSocketSide& from, WebSocketSide& to);
    asio::awaitable<void> pass_noted(flow::WebSocketMessage message, std::vector<std::size_t> fragments,
                                     WebSocketSide& to);
    asio::awaitable<void> call(addons::HookPoint<flow::HttpFlow&> const& point);
    asio::awaitable<void> pass_injected();
    asio::awaitable<void> let_end();
    asio::awaitable<void> end_in_a_while();
    void note_close(websocket::Close const& why, WebSocketSide const& from);
    void drop_both(net::CloseMode how);
    bool is_recorded() const;

    Context& context_;
    flow::HttpFlow& flow_;
    bool is_read_;
    WebSocketSide client_, server_;
    async::Mutex turns_;
    async::Task injector_, patience_;
    async::Event injected_;
    std::deque<flow::WebSocketMessage> to_inject_;
    std::uint64_t moved_ = 0;  // reads, either way
    unsigned busy_ = 0;        // pumps that do something else than read
    bool is_ended_ = false;
};

WebSocketRelay::WebSocketRelay(Context& context, flow::HttpFlow& flow, net::Stream& client, net::Stream& server,
                               Agreed const& agreed)
    : context_(context),
      flow_(flow),
      is_read_(agreed.is_known),
      client_(client, websocket::Role::server, agreed.deflate, "client"),
      server_(server, websocket::Role::client, agreed.deflate, "server"),
      injector_(client.executor()),
      patience_(client.executor()) {
    client.set_time_limit(context.settings->times.idle);
    server.set_time_limit(context.settings->times.idle);
    flow_.on_kill([this] { drop_both(net::CloseMode::fin); });
    if (!is_read_) return;
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
    if (is_read_ && is_recorded()) injector_.start(pass_injected());
    auto const stop = [this] { return stop_tasks(); };
    auto passing = is_read_ ? pass_messages() : pass_unread();
    co_await async::finally(std::move(passing), stop, std::nullopt);
}

asio::awaitable<void> WebSocketRelay::stop_tasks() {
    drop_both(net::CloseMode::fin);
    injector_.cancel();
    patience_.cancel();
    co_await injector_.join();
    co_await patience_.join();
}

asio::awaitable<void> WebSocketRelay::pass_messages() {
    using namespace asio::experimental::awaitable_operators;
    auto both = pump(client_, server_) && pump(server_, client_);
    co_await std::move(both);
}

asio::awaitable<void> WebSocketRelay::pass_unread() {
    context_.log(addons::LogLevel::info, "a WebSocket with extensions that are not known here passes unread");
    UpgradedRecords upgraded(flow_);
    Relay relay(context_, client_.stream(), server_.stream(), upgraded.records());
    co_await relay.run();
}

asio::awaitable<void> WebSocketRelay::end() {
    if (std::exchange(is_ended_, true)) co_return;
    auto& record = *flow_.websocket;
    record.timestamp_end = context_.now();
    if (!record.close_code && is_read_) record.close_code = no_close_frame;
    co_await call(hooks::websocket_end);
}

asio::awaitable<void> WebSocketRelay::pump(WebSocketSide& from, WebSocketSide& to) {
    for (;;) {
        auto const moved_before = moved_;
        auto const ec = co_await from.read();
        if (ec == net::Errc::timed_out && (moved_ != moved_before || busy_ > 0)) continue;
        if (ec) {
            if (!flow_.websocket->closed_by_client) flow_.websocket->closed_by_client = from.is_client();
            co_await to.pay();
            co_return drop_both(net::CloseMode::fin);
        }
        ++moved_;
        ++busy_;
        bool const goes_on = co_await take_events(from, to);
        auto const failed = co_await to.flush();
        --busy_;
        if (failed || !flow_.live) co_return drop_both(net::CloseMode::fin);
        if (!goes_on) co_return co_await let_end();
    }
}

/// False when nothing more is to be expected from there.
asio::awaitable<bool> WebSocketRelay::take_events(WebSocketSide& from, WebSocketSide& to) {
    for (;;) {
        auto const event = from.endpoint().next();
        if (!event) {
            auto const& why = event.error();
            context_.log(addons::LogLevel::warn,
                         "WebSocket violation of the " + std::string(from.name()) + ": " + why.message);
            websocket::Close const close{static_cast<std::uint16_t>(why.close_code), why.message};
            note_close(close, from);
            from.blame(close);
            to.close(close);
            co_return false;
        }
        if (!*event) co_return true;
        co_await visit(**event, from, to);
        if (!flow_.live || std::holds_alternative<websocket::Close>(**event)) co_return false;
    }
}

asio::awaitable<void> WebSocketRelay::visit(websocket::Event const& event, WebSocketSide& from, WebSocketSide& to) {
    if (auto const* message = std::get_if<websocket::Message>(&event)) co_return co_await pass(*message, from, to);
    if (auto const* ping = std::get_if<websocket::Ping>(&event)) {
        context_.log(addons::LogLevel::debug, "WebSocket ping of the " + std::string(from.name()));
        to.endpoint().ping(ping->payload);
    } else if (auto const* pong = std::get_if<websocket::Pong>(&event)) {
        context_.log(addons::LogLevel::debug, "WebSocket pong of the " + std::string(from.name()));
        to.endpoint().pong(pong->payload);
    } else {
        auto const& close = std::get<websocket::Close>(event);
        note_close(close, from);
        from.owe_answer(close);
        to.close(close);
    }
}

asio::awaitable<void> WebSocketRelay::pass(websocket::Message message, WebSocketSide& from, WebSocketSide& to) {
    if (!is_recorded()) co_return to.endpoint().send(message);
    flow::WebSocketMessage noted;
    noted.type = message.is_text ? websocket::Opcode::text : websocket::Opcode::binary;
    noted.from_client = from.is_client();
    noted.content = message.payload;
    noted.timestamp = context_.now();
    std::vector<std::size_t> fragments(message.fragments.begin(), message.fragments.end());
    co_await pass_noted(std::move(noted), std::move(fragments), to);
}

asio::awaitable<void> WebSocketRelay::pass_noted(flow::WebSocketMessage message, std::vector<std::size_t> fragments,
                                                 WebSocketSide& to) {
    auto const lock = co_await turns_.lock();
    auto const came_size = message.content.size();
    auto& messages = flow_.websocket->messages;
    messages.push_back(std::move(message));
    co_await context_.services.addons.run(hooks::websocket_message, flow_);
    if (messages.empty() || messages.back().dropped) co_return;
    auto const& now = messages.back();
    auto const sizes = fragments_for(now.content, std::move(fragments), came_size);
    to.endpoint().send({now.is_text(), now.content, sizes});
}

asio::awaitable<void> WebSocketRelay::call(addons::HookPoint<flow::HttpFlow&> const& point) {
    if (!context_.services.addons.wants(point.hook) && !flow_.intercepted()) co_return;
    auto const lock = co_await turns_.lock();
    co_await context_.services.addons.run(point, flow_);
}

asio::awaitable<void> WebSocketRelay::pass_injected() {
    for (;;) {
        while (to_inject_.empty()) {
            co_await injected_.wait();
            auto const state = co_await asio::this_coro::cancellation_state;
            if (state.cancelled() != asio::cancellation_type::none) co_return;
        }
        auto message = std::move(to_inject_.front());
        to_inject_.pop_front();
        message.timestamp = context_.now();
        auto& to = message.from_client ? server_ : client_;
        std::vector<std::size_t> in_one_frame;
        co_await pass_noted(std::move(message), std::move(in_one_frame), to);
        co_await to.flush();
    }
}

/// One side has said its last; the other one has some time for its answer.
asio::awaitable<void> WebSocketRelay::let_end() {
    bool const is_over = client_.is_over() && server_.is_over();
    if (is_over || patience_.is_running()) co_return drop_both(net::CloseMode::fin);
    patience_.start(end_in_a_while());
    co_return;
}

asio::awaitable<void> WebSocketRelay::end_in_a_while() {
    bool const is_broken = client_.is_to_blame() || server_.is_to_blame();
    co_await async::pause(is_broken ? wait_for_fault : wait_for_last_close);
    co_await async::with_timeout(wait_for_last_word, client_.pay());
    co_await async::with_timeout(wait_for_last_word, server_.pay());
    drop_both(net::CloseMode::fin);
}

/// The first one counts.
void WebSocketRelay::note_close(websocket::Close const& why, WebSocketSide const& from) {
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
