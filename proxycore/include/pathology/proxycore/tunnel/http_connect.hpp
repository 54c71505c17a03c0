// Tunnels through HTTP proxies (CONNECT).
#pragma once

#include <memory>
#include <optional>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tunnel/credentials.hpp>
#include <pathology/proxycore/tunnel/failure.hpp>

namespace pathology::proxycore::tunnel {

/// Requests a tunnel from the proxy that `proxy` is connected to, and returns the stream through it. Bytes that arrived
/// with the response are read from that stream first.
///
/// Waits:  as long as the time limit of `proxy` allows for each read and write.
/// Owns:   the stream; a failure closes it. `destination` and `credentials` must outlive the await.
/// Errors: Errc::refused with status and reason of the response; wants_credentials and bad_credentials for 407.
/// Source: RFC 9110 §9.3.6; the credentials are Basic ones, RFC 7617.
boost::asio::awaitable<Result<std::unique_ptr<net::Stream>>> http_connect(
    std::unique_ptr<net::Stream> proxy, Endpoint const& destination, std::optional<Credentials> const& credentials);

/// The same with a CONNECT request of the caller, which must outlive the await.
boost::asio::awaitable<Result<std::unique_ptr<net::Stream>>> http_connect(std::unique_ptr<net::Stream> proxy,
                                                                          http::RequestHead const& request);

/// Returns the request of the first form, with a Host field, and with Basic credentials if there are any.
http::RequestHead connect_request(Endpoint const& destination, std::optional<Credentials> const& credentials);

}  // namespace pathology::proxycore::tunnel
