#pragma once
// Plays a plan over a connection: the one place where crafted bytes reach a socket.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <pathology/language/player.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>

namespace pathology::language {

/// Keeps the first bytes that were written, for logs.
struct Recording {
    std::size_t limit = 0;
    std::string bytes;

    void append(std::span<char const> more);
    bool is_full() const { return bytes.size() >= limit; }
};

/// How far a performance came.
struct Performance {
    std::uint64_t bytes_written = 0;
    bool disconnected = false;              ///< the plan closed the connection
    proxycore::net::error_code connection;  ///< why the connection ended it early
    std::optional<SpecFailure> spec;        ///< why the plan could not go on (a file)

    bool failed() const { return connection.failed() || spec.has_value(); }
};

/// Performs what is left of the plan that `player` was started on.
///
/// A peer that leaves during a pause ends it: one that breaks the connection, and in a pause for ever also one that
/// ends its side. What the peer sends meanwhile is left to be read.
///
/// Cancel: a pause, also one for ever, and a write end at once; the player is then somewhere inside its plan.
/// Owns:   nothing; stream, player, its plan and the recording must outlive the await.
boost::asio::awaitable<Performance> perform(proxycore::net::Stream& stream, Player& player,
                                            Recording* recording = nullptr);

}  // namespace pathology::language
