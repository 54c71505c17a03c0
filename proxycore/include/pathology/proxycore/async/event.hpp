// Wakes coroutines of one thread that wait for each other.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <pathology/proxycore/async/as_values.hpp>
#include <pathology/proxycore/async/waiter_list.hpp>
#include <tuple>

namespace pathology::proxycore::async {

/// A condition to wait for. It keeps no state: notify() wakes those that wait now, so the waiting coroutine tests what
/// it waits for before and after each wait.
///
///     while (queue.empty()) co_await changed.wait();
///
/// Thread: one, or one strand: that of all who wait. From other threads: Completion.
/// Cancel: before wait(): throws operation_aborted without waiting, as every co_await does.
///         While waiting: wait() ends at once with operation_aborted.
///         Between notify() and the resumption: wait() ends in order; the coroutine's next co_await throws.
/// Owns:   nothing. Destroyed while coroutines wait, it ends their wait with operation_aborted.
class Event {
public:
    /// Wakes all coroutines that wait; they resume in the order in which they began to, later than this call.
    void notify() { waiters_.resume_all(); }

    /// Waits for the next notify(). Errors: throws operation_aborted.
    boost::asio::awaitable<void> wait() { return waiters_.wait(boost::asio::use_awaitable); }
    /// The same, with the error as a value: `auto const [ec] = co_await event.wait(as_values);`
    boost::asio::awaitable<std::tuple<boost::system::error_code>> wait(decltype(as_values) token) {
        return waiters_.wait(std::remove_const_t<decltype(as_values)>(token));
    }

private:
    WaiterList waiters_;
};

}  // namespace pathology::proxycore::async
