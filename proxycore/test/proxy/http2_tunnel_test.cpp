// Tunnels that clients of HTTP/2 ask for: what is inside of them is what it is inside of one of HTTP/1.
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
using test::Origin;
using test::ProxyFixture;
using test::SecureOrigin;
using test::TestClient;
using testing::ElementsAre;

std::string const inner_get = "GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n";

/// A client with a tunnel.
struct Tunnel : TestClient {
    Tunnel(ProxyFixture const& fixture, std::string const& where) : TestClient(fixture.port()) {
        EXPECT_EQ(open_tunnel_by_http2(where), 200U);
    }
};

std::string where(SecureOrigin const& origin) { return "127.0.0.1:" + std::to_string(origin.port()); }

TEST(Http2Tunnel, P04_b_TlsInsideIsReadable) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture fixture;
    fixture.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file()).start();
    {
        Tunnel client(fixture, where(origin));
        client.start_tls("origin.test");
        EXPECT_NE(client.issuer(), to_string(tls::test::authority().certificate().subject));
        for (int i = 0; i < 2; ++i) EXPECT_EQ(client.request(inner_get).body, "asked for origin.test");
    }
    ASSERT_TRUE(fixture.recorder->wait_for("client_disconnected", 2));
    auto const flow = fixture.recorder->http_flows().at(0);
    EXPECT_EQ(flow->request.scheme(), "https");
    EXPECT_EQ(flow->client_conn->sni, "origin.test");
    EXPECT_EQ(origin.accepted(), 1U);
    EXPECT_EQ(fixture.recorder->count("server_disconnected"), 1U);
    EXPECT_TRUE(fixture.wait_for_log("debug: layers: regular, http/2, tls, http/1\n"));
    EXPECT_FALSE(fixture.recorder->clients().at(1).tls_established())
        << "TLS of a tunnel is not that of its connection";
}

TEST(Http2Tunnel, P03_e_StandsOnTlsWithTheProxy) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture fixture;
    fixture.set("ssl_insecure").start();
    TestClient client(fixture.port());
    client.start_tls("proxy.test");
    EXPECT_EQ(client.open_tunnel_by_http2(where(origin)), 200U);
    client.start_tls("origin.test");
    EXPECT_EQ(client.request(inner_get).body, "asked for origin.test");
    EXPECT_EQ(fixture.recorder->count("request"), 1U);
}

TEST(Http2Tunnel, P15_a_LeavesIgnoredHostsAlone) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture fixture;
    fixture.set("ignore_hosts=.").start();
    Tunnel client(fixture, where(origin));
    client.start_tls("origin.test");
    EXPECT_EQ(client.issuer(), to_string(tls::test::authority().certificate().subject));
    EXPECT_EQ(client.request(inner_get).body, "asked for origin.test");
    EXPECT_EQ(fixture.recorder->count("request"), 0U);
}

TEST(Http2Tunnel, P14_d_PassesAHalfCloseOn) {
    Origin const origin([](net::Stream& stream) -> asio::awaitable<void> {
        std::string all;
        co_await proxycore::test::read_to_end(stream, all);
        auto const response = "got " + std::to_string(all.size());
        co_await net::send(stream, response);
    });
    ProxyFixture fixture;
    fixture.start();
    Tunnel client(fixture, origin.where());
    client.send(std::string(200'000, '\x01'));
    client.close();
    EXPECT_EQ(client.read_to_end(), "got 200000");
    EXPECT_TRUE(fixture.recorder->wait_for("tcp_end"));
}

TEST(Http2Tunnel, P14_e_IsResetWithoutAServer) {
    for (auto const* const setting : {"ignore_hosts=", "ignore_hosts=."}) {
        ProxyFixture fixture;
        fixture.set(setting).start();
        Tunnel client(fixture, "127.0.0.1:" + std::to_string(pathology::test::free_port()));
        client.send("\x01 no HTTP");
        EXPECT_EQ(client.read_to_end(), "");
        EXPECT_EQ(client.error(), asio::error::connection_reset) << setting;
        EXPECT_EQ(fixture.recorder->count("server_connect_error"), 1U);
    }
}

TEST(Http2Tunnel, P11_d_TheGreetingOfAServerArrives) {
    Origin const origin([](net::Stream& stream) -> asio::awaitable<void> {
        co_await net::send(stream, "220 mail.test ESMTP\r\n");
        co_await proxycore::test::echo(stream);
    });
    ProxyFixture fixture;
    fixture.set("tunnel_probe_timeout=50").start();
    Tunnel client(fixture, origin.where());
    EXPECT_EQ(client.read(21), "220 mail.test ESMTP\r\n");
    client.send("EHLO client.test\r\n");
    EXPECT_EQ(client.read(18), "EHLO client.test\r\n");
}

TEST(Http2Tunnel, P04_ReportsAServerWhereItConnectsAhead) {
    ProxyFixture fixture;
    fixture.set("connection_strategy=eager").start();
    TestClient client(fixture.port());
    auto const nowhere = "127.0.0.1:" + std::to_string(pathology::test::free_port());
    EXPECT_EQ(client.open_tunnel_by_http2(nowhere), 502U);
    Origin const origin;
    EXPECT_EQ(client.open_tunnel_by_http2(origin.where()), 200U);
    EXPECT_EQ(client.request(inner_get).body, "origin");
}

TEST(Http2Tunnel, A23_AsksAServerThatRefusedAgainForTheNextStream) {
    for (auto const* const strategy : {"lazy", "eager"}) {
        SecureOrigin::Options options;
        options.port = pathology::test::free_port();
        ProxyFixture fixture({"reverse:https://127.0.0.1:" + std::to_string(options.port)});
        fixture.set("ssl_insecure").set("upstream_cert=false").set(std::string("connection_strategy=") + strategy);
        fixture.start();
        TestClient client(fixture.port());
        client.start_tls("origin.test");
        EXPECT_EQ(client.get_on_new_stream("https://origin.test/"), 502U);
        SecureOrigin const origin(tls::test::identity_for({"origin.test"}), options);
        EXPECT_EQ(client.get_on_new_stream("https://origin.test/"), 200U) << strategy;
    }
}

TEST(Http2Tunnel, P07_b_GoesThroughTheUpstreamProxy) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture upstream;
    upstream.set("ignore_hosts=.").start();
    ProxyFixture fixture({"upstream:http://" + upstream.where()});
    fixture.set("ssl_insecure").start();
    Tunnel client(fixture, where(origin));
    client.start_tls("origin.test");
    EXPECT_EQ(client.request(inner_get).body, "asked for origin.test");
    EXPECT_EQ(fixture.recorder->count("http_connect_upstream"), 1U);
    EXPECT_EQ(upstream.recorder->count("server_connected"), 1U);
}

TEST(Http2Tunnel, P06_g_IsRefusedInReverseMode) {
    Origin const origin;
    ProxyFixture fixture({"reverse:" + origin.url()});
    fixture.start();
    EXPECT_EQ(TestClient(fixture.port()).open_tunnel_by_http2("origin.test:80"), 400U);
    EXPECT_EQ(origin.accepted(), 0U);
}

TEST(Http2Tunnel, P40_TheServerOfAWebSocketEndsOnceAndBeforeItsClient) {
    std::string const frame("\x81\x02yo");
    Origin const origin([&](net::Stream& stream) -> asio::awaitable<void> {
        std::string all;
        std::string block(4096, '\0');
        while (all.find("\r\n\r\n") == std::string::npos) {
            auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
            if (ec) co_return;
            all.append(block, 0, n);
        }
        auto const response =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n" + frame;
        co_await net::send(stream, response);
        co_await proxycore::test::read_to_end(stream, all);
    });
    ProxyFixture fixture;
    fixture.start();
    {
        TestClient client(fixture.port());
        EXPECT_EQ(client.open_websocket_by_http2(origin.url() + "/chat"), 101U);
        EXPECT_EQ(client.read(frame.size()), frame);
        client.close(net::CloseMode::fin);
        auto const nowhere = "http://127.0.0.1:" + std::to_string(pathology::test::free_port());
        EXPECT_EQ(client.get_on_new_stream(nowhere), 502U);  // lets the connection go on
        EXPECT_TRUE(fixture.recorder->wait_for("server_disconnected"));
        EXPECT_EQ(fixture.recorder->count("client_disconnected"), 0U);
    }
    ASSERT_TRUE(fixture.recorder->wait_for("client_disconnected"));
    EXPECT_EQ(fixture.recorder->count("server_disconnected"), 1U);
    EXPECT_EQ(fixture.recorder->servers().at(0).state, flow::ConnectionState::closed);
}

TEST(Http2Tunnel, P62_b_SpeaksForItselfAndForNobodyBesideIt) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.set("proxyauth=me:secret").start();
    http::Fields const right{{"proxy-authorization", "Basic bWU6c2VjcmV0"}};
    TestClient client(fixture.port());
    EXPECT_EQ(client.open_tunnel_by_http2(origin.where()), 407U);
    EXPECT_EQ(client.open_tunnel_by_http2(origin.where(), right), 200U);
    EXPECT_EQ(client.request(inner_get).status, 200U);
    EXPECT_EQ(client.get_on_new_stream(origin.url() + "/"), 407U);
    EXPECT_EQ(client.get_on_new_stream(origin.url() + "/", right), 200U);
    EXPECT_EQ(client.open_tunnel_by_http2(origin.where()), 407U);
    for (auto const& head : origin.asked()) EXPECT_THAT(head, testing::Not(testing::HasSubstr("uthorization")));
    EXPECT_EQ(origin.asked().size(), 2U);
}

}  // namespace
}  // namespace pathology::proxycore::proxy
