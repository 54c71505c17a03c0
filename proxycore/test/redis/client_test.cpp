// The client against a scripted server, and against redis-server.
#include "redis/client.hpp"

#include <gmock/gmock.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <pathology/proxycore/async/task.hpp>
#include <pathology/proxycore/net/server.hpp>

#include "support/free_port.hpp"
#include "support/play.hpp"
#include "support/redis_server.hpp"
#include "support/row_name.hpp"
#include "support/script.hpp"

namespace pathology::proxycore::redis {
namespace {

using namespace std::chrono_literals;
using addons::LogLevel;
using pathology::test::RedisServer;
using test::leave, test::play, test::Script, test::Turn;
using testing::AllOf, testing::ElementsAre, testing::HasSubstr, testing::Not;
using Clock = std::chrono::steady_clock;

/// Plays a script to each client; the last one to all further ones.
class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<Script> scripts)
        : scripts_(std::move(scripts)),
          server_(net::ServerOptions(), [this](net::Connection connection) { return serve(std::move(connection)); }) {
        server_.start().value();
    }
    std::uint16_t port() const { return server_.port(); }

private:
    asio::awaitable<void> serve(net::Connection connection) {
        auto const index = std::min<std::size_t>(connection.id, scripts_.size() - 1);
        std::string received;
        co_await test::play_script(*connection.stream, scripts_[index], received);
    }

    std::vector<Script> scripts_;
    net::Server server_;
};

/// A client that runs while a coroutine of the test does.
class ClientFixture {
public:
    explicit ClientFixture(Url url) {
        settings.url = std::move(url);
        settings.max_call = 10s;
        settings.max_silence = 10s;
        settings.first_pause = 1ms;
        settings.max_pause = 5ms;
    }

    void play(std::function<asio::awaitable<void>(Client&)> const& work) {
        auto const log = [this](LogLevel level, std::string const& text) {
            log_.push_back(std::string(to_string(level)) + ": " + text);
            logged_.notify();
        };
        test::play([&]() -> asio::awaitable<void> {
            Client client(settings, log);
            async::Task running(co_await asio::this_coro::executor);
            running.start(client.run());
            co_await work(client);
            running.cancel();
            co_await running.join();
            EXPECT_FALSE(client.is_ready());
        });
    }
    std::vector<std::string> const& log() const { return log_; }
    /// Every change of the client's connection is logged.
    asio::awaitable<void> until(std::function<bool()> condition) {
        while (!condition()) co_await logged_.wait();
    }
    asio::awaitable<void> until_ready(Client& client) {
        while (!client.is_ready()) co_await logged_.wait();
    }

    ClientSettings settings{};

private:
    std::vector<std::string> log_;
    async::Event logged_;
};

Url at_port(std::uint16_t port) {
    Url url;
    url.address = {"127.0.0.1", port};
    return url;
}

/// Lets a task that was started reach its first wait.
asio::awaitable<void> let_others_run() { co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable); }

asio::awaitable<std::string> ask(Client& client, Command const& command) {
    auto const reply = co_await client.call(command);
    co_return !reply ? "none" : (reply->kind == Reply::Kind::error ? "!" : "") + reply->text;
}

Turn const greeted{"PING", "+PONG\r\n"};

TEST(RedisClient, P82_RepliesBelongToTheirCommands) {
    ScriptedServer const server({{greeted, Turn{"three", "+1\r\n-ERR 2\r\n+3\r\n"}, test::read_to_end()}});
    ClientFixture fixture(at_port(server.port()));
    fixture.play([&](Client& client) -> asio::awaitable<void> {
        co_await fixture.until_ready(client);
        Command const one{"ECHO", "one"}, two{"ECHO", "two"}, three{"ECHO", "three"};
        auto const call = [](Client& its, Command const& command, std::string& into) -> asio::awaitable<void> {
            into = co_await ask(its, command);
        };
        std::string of_one;
        async::Task first(co_await asio::this_coro::executor);
        first.start(call(client, one, of_one));
        co_await let_others_run();
        client.send(two);
        auto const of_three = co_await ask(client, three);
        co_await first.join();
        EXPECT_EQ(of_one, "1");
        EXPECT_EQ(of_three, "3");
    });
    EXPECT_THAT(fixture.log(),
                ElementsAre(HasSubstr("info: "), AllOf(HasSubstr("warn: "), HasSubstr("rejects"), HasSubstr("ERR 2"))));
}

struct BadServer {
    char const* name;
    Script script;
    char const* why;
};
void PrintTo(BadServer const& row, std::ostream* out) { *out << row.name; }

class P82_BadRedisServer : public testing::TestWithParam<BadServer> {};

TEST_P(P82_BadRedisServer, IsReportedOnceAndConnectedToAgain) {
    Script const good{Turn{"PING", "+OK\r\n+PONG\r\n"}, Turn{"again", "+ok\r\n"}, test::read_to_end()};
    ScriptedServer const server({GetParam().script, GetParam().script, good});
    auto url = at_port(server.port());
    url.user = "someone";
    url.password = "secret";
    ClientFixture fixture(url);
    fixture.settings.max_connect = 200ms;
    fixture.play([&](Client& client) -> asio::awaitable<void> {
        auto const has_connected = [&] { return fixture.log().size() > 1; };
        co_await fixture.until(has_connected);
        Command const command{"ECHO", "again"};
        auto const said = co_await ask(client, command);
        EXPECT_EQ(said, "ok");
    });
    ASSERT_EQ(fixture.log().size(), 2U);  // two failures, one warning
    EXPECT_THAT(fixture.log()[0], AllOf(HasSubstr("warn: "), HasSubstr(GetParam().why), HasSubstr("someone:***@")));
    EXPECT_THAT(fixture.log()[1], HasSubstr("info: "));
    EXPECT_THAT(testing::PrintToString(fixture.log()), Not(HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(
    Redis, P82_BadRedisServer,
    testing::Values(
        BadServer{"Closes", {leave()}, "ended"}, BadServer{"Resets", {Turn{"PING", "", Turn::Then::reset}}, "ended"},
        BadServer{"ClosesInTheMiddleOfAReply", {Turn{"PING", "+OK\r\n+PO", Turn::Then::fin}}, "ended"},
        BadServer{"IsSilent", {test::read_to_end("nothing")}, "no reply within 200ms"},
        BadServer{"SpeaksHttp", {Turn{"", "HTTP/1.1 400 Bad\r\n\r\n"}}, "is not valid"},
        BadServer{"SendsTooMuch", {Turn{"", "$1000000\r\n" + std::string(100'000, 'x')}}, "longer than"},
        BadServer{"RequiresCredentials", {Turn{"PING", "+OK\r\n-NOAUTH Authentication required.\r\n"}}, "PING: NOAUTH"},
        BadServer{"IsLoading", {Turn{"PING", "+OK\r\n-LOADING Redis is loading\r\n"}}, "PING: LOADING"},
        BadServer{"RepeatsThePassword", {Turn{"PING", "-ERR unknown command AUTH, with 'secret'\r\n"}}, "AUTH: ERR"},
        BadServer{"RepliesToNothing", {Turn{"PING", "+OK\r\n+PONG\r\n+PONG\r\n"}}, "no command"}),
    pathology::test::row_name);

/// The server has connected, and fails while a call waits.
class P82_LostRedisServer : public testing::TestWithParam<BadServer> {};

TEST_P(P82_LostRedisServer, EndsTheCallThatWaits) {
    auto script = GetParam().script;
    script.insert(script.begin(), greeted);
    ScriptedServer const server({script, {greeted, test::read_to_end()}});
    ClientFixture fixture(at_port(server.port()));
    fixture.play([&](Client& client) -> asio::awaitable<void> {
        co_await fixture.until_ready(client);
        Command const command{"GET", "key"};
        auto const said = co_await ask(client, command);
        EXPECT_EQ(said, "none");
        co_await fixture.until_ready(client);
    });
    EXPECT_THAT(fixture.log(), ElementsAre(HasSubstr("info: "), AllOf(HasSubstr("warn: "), HasSubstr(GetParam().why)),
                                           HasSubstr("info: ")));
}

INSTANTIATE_TEST_SUITE_P(Redis, P82_LostRedisServer,
                         testing::Values(BadServer{"Closes", {leave("key")}, "ended"},
                                         BadServer{"InTheMiddle", {Turn{"key", "$3\r\na", Turn::Then::fin}}, "ended"},
                                         BadServer{"Garbage", {Turn{"key", "?\r\n"}}, "is not valid"},
                                         BadServer{"Huge", {Turn{"key", "*100000000\r\n"}}, "more than 1024"}),
                         pathology::test::row_name);

TEST(RedisClient, P82_ALateReplyIsWaitedForByOneCallAlone) {
    ScriptedServer const server({{greeted, Turn{"second", "+late\r\n"}, test::read_to_end()}});
    ClientFixture fixture(at_port(server.port()));
    fixture.settings.max_call = 20ms;
    fixture.settings.max_silence = 50ms;
    fixture.play([&](Client& client) -> asio::awaitable<void> {
        co_await fixture.until_ready(client);
        Command const first{"ECHO", "first"};
        auto said = co_await ask(client, first);
        EXPECT_EQ(said, "none");
        EXPECT_FALSE(client.is_ready());
        auto const began = Clock::now();
        for (int i = 0; i < 1000; ++i) said += co_await ask(client, first);
        EXPECT_LT(Clock::now() - began, 10s);  // a thousand limits would be more
        co_await fixture.until_ready(client);  // a new connection
    });
    EXPECT_THAT(fixture.log(),
                ElementsAre(HasSubstr("info: "), HasSubstr("no reply within 70ms"), HasSubstr("info: ")));
}

TEST(RedisClient, P82_NobodyWaitsForAServerThatIsAway) {
    ClientFixture fixture(at_port(pathology::test::free_port()));
    fixture.play([&](Client& client) -> asio::awaitable<void> {
        auto const has_failed = [&] { return fixture.log().size() == 1; };
        co_await fixture.until(has_failed);
        Command const command{"PING"};
        for (int i = 0; i < 1000; ++i) {
            auto const said = co_await ask(client, command);
            EXPECT_EQ(said, "none");
        }
    });
    EXPECT_THAT(fixture.log(), ElementsAre(HasSubstr("warn: ")));
}

TEST(RedisClient, P82_ACallThatIsCancelledTakesNoReplyOfOthers) {
    ScriptedServer const server({{greeted, Turn{"second", "+1\r\n+2\r\n"}, test::read_to_end()}});
    ClientFixture fixture(at_port(server.port()));
    fixture.play([&](Client& client) -> asio::awaitable<void> {
        co_await fixture.until_ready(client);
        auto const call = [](Client& its) -> asio::awaitable<void> {
            Command const command{"ECHO", "first"};
            co_await its.call(command);
            ADD_FAILURE() << "it was cancelled";
        };
        async::Task leaving(co_await asio::this_coro::executor);
        leaving.start(call(client));
        co_await let_others_run();
        leaving.cancel();
        co_await leaving.join();
        Command const command{"ECHO", "second"};
        auto const said = co_await ask(client, command);
        EXPECT_EQ(said, "2");
    });
}

TEST(RedisClient, P82_ACallEndsWhenTheClientStops) {
    ScriptedServer const server({{greeted, test::read_to_end()}});
    ClientFixture fixture(at_port(server.port()));
    test::play([&]() -> asio::awaitable<void> {
        Client client(fixture.settings, [](LogLevel, std::string const&) {});
        auto const call = [](Client& its, std::string& into) -> asio::awaitable<void> {
            Command const command{"PING"};
            into = co_await ask(its, command);
        };
        std::string said;
        async::Task running(co_await asio::this_coro::executor), waiting(co_await asio::this_coro::executor);
        running.start(client.run());
        while (!client.is_ready()) co_await let_others_run();
        waiting.start(call(client, said));
        co_await let_others_run();
        running.cancel();
        co_await running.join();
        co_await waiting.join();
        EXPECT_EQ(said, "none");
    });
}

#define NEEDS_REDIS \
    if (!RedisServer::is_installed()) GTEST_SKIP() << "redis-server is not installed"

TEST(RedisClient, P82_AuthenticatesAndSelectsItsDatabase) {
    NEEDS_REDIS;
    RedisServer const server("p w/@:");
    ASSERT_TRUE(server.is_running());
    auto url = at_port(server.port_number());
    url.password = "p w/@:";
    url.database = 3;
    ClientFixture fixture(url);
    fixture.play([&](Client& client) -> asio::awaitable<void> {
        co_await fixture.until_ready(client);
        Command const command{"SET", "key", "value"};
        auto const said = co_await ask(client, command);
        EXPECT_EQ(said, "OK");
    });
    EXPECT_EQ(server.ask({"-n", "3", "GET", "key"}), "value\n");
}

TEST(RedisClient, P82_AWrongPasswordIsReported) {
    NEEDS_REDIS;
    RedisServer const server("right");
    ASSERT_TRUE(server.is_running());
    auto url = at_port(server.port_number());
    url.password = "wrong";
    ClientFixture fixture(url);
    fixture.play([&](Client&) -> asio::awaitable<void> {
        auto const is_refused = [&] { return !fixture.log().empty(); };
        co_await fixture.until(is_refused);
    });
    EXPECT_THAT(fixture.log(), ElementsAre(AllOf(HasSubstr("AUTH: WRONGPASS"), Not(HasSubstr("wrong")))));
}

TEST(RedisClient, P82_ComesBackWithTheServer) {
    NEEDS_REDIS;
    RedisServer server;
    ASSERT_TRUE(server.is_running());
    ClientFixture fixture(at_port(server.port_number()));
    fixture.play([&](Client& client) -> asio::awaitable<void> {
        co_await fixture.until_ready(client);
        server.stop();
        auto const is_lost = [&] { return !client.is_ready(); };
        co_await fixture.until(is_lost);
        server.start();
        co_await fixture.until_ready(client);
        Command const command{"SET", "key", "value"};
        auto const said = co_await ask(client, command);
        EXPECT_EQ(said, "OK");
    });
    EXPECT_THAT(fixture.log(), ElementsAre(HasSubstr("info: "), HasSubstr("warn: "), HasSubstr("info: ")));
}

}  // namespace
}  // namespace pathology::proxycore::redis
