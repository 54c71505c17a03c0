// Tunnels that clients of HTTP/2 ask for: what is inside of them is what it is inside of one of HTTP/1.
#include <gmock/gmock.h>

#include "proxy/origin.hpp"
#include "proxy/proxy_bench.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/visitor.hpp"
#include "support/free_port.hpp"
#include "support/streams.hpp"
#include "tls/talk.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using test::Origin;
using test::ProxyBench;
using test::SecureOrigin;
using test::Visitor;
using testing::ElementsAre;

std::string const inner_get = "GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n";

/// A client with a tunnel.
struct Tunnel : Visitor {
    Tunnel(ProxyBench const& bench, std::string const& where) : Visitor(bench.port()) {
        EXPECT_EQ(open_tunnel_by_http2(where), 200U);
    }
};

std::string where(SecureOrigin const& origin) { return "127.0.0.1:" + std::to_string(origin.port()); }

TEST(Http2Tunnel, P04_b_TlsInsideIsReadable) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyBench bench;
    bench.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file()).start();
    {
        Tunnel visitor(bench, where(origin));
        visitor.start_tls("origin.test");
        EXPECT_NE(visitor.issuer(), to_string(tls::test::authority().certificate().subject));
        for (int i = 0; i < 2; ++i) EXPECT_EQ(visitor.ask(inner_get).body, "asked for origin.test");
    }
    ASSERT_TRUE(bench.witness->wait_for("client_disconnected", 2));
    auto const flow = bench.witness->http_flows().at(0);
    EXPECT_EQ(flow->request.scheme(), "https");
    EXPECT_EQ(flow->client_conn->sni, "origin.test");
    EXPECT_EQ(origin.accepted(), 1U);
    EXPECT_EQ(bench.witness->count("server_disconnected"), 1U);
    EXPECT_TRUE(bench.wait_for_log("debug: layers: regular, http/2, tls, http/1\n"));
    EXPECT_FALSE(bench.witness->clients().at(1).tls_established()) << "TLS of a tunnel is not that of its connection";
}

TEST(Http2Tunnel, P03_e_StandsOnTlsWithTheProxy) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyBench bench;
    bench.set("ssl_insecure").start();
    Visitor visitor(bench.port());
    visitor.start_tls("proxy.test");
    EXPECT_EQ(visitor.open_tunnel_by_http2(where(origin)), 200U);
    visitor.start_tls("origin.test");
    EXPECT_EQ(visitor.ask(inner_get).body, "asked for origin.test");
    EXPECT_EQ(bench.witness->count("request"), 1U);
}

TEST(Http2Tunnel, P15_a_LeavesIgnoredHostsAlone) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyBench bench;
    bench.set("ignore_hosts=.").start();
    Tunnel visitor(bench, where(origin));
    visitor.start_tls("origin.test");
    EXPECT_EQ(visitor.issuer(), to_string(tls::test::authority().certificate().subject));
    EXPECT_EQ(visitor.ask(inner_get).body, "asked for origin.test");
    EXPECT_EQ(bench.witness->count("request"), 0U);
}

TEST(Http2Tunnel, P14_d_PassesAHalfCloseOn) {
    Origin const origin([](net::Stream& stream) -> asio::awaitable<void> {
        std::string all;
        co_await proxycore::test::read_to_end(stream, all);
        auto const answer = "got " + std::to_string(all.size());
        co_await net::send(stream, answer);
    });
    ProxyBench bench;
    bench.start();
    Tunnel visitor(bench, origin.where());
    visitor.say(std::string(200'000, '\x01'));
    visitor.end();
    EXPECT_EQ(visitor.hear_rest(), "got 200000");
    EXPECT_TRUE(bench.witness->wait_for("tcp_end"));
}

TEST(Http2Tunnel, P14_e_IsResetWithoutAServer) {
    for (auto const* const setting : {"ignore_hosts=", "ignore_hosts=."}) {
        ProxyBench bench;
        bench.set(setting).start();
        Tunnel visitor(bench, "127.0.0.1:" + std::to_string(pathology::test::free_port()));
        visitor.say("\x01 no HTTP");
        EXPECT_EQ(visitor.hear_rest(), "");
        EXPECT_EQ(visitor.trouble(), asio::error::connection_reset) << setting;
        EXPECT_EQ(bench.witness->count("server_connect_error"), 1U);
    }
}

TEST(Http2Tunnel, P11_d_TheGreetingOfAServerArrives) {
    Origin const origin([](net::Stream& stream) -> asio::awaitable<void> {
        co_await net::send(stream, "220 mail.test ESMTP\r\n");
        co_await proxycore::test::echo(stream);
    });
    ProxyBench bench;
    bench.set("tunnel_probe_timeout=50").start();
    Tunnel visitor(bench, origin.where());
    EXPECT_EQ(visitor.hear(21), "220 mail.test ESMTP\r\n");
    visitor.say("EHLO client.test\r\n");
    EXPECT_EQ(visitor.hear(18), "EHLO client.test\r\n");
}

TEST(Http2Tunnel, P04_TellsOfAServerWhereItConnectsAhead) {
    ProxyBench bench;
    bench.set("connection_strategy=eager").start();
    Visitor visitor(bench.port());
    auto const nowhere = "127.0.0.1:" + std::to_string(pathology::test::free_port());
    EXPECT_EQ(visitor.open_tunnel_by_http2(nowhere), 502U);
    Origin const origin;
    EXPECT_EQ(visitor.open_tunnel_by_http2(origin.where()), 200U);
    EXPECT_EQ(visitor.ask(inner_get).body, "origin");
}

TEST(Http2Tunnel, P07_b_GoesThroughTheUpstreamProxy) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyBench upstream;
    upstream.set("ignore_hosts=.").start();
    ProxyBench bench({"upstream:http://" + upstream.where()});
    bench.set("ssl_insecure").start();
    Tunnel visitor(bench, where(origin));
    visitor.start_tls("origin.test");
    EXPECT_EQ(visitor.ask(inner_get).body, "asked for origin.test");
    EXPECT_EQ(bench.witness->count("http_connect_upstream"), 1U);
    EXPECT_EQ(upstream.witness->count("server_connected"), 1U);
}

TEST(Http2Tunnel, P06_g_IsRefusedInReverseMode) {
    Origin const origin;
    ProxyBench bench({"reverse:" + origin.url()});
    bench.start();
    EXPECT_EQ(Visitor(bench.port()).open_tunnel_by_http2("origin.test:80"), 400U);
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
        auto const answer =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n" + frame;
        co_await net::send(stream, answer);
        co_await proxycore::test::read_to_end(stream, all);
    });
    ProxyBench bench;
    bench.start();
    {
        Visitor visitor(bench.port());
        EXPECT_EQ(visitor.open_websocket_by_http2(origin.url() + "/chat"), 101U);
        EXPECT_EQ(visitor.hear(frame.size()), frame);
        visitor.end(net::CloseMode::fin);
        auto const nowhere = "http://127.0.0.1:" + std::to_string(pathology::test::free_port());
        EXPECT_EQ(visitor.ask_beside(nowhere), 502U);  // lets the connection go on
        EXPECT_TRUE(bench.witness->wait_for("server_disconnected"));
        EXPECT_EQ(bench.witness->count("client_disconnected"), 0U);
    }
    ASSERT_TRUE(bench.witness->wait_for("client_disconnected"));
    EXPECT_EQ(bench.witness->count("server_disconnected"), 1U);
    EXPECT_EQ(bench.witness->servers().at(0).state, flow::ConnectionState::closed);
}

TEST(Http2Tunnel, P62_b_SpeaksForItselfAndForNobodyBesideIt) {
    Origin const origin;
    ProxyBench bench;
    bench.set("proxyauth=me:secret").start();
    http::Fields const right{{"proxy-authorization", "Basic bWU6c2VjcmV0"}};
    Visitor visitor(bench.port());
    EXPECT_EQ(visitor.open_tunnel_by_http2(origin.where()), 407U);
    EXPECT_EQ(visitor.open_tunnel_by_http2(origin.where(), right), 200U);
    EXPECT_EQ(visitor.ask(inner_get).status, 200U);
    EXPECT_EQ(visitor.ask_beside(origin.url() + "/"), 407U);
    EXPECT_EQ(visitor.ask_beside(origin.url() + "/", right), 200U);
    EXPECT_EQ(visitor.open_tunnel_by_http2(origin.where()), 407U);
    for (auto const& head : origin.asked()) EXPECT_THAT(head, testing::Not(testing::HasSubstr("uthorization")));
    EXPECT_EQ(origin.asked().size(), 2U);
}

}  // namespace
}  // namespace pathology::proxycore::proxy
