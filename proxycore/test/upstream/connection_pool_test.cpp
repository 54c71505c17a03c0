#include "upstream/connection_pool.hpp"

#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/as_values.hpp>

#include "support/play.hpp"

namespace pathology::proxycore::layers {
namespace {

using proxycore::test::play;
using testing::ElementsAre;

Target const target{{"origin.test", 80}};

/// Waits for a place, opens a connection, notes its number, and stays.
asio::awaitable<void> enter(Lane& lane, int number, std::vector<int>& order) {
    auto const is_ready = [&] { return lane.may_open(); };
    if (lane.is_waited_for() || !is_ready()) co_await lane.wait_until(is_ready);
    Lane::Opening const opening(lane);
    co_await asio::post(async::as_values);
    order.push_back(number);
    auto const executor = co_await asio::this_coro::executor;
    lane.add(std::make_shared<flow::Server>(), executor);
}

TEST(Lane, P01_LetsSoManyInAndTheOthersInTheirOrder) {
    std::vector<int> order;
    play([&]() -> asio::awaitable<void> {
        Lane lane(target, 2);
        auto const executor = co_await asio::this_coro::executor;
        for (int number = 1; number <= 5; ++number)
            asio::co_spawn(executor, enter(lane, number, order), asio::detached);
        while (order.size() < 2) co_await asio::post(async::as_values);
        EXPECT_THAT(order, ElementsAre(1, 2));
        while (order.size() < 5) {
            lane.remove(lane.links().front());
            auto const size_before = order.size();
            while (order.size() == size_before) co_await asio::post(async::as_values);
        }
    });
    EXPECT_THAT(order, ElementsAre(1, 2, 3, 4, 5));
}

TEST(Lane, OneThatGivesUpWaitingMakesWay) {
    std::vector<int> order;
    asio::cancellation_signal give_up;
    play([&]() -> asio::awaitable<void> {
        Lane lane(target, 1);
        auto const executor = co_await asio::this_coro::executor;
        co_await enter(lane, 1, order);
        asio::co_spawn(executor, enter(lane, 2, order), asio::bind_cancellation_slot(give_up.slot(), asio::detached));
        asio::co_spawn(executor, enter(lane, 3, order), asio::detached);
        co_await asio::post(async::as_values);
        give_up.emit(asio::cancellation_type::terminal);
        lane.remove(lane.links().front());
        while (order.size() < 2) co_await asio::post(async::as_values);
    });
    EXPECT_THAT(order, ElementsAre(1, 3));
}

TEST(Lane, WaitsForAConnectionThatMayBeShared) {
    Lane lane(target, 5);
    lane.may_share = true;
    {
        Lane::Opening const opening(lane);
        EXPECT_FALSE(lane.may_open());
    }
    EXPECT_TRUE(lane.may_open());
}

}  // namespace
}  // namespace pathology::proxycore::layers
