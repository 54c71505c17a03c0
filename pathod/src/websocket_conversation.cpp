#include "websocket_conversation.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/rng.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/async/turns.hpp>
#include <pathology/proxycore/net/lingering_close.hpp>
#include <utility>

namespace pathology::pathod {
namespace {

using Type = record::Exchange::Type;

constexpr std::string_view leader = "pathod!";
constexpr std::size_t idle_buffer_size = 2 * 1024;  // held by each idle connection
constexpr std::size_t bulk_buffer_size = 64 * 1024;
constexpr std::size_t flush_threshold = 256 * 1024;
constexpr auto failure_linger = std::chrono::seconds(2);
constexpr auto close_timeout = std::chrono::seconds(1);

proxycore::record::FrameKeep keep_of(DaemonOptions const& options) {
    proxycore::record::FrameKeep keep;
    keep.payload = std::max(options.keep_body, leader.size());
    keep.raw = options.show_requests ? options.keep_bytes : 0;
    keep.leader = leader;
    keep.payload_after_leader = leader.size() + language::ParseLimits().max_length + 1;  // one more byte is too long
    return keep;
}

websocket::SessionSettings echo_settings(DaemonOptions const& options, WebsocketStart const& start) {
    websocket::SessionSettings settings;
    settings.largest_message = options.max_message;
    settings.deflate = start.deflate;
    return settings;
}

}  // namespace

WebsocketConversation::WebsocketConversation(net::Stream& stream, WorkerContext& worker, ConnectionLogger& logger,
                                             WebsocketStart start)
    : stream_(stream),
      worker_(worker),
      options_(worker.daemon.options),
      start_(start),
      logger_(worker, logger, start.connection),
      recorder_(keep_of(options_)) {
    if (options_.websocket_echo) session_.emplace(echo_settings(options_, start_));
}

asio::awaitable<void> WebsocketConversation::run(std::string first) {
    bool is_stopped = false;
    try {
        co_await receive(first);
        co_await listen(std::move(first));
    } catch (boost::system::system_error const& error) {
        if (error.code() != asio::error::operation_aborted) throw;
        // The stop of the daemon cancels this coroutine. An echo then has to send a close frame, which needs awaits
        // again, so the cancellation is ended below.
        is_stopped = true;
    }
    // In the middle of a write a close frame would land inside another frame.
    bool const sends_close = session_ && session_->is_open() && !is_writing_;
    if (!is_stopped || !sends_close) co_return;
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await async::with_timeout(close_timeout, close_gracefully());
}

/// The daemon stops: closes the connection with a closing handshake (RFC 6455 §7.1.1).
asio::awaitable<void> WebsocketConversation::close_gracefully() {
    session_->close({static_cast<std::uint16_t>(websocket::CloseCode::going_away), "the daemon stops"});
    co_await flush();
    co_await listen({});
}

asio::awaitable<void> WebsocketConversation::listen(std::string buffer) {
    buffer.resize(idle_buffer_size);
    while (is_open_) {
        auto const [ec, n] = co_await stream_.read_some(asio::buffer(buffer));
        if (ec == asio::error::operation_aborted)
            throw boost::system::system_error(ec);  // the next co_await would throw it, too
        if (ec == net::Errc::timed_out) logger_.log_failure(Type::timeout, "Timeout");
        if (ec) co_return;
        co_await receive(std::string_view(buffer).substr(0, n));
        // A client that fills the small buffer sends in bulk.
        if (n == buffer.size()) buffer.resize(bulk_buffer_size);
    }
}

asio::awaitable<void> WebsocketConversation::receive(std::string_view bytes) {
    async::TurnTimer turn;  // a read may bring thousands of frames
    recorder_.feed(bytes);
    while (auto frame = recorder_.next()) {
        if (turn.is_long()) co_await turn.pass();
        auto specs = std::string();
        // With --ws-echo every message is echoed, also one that begins like a request.
        bool const has_leader = !session_ && frame->payload.starts_with(leader);
        // The recorder keeps at most the length of the longest valid spec.
        bool const is_whole = frame->payload.size() == frame->payload_size;
        if (has_leader) specs = frame->payload.substr(leader.size());
        logger_.log_received(std::move(*frame));
        if (has_leader) co_await send_requested(specs, is_whole);
        if (!is_open_) co_return;
    }
    if (session_) co_await echo(bytes);
}

void WebsocketConversation::fail(std::string message) {
    logger_.log_failure(Type::error, std::move(message));
    is_open_ = false;
}

// --- listening -------------------------------------------------------------------------------------------------------

/// Sends the frames whose specs the client sent.
asio::awaitable<void> WebsocketConversation::send_requested(std::string_view specs, bool is_whole) {
    if (!options_.craft) co_return fail(std::string(reason(PolicyViolation::crafting_disabled)));
    constexpr std::string_view prefix = "Parse error in reflected frame specification: ";
    if (!is_whole) co_return fail(std::string(prefix) + "too long");
    if (specs.find_first_not_of(" \t\r\n") == specs.npos) co_return;
    auto const frames = language::parse_frames(specs);
    if (!frames) co_return fail(std::string(prefix) + frames.error().message);
    for (auto const& frame : *frames) {
        if (is_open_) co_await send_frame(frame);
    }
}

/// Repetitions are drawn and logged one by one, so each is rendered as a frame that is sent once.
asio::awaitable<void> WebsocketConversation::send_frame(language::Message const& frame) {
    auto const& responder = worker_.responder;
    auto const once = language::without_times(frame);
    auto const spec = language::print(once);
    for (auto left = language::times(frame); left > 0 && is_open_; --left) {
        auto const seed = worker_.daemon.seed.of(start_.connection, start_.messages++);
        auto const rendered = render(once, responder.settings(), {.explain = options_.explain}, seed);
        if (!rendered) co_return fail("Error in reflected frame specification: " + rendered.error().message);
        auto const violation = responder.check_policy(rendered->pauses(), *rendered);
        if (violation) co_return fail(std::string(reason(*violation)));
        co_await play(spec, *rendered, seed);
    }
}

asio::awaitable<void> WebsocketConversation::play(std::string const& spec, RenderedResponse const& rendered,
                                                  std::uint64_t seed) {
    language::CapturedBytes recording;
    recording.limit = logger_.recording_limit();
    logger_.log_start(spec, rendered);
    auto player = worker_.acquire_player();
    player->start(rendered.messages.front().plan, seed);
    auto const performance = co_await language::send_plan(stream_, *player, &recording);
    worker_.release(std::move(player));
    logger_.log_end(spec, rendered, performance, recording);
    is_open_ = !performance.failed() && !performance.ending;
    if (performance.ending == language::Ending::half) co_await net::discard_until_end(stream_);
}

// --- echoing ---------------------------------------------------------------------------------------------------------

asio::awaitable<void> WebsocketConversation::echo(std::string_view bytes) {
    async::TurnTimer turn;
    session_->feed(bytes);
    for (;;) {
        if (turn.is_long()) co_await turn.pass();
        auto const event = session_->next_step();
        if (!event) {
            fail("WebSocket violation: " + event.error().message);
            co_await flush();
            // The close frame of the violation is queued by the session.
            co_await async::with_timeout(failure_linger, discard_input());
            co_return;
        }
        if (!*event && session_->wants_next()) continue;
        if (!*event) break;
        if (auto const* message = std::get_if<websocket::Message>(&**event)) {
            session_->start_sending({message->is_text, message->payload});  // in one frame
        }
        for (; session_->is_sending(); session_->send_step())
            if (turn.is_long()) co_await turn.pass();
        if (session_->outgoing().size() >= flush_threshold) co_await flush();
        if (!is_open_) co_return;
    }
    co_await flush();
    if (session_->is_over()) is_open_ = false;
}

asio::awaitable<void> WebsocketConversation::flush() {
    auto const outgoing = session_->outgoing();
    if (outgoing.empty()) co_return;
    logger_.log_sent(outgoing);
    is_writing_ = true;
    auto const ec = co_await net::send(stream_, outgoing);
    is_writing_ = false;
    session_->clear_outgoing();
    if (ec) is_open_ = false;
}

/// Reads and discards until the client ends its side, so that it can read the close frame: closing a socket with unread
/// input resets the connection.
asio::awaitable<void> WebsocketConversation::discard_input() {
    stream_.close(net::CloseMode::half_close);
    std::array<char, 4096> unread;
    for (;;) {
        auto const [ec, n] = co_await stream_.read_some(asio::buffer(unread));
        if (ec) co_return;
    }
}

}  // namespace pathology::pathod
