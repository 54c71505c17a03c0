// Playing coroutines to their end inside a test, with a bound on the wait.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <future>
#include <string>
#include <utility>

namespace pathology::proxycore::test {

inline constexpr std::chrono::seconds patience{20};

/// Runs `conversation()`, an awaitable<void>, on an io_context of its own. What it throws comes out; not to end within
/// the patience fails the test.
template <class Conversation> void play(Conversation conversation) {
    boost::asio::io_context context(1);
    bool ended = false;
    std::exception_ptr thrown;
    boost::asio::co_spawn(context, std::move(conversation), [&](std::exception_ptr what) {
        ended = true;
        thrown = what;
    });
    context.run_for(patience);
    EXPECT_TRUE(ended) << "the conversation did not come to an end";
    if (thrown) std::rethrow_exception(thrown);
}

/// Takes what another thread promised; throws when it does not come within the patience.
template <class T> T taken_from(std::future<T>& future) {
    if (future.wait_for(patience) != std::future_status::ready) throw std::runtime_error("nothing came in time");
    return future.get();
}

}  // namespace pathology::proxycore::test
