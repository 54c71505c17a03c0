// Servers: connections at once, the end of everything, and what runs around connections.
#include <pathology/proxycore/net/server.hpp>

#include <sys/resource.h>
#include <unistd.h>
#include <atomic>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "net/connections.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::net {
namespace {

using namespace std::chrono_literals;
using test::echo_connection;
using test::expect_echo;
using test::open;
using test::pause_for_ever;
using test::play;
using test::taken_from;

using Streams = std::vector<std::unique_ptr<Stream>>;

ServerOptions with_threads(unsigned threads) {
    ServerOptions options;
    options.threads = threads;
    return options;
}

/// Errors that a server told, from any thread.
class Failures {
public:
    void add(std::string_view line) {
        std::scoped_lock const lock(mutex_);
        lines_.emplace_back(line);
        if (lines_.size() == 1) first_.set_value(lines_.front());
    }
    std::string first() {
        auto future = first_.get_future();
        return taken_from(future);
    }
    std::size_t count() const {
        std::scoped_lock const lock(mutex_);
        return lines_.size();
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
    std::promise<std::string> first_;
};

class ServerWithThreads : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Threads, ServerWithThreads, testing::Values(1U, 4U),
                         [](auto const& row) { return std::to_string(row.param); });

TEST_P(ServerWithThreads, ServesManyAtTheSameTime) {
    Server server(with_threads(GetParam()), echo_connection);
    ASSERT_TRUE(server.start());
    play([&server]() -> asio::awaitable<void> {
        Streams streams;
        for (int i = 0; i < 20; ++i) streams.push_back(co_await open(server));
        for (auto& stream : streams) co_await expect_echo(*stream);
        EXPECT_EQ(server.connections(), 20U);
        EXPECT_EQ(server.accepted(), 20U);
    });
    EXPECT_TRUE(server.wait_until_empty(test::patience));
    EXPECT_EQ(server.connections(), 0U);
}

TEST_P(ServerWithThreads, StopsThoughConnectionsPauseForEver) {
    Server server(with_threads(GetParam()), pause_for_ever);
    ASSERT_TRUE(server.start());
    play([&server]() -> asio::awaitable<void> {
        Streams streams;
        for (int i = 0; i < 50; ++i) streams.push_back(co_await open(server));
        server.stop();
        std::string nothing;
        for (auto& stream : streams) EXPECT_TRUE(co_await test::read_to_end(*stream, nothing));
    });
    EXPECT_EQ(server.connections(), 0U);
}

/// Neither side of such a conversation ever has to wait, so only fairness lets the stop come through.
TEST_P(ServerWithThreads, StopsThoughAConnectionFloods) {
    auto const flood = [](Connection connection) -> asio::awaitable<void> {
        std::string const block(65536, 'f');
        for (;;) co_await send(*connection.stream, block);
    };
    Server server(with_threads(GetParam()), flood);
    ASSERT_TRUE(server.start());
    std::thread reader([&server] {
        play([&server]() -> asio::awaitable<void> {
            auto const stream = co_await open(server);
            std::string block(65536, '\0');
            for (;;) {
                auto const [ec, n] = co_await stream->read_some(asio::buffer(block));
                if (ec) break;
            }
        });
    });
    while (server.accepted() == 0) std::this_thread::yield();
    server.stop();
    reader.join();
    EXPECT_EQ(server.connections(), 0U);
}

TEST_P(ServerWithThreads, NumbersConnectionsInOrderOfAccept) {
    unsigned const threads = GetParam();
    auto const send_number = [](Connection connection) -> asio::awaitable<void> {
        auto const numbers = std::to_string(connection.id) + "/" + std::to_string(connection.worker);
        co_await send(*connection.stream, numbers);
    };
    Server server(with_threads(threads), send_number);
    ASSERT_TRUE(server.start());
    play([&]() -> asio::awaitable<void> {
        for (unsigned i = 0; i < 8; ++i) {
            auto const stream = co_await open(server);
            auto const expected = std::to_string(i) + "/" + std::to_string(i % threads);
            EXPECT_EQ(co_await test::read_exactly(*stream, expected.size()), expected);
        }
    });
}

TEST_P(ServerWithThreads, StopMayBeCalledByManyAndBeforeStart) {
    Server server(with_threads(GetParam()), pause_for_ever);
    server.stop();
    ASSERT_TRUE(server.start());
    play([&server]() -> asio::awaitable<void> {
        auto const stream = co_await open(server);
        std::thread first([&server] { server.stop(); });
        std::thread second([&server] { server.stop(); });
        first.join();
        second.join();
    });
    EXPECT_EQ(server.port(), 0U);
    server.stop();
}

TEST_P(ServerWithThreads, AHandlerThatThrowsEndsItsConnectionOnly) {
    Failures failures;
    auto options = with_threads(GetParam());
    options.on_error = [&failures](std::string_view line) { failures.add(line); };
    auto const handler = [](Connection connection) -> asio::awaitable<void> {
        if (connection.id == 0) throw std::runtime_error("a handler's own fault");
        co_await test::echo(*connection.stream);
    };
    Server server(options, handler);
    ASSERT_TRUE(server.start());
    play([&server]() -> asio::awaitable<void> {
        auto const unlucky = co_await open(server);
        std::string nothing;
        EXPECT_EQ(co_await test::read_to_end(*unlucky, nothing), asio::error::eof);
        auto const lucky = co_await open(server);
        co_await expect_echo(*lucky);
    });
    EXPECT_EQ(failures.first(), "a handler's own fault");
}

asio::awaitable<void> wait_for_ever() {
    for (;;) co_await async::pause(std::nullopt);  // to go on after a cancellation throws
}
asio::awaitable<void> fail() {
    co_await async::pause(0ms);
    throw std::runtime_error("a fault of its own");
}

/// Says when it is under way.
asio::awaitable<void> wait_once(Connection connection) {
    co_await send(*connection.stream, "!");
    co_await wait_for_ever();
}
asio::awaitable<void> wait_twice(Connection connection) {
    using namespace asio::experimental::awaitable_operators;
    co_await send(*connection.stream, "!");
    auto both = wait_for_ever() && wait_for_ever();
    co_await std::move(both);
}
asio::awaitable<void> fail_while_waiting(Connection connection) {
    using namespace asio::experimental::awaitable_operators;
    co_await send(*connection.stream, "!");
    auto both = fail() && wait_for_ever();
    co_await std::move(both);
}

struct Ending {
    std::string_view name;
    asio::awaitable<void> (*handler)(Connection);
    std::vector<std::string> reported;
};
void PrintTo(Ending const& row, std::ostream* out) { *out << row.name; }

class EndOfAHandler : public testing::TestWithParam<Ending> {};

TEST_P(EndOfAHandler, IsReportedWhenItIsAFault) {
    std::vector<std::string> reported;
    ServerOptions options;
    options.on_error = [&reported](std::string_view line) { reported.emplace_back(line); };
    Server server(options, GetParam().handler);
    ASSERT_TRUE(server.start());
    play([&]() -> asio::awaitable<void> {
        auto const stream = co_await open(server);
        EXPECT_EQ(co_await test::read_exactly(*stream, 1), "!");
        std::string nothing;
        if (!GetParam().reported.empty()) co_await test::read_to_end(*stream, nothing);
    });
    server.stop();
    EXPECT_EQ(reported, GetParam().reported);
}
INSTANTIATE_TEST_SUITE_P(Rows, EndOfAHandler,
                         testing::Values(Ending{"Stopped", wait_once, {}}, Ending{"StoppedInTwoPlaces", wait_twice, {}},
                                         Ending{"FaultInOneOfTwo", fail_while_waiting, {"a fault of its own"}}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(Server, SurvivesAHandlerThatIsNoCoroutineAndThrows) {
    Failures failures;
    ServerOptions options;
    options.on_error = [&failures](std::string_view line) { failures.add(line); };
    Server server(options, [](Connection) -> asio::awaitable<void> { throw std::runtime_error("no coroutine"); });
    ASSERT_TRUE(server.start());
    play([&server]() -> asio::awaitable<void> { auto const stream = co_await open(server); });
    EXPECT_EQ(failures.first(), "no coroutine");
    EXPECT_TRUE(server.wait_until_empty(test::patience));
}

TEST(Server, AcceptsNoMoreThanItMayUntilOneLeaves) {
    auto options = with_threads(2);
    options.max_connections = 2;
    Server server(options, echo_connection);
    ASSERT_TRUE(server.start());
    play([&server]() -> asio::awaitable<void> {
        auto first = co_await open(server);
        auto const second = co_await open(server);
        co_await expect_echo(*first);
        co_await expect_echo(*second);
        auto const third = co_await open(server);  // in the backlog
        third->set_time_limit(60ms);
        char block[1];
        EXPECT_FALSE(co_await send(*third, "p"));
        auto const early = co_await third->read_some(asio::buffer(block));
        EXPECT_EQ(early.ec, Errc::timed_out);
        EXPECT_EQ(server.accepted(), 2U);
        first.reset();
        third->set_time_limit(test::patience);
        auto const response = co_await third->read_some(asio::buffer(block));
        EXPECT_EQ(response.n, 1U);
    });
}

TEST(Server, WithoutRoomStillStops) {
    ServerOptions options;
    options.max_connections = 1;
    Server server(options, pause_for_ever);
    ASSERT_TRUE(server.start());
    play([&server]() -> asio::awaitable<void> {
        auto const served = co_await open(server);
        auto const waiting = co_await open(server);
        server.stop();
    });
    EXPECT_EQ(server.connections(), 0U);
}

/// Takes every descriptor the process may open, but for those given back.
class Hoard {
public:
    Hoard() {
        getrlimit(RLIMIT_NOFILE, &before_);
        rlimit low = before_;
        low.rlim_cur = std::min<rlim_t>(before_.rlim_cur, 256);
        setrlimit(RLIMIT_NOFILE, &low);
        for (int fd = dup(0); fd >= 0; fd = dup(0)) held_.push_back(fd);
    }
    ~Hoard() {
        free(held_.size());
        setrlimit(RLIMIT_NOFILE, &before_);
    }
    void free(std::size_t count) {
        for (; count > 0 && !held_.empty(); --count) {
            close(held_.back());
            held_.pop_back();
        }
    }

private:
    rlimit before_{};
    std::vector<int> held_;
};

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitizer_needs_descriptors = true;
#else
constexpr bool sanitizer_needs_descriptors = false;
#endif

TEST(Server, WaitsForDescriptorsAndReportsItOnce) {
    if (sanitizer_needs_descriptors) GTEST_SKIP() << "the sanitizer opens a pipe when it meets a type first";
    Failures failures;
    ServerOptions options;
    options.on_error = [&failures](std::string_view line) { failures.add(line); };
    Server server(options, echo_connection);
    ASSERT_TRUE(server.start());
    play([&]() -> asio::awaitable<void> {
        co_await async::pause(0ms);  // opens what this side's context needs
        Hoard hoard;
        hoard.free(1);
        auto const stream = co_await open(server);  // the last descriptor is ours, none is left to accept it
        EXPECT_NE(failures.first().find("limit of open files"), std::string::npos);
        co_await async::pause(120ms);  // some more attempts
        EXPECT_EQ(failures.count(), 1U);
        hoard.free(10);
        co_await expect_echo(*stream);
    });
}

TEST(Server, WithoutDescriptorsDoesNotStart) {
    if (sanitizer_needs_descriptors) GTEST_SKIP() << "the sanitizer opens a pipe when it meets a type first";
    Hoard const hoard;
    auto const started = Server(ServerOptions{}, echo_connection).start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().message, "cannot start: Too many open files");
}

TEST(Server, IsStartedOnceAtATimeAndMayBeStartedAgain) {
    Server server(ServerOptions{}, echo_connection);
    ASSERT_TRUE(server.start());
    auto const again = server.start();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Errc::already_started);
    EXPECT_EQ(again.error().message,
              "cannot start: the server listens on " + to_string(server.local_endpoint()) + " already");
    server.stop();
    ASSERT_TRUE(server.start());
    play([&server]() -> asio::awaitable<void> {
        auto const stream = co_await open(server);
        co_await expect_echo(*stream);
    });
}

TEST(Server, TicksWhileItRunsAndOnceMoreAtItsEnd) {
    std::atomic<int> ticks = 0;
    std::promise<void> second;
    ServerOptions options;
    options.tick = [&] {
        if (++ticks == 2) second.set_value();
    };
    Server server(options, echo_connection);
    ASSERT_TRUE(server.start());
    auto ticked = second.get_future();
    taken_from(ticked);
    server.stop();
    EXPECT_GE(ticks, 3);
}

TEST(Server, BeginsBeforeItAcceptsAndEndsAfterTheLastConnection) {
    std::vector<std::string> calls;  // of worker 0, and after stop() of this thread
    ServerOptions options;
    std::vector<Endpoint> listened;
    options.at_begin = [&](std::vector<Endpoint> endpoints) -> asio::awaitable<void> {
        co_await async::pause(0ms);
        listened = std::move(endpoints);
        calls.emplace_back("begin");
    };
    options.at_end = [&calls]() -> asio::awaitable<void> {
        co_await async::pause(0ms);
        calls.emplace_back("end");
    };
    auto const note = [&calls](Connection) -> asio::awaitable<void> {
        calls.emplace_back("connection");
        co_await async::pause(std::nullopt);
        calls.emplace_back("connection ends");
    };
    Server server(options, note);
    ASSERT_TRUE(server.start());
    play([&]() -> asio::awaitable<void> {
        auto const stream = co_await open(server);
        while (server.accepted() == 0) co_await async::pause(1ms);
        EXPECT_EQ(listened, std::vector{server.local_endpoint()});
        server.stop();
    });
    EXPECT_EQ(calls, (std::vector<std::string>{"begin", "connection", "connection ends", "end"}));
}

TEST(Server, WhatItsBeginningThrowsComesOutOfStart) {
    bool ended = false;
    ServerOptions options;
    options.at_begin = [](std::vector<Endpoint> const&) -> asio::awaitable<void> {
        co_await async::pause(0ms);
        throw std::runtime_error("not today");
    };
    options.at_end = [&ended]() -> asio::awaitable<void> {
        ended = true;
        co_return;
    };
    Server server(options, echo_connection);
    EXPECT_THROW(static_cast<void>(server.start()), std::runtime_error);
    EXPECT_EQ(server.port(), 0U);
    EXPECT_FALSE(ended);
}

TEST(Server, PerformsOnItsWorkerAndThrowsWhatThatThrows) {
    Server server(ServerOptions{}, echo_connection);
    EXPECT_THROW(server.perform([] {}), boost::system::system_error);
    ASSERT_TRUE(server.start());
    std::thread::id where;
    server.perform([&where] { where = std::this_thread::get_id(); });
    EXPECT_NE(where, std::this_thread::get_id());
    EXPECT_THROW(server.perform([] { throw std::runtime_error("no"); }), std::runtime_error);
}

/// Dies with the last copy of an exception, wherever that is.
struct Witness : std::runtime_error {
    using std::runtime_error::runtime_error;
    std::shared_ptr<int> life = std::make_shared<int>();
};

TEST(Server, LeavesWhatIsThrownToTheCallerAlone) {
    Server server(ServerOptions{}, echo_connection);
    ASSERT_TRUE(server.start());
    for (int i = 0; i < 200; ++i) {
        std::weak_ptr<int> life;
        try {
            server.perform([] { throw Witness("no"); });
        } catch (Witness const& witness) {
            life = witness.life;
        }
        ASSERT_TRUE(life.expired()) << "after " << i << " times";
    }
}

TEST(Server, WaitingForSilenceGivesUp) {
    Server server(ServerOptions{}, pause_for_ever);
    ASSERT_TRUE(server.start());
    play([&server]() -> asio::awaitable<void> {
        auto const stream = co_await open(server);
        while (server.accepted() == 0) co_await async::pause(1ms);
        EXPECT_FALSE(server.wait_until_empty(10ms));
    });
}

}  // namespace
}  // namespace pathology::proxycore::net
