// The one interface that moves bytes: a TCP connection, TLS over any Stream, or one end of a pipe in memory.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cstddef>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/net/errc.hpp>
#include <span>
#include <string>
#include <string_view>

namespace pathology::proxycore::net {

namespace asio = boost::asio;

using async::Duration;
using async::TimeLimit;

/// How close() ends a stream.
enum class CloseMode {
    fin,         ///< written bytes are delivered, then the end; no more reads or writes
    half_close,  ///< ends the write side (FIN); reads go on
    truncate,    ///< as half_close, but TLS sends no close_notify: the peer cannot know whether it has all bytes
    reset,       ///< RST: bytes that the peer has not read are lost
};

/// Returns true if nothing is read after close(how).
constexpr bool ends_reads(CloseMode how) noexcept { return how == CloseMode::fin || how == CloseMode::reset; }

/// The result of one read.
struct ReadResult {
    error_code ec;      ///< eof: the peer ended its side in order. Further reads return the same error
    std::size_t n = 0;  ///< bytes placed into the buffer; 0 with an error

    bool is_end() const noexcept { return ec == asio::error::eof; }
};

/// A connected, ordered, two-way stream of bytes.
///
/// Errors: values, never thrown. eof: the peer ended its side. Errc::timed_out: the time limit passed. Errc::closed:
///         close() was called here. operation_aborted: the awaiting coroutine was cancelled. Else a system code.
/// Cancel: terminal cancellation ends a pending operation at once. Bytes that a cancelled write has sent stay sent;
///         a cancelled read has consumed nothing. After it, the coroutine's next co_await throws operation_aborted, so
///         that no loop continues after a stop; a Server does not report that.
/// Thread: belongs to the thread of its executor. One read and one write may be pending at a time.
/// Owns:   its connection; destruction closes it (fin). Buffers belong to the caller and must outlive the await.
class Stream {
public:
    Stream() = default;
    Stream(Stream const&) = delete;
    Stream& operator=(Stream const&) = delete;
    virtual ~Stream() = default;

    /// Waits for bytes and reads the available ones, at most the size of `into`.
    virtual asio::awaitable<ReadResult> read_some(asio::mutable_buffer into) = 0;

    /// Sends all bytes of all buffers in order; waits while the peer does not read.
    virtual asio::awaitable<error_code> write(std::span<asio::const_buffer const> all) = 0;

    /// Sends what can be sent without waiting and returns the number of bytes. Not while a write is pending. The
    /// default sends nothing.
    virtual std::size_t write_now(asio::const_buffer bytes);

    /// Some of the bytes that write_now() accepted are not sent yet. The next write() sends them, also one of nothing; it
    /// has to follow, or the peer may wait for them for ever.
    virtual bool has_unsent() const { return false; }

    /// Waits, without reading, until the peer has ended its side (returns eof) or the connection broke (returns its
    /// code). While unread bytes wait, the end may be reported a second late. One call may be pending beside a read and
    /// a write. No time limit applies. The default waits until cancelled.
    virtual asio::awaitable<error_code> wait_for_end();

    /// Waits, without reading, until a read would return: bytes, with TLS also those of TLS itself, or the end. Returns
    /// an error only if cancelled. One call may be pending beside a read and a write. No time limit applies. The
    /// default waits until cancelled.
    virtual asio::awaitable<error_code> wait_for_input();

    /// Ends the stream; pending operations end with Errc::closed. Closing again does nothing.
    virtual void close(CloseMode how) = 0;

    /// Returns true if the peer can tell close(truncate) from close(half_close), as with TLS. The default is false.
    virtual bool shows_truncation() const { return false; }

    /// The number of written bytes that the peer's system has not acknowledged. A reset may lose them. The default is 0.
    virtual std::size_t unacknowledged() { return 0; }

    /// Limits the inactivity of each read and write that starts from now on: the time until one byte is moved. It may
    /// be exceeded by some 25 ms.
    virtual void set_time_limit(TimeLimit limit) = 0;

    /// The addresses of both ends; of a pipe in memory, its names. An empty host = unknown. They stay known after the
    /// end of the stream, the local one if it was read before.
    virtual Endpoint local_endpoint() const = 0;
    virtual Endpoint remote_endpoint() const = 0;

    virtual asio::any_io_executor executor() = 0;
};

/// Sends one text; `text` must outlive the await.
asio::awaitable<error_code> send(Stream& stream, std::string_view text);

/// Waits until the peer's system has acknowledged all written bytes, so that close(reset) loses none of them. Ends as well
/// if none was acknowledged for `limit`. The system reports this by no event, so it is asked every few milliseconds.
asio::awaitable<void> wait_until_delivered(Stream& stream, Duration limit);

}  // namespace pathology::proxycore::net
