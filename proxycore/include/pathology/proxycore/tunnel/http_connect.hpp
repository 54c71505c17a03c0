// A tunnel through an HTTP proxy, by CONNECT.
#pragma once

#include <memory>
#include <optional>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/tunnel/credentials.hpp>
#include <pathology/proxycore/tunnel/failure.hpp>

namespace pathology::proxycore::tunnel {

/// Asks the proxy at the other end of `proxy` for a tunnel, and gives the stream through it. Bytes that the proxy sent
/// together with its answer come out of that stream first.
///
/// Waits:  as long as the time limit of `proxy` allows for each read and write.
/// Owns:   the stream; a failure closes it. `destination` and `credentials` must outlive the await.
/// Errors: Errc::refused with status and reason of the answer; wants_credentials and bad_credentials for 407.
/// Source: RFC 9110 §9.3.6; the credentials are Basic ones, RFC 7617.
boost::asio::awaitable<Result<std::unique_ptr<net::Stream>>> http_connect(
    std::unique_ptr<net::Stream> proxy, Endpoint const& destination, std::optional<Credentials> const& credentials);

/// The same with a CONNECT request of the caller's making, which must outlive the await.
boost::asio::awaitable<Result<std::unique_ptr<net::Stream>>> http_connect(std::unique_ptr<net::Stream> proxy,
                                                                          http::RequestHead const& request);

/// The request of the first form: a Host field, and Basic credentials where there are some.
http::RequestHead connect_request(Endpoint const& destination, std::optional<Credentials> const& credentials);

}  // namespace pathology::proxycore::tunnel
