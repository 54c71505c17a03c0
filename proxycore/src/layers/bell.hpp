// Wakes coroutines of one thread that wait for each other.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <pathology/proxycore/net/token.hpp>

namespace pathology::proxycore::layers {

/// What is waited for is asked before and after each wait, by whoever waits.
class Bell {
public:
    explicit Bell(boost::asio::any_io_executor const& executor)
        : timer_(executor, boost::asio::steady_timer::time_point::max()) {}

    void ring() { timer_.cancel(); }
    /// Until the next ring().
    boost::asio::awaitable<void> wait() { co_await timer_.async_wait(net::as_values); }

private:
    boost::asio::steady_timer timer_;
};

}  // namespace pathology::proxycore::layers
