// An HTTP client with the upstream side of the proxy: connection pool, TLS, HTTP/1.1 and HTTP/2, through the proxies of
// a route. For backends of addons, for tests and for tools.
//
//     client::HttpClient client;
//     auto request = flow::Request::make("POST", "https://example.org/items", "{}").value();
//     auto const response = co_await client.send(std::move(request));
//     if (response) log(response->status_code); else log(response.error().message);
//     co_await client.close();
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/request.hpp>
#include <pathology/proxycore/flow/response.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/tls/context.hpp>
#include <pathology/proxycore/upstream/route.hpp>

namespace pathology::proxycore::client {

struct HttpClientOptions {
    upstream::Route route{};                            ///< proxies to go through; direct by default
    bool http2 = true;                                  ///< offer HTTP/2 over TLS, beside HTTP/1.1
    bool verify = true;                                 ///< verify the certificates of servers and https proxies
    tls::Trust trust{};                                 ///< trusted authorities; the system's by default
    std::chrono::milliseconds connect_timeout{30'000};  ///< for name, TCP and TLS, each
    std::chrono::milliseconds timeout{60'000};          ///< for one request, from send() to the end of the body
    std::uint64_t max_body_size = 64 << 20;             ///< bytes of a response body
    std::size_t max_connections = 5;                    ///< to one host and port; further requests wait
};

/// Sends requests and keeps connections for the next ones. Redirects, cookies and content codings are the
/// responsibility of the caller.
///
/// Version: over TLS, HTTP/2 if the server chooses it by ALPN; otherwise, and without TLS, HTTP/1.1. That of the
///         request does not matter; the response has that of the connection.
/// Failures: a server that could not be reached is tried again by the next request.
///
/// Thread: the single-threaded executor of the coroutines that call it. Several requests may be pending at a time.
/// Owns:   its connections. close() ends them; the client must not be destroyed while a request is pending.
class HttpClient {
public:
    /// Errors: throws OptionsError if `trust` names a file that cannot be read.
    explicit HttpClient(HttpClientOptions const& options = {});
    ~HttpClient();
    HttpClient(HttpClient const&) = delete;
    HttpClient& operator=(HttpClient const&) = delete;

    /// Sends the request to the scheme, host and port that it names, and returns the final response with its body and
    /// trailers. Adds Host and Content-Length if they are missing. A request on a kept connection that the server
    /// closed before a byte of the response is sent once more on a new connection if its method is idempotent, any request
    /// if the server has said that it did not process it.
    ///
    /// Errors: unreachable, untrusted, closed, timed_out, malformed, too_large; the message names host and port.
    /// Cancel: terminal; the connection of the request is closed, or its stream of HTTP/2 reset. Throws
    ///         operation_aborted.
    boost::asio::awaitable<layers::Result<flow::Response>> send(flow::Request request);

    /// Closes the kept connections. The client may be used again afterwards.
    boost::asio::awaitable<void> close();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::client
