// The layers by name, each a coroutine that owns the client's stream until its part is over, and picks the next one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::layers {

/// How requests say where they go.
enum class HttpMode {
    regular,      ///< absolute-form or CONNECT; an origin-form by its Host field (P03)
    transparent,  ///< to Context::server; absolute-form is taken, CONNECT is not (P05, P06, inside a tunnel)
};

/// The whole life of an accepted connection: client_connected, the mode's layer, client_disconnected.
/// `original` is where the client meant to connect, for transparent mode.
asio::awaitable<void> serve_client(Context& context, std::unique_ptr<net::Stream> stream,
                                   std::optional<Endpoint> original);

/// Looks at the first bytes, and at what outer layers know, and goes on with what fits (P10).
asio::awaitable<void> next_layer(Context& context, std::unique_ptr<net::Stream> stream);

/// Reads a ClientHello, gets a certificate for it, ends TLS with the client, and looks what is inside (P22).
asio::awaitable<void> intercept_tls(Context& context, std::unique_ptr<net::Stream> stream);
/// TLS of the client with the proxy itself, before any target is known (P03, secure web proxy).
asio::awaitable<std::unique_ptr<net::Stream>> terminate_tls(Context& context, std::unique_ptr<net::Stream> stream);

asio::awaitable<void> serve_http1(Context& context, std::unique_ptr<net::Stream> stream, HttpMode mode);
asio::awaitable<void> serve_http2(Context& context, std::unique_ptr<net::Stream> stream, HttpMode mode);

/// Bytes both ways, as messages of a TCP flow (P14).
asio::awaitable<void> relay_tcp(Context& context, std::unique_ptr<net::Stream> stream);
/// Bytes both ways, not recorded (P15).
asio::awaitable<void> relay_ignored(Context& context, std::unique_ptr<net::Stream> stream);

/// The messages of a WebSocket, until both sides are closed (P16). The flow has its `websocket`.
asio::awaitable<void> relay_websocket(Context& context, flow::HttpFlow& flow, std::unique_ptr<net::Stream> client,
                                      std::unique_ptr<net::Stream> server);

}  // namespace pathology::proxycore::layers
