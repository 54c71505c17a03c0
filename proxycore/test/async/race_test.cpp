#include <pathology/proxycore/async/race.hpp>

#include <pathology/proxycore/async/event.hpp>
#include <stdexcept>
#include <string>

#include "async/runner.hpp"

namespace pathology::proxycore::async {
namespace {

class RaceTest : public testing::Test {
protected:
    /// Ends when notified, or notes that it was cancelled.
    asio::awaitable<int> number_at(Event& event) {
        co_await event.wait();
        co_return 7;
    }
    asio::awaitable<void> fail_at(Event& event) {
        co_await event.wait();
        throw std::runtime_error("lost");
    }
    asio::awaitable<void> note_cancellation() {
        auto const [ec] = co_await never.wait(as_values);
        if (ec) ++cancelled;
    }
    asio::awaitable<void> race_to_number() {
        auto const first = co_await race(number_at(start), note_cancellation());
        winner = static_cast<int>(first.index());
        number = std::get<0>(first);
    }
    asio::awaitable<void> race_to_failure() { co_await race(note_cancellation(), fail_at(start)); }

    asio::io_context context{1};
    Event start, never;
    int winner = -1, number = 0, cancelled = 0;
    Runner runner{context};
};

TEST_F(RaceTest, TheFirstToEndCountsAndTheOtherIsCancelled) {
    runner.start(race_to_number());
    start.notify();
    EXPECT_TRUE(runner.step().has_returned());
    EXPECT_EQ(winner, 0);
    EXPECT_EQ(number, 7);
    EXPECT_EQ(cancelled, 1);
}

TEST_F(RaceTest, AnExceptionEndsItToo) {
    runner.start(race_to_failure());
    start.notify();
    runner.step();
    ASSERT_TRUE(runner.thrown());
    EXPECT_THROW(std::rethrow_exception(runner.thrown()), std::runtime_error);
    EXPECT_EQ(cancelled, 1);
}

TEST_F(RaceTest, ACancellationReachesBoth) {
    runner.start(race_to_number());
    EXPECT_TRUE(runner.cancel().step().was_cancelled());
    EXPECT_EQ(cancelled, 1);
    EXPECT_EQ(winner, -1);
}

TEST_F(RaceTest, CancelledBeforeNeitherRuns) {
    auto const late = [&]() -> asio::awaitable<void> {
        co_await start.wait();
        co_await race_to_number();
    };
    runner.start(late);
    runner.cancel([this] { start.notify(); });
    EXPECT_TRUE(runner.step().was_cancelled());
    EXPECT_EQ(cancelled, 0);
}

}  // namespace
}  // namespace pathology::proxycore::async
