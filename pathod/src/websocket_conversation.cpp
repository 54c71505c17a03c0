#include "websocket_conversation.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/rng.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <utility>

namespace pathology::pathod {
namespace {

using Type = record::Exchange::Type;

constexpr std::string_view leader = "pathod!";
constexpr std::size_t room_at_first = 2 * 1024;  // an idle connection keeps this much
constexpr std::size_t room_for_bulk = 64 * 1024;
constexpr std::size_t enough_to_send = 256 * 1024;
constexpr auto patience_with_the_wrong = std::chrono::seconds(2);
constexpr auto patience_with_the_last_word = std::chrono::seconds(1);

proxycore::record::FrameKeep keep_of(DaemonOptions const& options) {
    proxycore::record::FrameKeep keep;
    keep.payload = std::max(options.keep_body, leader.size());
    keep.raw = options.show_requests ? options.keep_bytes : 0;
    keep.leader = leader;
    keep.payload_after_leader = leader.size() + language::ParseLimits().max_length + 1;  // one more is too long
    return keep;
}

websocket::SessionSettings echo_settings(DaemonOptions const& options, WebsocketStart const& start) {
    websocket::SessionSettings settings;
    settings.largest_message = options.max_message;
    settings.deflate = start.deflate;
    return settings;
}

}  // namespace

WebsocketConversation::WebsocketConversation(net::Stream& stream, Desk& desk, Notes& notes, WebsocketStart start)
    : stream_(stream),
      desk_(desk),
      options_(desk.service.options),
      start_(start),
      notes_(desk, notes, start.connection),
      recorder_(keep_of(options_)) {
    if (options_.websocket_echo) session_.emplace(echo_settings(options_, start_));
}

asio::awaitable<void> WebsocketConversation::run(std::string first) {
    bool is_stopped = false;
    try {
        co_await take(first);
        co_await listen(std::move(first));
    } catch (boost::system::system_error const& error) {
        if (error.code() != asio::error::operation_aborted) throw;
        is_stopped = true;
    }
    bool const may_say_goodbye = session_ && session_->is_open() && !is_writing_;
    if (!is_stopped || !may_say_goodbye) co_return;
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await async::with_timeout(patience_with_the_last_word, take_leave());
}

/// The daemon stops: tells the peer, and waits for its answer.
asio::awaitable<void> WebsocketConversation::take_leave() {
    session_->close({static_cast<std::uint16_t>(websocket::CloseCode::going_away), "the daemon stops"});
    co_await flush();
    co_await listen({});
}

asio::awaitable<void> WebsocketConversation::listen(std::string room) {
    room.resize(room_at_first);
    while (is_open_) {
        auto const [ec, n] = co_await stream_.read_some(asio::buffer(room));
        if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);  // as what awaits next would
        if (ec == net::Errc::timed_out) notes_.failure(Type::timeout, "Timeout");
        if (ec) co_return;
        co_await take(std::string_view(room).substr(0, n));
        if (n == room.size()) room.resize(room_for_bulk);
    }
}

asio::awaitable<void> WebsocketConversation::take(std::string_view bytes) {
    recorder_.feed(bytes);
    while (auto frame = recorder_.next()) {
        auto specs = std::string();
        bool const is_led = !session_ && frame->payload.starts_with(leader);
        bool const is_whole = frame->payload.size() == frame->payload_size;
        if (is_led) specs = frame->payload.substr(leader.size());
        notes_.heard(std::move(*frame));
        if (is_led) co_await reflect(specs, is_whole);
        if (!is_open_) co_return;
    }
    if (session_) co_await echo(bytes);
}

void WebsocketConversation::give_up(std::string message) {
    notes_.failure(Type::error, std::move(message));
    is_open_ = false;
}

// --- listening -------------------------------------------------------------------------------------------------------

/// Sends the frames that the client asks for.
asio::awaitable<void> WebsocketConversation::reflect(std::string_view specs, bool is_whole) {
    if (!options_.craft) co_return give_up(std::string(reason(Refusal::crafting_disabled)));
    constexpr std::string_view trouble = "Parse error in reflected frame specification: ";
    if (!is_whole) co_return give_up(std::string(trouble) + "too long");
    if (specs.find_first_not_of(" \t\r\n") == specs.npos) co_return;
    auto const frames = language::parse_frames(specs);
    if (!frames) co_return give_up(std::string(trouble) + frames.error().message);
    for (auto const& frame : *frames) {
        if (is_open_) co_await serve(frame);
    }
}

asio::awaitable<void> WebsocketConversation::serve(language::Message const& frame) {
    auto const& responder = desk_.responder;
    auto const spec = language::print(frame);
    for (auto left = language::times(frame); left > 0 && is_open_; --left) {
        auto const seed = desk_.service.seed.of(start_.connection, start_.messages++);
        auto const rendition = render(frame, responder.settings(), {.explain = options_.explain}, seed);
        if (!rendition) co_return give_up("Error in reflected frame specification: " + rendition.error().message);
        auto const refusal = responder.check(rendition->plan.pauses, *rendition);
        if (refusal) co_return give_up(std::string(reason(*refusal)));
        co_await play(spec, *rendition, seed);
    }
}

asio::awaitable<void> WebsocketConversation::play(std::string const& spec, Rendition const& rendition,
                                                  std::uint64_t seed) {
    language::CapturedBytes recording;
    recording.limit = notes_.recording_limit();
    notes_.before(spec, rendition);
    auto player = desk_.borrow_player();
    player->start(rendition.plan, seed);
    auto const performance = co_await language::send_plan(stream_, *player, &recording);
    desk_.give_back(std::move(player));
    notes_.after(spec, rendition, performance, recording);
    is_open_ = !performance.failed() && !performance.disconnected;
}

// --- echoing ---------------------------------------------------------------------------------------------------------

asio::awaitable<void> WebsocketConversation::echo(std::string_view bytes) {
    session_->feed(bytes);
    for (;;) {
        auto const event = session_->next();
        if (!event) {
            give_up("WebSocket violation: " + event.error().message);
            co_await flush();
            co_await async::with_timeout(patience_with_the_wrong, hear_out());
            co_return;
        }
        if (!*event) break;
        if (auto const* message = std::get_if<websocket::Message>(&**event)) {
            session_->send({message->is_text, message->payload});  // in one frame
        }
        if (session_->outgoing().size() >= enough_to_send) co_await flush();
        if (!is_open_) co_return;
    }
    co_await flush();
    if (session_->is_over()) is_open_ = false;
}

asio::awaitable<void> WebsocketConversation::flush() {
    auto const outgoing = session_->outgoing();
    if (outgoing.empty()) co_return;
    notes_.said(outgoing);
    is_writing_ = true;
    auto const ec = co_await net::send(stream_, outgoing);
    is_writing_ = false;
    session_->clear_outgoing();
    if (ec) is_open_ = false;
}

/// Lets a peer that broke a rule read why: a connection that is closed while bytes of the peer wait is reset.
asio::awaitable<void> WebsocketConversation::hear_out() {
    stream_.close(net::CloseMode::half_close);
    std::array<char, 4096> unread;
    for (;;) {
        auto const [ec, n] = co_await stream_.read_some(asio::buffer(unread));
        if (ec) co_return;
    }
}

}  // namespace pathology::pathod
