// SOCKS5 servers in multi-upstream mode: what they are asked, and each form of their replies (P83.d, P84.d).
#include <gmock/gmock.h>

#include <array>
#include <pathology/proxycore/async/timeout.hpp>

#include "proxy/multiupstream_fixture.hpp"
#include "proxy/origin.hpp"
#include "support/row_name.hpp"
#include "support/socks5_server.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using proxycore::test::Socks5Server;
using proxycore::test::Socks5ServerOptions;
using test::connect_to;
using test::get;
using test::Origin;
using test::TestClient;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A SOCKS5 server whose reply is written by the test, in as many pieces as it likes; then it sends back what it gets.
class ScriptedSocks {
public:
    explicit ScriptedSocks(std::vector<std::string> pieces)
        : pieces_(std::move(pieces)),
          server_({}, [this](net::Connection connection) { return serve(std::move(connection)); }) {
        server_.start().value();
    }
    std::string url() const { return "socks5://" + to_string(server_.local_endpoint()); }

private:
    asio::awaitable<void> serve(net::Connection connection) {
        auto const accepted = co_await tunnel::socks5_accept(std::move(connection.stream), std::nullopt);
        if (!accepted) co_return;
        for (auto const& piece : pieces_) {
            co_await net::send(*accepted->client, piece);
            co_await async::pause(async::Duration::zero());
        }
        co_await proxycore::test::echo(*accepted->client);
    }

    std::vector<std::string> pieces_;
    net::Server server_;
};

struct ReplyCase {
    char const* name;
    std::string address;  ///< that the server is bound to: type, address and port
};
void PrintTo(ReplyCase const& row, std::ostream* out) { *out << row.name; }
class P83_d_SocksReply : public test::MultiUpstreamFixture, public testing::WithParamInterface<ReplyCase> {
protected:
    std::string reply() const { return std::string("\x05\x00\x00", 3) + GetParam().address; }

    /// The bytes that the server sends behind its reply belong to the tunnel, and so do those of the client.
    void expect_tunnel_after(std::vector<std::string> pieces) {
        ScriptedSocks const socks(std::move(pieces));
        folder.add("socks", socks.url());
        start();
        TestClient client(fixture().port());
        EXPECT_EQ(client.request(connect_to("origin.test:25"), "CONNECT").status, 200U);
        client.send("\x01 hello");
        EXPECT_EQ(client.read(14), "220 me\r\n\x01 hell");
        EXPECT_EQ(client.read(1), "o");
    }
};

TEST_P(P83_d_SocksReply, IsConsumedExactly) { expect_tunnel_after({reply() + "220 me\r\n"}); }

TEST_P(P83_d_SocksReply, IsConsumedByteByByte) {
    std::vector<std::string> pieces;
    for (char const byte : reply()) pieces.emplace_back(1, byte);
    pieces.back() += "220 me\r\n";
    expect_tunnel_after(std::move(pieces));
}

std::string const port("\x1f\x90", 2);
INSTANTIATE_TEST_SUITE_P(Rows, P83_d_SocksReply,
                         testing::Values(ReplyCase{"Ipv4", std::string("\x01\x7f\x00\x00\x01", 5) + port},
                                         ReplyCase{"Ipv6", "\x04" + std::string(15, '\0') + "\x01" + port},
                                         ReplyCase{"Name",
                                                   "\x03\x0b"
                                                   "example.org" +
                                                       port},
                                         ReplyCase{"EmptyName", std::string("\x03\0", 2) + port},
                                         ReplyCase{"LongestName", "\x03\xff" + std::string(255, '\5') + port}),
                         pathology::test::row_name);

struct DestinationCase {
    char const* name;
    char const* target;
};
void PrintTo(DestinationCase const& row, std::ostream* out) { *out << row.target; }
class P83_SocksDestination : public test::MultiUpstreamFixture, public testing::WithParamInterface<DestinationCase> {};

/// The server gets names as they are, and addresses as addresses; it resolves names, for `socks5` as for `socks5h`.
TEST_P(P83_SocksDestination, IsThatOfTheRequest) {
    Origin const origin;
    Socks5ServerOptions options;
    options.target = origin.port();
    options.credentials = tunnel::Credentials{"a@b", "p:w/\xC3\xA4%"};
    Socks5Server const socks(options);
    folder.add("socks", "socks5h://a%40b:p%3Aw%2F%C3%A4%25@127.0.0.1:" + std::to_string(socks.port()));
    start();
    EXPECT_EQ(ask(GetParam().target), "origin");
    TestClient client(fixture().port());
    client.request(connect_to(GetParam().target), "CONNECT");
    EXPECT_EQ(client.request("GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n").body, "origin");
    EXPECT_THAT(socks.destinations(), ElementsAre(GetParam().target, GetParam().target));
    EXPECT_THAT(origin.asked(), testing::Each(testing::StartsWith("GET /")));  // origin-form, also for plain requests
}

INSTANTIATE_TEST_SUITE_P(Rows, P83_SocksDestination,
                         testing::Values(DestinationCase{"Name", "origin.test:81"},
                                         DestinationCase{"Ipv4", "192.0.2.1:81"},
                                         DestinationCase{"Ipv6", "[2001:db8::1]:81"}),
                         pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::proxy
