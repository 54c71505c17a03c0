// The protocol of a connection to a server: HTTP/1.1, or HTTP/2 by ALPN or without being asked.
//
//                        ┌─ ALPN: h2 ────────────────────────▶ Shared
//     Ahead ── settle() ─┴─ else ────────────────────────────▶ Idle
//       └── begin_http2() ──▶ Shared, not confirmed ─┬─ SETTINGS ─▶ Shared
//                                                    └─ else ─────▶ dropped; the next one is asked over HTTP/1.1
#pragma once

#include <memory>

#include "layers/context.hpp"
#include "upstream/connection_pool.hpp"
#include "upstream/router.hpp"

namespace pathology::proxycore::upstream {

class ProtocolChoice {
public:
    /// All of them outlive this object.
    ProtocolChoice(Context& context, Router const& router, ConnectionPool& pool)
        : context_(context), router_(router), pool_(pool) {}

    /// Whether the server is asked over HTTP/2 without TLS, where no ALPN can tell. A client that speaks so in a tunnel, or
    /// to an address that is the server's to it, knows its server (RFC 9113 §3.3), and gRPC exists over HTTP/2 only. A
    /// client of a reverse proxy knows the proxy: the server is asked over HTTP/1.1, until it responds with SETTINGS.
    bool knows_http2(flow::HttpFlow const& flow, EndpointPool const& endpoint) const;

    /// Begins HTTP/2, and waits for the SETTINGS that its servers send first (RFC 9113 §3.4). Returns nullptr, and drops
    /// the connection, if something else comes, or nothing for a while: HTTP/1 it is, then.
    asio::awaitable<PooledConnection*> begin_http2(PooledConnection& connection);

    /// From Ahead to the protocol that ALPN agreed on. Does nothing in other states.
    void settle(PooledConnection& connection);

    /// Waits for the SETTINGS. Returns false as well if the server sends none in time, or has closed the connection.
    asio::awaitable<bool> accepts_websockets(PooledConnection& connection);

private:
    PooledConnection::Shared share(EndpointKey const& key, PooledConnection& connection,
                                   std::unique_ptr<net::Stream> stream);

    Context& context_;
    Router const& router_;
    ConnectionPool& pool_;
};

}  // namespace pathology::proxycore::upstream
