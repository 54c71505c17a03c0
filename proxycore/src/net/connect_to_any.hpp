// Connects to one of several addresses of a server (RFC 8305).
#pragma once

#include <memory>
#include <pathology/proxycore/net/stream.hpp>

#include <pathology/proxycore/net/resolve.hpp>

namespace pathology::proxycore::net {

/// The result of connect_to_any(). It has a constructor because it is a temporary of a co_await statement.
struct ConnectOutcome {
    ConnectOutcome() = default;

    std::unique_ptr<Stream> stream{};  ///< nullptr if no address could be reached
    error_code ec{};                   ///< of the address that failed last
    Endpoints tried{};                 ///< in this order
};

/// Tries the addresses with their families in turn, the next one 250 ms after the last or at once when that failed. The
/// first that connects ends the others.
/// `receive_buffer` is SO_RCVBUF in bytes; std::nullopt: that of the system.
/// Cancel: terminal; closes all sockets.
asio::awaitable<ConnectOutcome> connect_to_any(Endpoints endpoints, std::optional<int> receive_buffer = std::nullopt);

}  // namespace pathology::proxycore::net
