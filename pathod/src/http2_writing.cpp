// Acts: responses over HTTP/2 that write their own frames.
//
//     ready ── write_frames ─┬─ out is full, between frames ─▶ ready          others may write first
//       ▲                    ├─ needs a window ─▶ waits for request_allowance ─▶ ready
//       │                    ├─ pause between frames ─▶ waits for `wake` ─▶ ready
//       │                    ├─ a place in the request ─▶ waits until it was read ─▶ ready
//       │                    ├─ pause inside a frame: the connection waits, since no other frame may be sent here
//       └────────────────────┴─ finished, disconnect, broken ─▶ end()
//
// Invariant: is_between_frames_ is false only while a player has written a part of a frame.
#include <algorithm>
#include <pathology/language/send_plan.hpp>
#include <utility>

#include "http2_conversation.hpp"

namespace pathology::pathod {

namespace {

using proxycore::http2::Driver;

constexpr auto never = std::chrono::steady_clock::time_point::max();

}  // namespace

/// The earliest end of a pause; unlimited pauses have none.
std::optional<Driver::Clock::time_point> Http2Conversation::next_deadline() const {
    std::optional<Clock::time_point> next;
    for (auto const* exchange : playing_) {
        if (exchange->wake && *exchange->wake != Clock::time_point::max())
            next = std::min(next.value_or(*exchange->wake), *exchange->wake);
    }
    return next;
}

/// After the client has ended its side, players that wait for it, or pause without limit, would never end.
bool Http2Conversation::is_finished() {
    if (is_closing_ || session_.is_over()) return true;
    return peer_ended_ && !next_deadline();
}

Http2Exchange* Http2Conversation::next_ready() const {
    auto const found = std::find_if(playing_.begin(), playing_.end(),
                                    [this](Http2Exchange const* exchange) { return is_ready(*exchange); });
    return found != playing_.end() ? *found : nullptr;
}

bool Http2Conversation::is_ready(Http2Exchange const& exchange) const {
    if (exchange.is_closed && exchange.ends_with_stream()) return true;  // ready to be ended
    if (exchange.wake) return *exchange.wake <= Clock::now();
    return exchange.is_closed || session_.allowance(exchange.stream) >= exchange.player.frames().least_allowance();
}

/// Plays a response until it ends, has to wait, or has written its share.
asio::awaitable<void> Http2Conversation::write_frames() {
    auto& exchange = *next_ready();
    auto& out = driver_.output();
    exchange.wake.reset();
    if (std::exchange(exchange.is_awaiting_place, false)) read_on(exchange);
    if (auto const needed = exchange.player.frames().needed(); needed > 0) {
        // Flow control ends with the stream.
        auto const allowed = exchange.is_closed ? needed : std::min(needed, session_.allowance(exchange.stream));
        session_.spend_allowance(exchange.stream, allowed);
        exchange.player.allow(allowed);
    }
    for (;;) {
        if (exchange.is_closed && exchange.ends_with_stream() && exchange.player.frames().is_between_frames())
            co_return end(exchange);
        auto const before = out.size();
        auto const next = exchange.player.advance(out, Driver::max_output);
        exchange.count(std::string_view(out).substr(before));
        follow(std::string_view(out).substr(before));
        is_between_frames_ = exchange.player.frames().is_between_frames();
        switch (next) {
            case Http2ResponsePlayer::Next::bytes:
                co_await driver_.flush();
                if (driver_.is_output_closed() || is_between_frames_) co_return;
                break;
            case Http2ResponsePlayer::Next::allowance:
                if (!exchange.is_closed) co_return request_allowance(exchange);
                exchange.player.allow(exchange.player.frames().needed());  // flow control has ended with the stream
                break;
            case Http2ResponsePlayer::Next::pause:
                if (exchange.player.is_waiting()) co_return await_place(exchange);
                exchange.wake = exchange.pacer.end_of(exchange.player.frames().pause()).value_or(never);
                if (is_between_frames_) co_return;
                co_await pause_inside_frame(exchange);
                if (driver_.is_output_closed() || is_finished()) co_return;
                exchange.wake.reset();
                break;
            case Http2ResponsePlayer::Next::disconnect: co_return co_await end_connection(exchange);
            case Http2ResponsePlayer::Next::broken:
                exchange.performance.spec = exchange.player.frames().failure();
                co_return end(exchange);
            case Http2ResponsePlayer::Next::finished: co_return end(exchange);
        }
    }
}

void Http2Conversation::request_allowance(Http2Exchange const& exchange) {
    auto const allowed = session_.allowance(exchange.stream);
    if (allowed < exchange.player.frames().needed())
        session_.request_allowance(exchange.stream, exchange.player.frames().needed() - allowed);
}

/// Until as much of the request was read as the next message wants.
void Http2Conversation::await_place(Http2Exchange& exchange) {
    exchange.is_awaiting_place = true;
    read_on(exchange);
}

/// Pauses inside a frame, where no other stream can send.
asio::awaitable<void> Http2Conversation::pause_inside_frame(Http2Exchange& exchange) {
    co_await driver_.flush();
    while (!driver_.is_output_closed() && !is_finished() && *exchange.wake > Clock::now())
        co_await driver_.wait_until(*exchange.wake);
}

/// As the response says, for all streams.
asio::awaitable<void> Http2Conversation::end_connection(Http2Exchange& exchange) {
    auto const how = exchange.player.frames().ending();
    exchange.performance.ending = how;
    co_await driver_.flush();
    if (how == language::Ending::hold) driver_.stop_reading();
    co_await language::end_connection(stream_, how);
    is_half_closed_ = how == language::Ending::half;
    while (is_half_closed_ && !peer_ended_ && !cause_) co_await driver_.wait_until(std::nullopt);
    driver_.close_output();
    end(exchange);
}

/// The client may do what frames of a response allow it.
void Http2Conversation::follow(std::string_view bytes) {
    while (!bytes.empty()) {
        if (auto const frame = played_.next(bytes)) session_.record_sent(frame->header, frame->payload);
    }
}

void Http2Conversation::end(Http2Exchange& exchange) {
    is_between_frames_ = true;
    playing_.erase(std::find(playing_.begin(), playing_.end(), &exchange));
    if (exchange.is_early) read_on(exchange);  // what was held
    session_.finish(exchange.stream);
    log_end(exchange);
    if (exchange.is_closed) remove(exchange);
}

}  // namespace pathology::pathod
