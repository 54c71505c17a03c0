#include <pathology/proxycore/net/memory_stream.hpp>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstring>
#include <pathology/proxycore/async/as_values.hpp>
#include <utility>

namespace pathology::proxycore::net {
namespace {

using Clock = std::chrono::steady_clock;

/// An event whose waits have a time limit: one timer does both.
class TimedEvent {
public:
    explicit TimedEvent(asio::any_io_executor const& executor) : timer_(executor) {}

    void notify() { timer_.cancel(); }

    /// Waits for notify(). Returns: Errc::timed_out, operation_aborted if the coroutine was cancelled.
    asio::awaitable<error_code> wait(TimeLimit limit) {
        // Only one coroutine may wait: setting the expiry cancels an earlier wait.
        timer_.expires_at(limit ? Clock::now() + *limit : Clock::time_point::max());
        auto const [ec] = co_await timer_.async_wait(async::as_values);
        if (!ec) co_return Errc::timed_out;
        auto const state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return asio::error::operation_aborted;
        co_return error_code();
    }

private:
    asio::steady_timer timer_;
};

/// One direction. Both ends share it, so it outlives the end that is destroyed first.
///
///     writer ─▶ bytes, at most `capacity` ─▶ reader
///     events: readable, arrived, over wake the side of the reader; writable wakes the writer
struct Channel {
    Channel(asio::any_io_executor const& executor, std::size_t its_capacity)
        : capacity(its_capacity), readable(executor), writable(executor), over(executor), arrived(executor) {}

    void wake() {
        readable.notify();
        writable.notify();
        over.notify();
        arrived.notify();
    }

    std::size_t capacity;
    std::string bytes;
    bool ended = false;      // by the writer: end of stream after `bytes`
    bool abandoned = false;  // by the reader: writes fail
    bool reset = false;      // both sides fail at once
    TimedEvent readable, writable, over, arrived;
};

class MemoryStream final : public Stream {
public:
    MemoryStream(asio::any_io_executor executor, std::shared_ptr<Channel> in, std::shared_ptr<Channel> out,
                 std::size_t max_per_read, Endpoint local, Endpoint remote)
        : executor_(std::move(executor)),
          in_(std::move(in)),
          out_(std::move(out)),
          max_per_read_(max_per_read),
          local_(std::move(local)),
          remote_(std::move(remote)) {}
    ~MemoryStream() override { close(CloseMode::fin); }

    asio::awaitable<ReadResult> read_some(asio::mutable_buffer into) override {
        while (!closed_ && in_->bytes.empty() && !in_->ended && !in_->reset && into.size() != 0) {
            auto const ec = co_await in_->readable.wait(limit_);
            if (ec) co_return ReadResult{ec, 0};
        }
        co_return take(into);
    }

    asio::awaitable<error_code> write(std::span<asio::const_buffer const> all) override {
        for (auto part : all) {
            while (part.size() != 0) {
                if (auto const broken = write_error()) co_return broken;
                part += put(part);
                if (part.size() == 0) break;
                auto const ec = co_await out_->writable.wait(limit_);
                if (ec) co_return ec;
            }
        }
        co_return write_error();
    }

    std::size_t write_now(asio::const_buffer bytes) override { return write_error() ? 0 : put(bytes); }

    asio::awaitable<error_code> wait_for_end() override {
        while (!closed_ && !in_->ended && !in_->reset) {
            auto const ec = co_await in_->over.wait(std::nullopt);
            if (ec) co_return ec;
        }
        if (closed_) co_return Errc::closed;
        co_return in_->reset ? asio::error::connection_reset : error_code(asio::error::eof);
    }

    asio::awaitable<error_code> wait_for_input() override {
        while (!closed_ && in_->bytes.empty() && !in_->ended && !in_->reset) {
            auto const ec = co_await in_->arrived.wait(std::nullopt);
            if (ec) co_return ec;
        }
        co_return error_code();
    }

    void close(CloseMode how) override {
        if (closed_) return;
        if (how == CloseMode::reset) {
            // As a RST does: bytes on the way are lost in both directions.
            for (auto& channel : {in_, out_}) {
                channel->bytes.clear();
                channel->reset = true;
            }
        }
        out_->ended = true;
        // A half-close ends one direction; this end may still read.
        if (ends_reads(how)) {
            in_->abandoned = true;
            closed_ = true;
        }
        in_->wake();
        out_->wake();
    }

    std::size_t unacknowledged() override { return out_->abandoned ? 0 : out_->bytes.size(); }

    void set_time_limit(TimeLimit limit) override { limit_ = limit; }
    Endpoint local_endpoint() const override { return local_; }
    Endpoint remote_endpoint() const override { return remote_; }
    asio::any_io_executor executor() override { return executor_; }

private:
    ReadResult take(asio::mutable_buffer into) {
        if (closed_) return {Errc::closed, 0};
        if (in_->reset) return {asio::error::connection_reset, 0};
        // Bytes are delivered before the end that follows them; a reset has deleted them.
        auto const n = std::min({into.size(), in_->bytes.size(), max_per_read_});
        if (n == 0 && into.size() != 0) return {asio::error::eof, 0};
        in_->bytes.copy(static_cast<char*>(into.data()), n);
        in_->bytes.erase(0, n);
        // There is room again.
        in_->writable.notify();
        return {{}, n};
    }

    std::size_t put(asio::const_buffer part) {
        auto const n = std::min(part.size(), out_->capacity - std::min(out_->capacity, out_->bytes.size()));
        out_->bytes.append(static_cast<char const*>(part.data()), n);
        if (n == 0) return n;
        out_->readable.notify();
        out_->arrived.notify();
        return n;
    }

    error_code write_error() const {
        if (closed_) return Errc::closed;
        if (out_->reset) return asio::error::connection_reset;
        if (out_->abandoned || out_->ended) return asio::error::broken_pipe;
        return {};
    }

    asio::any_io_executor executor_;
    std::shared_ptr<Channel> in_, out_;
    std::size_t max_per_read_;
    Endpoint local_, remote_;
    TimeLimit limit_;
    bool closed_ = false;
};

}  // namespace

MemoryPipe make_memory_pipe(asio::any_io_executor executor, MemoryPipeOptions options) {
    auto const there = std::make_shared<Channel>(executor, options.capacity);
    auto const back = std::make_shared<Channel>(executor, options.capacity);
    auto const& [capacity, max_per_read, near_endpoint, far_endpoint] = options;
    return {std::make_unique<MemoryStream>(executor, back, there, max_per_read, near_endpoint, far_endpoint),
            std::make_unique<MemoryStream>(executor, there, back, max_per_read, far_endpoint, near_endpoint)};
}

}  // namespace pathology::proxycore::net
