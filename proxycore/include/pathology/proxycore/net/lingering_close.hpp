// Ends of connections whose peer may still send: of a server that responds before it has read all of a request.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::net {

/// Ends our side, drops what the peer still sends until it ends its own, then closes the stream. An immediate close would
/// reset the connection, and the peer might lose the response (RFC 9112 §9.6).
///
/// Bounds: 2 s and 16 MiB, and the time limit of the stream.
asio::awaitable<void> close_lingering(Stream& stream);

/// Drops what the peer sends until it ends its side or the connection breaks.
///
/// Bounds: 16 GiB, and the time limit of the stream.
asio::awaitable<void> discard_until_end(Stream& stream);

}  // namespace pathology::proxycore::net
