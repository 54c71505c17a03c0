// A ring of the newest exchanges. Ids count from 0 for the life of the log, and the id selects the slot:
//
//      ids       first_ ........ taken_ ........ next_
//                oldest valid    next for take() next to be added
//      ring_     [id % capacity_], at most capacity_ slots, allocated as they are needed
//
// first_ <= next_ <= first_ + capacity_. taken_ may be below first_ when entries were dropped before somebody took
// them.

#include <pathology/pathod/exchange_log.hpp>

#include <algorithm>
#include <utility>

namespace pathology::pathod {

ExchangeLog::ExchangeLog(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

std::uint64_t ExchangeLog::add(std::function<void(Exchange&)> const& fill) {
    bool someone_waits = false;
    std::uint64_t id = 0;
    {
        std::scoped_lock const lock(mutex_);
        id = next_;
        // Invariant: entry `id` is at ring_[id % capacity_]; [first_, next_) are valid.
        auto& slot = id < capacity_ ? ring_.emplace_back() : ring_[id % capacity_];
        slot.id = id;
        // Filled in place under the lock: strings and vectors of the dropped entry keep their capacity.
        fill(slot);
        ++next_;
        first_ = std::max(first_, next_ - std::min<std::uint64_t>(next_, capacity_));
        someone_waits = waiting_ > 0;
    }
    // A notification without waiters costs a system call for each request.
    if (someone_waits) changed_.notify_all();
    return id;
}

std::uint64_t ExchangeLog::add(Exchange exchange) {
    return add([&exchange](Exchange& slot) {
        exchange.id = slot.id;
        slot = std::move(exchange);
    });
}

void ExchangeLog::complete(std::uint64_t id, std::function<void(Exchange&)> const& change) {
    std::scoped_lock const lock(mutex_);
    // The entry may have been dropped, or its slot reused, since its response began.
    if (id >= first_ && id < next_) change(ring_[id % capacity_]);
    changed_.notify_all();
}

std::vector<Exchange> ExchangeLog::entries() const {
    std::scoped_lock const lock(mutex_);
    return copy();
}

std::optional<Exchange> ExchangeLog::last() const {
    std::scoped_lock const lock(mutex_);
    if (first_ == next_) return std::nullopt;
    return at(next_ - 1);
}

std::size_t ExchangeLog::size() const {
    std::scoped_lock const lock(mutex_);
    return static_cast<std::size_t>(next_ - first_);
}

std::uint64_t ExchangeLog::count() const {
    std::scoped_lock const lock(mutex_);
    return next_;
}

// The slots stay, for their memory. Ids continue, so a waiter cannot mistake an old entry for a new one.
void ExchangeLog::clear() {
    std::scoped_lock const lock(mutex_);
    first_ = taken_ = next_;
}

std::optional<std::vector<Exchange>> ExchangeLog::wait_for(std::size_t n, Duration limit) const {
    std::unique_lock lock(mutex_);
    if (!wait_until(lock, limit, [&] { return next_ - first_ >= n; })) return std::nullopt;
    return copy();
}

std::optional<Exchange> ExchangeLog::wait_from(std::uint64_t id, Duration limit) const {
    std::unique_lock lock(mutex_);
    // While this waits, entries can be dropped; the oldest valid one is returned then.
    auto const wanted = [&] { return std::max(id, first_); };
    if (!wait_until(lock, limit, [&] { return next_ > wanted(); })) return std::nullopt;
    return at(wanted());
}

std::optional<Exchange> ExchangeLog::take(Duration limit) {
    std::unique_lock lock(mutex_);
    auto const wanted = [&] { return std::max(taken_, first_); };
    if (!wait_until(lock, limit, [&] { return next_ > wanted(); })) return std::nullopt;
    taken_ = wanted() + 1;
    return at(taken_ - 1);
}

bool ExchangeLog::wait_until(std::unique_lock<std::mutex>& lock, Duration limit,
                             std::function<bool()> const& ready) const {
    constexpr Duration max_limit = std::chrono::hours(24 * 365);  // what a clock can add without overflow
    ++waiting_;
    bool const is_ready = changed_.wait_for(lock, std::min(limit, max_limit), ready);
    --waiting_;
    return is_ready;
}

std::vector<Exchange> ExchangeLog::copy() const {
    std::vector<Exchange> result;
    result.reserve(static_cast<std::size_t>(next_ - first_));
    for (auto id = first_; id < next_; ++id) result.push_back(at(id));
    return result;
}

}  // namespace pathology::pathod
