// Acts: responses over HTTP/2 that write their own frames.
//
//     ready ── write_frames ─┬─ out is full, between frames ─▶ ready          others may write first
//       ▲                    ├─ needs a window ─▶ waits for request_allowance ─▶ ready
//       │                    ├─ pause between frames ─▶ waits for `wake` ─▶ ready
//       │                    ├─ pause inside a frame: the connection waits, since no other frame may be sent here
//       └────────────────────┴─ finished, disconnect, broken ─▶ end()
//
// Invariant: is_between_frames_ is false only while an act has written a part of a frame.
#include <algorithm>

#include "http2_conversation.hpp"

namespace pathology::pathod {

namespace {

using proxycore::http2::Driver;

std::chrono::steady_clock::time_point time_after(std::optional<std::chrono::seconds> length) {
    using Clock = std::chrono::steady_clock;
    auto const now = Clock::now();
    bool const for_ever = !length || *length >= Clock::time_point::max() - now;
    return for_ever ? Clock::time_point::max() : now + *length;
}

}  // namespace

/// The earliest end of a pause; unlimited pauses have none.
std::optional<Driver::Clock::time_point> Http2Conversation::next_deadline() const {
    std::optional<Clock::time_point> next;
    for (auto const* act : acts_) {
        if (act->wake && *act->wake != Clock::time_point::max()) next = std::min(next.value_or(*act->wake), *act->wake);
    }
    return next;
}

/// After the client has ended its side, acts that wait for it, or pause without limit, would never end.
bool Http2Conversation::is_finished() {
    if (is_closing_ || session_.is_over()) return true;
    return peer_ended_ && !next_deadline();
}

Http2Exchange* Http2Conversation::next_ready() const {
    auto const found =
        std::find_if(acts_.begin(), acts_.end(), [this](Http2Exchange const* act) { return is_ready(*act); });
    return found != acts_.end() ? *found : nullptr;
}

bool Http2Conversation::is_ready(Http2Exchange const& act) const {
    if (act.is_closed && act.ends_with_stream()) return true;  // ready to be ended
    if (act.wake) return *act.wake <= Clock::now();
    return act.is_closed || act.act.frames().needed() == 0 ||
           session_.allowance(act.stream) >= act.act.frames().needed();
}

/// Plays an act until it ends, has to wait, or has written its share.
asio::awaitable<void> Http2Conversation::write_frames() {
    auto& act = *next_ready();
    auto& out = driver_.output();
    act.wake.reset();
    if (act.act.frames().needed() > 0) {
        session_.spend_allowance(act.stream, act.act.frames().needed());
        act.act.allow();
    }
    for (;;) {
        if (act.is_closed && act.ends_with_stream() && act.act.frames().is_between_frames()) co_return end(act);
        auto const before = out.size();
        auto const next = act.act.advance(out, Driver::max_output);
        act.count(std::string_view(out).substr(before));
        is_between_frames_ = act.act.frames().is_between_frames();
        switch (next) {
            case Http2Act::Next::bytes:
                co_await driver_.flush();
                if (driver_.is_output_closed() || is_between_frames_) co_return;
                break;
            case Http2Act::Next::allowance:
                if (!act.is_closed) co_return request_allowance(act);
                act.act.allow();  // flow control has ended with the stream
                break;
            case Http2Act::Next::pause:
                act.wake = time_after(act.act.frames().pause_length());
                if (is_between_frames_) co_return;
                co_await pause_inside_frame(act);
                if (driver_.is_output_closed() || is_finished()) co_return;
                act.wake.reset();
                break;
            case Http2Act::Next::disconnect:
                act.performance.disconnected = true;
                co_await driver_.flush();
                driver_.close_output();
                co_return end(act);
            case Http2Act::Next::broken: act.performance.spec = act.act.frames().failure(); co_return end(act);
            case Http2Act::Next::finished: co_return end(act);
        }
    }
}

void Http2Conversation::request_allowance(Http2Exchange const& act) {
    auto const allowed = session_.allowance(act.stream);
    if (allowed < act.act.frames().needed())
        session_.request_allowance(act.stream, act.act.frames().needed() - allowed);
}

/// Pauses inside a frame, where no other stream can send.
asio::awaitable<void> Http2Conversation::pause_inside_frame(Http2Exchange& act) {
    co_await driver_.flush();
    while (!driver_.is_output_closed() && !is_finished() && *act.wake > Clock::now())
        co_await driver_.wait_until(*act.wake);
}

void Http2Conversation::end(Http2Exchange& act) {
    is_between_frames_ = true;
    acts_.erase(std::find(acts_.begin(), acts_.end(), &act));
    session_.finish(act.stream);
    log_end(act);
    if (act.is_closed) remove(act);
}

}  // namespace pathology::pathod
