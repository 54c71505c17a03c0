#include <pathology/proxycore/async/task_group.hpp>

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "async/runner.hpp"

namespace pathology::proxycore::async {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TaskGroupTest : public testing::Test {
protected:
    asio::awaitable<void> wait_for_go(std::string name) {
        try {
            co_await go.wait();
            ended.push_back(name);
        } catch (...) {
            ended.push_back(name + " cancelled");
            throw;
        }
    }
    /// Needs another wait to end once it is cancelled.
    asio::awaitable<void> end_slowly() {
        try {
            co_await go.wait();
        } catch (...) {
        }
        co_await asio::this_coro::reset_cancellation_state();
        co_await cleaned.wait();
        ended.push_back("slow");
    }
    asio::awaitable<void> fail() {
        co_await go.wait();
        throw std::runtime_error("at work");
    }
    void add(asio::awaitable<void> work) {
        group.add(context.get_executor(), std::move(work),
                  [this](std::exception_ptr const& thrown) { results.emplace_back(thrown ? "failed" : "ended"); });
    }

    asio::io_context context{1};
    Event go, cleaned;
    std::vector<std::string> ended, results;
    TaskGroup group;
    Runner owner{context};
};

TEST_F(TaskGroupTest, JoinWaitsForAll) {
    add(wait_for_go("one"));
    add(wait_for_go("two"));
    owner.start(group.join());
    EXPECT_EQ(group.size(), 2u);
    EXPECT_TRUE(owner.is_waiting());
    go.notify();
    EXPECT_TRUE(owner.step().has_returned());
    EXPECT_THAT(ended, ElementsAre("one", "two"));
    EXPECT_THAT(results, ElementsAre("ended", "ended"));
    EXPECT_TRUE(group.empty());
}

TEST_F(TaskGroupTest, JoinReturnsAtOnceIfNothingRuns) {
    EXPECT_TRUE(owner.start(group.join()).has_returned());
    group.cancel_all();
    EXPECT_TRUE(group.empty());
}

TEST_F(TaskGroupTest, JoinWaitsForWorkThatIsAddedMeanwhile) {
    add(wait_for_go("one"));
    owner.start(group.join());
    auto const add_another = [this]() -> asio::awaitable<void> {
        co_await go.wait();
        add(wait_for_go("two"));
    };
    add(add_another());
    owner.step();
    go.notify();
    EXPECT_TRUE(owner.step().is_waiting());
    go.notify();
    EXPECT_TRUE(owner.step().has_returned());
    EXPECT_THAT(ended, ElementsAre("one", "two"));
}

TEST_F(TaskGroupTest, OnEndGetsWhatTheWorkThrew) {
    add(fail());
    group.add(context.get_executor(), fail());  // dropped
    owner.start(group.join());
    go.notify();
    EXPECT_TRUE(owner.step().has_returned());
    EXPECT_THAT(results, ElementsAre("failed"));
}

TEST_F(TaskGroupTest, CancelAllEndsTheWorkAndIsNoError) {
    add(wait_for_go("one"));
    add(wait_for_go("two"));
    owner.start(group.join());
    group.cancel_all();
    EXPECT_TRUE(owner.step().has_returned());
    EXPECT_THAT(ended, ElementsAre("one cancelled", "two cancelled"));
    EXPECT_THAT(results, ElementsAre("ended", "ended"));
}

TEST_F(TaskGroupTest, CancelAllReachesWorkThatHasNotBegun) {
    add(wait_for_go("one"));
    group.cancel_all();
    owner.start(group.join());
    EXPECT_TRUE(owner.has_returned());
    EXPECT_THAT(ended, ElementsAre("one cancelled"));
}

TEST_F(TaskGroupTest, WorkThatIsAddedAfterCancelAllRuns) {
    add(wait_for_go("one"));
    owner.step();
    group.cancel_all();
    add(wait_for_go("two"));
    owner.start(group.join());
    EXPECT_TRUE(owner.is_waiting());
    go.notify();
    EXPECT_TRUE(owner.step().has_returned());
    EXPECT_THAT(ended, ElementsAre("one cancelled", "two"));
}

TEST_F(TaskGroupTest, JoinWaitsForWorkThatGoesOnAfterItsCancellation) {
    add(end_slowly());
    owner.start(group.join());
    group.cancel_all();
    EXPECT_TRUE(owner.step().is_waiting());
    cleaned.notify();
    EXPECT_TRUE(owner.step().has_returned());
    EXPECT_THAT(ended, ElementsAre("slow"));
}

TEST_F(TaskGroupTest, AnOwnerCancelledInJoinLeavesTheWorkRunning) {
    add(wait_for_go("one"));
    owner.start(group.join());
    EXPECT_TRUE(owner.cancel().step().was_cancelled());
    EXPECT_EQ(group.size(), 1u);
    go.notify();
    owner.step();
    EXPECT_THAT(ended, ElementsAre("one"));
}

TEST_F(TaskGroupTest, MayBeDestroyedBeforeItsWorkEnds) {
    auto other = std::make_unique<TaskGroup>();
    other->add(context.get_executor(), wait_for_go("one"), [&](std::exception_ptr const&) { other.reset(); });
    owner.start(other->join());
    go.notify();
    EXPECT_TRUE(owner.step().has_returned());
    EXPECT_EQ(other, nullptr);
}

TEST_F(TaskGroupTest, WorkMayBeDestroyedWithItsLoop) {
    TaskGroup last;
    std::optional<asio::io_context> loop;
    loop.emplace(1);
    auto const wait = []() -> asio::awaitable<void> { co_await pause(std::nullopt); };
    last.add(loop->get_executor(), wait(), [&](std::exception_ptr const&) { ended.emplace_back("ended"); });
    loop->poll();
    EXPECT_EQ(last.size(), 1u);
    loop.reset();
    EXPECT_THAT(ended, IsEmpty());
}

}  // namespace
}  // namespace pathology::proxycore::async
