// TLS between clients and servers, through a whole proxy.
#include <gmock/gmock.h>

#include <pathology/proxycore/errors.hpp>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"
#include "support/folder.hpp"
#include "support/process.hpp"
#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::proxy {
namespace {

using pathology::test::Folder;
using test::ProxyFixture;
using test::SecureOrigin;
using test::TestClient;
using testing::HasSubstr;
using tls::test::identity_for;

std::string const plain_get = "GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n";

/// A proxy that trusts the authority of the tests.
struct Trusting : ProxyFixture {
    explicit Trusting(std::vector<std::string> modes = {"regular"}) : ProxyFixture(std::move(modes)) {
        set("ssl_verify_upstream_trusted_ca=" + tls::test::trusted_file());
    }
};

/// A client with a tunnel to that port of this machine.
struct Tunnel : TestClient {
    Tunnel(ProxyFixture const& fixture, std::uint16_t to) : TestClient(fixture.port()) {
        auto const connect = "CONNECT 127.0.0.1:" + std::to_string(to) + " HTTP/1.1\r\n\r\n";
        EXPECT_EQ(request(connect, "CONNECT").status, 200U);
    }
};

TEST(Interception, P04_b_IsReadableInsideOfATunnel) {
    SecureOrigin const origin(identity_for({"origin.test"}));
    Trusting fixture;
    fixture.start();
    Tunnel client(fixture, origin.port());
    client.start_tls("origin.test");
    EXPECT_EQ(client.request(plain_get).body, "asked for origin.test");
    ASSERT_TRUE(fixture.recorder->wait_for("response"));
    auto const flow = fixture.recorder->http_flows().at(0);
    EXPECT_EQ(flow->request.scheme(), "https");
    EXPECT_EQ(flow->request.path, "/x");
}

TEST(Interception, P30_a_LeavesItsTimesInOrder) {
    SecureOrigin const origin(identity_for({"origin.test"}));
    Trusting fixture;
    fixture.start();
    {
        Tunnel client(fixture, origin.port());
        client.start_tls("origin.test");
        EXPECT_EQ(client.request(plain_get).status, 200U);
    }
    ASSERT_TRUE(fixture.recorder->wait_for("client_disconnected"));
    auto const server = fixture.recorder->servers().at(0);
    auto const client = fixture.recorder->clients().at(0);
    EXPECT_LE(server.timestamp_start.value(), server.timestamp_tcp_setup.value());
    EXPECT_LE(server.timestamp_tcp_setup.value(), server.timestamp_tls_setup.value());
    EXPECT_LE(server.timestamp_tls_setup.value(), server.timestamp_end.value());
    EXPECT_LE(client.timestamp_start.value(), client.timestamp_tls_setup.value());
    EXPECT_LE(client.timestamp_tls_setup.value(), client.timestamp_end.value());
    EXPECT_EQ(server.certificate_list.size(), 1U);
    EXPECT_TRUE(server.cipher && server.tls_version && client.cipher && client.tls_version);
}

TEST(Interception, P10_c_ReadsTlsInsideOfTls) {
    SecureOrigin::Options options;
    options.times = 2;
    SecureOrigin const origin(identity_for({"outer.test", "inner.test"}), options);
    Trusting fixture;
    fixture.start();
    Tunnel client(fixture, origin.port());
    client.start_tls("outer.test");
    client.start_tls("inner.test");
    EXPECT_EQ(client.request(plain_get).body, "asked for inner.test") << fixture.log();
    EXPECT_EQ(client.request(plain_get).body, "asked for inner.test");
    EXPECT_EQ(origin.accepted(), 1U);
}

TEST(Interception, P15_PassesTlsThroughToTheServerOfAReverseProxy) {
    SecureOrigin const origin(identity_for({"origin.test"}));
    ProxyFixture fixture({"reverse:https://127.0.0.1:" + std::to_string(origin.port())});
    fixture.set("ignore_hosts=127.0.0.1");
    fixture.start();
    TestClient client(fixture.port());
    client.start_tls("origin.test");
    EXPECT_EQ(client.request(plain_get).body, "asked for origin.test") << fixture.log();
    EXPECT_EQ(fixture.recorder->count("request"), 0U);
}

// --- verification ----------------------------------------------------------------------------------------------------

/// What a client of such a proxy gets from an origin that has signed its own certificate.
test::ReceivedResponse ask_self_signed(ProxyFixture& fixture, std::string const& sni) {
    SecureOrigin const origin(tls::test::self_signed_identity("origin.test"));
    fixture.start();
    Tunnel client(fixture, origin.port());
    client.start_tls(sni);
    return client.request(plain_get);
}

TEST(Interception, P22_c_RespondsWithTheReasonInsideOfTls) {
    Trusting fixture;
    auto const response = ask_self_signed(fixture, "origin.test");
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, HasSubstr("Certificate verify failed: self-signed certificate"));
    EXPECT_TRUE(fixture.wait_for_log("Certificate verify failed: self-signed certificate"));
    ASSERT_TRUE(fixture.recorder->wait_for("error"));
    EXPECT_THAT(fixture.recorder->http_flows().at(0)->error->message, HasSubstr("Certificate verify failed"));
}

TEST(Interception, P26_a_TakesAnythingWhenInsecure) {
    ProxyFixture fixture;
    fixture.set("ssl_insecure=true");
    EXPECT_EQ(ask_self_signed(fixture, "other.test").status, 200U);
}

TEST(Interception, P26_a_RefusesAnotherName) {
    Trusting fixture;
    SecureOrigin const origin(identity_for({"origin.test"}));
    fixture.start();
    Tunnel client(fixture, origin.port());
    client.start_tls("other.test");
    auto const response = client.request(plain_get);
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, HasSubstr("hostname mismatch"));
    EXPECT_EQ(client.request(plain_get).status, 0U);  // an error page ends the connection
}

TEST(Interception, P26_c_TrustsAFolder) {
    if (!pathology::test::is_installed("openssl")) GTEST_SKIP() << "openssl is not installed";
    Folder const folder;
    folder.write("trusted.pem", tls::test::authority().certificate_pem());
    ASSERT_EQ(pathology::test::run("openssl", {"rehash", folder.path().string()}).status, 0);
    SecureOrigin const origin(identity_for({"origin.test"}));
    ProxyFixture fixture;
    fixture.set("ssl_verify_upstream_trusted_confdir=" + folder.path().string());
    fixture.start();
    Tunnel client(fixture, origin.port());
    client.start_tls("origin.test");
    EXPECT_EQ(client.request(plain_get).status, 200U);
}

TEST(Interception, P25_d_RefusesToStartWithUnknownCiphers) {
    ProxyFixture fixture;
    fixture.set("ciphers_server=NONSENSE");
    EXPECT_THROW(fixture.start(), OptionsError);
}

TEST(Interception, P24_b_ReportsAServerThatDemandsACertificate) {
    SecureOrigin::Options options;
    options.settings.client_certificates = tls::ClientCertificates::verified;
    options.settings.trust.file = tls::test::trusted_file();
    options.settings.versions = {tls::Version::tls1_2, tls::Version::tls1_2};
    SecureOrigin const origin(identity_for({"origin.test"}), options);
    Trusting fixture;
    fixture.start();
    Tunnel client(fixture, origin.port());
    client.start_tls("origin.test");
    auto const response = client.request(plain_get);
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, HasSubstr("handshake_failure"));
}

// --- who connects when -----------------------------------------------------------------------------------------------

struct StrategyCase {
    std::string_view name, strategy, upstream_cert;
    std::size_t before;  ///< connections to the origin before there is a request
};
class P11_TlsStrategy : public testing::TestWithParam<StrategyCase> {};
TEST_P(P11_TlsStrategy, ConnectsAsLateAsItSays) {
    SecureOrigin const origin(identity_for({"origin.test"}));
    Trusting fixture;
    fixture.set("connection_strategy=" + std::string(GetParam().strategy));
    fixture.set("upstream_cert=" + std::string(GetParam().upstream_cert));
    fixture.start();
    Tunnel client(fixture, origin.port());
    client.start_tls("origin.test");
    if (GetParam().before > 0) {
        ASSERT_TRUE(fixture.recorder->wait_for("server_connected"));
    }
    EXPECT_EQ(fixture.recorder->count("server_connected"), GetParam().before);
    EXPECT_EQ(client.request(plain_get).body, "asked for origin.test");
    EXPECT_EQ(origin.accepted(), 1U);
}
INSTANTIATE_TEST_SUITE_P(, P11_TlsStrategy,
                         testing::Values(StrategyCase{"Lazy", "lazy", "true", 0},
                                         StrategyCase{"Eager", "eager", "true", 1},
                                         StrategyCase{"LazyUnseen", "lazy", "false", 0},
                                         StrategyCase{"EagerUnseen", "eager", "false", 1}),
                         pathology::test::row_name);

/// It was opened ahead, and nobody has said a word over it.
TEST(Interception, P11_ReplacesAServerThatLeftBeforeTls) {
    SecureOrigin::Options options;
    options.farewells = 1;
    SecureOrigin const origin(identity_for({"origin.test"}), options);
    Trusting fixture;
    fixture.set("connection_strategy=eager").set("tunnel_probe_timeout=60000").start();
    Tunnel client(fixture, origin.port());
    ASSERT_TRUE(fixture.recorder->wait_for("server_disconnected"));
    client.start_tls("origin.test");
    EXPECT_EQ(client.request(plain_get).body, "asked for origin.test");
    EXPECT_EQ(origin.accepted(), 2U);
    EXPECT_EQ(fixture.recorder->count("server_connected"), 2U);
}

// --- the site inside -------------------------------------------------------------------------------------------------

TEST(OnboardingSite, P28_a_IsReachedThroughTheProxy) {
    ProxyFixture fixture;
    fixture.start();
    TestClient client(fixture.port());
    auto const page = client.request("GET http://mitm.it/ HTTP/1.1\r\nHost: mitm.it\r\n\r\n");
    EXPECT_EQ(page.status, 200U);
    EXPECT_THAT(page.body, HasSubstr("/cert/pem"));
    auto const file = client.request("GET http://mitm.it/cert/pem HTTP/1.1\r\nHost: mitm.it\r\n\r\n");
    EXPECT_THAT(file.body, testing::StartsWith("-----BEGIN CERTIFICATE-----"));
    EXPECT_EQ(fixture.recorder->count("server_connect"), 0U);
}

TEST(OnboardingSite, P28_b_IsReachedOverTls) {
    ProxyFixture fixture;
    fixture.start();
    TestClient client(fixture.port());
    EXPECT_EQ(client.request("CONNECT mitm.it:443 HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    client.start_tls("mitm.it");
    EXPECT_EQ(client.request("GET / HTTP/1.1\r\nHost: mitm.it\r\n\r\n").status, 200U);
    EXPECT_EQ(fixture.recorder->count("server_connect"), 0U);
}

TEST(OnboardingSite, P28_c_LeavesRequestsToServersWhenSwitchedOff) {
    test::Origin const origin;
    ProxyFixture fixture;
    fixture.set("onboarding=false").set("onboarding_host=127.0.0.1");
    fixture.start();
    EXPECT_EQ(TestClient(fixture.port()).request("GET " + origin.url() + "/ HTTP/1.1\r\nHost: x\r\n\r\n").body,
              "origin");
}

}  // namespace
}  // namespace pathology::proxycore::proxy
