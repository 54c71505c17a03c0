// Where a connection was headed before a rule of the firewall redirected it (Linux: REDIRECT, DNAT).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>

namespace pathology::proxycore::net {

/// Asks the kernel, which remembers it with the connection. Nothing when it does not know, or there is no such memory.
std::optional<boost::asio::ip::tcp::endpoint> original_destination(boost::asio::ip::tcp::socket& socket);

}  // namespace pathology::proxycore::net
