// The server connections of one client: opened as late as possible, kept while they may be used again, closed with the
// client.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/layers/exchange/http_streams.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::layers {

class Context;

/// An open connection and its record.
struct ServerConnection {
    std::shared_ptr<flow::Server> server;
    std::unique_ptr<net::Stream> stream;
};

/// Opening runs server_connect and then server_connected or server_connect_error; the end of the connection runs
/// server_disconnected. TLS runs tls_start_server and its result between them.
///
/// Errors: unreachable, untrusted, cancelled (an addon set `error`), and at once for a server whose record has an
///         error already. The message names host and port and the cause.
/// Cancel: terminal; what was being connected has failed with server_connect_error, or is closed.
/// Owns:   every connection until it is taken.
class Servers {
public:
    Servers() = default;
    Servers(Servers const&) = delete;
    Servers& operator=(Servers const&) = delete;
    virtual ~Servers() = default;

    /// acquire(), where it takes no time: over a connection that is there. Null where there is none, or it has to be
    /// looked for.
    virtual std::unique_ptr<ServerStream> acquire_at_once(flow::HttpFlow& /*flow*/) { return nullptr; }
    /// A way to send the flow's request: over a connection that is idle, over an HTTP/2 connection with room, else over
    /// a new one. Sets the flow's server_conn. Waits while max_servers are in use for the target.
    virtual asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire(flow::HttpFlow& flow) = 0;
    /// The same, never over a connection that was used before.
    virtual asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow& flow) = 0;

    /// Connects `server`, with TLS when its `tls` is set, and keeps the connection for acquire() and take(). Nothing
    /// when that was done before. `alpn` is what TLS offers.
    virtual asio::awaitable<Result<void>> open(std::shared_ptr<flow::Server> server, std::vector<std::string> alpn) = 0;
    /// Takes the connection that open() made for `server`, else opens one: for bytes that are no HTTP. The record's end
    /// is noted, and server_disconnected run, by close(); so it is of one that a ServerStream::take_over() gave away. A
    /// connection that others use as well goes on.
    virtual asio::awaitable<Result<ServerConnection>> take(std::shared_ptr<flow::Server> server) = 0;
    virtual asio::awaitable<void> close(ServerConnection connection) = 0;
    /// Takes back what take() gave, as it was given; one that is not kept is closed.
    virtual void keep(ServerConnection connection);

    /// Reports a WebSocket of the flow to the selector, from now until the result is destroyed.
    virtual std::shared_ptr<void> hold_websocket(flow::HttpFlow const& /*flow*/) { return nullptr; }

    /// Closes all that is left.
    virtual asio::awaitable<void> close_all() = 0;
};

/// Those that speak to the network. The context must outlive them.
std::unique_ptr<Servers> make_servers(Context& context);

}  // namespace pathology::proxycore::layers
