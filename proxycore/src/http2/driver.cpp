#include <pathology/proxycore/http2/driver.hpp>

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <pathology/proxycore/async/as_values.hpp>
#include <pathology/proxycore/async/turns.hpp>
#include <utility>
#include <vector>

namespace pathology::proxycore::http2 {
namespace {

constexpr std::size_t max_piece = 4096;  // of a read that is handled without a look at the clock

}  // namespace

Driver::Driver(net::Stream& stream, Session& session, Handler& handler)
    : stream_(stream), session_(session), handler_(handler) {}

asio::awaitable<void> Driver::run() {
    using namespace asio::experimental::awaitable_operators;
    auto both = read() && write();
    co_await std::move(both);
}

void Driver::notify() {
    writer_.notify();
    if (deadline_) deadline_->cancel();
}

void Driver::close_output() {
    is_output_closed_ = true;
    notify();
    reader_.notify();
}

void Driver::close() {
    is_input_closed_ = true;
    stream_.close(net::CloseMode::fin);
    close_output();
}

void Driver::send_goaway_now() {
    if (is_output_closed_ || is_writing_) return;
    session_.go_away(ErrorCode::no_error);
    session_.drain(output_, max_output);
    stream_.write_now(asio::buffer(output_));
    output_.clear();
}

// --- reading ---------------------------------------------------------------------------------------------------------

asio::awaitable<void> Driver::read() {
    std::vector<char> room(max_read);
    while (!is_input_closed_) {
        bool const must_wait = !reads_ || session_.queued_frames() > max_queued_frames;
        if (must_wait && !is_output_closed_) {
            co_await reader_.wait(async::as_values);
            continue;
        }
        auto const [ec, n] = co_await stream_.read_some(asio::buffer(room));
        if (is_input_closed_) break;
        if (ec == asio::error::operation_aborted) continue;  // the next co_await throws
        if (!ec) {
            std::string_view const bytes(room.data(), n);
            co_await receive_in_turns(bytes);
        } else if (!handler_.on_read_error(ec)) {
            is_input_closed_ = true;
        } else {
            notify();
        }
    }
    notify();
}

/// A piece may begin a hundred requests, each with hooks that run at once.
asio::awaitable<void> Driver::receive_in_turns(std::string_view bytes) {
    async::TurnTimer turn;
    while (bytes.size() > max_piece && !is_input_closed_) {
        receive(bytes.substr(0, max_piece));
        bytes.remove_prefix(max_piece);
        if (turn.is_long()) co_await turn.pass();
    }
    if (!is_input_closed_) receive(bytes);
}

void Driver::receive(std::string_view bytes) {
    handler_.on_received(bytes);
    if (!bytes.empty()) session_.feed(bytes);
    handler_.on_events();
    notify();
}

// --- writing ---------------------------------------------------------------------------------------------------------

asio::awaitable<void> Driver::write() {
    while (!is_output_closed_) {
        auto const turn = session_.drain(output_, max_output);
        handler_.on_events();
        if (turn) handler_.on_turn(*turn);
        if (output_.size() < max_output && handler_.has_frames()) {
            co_await handler_.write_frames();
        } else if (!output_.empty()) {
            co_await flush();
        } else if (handler_.is_finished()) {
            break;
        } else {
            co_await wait_for_output();
        }
    }
    handler_.on_writer_end();
}

asio::awaitable<void> Driver::wait_for_output() {
    if (session_.streams() == 0) {
        if (output_.capacity() > max_idle_output) std::string().swap(output_);
        if (sending_.capacity() > max_idle_output) std::string().swap(sending_);
    }
    co_await wait_until(handler_.next_deadline());
    // Other coroutines that are ready now may have something to send, too: it goes out by the same call.
    co_await asio::post(stream_.executor(), asio::use_awaitable);
}

asio::awaitable<void> Driver::wait_until(std::optional<Clock::time_point> deadline) {
    if (!deadline) {
        co_await writer_.wait(async::as_values);  // the next co_await throws if this one was cancelled
        co_return;
    }
    deadline_.emplace(stream_.executor(), *deadline);
    co_await deadline_->async_wait(async::as_values);
    deadline_.reset();
}

asio::awaitable<void> Driver::flush() {
    if (output_.empty() || is_output_closed_) co_return;
    std::swap(output_, sending_);
    handler_.on_sending(sending_);
    std::array<asio::const_buffer, 1> const all{asio::buffer(sending_)};
    is_writing_ = true;
    auto const ec = co_await stream_.write(all);
    if (ec == asio::error::operation_aborted) co_return;  // the next co_await throws
    is_writing_ = false;
    sending_.clear();
    reader_.notify();
    if (!ec || is_output_closed_) co_return;
    is_output_closed_ = true;
    handler_.on_write_error(ec);
}

void Driver::drain_now() {
    if (!is_output_closed_ && !is_writing_ && output_.size() < max_output) session_.drain(output_, max_output);
    notify();
}

}  // namespace pathology::proxycore::http2
