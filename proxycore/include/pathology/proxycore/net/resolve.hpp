// Name lookup.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::net {

using Endpoints = std::vector<asio::ip::tcp::endpoint>;

/// Returns the address if `host` is an IP address, with or without brackets; empty if it is a name.
Endpoints spelled_address(std::string const& host, std::uint16_t port);

/// Looks up the addresses of `host`. Sets `ec` if there are none.
///
/// Cancel: terminal; returns at once with operation_aborted. The lookup of the system goes on in its own thread; its
///         result is dropped.
asio::awaitable<Endpoints> resolve(std::string host, std::uint16_t port, error_code& ec);

/// The same, blocking the thread; for startup.
Endpoints resolve_now(std::string const& host, std::uint16_t port, error_code& ec);

}  // namespace pathology::proxycore::net
