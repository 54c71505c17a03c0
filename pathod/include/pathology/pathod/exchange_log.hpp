// The log of a daemon: the most recent exchanges, for tests and embedding programs.
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
/// Shape:  ids count up from 0 and are never reused, also not after clear(). An exchange is added when it ends: after
///         the last byte of its response was written, or when it failed. One whose response pauses (every one, with
///         DaemonOptions::enter_early) is added when the request was read, and completed when it ends, so that a test
///         sees a request whose response does not end.
/// Thread: every function may be called from any thread. Those with a `limit` wait; a limit of 0 does not.
/// Owns:   its entries; it returns copies.
class ExchangeLog {
public:
    using Duration = std::chrono::steady_clock::duration;

    explicit ExchangeLog(std::size_t capacity = 500);

    /// Adds an exchange and returns its id. `fill` gets the slot: its id is set, all other members are still those of
    /// the entry that dropped out, so that their memory is reused. `fill` must not call this log.
    std::uint64_t add(std::function<void(Exchange&)> const& fill);
    /// Adds a copy; the id of the argument is ignored.
    std::uint64_t add(Exchange exchange);
    /// Changes an entry, unless it dropped out.
    void complete(std::uint64_t id, std::function<void(Exchange&)> const& change);

    /// All entries, oldest first.
    std::vector<Exchange> entries() const;
    /// The newest entry; std::nullopt if there is none.
    std::optional<Exchange> last() const;
    std::size_t size() const;
    /// The number of entries ever added, which is the id of the next one.
    std::uint64_t count() const;

    /// Drops all entries. take() continues with later ones.
    void clear();

    /// Waits for at least `n` entries and returns all of them; std::nullopt if `limit` passed first.
    std::optional<std::vector<Exchange>> wait_for(std::size_t n, Duration limit) const;
    /// Waits for an entry whose id is `id` or greater and returns the first of those.
    std::optional<Exchange> wait_from(std::uint64_t id, Duration limit) const;
    /// Waits for the oldest entry that no take() has returned yet. The entry stays in the log.
    std::optional<Exchange> take(Duration limit);

private:
    Exchange const& at(std::uint64_t id) const { return ring_[id % capacity_]; }
    bool wait_until(std::unique_lock<std::mutex>& lock, Duration limit, std::function<bool()> const& ready) const;
    std::vector<Exchange> copy() const;

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    mutable std::size_t waiting_ = 0;
    std::size_t capacity_;
    std::vector<Exchange> ring_;          // grows to the capacity, then wraps
    std::uint64_t first_ = 0, next_ = 0;  // ids of the oldest entry and of the next one
    std::uint64_t taken_ = 0;             // take() returned every id below
};

}  // namespace pathology::pathod
