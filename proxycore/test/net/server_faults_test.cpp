// Faults of listeners: connections that are refused, never complete, or are accepted late.
#include <chrono>
#include <vector>

#include "net/connections.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::net {
namespace {

using namespace std::chrono_literals;
using test::echo_connection;
using test::play;
using Clock = std::chrono::steady_clock;

ServerOptions with_fault(ListenFault fault) {
    ServerOptions options;
    options.listen.front().fault = fault;
    return options;
}

/// The error of a connection to a server; empty if it connects.
error_code connect_error(Server const& server, Duration limit) {
    error_code ec;
    play([&]() -> asio::awaitable<void> {
        auto const stream = co_await connect("127.0.0.1", server.port(), limit);
        if (!stream) ec = stream.error().code;
    });
    return ec;
}

TEST(ServerFaults, RefusesConnectionsToABoundPort) {
    Server server(with_fault(ListenFault::refused), echo_connection);
    ASSERT_TRUE(server.start());
    EXPECT_NE(server.port(), 0);
    EXPECT_EQ(connect_error(server, 20s), asio::error::connection_refused);
    EXPECT_EQ(server.accepted(), 0U);
}

TEST(ServerFaults, LetsAHandshakeHangWhileItsBacklogIsFull) {
    for (int const backlog : {0, 3}) {
        auto options = with_fault(ListenFault::full);
        options.backlog = backlog;
        Server server(options, echo_connection);
        ASSERT_TRUE(server.start());
        EXPECT_EQ(connect_error(server, 300ms), Errc::timed_out);
        EXPECT_EQ(server.accepted(), 0U);
    }
}

TEST(ServerFaults, FillsABacklogOnEveryAddress) {
    auto options = with_fault(ListenFault::full);
    options.backlog = 0;
    options.listen.front().endpoint.host = "";
    Server server(options, echo_connection);
    ASSERT_TRUE(server.start());
    EXPECT_EQ(connect_error(server, 300ms), Errc::timed_out);
}

TEST(ServerFaults, AcceptsEachConnectionLate) {
    ServerOptions options;
    options.accept_delay = [](std::uint64_t) { return TimeLimit(150ms); };
    Server server(options, echo_connection);
    ASSERT_TRUE(server.start());
    play([&]() -> asio::awaitable<void> {
        auto const begun = Clock::now();
        std::vector<std::unique_ptr<Stream>> streams;
        for (int i = 0; i < 3; ++i) {
            auto stream = co_await connect("127.0.0.1", server.port(), test::patience);
            streams.push_back(std::move(*stream));
            co_await send(*streams.back(), "x");
        }
        EXPECT_EQ(server.accepted(), 0U) << "they are connected all the same";
        for (auto const& stream : streams) EXPECT_EQ(co_await test::read_exactly(*stream, 1), "x");
        EXPECT_GE(Clock::now() - begun, 150ms);
        EXPECT_LT(Clock::now() - begun, 440ms) << "they wait at the same time";
    });
}

TEST(ServerFaults, MayAcceptNone) {
    ServerOptions options;
    options.backlog = 0;
    options.accept_delay = [](std::uint64_t) { return TimeLimit(); };
    Server server(options, echo_connection);
    ASSERT_TRUE(server.start());
    play([&]() -> asio::awaitable<void> {
        auto const waiting = co_await connect("127.0.0.1", server.port(), test::patience);
        EXPECT_TRUE(waiting);
        auto const hanging = co_await connect("127.0.0.1", server.port(), 300ms);
        EXPECT_FALSE(hanging) << "the backlog has one place";
    });
    EXPECT_EQ(server.accepted(), 0U);
    server.stop();
}

TEST(ServerFaults, StopsWhileConnectionsWait) {
    ServerOptions options;
    options.accept_delay = [](std::uint64_t) { return TimeLimit(1h); };
    Server server(options, echo_connection);
    ASSERT_TRUE(server.start());
    play([&]() -> asio::awaitable<void> {
        auto const waiting = co_await connect("127.0.0.1", server.port(), test::patience);
        EXPECT_TRUE(waiting);
        server.stop();
        std::array<char, 1> byte{};
        auto const end = co_await (*waiting)->read_some(asio::buffer(byte));
        EXPECT_TRUE(end.ec);
    });
}

TEST(ServerFaults, BoundsWhatAPeerMaySend) {
    ServerOptions options;
    options.listen.front().receive_buffer = 4096;
    auto const hold = [](Connection connection) -> asio::awaitable<void> {
        co_await connection.stream->wait_for_end();
    };
    Server server(options, hold);
    ASSERT_TRUE(server.start());
    play([&]() -> asio::awaitable<void> {
        auto const stream = co_await connect("127.0.0.1", server.port(), test::patience);
        (*stream)->set_time_limit(200ms);
        std::string const large(16U << 20U, 'x');
        auto const ec = co_await send(**stream, large);
        EXPECT_EQ(ec, Errc::timed_out);
        EXPECT_GT((*stream)->unacknowledged(), 0U);
    });
}

}  // namespace
}  // namespace pathology::proxycore::net
