#include <pathology/proxycore/net/connect.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/net/server.hpp>
#include <vector>

#include "net/connect_to_any.hpp"
#include "support/play.hpp"
#include "support/silent_address.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::net {
namespace {

using namespace std::chrono_literals;
using test::play;

asio::awaitable<void> echo_connection(Connection connection) { co_await test::echo(*connection.stream); }

/// A port that nobody listens on, for as long as the object lives: it is bound, but does not listen.
class ClosedPort {
public:
    explicit ClosedPort(asio::ip::address const& address = asio::ip::address_v4::loopback())
        : acceptor_(context_, address.is_v6() ? asio::ip::tcp::v6() : asio::ip::tcp::v4()) {
        acceptor_.bind({address, 0});
    }
    std::uint16_t number() const { return acceptor_.local_endpoint().port(); }

private:
    asio::io_context context_;
    asio::ip::tcp::acceptor acceptor_;
};

struct HostCase {
    std::string_view name, listen_on, host;
};
class ConnectTo : public testing::TestWithParam<HostCase> {};

TEST_P(ConnectTo, ReachesTheServer) {
    ServerOptions options;
    options.listen = {{{std::string(GetParam().listen_on), 0}}};
    Server server(options, echo_connection);
    auto const started = server.start();
    ASSERT_TRUE(started) << started.error().message;
    play([&server]() -> asio::awaitable<void> {
        std::string const host(GetParam().host);
        auto const opened = co_await connect(host, server.port(), 10s);
        EXPECT_TRUE(opened) << opened.error().message;
        if (!opened) co_return;
        EXPECT_FALSE(co_await send(**opened, "hello"));
        EXPECT_EQ(co_await test::read_exactly(**opened, 5), "hello");
        EXPECT_EQ((*opened)->remote_endpoint(), server.local_endpoint());
    });
}

INSTANTIATE_TEST_SUITE_P(Hosts, ConnectTo,
                         testing::Values(HostCase{"Ipv4", "127.0.0.1", "127.0.0.1"}, HostCase{"Ipv6", "::1", "::1"},
                                         HostCase{"BracketedIpv6", "::1", "[::1]"},
                                         HostCase{"NameWithSeveralAddresses", "127.0.0.1", "localhost"},
                                         HostCase{"ListenOnAName", "localhost", "localhost"}),
                         [](auto const& row) { return std::string(row.param.name); });

asio::ip::tcp::endpoint on_loopback(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

/// Addresses of one server: which is the first that serves.
TEST(Connect, A4_GoesOnWithTheNextAddressWhileOneIsSilent) {
    pathology::test::SilentAddress const silent;
    ClosedPort const closed;
    ServerOptions options;
    options.listen = {{{"127.0.0.1", 0}}};
    Server server(options, echo_connection);
    ASSERT_TRUE(server.start());
    auto const serving = on_loopback(server.port()), dead = on_loopback(closed.number());
    auto const dropping = on_loopback(silent.port());
    for (Endpoints const& endpoints :
         {Endpoints{dropping, serving}, Endpoints{dead, serving}, Endpoints{serving, dropping},
          Endpoints{dropping, dead, serving}, Endpoints{dropping, dropping, serving}}) {
        play([&]() -> asio::awaitable<void> {
            auto connected = co_await async::with_timeout(10s, connect_to_any(endpoints));
            EXPECT_TRUE(connected && connected->stream);
            if (!connected || !connected->stream) co_return;
            EXPECT_FALSE(co_await send(*connected->stream, "hello"));
            EXPECT_EQ(co_await test::read_exactly(*connected->stream, 5), "hello");
            EXPECT_EQ(connected->stream->remote_endpoint(), server.local_endpoint());
        });
    }
}

TEST(Connect, A4_TriesTheFamiliesInTurn) {
    ClosedPort const closed;
    asio::ip::tcp::endpoint const v6(asio::ip::address_v6::loopback(), closed.number());
    auto const v4 = on_loopback(closed.number());
    play([&]() -> asio::awaitable<void> {
        Endpoints const all{v6, v6, v4};
        auto const made = co_await connect_to_any(all);
        EXPECT_EQ(made.tried, (Endpoints{v6, v4, v6}));
        EXPECT_EQ(made.stream, nullptr);
        EXPECT_TRUE(made.ec);
    });
}

TEST(Connect, A4_EndsAllAttemptsWhenItIsCancelled) {
    pathology::test::SilentAddress const silent;
    play([&]() -> asio::awaitable<void> {
        Endpoints const silent_ones(3, on_loopback(silent.port()));
        auto const made = co_await async::with_timeout(600ms, connect_to_any(silent_ones));
        EXPECT_FALSE(made);
    });
}

TEST(Connect, ReportsWhoRefused) {
    ClosedPort const closed;
    play([&closed]() -> asio::awaitable<void> {
        auto const opened = co_await connect("127.0.0.1", closed.number(), 10s);
        EXPECT_FALSE(opened);
        if (opened) co_return;
        EXPECT_EQ(opened.error().code, asio::error::connection_refused);
        EXPECT_EQ(opened.error().message,
                  "cannot connect to 127.0.0.1:" + std::to_string(closed.number()) + ": connection refused");
    });
}

TEST(Connect, B3_ReportsAnIpv6AddressInBrackets) {
    ClosedPort const closed(asio::ip::address_v6::loopback());
    play([&closed]() -> asio::awaitable<void> {
        auto const opened = co_await connect("::1", closed.number(), 10s);
        EXPECT_FALSE(opened);
        if (opened) co_return;
        EXPECT_EQ(opened.error().message,
                  "cannot connect to [::1]:" + std::to_string(closed.number()) + ": connection refused");
    });
}

TEST(Connect, ReportsWhichNameIsUnknown) {
    play([]() -> asio::awaitable<void> {
        auto const opened = co_await connect("no such name", 80, 10s);
        EXPECT_FALSE(opened);
        if (opened) co_return;
        EXPECT_EQ(opened.error().code, Errc::name_not_found);
        EXPECT_EQ(opened.error().message, "cannot connect to no such name:80: no address is known for this name");
    });
}

/// A listener whose backlog is full takes no part in any further handshake, so connecting hangs.
TEST(Connect, GivesUpAtTheTimeLimit) {
    play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        asio::ip::tcp::acceptor deaf(executor, asio::ip::tcp::v4());
        deaf.bind({asio::ip::address_v4::loopback(), 0});
        deaf.listen(0);
        std::vector<std::unique_ptr<Stream>> waiting;
        error_code ec;
        for (int i = 0; i < 10 && !ec; ++i) {
            auto opened = co_await connect("127.0.0.1", deaf.local_endpoint().port(), 100ms);
            if (opened) waiting.push_back(std::move(*opened));
            if (!opened) ec = opened.error().code;
        }
        EXPECT_EQ(ec, Errc::timed_out);
    });
}

}  // namespace
}  // namespace pathology::proxycore::net
