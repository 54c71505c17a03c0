// Moves bytes between an Engine and the stream underneath.
//
//     read_some: engine.read ── wants_input ─▶ fill ─▶ engine.read …           one reader at a time
//     write:     up to `batch` plain bytes ─▶ engine.write ─▶ flush ─▶ …       one writer at a time
//
// Reading may produce output, too: alerts, such as no_renegotiation, and handshake messages. The peer may wait for it,
// so the reader sends it before it waits for more. A reader and a writer share outgoing(), and only one of them may be
// in flush(); is_writing_ marks that one is. A reader then leaves its output to the writer; a writer waits.
//
// Invariant: after write_error_ is set, no byte is written. A cancelled write may have sent a part of a record, and the
// peer would take the next record for the rest of it.

#include <pathology/proxycore/tls/tls_stream.hpp>

#include <array>
#include <boost/asio/this_coro.hpp>
#include <cstring>
#include <pathology/proxycore/async/run_on_loop.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/async/workers.hpp>
#include <utility>

namespace pathology::proxycore::tls {
namespace {

constexpr std::size_t record = 16 * 1024;  // the largest plain text of a record (RFC 8446 §5.1)
constexpr std::size_t batch = 4 * record;  // plain bytes encrypted for one write of the stream underneath
constexpr std::size_t record_head = 5;     // fewer bytes cannot complete a record

/// A position in a sequence of buffers.
class Cursor {
public:
    explicit Cursor(std::span<asio::const_buffer const> all) : rest_(all) { skip_empty(); }

    bool is_at_end() const noexcept { return rest_.empty(); }
    bool is_in_last() const noexcept { return rest_.size() == 1; }
    asio::const_buffer here() const { return rest_.front() + offset_; }

    void advance(std::size_t n) {
        offset_ += n;
        if (offset_ < rest_.front().size()) return;
        rest_ = rest_.subspan(1);
        offset_ = 0;
        skip_empty();
    }

private:
    void skip_empty() {
        while (!rest_.empty() && rest_.front().size() == 0) rest_ = rest_.subspan(1);
    }

    std::span<asio::const_buffer const> rest_;
    std::size_t offset_ = 0;
};

/// The bytes of the next record: in place, or joined in `room` if they span several buffers.
// Each record costs 22 bytes in TLS 1.3, and a start of the cipher; small buffers are joined into one.
asio::const_buffer next_record(Cursor& cursor, std::span<char> room) {
    auto const first = cursor.here();
    if (first.size() >= record || cursor.is_in_last()) {
        asio::const_buffer const whole(first.data(), std::min(first.size(), record));
        cursor.advance(whole.size());
        return whole;
    }
    std::size_t filled = 0;
    while (!cursor.is_at_end() && filled < room.size()) {
        auto const n = asio::buffer_copy(asio::buffer(room.data() + filled, room.size() - filled), cursor.here());
        filled += n;
        cursor.advance(n);
    }
    return {room.data(), filled};
}

/// Encrypts the bytes for one write of the stream underneath.
Step encrypt_batch(Engine& engine, Cursor& cursor) {
    static thread_local std::array<char, record> room;
    for (std::size_t done = 0; done < batch && !cursor.is_at_end();) {
        auto const bytes = next_record(cursor, room);
        done += bytes.size();
        if (auto const step = engine.write(bytes); step != Step::done) return step;
    }
    return Step::done;
}

/// Sets a flag during its lifetime, then wakes those that wait for its end; a coroutine may leave by an exception.
class Flagged {
public:
    Flagged(bool& flag, async::Event& ended) : flag_(flag), ended_(ended) { flag_ = true; }
    ~Flagged() {
        flag_ = false;
        ended_.notify();
    }
    Flagged(Flagged const&) = delete;
    Flagged& operator=(Flagged const&) = delete;

private:
    bool& flag_;
    async::Event& ended_;
};

}  // namespace

TlsStream::TlsStream(std::unique_ptr<net::Stream> next, Engine engine)
    : next_(std::move(next)), engine_(std::move(engine)) {}

TlsStream::~TlsStream() { close(net::CloseMode::fin); }

net::error_code TlsStream::error() const {
    return engine_.failure() ? engine_.failure()->code : net::error_code(asio::error::not_connected);
}

// --- the handshake ---------------------------------------------------------------------------------------------------

asio::awaitable<Result<void>> TlsStream::handshake(net::TimeLimit limit) {
    auto work = shake_hands();
    auto const ended = co_await async::with_timeout(limit, std::move(work));
    Result<void> outcome;
    if (ended) {
        if (*ended) outcome = handshake_failure(*ended);
    } else {
        auto const state = co_await asio::this_coro::cancellation_state;
        bool const cancelled = state.cancelled() != asio::cancellation_type::none;
        outcome = handshake_failure(cancelled ? net::error_code(asio::error::operation_aborted) : net::Errc::timed_out);
    }
    co_return outcome;
}

Failure TlsStream::handshake_failure(net::error_code ec) const {
    if (engine_.failure() && engine_.failure()->code == ec) return *engine_.failure();
    Failure why;
    why.code = ec;
    why.message = "TLS handshake failed: " + net::describe(ec);
    return why;
}

asio::awaitable<net::error_code> TlsStream::shake_hands() {
    for (;;) {
        auto const step = engine_.handshake();
        if (step == Step::failed) {
            co_await send_reply();
            co_return error();
        }
        if (engine_.peer_waits()) {
            if (auto const ec = co_await flush()) co_return ec;
        } else {
            // Session tickets. A client with Nagle's algorithm delays its request until our next segment arrives.
            push();
        }
        if (step == Step::done) co_return net::error_code();
        if (step == Step::wants_work) {
            auto const working = async::run_on_loop(async::workers(), engine_.take_work());
            co_await working.wait();
        } else if (auto const ec = co_await fill()) {
            co_return ec;
        }
    }
}

// --- bytes -----------------------------------------------------------------------------------------------------------

/// Reads more records of the peer.
asio::awaitable<net::error_code> TlsStream::fill() {
    auto const [ec, n] = co_await next_->read_some(engine_.prepare());
    if (ec == asio::error::eof) {
        engine_.end_of_input();
    } else if (ec) {
        co_return ec;
    } else {
        engine_.commit(n);
    }
    co_return net::error_code();
}

/// Sends all pending records, and those that are added meanwhile.
asio::awaitable<net::error_code> TlsStream::flush() {
    Flagged const writing(is_writing_, write_ended_);
    std::string records;
    while (engine_.outgoing().size() > 0) {
        engine_.take_outgoing(records);
        write_error_ = asio::error::operation_aborted;  // stays if the coroutine is cancelled during the write
        write_error_ = co_await net::send(*next_, records);
        if (write_error_) break;
    }
    if (!write_error_ && next_->has_unsent()) {
        write_error_ = asio::error::operation_aborted;
        write_error_ = co_await net::send(*next_, {});
    }
    has_reply_ = false;
    co_return write_error_;
}

/// Sends the records that the engine has made of the peer's, unless a writer does. It waits only if the stream
/// underneath takes nothing now: a read that is cancelled while it waits ends writing, too.
asio::awaitable<void> TlsStream::send_reply() {
    if (is_writing_ || write_error_) co_return;
    push();
    if (has_unsent()) co_await flush();
}

asio::awaitable<net::ReadResult> TlsStream::read_some(asio::mutable_buffer into) {
    for (;;) {
        if (is_closed_) co_return net::ReadResult{net::Errc::closed, 0};
        if (!engine_.is_established()) co_return net::ReadResult{error(), 0};
        // What was left before is the rest of a write_now(), which a write follows; that write sends both.
        auto const left = engine_.outgoing().size();
        auto const [step, n] = engine_.read(into);
        has_reply_ = has_reply_ || (left == 0 && engine_.outgoing().size() > 0);
        switch (step) {
            case Step::done:
                if (has_reply_ && !is_writing_ && !write_error_) push();  // a wait could lose the bytes of this read
                co_return net::ReadResult{{}, n};
            case Step::ended: co_return net::ReadResult{asio::error::eof, 0};
            case Step::failed: co_await send_reply(); co_return net::ReadResult{error(), 0};
            case Step::wants_work:  // of a handshake alone
            case Step::wants_input: break;
        }
        if (has_reply_) co_await send_reply();
        if (auto const ec = co_await fill()) co_return net::ReadResult{ec, 0};
    }
}

/// Waits until a reader has sent its reply.
asio::awaitable<net::error_code> TlsStream::wait_for_flush() {
    while (is_writing_) {
        auto const [ec] = co_await write_ended_.wait(async::as_values);
        if (ec) co_return ec;
    }
    co_return net::error_code();
}

asio::awaitable<net::error_code> TlsStream::write(std::span<asio::const_buffer const> all) {
    if (is_writing_) {
        if (auto const ec = co_await wait_for_flush()) co_return ec;
    }
    if (is_closed_) co_return net::Errc::closed;
    if (write_error_) co_return write_error_;
    if (!engine_.is_established()) co_return error();
    Cursor cursor(all);
    do {
        if (encrypt_batch(engine_, cursor) == Step::failed) co_return error();
        if (auto const ec = co_await flush()) co_return is_closed_ ? net::error_code(net::Errc::closed) : ec;
    } while (!cursor.is_at_end());
    co_return net::error_code();
}

/// Encrypted bytes that the stream underneath does not take are sent by the next write, see has_unsent(). For senders of
/// bulk, which write until nothing is left, the last part of more than a record is never accepted.
std::size_t TlsStream::write_now(asio::const_buffer bytes) {
    if (is_closed_ || write_error_ || is_writing_ || !engine_.is_established()) return 0;
    asio::const_buffer const whole_records(bytes.data(), bytes.size() <= record ? bytes.size() : bytes.size() - record);
    std::size_t taken = 0;
    while (taken < whole_records.size() && push()) {
        auto const part = asio::buffer(whole_records + taken, batch);
        if (engine_.write(part) != Step::done) break;
        taken += part.size();
    }
    push();
    return taken;
}

/// Sends what the stream underneath takes without waiting; returns false if something is left.
bool TlsStream::push() {
    engine_.consume(next_->write_now(engine_.outgoing()));
    if (!has_unsent()) has_reply_ = false;
    return engine_.outgoing().size() == 0;
}

void TlsStream::close(net::CloseMode how) {
    if (is_closed_) return;
    if (how != net::CloseMode::reset && !is_writing_ && !write_error_) {
        if (how != net::CloseMode::truncate) {
            engine_.shutdown();
            push();
        }
        write_error_ = asio::error::broken_pipe;
    }
    is_closed_ = net::ends_reads(how);
    // What is cut is this connection; a TLS connection underneath ends its side in order.
    next_->close(how == net::CloseMode::truncate ? net::CloseMode::half_close : how);
}

}  // namespace pathology::proxycore::tls
