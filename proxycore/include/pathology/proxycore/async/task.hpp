// A coroutine that runs beside the one that owns it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <exception>

#include <pathology/proxycore/async/event.hpp>

namespace pathology::proxycore::async {

/// Runs one piece of work at a time. Its owner cancels and joins it before what the work uses goes away.
///
/// Thread: that of the executor, for everything.
class Task {
public:
    explicit Task(boost::asio::any_io_executor executor) : executor_(std::move(executor)), ended_(executor_) {}
    Task(Task const&) = delete;
    Task& operator=(Task const&) = delete;

    void start(boost::asio::awaitable<void> work);
    bool is_running() const { return is_running_; }
    /// Terminal; join() waits for its effect.
    void cancel() { signal_.emit(boost::asio::cancellation_type::terminal); }
    /// Waits for the end, at once when nothing runs. What the work threw comes out, once, but not that it was
    /// cancelled.
    boost::asio::awaitable<void> join();

private:
    boost::asio::any_io_executor executor_;
    boost::asio::cancellation_signal signal_;
    Event ended_;
    std::exception_ptr thrown_;
    bool is_running_ = false;
};

}  // namespace pathology::proxycore::async
