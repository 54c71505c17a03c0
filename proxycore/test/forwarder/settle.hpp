// Lets the other coroutines of a test run.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/proxycore/async/timeout.hpp>

namespace pathology::proxycore::forwarder::test {

/// Until what is ready has run: each step of a coroutine may make another one ready.
inline boost::asio::awaitable<void> settle() {
    for (int step = 0; step < 5; ++step) co_await async::pause(async::Duration::zero());
}

}  // namespace pathology::proxycore::forwarder::test
