// The site inside of the proxy, from which clients get the certificate: nobody looks for it on the network.
#include <gmock/gmock.h>

#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::proxy {
namespace {

using test::ProxyFixture;
using test::TestClient;

constexpr char host[] = "site.test";
std::string const get = "GET /cert/pem HTTP/1.1\r\nHost: site.test\r\n\r\n";

struct Way {
    std::string name;
    std::string mode, settings;
    void (*enter)(TestClient& client);
};

void by_connect(TestClient& client) {
    EXPECT_EQ(client.request("CONNECT site.test:80 HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
}
void by_tls_in_connect(TestClient& client) {
    EXPECT_EQ(client.request("CONNECT Site.Test:443 HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    client.start_tls(host);
}
void by_tls_without_a_name(TestClient& client) {
    EXPECT_EQ(client.request("CONNECT site.test:443 HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    client.start_tls("127.0.0.1");
}
void by_socks(TestClient& client) {
    using namespace std::string_literals;
    client.send("\x05\x01\x00"s);
    EXPECT_EQ(client.read(2), "\x05\x00"s);
    client.send("\x05\x01\x00\x03\x09site.test\x00\x50"s);
    EXPECT_EQ(client.read(10).substr(0, 2), "\x05\x00"s);
}
/// A client that has resolved the name to an address which leads nowhere.
void by_socks_to_an_address(TestClient& client) {
    using namespace std::string_literals;
    client.send("\x05\x01\x00"s);
    EXPECT_EQ(client.read(2), "\x05\x00"s);
    client.send("\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x01"s);
    EXPECT_EQ(client.read(10).substr(0, 2), "\x05\x00"s);
}
void by_tls_through_socks(TestClient& client) {
    by_socks_to_an_address(client);
    client.start_tls(host);
}
void by_tls_to_an_address(TestClient& client) {
    EXPECT_EQ(client.request("CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    client.start_tls(host);
}
void by_tls(TestClient& client) { client.start_tls(host); }
void plainly(TestClient&) {}

class P28_OwnSite : public testing::TestWithParam<Way> {};

TEST_P(P28_OwnSite, IsNeverConnectedTo) {
    auto const& row = GetParam();
    ProxyFixture fixture({row.mode});
    fixture.set("onboarding_host=site.test");
    if (!row.settings.empty()) fixture.set(row.settings);
    fixture.start();
    TestClient client(fixture.port());
    row.enter(client);
    auto const response = client.request(get);
    EXPECT_EQ(response.status, 200U);
    EXPECT_EQ(response.body.substr(0, 10), "-----BEGIN");
    EXPECT_EQ(fixture.recorder->count("server_connect"), 0U) << fixture.log();
}

constexpr char eager[] = "connection_strategy=eager";

INSTANTIATE_TEST_SUITE_P(
    Ways, P28_OwnSite,
    testing::Values(Way{"Plain", "regular", "", plainly}, Way{"Tunnel", "regular", "", by_connect},
                    Way{"EagerTunnel", "regular", eager, by_connect}, Way{"Tls", "regular", "", by_tls_in_connect},
                    Way{"EagerTls", "regular", eager, by_tls_in_connect},
                    Way{"TlsWithoutAName", "regular", "", by_tls_without_a_name}, Way{"Socks", "socks5", "", by_socks},
                    Way{"EagerSocks", "socks5", eager, by_socks},
                    Way{"Reverse", "reverse:http://site.test", eager, plainly},
                    Way{"A22_Reverse", "reverse:http://127.0.0.1:1", "", plainly},
                    Way{"A22_ReverseHttps", "reverse:https://127.0.0.1:1", "", plainly},
                    Way{"A22_ReverseKeepingHost", "reverse:http://127.0.0.1:1", "keep_host_header=true", plainly},
                    Way{"A22_ReverseByTls", "reverse:http://127.0.0.1:1", "", by_tls},
                    Way{"A22_ReverseHttpsByTls", "reverse:https://127.0.0.1:1", "", by_tls},
                    Way{"A22_EagerReverseHttpsByTls", "reverse:https://127.0.0.1:1", eager, by_tls},
                    Way{"A22_Upstream", "upstream:http://127.0.0.1:1", "", plainly},
                    Way{"A22_UpstreamTls", "upstream:http://127.0.0.1:1", "", by_tls_in_connect},
                    Way{"A22_TlsToAnAddress", "regular", "", by_tls_to_an_address},
                    Way{"A22_SocksToAnAddress", "socks5", "", by_socks_to_an_address},
                    Way{"A22_TlsThroughSocks", "socks5", "", by_tls_through_socks}),
    pathology::test::row_name);

TEST(OwnSite, P28_IsNotLookedForWhereItsClientIsSilent) {
    ProxyFixture fixture;
    fixture.set("onboarding_host=site.test").set("tunnel_probe_timeout=0").start();
    TestClient client(fixture.port());
    by_connect(client);
    EXPECT_EQ(client.request(get).status, 200U);
    EXPECT_EQ(fixture.recorder->count("server_connect"), 0U) << fixture.log();
}

TEST(OwnSite, P28_TakesNoBytes) {
    ProxyFixture fixture;
    fixture.set("onboarding_host=site.test").start();
    TestClient client(fixture.port());
    by_connect(client);
    client.send("\x01\x02\x03");
    EXPECT_EQ(client.read_to_end(), "");
    ASSERT_TRUE(fixture.recorder->wait_for("tcp_error"));
    EXPECT_EQ(fixture.recorder->count("server_connect"), 0U) << fixture.log();
}

}  // namespace
}  // namespace pathology::proxycore::proxy
