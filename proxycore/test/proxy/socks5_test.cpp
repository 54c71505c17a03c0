// Clients that speak SOCKS5 (P08).
#include <gmock/gmock.h>

#include <pathology/proxycore/socks5/message.hpp>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"
#include "support/free_port.hpp"
#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::proxy {
namespace {

using socks5::ReplyCode;
using test::Origin;
using test::ProxyFixture;
using test::SecureOrigin;
using test::TestClient;
using testing::ElementsAre;
using namespace std::string_literals;

std::string const inner_get = "GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n";
std::string const greeting = "\x05\x01\x00"s;

std::string request_for(std::string const& host, std::uint16_t port) {
    socks5::Request request;
    request.target = {std::string(host), port};
    return serialise(request);
}

std::string reply(ReplyCode code) {
    socks5::Reply reply;
    reply.code = code;
    return serialise(reply);
}

/// A client that was let through.
struct Connected : TestClient {
    Connected(ProxyFixture const& fixture, std::string const& host, std::uint16_t port) : TestClient(fixture.port()) {
        send(greeting);
        EXPECT_EQ(read(2), "\x05\x00"s);
        send(request_for(host, port));
        EXPECT_EQ(read(10), reply(ReplyCode::succeeded));
    }
};

struct Row {
    std::string_view name, listens_at, host;
};
class P08_a_Target : public testing::TestWithParam<Row> {};
TEST_P(P08_a_Target, IsReached) {
    Origin const origin("origin", std::string(GetParam().listens_at));
    ProxyFixture fixture({"socks5"});
    fixture.start();
    Connected client(fixture, std::string(GetParam().host), origin.port());
    EXPECT_EQ(client.request(inner_get).body, "origin");
    EXPECT_THAT(origin.asked(), ElementsAre(inner_get));
    EXPECT_EQ(fixture.recorder->http_flows().at(0)->request.host(), GetParam().host);
}
INSTANTIATE_TEST_SUITE_P(Addresses, P08_a_Target,
                         testing::Values(Row{"Ipv4", "127.0.0.1", "127.0.0.1"}, Row{"Ipv6", "::1", "::1"},
                                         Row{"Name", "127.0.0.1", "localhost"}),
                         pathology::test::row_name);

TEST(Socks5Proxy, P08_a_LooksIntoTls) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture fixture({"socks5"});
    fixture.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file()).start();
    Connected client(fixture, "127.0.0.1", origin.port());
    client.start_tls("origin.test");
    EXPECT_EQ(client.request(inner_get).body, "asked for origin.test");
}

TEST(Socks5Proxy, P08_b_KnowsNoOtherCommand) {
    ProxyFixture fixture({"socks5"});
    fixture.start();
    TestClient client(fixture.port());
    client.send(greeting + "\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50"s);
    EXPECT_EQ(client.read_to_end(), "\x05\x00"s + reply(ReplyCode::command_not_supported));
}

TEST(Socks5Proxy, P08_c_WantsAMethodItHas) {
    ProxyFixture fixture({"socks5"});
    fixture.start();
    TestClient client(fixture.port());
    client.send("\x05\x01\x02"s);
    EXPECT_EQ(client.read_to_end(), "\x05\xff"s);
}

TEST(Socks5Proxy, P08_d_ReportsAClientThatSpeaksHttp) {
    ProxyFixture fixture({"socks5"});
    fixture.start();
    TestClient client(fixture.port());
    client.send("GET / HTTP/1.1\r\n\r\n");
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_TRUE(fixture.wait_for_log("HTTP"));
}

struct User {
    std::string_view name, credentials, verdict;
};
class P08_e_User : public testing::TestWithParam<User> {};
TEST_P(P08_e_User, IsJudgedByTheAddon) {
    Origin const origin;
    ProxyFixture fixture({"socks5"});
    fixture.set("proxyauth=u:p").start();
    TestClient client(fixture.port());
    client.send("\x05\x02\x00\x02"s);
    EXPECT_EQ(client.read(2), "\x05\x02"s);
    client.send(GetParam().credentials);
    EXPECT_EQ(client.read(2), GetParam().verdict);
    if (GetParam().verdict != "\x01\x00"s) {
        EXPECT_EQ(client.read_to_end(), "");
        return;
    }
    client.send(request_for("127.0.0.1", origin.port()));
    EXPECT_EQ(client.read(10), reply(ReplyCode::succeeded));
    EXPECT_EQ(client.request(inner_get).body, "origin");
}
using namespace std::string_view_literals;
INSTANTIATE_TEST_SUITE_P(Users, P08_e_User,
                         testing::Values(User{"Right", "\x01\x01u\x01p"sv, "\x01\x00"sv},
                                         User{"Wrong", "\x01\x01u\x01x"sv, "\x01\x01"sv}),
                         pathology::test::row_name);

TEST(Socks5Proxy, P08_f_ReportsAFailureWhereItConnectsAhead) {
    ProxyFixture fixture({"socks5"});
    fixture.set("connection_strategy=eager").start();
    TestClient client(fixture.port());
    client.send(greeting + request_for("127.0.0.1", pathology::test::free_port()));
    EXPECT_EQ(client.read_to_end(), "\x05\x00"s + reply(ReplyCode::connection_refused));
}

TEST(Socks5Proxy, AcceptsAtOnceWhereItConnectsLate) {
    ProxyFixture fixture({"socks5"});
    fixture.start();
    Connected client(fixture, "127.0.0.1", pathology::test::free_port());
    EXPECT_EQ(client.request(inner_get).status, 502U);
}

TEST(Socks5Proxy, P08_g_ReadsAGreetingByteByByte) {
    Origin const origin;
    ProxyFixture fixture({"socks5"});
    fixture.start();
    TestClient client(fixture.port());
    auto sent = greeting;
    sent.append(request_for("127.0.0.1", origin.port())).append(inner_get);
    for (auto const byte : sent) client.send(std::string(1, byte));
    EXPECT_EQ(client.read(12), "\x05\x00"s + reply(ReplyCode::succeeded));
    EXPECT_EQ(client.read_response().body, "origin");
}

}  // namespace
}  // namespace pathology::proxycore::proxy
