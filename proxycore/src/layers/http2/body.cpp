#include "layers/http2/body.hpp"

#include <algorithm>
#include <utility>

#include "async/timer_wheel.hpp"
#include "layers/http2/head.hpp"

namespace pathology::proxycore::layers {
namespace {

constexpr std::size_t most_lent = 64 * 1024;

/// Rings when nobody else has for too long.
class Deadline final : async::TimerWheel::Timer {
public:
    Deadline(asio::any_io_executor const& executor, async::Event& bell, net::TimeLimit limit)
        : Timer(async::TimerWheel::of(executor)), bell_(bell) {
        if (limit) arm(*limit);
    }
    bool has_passed() const { return has_passed_; }

private:
    void on_expired() override {
        has_passed_ = true;
        bell_.notify();
    }
    async::Event& bell_;
    bool has_passed_ = false;
};

}  // namespace

asio::awaitable<bool> Http2Body::wait() {
    Deadline const deadline(wire_.executor(), bell_, limit_);
    co_await bell_.wait();
    co_return !deadline.has_passed();
}

Failure Http2Body::silence() const { return {Failure::Kind::timed_out, wire_.who() + " was silent for too long", 504}; }

// --- what comes ------------------------------------------------------------------------------------------------------

void Http2Body::take(std::string_view data) {
    has_come_ = true;
    came_.append(data);
    ring();
}

void Http2Body::end(http::Fields const& trailers) {
    trailers_in_ = trailers;
    has_ended_in_ = true;
    ring();
}

void Http2Body::close(std::optional<Failure> failure) {
    is_closed_ = true;
    if (!failure_) failure_ = std::move(failure);
    tell_of_end();
}

void Http2Body::tell_of_end() {
    ring();
    if (auto const then = std::exchange(over_, nullptr)) then();
}

asio::awaitable<Result<std::string_view>> Http2Body::read() {
    give_room();
    if (at_ == read_.size()) {
        read_.clear();
        at_ = 0;
    }
    while (read_.empty() && came_.empty()) {
        if (has_ended_in_) co_return std::string_view();
        if (failure_) co_return *failure_;
        if (is_closed_)
            co_return Failure{Failure::Kind::closed, wire_.who() + " ended the stream in the middle of a message"};
        bool const is_early = co_await wait();
        if (!is_early) co_return silence();
    }
    if (read_.empty()) std::swap(read_, came_);
    lent_ = std::min(most_lent, read_.size() - at_);
    auto const piece = std::string_view(read_).substr(at_, lent_);
    at_ += lent_;
    co_return piece;
}

/// The piece that was looked at is of no use any more.
void Http2Body::give_room() {
    auto const size = std::exchange(lent_, 0);
    if (size > 0 && !is_closed_) wire_.consume(id_, size);
}

// --- what goes -------------------------------------------------------------------------------------------------------

asio::awaitable<Result<void>> Http2Body::send(std::string_view piece) {
    going_ = piece;
    co_return co_await wait_until_sent();
}

asio::awaitable<Result<void>> Http2Body::finish(http::Fields const* trailers) { return send_last({}, trailers); }

asio::awaitable<Result<void>> Http2Body::send_last(std::string_view piece, http::Fields const* trailers) {
    going_ = piece;
    end_out(trailers);
    co_return co_await wait_until_sent();
}

void Http2Body::end_out(http::Fields const* trailers) {
    if (trailers != nullptr) trailers_out_ = carried(*trailers);
    is_last_ = true;
    if (!is_closed_) wire_.resume(id_);
}

/// Until `going_`, and the end if it was said, belong to the session.
asio::awaitable<Result<void>> Http2Body::wait_until_sent() {
    struct Forget {  // also when it is cancelled: the bytes are the sender's
        ~Forget() { going = {}; }
        std::string_view& going;
    } const forget{going_};
    if (!is_closed_) wire_.resume(id_);
    Result<void> outcome;
    while (outcome && (!going_.empty() || (is_last_ && !has_ended_out_))) {
        if (failure_) {
            outcome = *failure_;
        } else if (is_closed_) {
            outcome = Failure{Failure::Kind::closed, wire_.who() + " takes nothing more of this message"};
        } else {
            bool const is_early = co_await wait();
            if (!is_early) outcome = Failure{Failure::Kind::timed_out, wire_.who() + " took nothing for too long", 504};
        }
    }
    co_return outcome;
}

std::optional<http2::Content::Piece> Http2Body::peek(std::size_t limit) {
    return Piece{going_.substr(0, limit), is_last_ && going_.size() <= limit};
}

void Http2Body::consume(std::size_t size) {
    going_.remove_prefix(size);
    if (!going_.empty()) return;
    has_ended_out_ = has_ended_out_ || is_last_;
    ring();
}

// --- ends ------------------------------------------------------------------------------------------------------------

void Http2Body::fail(Failure failure) {
    came_.clear();
    read_.clear();
    at_ = lent_ = 0;
    if (!failure_) failure_ = std::move(failure);
    tell_of_end();
}

void Http2Body::drop_in() {
    fail({Failure::Kind::closed, "nobody reads what " + wire_.who() + " sends"});
    if (!is_closed_ && id_ != 0) wire_.ignore(id_);
}

void Http2Body::abort(http2::ErrorCode error) noexcept {
    fail({Failure::Kind::closed, "the exchange with " + wire_.who() + " was given up"});
    if (!is_closed_ && id_ != 0) wire_.reset(id_, error);
}

}  // namespace pathology::proxycore::layers
