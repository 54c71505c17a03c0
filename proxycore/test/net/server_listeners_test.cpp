// Where servers listen: several endpoints, those that cannot be had, and what a connection knows of its own.
#include <future>
#include <vector>

#include "net/connections.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::net {
namespace {

using test::echo_connection;
using test::open;
using test::play;
using test::taken_from;

TEST(Server, ReportsWhatItCannotListenOn) {
    Server first(ServerOptions{}, echo_connection);
    ASSERT_TRUE(first.start());
    ServerOptions taken;
    taken.listen.front().endpoint.port = first.port();
    auto const in_use = Server(taken, echo_connection).start();
    ASSERT_FALSE(in_use);
    EXPECT_EQ(in_use.error().message, "cannot listen on 127.0.0.1:" + std::to_string(first.port()) +
                                          ": address already in use (port 0 picks a free one)");
    ServerOptions foreign;
    foreign.listen = {{{"192.0.2.1", 0}}};  // RFC 5737: nobody's
    auto const not_ours = Server(foreign, echo_connection).start();
    ASSERT_FALSE(not_ours);
    EXPECT_EQ(not_ours.error().message, "cannot listen on 192.0.2.1:0: no such address on this machine");
    ServerOptions nameless;
    nameless.listen = {{{"no such name", 0}}};
    auto const unknown = Server(nameless, echo_connection).start();
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, Errc::name_not_found);
}

TEST(Server, ReportsWhichOfItsListenersTookAConnection) {
    ServerOptions options;
    options.listen = {{{"127.0.0.1", 0}}, {{"127.0.0.2", 0}}, {{"127.0.0.1", 0}}};
    auto const send_listener = [](Connection connection) -> asio::awaitable<void> {
        auto const number = std::to_string(connection.listener);
        co_await send(*connection.stream, number);
    };
    Server server(options, send_listener);
    ASSERT_TRUE(server.start());
    EXPECT_EQ(server.local_endpoint(1), (Endpoint{"127.0.0.2", server.port(1)}));
    EXPECT_EQ(server.port(3), 0U);
    play([&]() -> asio::awaitable<void> {
        for (std::size_t listener : {2U, 0U, 1U}) {
            auto const& host = options.listen[listener].endpoint.host;
            auto const stream = co_await connect(host, server.port(listener), test::patience);
            EXPECT_EQ(co_await test::read_exactly(**stream, 1), std::to_string(listener));
        }
    });
}

TEST(Server, OfWhichOneListenerFailsDoesNotStart) {
    Server first(ServerOptions{}, echo_connection);
    ASSERT_TRUE(first.start());
    ServerOptions options;
    options.listen = {{}, {{"127.0.0.1", first.port()}}};
    EXPECT_FALSE(Server(options, echo_connection).start());
}

TEST(Server, ListensOnEveryAddressOfBothFamilies) {
    ServerOptions options;
    options.listen = {{{"", 0}}};
    auto const send_peer = [](Connection connection) -> asio::awaitable<void> {
        auto const peer = connection.stream->remote_endpoint();
        co_await send(*connection.stream, peer.host);
    };
    Server server(options, send_peer);
    ASSERT_TRUE(server.start());
    play([&]() -> asio::awaitable<void> {
        for (std::string const host : {"127.0.0.1", "::1"}) {
            auto const stream = co_await connect(host, server.port(), test::patience);
            EXPECT_EQ(co_await test::read_exactly(**stream, host.size()), host);
        }
    });
}

TEST(Server, WithoutListenersRunsAndStops) {
    ServerOptions options;
    options.listen.clear();
    Server server(options, echo_connection);
    ASSERT_TRUE(server.start());
    EXPECT_EQ(server.port(), 0U);
    EXPECT_EQ(server.local_endpoint(), Endpoint());
    bool called = false;
    server.perform([&called] { called = true; });
    EXPECT_TRUE(called);
    server.stop();
}

TEST(Server, AConnectionThatNobodyRedirectedHasNoOriginal) {
    ServerOptions options;
    options.listen.front().is_redirected_to = true;
    std::promise<std::optional<Endpoint>> original;
    auto const keep = [&original](Connection connection) -> asio::awaitable<void> {
        original.set_value(connection.original);
        co_return;
    };
    Server server(options, keep);
    ASSERT_TRUE(server.start());
    play([&server]() -> asio::awaitable<void> { auto const stream = co_await open(server); });
    auto reported = original.get_future();
    auto const where = taken_from(reported);
    EXPECT_TRUE(!where || *where == server.local_endpoint())
        << to_string(*where);  // the kernel may track every connection
}

}  // namespace
}  // namespace pathology::proxycore::net
