#include "layers/http2/body.hpp"

#include <algorithm>
#include <utility>

#include "layers/http2/head.hpp"

namespace pathology::proxycore::layers {
namespace {

constexpr std::size_t max_piece = 64 * 1024;  // given to a reader at once

/// Notifies an event that nothing else has notified for too long.
class Deadline final : async::TimerWheel::Timer {
public:
    Deadline(async::TimerWheel& timers, async::Event& event, net::TimeLimit limit) : Timer(timers), event_(event) {
        if (limit) arm(*limit);
    }
    bool has_passed() const { return has_passed_; }

private:
    void on_expired() override {
        has_passed_ = true;
        event_.notify();
    }
    async::Event& event_;
    bool has_passed_ = false;
};

}  // namespace

asio::awaitable<bool> Http2Body::wait() {
    Deadline const deadline(connection_.timers(), changed_, limit_);
    co_await changed_.wait(async::as_values);
    co_return !deadline.has_passed();
}

Failure Http2Body::silence() const { return {Errc::timed_out, connection_.peer() + " was silent for too long", 504}; }

// --- receiving -------------------------------------------------------------------------------------------------------

void Http2Body::on_data(std::string_view data) {
    has_received_data_ = true;
    received_.append(data);
    notify();
}

void Http2Body::on_end(http::Fields const& trailers) {
    if (!trailers.empty()) received_trailers_ = trailers;
    has_received_end_ = true;
    notify();
}

void Http2Body::on_closed(std::optional<Failure> failure) {
    is_closed_ = true;
    if (!failure_) failure_ = std::move(failure);
    notify_over();
}

void Http2Body::notify_over() {
    notify();
    if (auto const then = std::exchange(on_over_, nullptr)) then();
}

asio::awaitable<Result<std::string_view>> Http2Body::read() {
    for (;;) {
        if (auto const piece = read_now()) co_return *piece;
        bool const is_early = co_await wait();
        if (!is_early) co_return silence();
    }
}

std::optional<Result<std::string_view>> Http2Body::read_now() {
    consume_borrowed();
    if (delivering_.empty() && received_.empty()) {
        if (has_received_end_) return std::string_view();
        if (failure_) return *failure_;
        if (!is_closed_) return std::nullopt;
        return Failure{Errc::closed, connection_.peer() + " ended the stream in the middle of a message"};
    }
    if (delivering_.empty()) std::swap(delivering_, received_);
    borrowed_ = std::min(max_piece, delivering_.size() - delivered_);
    auto const piece = std::string_view(delivering_).substr(delivered_, borrowed_);
    delivered_ += borrowed_;
    return piece;
}

/// The reader is done with the last piece: the peer may send as much again.
void Http2Body::consume_borrowed() {
    auto const consumed = std::exchange(borrowed_, 0);
    if (consumed > 0 && !is_closed_) {
        connection_.session().consume(id_, consumed);
        connection_.notify();
    }
    if (delivered_ < delivering_.size()) return;
    delivering_.clear();
    delivered_ = 0;
}

// --- sending ---------------------------------------------------------------------------------------------------------

asio::awaitable<Result<void>> Http2Body::send(std::string_view piece) {
    sending_ = piece;
    return wait_until_sent();
}

asio::awaitable<Result<void>> Http2Body::finish(http::Fields const* trailers) { return send_last({}, trailers); }

asio::awaitable<Result<void>> Http2Body::send_last(std::string_view piece, http::Fields const* trailers) {
    sending_ = piece;
    if (trailers != nullptr) trailers_to_send_ = carried(*trailers);
    is_last_ = true;
    return wait_until_sent();
}

void Http2Body::send_end(http::Fields const* trailers) {
    if (trailers != nullptr) trailers_to_send_ = carried(*trailers);
    is_last_ = true;
    if (is_closed_) return;
    connection_.session().resume(id_);
    connection_.notify();
}

/// Ends when `sending_`, and the end if it was reached, belong to the session.
asio::awaitable<Result<void>> Http2Body::wait_until_sent() {
    struct Forget {  // also when it is cancelled: the bytes are the sender's
        ~Forget() { sending = {}; }
        std::string_view& sending;
    } const forget{sending_};
    if (!is_closed_) {
        connection_.session().resume(id_);
        connection_.drain_now();
    }
    Result<void> outcome;
    while (outcome && (!sending_.empty() || (is_last_ && !has_sent_end_))) {
        if (failure_) {
            outcome = *failure_;
        } else if (is_closed_) {
            outcome = Failure{Errc::closed, connection_.peer() + " reads no more of this message"};
        } else {
            bool const is_early = co_await wait();
            if (!is_early) outcome = Failure{Errc::timed_out, connection_.peer() + " did not read for too long", 504};
        }
    }
    co_return outcome;
}

std::optional<http2::Content::Piece> Http2Body::peek(std::size_t limit) {
    return Piece{sending_.substr(0, limit), is_last_ && sending_.size() <= limit};
}

void Http2Body::consume(std::size_t size) {
    sending_.remove_prefix(size);
    if (!sending_.empty()) return;
    has_sent_end_ = has_sent_end_ || is_last_;
    notify();
}

// --- ends ------------------------------------------------------------------------------------------------------------

void Http2Body::fail(Failure failure) {
    received_.clear();
    delivering_.clear();
    delivered_ = borrowed_ = 0;
    if (!failure_) failure_ = std::move(failure);
    notify_over();
}

void Http2Body::ignore_input() {
    fail({Errc::closed, "the rest of what " + connection_.peer() + " sends is not read"});
    if (is_closed_ || id_ == 0) return;
    connection_.session().ignore_content(id_);
    connection_.notify();
}

void Http2Body::abort(http2::ErrorCode error) noexcept {
    fail({Errc::closed, "the exchange with " + connection_.peer() + " was cancelled"});
    if (is_closed_ || id_ == 0) return;
    connection_.session().reset(id_, error);
    connection_.notify();
}

}  // namespace pathology::proxycore::layers
