// SOCKS5: tunnels through a server, and the server side.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/socks5/message.hpp>
#include <pathology/proxycore/tunnel/credentials.hpp>
#include <pathology/proxycore/tunnel/failure.hpp>

namespace pathology::proxycore::tunnel {

/// Lets the SOCKS5 server that `server` is connected to connect to `destination`, and returns the stream through it.
/// The server resolves the name. With credentials two methods are offered, "none" and "password", else only "none".
///
/// Waits:  as long as the time limit of `server` allows for each read and write.
/// Owns:   the stream; a failure closes it. `destination` and `credentials` must outlive the await.
/// Errors: Errc::refused with the reply of the server, also if host, user or password exceed 255 bytes.
/// Source: RFC 1928, RFC 1929.
boost::asio::awaitable<Result<std::unique_ptr<net::Stream>>> socks5_connect(
    std::unique_ptr<net::Stream> server, Endpoint const& destination, std::optional<Credentials> const& credentials);

/// A client that waits for a reply, and its destination.
struct Accepted {
    std::unique_ptr<net::Stream> client;
    Endpoint destination;
};

/// Runs the negotiation up to the request; the caller then sends the reply by socks5_reply(). Bytes that the client
/// sent before the reply are read from the stream first.
///
/// With `credentials` the client has to send them. A failed negotiation (version or command not supported, no common
/// method, wrong credentials) gets its reply here.
/// Owns:   the stream; a failure closes it.
boost::asio::awaitable<Result<Accepted>> socks5_accept(std::unique_ptr<net::Stream> client,
                                                       std::optional<Credentials> const& credentials);

/// Returns true if user and password are accepted.
using Socks5Judge = std::function<boost::asio::awaitable<bool>(Credentials const&)>;

/// The same, but `judge` checks the credentials; if it is empty, none are requested.
boost::asio::awaitable<Result<Accepted>> socks5_accept(std::unique_ptr<net::Stream> client, Socks5Judge judge);

/// Sends the reply to the request; after ReplyCode::succeeded the stream is the tunnel.
boost::asio::awaitable<net::error_code> socks5_reply(net::Stream& client, socks5::ReplyCode code);

}  // namespace pathology::proxycore::tunnel
