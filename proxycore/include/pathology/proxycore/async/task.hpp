// A coroutine that runs beside the one that owns it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <exception>
#include <pathology/proxycore/async/event.hpp>
#include <utility>

namespace pathology::proxycore::async {

/// Runs one piece of work at a time. The owner cancels and joins it before anything that the work uses is destroyed,
/// the task itself included; finally() is the place for that.
///
/// Thread: that of the executor, for every function.
/// Cancel: a coroutine that is cancelled in join() gets operation_aborted; the work is not cancelled with it.
class Task {
public:
    explicit Task(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
    Task(Task const&) = delete;
    Task& operator=(Task const&) = delete;

    /// Starts `work`; not while other work runs.
    void start(boost::asio::awaitable<void> work);
    bool is_running() const { return is_running_; }
    /// Cancels the work (terminal); join() waits until it has ended. Does nothing if none runs.
    void cancel() { signal_.emit(boost::asio::cancellation_type::terminal); }
    /// Waits for the end of the work; returns at once if none runs. An exception of the work is thrown here, once; that
    /// it was cancelled is none.
    boost::asio::awaitable<void> join();

private:
    boost::asio::any_io_executor executor_;
    boost::asio::cancellation_signal signal_;
    Event ended_;
    std::exception_ptr thrown_;
    bool is_running_ = false;
};

}  // namespace pathology::proxycore::async
