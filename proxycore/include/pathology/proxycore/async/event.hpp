// Wakes coroutines of one thread that wait for each other.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <pathology/proxycore/async/as_values.hpp>

namespace pathology::proxycore::async {

/// What is waited for is asked before and after each wait, by whoever waits.
class Event {
public:
    explicit Event(boost::asio::any_io_executor const& executor)
        : timer_(executor, boost::asio::steady_timer::time_point::max()) {}

    void notify() { timer_.cancel(); }
    /// Until the next notify().
    boost::asio::awaitable<void> wait() { co_await timer_.async_wait(as_values); }

private:
    boost::asio::steady_timer timer_;
};

}  // namespace pathology::proxycore::async
