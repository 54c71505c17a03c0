// Opening a TCP connection by name.
#pragma once

#include <cstdint>
#include <memory>
#include <pathology/proxycore/net/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>

namespace pathology::proxycore::net {

/// Connects to `host`, a name or an IPv4 or IPv6 address (brackets allowed), trying each of its addresses in turn.
///
/// The stream lives on the executor of the awaiting coroutine, sends small writes at once (TCP_NODELAY) and starts
/// without a time limit of its own.
/// Errors: Errc::name_not_found, Errc::timed_out when `limit` passes over it all, else the error of the last address;
///         the message names host, port and cause, and each address when there was more than one.
/// Cancel: terminal; gives operation_aborted at once.
asio::awaitable<Result<std::unique_ptr<Stream>>> connect(std::string host, std::uint16_t port, TimeLimit limit);

}  // namespace pathology::proxycore::net
