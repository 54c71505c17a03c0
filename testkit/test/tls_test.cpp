// The daemon over TLS, seen by libcurl, which trusts it and nobody else.
#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/testkit/testkit.hpp>

#include <fstream>

#include "support/curl.hpp"
#include "support/folder.hpp"

namespace pathology::testkit {
namespace {

using namespace std::chrono_literals;
using pathology::test::Folder;
using test::Curl;
using testing::_;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;
using testing::StartsWith;

/// curl that trusts a daemon, by a file or by a text.
Curl trusting(Daemon const& daemon) {
    Curl curl;
    curl.set(CURLOPT_CAINFO, daemon.authority_file().c_str());
    return curl;
}

/// Lets curl find `host` where the daemon is.
class Resolved {
public:
    Resolved(std::string const& host, Daemon const& daemon)
        : url_("https://" + host + ":" + std::to_string(daemon.port())),
          entry_(curl_slist_append(nullptr, (host + ":" + std::to_string(daemon.port()) + ":127.0.0.1").c_str()),
                 curl_slist_free_all) {}

    void set_on(Curl& curl) const { curl.set(CURLOPT_RESOLVE, entry_.get()); }
    std::string url(std::string const& path) const { return url_ + path; }

private:
    std::string url_;
    std::unique_ptr<curl_slist, void (*)(curl_slist*)> entry_;
};

TEST(DaemonTls, IsTrustedByItsAddress) {
    Daemon daemon({.tls = DaemonTls{}});
    EXPECT_THAT(daemon.url(), StartsWith("https://127.0.0.1:"));
    EXPECT_EQ(trusting(daemon).get(daemon.url_for("200:b'safe'")).body, "safe");
    EXPECT_THAT(daemon.take_request(10s), Optional(AllOf(HasPath("/p/200:b'safe'"), HasTlsVersion("TLSv1.3"))));
}

TEST(DaemonTls, IsTrustedByAText) {
    Daemon const daemon({.tls = DaemonTls{}});
    auto pem = daemon.authority_pem();
    EXPECT_THAT(pem, StartsWith("-----BEGIN CERTIFICATE-----\n"));
    curl_blob const blob{pem.data(), pem.size(), CURL_BLOB_COPY};
    EXPECT_EQ(Curl().set(CURLOPT_CAINFO_BLOB, &blob).get(daemon.url_for("204")).status, 204);
}

TEST(DaemonTls, IsNotTrustedByTheRest) {
    Daemon daemon({.tls = DaemonTls{}});
    EXPECT_EQ(Curl().get(daemon.url_for("200")).code, CURLE_PEER_FAILED_VERIFICATION);
    Daemon const other({.tls = DaemonTls{}});
    EXPECT_EQ(trusting(other).get(daemon.url_for("200")).code, CURLE_PEER_FAILED_VERIFICATION);
    EXPECT_THAT(daemon.requests(), IsEmpty());
}

TEST(DaemonTls, IsTrustedByAnyNameThatIsAskedFor) {
    Daemon daemon({.tls = DaemonTls{}});
    Resolved const resolved("origin.test", daemon);
    auto curl = trusting(daemon);
    resolved.set_on(curl);
    EXPECT_EQ(curl.get(resolved.url("/p/200")).status, 200);
    EXPECT_THAT(daemon.take_request(10s), Optional(HasSni("origin.test")));
}

TEST(DaemonTls, IsTrustedByNoOtherNameThanIsGiven) {
    Daemon daemon({.tls = DaemonTls{.names = {"only.test"}}});
    auto curl = trusting(daemon);
    EXPECT_EQ(curl.get(daemon.url_for("200")).code, CURLE_PEER_FAILED_VERIFICATION);
    Resolved const resolved("only.test", daemon);
    resolved.set_on(curl);
    EXPECT_EQ(curl.get(resolved.url("/p/200")).status, 200);
}

TEST(DaemonTls, HasACertificateThatIsWrongForSomeNames) {
    Daemon daemon({.tls = DaemonTls{}});
    auto curl = trusting(daemon);
    Resolved const expired("expired.origin.test", daemon);
    expired.set_on(curl);
    EXPECT_EQ(curl.get(expired.url("/p/200")).code, CURLE_PEER_FAILED_VERIFICATION);
    Daemon well({.tls = DaemonTls{.clinic = false}});
    auto other = trusting(well);
    Resolved const same("expired.origin.test", well);
    same.set_on(other);
    EXPECT_EQ(other.get(same.url("/p/200")).status, 200);
}

TEST(DaemonTls, BreaksItsHandshake) {
    Daemon const daemon({.tls = DaemonTls{.fault = "drecord2,rst"}});
    EXPECT_NE(trusting(daemon).get(daemon.url_for("200")).code, CURLE_OK);
}

TEST(DaemonTls, SpeaksTheVersionItIsGiven) {
    Daemon daemon({.tls = DaemonTls{.versions = "TLSv1_2"}});
    EXPECT_EQ(trusting(daemon).get(daemon.url_for("200")).status, 200);
    EXPECT_THAT(daemon.take_request(10s), Optional(HasTlsVersion("TLSv1.2")));
    EXPECT_EQ(trusting(daemon).set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_3}).get(daemon.url()).code,
              CURLE_SSL_CONNECT_ERROR);
    EXPECT_THROW(Daemon({.tls = DaemonTls{.versions = "SSLv3"}}), DaemonError);
}

TEST(DaemonTls, CutsAnEncryptedResponseWhereTheSpecSays) {
    Daemon daemon({.tls = DaemonTls{}});
    auto const fetched = trusting(daemon).get(daemon.url_for("200:b@1k:d500"));
    EXPECT_NE(fetched.code, CURLE_OK);
    EXPECT_LT(fetched.body.size(), 500U);
}

TEST(DaemonTls, KnowsTheClientsCertificate) {
    Daemon daemon({.tls = DaemonTls{.request_client_certificate = true}});
    EXPECT_EQ(trusting(daemon).get(daemon.url_for("200")).status, 200);
    EXPECT_THAT(daemon.take_request(10s), Optional(Not(HasClientCertificate(_))));

    Folder const folder;
    auto const authority = proxycore::tls::Authority::make();
    folder.write("client.pem", authority.issue({.names = {"client.test"}}).value().pem());
    auto const file = (folder.path() / "client.pem").string();
    auto curl = trusting(daemon);
    curl.set(CURLOPT_SSLCERT, file.c_str()).set(CURLOPT_SSLKEY, file.c_str());
    EXPECT_EQ(curl.get(daemon.url_for("200")).status, 200);
    EXPECT_THAT(daemon.take_request(10s), Optional(HasClientCertificate("client.test")));
}

TEST(DaemonTls, IsInTunnelsWithoutBeingAskedFor) {
    Daemon daemon;
    auto const proxy = "127.0.0.1:" + std::to_string(daemon.port());
    auto curl = trusting(daemon);
    curl.set(CURLOPT_PROXY, proxy.c_str());
    EXPECT_EQ(curl.get("https://origin.test/p/200:b'inside'").body, "inside");
    EXPECT_THAT(daemon.take_request(10s), Optional(AllOf(HasSni("origin.test"), HasPath("/p/200:b'inside'"))));
    Curl plain;
    plain.set(CURLOPT_PROXY, proxy.c_str()).set(CURLOPT_HTTPPROXYTUNNEL, 1L);
    EXPECT_EQ(plain.get("http://origin.test/p/200:b'plain'").body, "plain");
}

// --- the client ------------------------------------------------------------------------------------------------------

TEST(ClientTls, TakesAnyCertificateByDefault) {
    Daemon daemon({.tls = DaemonTls{}});
    Client client({.port = daemon.port(), .tls = ClientTls{}});
    auto const response = client.request("get:'/p/200:b\"hi\"'");
    EXPECT_THAT(response, AllOf(HasStatus(200), HasBody("hi"), HasTlsVersion("TLSv1.3"), HasAlpn("http/1.1")));
    ASSERT_TRUE(response.tls);
    EXPECT_EQ(response.tls->server_certificates.front().common_name, "pathod.net");
    EXPECT_THAT(client.replay(), StartsWith("replay with: pathoc -s -p "));
    EXPECT_THAT(daemon.take_request(10s), Optional(HasSni("")));
}

TEST(ClientTls, TrustsWhomItIsConfiguredTo) {
    Daemon daemon({.tls = DaemonTls{}});
    Client client({.port = daemon.port(), .tls = ClientTls{.trust = daemon.authority_file()}});
    EXPECT_THAT(client.request("get:/p/200"), HasStatus(200));
    Daemon const other({.tls = DaemonTls{}});
    Client wary({.port = daemon.port(), .tls = ClientTls{.trust = other.authority_file()}});
    EXPECT_THAT(wary.request("get:/p/200"), FailsWith(HasSubstr("certificate")));
}

TEST(ClientTls, SendsWhatItIsGiven) {
    Daemon daemon({.tls = DaemonTls{.request_client_certificate = true}});
    Folder const folder;
    folder.write("me.pem", proxycore::tls::Authority::make().issue({.names = {"me.test"}}).value().pem());
    ClientTls tls;
    tls.sni = "origin.test";
    tls.certificate = (folder.path() / "me.pem").string();
    tls.alpn = {};
    tls.versions = "TLSv1_2";
    Client client({.port = daemon.port(), .tls = tls});
    EXPECT_THAT(client.request("get:/p/200"), HasStatus(200));
    EXPECT_THAT(daemon.take_request(10s), Optional(AllOf(HasSni("origin.test"), HasAlpn(""), HasTlsVersion("TLSv1.2"),
                                                         HasClientCertificate("me.test"))));
    EXPECT_THAT(client.replay(), HasSubstr("pathoc -s -i \"origin.test\" -p "));
}

TEST(ClientTls, ReportsWhyThereIsNoTls) {
    Daemon const plain;
    Client client({.port = plain.port(), .tls = ClientTls{}});
    EXPECT_THAT(client.request("get:/"), FailsWith(HasSubstr("TLS")));
}

TEST(ClientTls, CraftsFramesForWhomeverSpeaksHttp2) {
    Daemon daemon({.tls = DaemonTls{}});
    Client client({.port = daemon.port(), .tls = ClientTls{.alpn = {"h2"}}});
    EXPECT_EQ(client.send("h2p h2f:SETTINGS h2f:PING "
                          "h2f:HEADERS:END_HEADERS,END_STREAM:1:"
                          "':method'='GET',':scheme'='https',':path'='/p/200',':authority'='a'"),
              "");
    EXPECT_THAT(daemon.take_request(10s), Optional(AllOf(HasAlpn("h2"), HasPath("/p/200"), ReceivedFrame("PING"))));
}

TEST(DaemonTls, LeavesNoFileBehind) {
    std::string file;
    {
        Daemon const daemon({.tls = DaemonTls{}});
        file = daemon.authority_file();
        EXPECT_TRUE(std::ifstream(file).is_open());
    }
    EXPECT_FALSE(std::ifstream(file).is_open());
}

}  // namespace
}  // namespace pathology::testkit
