#include <pathology/proxycore/async/task.hpp>

#include <stdexcept>

#include "async/runner.hpp"

namespace pathology::proxycore::async {
namespace {

class TaskTest : public testing::Test {
protected:
    asio::awaitable<void> work_until_notified() {
        co_await reported.wait();
        ++done;
    }
    asio::awaitable<void> fail_when_notified() {
        co_await reported.wait();
        throw std::runtime_error("at work");
    }

    asio::io_context context{1};
    Event reported;
    int done = 0;
    Task task{context.get_executor()};
    Runner owner{context};
};

TEST_F(TaskTest, IsJoinedAtItsEnd) {
    task.start(work_until_notified());
    owner.start(task.join());
    EXPECT_TRUE(owner.is_waiting());
    reported.notify();
    EXPECT_TRUE(owner.step().has_returned());
    EXPECT_EQ(done, 1);
    EXPECT_FALSE(task.is_running());
}

TEST_F(TaskTest, JoinReturnsWhereNothingRuns) { EXPECT_TRUE(owner.start(task.join()).has_returned()); }

TEST_F(TaskTest, JoinThrowsOnceWhatTheWorkThrew) {
    task.start(fail_when_notified());
    owner.start(task.join());
    reported.notify();
    owner.step();
    ASSERT_TRUE(owner.thrown());
    EXPECT_THROW(std::rethrow_exception(owner.thrown()), std::runtime_error);
    Runner again(context);
    EXPECT_TRUE(again.start(task.join()).has_returned());
}

TEST_F(TaskTest, CancelEndsTheWorkAndIsNoError) {
    task.start(work_until_notified());
    owner.start(task.join());
    task.cancel();
    EXPECT_TRUE(owner.step().has_returned());
    EXPECT_EQ(done, 0);
    task.start(work_until_notified());
    owner.step();
    reported.notify();
    owner.step();
    EXPECT_EQ(done, 1) << "a task that was cancelled can start other work";
}

TEST_F(TaskTest, AnOwnerCancelledInJoinLeavesTheWorkRunning) {
    task.start(work_until_notified());
    owner.start(task.join());
    EXPECT_TRUE(owner.cancel().step().was_cancelled());
    EXPECT_TRUE(task.is_running());
    reported.notify();
    owner.step();
    EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace pathology::proxycore::async
