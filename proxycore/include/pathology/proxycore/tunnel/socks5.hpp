// A tunnel through a SOCKS5 server, and the other side of the same conversation.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/socks5/message.hpp>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/tunnel/credentials.hpp>
#include <pathology/proxycore/tunnel/failure.hpp>

namespace pathology::proxycore::tunnel {

/// Asks the SOCKS5 server at the other end of `server` to connect to `destination`, whose name it resolves, and gives
/// the stream through it. With credentials both ways to authenticate are offered, else only to go without.
///
/// Waits:  as long as the time limit of `server` allows for each read and write.
/// Owns:   the stream; a failure closes it. `destination` and `credentials` must outlive the await.
/// Errors: Errc::refused with the server's reply in words, and when host, user or password exceed 255 bytes.
/// Source: RFC 1928, RFC 1929.
boost::asio::awaitable<Result<std::unique_ptr<net::Stream>>> socks5_connect(
    std::unique_ptr<net::Stream> server, Endpoint const& destination, std::optional<Credentials> const& credentials);

/// A client that waits for an answer, and where it wants to be connected to.
struct Accepted {
    std::unique_ptr<net::Stream> client;
    Endpoint destination;
};

/// The server's part up to the request, which socks5_reply() then answers. What the client sent ahead of that answer
/// comes out of the stream first.
///
/// With `credentials` the client has to know them. What cannot be served (another version or command, no common way to
/// authenticate, wrong credentials) is answered here.
/// Owns:   the stream; a failure closes it.
boost::asio::awaitable<Result<Accepted>> socks5_accept(std::unique_ptr<net::Stream> client,
                                                       std::optional<Credentials> const& credentials);

/// Decides about a user and a password.
using Socks5Judge = std::function<boost::asio::awaitable<bool>(Credentials const&)>;

/// The same where somebody else knows who may come in; an empty `judge` asks nobody.
boost::asio::awaitable<Result<Accepted>> socks5_accept(std::unique_ptr<net::Stream> client, Socks5Judge judge);

/// Says how the request ended; after ReplyCode::succeeded the stream is the tunnel.
boost::asio::awaitable<net::error_code> socks5_reply(net::Stream& client, socks5::ReplyCode code);

}  // namespace pathology::proxycore::tunnel
