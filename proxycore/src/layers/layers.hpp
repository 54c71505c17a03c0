// The layers. Each is a coroutine that owns the client's stream until it ends, and calls the next layer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/net/stream.hpp>

#include "layers/context.hpp"

namespace pathology::proxycore::layers {

/// How requests name their server.
enum class HttpMode {
    regular,      ///< absolute-form or CONNECT; origin-form uses the Host field (P03)
    transparent,  ///< Context::server; absolute-form is accepted, CONNECT is not (P05, P06, inside a tunnel)
};

/// Serves an accepted connection from client_connected through the mode's layer to client_disconnected.
/// `original` is the destination that the client connected to, for transparent mode.
asio::awaitable<void> serve_client(Context& context, std::unique_ptr<net::Stream> stream,
                                   std::optional<Endpoint> original);

/// Chooses the layer by the first bytes and by the state of outer layers, and runs it (P10).
asio::awaitable<void> next_layer(Context& context, std::unique_ptr<net::Stream> stream);

/// Reads the ClientHello, makes a certificate for it, completes the handshake with the client, and chooses the next
/// layer for the decrypted stream (P22).
asio::awaitable<void> intercept_tls(Context& context, std::unique_ptr<net::Stream> stream);
/// TLS between the client and the proxy itself, before a target is known (P03, secure web proxy). Returns nullptr if it
/// failed.
asio::awaitable<std::unique_ptr<net::Stream>> terminate_tls(Context& context, std::unique_ptr<net::Stream> stream);

asio::awaitable<void> serve_http1(Context& context, std::unique_ptr<net::Stream> stream, HttpMode mode);
asio::awaitable<void> serve_http2(Context& context, std::unique_ptr<net::Stream> stream, HttpMode mode);

/// Relays bytes both ways, as messages of a TCP flow (P14).
asio::awaitable<void> relay_tcp(Context& context, std::unique_ptr<net::Stream> stream);
/// Relays bytes both ways without recording them (P15).
asio::awaitable<void> relay_ignored(Context& context, std::unique_ptr<net::Stream> stream);

/// Relays the messages of a WebSocket until both sides are closed (P16). `flow.websocket` is set.
asio::awaitable<void> relay_websocket(Context& context, flow::HttpFlow& flow, std::unique_ptr<net::Stream> client,
                                      std::unique_ptr<net::Stream> server);

}  // namespace pathology::proxycore::layers
