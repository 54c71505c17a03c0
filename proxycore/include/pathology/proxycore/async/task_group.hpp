// Any number of coroutines that run beside the one that owns them.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>

namespace pathology::proxycore::async {

/// Work that was added and has not ended. The owner cancels and joins it before anything that the work uses is
/// destroyed; finally() is the place for that. The group itself may be destroyed before: its work goes on.
///
///     group.add(loop, work());
///     group.cancel_all();
///     co_await group.join();
///
/// Thread: one, or one strand: that of all executors that add() gets.
/// Cancel: cancel_all() reaches what was added before, at its present wait or at its first one; work that is added
///         later runs. A coroutine that is cancelled in join() gets operation_aborted; the work is not cancelled with
///         it. Work that goes on after a cancellation is waited for.
class TaskGroup {
public:
    /// Called when the work has ended and left the group, with what it threw; null if it returned or was cancelled.
    using OnEnd = std::function<void(std::exception_ptr)>;

    TaskGroup() = default;
    TaskGroup(TaskGroup const&) = delete;
    TaskGroup& operator=(TaskGroup const&) = delete;

    /// Starts `work` on `loop`. What it throws is dropped unless `on_end` is given.
    void add(boost::asio::any_io_executor const& loop, boost::asio::awaitable<void> work, OnEnd on_end = nullptr);
    std::size_t size() const;
    bool empty() const { return size() == 0; }
    /// Cancels all work (terminal); join() waits until it has ended.
    void cancel_all();
    /// Waits until the group is empty; work that is added meanwhile is waited for too.
    boost::asio::awaitable<void> join();

private:
    struct State;
    std::shared_ptr<State> state_;  // nullptr before the first add(); shared with the work
};

}  // namespace pathology::proxycore::async
