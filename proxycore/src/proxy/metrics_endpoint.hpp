// GET /metrics on a loopback address, for Prometheus.
//
//     connection ─▶ head of a request ─▶ text(), awaited ─▶ response ─▶ next request, or the end
//
// A server of its own, with a thread of its own: a scrape takes no place of a client of the proxy, and the text of many
// upstreams does not hold the event loop of the proxy.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/net/server.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::proxy {

/// Bounds: 16 connections, further ones wait; 16 KiB for the head of a request, whose content is not read; 30 s for a
///         request and its response.
/// Thread: as net::Server.
class MetricsEndpoint {
public:
    /// Makes the text, on the thread of the endpoint.
    using Text = std::function<boost::asio::awaitable<std::string>()>;

    MetricsEndpoint(Endpoint where, Text text, std::function<void(std::string_view)> on_error);

    /// Errors: why it cannot listen, with the address.
    net::Result<void> start() { return server_.start(); }
    /// Ends every connection, also one that waits for its text.
    void stop() { server_.stop(); }
    /// `http://127.0.0.1:9100/metrics`
    std::string url() const;

private:
    struct Response;

    boost::asio::awaitable<void> serve(net::Connection connection);
    boost::asio::awaitable<bool> serve_request(net::Stream& stream, http1::RequestReader& reader);
    boost::asio::awaitable<Response> response_to(http::RequestHead const& request);

    Text text_;
    net::Server server_;
};

}  // namespace pathology::proxycore::proxy
