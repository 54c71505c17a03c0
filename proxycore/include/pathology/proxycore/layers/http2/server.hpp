// An HTTP/2 connection to a server, as exchange() uses it: many requests at once, each on a stream of its own.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <pathology/proxycore/layers/exchange/http_streams.hpp>
#include <pathology/proxycore/layers/settings.hpp>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::layers {

/// The connection and the coroutine that speaks over it, begun at once. Belongs to whoever keeps connections.
///
/// End:    when the server ends it or breaks the protocol; when it is silent for `limit` and there is nothing to do, or
///         it answers no PING; by close().
/// Thread: that of the stream.
class Http2Server {
public:
    /// `name` is the server in messages: "origin.test:443". `on_change` is called when has_room() may have become true,
    /// and when the connection has ended by itself; it must not throw, and may destroy this object.
    Http2Server(std::unique_ptr<net::Stream> stream, std::string name, net::TimeLimit limit,
                HttpSettings const& settings, std::function<void()> on_change);
    /// Closes it; requests under way fail.
    ~Http2Server();
    Http2Server(Http2Server const&) = delete;
    Http2Server& operator=(Http2Server const&) = delete;

    /// Whether the server works on a request that begins now.
    bool has_room() const;
    /// Whether it may take others ever: neither side has said GOAWAY, and it has not ended.
    bool takes_requests() const;
    bool has_ended() const;
    /// Requests under way.
    std::size_t streams() const;
    /// Waits until the server has told of itself; false when the connection ended before.
    asio::awaitable<bool> wait_for_settings();
    /// Whether WebSockets may begin on it (RFC 8441); known after wait_for_settings().
    bool takes_websockets() const;

    /// A way to send one request. Beyond has_room() it waits in the connection for its turn. An Upgrade to WebSocket
    /// goes out as extended CONNECT; its answer is that to the Upgrade.
    ///
    /// Errors: closed, with is_retryable when the server surely did nothing for the request (RFC 9113 §8.7); malformed;
    ///         timed_out by the limit.
    std::unique_ptr<ServerStream> ask();

    /// Says GOAWAY, and ends the connection.
    asio::awaitable<void> close();

    class Connection;

private:
    std::shared_ptr<Connection> connection_;
};

}  // namespace pathology::proxycore::layers
