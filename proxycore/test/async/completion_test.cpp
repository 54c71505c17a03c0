#include <pathology/proxycore/async/completion.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "async/runner.hpp"

namespace pathology::proxycore::async {
namespace {

class CompletionTest : public testing::Test {
protected:
    asio::awaitable<void> wait() { result = co_await completion.wait(); }

    Completion<std::string> completion;
    asio::io_context context{1};
    std::string result;
    Runner runner{context};
};

TEST_F(CompletionTest, ResumesACoroutineFromAnotherThread) {
    runner.start(wait());
    EXPECT_TRUE(runner.is_waiting());
    std::thread other([setter = completion.setter()] { setter.set_value("done"); });
    EXPECT_TRUE(runner.finish().has_returned());
    other.join();
    EXPECT_EQ(result, "done");
}

TEST_F(CompletionTest, TheLoopGoesOnWhileACoroutineWaits) {
    auto const setter = completion.setter();
    int turns = 0;
    auto const work = [&]() -> asio::awaitable<void> {
        for (; turns < 100; ++turns) co_await asio::post(as_values);
        setter.set_value("turns");
    };
    runner.start(wait());
    Runner other(context);
    other.start(work);
    EXPECT_TRUE(runner.finish().has_returned());
    EXPECT_EQ(turns, 100);
}

TEST_F(CompletionTest, GivesAResultThatWasThereBefore) {
    completion.setter().set_value("early");
    EXPECT_TRUE(runner.start(wait()).has_returned());
    EXPECT_EQ(result, "early");
}

TEST_F(CompletionTest, BlocksAThread) {
    std::thread other([setter = completion.setter()] { setter.set_value("done"); });
    EXPECT_EQ(completion.get(), "done");
    other.join();
}

TEST_F(CompletionTest, IsAFuture) {
    auto future = completion.future();
    std::thread other([setter = completion.setter()] { setter.set_value("done"); });
    EXPECT_EQ(test::taken_from(future), "done");
    other.join();
}

TEST_F(CompletionTest, HandsAnExceptionOver) {
    std::thread other([setter = completion.setter()] {
        try {
            throw std::runtime_error("over there");
        } catch (...) {
            setter.set_exception(std::current_exception());
        }
    });
    EXPECT_THROW(completion.get(), std::runtime_error);
    other.join();
}

TEST_F(CompletionTest, TheFirstResultCounts) {
    auto const setter = completion.setter();
    setter.set_value("first");
    setter.set_value("second");
    EXPECT_EQ(completion.get(), "first");
}

TEST_F(CompletionTest, AnAbandonedOneThrowsWhatWasConfigured) {
    static_cast<void>(completion.setter(asio::error::host_not_found));
    try {
        completion.get();
        FAIL() << "nothing was thrown";
    } catch (boost::system::system_error const& error) {
        EXPECT_EQ(error.code(), asio::error::host_not_found);
    }
}

TEST_F(CompletionTest, CancelledWhileWaitingTheResultMayStillBeSetAndHad) {
    auto const setter = completion.setter();
    runner.start(wait());
    EXPECT_TRUE(runner.cancel().step().was_cancelled());
    setter.set_value("late");
    Runner again(context);
    EXPECT_TRUE(again.start(wait()).has_returned());
    EXPECT_EQ(result, "late");
}

TEST_F(CompletionTest, CancelledAfterTheSettingItGivesTheResult) {
    auto const setter = completion.setter();
    runner.start(wait());
    runner.cancel([&setter] { setter.set_value("set"); });
    EXPECT_TRUE(runner.step().has_returned());
    EXPECT_EQ(result, "set");
}

TEST(Completion, OutlivesTheLoopOfItsWaiter) {
    Completion<> completion;
    auto const setter = completion.setter();
    auto loop = std::make_unique<asio::io_context>(1);
    auto const wait = [](Completion<> waited) -> asio::awaitable<void> { co_await waited.wait(); };
    asio::co_spawn(*loop, wait(completion), asio::detached);
    loop->poll();
    loop.reset();
    setter.set_value();
    completion.get();
}

}  // namespace
}  // namespace pathology::proxycore::async
