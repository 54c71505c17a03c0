// A piece of work that runs as a coroutine of its own, so that it can be cancelled apart from its caller.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <chrono>
#include <memory>
#include <utility>

namespace pathology::proxycore::async {

/// Lives in the frame of the coroutine that waits for it. Thread: that of the executor.
class Child {
public:
    explicit Child(boost::asio::any_io_executor const& executor);
    ~Child();
    Child(Child const&) = delete;
    Child& operator=(Child const&) = delete;

    void cancel();  ///< terminal
    /// Cancels after `limit`; only the first call counts.
    void cancel_after(std::chrono::steady_clock::duration limit);
    bool has_expired() const noexcept;  ///< that limit passed

    /// Runs `work` to its end. A cancellation of the caller does not reach it, unless on_cancel() passes it on.
    boost::asio::awaitable<void> run(boost::asio::awaitable<void> work);

private:
    struct State;  // shared with the callback of the timer, which may run after the end
    boost::asio::any_io_executor executor_;
    std::shared_ptr<State> state_;
};

/// Has `call` run when a coroutine is cancelled whose pending operation has a cancellation slot of its own, as
/// Child::run() has. Ends with forget_cancel(), on every way out of that await: not with a destructor, since a coroutine
/// that is destroyed with its context may outlive the signal behind the slot.
template <class F> void on_cancel(boost::asio::cancellation_slot slot, F call) {
    if (!slot.is_connected()) return;
    slot.assign([call = std::move(call)](boost::asio::cancellation_type) mutable { call(); });
}
inline void forget_cancel(boost::asio::cancellation_slot slot) { slot.clear(); }

}  // namespace pathology::proxycore::async
