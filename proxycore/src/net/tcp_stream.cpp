//     read:   the last read filled its buffer ─▶ recv() ─┬─ bytes ─▶ return
//                                                        └─ EAGAIN ─┐
//             otherwise ────────────────────────────────────────────┴─▶ reactor: wait, recv()
//     write:  send() ─┬─ all sent ─▶ return
//                     └─ a part ───▶ reactor: wait, send() the rest
//
// A socket has one cancel() for both directions. So an aborted operation calls verdict() for the reason, and repeats
// itself if the time limit of the other direction was the cause.

#include "net/tcp_stream.hpp"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/as_values.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <utility>
#include <vector>

namespace pathology::proxycore::net {
namespace {

constexpr unsigned max_operations = 64;  // of 64 KiB blocks: some 4 MiB
constexpr unsigned max_unmeasured = 3;   // operations; most connections suspend after fewer
constexpr auto between_questions = std::chrono::seconds(1);
constexpr std::size_t bulk = 256 << 10;
constexpr std::size_t max_discarded = 1 << 24;  // bytes that close(fin) reads so that the FIN is sent

/// The parts of `all` after its first `sent` bytes.
std::vector<asio::const_buffer> after(std::span<asio::const_buffer const> all, std::size_t sent) {
    std::vector<asio::const_buffer> rest;
    for (auto const& part : all) {
        auto const skipped = std::min(sent, part.size());
        sent -= skipped;
        if (skipped < part.size()) rest.push_back(part + skipped);
    }
    return rest;
}

}  // namespace

TcpStream::TcpStream(asio::ip::tcp::socket socket, asio::ip::tcp::endpoint const& remote)
    : socket_(std::move(socket)), remote_(remote) {
    error_code ignored;  // a broken socket fails at the first read
    if (!socket_.non_blocking()) socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

TcpStream::~TcpStream() { close(CloseMode::fin); }

void TcpStream::Side::begin() {
    expired_ = false;
    limit_ = stream_.limit_;
    restart();
}

void TcpStream::Side::restart() {
    if (limit_) arm(*limit_);
}

void TcpStream::Side::on_expired() {
    expired_ = true;
    error_code ignored;
    stream_.socket_.cancel(ignored);
}

std::optional<error_code> TcpStream::verdict(error_code ec, TcpStream const& stream, Side const& side, bool cancelled) {
    if (ec != asio::error::operation_aborted && ec != asio::error::bad_descriptor) return ec;
    // The order matters: close() and a cancellation abort an operation whose limit may have passed as well.
    if (!stream.socket_.is_open()) return Errc::closed;
    if (cancelled) return asio::error::operation_aborted;
    if (side.has_expired()) return Errc::timed_out;
    return std::nullopt;
}

/// If the peer is never slower than this side, no operation suspends, and other coroutines of the worker would starve.
/// What is done between two operations may take long, so time counts as well, but only that of this turn of the loop:
/// a posted handler marks its end.
bool TcpStream::must_yield() {
    bool is_due = ++operations_ >= max_operations;
    if (!is_due && operations_ > max_unmeasured) {
        if (!turn_has_ended_ || *turn_has_ended_) {
            turn_has_ended_ = std::make_shared<bool>(false);
            asio::post(socket_.get_executor(), [mark = turn_has_ended_] { *mark = true; });
            turn_.restart();
        }
        is_due = turn_.is_long();
    }
    if (is_due) operations_ = 0;
    return is_due;
}

/// Most reads have to wait, and need no coroutine of their own before that.
asio::awaitable<ReadResult> TcpStream::read_some(asio::mutable_buffer into) {
    bool const yields = must_yield();
    bool const has_result = expects_more_ || end_;
    return yields || has_result ? read_available(into, yields) : await_bytes(into);
}

asio::awaitable<ReadResult> TcpStream::read_available(asio::mutable_buffer into, bool yields) {
    if (yields) co_await asio::post(async::as_values);
    if (end_ && socket_.is_open()) co_return ReadResult{end_, 0};
    if (expects_more_) {
        ReadResult result;
        result.n = socket_.read_some(into, result.ec);
        if (result.ec == asio::error::bad_descriptor) result.ec = Errc::closed;
        expects_more_ = result.n == into.size();
        if (result.ec != asio::error::would_block) co_return record_end(result);
    }
    co_return co_await await_bytes(into);
}

/// Records how the connection ended, because the reactor reports it once.
ReadResult TcpStream::record_end(ReadResult result) {
    bool const is_ours = result.ec == Errc::closed || result.ec == Errc::timed_out;
    if (result.ec && !is_ours && result.ec != asio::error::operation_aborted) end_ = result.ec;
    return result;
}

asio::awaitable<ReadResult> TcpStream::await_bytes(asio::mutable_buffer into) {
    reading_.begin();
    co_await asio::post(async::as_values);  // other coroutines run first; meanwhile the bytes have often arrived
    if (reading_.has_expired()) co_return ReadResult{Errc::timed_out, 0};
    for (;;) {
        auto const [ec, n] = co_await socket_.async_read_some(into, async::as_values);
        operations_ = 0;
        expects_more_ = n == into.size();
        if (!ec) {
            reading_.end();
            co_return ReadResult{{}, n};
        }
        auto const state = co_await asio::this_coro::cancellation_state;
        bool const cancelled = state.cancelled() != asio::cancellation_type::none;
        if (auto const end = verdict(ec, *this, reading_, cancelled)) {
            reading_.end();
            co_return record_end({*end, 0});
        }
    }
}

asio::awaitable<error_code> TcpStream::write(std::span<asio::const_buffer const> all) {
    if (must_yield()) co_await asio::post(async::as_values);
    error_code ec;
    // send() for one buffer costs less than sendmsg() for a sequence.
    auto const sent = all.size() == 1 ? socket_.write_some(all.front(), ec) : socket_.write_some(all, ec);
    if (ec == asio::error::bad_descriptor) co_return Errc::closed;
    if (ec && ec != asio::error::would_block) co_return ec;
    if (sent == asio::buffer_size(all)) co_return ec;
    co_return co_await write_rest(all, sent);
}

asio::awaitable<error_code> TcpStream::write_rest(std::span<asio::const_buffer const> all, std::size_t sent) {
    auto rest = after(all, sent);
    std::optional<error_code> end;
    writing_.begin();
    while (!rest.empty() && !end) {
        auto const [ec, n] = co_await socket_.async_write_some(rest, async::as_values);
        operations_ = 0;
        rest = after(rest, n);
        if (n > 0) writing_.restart();
        if (!ec) continue;
        auto const state = co_await asio::this_coro::cancellation_state;
        bool const cancelled = state.cancelled() != asio::cancellation_type::none;
        end = verdict(ec, *this, writing_, cancelled);
    }
    writing_.end();
    co_return end.value_or(error_code());
}

std::size_t TcpStream::write_now(asio::const_buffer bytes) {
    if (bytes.size() >= bulk) operations_ += max_operations / 8;  // so the next write() yields soon
    if (operations_ >= max_operations) return 0;
    error_code ec;
    auto const sent = socket_.write_some(bytes, ec);
    return ec ? 0 : sent;
}

// The kernel distinguishes the end of the peer's side from unread bytes, but wakes for both. So while unread bytes are
// there, it is polled.
asio::awaitable<error_code> TcpStream::wait_for_end() {
    for (;;) {
        if (auto const end = end_of_peer()) co_return *end;
        error_code unread;
        bool const has_unread = socket_.available(unread) > 0;
        auto waiting = has_unread ? async::pause(between_questions) : await_readable();
        co_await std::move(waiting);
        auto const state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return asio::error::operation_aborted;
    }
}

asio::awaitable<error_code> TcpStream::await_readable() {
    auto const [ec] = co_await socket_.async_wait(asio::socket_base::wait_read, async::as_values);
    co_return ec;
}

std::optional<error_code> TcpStream::end_of_peer() {
    if (!socket_.is_open()) return Errc::closed;
    pollfd asked{socket_.native_handle(), POLLRDHUP, 0};
    if (::poll(&asked, 1, 0) <= 0) return std::nullopt;
    if ((asked.revents & POLLERR) != 0) return asio::error::connection_reset;  // the next read or write has the code
    return asio::error::eof;
}

void TcpStream::close(CloseMode how) {
    if (!socket_.is_open()) return;
    error_code ignored;
    switch (how) {
        case CloseMode::half_close:
        case CloseMode::truncate: socket_.shutdown(asio::socket_base::shutdown_send, ignored); return;
        case CloseMode::reset: socket_.set_option(asio::socket_base::linger(true, 0), ignored); break;
        case CloseMode::fin:
            if (!end_) discard_unread();
            break;
    }
    socket_.close(ignored);
}

/// If unread bytes are left when a socket is closed, the kernel sends RST, and the peer loses what it has not read.
void TcpStream::discard_unread() {
    std::array<char, 16 * 1024> nowhere;
    for (std::size_t discarded = 0; discarded < max_discarded;) {
        auto const n = ::recv(socket_.native_handle(), nowhere.data(), nowhere.size(), MSG_DONTWAIT);
        if (n <= 0) return;
        discarded += static_cast<std::size_t>(n);
    }
}

std::size_t TcpStream::unacknowledged() {
    int bytes = 0;
    bool const is_known = socket_.is_open() && ::ioctl(socket_.native_handle(), SIOCOUTQ, &bytes) == 0;
    return is_known && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

Endpoint TcpStream::local_endpoint() const {
    error_code ignored;
    if (!local_ && socket_.is_open()) local_ = socket_.local_endpoint(ignored);
    return local_ ? endpoint_of(*local_) : Endpoint();
}

Endpoint TcpStream::remote_endpoint() const { return endpoint_of(remote_); }

Endpoint endpoint_of(asio::ip::tcp::endpoint const& endpoint) {
    auto const& address = endpoint.address();
    bool const is_mapped = address.is_v6() && address.to_v6().is_v4_mapped();
    if (!is_mapped) return {address.to_string(), endpoint.port()};
    return {asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string(), endpoint.port()};
}

}  // namespace pathology::proxycore::net
