// In front of one server (P06).
#include <gmock/gmock.h>

#include "proxy/origin.hpp"
#include "proxy/proxy_bench.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/visitor.hpp"
#include "support/row_name.hpp"
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
    ProxyBench bench({"reverse:" + std::string(tls_server ? "https" : "http") + "://localhost:" + port});
    bench.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file()).start();
    Visitor visitor(bench.port());
    if (tls_client) visitor.start_tls("front.test");
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(visitor.ask(plain_get).body, tls_server ? "asked for localhost" : "asked for nothing");
    ASSERT_TRUE(bench.witness->wait_for("response", 2));
    auto const flow = bench.witness->http_flows().at(0);
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
    ProxyBench bench({"reverse:" + origin.url()});
    bench.start();
    Visitor(bench.port()).ask(plain_get);
    EXPECT_THAT(origin.asked(), ElementsAre("GET /x HTTP/1.1\r\nHost: " + origin.where() + "\r\nX: y\r\n\r\n"));
}

TEST(ReverseProxy, P06_e_LeavesTheHostFieldWhereThatIsWanted) {
    Origin const origin;
    ProxyBench bench({"reverse:" + origin.url()});
    bench.set("keep_host_header").start();
    Visitor(bench.port()).ask(plain_get);
    EXPECT_THAT(origin.asked(), ElementsAre(plain_get));
}

TEST(ReverseProxy, P06_KeepsAnAbsoluteFormAndItsServer) {
    Origin const origin;
    ProxyBench bench({"reverse:" + origin.url()});
    bench.set("keep_host_header").start();
    std::string const absolute = "GET http://other.test/x HTTP/1.1\r\nHost: other.test\r\n\r\n";
    EXPECT_EQ(Visitor(bench.port()).ask(absolute).status, 200U);
    EXPECT_THAT(origin.asked(), ElementsAre(absolute));
}

TEST(ReverseProxy, P06_g_RefusesConnect) {
    Origin const origin;
    ProxyBench bench({"reverse:" + origin.url()});
    bench.start();
    auto const answer = Visitor(bench.port()).ask("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n", "CONNECT");
    EXPECT_EQ(answer.status, 400U);
    EXPECT_THAT(answer.body, HasSubstr("mode"));
}

TEST(ReverseProxy, P06_h_StandsBehindAnother) {
    Origin const origin;
    ProxyBench inner({"reverse:" + origin.url()});
    inner.start();
    ProxyBench outer({"reverse:https://" + inner.where()});
    outer.set("ssl_insecure").start();
    EXPECT_EQ(Visitor(outer.port()).ask(plain_get).body, "origin");
    EXPECT_EQ(inner.witness->http_flows().at(0)->client_conn->tls_established(), true);
}

TEST(ReverseProxy, PassesBytesOnToATcpServer) {
    Origin const origin([](net::Stream& stream) -> asio::awaitable<void> {
        co_await net::send(stream, "220 hello\r\n");
        co_await proxycore::test::echo(stream);
    });
    ProxyBench bench({"reverse:tcp://" + origin.where()});
    bench.start();
    Visitor visitor(bench.port());
    EXPECT_EQ(visitor.hear(11), "220 hello\r\n");
    visitor.say("GET / HTTP/1.1\r\n\r\n");
    EXPECT_EQ(visitor.hear(18), "GET / HTTP/1.1\r\n\r\n");
    visitor.end();
    EXPECT_EQ(visitor.hear_rest(), "");
    EXPECT_TRUE(bench.witness->wait_for("tcp_end"));
}

TEST(ReverseProxy, P11_ConnectsAheadWhereThatIsWanted) {
    Origin const origin;
    ProxyBench bench({"reverse:" + origin.url()});
    bench.set("connection_strategy=eager").start();
    Visitor visitor(bench.port());
    ASSERT_TRUE(bench.witness->wait_for("server_connected"));
    EXPECT_EQ(visitor.ask(plain_get).body, "origin");
    EXPECT_EQ(origin.accepted(), 1U);
}

TEST(ReverseProxy, P63_SaysWhoItIsOnEveryRequest) {
    Origin const origin;
    ProxyBench bench({"reverse:" + origin.url()});
    bench.set("upstream_auth=user:pass").start();
    Visitor visitor(bench.port());
    for (int i = 0; i < 2; ++i) visitor.ask(plain_get);
    auto const asked = origin.asked();
    ASSERT_EQ(asked.size(), 2U);
    for (auto const& head : asked) EXPECT_THAT(head, HasSubstr("Authorization: Basic dXNlcjpwYXNz\r\n"));
}

TEST(ReverseProxy, P02_b_ServesBesideOtherModes) {
    Origin const origin;
    ProxyBench bench({"reverse:" + origin.url(), "regular", "socks5"});
    bench.start();
    EXPECT_EQ(bench.proxy.listeners().size(), 3U);
    EXPECT_EQ(Visitor(bench.port(0)).ask(plain_get).body, "origin");
    EXPECT_EQ(Visitor(bench.port(1)).ask("GET " + origin.url() + "/ HTTP/1.1\r\nHost: x\r\n\r\n").body, "origin");
    EXPECT_TRUE(bench.wait_for_log("reverse proxy to " + origin.url() + " listening at " + bench.where(0) + "."));
    EXPECT_TRUE(bench.wait_for_log("SOCKS5 proxy listening at " + bench.where(2) + "."));
}

}  // namespace
}  // namespace pathology::proxycore::proxy
