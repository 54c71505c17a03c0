// What is inside of tunnels: bytes, hosts to pass through, servers that speak first (P10, P11, P14, P15).
#include <gmock/gmock.h>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"
#include "support/free_port.hpp"
#include "support/streams.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using flow::TcpMessage;
using test::Origin;
using test::ProxyFixture;
using test::SecureOrigin;
using test::TestClient;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string const inner_get = "GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n";

/// A client with a tunnel.
struct Tunnel : TestClient {
    Tunnel(ProxyFixture const& fixture, std::string const& where) : TestClient(fixture.port()) {
        EXPECT_EQ(request("CONNECT " + where + " HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    }
};

Origin::Conduct echoing() {
    return [](net::Stream& stream) -> asio::awaitable<void> { co_await proxycore::test::echo(stream); };
}

/// Greets, then echoes.
Origin::Conduct greeting(std::string const& text) {
    return [text](net::Stream& stream) -> asio::awaitable<void> {
        co_await net::send(stream, text);
        co_await proxycore::test::echo(stream);
    };
}

std::vector<std::string> texts(flow::TcpFlow const& flow) {
    std::vector<std::string> texts;
    for (auto const& message : flow.messages) texts.push_back((message.from_client ? "> " : "< ") + message.content);
    return texts;
}

TEST(TcpRelay, P14_a_RecordsBothDirections) {
    Origin const origin(echoing());
    ProxyFixture fixture;
    fixture.start();
    {
        Tunnel client(fixture, origin.where());
        for (std::string const text : {"\x01one", "two"}) {
            client.send(text);
            EXPECT_EQ(client.read(text.size()), text);
        }
    }
    ASSERT_TRUE(fixture.recorder->wait_for("tcp_end"));
    auto const flow = fixture.recorder->tcp_flows().at(0);
    EXPECT_THAT(texts(*flow), ElementsAre("> \x01one", "< \x01one", "> two", "< two"));
    EXPECT_FALSE(flow->error.has_value());
    ASSERT_TRUE(fixture.recorder->wait_for("client_disconnected"));
    EXPECT_EQ(fixture.recorder->servers().at(0).state, flow::ConnectionState::closed);
}

TEST(TcpRelay, P14_b_SendsWhatAnAddonMakesOfIt) {
    Origin const origin(echoing());
    ProxyFixture fixture;
    fixture.recorder->on_tcp_message = [](flow::TcpFlow& flow) -> asio::awaitable<void> {
        auto& message = flow.messages.back();
        if (message.from_client && message.content == "\x01 foo") message.content = "\x01 barbar";
        co_return;
    };
    fixture.start();
    Tunnel client(fixture, origin.where());
    client.send("\x01 foo");
    EXPECT_EQ(client.read(8), "\x01 barbar");
}

TEST(TcpRelay, P14_DropsWhatAnAddonDrops) {
    Origin const origin(echoing());
    ProxyFixture fixture;
    fixture.recorder->on_tcp_message = [](flow::TcpFlow& flow) -> asio::awaitable<void> {
        if (flow.messages.back().content == "\x01secret") flow.messages.back().drop();
        co_return;
    };
    fixture.start();
    Tunnel client(fixture, origin.where());
    client.send("\x01secret");
    ASSERT_TRUE(fixture.recorder->wait_for("tcp_message"));
    client.send("open");
    EXPECT_EQ(client.read(4), "open");
}

TEST(TcpRelay, P14_SendsWhatAnAddonInjects) {
    Origin const origin(echoing());
    ProxyFixture fixture;
    fixture.recorder->on_tcp_message = [](flow::TcpFlow& flow) -> asio::awaitable<void> {
        if (flow.messages.back().content != "\x01go") co_return;
        if (!flow.messages.back().from_client) co_return;
        flow.messages.back().drop();
        flow.inject({.from_client = false, .content = "to the client, "});
        flow.inject({.from_client = true, .content = "to the server"});
    };
    fixture.start();
    {
        Tunnel client(fixture, origin.where());
        client.send("\x01go");
        EXPECT_EQ(client.read(28), "to the client, to the server");
    }
    ASSERT_TRUE(fixture.recorder->wait_for("tcp_end"));
    auto const flow = fixture.recorder->tcp_flows().at(0);
    EXPECT_THAT(texts(*flow), ElementsAre("> \x01go", "< to the client, ", "> to the server", "< to the server"));
    std::vector<bool> injected;
    for (auto const& message : flow->messages) injected.push_back(message.injected);
    EXPECT_THAT(injected, ElementsAre(false, true, true, false));
    EXPECT_FALSE(flow->inject);
}

TEST(TcpRelay, P14_c_TakesTlsOff) {
    tls::Identity const identity = tls::test::identity_for({"origin.test"});
    SecureOrigin const origin(identity);
    ProxyFixture fixture;
    fixture.set("tcp_hosts=.").set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file()).start();
    Tunnel client(fixture, "127.0.0.1:" + std::to_string(origin.port()));
    client.start_tls("origin.test");
    EXPECT_EQ(client.request(inner_get).body, "asked for origin.test");
    client.close();
    client.read_to_end();
    ASSERT_TRUE(fixture.recorder->wait_for("tcp_end"));
    EXPECT_EQ(fixture.recorder->tcp_flows().at(0)->messages.at(0).content, inner_get);
}

TEST(TcpRelay, P14_d_PassesAHalfCloseOn) {
    Origin const origin([](net::Stream& stream) -> asio::awaitable<void> {
        std::string all;
        co_await proxycore::test::read_to_end(stream, all);
        auto const response = "got " + std::to_string(all.size());
        co_await net::send(stream, response);
    });
    ProxyFixture fixture;
    fixture.start();
    Tunnel client(fixture, origin.where());
    client.send("\x01\x02\x03");
    client.close();
    EXPECT_EQ(client.read_to_end(), "got 3");
    EXPECT_TRUE(fixture.recorder->wait_for("tcp_end"));
    EXPECT_EQ(fixture.recorder->count("tcp_error"), 0U);
}

TEST(TcpRelay, P14_e_AResetIsAnErrorAndNothingElse) {
    Origin const origin([](net::Stream& stream) -> asio::awaitable<void> {
        co_await proxycore::test::read_exactly(stream, 1);
        stream.close(net::CloseMode::reset);
    });
    ProxyFixture fixture;
    fixture.start();
    Tunnel client(fixture, origin.where());
    client.send("\x01");
    client.read_to_end();
    ASSERT_TRUE(fixture.recorder->wait_for("tcp_error"));
    ASSERT_TRUE(fixture.recorder->wait_for("server_disconnected"));
    EXPECT_EQ(fixture.recorder->count("tcp_end"), 0U);
    EXPECT_THAT(fixture.recorder->tcp_flows().at(0)->error->message, HasSubstr("reset"));
}

TEST(TcpRelay, AServerThatCannotBeHadIsAnError) {
    ProxyFixture fixture;
    fixture.start();
    Tunnel client(fixture, "127.0.0.1:" + std::to_string(pathology::test::free_port()));
    client.send("\x01\x02\x03");
    EXPECT_EQ(client.read_to_end(), "");
    ASSERT_TRUE(fixture.recorder->wait_for("tcp_error"));
    EXPECT_THAT(fixture.recorder->tcp_flows().at(0)->error->message, HasSubstr("connection refused"));
}

TEST(TcpRelay, EndsWithTheProxy) {
    Origin const origin(echoing());
    ProxyFixture fixture;
    fixture.start();
    Tunnel client(fixture, origin.where());
    client.send("\x01");
    client.read(1);
    fixture.proxy.stop();
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(fixture.recorder->count("tcp_error"), 1U);
    EXPECT_EQ(fixture.recorder->count("tcp_end"), 0U);
    EXPECT_EQ(fixture.recorder->count("server_disconnected"), 1U);
}

// --- who is who ------------------------------------------------------------------------------------------------------

TEST(NextLayer, P04_a_PlainHttpInATunnelIsReadable) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.start();
    Tunnel client(fixture, origin.where());
    for (auto const byte : inner_get) client.send(std::string(1, byte));
    EXPECT_EQ(client.read_response().body, "origin");
    EXPECT_THAT(origin.asked(), ElementsAre(inner_get));
    EXPECT_EQ(fixture.recorder->http_flows().at(0)->request.scheme(), "http");
}

TEST(NextLayer, P10_b_AnAddonMayTakeAHostForTcp) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.recorder->on_next_layer = [](addons::NextLayerData& data) {
        if (!data.from_client.empty()) data.layer = addons::NextLayer::tcp;
    };
    fixture.start();
    Tunnel client(fixture, origin.where());
    EXPECT_EQ(client.request(inner_get).body, "origin");
    EXPECT_EQ(fixture.recorder->count("request"), 0U);
    EXPECT_GE(fixture.recorder->count("tcp_message"), 2U);
}

TEST(NextLayer, P11_d_TheGreetingOfAServerArrives) {
    Origin const origin(greeting("220 mail.test ESMTP\r\n"));
    ProxyFixture fixture;
    fixture.set("tunnel_probe_timeout=50").start();
    Tunnel client(fixture, origin.where());
    EXPECT_EQ(client.read(21), "220 mail.test ESMTP\r\n");
    client.send("EHLO client.test\r\n");
    EXPECT_EQ(client.read(18), "EHLO client.test\r\n");
    EXPECT_EQ(fixture.recorder->count("tcp_start"), 1U);
    EXPECT_EQ(origin.accepted(), 1U);
}

TEST(NextLayer, P11_ALateClientGetsTheConnectionThatWasOpened) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.set("tunnel_probe_timeout=50").start();
    Tunnel client(fixture, origin.where());
    ASSERT_TRUE(fixture.recorder->wait_for("server_connected"));
    EXPECT_EQ(client.request(inner_get).body, "origin");
    EXPECT_EQ(origin.accepted(), 1U);
    EXPECT_EQ(fixture.recorder->count("request"), 1U);
}

TEST(NextLayer, P11_ALateClientLearnsThatThereIsNoServer) {
    ProxyFixture fixture;
    fixture.set("tunnel_probe_timeout=50").start();
    Tunnel client(fixture, "127.0.0.1:" + std::to_string(pathology::test::free_port()));
    ASSERT_TRUE(fixture.recorder->wait_for("server_connect_error"));
    EXPECT_EQ(client.request(inner_get).status, 502U);
}

TEST(NextLayer, P11_AServerThatLeavesTakesItsClientWithIt) {
    Origin const origin([](net::Stream&) -> asio::awaitable<void> { co_return; });
    ProxyFixture fixture;
    fixture.set("tunnel_probe_timeout=50").start();
    EXPECT_EQ(Tunnel(fixture, origin.where()).read_to_end(), "");
    EXPECT_TRUE(fixture.recorder->wait_for("server_disconnected"));
}

TEST(NextLayer, P10_d_StacksAreReported) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture fixture;
    fixture.set("ssl_insecure").start();
    {
        Tunnel client(fixture, "127.0.0.1:" + std::to_string(origin.port()));
        client.start_tls("origin.test");
        client.request(inner_get);
    }
    EXPECT_TRUE(fixture.wait_for_log("debug: layers: regular, http/1, tls, http/1\n"));
    Origin const bytes(echoing());
    {
        Tunnel client(fixture, bytes.where());
        client.send("\x01");
        client.read(1);
    }
    EXPECT_TRUE(fixture.wait_for_log("debug: layers: regular, http/1, tcp\n"));
}

// --- what is passed through ------------------------------------------------------------------------------------------

TEST(IgnoredHosts, P15_a_ShowTheirOwnCertificate) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture fixture;
    auto const where = "127.0.0.1:" + std::to_string(origin.port());
    fixture.set("ignore_hosts=^127\\.0\\.0\\.1:" + std::to_string(origin.port()) + "$").start();
    Tunnel client(fixture, where);
    client.start_tls("origin.test");
    EXPECT_EQ(client.issuer(), to_string(tls::test::authority().certificate().subject));
    EXPECT_EQ(client.request(inner_get).body, "asked for origin.test");
    EXPECT_EQ(fixture.recorder->count("request"), 0U);
    EXPECT_EQ(fixture.recorder->count("tcp_start"), 0U);
    EXPECT_EQ(fixture.recorder->count("server_connected"), 1U);
}

TEST(IgnoredHosts, P15_AreKnownByTheNameTheClientAsksFor) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture fixture;
    fixture.set("ignore_hosts=^secret\\.test:443$").set("ssl_insecure").start();
    auto const where = "127.0.0.1:" + std::to_string(origin.port());
    Tunnel secret(fixture, where), other(fixture, where);
    secret.start_tls("secret.test");
    other.start_tls("other.test");
    EXPECT_EQ(secret.request(inner_get).body, "asked for secret.test");
    EXPECT_EQ(other.request(inner_get).body, "asked for other.test");
    EXPECT_EQ(fixture.recorder->count("request"), 1U);
}

TEST(IgnoredHosts, P15_c_ARequestToTheProxyIsNeverIgnored) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.set("ignore_hosts=.").start();
    auto const request = "GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n";
    EXPECT_EQ(TestClient(fixture.port()).request(request).body, "origin");
    EXPECT_EQ(fixture.recorder->count("request"), 1U);
}

TEST(IgnoredHosts, P15_e_OnlyAllowedOnesAreLookedInto) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture fixture;
    fixture.set("allow_hosts=^seen\\.test:").set("ssl_insecure").start();
    auto const where = "127.0.0.1:" + std::to_string(origin.port());
    Tunnel seen(fixture, where), unseen(fixture, where);
    seen.start_tls("seen.test");
    unseen.start_tls("unseen.test");
    EXPECT_EQ(seen.request(inner_get).body, "asked for seen.test");
    EXPECT_EQ(unseen.request(inner_get).body, "asked for unseen.test");
    EXPECT_EQ(fixture.recorder->count("request"), 1U);
}

TEST(IgnoredHosts, P15_AreRecordedAsBytesWhereThatIsWanted) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.set("ignore_hosts=.").set("show_ignored_hosts").start();
    Tunnel client(fixture, origin.where());
    EXPECT_EQ(client.request(inner_get).body, "origin");
    EXPECT_EQ(fixture.recorder->count("tcp_start"), 1U);
    EXPECT_EQ(fixture.recorder->count("request"), 0U);
}

}  // namespace
}  // namespace pathology::proxycore::proxy
