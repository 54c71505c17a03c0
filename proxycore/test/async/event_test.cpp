#include <pathology/proxycore/async/event.hpp>

#include <gmock/gmock.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "async/runner.hpp"

namespace pathology::proxycore::async {
namespace {

using testing::ElementsAre;

class EventTest : public testing::Test {
protected:
    asio::awaitable<void> wait_and_note(int number) {
        co_await event.wait();
        woken.push_back(number);
    }
    asio::awaitable<void> wait_twice() {
        co_await event.wait();
        woken.push_back(1);
        co_await event.wait();
        woken.push_back(2);
    }

    Event event;
    std::vector<int> woken;
    asio::io_context context{1};
};

TEST_F(EventTest, WakesAllWhoWaitInTheirOrderAndNotAtOnce) {
    Runner first(context), second(context);
    first.start(wait_and_note(1));
    second.start(wait_and_note(2));
    event.notify();
    EXPECT_TRUE(woken.empty()) << "notify() resumes nobody within itself";
    first.step();
    EXPECT_THAT(woken, ElementsAre(1, 2));
}

TEST_F(EventTest, RemembersNoNotification) {
    event.notify();
    Runner one(context);
    one.start(wait_and_note(1));
    EXPECT_TRUE(one.is_waiting());
    event.notify();
    EXPECT_TRUE(one.step().has_returned());
}

TEST_F(EventTest, ACancelledWaitEndsAndLeavesTheOthersWaiting) {
    Runner cancelled(context), other(context);
    cancelled.start(wait_and_note(1));
    other.start(wait_and_note(2));
    EXPECT_TRUE(cancelled.cancel().step().was_cancelled());
    EXPECT_TRUE(other.is_waiting());
    event.notify();
    other.step();
    EXPECT_THAT(woken, ElementsAre(2));
}

TEST_F(EventTest, CancelledAfterNotifyTheWaitEndsInOrderAndTheNextOneIsNotBegun) {
    Runner one(context);
    one.start(wait_twice());
    one.cancel([this] { event.notify(); });
    EXPECT_TRUE(one.step().was_cancelled());
    EXPECT_THAT(woken, ElementsAre(1));
}

TEST_F(EventTest, CancelledTwiceIsCancelledOnce) {
    Runner one(context);
    one.start(wait_and_note(1));
    EXPECT_TRUE(one.cancel().cancel().step().was_cancelled());
}

TEST_F(EventTest, GivesTheErrorAsAValueWhereAskedTo) {
    boost::system::error_code given;
    auto const wait = [&]() -> asio::awaitable<void> {
        auto const [ec] = co_await event.wait(as_values);
        given = ec;
    };
    Runner one(context);
    one.start(wait).cancel().step();
    EXPECT_EQ(given, asio::error::operation_aborted);
}

TEST_F(EventTest, DestroyedItEndsTheWait) {
    std::optional<Event> mortal(std::in_place);
    auto const wait = [&]() -> asio::awaitable<void> { co_await mortal->wait(); };
    Runner one(context);
    one.start(wait);
    mortal.reset();
    EXPECT_TRUE(one.step().was_cancelled());
}

TEST_F(EventTest, CancelledAfterItsDestructionTheWaitHasEndedAlready) {
    std::optional<Event> mortal(std::in_place);
    auto const wait = [&]() -> asio::awaitable<void> { co_await mortal->wait(); };
    Runner one(context);
    one.start(wait);
    one.cancel([&mortal] { mortal.reset(); });
    EXPECT_TRUE(one.step().was_cancelled());
}

TEST_F(EventTest, WaitsOnAStrand) {
    auto const strand = asio::make_strand(context);
    bool is_woken = false;
    auto const wait = [&]() -> asio::awaitable<void> {
        co_await event.wait();
        is_woken = strand.running_in_this_thread();
    };
    asio::co_spawn(strand, wait, asio::detached);
    context.poll();
    event.notify();
    context.poll();
    EXPECT_TRUE(is_woken);
}

// A coroutine that owns the event it waits for can only be destroyed by its context.
class EventAtTheEndOfItsContext : public testing::TestWithParam<bool> {};

TEST_P(EventAtTheEndOfItsContext, DestroysTheCoroutine) {
    auto const witness = std::make_shared<int>(0);
    {
        asio::io_context context(1);
        auto const own = [](std::shared_ptr<int> /*kept*/, bool is_notified) -> asio::awaitable<void> {
            Event event;
            auto const executor = co_await asio::this_coro::executor;
            auto const notify = [&event] { event.notify(); };
            if (is_notified) asio::post(executor, notify);
            co_await event.wait();
            co_await event.wait();
        };
        asio::co_spawn(context, own(witness, GetParam()), asio::detached);
        context.poll_one();
        if (GetParam()) context.poll_one();  // notified, and not resumed
        EXPECT_EQ(witness.use_count(), 2);
    }
    EXPECT_EQ(witness.use_count(), 1);
}

INSTANTIATE_TEST_SUITE_P(Async, EventAtTheEndOfItsContext, testing::Bool());

}  // namespace
}  // namespace pathology::proxycore::async
