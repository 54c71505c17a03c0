// In front of one server (P06).
#include <gmock/gmock.h>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"
#include "support/row_name.hpp"
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
using testing::HasSubstr;
using testing::StartsWith;

std::string const plain_get = "GET /x HTTP/1.1\r\nHost: front.test\r\nX: y\r\n\r\n";

struct Sides {
    std::string_view name;
    bool tls_client, tls_server;
};
class P06_ReverseProxy : public testing::TestWithParam<Sides> {};
TEST_P(P06_ReverseProxy, P06_a_SpeaksWhatEachSideSpeaks) {
    auto const [name, tls_client, tls_server] = GetParam();
    Origin const plain("asked for nothing");
    SecureOrigin const secure(tls::test::identity_for({"localhost"}));
    auto const port = std::to_string(tls_server ? secure.port() : plain.port());
    ProxyFixture fixture({"reverse:" + std::string(tls_server ? "https" : "http") + "://localhost:" + port});
    fixture.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file()).start();
    TestClient client(fixture.port());
    if (tls_client) client.start_tls("front.test");
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(client.request(plain_get).body, tls_server ? "asked for localhost" : "asked for nothing");
    ASSERT_TRUE(fixture.recorder->wait_for("response", 2));
    auto const flow = fixture.recorder->http_flows().at(0);
    EXPECT_EQ(flow->request.scheme(), tls_server ? "https" : "http");
    EXPECT_EQ(flow->request.host(), "localhost");
    EXPECT_EQ(flow->client_conn->tls_established(), tls_client);
}
INSTANTIATE_TEST_SUITE_P(Sides, P06_ReverseProxy,
                         testing::Values(Sides{"PlainPlain", false, false}, Sides{"PlainTls", false, true},
                                         Sides{"TlsPlain", true, false}, Sides{"TlsTls", true, true}),
                         pathology::test::row_name);

TEST(ReverseProxy, P06_e_NamesTheServerInTheHostField) {
    Origin const origin;
    ProxyFixture fixture({"reverse:" + origin.url()});
    fixture.start();
    TestClient(fixture.port()).request(plain_get);
    EXPECT_THAT(origin.asked(), ElementsAre("GET /x HTTP/1.1\r\nHost: " + origin.where() + "\r\nX: y\r\n\r\n"));
}

TEST(ReverseProxy, P06_e_LeavesTheHostFieldWhereThatIsWanted) {
    Origin const origin;
    ProxyFixture fixture({"reverse:" + origin.url()});
    fixture.set("keep_host_header").start();
    TestClient(fixture.port()).request(plain_get);
    EXPECT_THAT(origin.asked(), ElementsAre(plain_get));
}

TEST(ReverseProxy, P06_KeepsAnAbsoluteFormAndItsServer) {
    Origin const origin;
    ProxyFixture fixture({"reverse:" + origin.url()});
    fixture.set("keep_host_header").start();
    std::string const absolute = "GET http://other.test/x HTTP/1.1\r\nHost: other.test\r\n\r\n";
    EXPECT_EQ(TestClient(fixture.port()).request(absolute).status, 200U);
    EXPECT_THAT(origin.asked(), ElementsAre(absolute));
}

TEST(ReverseProxy, P06_g_RefusesConnect) {
    Origin const origin;
    ProxyFixture fixture({"reverse:" + origin.url()});
    fixture.start();
    auto const response =
        TestClient(fixture.port()).request("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n", "CONNECT");
    EXPECT_EQ(response.status, 400U);
    EXPECT_THAT(response.body, HasSubstr("mode"));
}

TEST(ReverseProxy, P06_h_StandsBehindAnother) {
    Origin const origin;
    ProxyFixture inner({"reverse:" + origin.url()});
    inner.start();
    ProxyFixture outer({"reverse:https://" + inner.where()});
    outer.set("ssl_insecure").start();
    EXPECT_EQ(TestClient(outer.port()).request(plain_get).body, "origin");
    EXPECT_EQ(inner.recorder->http_flows().at(0)->client_conn->tls_established(), true);
}

TEST(ReverseProxy, PassesBytesOnToATcpServer) {
    Origin const origin([](net::Stream& stream) -> asio::awaitable<void> {
        co_await net::send(stream, "220 hello\r\n");
        co_await proxycore::test::echo(stream);
    });
    ProxyFixture fixture({"reverse:tcp://" + origin.where()});
    fixture.start();
    TestClient client(fixture.port());
    EXPECT_EQ(client.read(11), "220 hello\r\n");
    client.send("GET / HTTP/1.1\r\n\r\n");
    EXPECT_EQ(client.read(18), "GET / HTTP/1.1\r\n\r\n");
    client.close();
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_TRUE(fixture.recorder->wait_for("tcp_end"));
}

TEST(ReverseProxy, P11_ConnectsAheadWhereThatIsWanted) {
    Origin const origin;
    ProxyFixture fixture({"reverse:" + origin.url()});
    fixture.set("connection_strategy=eager").start();
    TestClient client(fixture.port());
    ASSERT_TRUE(fixture.recorder->wait_for("server_connected"));
    EXPECT_EQ(client.request(plain_get).body, "origin");
    EXPECT_EQ(origin.accepted(), 1U);
}

TEST(ReverseProxy, P63_SendsItsCredentialsOnEveryRequest) {
    Origin const origin;
    ProxyFixture fixture({"reverse:" + origin.url()});
    fixture.set("upstream_auth=user:pass").start();
    TestClient client(fixture.port());
    for (int i = 0; i < 2; ++i) client.request(plain_get);
    auto const asked = origin.asked();
    ASSERT_EQ(asked.size(), 2U);
    for (auto const& head : asked) EXPECT_THAT(head, HasSubstr("Authorization: Basic dXNlcjpwYXNz\r\n"));
}

TEST(ReverseProxy, P02_b_ServesBesideOtherModes) {
    Origin const origin;
    ProxyFixture fixture({"reverse:" + origin.url(), "regular", "socks5"});
    fixture.start();
    EXPECT_EQ(fixture.proxy.listeners().size(), 3U);
    EXPECT_EQ(TestClient(fixture.port(0)).request(plain_get).body, "origin");
    EXPECT_EQ(TestClient(fixture.port(1)).request("GET " + origin.url() + "/ HTTP/1.1\r\nHost: x\r\n\r\n").body,
              "origin");
    EXPECT_TRUE(fixture.wait_for_log("reverse proxy to " + origin.url() + " listening at " + fixture.where(0) + "."));
    EXPECT_TRUE(fixture.wait_for_log("SOCKS5 proxy listening at " + fixture.where(2) + "."));
}

}  // namespace
}  // namespace pathology::proxycore::proxy
