#include <pathology/proxycore/tunnel/connector.hpp>

#include <gmock/gmock.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <string>

#include "support/play.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::tunnel {
namespace {

namespace asio = boost::asio;
using pathology::test::row_name;
using test::play;

std::string const granted = "HTTP/1.1 200 OK\r\n\r\n";
std::string const refused = "HTTP/1.1 403 No\r\n\r\n";
std::string const no_password{"\x05\x00", 2};
std::string const succeeded{"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", 10};

/// Records its steps; TCP is one end of a pipe, and TLS changes nothing.
class ScriptedConnector final : public Connector<std::string> {
public:
    explicit ScriptedConnector(std::unique_ptr<net::Stream> stream) : stream_(std::move(stream)) {}

    std::string steps;

private:
    asio::awaitable<Connected> connect_tcp(Endpoint const& address) override {
        steps += "tcp " + to_string(address);
        co_return std::move(stream_);
    }
    asio::awaitable<Connected> secure(Hop const& hop, StreamPtr stream) override {
        steps += ", tls " + to_string(hop.address);
        co_return std::move(stream);
    }
    asio::awaitable<http::RequestHead> make_connect_request(Hop const& hop, Endpoint const& next) override {
        steps += ", connect " + to_string(hop.address) + " " + to_string(next);
        co_return connect_request(next, hop.credentials);
    }
    std::string failure_of(Hop const& hop, Failure const& why) const override {
        return to_string(hop.address) + ": " + why.response;
    }

    std::unique_ptr<net::Stream> stream_;
};

/// Sends one reply after each read.
asio::awaitable<void> reply(net::Stream& stream, std::vector<std::string> const& replies) {
    std::string block(4096, '\0');
    for (auto const& bytes : replies) {
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        if (ec) co_return;
        co_await net::send(stream, bytes);
    }
}

Hop http(std::string host, bool is_secure = false) {
    return {Hop::Protocol::http, is_secure, {std::move(host), 80}, Credentials{"me", "secret"}};
}
Hop socks(std::string host) { return {Hop::Protocol::socks5, false, {std::move(host), 1080}, {}}; }

struct ChainCase {
    char const* name;
    std::vector<Hop> hops;
    std::vector<std::string> replies;
    std::string steps;
    Extent extent = Extent::target;
    std::string failure{};
};
void PrintTo(ChainCase const& row, std::ostream* out) { *out << row.name; }
class ConnectorChain : public testing::TestWithParam<ChainCase> {};

TEST_P(ConnectorChain, PassesEachHopOnceInOrder) {
    auto const& row = GetParam();
    std::string steps, failure;
    play([&]() -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor);
        ScriptedConnector connector(std::move(pipe.near));
        Endpoint const target{"origin.test", 443};
        auto both = connector.connect(row.hops, target, row.extent) && reply(*pipe.far, row.replies);
        auto const connected = co_await std::move(both);
        steps = connector.steps;
        if (!connected) failure = connected.error();
    });
    EXPECT_EQ(steps, row.steps);
    EXPECT_EQ(failure, row.failure);
}

INSTANTIATE_TEST_SUITE_P(
    , ConnectorChain,
    testing::Values(
        ChainCase{"Direct", {}, {}, "tcp origin.test:443"},
        ChainCase{"Http", {http("a")}, {granted}, "tcp a:80, connect a:80 origin.test:443"},
        ChainCase{"OverTls", {http("a", true)}, {granted}, "tcp a:80, tls a:80, connect a:80 origin.test:443"},
        ChainCase{"Socks", {socks("a")}, {no_password, succeeded}, "tcp a:1080"},
        ChainCase{"SocksThenHttp",
                  {socks("a"), http("b")},
                  {no_password, succeeded, granted},
                  "tcp a:1080, connect b:80 origin.test:443"},
        ChainCase{"HttpThenHttpOverTls",
                  {http("a"), http("b", true)},
                  {granted, granted},
                  "tcp a:80, connect a:80 b:80, tls b:80, connect b:80 origin.test:443"},
        ChainCase{"OnlyToTheProxy", {http("a", true)}, {}, "tcp a:80, tls a:80", Extent::last_proxy},
        ChainCase{
            "OnlyToTheLastOfTwo", {http("a"), http("b")}, {granted}, "tcp a:80, connect a:80 b:80", Extent::last_proxy},
        ChainCase{"OnlyToASocksServer", {socks("a")}, {}, "tcp a:1080", Extent::last_hop},
        ChainCase{"OnlyToALastProxyOverTls",
                  {http("a"), http("b", true)},
                  {granted},
                  "tcp a:80, connect a:80 b:80, tls b:80",
                  Extent::last_hop},
        ChainCase{"SocksGoesToTheTarget", {socks("a")}, {no_password, succeeded}, "tcp a:1080", Extent::last_proxy},
        ChainCase{"TheSecondRefuses",
                  {http("a"), http("b")},
                  {granted, refused},
                  "tcp a:80, connect a:80 b:80, connect b:80 origin.test:443",
                  Extent::target,
                  "b:80: 403 No"}),
    row_name);

}  // namespace
}  // namespace pathology::proxycore::tunnel
