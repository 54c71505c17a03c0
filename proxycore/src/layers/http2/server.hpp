// An HTTP/2 connection to a server, for exchange(): concurrent requests, each on a stream of its own.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <pathology/proxycore/net/stream.hpp>

#include "layers/exchange/http_streams.hpp"
#include "layers/settings.hpp"

namespace pathology::proxycore::layers {

/// A connection and the coroutine that reads and writes it, started by the constructor.
///
/// End:    when the server closes it or breaks the protocol; when the server is silent for `limit` and there are no
///         requests, or does not acknowledge a PING; by close().
/// Thread: that of the stream.
class Http2Server {
public:
    /// `name` is the server in messages: "origin.test:443". `on_change` is called when room() may have grown,
    /// and when the connection has ended by itself. It must not throw; it may destroy this object.
    Http2Server(std::unique_ptr<net::Stream> stream, std::string name, net::TimeLimit limit,
                HttpSettings const& settings, std::function<void()> on_change);
    /// Closes the connection; pending requests fail.
    ~Http2Server();
    Http2Server(Http2Server const&) = delete;
    Http2Server& operator=(Http2Server const&) = delete;

    /// How many more requests the server would process now.
    std::size_t room() const;
    /// Whether it accepts more requests at all: neither side has sent GOAWAY, and the connection has not ended.
    bool takes_requests() const;
    bool has_ended() const;
    /// Pending requests.
    std::size_t streams() const;
    /// Waits for the server's SETTINGS. Returns false if the connection ended before.
    asio::awaitable<bool> wait_for_settings();
    /// Whether WebSockets can be opened on it (RFC 8441); known after wait_for_settings().
    bool takes_websockets() const;

    /// A stream for one request. Without room, the request waits in the connection. An Upgrade to WebSocket is
    /// sent as extended CONNECT, and its response is returned as that to an Upgrade.
    ///
    /// Errors: closed, with Repeat::always if the server did not process the request (RFC 9113 §8.7); malformed;
    ///         timed_out after the limit.
    std::unique_ptr<ServerStream> ask();

    /// Sends GOAWAY, and ends the connection.
    asio::awaitable<void> close();

    class Connection;

private:
    std::shared_ptr<Connection> connection_;
};

}  // namespace pathology::proxycore::layers
