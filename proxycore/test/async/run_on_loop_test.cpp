#include <pathology/proxycore/async/run_on_loop.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <memory>
#include <pathology/proxycore/async/timeout.hpp>
#include <stdexcept>
#include <string>
#include <thread>

#include "async/runner.hpp"

namespace pathology::proxycore::async {
namespace {

/// A loop on a thread of its own.
class OtherLoop {
public:
    ~OtherLoop() {
        stay_.reset();
        context_.stop();
        thread_.join();
    }
    asio::any_io_executor executor() { return context_.get_executor(); }
    std::thread::id id() const { return thread_.get_id(); }

private:
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> stay_{context_.get_executor()};
    std::thread thread_{[this] { context_.run(); }};
};

TEST(RunOnLoop, RunsThereAndGivesTheResultToAThread) {
    OtherLoop loop;
    auto const where = [] { return std::this_thread::get_id(); };
    EXPECT_EQ(run_on_loop(loop.executor(), where).get(), loop.id());
}

TEST(RunOnLoop, GivesTheResultAsAFuture) {
    OtherLoop loop;
    auto future = run_on_loop(loop.executor(), [] { return std::string("there"); }).future();
    EXPECT_EQ(test::taken_from(future), "there");
}

TEST(RunOnLoop, GivesTheResultToACoroutineOfAnotherLoop) {
    OtherLoop loop;
    asio::io_context context(1);
    Runner runner(context);
    std::thread::id there, here;
    auto const ask = [&]() -> asio::awaitable<void> {
        auto const where = [] { return std::this_thread::get_id(); };
        auto const running = run_on_loop(loop.executor(), where);
        there = co_await running.wait();
        here = std::this_thread::get_id();
    };
    runner.start(ask);
    EXPECT_TRUE(runner.finish().has_returned());
    EXPECT_EQ(there, loop.id());
    EXPECT_EQ(here, std::this_thread::get_id());
}

TEST(RunOnLoop, RunsACoroutineToItsEnd) {
    OtherLoop loop;
    auto const work = []() -> asio::awaitable<std::string> {
        co_await pause(std::chrono::milliseconds(1));
        co_return "waited";
    };
    EXPECT_EQ(run_on_loop(loop.executor(), work).get(), "waited");
}

TEST(RunOnLoop, HandsOverWhatIsThrown) {
    OtherLoop loop;
    auto const fail = [] { throw std::runtime_error("there"); };
    EXPECT_THROW(run_on_loop(loop.executor(), fail).get(), std::runtime_error);
    auto const fail_later = []() -> asio::awaitable<void> {
        co_await pause(std::chrono::milliseconds(1));
        throw std::runtime_error("later");
    };
    EXPECT_THROW(run_on_loop(loop.executor(), fail_later).get(), std::runtime_error);
}

TEST(RunOnLoop, ALoopThatIsDestroyedBeforeEndsTheWait) {
    auto context = std::make_unique<asio::io_context>(1);
    auto const running = run_on_loop(
        context->get_executor(), [] {}, asio::error::shut_down);
    context.reset();
    EXPECT_THROW(running.get(), boost::system::system_error);
}

TEST(RunOnLoop, TheWaitOfACancelledCoroutineEndsAndTheWorkGoesOn) {
    asio::io_context here(1), there(1);
    Runner runner(here);
    int done = 0;
    auto const ask = [&]() -> asio::awaitable<void> {
        auto const work = [&done] { ++done; };
        auto const running = run_on_loop(there.get_executor(), work);
        co_await running.wait();
    };
    runner.start(ask);
    EXPECT_TRUE(runner.cancel().step().was_cancelled());
    there.poll();
    EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace pathology::proxycore::async
