// How long an event loop is busy in one turn.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>

namespace pathology::proxycore::async {

/// While one connection is served, the others of its loop wait. So whatever a peer sends, one turn of a loop (a handler,
/// with all that runs before it waits again) is to be shorter than this, in CPU time of the thread.
inline constexpr std::chrono::milliseconds max_turn{20};

/// For a loop that may not wait for long, since a peer decides how much there is to do. It reads the clock, which takes
/// some 30 ns: call it for each step of the loop that takes longer than that.
///
///     async::TurnTimer turn;                                // after a wait
///     while (auto const frame = session.next()) {
///         handle(*frame);
///         if (turn.is_long()) co_await turn.pass();
///     }
class TurnTimer {
public:
    bool is_long() const noexcept { return Clock::now() - began_ > max_share; }
    void restart() noexcept { began_ = Clock::now(); }
    /// Lets all run that is ready, then restarts. Cancel: throws operation_aborted at the next co_await.
    boost::asio::awaitable<void> pass();

private:
    using Clock = std::chrono::steady_clock;
    static constexpr auto max_share = max_turn / 4;  // of a turn; other work may be part of it

    Clock::time_point began_ = Clock::now();
};

/// Receives the CPU time of a turn that was longer than max_turn, right after it.
using LongTurn = std::function<void(std::chrono::nanoseconds busy)>;

/// Runs the loop until it is stopped or has no work, as io_context::run() does. Builds with assertions (without NDEBUG)
/// measure each turn; others do not, and never call `on_long`, which may be empty.
void run_turns(boost::asio::io_context& context, LongTurn const& on_long);

/// The longest turn that run_turns() has measured in this process, on any thread, since the last forget_longest_turn();
/// zero if nothing is measured. For tests.
std::chrono::nanoseconds longest_turn() noexcept;
void forget_longest_turn() noexcept;

}  // namespace pathology::proxycore::async
