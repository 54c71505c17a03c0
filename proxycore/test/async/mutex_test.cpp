#include <pathology/proxycore/async/mutex.hpp>

#include <gmock/gmock.h>

#include <optional>
#include <pathology/proxycore/async/event.hpp>
#include <vector>

#include "async/runner.hpp"

namespace pathology::proxycore::async {
namespace {

using testing::ElementsAre;

class MutexTest : public testing::Test {
protected:
    /// Holds the lock until the next notify().
    asio::awaitable<void> hold(int number) {
        auto const lock = co_await mutex.lock();
        held.push_back(number);
        co_await release.wait();
    }

    Mutex mutex;
    Event release;
    std::vector<int> held;
    asio::io_context context{1};
    Runner first{context}, second{context}, third{context};
};

TEST_F(MutexTest, IsHeldByOneAtATimeInTheOrderOfAsking) {
    first.start(hold(1));
    second.start(hold(2));
    third.start(hold(3));
    EXPECT_THAT(held, ElementsAre(1));
    release.notify();
    first.step();
    EXPECT_THAT(held, ElementsAre(1, 2));
    release.notify();
    first.step();
    EXPECT_THAT(held, ElementsAre(1, 2, 3));
    release.notify();
    EXPECT_TRUE(third.step().has_returned());
    EXPECT_FALSE(mutex.is_locked());
}

TEST_F(MutexTest, ACancelledWaiterLeavesTheQueue) {
    first.start(hold(1));
    second.start(hold(2));
    third.start(hold(3));
    EXPECT_TRUE(second.cancel().step().was_cancelled());
    release.notify();
    third.step();
    EXPECT_THAT(held, ElementsAre(1, 3));
}

TEST_F(MutexTest, ACancelledHolderPassesItOn) {
    first.start(hold(1));
    second.start(hold(2));
    EXPECT_TRUE(first.cancel().step().was_cancelled());
    EXPECT_THAT(held, ElementsAre(1, 2));
}

TEST_F(MutexTest, CancelledBetweenHandOverAndResumptionTheNewHolderPassesItOn) {
    std::optional<Mutex::Lock> lock;
    auto const take = [&]() -> asio::awaitable<void> {
        auto taken = co_await mutex.lock();
        lock.emplace(std::move(taken));
    };
    first.start(take);
    second.start(hold(2));
    third.start(hold(3));
    second.cancel([&lock] { lock.reset(); });
    EXPECT_TRUE(second.step().was_cancelled());
    EXPECT_THAT(held, ElementsAre(2, 3));
}

TEST_F(MutexTest, NobodyOvertakesBetweenHandOverAndResumption) {
    first.start(hold(1));
    second.start(hold(2));
    release.notify();
    context.restart();
    context.poll_one();
    EXPECT_TRUE(mutex.is_locked());
    third.start(hold(3));
    EXPECT_THAT(held, ElementsAre(1, 2));
}

}  // namespace
}  // namespace pathology::proxycore::async
