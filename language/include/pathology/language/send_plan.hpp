#pragma once
// Sends a plan over a connection. Crafted bytes reach a socket here and nowhere else.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <pathology/language/player.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>

namespace pathology::language {

/// The first bytes that were written, for logs.
struct CapturedBytes {
    std::size_t limit = 0;
    std::string bytes;

    void append(std::span<char const> more);
    bool is_full() const { return bytes.size() >= limit; }
};

/// What became of a plan.
struct SendResult {
    std::uint64_t bytes_written = 0;
    bool disconnected = false;              ///< the plan closed the connection
    proxycore::net::error_code connection;  ///< the error of the connection that ended it early
    std::optional<SpecFailure> spec;        ///< the error of the plan that ended it early, such as an unreadable file

    bool failed() const { return connection.failed() || spec.has_value(); }
};

/// Sends what is left of the plan that `player` was started on. Bytes that the peer sends meanwhile are not read.
///
/// A pause ends early if the peer breaks the connection; a pause for ever also ends if the peer closes its side.
///
/// Cancel: ends a pause or a write at once; the player then stands somewhere inside the plan.
/// Owns:   nothing; stream, player, plan and capture must outlive the await.
boost::asio::awaitable<SendResult> send_plan(proxycore::net::Stream& stream, Player& player,
                                             CapturedBytes* capture = nullptr);

}  // namespace pathology::language
