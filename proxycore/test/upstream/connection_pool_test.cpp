#include "upstream/connection_pool.hpp"

#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/as_values.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>

#include "support/play.hpp"

namespace pathology::proxycore::upstream {
namespace {

using proxycore::test::play;
using testing::ElementsAre;

EndpointKey const key{{"origin.test", 80}};

/// Waits for a place, opens a connection, notes its number, and uses the connection from then on.
asio::awaitable<void> enter(EndpointPool& endpoint, int number, std::vector<int>& order) {
    if (endpoint.has_waiters() || !endpoint.is_ready()) co_await endpoint.wait_until_ready();
    EndpointPool::Opening const opening(endpoint);
    co_await asio::post(async::as_values);
    order.push_back(number);
    auto const executor = co_await asio::this_coro::executor;
    auto pipe = net::make_memory_pipe(executor);
    auto& connection = endpoint.add(std::make_shared<flow::Server>(), std::move(pipe.near), executor);
    connection.release_stream();
}

TEST(EndpointPool, P01_LetsSoManyInAndTheOthersInTheirOrder) {
    std::vector<int> order;
    play([&]() -> asio::awaitable<void> {
        EndpointPool endpoint(key, 2);
        auto const executor = co_await asio::this_coro::executor;
        for (int number = 1; number <= 5; ++number)
            asio::co_spawn(executor, enter(endpoint, number, order), asio::detached);
        while (order.size() < 2) co_await asio::post(async::as_values);
        EXPECT_THAT(order, ElementsAre(1, 2));
        while (order.size() < 5) {
            endpoint.remove(endpoint.connections().front());
            auto const size_before = order.size();
            while (order.size() == size_before) co_await asio::post(async::as_values);
        }
    });
    EXPECT_THAT(order, ElementsAre(1, 2, 3, 4, 5));
}

TEST(EndpointPool, OneThatGivesUpWaitingMakesWay) {
    std::vector<int> order;
    asio::cancellation_signal give_up;
    play([&]() -> asio::awaitable<void> {
        EndpointPool endpoint(key, 1);
        auto const executor = co_await asio::this_coro::executor;
        co_await enter(endpoint, 1, order);
        asio::co_spawn(executor, enter(endpoint, 2, order),
                       asio::bind_cancellation_slot(give_up.slot(), asio::detached));
        asio::co_spawn(executor, enter(endpoint, 3, order), asio::detached);
        co_await asio::post(async::as_values);
        give_up.emit(asio::cancellation_type::terminal);
        endpoint.remove(endpoint.connections().front());
        while (order.size() < 2) co_await asio::post(async::as_values);
    });
    EXPECT_THAT(order, ElementsAre(1, 3));
}

/// Waits for a place, and takes an open connection.
asio::awaitable<void> take(EndpointPool& endpoint, int number, std::vector<int>& order) {
    co_await endpoint.wait_until_ready();
    order.push_back(number);
    if (auto* const connection = endpoint.find_available()) connection->release_stream();
}

TEST(EndpointPool, WakesAsManyInOneTurnAsThereAreConnections) {
    std::vector<int> order;
    play([&]() -> asio::awaitable<void> {
        EndpointPool endpoint(key, 2);
        auto const executor = co_await asio::this_coro::executor;
        async::TaskGroup waiters;
        for (int number = 1; number <= 3; ++number) waiters.add(executor, take(endpoint, number, order));
        co_await asio::post(async::as_values);
        for (int number = 1; number <= 2; ++number) {
            auto pipe = net::make_memory_pipe(executor);
            endpoint.add(std::make_shared<flow::Server>(), std::move(pipe.near), executor);
        }
        endpoint.wake();
        co_await asio::post(async::as_values);
        EXPECT_THAT(order, ElementsAre(1, 2));

        endpoint.remove(endpoint.connections().front());
        while (order.size() < 3) co_await asio::post(async::as_values);
        co_await waiters.join();
    });
    EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(EndpointPool, WaitsForAConnectionThatMayBeShared) {
    EndpointPool endpoint(key, 5);
    endpoint.may_share = true;
    {
        EndpointPool::Opening const opening(endpoint);
        EXPECT_FALSE(endpoint.may_open());
    }
    EXPECT_TRUE(endpoint.may_open());
}

}  // namespace
}  // namespace pathology::proxycore::upstream
