// A Stream over a TCP socket.
//
// The hot path tries the system call first and the reactor only if that would block: a write is one system call without
// suspending as long as the socket buffer has space; a read waits at once if the last one did not fill its buffer.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <pathology/proxycore/async/turns.hpp>
#include <pathology/proxycore/net/stream.hpp>

#include "async/timer_wheel.hpp"

namespace pathology::proxycore::net {

class TcpStream final : public Stream {
public:
    /// `socket` is connected. Called on the thread of its executor.
    TcpStream(asio::ip::tcp::socket socket, asio::ip::tcp::endpoint const& remote);
    ~TcpStream() override;

    asio::awaitable<ReadResult> read_some(asio::mutable_buffer into) override;
    asio::awaitable<error_code> write(std::span<asio::const_buffer const> all) override;
    std::size_t write_now(asio::const_buffer bytes) override;
    asio::awaitable<error_code> wait_for_end() override;
    asio::awaitable<error_code> wait_for_input() override { return await_readable(); }
    void close(CloseMode how) override;
    std::size_t unacknowledged() override;
    void set_time_limit(TimeLimit limit) override { limit_ = limit; }
    Endpoint local_endpoint() const override;
    Endpoint remote_endpoint() const override;
    asio::any_io_executor executor() override { return socket_.get_executor(); }

private:
    /// The time limit of one direction. When it passes, it cancels what is pending on the socket. The other direction
    /// is cancelled too and tries again, with the rest of its own limit.
    class Side final : public async::TimerWheel::Timer {
    public:
        explicit Side(TcpStream& stream) : Timer(async::TimerWheel::of(stream.executor())), stream_(stream) {}
        void begin();    ///< an operation starts, with the limit that the stream has now
        void restart();  ///< a byte was moved: the limit starts again
        void end() noexcept { disarm(); }
        bool has_expired() const noexcept { return expired_; }

    private:
        void on_expired() override;
        TcpStream& stream_;
        TimeLimit limit_;
        bool expired_ = false;
    };

    asio::awaitable<ReadResult> read_available(asio::mutable_buffer into, bool yields);
    asio::awaitable<ReadResult> await_bytes(asio::mutable_buffer into);
    ReadResult record_end(ReadResult result);
    asio::awaitable<error_code> write_rest(std::span<asio::const_buffer const> all, std::size_t sent);
    /// Returns the result of an operation: its code or the reason why it was aborted; std::nullopt: try again.
    static std::optional<error_code> verdict(error_code ec, TcpStream const& stream, Side const& side, bool cancelled);
    /// Returns how the peer ended its side, or how the connection broke; std::nullopt if neither happened.
    std::optional<error_code> end_of_peer();
    asio::awaitable<error_code> await_readable();
    bool must_yield();
    void discard_unread();

    asio::ip::tcp::socket socket_;
    mutable std::optional<asio::ip::tcp::endpoint> local_;  // filled on demand
    asio::ip::tcp::endpoint remote_;
    TimeLimit limit_;
    Side reading_{*this}, writing_{*this};
    unsigned operations_ = 0;  // operations since the coroutine last yielded to others
    async::TurnTimer turn_;
    std::shared_ptr<bool> turn_has_ended_;  // that of turn_; nullptr: it was not begun
    bool expects_more_ = false;             // the last read filled its buffer
    error_code end_{};                      // why nothing more can be read: eof, or the code that broke the connection
};

/// The same as text and number. An IPv4-mapped IPv6 address, as sockets for both families have it, becomes IPv4.
Endpoint endpoint_of(asio::ip::tcp::endpoint const& endpoint);

}  // namespace pathology::proxycore::net
