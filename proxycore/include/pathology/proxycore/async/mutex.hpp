// Mutual exclusion of coroutines.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/async/waiter_list.hpp>
#include <utility>

namespace pathology::proxycore::async {

/// Keeps what spans several co_awaits from overlapping: the hooks of one flow, the writes of several coroutines to one
/// stream. Fair: the lock passes from its holder to the coroutine that has waited longest.
///
///     lock() ──▶ free? ──yes──▶ Lock ──~Lock──▶ waiters? ──no──▶ free
///                  └─no─▶ waiter list                └─yes─▶ Lock of the first waiter; never free in between
///
/// Thread: one, or one strand: that of all who lock it.
/// Cancel: before lock(): throws operation_aborted. While waiting: lock() throws operation_aborted and leaves the
///         queue. Between the unlock by the previous owner and the resumption: lock() returns the lock; the next
///         co_await throws.
/// Owns:   nothing. It must outlive its locks and all waits for one.
class Mutex {
public:
    /// Unlocks the mutex when it is destroyed.
    class [[nodiscard]] Lock {
    public:
        Lock(Lock&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        Lock& operator=(Lock&&) = delete;
        ~Lock() {
            if (owner_ != nullptr) owner_->unlock();
        }

    private:
        friend Mutex;
        explicit Lock(Mutex& owner) noexcept : owner_(&owner) {}
        Mutex* owner_;
    };

    /// Waits until the mutex is free. Errors: throws operation_aborted.
    boost::asio::awaitable<Lock> lock();

    bool is_locked() const noexcept { return is_locked_; }

private:
    void unlock();

    WaiterList waiters_;
    bool is_locked_ = false;
};

}  // namespace pathology::proxycore::async
