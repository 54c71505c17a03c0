// The writing half of a conversation by HTTP/2.
#include <algorithm>
#include <array>
#include <pathology/proxycore/async/as_values.hpp>
#include <pathology/proxycore/http2/names.hpp>

#include "http2_conversation.hpp"

namespace pathology::pathod {

using Type = record::Exchange::Type;

namespace {

constexpr std::size_t most_out = 64 * 1024;  // bytes that are sent by one call
constexpr std::size_t idle_out = 4 * 1024;   // what a connection at rest may keep of it

std::chrono::steady_clock::time_point time_after(std::optional<std::chrono::seconds> length) {
    using Clock = std::chrono::steady_clock;
    auto const now = Clock::now();
    bool const for_ever = !length || *length >= Clock::time_point::max() - now;
    return for_ever ? Clock::time_point::max() : now + *length;
}

}  // namespace

asio::awaitable<void> Http2Conversation::write() {
    while (!broken_ && !is_cut_) {
        auto const turn = session_.drain(out_, most_out);
        take_events();
        if (turn) acts_.push_back(find(*turn));
        if (auto* const act = next_ready(); act != nullptr && out_.size() < most_out) {
            co_await play(*act);
        } else if (!out_.empty()) {
            co_await flush();
        } else if (is_over()) {
            break;
        } else {
            if (out_.capacity() > idle_out && exchanges_.empty()) out_ = std::string();
            co_await wait(Clock::time_point::max());
        }
    }
    finish();
}

/// Sends what has gathered.
asio::awaitable<void> Http2Conversation::flush() {
    if (out_.empty() || broken_) co_return;
    transcript_.sent(out_);
    is_writing_ = true;
    std::array<asio::const_buffer, 1> const all{asio::buffer(out_)};
    auto const ec = co_await stream_.write(all);
    is_writing_ = false;
    out_.clear();
    if (ec == asio::error::operation_aborted) {
        is_between_frames_ = false;  // nobody knows how far it came
        co_return;                   // the next co_await throws
    }
    broken_ = broken_ || ec;
    if (ec && !cause_) cause_ = ec;
    room_.cancel();
}

/// Waits until somebody rings, an act's time has come, or `until`.
asio::awaitable<void> Http2Conversation::wait(Clock::time_point until) {
    for (auto const* act : acts_) {
        if (act->wake) until = std::min(until, *act->wake);
    }
    bell_.expires_at(until);
    co_await bell_.async_wait(async::as_values);
}

/// Whether the last has been said.
bool Http2Conversation::is_over() const {
    if (is_closing_ || session_.is_over()) return true;
    auto const pauses = [](Act const* act) { return act->wake && *act->wake != Clock::time_point::max(); };
    return peer_ended_ &&
           std::none_of(acts_.begin(), acts_.end(), pauses);  // whoever waits for the client waits for ever
}

/// Tells what became of what is still there, and closes.
void Http2Conversation::finish() {
    if (auto const& failure = session_.failure()) {
        notes_.failure(Type::error, "Bad HTTP/2: " + failure->message + " (" + name(failure->code) + ")");
    }
    for (auto const& exchange : exchanges_) {
        if (!exchange->performance.disconnected && !exchange->performance.failed()) {
            exchange->performance.connection = cause_ ? cause_ : net::error_code(asio::error::eof);
        }
        tell(*exchange);
    }
    while (!exchanges_.empty()) remove(*exchanges_.back());
    acts_.clear();
    is_closing_ = true;
    stream_.close(net::CloseMode::fin);
    room_.cancel();
}

// --- acts ------------------------------------------------------------------------------------------------------------

Http2Conversation::Act* Http2Conversation::next_ready() const {
    auto const found = std::find_if(acts_.begin(), acts_.end(), [this](Act const* act) { return is_ready(*act); });
    return found != acts_.end() ? *found : nullptr;
}

bool Http2Conversation::is_ready(Act const& act) const {
    if (act.is_closed && act.ends_with_stream()) return true;  // to be ended
    if (act.wake) return *act.wake <= Clock::now();
    return act.is_closed || act.act.frames().needed() == 0 ||
           session_.allowance(act.stream) >= act.act.frames().needed();
}

/// Lets an act go on until it ends, has to wait, or has had its share.
asio::awaitable<void> Http2Conversation::play(Act& act) {
    act.wake.reset();
    if (act.act.frames().needed() > 0) {
        session_.spend_allowance(act.stream, act.act.frames().needed());
        act.act.allow();
    }
    for (;;) {
        if (act.is_closed && act.ends_with_stream() && act.act.frames().is_between_frames()) co_return end(act);
        auto const before = out_.size();
        auto const next = act.act.advance(out_, most_out);
        act.count(std::string_view(out_).substr(before));
        is_between_frames_ = act.act.frames().is_between_frames();
        switch (next) {
            case Http2Act::Next::bytes:
                co_await flush();
                if (broken_ || is_between_frames_) co_return;
                break;
            case Http2Act::Next::allowance:
                if (!act.is_closed) co_return ask_for(act);
                act.act.allow();  // nobody counts any more
                break;
            case Http2Act::Next::pause:
                act.wake = time_after(act.act.frames().pause_length());
                if (is_between_frames_) co_return;
                co_await hold(act);
                if (broken_ || is_over()) co_return;
                act.wake.reset();
                break;
            case Http2Act::Next::disconnect:
                act.performance.disconnected = true;
                co_await flush();
                is_cut_ = true;
                co_return end(act);
            case Http2Act::Next::broken: act.performance.spec = act.act.frames().failure(); co_return end(act);
            case Http2Act::Next::finished: co_return end(act);
        }
    }
}

void Http2Conversation::ask_for(Act const& act) {
    auto const allowed = session_.allowance(act.stream);
    if (allowed < act.act.frames().needed()) session_.request_allowance(act.stream, act.act.frames().needed() - allowed);
}

/// Pauses inside a frame: nobody else can say anything.
asio::awaitable<void> Http2Conversation::hold(Act& act) {
    co_await flush();
    while (!broken_ && !is_over() && *act.wake > Clock::now()) co_await wait(*act.wake);
}

void Http2Conversation::end(Act& act) {
    is_between_frames_ = true;
    acts_.erase(std::find(acts_.begin(), acts_.end(), &act));
    session_.finish(act.stream);
    tell(act);
    if (act.is_closed) remove(act);
}

}  // namespace pathology::pathod
