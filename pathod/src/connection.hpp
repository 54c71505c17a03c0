// One accepted connection, layer by layer.
//
//   TCP ──▶ the message of --on-accept ──▶ TLS, with -s ──▶ HTTP/1 or, by ALPN, HTTP/2 ──▶ CONNECT? ── no ──▶ end
//                                                   ▲                                         │ yes
//                                                   └──── TLS inside, or plain text (-C) ◀────┘
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/net/server.hpp>

#include "daemon_context.hpp"

namespace pathology::pathod {

/// Serves a connection until it ends. `worker` is the context of its worker, and must outlive it.
boost::asio::awaitable<void> serve_connection(proxycore::net::Connection connection, WorkerContext& worker);

}  // namespace pathology::pathod
