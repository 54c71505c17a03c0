// From an accepted connection to the conversations held over it, layer by layer.
//
//   TCP ──▶ TLS, with -s ──▶ the conversation that ALPN picks ──▶ CONNECT? ── no ──▶ end
//                    ▲                                               │ yes
//                    └──────── TLS inside, or plain (-C) ◀───────────┘
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/net/server.hpp>

#include "service.hpp"

namespace pathology::pathod {

/// Serves a connection to its end. `desk` is that of the connection's worker and outlives it.
boost::asio::awaitable<void> converse(proxycore::net::Connection connection, Desk& desk);

}  // namespace pathology::pathod
