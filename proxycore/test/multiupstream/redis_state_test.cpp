// Two proxies with one redis-server.
#include "multiupstream/redis_state.hpp"

#include <gmock/gmock.h>

#include <boost/asio/this_coro.hpp>
#include <functional>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/async/task.hpp>
#include <pathology/proxycore/async/timeout.hpp>

#include "multiupstream/upstreams.hpp"
#include "support/play.hpp"
#include "support/redis_server.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using pathology::test::RedisServer;
using test::client;
using testing::AllOf, testing::ElementsAre, testing::Ge, testing::IsEmpty, testing::Le;

SharedAffinity const request{"192.0.2.1 h.test:80", false}, websocket{"192.0.2.1 h.test", true};
constexpr char entry[] = "{pathology}:affinity:192.0.2.1 h.test:80";
constexpr char websocket_entry[] = "{pathology}:websocket:192.0.2.1 h.test";

class RedisStateTest : public testing::Test {
protected:
    void SetUp() override {
        if (!RedisServer::is_installed()) GTEST_SKIP() << "redis-server is not installed";
        server = std::make_unique<RedisServer>();
        ASSERT_TRUE(server->is_running());
        settings.client.url.address = {"127.0.0.1", server->port_number()};
        settings.client.max_call = settings.client.max_silence = 10s;
        settings.client.first_pause = settings.client.max_pause = 1ms;
    }

    /// Runs both states while the work does.
    void play(std::function<asio::awaitable<void>(RedisState& one, RedisState& two)> const& work) {
        auto const log = [this](addons::LogLevel, std::string const&) { logged.notify(); };
        proxycore::test::play([&]() -> asio::awaitable<void> {
            RedisState one(settings, log), two(settings, log);
            async::Task first(co_await asio::this_coro::executor), second(co_await asio::this_coro::executor);
            first.start(one.run());
            second.start(two.run());
            while (!one.is_available() || !two.is_available()) co_await logged.wait();
            co_await work(one, two);
            first.cancel();
            second.cancel();
            co_await first.join();
            co_await second.join();
        });
    }
    /// After all that was sent before, which has no reply to wait for.
    static asio::awaitable<std::string> upstream_of(RedisState& state, SharedAffinity affinity) {
        auto const view = co_await state.look_up(affinity);
        co_return view ? view->upstream : "?";
    }

    std::unique_ptr<RedisServer> server;
    RedisSettings settings;
    async::Event logged;
};

TEST_F(RedisStateTest, P82_TheFirstClaimCounts) {
    play([](RedisState& one, RedisState& two) -> asio::awaitable<void> {
        auto bound = co_await one.claim(request, "a", "");
        EXPECT_EQ(bound, "a");
        bound = co_await two.claim(request, "b", "");
        EXPECT_EQ(bound, "a");
        bound = co_await two.claim(request, "b", "c");
        EXPECT_EQ(bound, "a");
        bound = co_await two.claim(request, "b", "a");
        EXPECT_EQ(bound, "b");
        auto const seen = co_await upstream_of(one, request);
        EXPECT_EQ(seen, "b");
        auto const other = co_await upstream_of(one, websocket);
        EXPECT_EQ(other, "");
    });
    EXPECT_THAT(std::stoi(server->ask({"PTTL", entry})), AllOf(Ge(1), Le(60'000)));
}

TEST_F(RedisStateTest, P82_OnlyTheUpstreamThatFailedIsDropped) {
    play([](RedisState& one, RedisState& two) -> asio::awaitable<void> {
        co_await one.claim(request, "a", "");
        one.drop(request, "b");
        auto seen = co_await upstream_of(one, request);
        EXPECT_EQ(seen, "a");
        one.drop(request, "a");
        co_await upstream_of(one, request);
        seen = co_await upstream_of(two, request);
        EXPECT_EQ(seen, "");
    });
}

TEST_F(RedisStateTest, P82_WebSocketsEndWithTheLastOfAllProxies) {
    play([&](RedisState& one, RedisState& two) -> asio::awaitable<void> {
        one.hold(client(1), websocket, "a");
        co_await upstream_of(one, websocket);
        two.hold(client(2), websocket, "a");
        two.hold(client(2), websocket, "a");
        co_await upstream_of(two, websocket);
        one.release(client(1), websocket);
        auto seen = co_await upstream_of(one, websocket);
        EXPECT_EQ(seen, "a");
        two.release(client(2), websocket);
        seen = co_await upstream_of(two, websocket);
        EXPECT_EQ(seen, "a");
        two.forget_client(client(2));
        seen = co_await upstream_of(two, websocket);
        EXPECT_EQ(seen, "");
    });
    EXPECT_EQ(server->ask({"KEYS", "*"}), "\n");
}

TEST_F(RedisStateTest, P82_WhatIsHeldIsRenewedAndEndsWithItsLease) {
    settings.lease = 300ms;
    play([&](RedisState& one, RedisState& two) -> asio::awaitable<void> {
        one.hold(client(1), request, "a");  // never claimed: the renewal does
        std::string seen;
        while (seen != "a") seen = co_await upstream_of(two, request);
        server->ask({"PERSIST", entry});
        auto const is_forever = [&] { return server->ask({"PTTL", entry}) == "-1\n"; };
        while (is_forever()) co_await upstream_of(one, websocket);  // until it is renewed
        one.forget_client(client(1));
        auto const exists = [&] { return server->ask({"EXISTS", entry}) == "1\n"; };
        while (exists()) co_await upstream_of(one, websocket);
    });
}

TEST_F(RedisStateTest, P82_WhatIsHeldComesBackWithTheServer) {
    settings.lease = 300ms;
    play([&](RedisState& one, RedisState& two) -> asio::awaitable<void> {
        one.hold(client(1), request, "a");
        server->stop();
        while (one.is_available() || two.is_available()) co_await logged.wait();
        auto const gone = co_await one.look_up(request);
        EXPECT_FALSE(gone);
        auto const unclaimed = co_await one.claim(request, "a", "");
        EXPECT_FALSE(unclaimed);
        server->start();
        while (!one.is_available() || !two.is_available()) co_await logged.wait();
        std::string seen;
        while (seen != "a") seen = co_await upstream_of(two, request);
    });
}

TEST_F(RedisStateTest, P84_RestsHaveTheirTimeAndTheLongestCounts) {
    play([](RedisState& one, RedisState& two) -> asio::awaitable<void> {
        one.begin_rest("a", 50'000ms);
        one.begin_rest("b", 20'000ms);
        co_await one.look_up(request);
        two.begin_rest("a", 1'000ms);
        auto view = co_await two.look_up(std::nullopt);
        EXPECT_TRUE(view);
        if (!view) co_return;
        EXPECT_EQ(view->rests.size(), 2U);
        for (auto const& rest : view->rests) {
            auto const length = rest.upstream == "a" ? 50'000ms : 20'000ms;
            EXPECT_THAT(rest.remaining, AllOf(testing::Gt(length - 15s), Le(length))) << rest.upstream;
        }
        two.end_rest("a");
        view = co_await two.look_up(std::nullopt);
        EXPECT_EQ(view ? view->rests.size() : 0, 1U);
        two.begin_rest("c", 1ms);
        while (view && view->rests.size() != 1) view = co_await two.look_up(std::nullopt);
        EXPECT_TRUE(view);
    });
    EXPECT_THAT(std::stoi(server->ask({"PTTL", "{pathology}:rests"})), AllOf(Ge(1), Le(50'000)));
}

struct ForeignCase {
    char const* name;
    std::vector<std::string> command;
};

TEST_F(RedisStateTest, P82_WhatOthersWroteIsNotUsed) {
    std::vector<ForeignCase> const cases{
        {"a list", {"RPUSH", entry, "x"}},
        {"a long text", {"SET", entry, std::string(1000, 'x')}},
        {"an empty text", {"SET", entry, ""}},
        {"rests that are a text", {"SET", "{pathology}:rests", "x"}},
        {"a rest of a year", {"ZADD", "{pathology}:rests", "99999999999999", "a"}},
        {"a long name of a rest", {"ZADD", "{pathology}:rests", "9999999999999", std::string(1000, 'x')}}};
    play([&](RedisState& one, RedisState&) -> asio::awaitable<void> {
        for (auto const& row : cases) {
            server->ask({"FLUSHALL"});
            server->ask(row.command);
            auto const view = co_await one.look_up(request);
            EXPECT_TRUE(!view || view->upstream.empty()) << row.name;
            EXPECT_TRUE(!view || view->rests.empty()) << row.name;
            EXPECT_TRUE(one.is_available()) << row.name;
        }
    });
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
