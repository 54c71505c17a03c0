// The server connections of one client: opened as late as possible, kept while they may be used again, closed with the
// client.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>

#include "layers/exchange/http_streams.hpp"

namespace pathology::proxycore::layers {

class Context;

/// A request's place among those that wait, in order, because all connections to their server are in use.
///
/// Owns: the place, until it is destroyed; then the next one in line comes to the front.
class ServerQueuePlace {
public:
    ServerQueuePlace() = default;
    ServerQueuePlace(ServerQueuePlace const&) = delete;
    ServerQueuePlace& operator=(ServerQueuePlace const&) = delete;
    virtual ~ServerQueuePlace() = default;

    /// Notified when is_ready() may have become true.
    async::Event& changed() { return changed_; }
    /// The place is at the front, and acquire() would not wait.
    virtual bool is_ready() const = 0;
    /// The stream for the request if a connection is available; nullptr if acquire() has to open one, or to fail.
    virtual std::unique_ptr<ServerStream> acquire() = 0;

private:
    async::Event changed_;
};

/// What can be had for a request without waiting: a stream, a place, or neither.
struct ImmediateServer {
    std::unique_ptr<ServerStream> stream{};
    std::unique_ptr<ServerQueuePlace> place{};
};

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
/// Cancel: terminal; a connection attempt fails with server_connect_error, an open connection is closed.
/// Owns:   every connection until it is taken.
class ServerConnections {
public:
    ServerConnections() = default;
    ServerConnections(ServerConnections const&) = delete;
    ServerConnections& operator=(ServerConnections const&) = delete;
    virtual ~ServerConnections() = default;

    /// The same as acquire() over a connection that is open; if all are in use, a place in their queue, where waiting
    /// costs less than in acquire(). Returns neither if a connection has to be opened, a selector has to be waited for, or
    /// acquire() fails.
    virtual ImmediateServer acquire_now(flow::HttpFlow& /*flow*/) { return {}; }
    /// Returns a stream for the flow's request: over an idle connection, over an HTTP/2 connection below its stream
    /// limit, else over a new one. Sets the flow's server_conn. Waits while max_servers are in use for the target.
    virtual asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire(flow::HttpFlow& flow) = 0;
    /// The same, but never over a connection that was used before.
    virtual asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow& flow) = 0;
    /// The same by the protocol that the server wants. The default knows no difference.
    virtual asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_by(flow::HttpFlow& flow,
                                                                              Protocol /*wanted*/) {
        return acquire_fresh(flow);
    }

    /// Connects `server`, with TLS if its `tls` is set, and keeps the connection for acquire() and acquire_stream(). Does nothing
    /// if it is open already. TLS offers the protocols `alpn`.
    virtual asio::awaitable<Result<void>> open(std::shared_ptr<flow::Server> server, std::vector<std::string> alpn) = 0;
    /// Removes and returns the connection that open() made for `server`, else opens one. For bytes that are not HTTP.
    /// The caller ends it with close(), which sets the end time of the record and runs server_disconnected; so does the
    /// caller of ServerStream::take_over(). A connection that other streams use stays open.
    virtual asio::awaitable<Result<ServerConnection>> acquire_stream(std::shared_ptr<flow::Server> server) = 0;
    virtual asio::awaitable<void> close(ServerConnection connection) = 0;
    /// Takes back the connection that acquire_stream() returned. The default closes it.
    virtual void release(ServerConnection connection);

    /// Reports a WebSocket of the flow to the selector, from now until the result is destroyed.
    virtual std::shared_ptr<void> hold_websocket(flow::HttpFlow const& /*flow*/) { return nullptr; }

    /// Closes all remaining connections.
    virtual asio::awaitable<void> close_all() = 0;
};

/// acquire() for the first attempt of a request; after a failure, acquire_fresh() or acquire_by().
inline asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_after(std::optional<Failure> const& last,
                                                                            ServerConnections& servers,
                                                                            flow::HttpFlow& flow) {
    if (!last) return servers.acquire(flow);
    return last->wanted ? servers.acquire_by(flow, *last->wanted) : servers.acquire_fresh(flow);
}

/// Makes the implementation that uses the network. The context must outlive it.
std::unique_ptr<ServerConnections> make_server_connections(Context& context);

}  // namespace pathology::proxycore::layers
