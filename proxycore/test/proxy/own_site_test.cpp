// The site inside of the proxy, from which clients get the certificate: nobody looks for it on the network.
#include <gmock/gmock.h>

#include "proxy/proxy_bench.hpp"
#include "proxy/visitor.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::proxy {
namespace {

using test::ProxyBench;
using test::Visitor;

constexpr char host[] = "site.test";
std::string const get = "GET /cert/pem HTTP/1.1\r\nHost: site.test\r\n\r\n";

struct Way {
    std::string name;
    std::string mode, settings;
    void (*enter)(Visitor& client);
};

void by_connect(Visitor& client) {
    EXPECT_EQ(client.ask("CONNECT site.test:80 HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
}
void by_tls_in_connect(Visitor& client) {
    EXPECT_EQ(client.ask("CONNECT Site.Test:443 HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    client.start_tls(host);
}
void by_tls_without_a_name(Visitor& client) {
    EXPECT_EQ(client.ask("CONNECT site.test:443 HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    client.start_tls("127.0.0.1");
}
void by_socks(Visitor& client) {
    using namespace std::string_literals;
    client.say("\x05\x01\x00"s);
    EXPECT_EQ(client.hear(2), "\x05\x00"s);
    client.say("\x05\x01\x00\x03\x09site.test\x00\x50"s);
    EXPECT_EQ(client.hear(10).substr(0, 2), "\x05\x00"s);
}
void plainly(Visitor&) {}

class P28_OwnSite : public testing::TestWithParam<Way> {};

TEST_P(P28_OwnSite, IsNeverConnectedTo) {
    auto const& row = GetParam();
    ProxyBench bench({row.mode});
    bench.set("onboarding_host=site.test");
    if (!row.settings.empty()) bench.set(row.settings);
    bench.start();
    Visitor client(bench.port());
    row.enter(client);
    auto const answer = client.ask(get);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body.substr(0, 10), "-----BEGIN");
    EXPECT_EQ(bench.witness->count("server_connect"), 0U) << bench.log();
}

constexpr char eager[] = "connection_strategy=eager";

INSTANTIATE_TEST_SUITE_P(Ways, P28_OwnSite,
                         testing::Values(Way{"Plain", "regular", "", plainly}, Way{"Tunnel", "regular", "", by_connect},
                                         Way{"EagerTunnel", "regular", eager, by_connect},
                                         Way{"Tls", "regular", "", by_tls_in_connect},
                                         Way{"EagerTls", "regular", eager, by_tls_in_connect},
                                         Way{"TlsWithoutAName", "regular", "", by_tls_without_a_name},
                                         Way{"Socks", "socks5", "", by_socks},
                                         Way{"EagerSocks", "socks5", eager, by_socks},
                                         Way{"Reverse", "reverse:http://site.test", eager, plainly}),
                         pathology::test::row_name);

TEST(OwnSite, P28_IsNotLookedForWhereItsClientIsSilent) {
    ProxyBench bench;
    bench.set("onboarding_host=site.test").set("tunnel_probe_timeout=0").start();
    Visitor client(bench.port());
    by_connect(client);
    EXPECT_EQ(client.ask(get).status, 200U);
    EXPECT_EQ(bench.witness->count("server_connect"), 0U) << bench.log();
}

TEST(OwnSite, P28_TakesNoBytes) {
    ProxyBench bench;
    bench.set("onboarding_host=site.test").start();
    Visitor client(bench.port());
    by_connect(client);
    client.say("\x01\x02\x03");
    EXPECT_EQ(client.hear_rest(), "");
    ASSERT_TRUE(bench.witness->wait_for("tcp_error"));
    EXPECT_EQ(bench.witness->count("server_connect"), 0U) << bench.log();
}

}  // namespace
}  // namespace pathology::proxycore::proxy
