// Behind another proxy (P07).
#include <gmock/gmock.h>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"
#include "support/free_port.hpp"
#include "support/socks5_server.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using test::Origin;
using test::ProxyFixture;
using test::SecureOrigin;
using test::TestClient;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string const inner_get = "GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n";

std::string connect_to(std::string const& where) { return "CONNECT " + where + " HTTP/1.1\r\n\r\n"; }

/// Says one thing to everybody who asks.
Origin::Conduct saying(std::string const& text) {
    return [text](net::Stream& stream) -> asio::awaitable<void> {
        std::string block(4096, '\0');
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        if (!ec) co_await net::send(stream, text);
    };
}

TEST(UpstreamProxy, P07_a_GetsPlainRequestsInAbsoluteForm) {
    Origin const upstream("upstream");
    ProxyFixture fixture({"upstream:" + upstream.url()});
    fixture.start();
    TestClient client(fixture.port());
    std::string const request = "GET http://origin.test:8000/x HTTP/1.1\r\nHost: origin.test:8000\r\n\r\n";
    for (int i = 0; i < 2; ++i) EXPECT_EQ(client.request(request).body, "upstream");
    EXPECT_THAT(upstream.asked(), ElementsAre(request, request));
    EXPECT_EQ(upstream.accepted(), 1U);
    auto const flow = fixture.recorder->http_flows().at(0);
    EXPECT_EQ(to_string(*flow->server_conn->via()), upstream.url());
    EXPECT_FALSE(flow->server_conn->peername.has_value());
}

TEST(UpstreamProxy, P07_b_IsAskedForATunnelForTls) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture upstream;
    upstream.set("ignore_hosts=.").start();
    ProxyFixture fixture({"upstream:http://" + upstream.where()});
    fixture.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file()).start();
    TestClient client(fixture.port());
    auto const where = "127.0.0.1:" + std::to_string(origin.port());
    EXPECT_EQ(client.request(connect_to(where), "CONNECT").status, 200U);
    client.start_tls("origin.test");
    EXPECT_EQ(client.request(inner_get).body, "asked for origin.test");
    EXPECT_EQ(fixture.recorder->http_flows().at(0)->request.scheme(), "https");
    EXPECT_THAT(upstream.recorder->hooks(), Not(Contains("request")));
    EXPECT_EQ(fixture.recorder->count("http_connect_upstream"), 1U);
}

TEST(UpstreamProxy, P07_c_IsAskedForATunnelForWhatIsInsideOfOne) {
    Origin const origin;
    ProxyFixture upstream;
    upstream.set("ignore_hosts=.").start();
    ProxyFixture fixture({"upstream:http://" + upstream.where()});
    fixture.start();
    TestClient client(fixture.port());
    EXPECT_EQ(client.request(connect_to(origin.where()), "CONNECT").status, 200U);
    EXPECT_EQ(client.request(inner_get).body, "origin");
    EXPECT_THAT(origin.asked(), ElementsAre(inner_get));
    EXPECT_EQ(fixture.recorder->count("http_connect_upstream"), 1U);
}

TEST(UpstreamProxy, P07_d_ThatRefusesIsNamedWithItsResponse) {
    Origin const upstream(saying("HTTP/1.1 403 Not you\r\nContent-Length: 0\r\n\r\n"));
    ProxyFixture fixture({"upstream:" + upstream.url()});
    fixture.start();
    TestClient client(fixture.port());
    EXPECT_EQ(client.request(connect_to("origin.test:80"), "CONNECT").status, 200U);
    auto const response = client.request(inner_get);
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body,
                HasSubstr("Upstream proxy " + upstream.where() + " refused HTTP CONNECT request: 403 Not you"));
    EXPECT_EQ(fixture.recorder->count("server_connect_error"), 1U);
}

TEST(UpstreamProxy, P07_e_ThatIsDownIsNamed) {
    auto const where = "127.0.0.1:" + std::to_string(pathology::test::free_port());
    ProxyFixture fixture({"upstream:http://" + where});
    fixture.start();
    auto const response =
        TestClient(fixture.port()).request("GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n");
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, HasSubstr(where));
}

TEST(UpstreamProxy, P07_f_MaySpeakTlsItself) {
    Origin const origin;
    ProxyFixture upstream;
    upstream.start();
    ProxyFixture fixture({"upstream:https://" + upstream.where()});
    fixture.set("ssl_insecure").start();
    auto const request = "GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n";
    EXPECT_EQ(TestClient(fixture.port()).request(request).body, "origin");
    EXPECT_TRUE(upstream.recorder->http_flows().at(0)->client_conn->tls_established());
}

TEST(UpstreamProxy, P07_LeavesTheHostFieldOfItsConnectOut) {
    Origin const upstream(saying("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"));
    ProxyFixture fixture({"upstream:" + upstream.url()});
    std::string sent;
    fixture.recorder->on_hook["http_connect_upstream"] = [&sent](flow::HttpFlow& flow) {
        sent = flow.request.to_head().target + (flow.request.headers.contains("Host") ? " with Host" : "");
    };
    fixture.set("http_connect_send_host_header=false").start();
    TestClient client(fixture.port());
    client.request(connect_to("[::1]:80"), "CONNECT");
    client.request(inner_get);
    EXPECT_EQ(sent, "[::1]:80");
}

TEST(UpstreamProxy, P63_a_LearnsWhoWeAreAndNobodyBehindIt) {
    Origin const origin;
    ProxyFixture upstream;
    upstream.set("proxyauth=user:pass").start();
    ProxyFixture fixture({"upstream:http://" + upstream.where()});
    fixture.set("upstream_auth=user:pass").start();
    auto const plain = "GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n";
    EXPECT_EQ(TestClient(fixture.port()).request(plain).body, "origin");
    TestClient client(fixture.port());
    client.request(connect_to(origin.where()), "CONNECT");
    EXPECT_EQ(client.request(inner_get).body, "origin");
    for (auto const& head : origin.asked()) EXPECT_THAT(head, Not(HasSubstr("Authorization")));
    EXPECT_EQ(origin.asked().size(), 2U);
}

TEST(UpstreamProxy, P63_c_ThatAsksForCredentialsGetsThem) {
    ProxyFixture upstream;
    upstream.set("proxyauth=user:pass").start();
    ProxyFixture fixture({"upstream:http://" + upstream.where()});
    fixture.start();
    auto const plain =
        TestClient(fixture.port()).request("GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n");
    EXPECT_EQ(plain.status, 407U);
    TestClient client(fixture.port());
    client.request(connect_to("origin.test:80"), "CONNECT");
    auto const inside = client.request(inner_get);
    EXPECT_EQ(inside.status, 502U);
    EXPECT_THAT(inside.body, HasSubstr("407"));
}

TEST(UpstreamProxy, MaySpeakSocks5WhereAnAddonSaysSo) {
    Origin const origin;
    proxycore::test::Socks5ServerOptions options;
    options.target = origin.port();
    proxycore::test::Socks5Server const socks(options);
    ProxyFixture fixture;
    fixture.recorder->on_hook["request"] = [&](flow::HttpFlow& flow) {
        flow.server_conn = std::make_shared<flow::Server>();
        flow.server_conn->set_via(flow::ServerSpec{"socks5", {"127.0.0.1", socks.port()}});
    };
    fixture.start();
    auto const request = "GET http://origin.test/x HTTP/1.1\r\nHost: origin.test\r\n\r\n";
    EXPECT_EQ(TestClient(fixture.port()).request(request).body, "origin");
    EXPECT_THAT(socks.destinations(), ElementsAre("origin.test:80"));
    EXPECT_THAT(origin.asked(), ElementsAre(inner_get));
}

}  // namespace
}  // namespace pathology::proxycore::proxy
