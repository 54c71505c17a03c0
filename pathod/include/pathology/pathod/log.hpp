// The last requests of a daemon and what became of them, for tests and embedding programs.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <pathology/proxycore/record/exchange.hpp>
#include <vector>

namespace pathology::pathod {

using proxycore::record::Exchange;

/// A ring of exchanges, oldest first.
///
/// Shape:  ids count up from 0 and are never used twice, also after clear(). An exchange is entered when it is over:
///         after the last byte of its answer was written, or it failed. One whose answer pauses (with
///         DaemonOptions::enter_early every one) is entered when the request was read, and completed when it is over,
///         so that a test sees what a server got that hangs.
/// Thread: every function may be called from any thread. Those with a `limit` wait; a limit of 0 only looks.
/// Owns:   its entries; what is handed out is a copy.
class Log {
public:
    using Duration = std::chrono::steady_clock::duration;

    explicit Log(std::size_t capacity = 500);

    /// Enters an exchange: `fill` gets the place it will have, with its id set and everything else still that of the
    /// entry which fell out, so that memory is used again. Returns the id. `fill` must not call this log.
    std::uint64_t add(std::function<void(Exchange&)> const& fill);
    /// Enters a copy, whatever its id says.
    std::uint64_t add(Exchange exchange);
    /// Changes an entry, if it is still there.
    void complete(std::uint64_t id, std::function<void(Exchange&)> const& change);

    /// All entries, oldest first.
    std::vector<Exchange> entries() const;
    /// The newest entry.
    std::optional<Exchange> last() const;
    std::size_t size() const;
    /// How many were ever entered; the id of the next one.
    std::uint64_t count() const;

    /// Forgets all entries. take() goes on with those that come later.
    void clear();

    /// Waits until at least `n` entries are there, then gives all of them; nothing when `limit` passed first.
    std::optional<std::vector<Exchange>> wait_for(std::size_t n, Duration limit) const;
    /// Waits for an entry whose id is `id` or later and gives the first of those.
    std::optional<Exchange> wait_from(std::uint64_t id, Duration limit) const;
    /// Waits for the oldest entry that no take() has given yet. The entry stays in the log.
    std::optional<Exchange> take(Duration limit);

private:
    Exchange const& at(std::uint64_t id) const { return ring_[id % capacity_]; }
    bool wait_until(std::unique_lock<std::mutex>& lock, Duration limit, std::function<bool()> const& ready) const;
    std::vector<Exchange> copy() const;

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    mutable std::size_t waiting_ = 0;
    std::size_t capacity_;
    std::vector<Exchange> ring_;          // grows to the capacity, then goes round
    std::uint64_t first_ = 0, next_ = 0;  // ids of the oldest entry and of the next one
    std::uint64_t taken_ = 0;             // take() gave every id below
};

}  // namespace pathology::pathod
