#pragma once
// Sends a plan over a connection. Crafted bytes reach a socket here and nowhere else.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
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
    std::optional<Ending> ending;           ///< how the plan ended the connection; std::nullopt if it did not
    proxycore::net::error_code connection;  ///< the error of the connection that ended it early
    std::optional<SpecFailure> spec;        ///< the error of the plan that ended it early, such as an unreadable file
    bool is_overdue = false;  ///< the limit ended a hold, or a pause for ever: `connection` is timed_out then

    bool failed() const { return connection.failed() || spec.has_value(); }
};

/// Ends a connection. Returns when nothing more is to be done: at once; for reset when the peer's system has all bytes,
/// at the latest after 10 s without progress; for hold when the peer has ended or broken the connection. After half,
/// the caller reads what the peer still sends; see net::discard_until_end().
///
/// Errors: net::Errc::timed_out if `limit` ended the hold; the stream is closed all the same.
/// Cancel: ends the wait; the stream is then open.
boost::asio::awaitable<proxycore::net::error_code> end_connection(proxycore::net::Stream& stream, Ending how,
                                                                  proxycore::net::TimeLimit limit = std::nullopt);

/// Sends what is left of the plan that `player` was started on. Bytes that the peer sends meanwhile are not read.
///
/// A pause ends early if the peer breaks the connection; a pause for ever also ends if the peer closes its side.
/// `limit` bounds each pause for ever, and a hold, which otherwise last as long as the peer keeps the connection.
///
/// Cancel: ends a pause or a write at once; the player then stands somewhere inside the plan.
/// Owns:   nothing; stream, player, plan and capture must outlive the await.
boost::asio::awaitable<SendResult> send_plan(proxycore::net::Stream& stream, Player& player,
                                             CapturedBytes* capture = nullptr,
                                             proxycore::net::TimeLimit limit = std::nullopt);

}  // namespace pathology::language
