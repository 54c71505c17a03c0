// The destination of a connection before the firewall redirected it (Linux: REDIRECT, DNAT).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>

namespace pathology::proxycore::net {

/// Returns what the kernel has recorded for the connection; std::nullopt if it has nothing.
std::optional<boost::asio::ip::tcp::endpoint> original_destination(boost::asio::ip::tcp::socket& socket);

}  // namespace pathology::proxycore::net
