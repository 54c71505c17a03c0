// Opens a TCP connection.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/net/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>

namespace pathology::proxycore::net {

/// Connects to `host`: a name, or an IPv4 or IPv6 address with or without brackets. Tries the addresses of a name with
/// the families in turn, the next one 250 ms after the last or at once when it failed; the first that connects is used, and
/// the others are given up (RFC 8305).
///
/// The stream uses the executor of the awaiting coroutine, has TCP_NODELAY set and no time limit. `receive_buffer` is its
/// SO_RCVBUF in bytes, which bounds the window of the server; the system may use more or less. std::nullopt: the system
/// adapts it.
/// Errors: Errc::name_not_found; Errc::timed_out if name lookup and connecting together take longer than `limit`; else
///         the error of the address that failed last. The message names host, port and cause, and all addresses if there were
///         several.
/// Cancel: terminal; returns operation_aborted at once.
asio::awaitable<Result<std::unique_ptr<Stream>>> connect(std::string host, std::uint16_t port, TimeLimit limit,
                                                         std::optional<int> receive_buffer = std::nullopt);

}  // namespace pathology::proxycore::net
