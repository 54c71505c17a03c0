#pragma once
// Pauses of a sender, which the end of the connection ends early.

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/net/stream.hpp>

namespace pathology::language {

namespace asio = boost::asio;
namespace net = proxycore::net;

/// Pauses; returns the error that ended the connection meanwhile. A pause that is meant for ever ends if the peer
/// ends its side; `length` may limit it.
asio::awaitable<net::error_code> pause_or_disconnect(net::Stream& stream, net::TimeLimit length, bool for_ever);

}  // namespace pathology::language
