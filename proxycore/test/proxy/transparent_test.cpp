// Clients whose packets the firewall sends to the proxy (P05), in a network namespace that the test makes for itself.
#include <gmock/gmock.h>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"
#include "support/network_namespace.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::proxy {
namespace {

using pathology::test::AsClient;
using pathology::test::redirect;
using test::Origin;
using test::ProxyFixture;
using test::SecureOrigin;
using test::TestClient;
using testing::ElementsAre;

std::string const get_by_name = "GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n";

class P05_a_Address : public testing::TestWithParam<std::string> {};
TEST_P(P05_a_Address, IsWhereTheClientMeantToGo) {
    PATHOLOGY_IN_NAMESPACE([] {
        auto const& address = GetParam();
        Origin const origin("origin", address);
        ProxyFixture fixture({"transparent"});
        fixture.set("listen_host=").start();  // one listener for both families
        ASSERT_EQ(redirect(origin.port(), fixture.port(), address), "");
        AsClient const as_client;
        EXPECT_EQ(TestClient(origin.port(), address).request(get_by_name).body, "origin");
        EXPECT_TRUE(fixture.wait_for_log("debug: layers: transparent, http/1\n"));
        EXPECT_THAT(origin.asked(), ElementsAre(get_by_name));
        auto const flow = fixture.recorder->http_flows().at(0);
        EXPECT_EQ(flow->request.host(), address);
        EXPECT_EQ(flow->request.port(), origin.port());
        EXPECT_EQ(flow->request.pretty_host(), "origin.test");
        EXPECT_EQ(flow->client_conn->sockname->host, address);
        EXPECT_EQ(flow->client_conn->peername->host, address);
    });
}
INSTANTIATE_TEST_SUITE_P(Families, P05_a_Address, testing::Values("10.99.0.1", "fd99::1"), [](auto const& row) {
    return std::string(row.param.find(':') == row.param.npos ? "Ipv4" : "Ipv6");
});

/// Its client does not know of the proxy, so it knows that the server speaks HTTP/2 (RFC 9113 §3.3).
TEST(TransparentProxy, A3_AsksAServerOverHttp2IfItsClientDoesSoWithoutTls) {
    PATHOLOGY_IN_NAMESPACE([] {
        SecureOrigin const origin(tls::test::identity_for({"origin.test"}),
                                  {.times = 0, .host = "10.99.0.1", .http2 = true});
        ProxyFixture fixture({"transparent"});
        fixture.start();
        ASSERT_EQ(redirect(origin.port(), fixture.port()), "");
        AsClient const as_client;
        TestClient client(origin.port(), "10.99.0.1");
        auto const url = "http://10.99.0.1:" + std::to_string(origin.port()) + "/";
        for (int i = 0; i < 2; ++i) EXPECT_EQ(client.get_on_new_stream(url), 200U);
        EXPECT_EQ(origin.accepted(), 1U);
        EXPECT_EQ(fixture.recorder->http_flows().back()->server_conn->alpn, "h2c");
        EXPECT_EQ(fixture.recorder->violations(), "");
    });
}

TEST(TransparentProxy, A3_AsksAServerOverHttp1ThatTakesNoHttp2) {
    PATHOLOGY_IN_NAMESPACE([] {
        Origin const origin("origin", "10.99.0.1");
        ProxyFixture fixture({"transparent"});
        fixture.start();
        ASSERT_EQ(redirect(origin.port(), fixture.port()), "");
        AsClient const as_client;
        TestClient client(origin.port(), "10.99.0.1");
        for (int i = 0; i < 2; ++i) EXPECT_EQ(client.get_on_new_stream(origin.url() + "/x"), 200U);
        EXPECT_EQ(origin.accepted(), 2U);  // HTTP/2 is tried once
        EXPECT_THAT(origin.asked().back(), testing::StartsWith("GET /x HTTP/1.1\r\n"));
        EXPECT_EQ(fixture.recorder->violations(), "");
    });
}

TEST(TransparentProxy, P05_b_LooksIntoTls) {
    PATHOLOGY_IN_NAMESPACE([] {
        SecureOrigin const origin(tls::test::identity_for({"origin.test"}), {.host = "10.99.0.1"});
        ProxyFixture fixture({"transparent"});
        fixture.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file()).start();
        ASSERT_EQ(redirect(origin.port(), fixture.port()), "");
        AsClient const as_client;
        TestClient client(origin.port(), "10.99.0.1");
        client.start_tls("origin.test");
        EXPECT_NE(client.issuer(), to_string(tls::test::authority().certificate().subject));
        EXPECT_EQ(client.request(get_by_name).body, "asked for origin.test");
    });
}

TEST(TransparentProxy, P05_c_ShowsTheOriginsNamesToAClientThatNamesNone) {
    PATHOLOGY_IN_NAMESPACE([] {
        SecureOrigin const origin(tls::test::identity_for({"origin.test", "10.99.0.1"}), {.host = "10.99.0.1"});
        ProxyFixture fixture({"transparent"});
        fixture.set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file()).start();
        ASSERT_EQ(redirect(origin.port(), fixture.port()), "");
        AsClient const as_client;
        TestClient client(origin.port(), "10.99.0.1");
        client.start_tls("10.99.0.1");
        EXPECT_NE(client.issuer(), to_string(tls::test::authority().certificate().subject));
        EXPECT_EQ(client.certificate().subject_value("CN"), "origin.test");
        std::vector<std::string> names;
        for (auto const& name : client.certificate().alternative_names) names.push_back(name.value);
        EXPECT_THAT(names, ElementsAre("origin.test", "10.99.0.1"));
    });
}

TEST(TransparentProxy, P05_d_EndsAConnectionThatWasMadeToItself) {
    PATHOLOGY_IN_NAMESPACE([] {
        ProxyFixture fixture({"transparent"});
        fixture.start();
        EXPECT_EQ(TestClient(fixture.port()).read_to_end(), "");
        EXPECT_TRUE(fixture.wait_for_log("Transparent mode failure: "));
        EXPECT_EQ(fixture.recorder->count("server_connect"), 0U);
    });
}

TEST(TransparentProxy, P05_e_LeavesIgnoredAddressesAlone) {
    PATHOLOGY_IN_NAMESPACE([] {
        SecureOrigin const origin(tls::test::identity_for({"origin.test"}), {.host = "10.99.0.1"});
        ProxyFixture fixture({"transparent"});
        fixture.set("ignore_hosts=^10\\.99\\.").start();
        ASSERT_EQ(redirect(origin.port(), fixture.port()), "");
        AsClient const as_client;
        TestClient client(origin.port(), "10.99.0.1");
        client.start_tls("origin.test");
        EXPECT_EQ(client.issuer(), to_string(tls::test::authority().certificate().subject));
    });
}

TEST(TransparentProxy, P15_d_PassesAHostThroughThatItsFieldNames) {
    PATHOLOGY_IN_NAMESPACE([] {
        Origin const origin("origin", "10.99.0.1");
        ProxyFixture fixture({"transparent"});
        fixture.set("ignore_hosts=^origin\\.test:").start();
        ASSERT_EQ(redirect(origin.port(), fixture.port()), "");
        AsClient const as_client;
        EXPECT_EQ(TestClient(origin.port(), "10.99.0.1").request(get_by_name).body, "origin");
        EXPECT_EQ(fixture.recorder->count("request"), 0U);
    });
}

TEST(TransparentProxy, P05_d_WithoutARuleHasNowhereToGo) {
    ProxyFixture fixture({"transparent"});
    fixture.start();
    EXPECT_EQ(TestClient(fixture.port()).read_to_end(), "");
    EXPECT_TRUE(fixture.wait_for_log("Transparent mode failure: "));
}

}  // namespace
}  // namespace pathology::proxycore::proxy
