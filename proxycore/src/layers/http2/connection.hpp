// An HTTP/2 connection of the proxy, to a client or to a server: its stream, its session, and why it ended.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <pathology/proxycore/http2/driver.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>

#include "async/timer_wheel.hpp"
#include "layers/settings.hpp"

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// End: when the session is over, the peer is gone, or by close(). Streams that are open then get `closed`. A peer that
///      is silent gets GOAWAY if it has no streams; else it gets a PING, and the connection ends if that is not
///      acknowledged.
class Http2Connection : private http2::Driver::Handler {
public:
    /// `peer` names it in messages: "the client". `limit` is how long it may be silent.
    Http2Connection(std::unique_ptr<net::Stream> stream, std::string peer, net::TimeLimit limit, http2::Role role,
                    HttpSettings const& settings);
    Http2Connection(Http2Connection const&) = delete;
    Http2Connection& operator=(Http2Connection const&) = delete;
    virtual ~Http2Connection() = default;

    /// Reads and writes until the connection has ended.
    asio::awaitable<void> run() { return driver_.run(); }
    /// Sends GOAWAY as far as that is possible without waiting, and ends run().
    void close();
    bool has_ended() const { return end_.has_value(); }

    /// Call notify() after giving it something to send.
    http2::Session& session() { return session_; }
    http2::Session const& session() const { return session_; }
    void notify() { driver_.notify(); }
    /// As notify(), but content that the windows allow is taken at once.
    void drain_now() { driver_.drain_now(); }

    std::string const& peer() const { return peer_; }
    net::TimeLimit limit() const { return limit_; }
    asio::any_io_executor executor() { return stream_->executor(); }
    net::Stream& stream() { return *stream_; }
    async::TimerWheel& timers() { return timers_; }

protected:
    /// Why the connection ended.
    std::optional<Failure> const& end() const { return end_; }

private:
    bool on_read_error(net::error_code ec) final;
    void on_write_error(net::error_code ec) final;
    bool is_finished() final;
    void end_with(Failure failure);

    std::unique_ptr<net::Stream> stream_;
    async::TimerWheel& timers_;
    std::string peer_;
    net::TimeLimit limit_;
    http2::Session session_;
    http2::Driver driver_;
    std::optional<Failure> end_;
};

}  // namespace pathology::proxycore::layers
