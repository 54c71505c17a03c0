#include <pathology/proxycore/async/finally.hpp>

#include <chrono>
#include <pathology/proxycore/async/event.hpp>
#include <stdexcept>
#include <string>

#include "async/runner.hpp"

namespace pathology::proxycore::async {
namespace {

using namespace std::chrono_literals;

class FinallyTest : public testing::Test {
protected:
    enum class Work { returns, throws, waits };
    enum class Cleanup { returns, throws, waits, waits_twice };

    asio::awaitable<int> work(Work kind) {
        if (kind == Work::throws) throw std::runtime_error("work");
        if (kind == Work::waits) co_await ended.wait();
        co_return 7;
    }
    asio::awaitable<void> clean_up(Cleanup kind) {
        ++begun;
        if (kind == Cleanup::throws) throw std::runtime_error("cleanup");
        if (kind == Cleanup::waits) co_await cleaned.wait();
        if (kind == Cleanup::waits_twice) {
            co_await cleaned.wait();
            co_await cleaned.wait();
        }
        ++finished;
    }
    asio::awaitable<void> run(Work kind, Cleanup after, TimeLimit limit = std::nullopt) {
        auto const cleanup = [this, after] { return clean_up(after); };
        result = co_await finally(work(kind), cleanup, limit);
    }
    asio::awaitable<void> run_on_failure(Work kind, Cleanup after) {
        auto const cleanup = [this, after] { return clean_up(after); };
        result = co_await on_failure(work(kind), cleanup, std::nullopt);
    }
    std::string message() const {
        try {
            if (runner.thrown()) std::rethrow_exception(runner.thrown());
        } catch (std::exception const& thrown) {
            return thrown.what();
        }
        return {};
    }

    asio::io_context context{1};
    Event ended, cleaned;
    int begun = 0, finished = 0, result = 0;
    Runner runner{context};
};

TEST_F(FinallyTest, CleansUpAfterWorkThatReturnsAndGivesItsResult) {
    EXPECT_TRUE(runner.start(run(Work::returns, Cleanup::returns)).has_returned());
    EXPECT_EQ(result, 7);
    EXPECT_EQ(finished, 1);
}

TEST_F(FinallyTest, CleansUpAfterAnExceptionAndPassesItOn) {
    runner.start(run(Work::throws, Cleanup::returns));
    EXPECT_EQ(message(), "work");
    EXPECT_EQ(finished, 1);
}

TEST_F(FinallyTest, TheExceptionOfTheWorkCountsBeforeThatOfTheCleanup) {
    runner.start(run(Work::throws, Cleanup::throws));
    EXPECT_EQ(message(), "work");
}

TEST_F(FinallyTest, AnExceptionOfTheCleanupAloneIsPassedOn) {
    runner.start(run(Work::returns, Cleanup::throws));
    EXPECT_EQ(message(), "cleanup");
}

TEST_F(FinallyTest, CancelledInTheWorkTheCleanupMayAwaitAsOftenAsItLikes) {
    runner.start(run(Work::waits, Cleanup::waits_twice));
    runner.cancel().step();
    EXPECT_EQ(begun, 1);
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(runner.is_waiting());
        cleaned.notify();
        runner.step();
    }
    EXPECT_TRUE(runner.was_cancelled());
    EXPECT_EQ(finished, 1);
}

TEST_F(FinallyTest, CancelledInTheCleanupItGoesOnToItsEnd) {
    runner.start(run(Work::returns, Cleanup::waits));
    EXPECT_TRUE(runner.cancel().step().is_waiting());
    cleaned.notify();
    EXPECT_TRUE(runner.step().has_returned());
    EXPECT_EQ(finished, 1);
}

TEST_F(FinallyTest, CancelledAgainInTheCleanupItGoesOn) {
    runner.start(run(Work::waits, Cleanup::waits, 20s));
    EXPECT_TRUE(runner.cancel().step().cancel().step().is_waiting());
    cleaned.notify();
    EXPECT_TRUE(runner.step().was_cancelled());
    EXPECT_EQ(finished, 1);
}

TEST_F(FinallyTest, TheLimitEndsACleanupAfterAFailure) {
    runner.start(run(Work::throws, Cleanup::waits, 1ms));
    runner.finish();
    EXPECT_EQ(message(), "work");
    EXPECT_EQ(begun, 1);
    EXPECT_EQ(finished, 0);
}

TEST_F(FinallyTest, TheLimitOfACleanupAtAnOrdinaryEndStartsWithTheCancellation) {
    runner.start(run(Work::returns, Cleanup::waits, 1ms));
    EXPECT_TRUE(runner.is_waiting());
    runner.cancel().finish();
    EXPECT_TRUE(runner.has_returned());
    EXPECT_EQ(finished, 0);
}

TEST_F(FinallyTest, CancelledBeforeNeitherRuns) {
    auto const late = [&]() -> asio::awaitable<void> {
        co_await ended.wait();
        co_await run(Work::returns, Cleanup::returns);
    };
    runner.start(late);
    runner.cancel([this] { ended.notify(); });
    EXPECT_TRUE(runner.step().was_cancelled());
    EXPECT_EQ(begun, 0);
}

TEST_F(FinallyTest, TheNextAwaitAfterACancelledCleanupThrows) {
    bool has_gone_on = false;
    auto const go_on = [&]() -> asio::awaitable<void> {
        co_await run(Work::returns, Cleanup::waits);
        has_gone_on = true;
        co_await ended.wait();
    };
    runner.start(go_on);
    EXPECT_TRUE(runner.cancel().step().is_waiting());
    cleaned.notify();
    EXPECT_TRUE(runner.step().was_cancelled());
    EXPECT_TRUE(has_gone_on);
}

TEST_F(FinallyTest, OnFailureLeavesWorkThatReturnsAlone) {
    EXPECT_TRUE(runner.start(run_on_failure(Work::returns, Cleanup::returns)).has_returned());
    EXPECT_EQ(result, 7);
    EXPECT_EQ(begun, 0);
}

TEST_F(FinallyTest, OnFailureCleansUpAfterAnException) {
    runner.start(run_on_failure(Work::throws, Cleanup::throws));
    EXPECT_EQ(message(), "work");
    EXPECT_EQ(begun, 1);
}

TEST_F(FinallyTest, OnFailureCleansUpAfterACancellation) {
    runner.start(run_on_failure(Work::waits, Cleanup::waits));
    EXPECT_TRUE(runner.cancel().step().is_waiting());
    cleaned.notify();
    EXPECT_TRUE(runner.step().was_cancelled());
    EXPECT_EQ(finished, 1);
}

}  // namespace
}  // namespace pathology::proxycore::async
