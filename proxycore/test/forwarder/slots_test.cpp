// The limit of requests at a time.
#include "forwarder/slots.hpp"

#include <gmock/gmock.h>

#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/task.hpp>
#include <string>

#include "forwarder/settle.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using namespace std::chrono_literals;
using proxycore::test::play;
using test::settle;
using Held = std::unique_ptr<Slots::Slot>;

/// Waits for a slot, and keeps it in `held`; adds its name to the order.
asio::awaitable<void> take(Slots& slots, Held& held, std::string name, std::string& order) {
    auto acquiring = slots.acquire(std::nullopt);
    held = co_await std::move(acquiring);
    order += name;
}

TEST(ForwarderSlots, AreGivenInTheOrderOfWaiting) {
    play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        Slots slots(2);
        Held a, b, c, d;
        std::string order;
        co_await take(slots, a, "a", order);
        co_await take(slots, b, "b", order);
        async::Task third(executor), fourth(executor);
        third.start(take(slots, c, "c", order));
        co_await settle();
        fourth.start(take(slots, d, "d", order));
        co_await settle();
        EXPECT_EQ(slots.used(), 2U);
        EXPECT_EQ(slots.waiting(), 2U);
        b.reset();
        co_await third.join();
        EXPECT_EQ(order, "abc");
        a.reset();
        co_await fourth.join();
        EXPECT_EQ(order, "abcd");
        EXPECT_EQ(slots.used(), 2U);
        EXPECT_EQ(slots.waiting(), 0U);
        c.reset();
        d.reset();
        EXPECT_EQ(slots.used(), 0U);
    });
}

TEST(ForwarderSlots, AreAwaitedUpToTheLimit) {
    play([]() -> asio::awaitable<void> {
        Slots slots(1);
        auto acquiring = slots.acquire(1ms);
        auto held = co_await std::move(acquiring);
        EXPECT_NE(held, nullptr);
        auto again = slots.acquire(1ms);
        auto const none = co_await std::move(again);
        EXPECT_EQ(none, nullptr);
        EXPECT_EQ(slots.waiting(), 0U);
        held.reset();
        auto last = slots.acquire(0ms);
        auto const free = co_await std::move(last);
        EXPECT_NE(free, nullptr);
    });
}

/// A slot that was given to a coroutine which is cancelled before it runs goes to the next one.
TEST(ForwarderSlots, AreNotLostByACancellation) {
    play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        Slots slots(1);
        Held a, b, c;
        std::string order;
        co_await take(slots, a, "a", order);
        async::Task second(executor), third(executor);
        second.start(take(slots, b, "b", order));
        co_await settle();
        third.start(take(slots, c, "c", order));
        co_await settle();
        a.reset();        // gives it to the second
        second.cancel();  // which does not run any more
        try {
            co_await second.join();
        } catch (boost::system::system_error const&) {
        }
        b.reset();
        co_await third.join();
        EXPECT_NE(c, nullptr);
        EXPECT_EQ(slots.used(), 1U);
        EXPECT_EQ(slots.waiting(), 0U);
    });
}

TEST(ForwarderSlots, MayOutlastTheirLimit) {
    Held held;
    play([&]() -> asio::awaitable<void> {
        Slots slots(1);
        auto acquiring = slots.acquire(1ms);
        held = co_await std::move(acquiring);
    });
    held.reset();
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
