// From a host's name to its addresses.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::net {

using Endpoints = std::vector<asio::ip::tcp::endpoint>;

/// The address that `host` spells, brackets around IPv6 allowed; empty when it is a name.
Endpoints spelled_address(std::string const& host, std::uint16_t port);

/// Asks the system for the addresses of `host`; `ec` is set when it knows none.
///
/// Cancel: terminal; at once, though the system's own search goes on unseen until it ends.
asio::awaitable<Endpoints> resolve(std::string host, std::uint16_t port, error_code& ec);

/// The same, blocking; for set-up.
Endpoints resolve_now(std::string const& host, std::uint16_t port, error_code& ec);

}  // namespace pathology::proxycore::net
