// What the settings of TLS ask for, at the start and towards a server.

#include <gmock/gmock.h>

#include <map>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/tls/key_log.hpp>
#include <set>
#include <sstream>

#include "layers/tls/tls_fixture.hpp"
#include "layers/tls/tls_service.hpp"
#include "support/folder.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers::test {
namespace {

using pathology::test::Folder;
using testing::HasSubstr;
using testing::IsEmpty;

modes::Mode const regular{};
Endpoint const target{"origin.test", 443};

// --- the start -------------------------------------------------------------------------------------------------------

struct BadCase {
    std::string_view name;
    std::function<void(TlsSettings&, Folder const&)> spoil;
    std::string_view option, thing;
};
class BadTlsSettings : public testing::TestWithParam<BadCase> {};
TEST_P(BadTlsSettings, AreRefusedByName) {
    Folder const folder;
    auto settings = trusting_settings();
    GetParam().spoil(settings.tls, folder);
    try {
        TlsService const service(settings);
        FAIL() << "the settings were taken";
    } catch (OptionsError const& error) {
        EXPECT_THAT(error.what(), HasSubstr(std::string(GetParam().option)));
        EXPECT_THAT(error.what(), HasSubstr(std::string(GetParam().thing)));
    }
}
std::string certificate_alone() { return tls::test::identity_for({"own.test"}).certificate().pem(); }
INSTANTIATE_TEST_SUITE_P(
    , BadTlsSettings,
    testing::Values(BadCase{"P20_d_Authority",
                            [](TlsSettings& tls, Folder const& folder) {
                                folder.write("pathology-ca.pem", "garbage");
                                tls.confdir = folder.path().string();
                            },
                            "confdir", "pathology-ca.pem"},
                    BadCase{"P23_c_KeyMissing",
                            [](TlsSettings& tls, Folder const& folder) {
                                tls.certificates = {folder.write("own.pem", certificate_alone())};
                            },
                            "certs", "own.pem"},
                    BadCase{"P23_c_FileMissing",
                            [](TlsSettings& tls, Folder const& folder) {
                                tls.certificates = {"own.test=" + (folder.path() / "none.pem").string()};
                            },
                            "certs", "none.pem"},
                    BadCase{"P24_PathMissing",
                            [](TlsSettings& tls, Folder const& folder) {
                                tls.client_certificates = (folder.path() / "none.pem").string();
                            },
                            "client_certs", "none.pem"},
                    BadCase{"P25_d_CiphersForClients",
                            [](TlsSettings& tls, Folder const&) { tls.client_ciphers.list = "NONSENSE"; },
                            "ciphers_client", "NONSENSE"},
                    BadCase{"P25_d_CiphersForServers",
                            [](TlsSettings& tls, Folder const&) { tls.server_ciphers.list = "NONSENSE"; },
                            "ciphers_server", "NONSENSE"},
                    BadCase{"P26_d_TrustedFile",
                            [](TlsSettings& tls, Folder const&) { tls.trust.file = "/nowhere/ca.pem"; },
                            "ssl_verify_upstream_trusted", "/nowhere/ca.pem"},
                    BadCase{"P26_d_TrustedFolder",
                            [](TlsSettings& tls, Folder const&) { tls.trust.folder = "/nowhere"; },
                            "ssl_verify_upstream_trusted", "/nowhere"}),
    pathology::test::row_name);

struct WholeCase {
    std::string_view name;
    std::function<void(TlsSettings&)> spoil;
    std::string_view message;
};
class B5_BadFile : public testing::TestWithParam<WholeCase> {};
TEST_P(B5_BadFile, IsReportedWithItsOptionAndTheReason) {
    auto settings = trusting_settings();
    GetParam().spoil(settings.tls);
    try {
        TlsService const service(settings);
        FAIL() << "the settings were taken";
    } catch (OptionsError const& error) {
        EXPECT_EQ(error.what(), GetParam().message);
    }
}
INSTANTIATE_TEST_SUITE_P(
    , B5_BadFile,
    testing::Values(
        WholeCase{"KeyLog", [](TlsSettings& tls) { tls.key_log = "/nonexistent/keys"; },
                  "sslkeylogfile: cannot write the TLS key log '/nonexistent/keys': No such file or directory"},
        WholeCase{"KeyLogOnAFullDisk", [](TlsSettings& tls) { tls.key_log = "/dev/full"; },
                  "sslkeylogfile: cannot write the TLS key log '/dev/full': No space left on device"},
        WholeCase{"TrustedFile", [](TlsSettings& tls) { tls.trust = {.file = "/nowhere", .folder = "/"}; },
                  "ssl_verify_upstream_trusted_ca: cannot read '/nowhere': No such file or directory"},
        WholeCase{"TrustedFileWithoutCertificates", [](TlsSettings& tls) { tls.trust.file = "/dev/null"; },
                  "ssl_verify_upstream_trusted_ca: there is no certificate to trust in '/dev/null'"},
        WholeCase{"TrustedFolder", [](TlsSettings& tls) { tls.trust.folder = "/nowhere"; },
                  "ssl_verify_upstream_trusted_confdir: cannot read the folder of trusted certificates '/nowhere': No "
                  "such file or directory"},
        WholeCase{"TrustedFolderThatIsNone", [](TlsSettings& tls) { tls.trust.folder = "/dev/null"; },
                  "ssl_verify_upstream_trusted_confdir: cannot read the folder of trusted certificates '/dev/null': "
                  "Not a directory"},
        WholeCase{"ClientCertificates", [](TlsSettings& tls) { tls.client_certificates = "/nowhere"; },
                  "client_certs: cannot read '/nowhere': No such file or directory"},
        WholeCase{"CiphersOfServers", [](TlsSettings& tls) { tls.server_ciphers.list = "NONE"; },
                  "ciphers_server: OpenSSL knows no cipher in 'NONE' (names as `openssl ciphers` prints them, with "
                  "colons)"},
        WholeCase{"CiphersOfClients", [](TlsSettings& tls) { tls.client_ciphers.list = "NONE"; },
                  "ciphers_client: OpenSSL knows no cipher in 'NONE' (names as `openssl ciphers` prints them, with "
                  "colons)"}),
    pathology::test::row_name);

TEST(TlsService, P20_a_MakesTheAuthorityOnce) {
    Folder const folder;
    Settings settings;
    settings.tls.confdir = (folder.path() / "a" / "b").string();
    settings.tls.ca_basename = "mine";
    std::string first, second;
    first = TlsService(settings).authority().certificate_pem();
    second = TlsService(settings).authority().certificate_pem();
    EXPECT_EQ(first, second);
    EXPECT_EQ(folder.read("a/b/mine-ca-cert.pem"), first);
}

TEST(TlsService, P20_WarnsOfAnAuthorityThatHasExpired) {
    Folder const folder;
    folder.write("pathology-ca.pem", tls::test::expired_identity("old authority").pem());
    Settings settings;
    settings.tls.confdir = folder.path().string();
    TlsService const service(settings);
    ASSERT_THAT(service.warnings(), testing::SizeIs(1));
    EXPECT_THAT(service.warnings()[0], HasSubstr("has expired"));
    EXPECT_THAT(service.warnings()[0], HasSubstr("pathology-ca.pem"));
}

TEST(TlsService, P23_WarnsOfAnAuthorityThatIsToBeAServer) {
    auto settings = trusting_settings();
    settings.tls.certificates = {"server.test=" + settings.tls.confdir + "/pathology-ca.pem"};
    TlsService const service(settings);
    ASSERT_THAT(service.warnings(), testing::SizeIs(1));
    EXPECT_THAT(service.warnings()[0], HasSubstr("certificate of an authority"));
    EXPECT_THAT(service.warnings()[0], HasSubstr("pathology-ca.pem"));
}

TEST(TlsService, ConfiguresAgainOrNotAtAll) {
    auto settings = trusting_settings();
    TlsService service(settings);
    auto const before = service.authority().certificate_pem();
    settings.tls.client_ciphers.list = "NONSENSE";
    EXPECT_THROW(service.configure(settings), OptionsError);
    EXPECT_EQ(service.authority().certificate_pem(), before);
    Folder const folder;
    settings = trusting_settings();
    settings.tls.confdir = folder.path().string();
    service.configure(settings);
    EXPECT_NE(service.authority().certificate_pem(), before);
}

TEST(KeyLogFile, P27_IsNamedByTheEnvironment) {
    std::map<std::string, std::string> environment;
    auto const variable = [&](char const* name) -> char const* {
        auto const found = environment.find(name);
        return found != environment.end() ? found->second.c_str() : nullptr;
    };
    auto const file = [&] { return tls::key_log_file({"A", "B", "C"}, variable); };
    EXPECT_EQ(file(), "");
    environment["C"] = "c";
    EXPECT_EQ(file(), "c");
    environment["A"] = "a";
    EXPECT_EQ(file(), "a");
    environment["B"] = "b";
    EXPECT_EQ(file(), "a");
    environment["A"] = "";
    EXPECT_EQ(file(), "b");
}

TEST(KeyLog, P27_a_GetsTheSecretsOfBothSides) {
    Folder const folder;
    auto settings = trusting_settings();
    settings.tls.key_log = (folder.path() / "keys").string();
    TlsFixture fixture(settings);
    EXPECT_THAT(fixture.tls.warnings(), IsEmpty());
    auto const context = fixture.connect(target, regular);
    ClientOptions options;
    options.settings.alpn = {"http/1.1"};
    ASSERT_EQ(intercept(*context, options).response, "inside");
    std::set<std::string> sessions;  // told apart by the client's random number, the second word of each line
    std::istringstream lines(folder.read("keys"));
    for (std::string line; std::getline(lines, line);) {
        auto const random = line.find(' ');
        if (random != std::string::npos) sessions.insert(line.substr(random + 1, 64));
    }
    EXPECT_EQ(sessions.size(), 2U);
}

// --- towards a server ------------------------------------------------------------------------------------------------

/// What became of one handshake with the fixture's origin.
struct Secured {
    std::shared_ptr<flow::Server> server;
    std::string failure{};
};
Secured secure(TlsFixture& fixture, Endpoint const& address = target, std::optional<std::string> sni = std::nullopt) {
    auto const context = fixture.connect(address, regular);
    Secured secured{context->server};
    secured.server->sni = std::move(sni);
    play([&]() -> Played {
        std::vector<std::string> alpn{"http/1.1"};
        auto const opened = co_await context->servers->open(secured.server, std::move(alpn));
        if (!opened) secured.failure = opened.error().message;
        co_await context->servers->close_all();
    });
    return secured;
}

TEST(SecureServer, P26_a_RefusesWhatNobodyVouchesFor) {
    auto settings = trusting_settings();
    auto self_signed = origin_for({"origin.test"});
    auto const identity = tls::test::self_signed_identity("origin.test");
    self_signed.identity = tls::test::show(identity);
    {
        TlsFixture fixture(settings, self_signed);
        auto const secured = secure(fixture);
        EXPECT_EQ(secured.failure, "Certificate verify failed: self-signed certificate (origin.test:443)");
        EXPECT_EQ(secured.server->error, secured.failure);
        EXPECT_FALSE(secured.server->tls_established());
    }
    Folder const folder;
    settings.tls.trust.file = folder.write("its-own.pem", identity.certificate().pem());
    {
        TlsFixture fixture(settings, self_signed);
        EXPECT_EQ(secure(fixture).failure, "");
        EXPECT_EQ(secure(fixture, {"other.test", 443}).failure,
                  "Certificate verify failed: hostname mismatch (other.test:443)");
        EXPECT_EQ(secure(fixture, {"127.0.0.1", 443}).failure,
                  "Certificate verify failed: IP address mismatch (127.0.0.1:443)");
    }
    settings = trusting_settings();
    settings.tls.insecure = true;
    TlsFixture fixture(settings, self_signed);
    EXPECT_EQ(secure(fixture, {"other.test", 443}).failure, "");
}

TEST(SecureServer, P26_VerifiesAddressesAsAddresses) {
    TlsFixture fixture(trusting_settings(), origin_for({"127.0.0.1"}));
    auto const secured = secure(fixture, {"127.0.0.1", 443});
    EXPECT_EQ(secured.failure, "");
    EXPECT_EQ(secured.server->sni, std::nullopt);
}

TEST(SecureServer, P26_b_RefusesWhatHasExpired) {
    auto settings = trusting_settings();
    auto expired = origin_for({"origin.test"});
    expired.identity = tls::test::show(tls::test::expired_identity("origin.test"));
    TlsFixture fixture(settings, expired);
    EXPECT_EQ(secure(fixture).failure, "Certificate verify failed: certificate has expired (origin.test:443)");
}

TEST(SecureServer, P26_VerifiesTheNameItAsksFor) {
    TlsFixture fixture(trusting_settings(), origin_for({"given.test"}));
    auto const secured = secure(fixture, target, "given.test");
    EXPECT_EQ(secured.failure, "");
    EXPECT_EQ(fixture.origin.seen.at(0).sni, "given.test");
}

Origin demanding();

TEST(SecureServer, P25_b_UsesTheCiphersItMay) {
    auto settings = trusting_settings();
    auto origin = origin_for({"origin.test"});
    origin.settings.ciphers.list = "TLS_CHACHA20_POLY1305_SHA256";
    TlsFixture fixture(settings, origin);
    auto const secured = secure(fixture);
    EXPECT_EQ(secured.failure, "");
    EXPECT_EQ(secured.server->cipher, "TLS_CHACHA20_POLY1305_SHA256");

    settings.tls.server_ciphers.list = "TLS_AES_128_GCM_SHA256";
    TlsFixture limited(settings, origin);
    EXPECT_EQ(secure(limited).failure,
              "TLS handshake with origin.test:443 failed: the server sent alert handshake_failure (40); see "
              "ciphers_server, tls_version_server_min and client_certs");
}

TEST(SecureServer, B2_NamesTheOptionsOfVersions) {
    auto settings = trusting_settings();
    auto origin = origin_for({"origin.test"});
    origin.settings.versions = {tls::Version::tls1_0, tls::Version::tls1_1};
    constexpr auto hint =
        "; the versions that may be used are set by tls_version_server_min and tls_version_server_max";
    {
        TlsFixture fixture(settings, origin);
        EXPECT_EQ(secure(fixture).failure,
                  "TLS handshake with origin.test:443 failed: the server sent alert protocol_version (70)" +
                      std::string(hint));
    }
    settings.tls.server_versions.min = tls::Version::tls1_0;
    {
        TlsFixture fixture(settings, origin);
        EXPECT_EQ(secure(fixture).failure, "");
    }
    origin.settings.versions = {tls::Version::tls1_3, tls::Version::tls1_3};
    settings.tls.server_versions = {tls::Version::tls1_2, tls::Version::tls1_2};
    TlsFixture fixture(settings, origin);
    EXPECT_THAT(secure(fixture).failure, testing::EndsWith(hint));
}

TEST(SecureServer, B2_NamesTheOptionOfLegacyRenegotiation) {
    auto origin = origin_for({"origin.test"});
    // A ServerHello of TLS 1.2 without renegotiation_info (RFC 5746 §3.4).
    origin.raw = std::string("\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03", 11) + std::string(32, 'r') +
                 std::string("\x00\xc0\x2f\x00", 4);
    TlsFixture fixture(trusting_settings(), origin);
    EXPECT_EQ(
        secure(fixture).failure,
        "TLS handshake with origin.test:443 failed: unsafe legacy renegotiation disabled, reported to the server by "
        "alert handshake_failure (40); ssl_insecure (-k) permits servers without secure renegotiation (RFC 5746)");
}

TEST(SecureServer, B2_NamesTheOptionOfClientCertificates) {
    auto settings = trusting_settings();
    auto origin = demanding();
    origin.settings.versions.max = tls::Version::tls1_2;  // in TLS 1.3 the server refuses it after the handshake
    Folder const folder;
    settings.tls.client_certificates = folder.write("client.pem", tls::test::self_signed_identity("unknown").pem());
    TlsFixture fixture(settings, origin);
    EXPECT_THAT(secure(fixture).failure, testing::EndsWith("; the certificates for servers are set by client_certs"));
}

TEST(SecureServer, B2_NamesTheOptionOfAFileThatItCannotUse) {
    Folder const folder;
    auto settings = trusting_settings();
    settings.tls.client_certificates = folder.path().string();
    auto const file = folder.write("origin.test.pem", "garbage");
    TlsFixture fixture(settings, demanding());
    EXPECT_EQ(secure(fixture).failure,
              "TLS handshake with origin.test:443 failed: client_certs: cannot use the "
              "certificate in '" +
                  file + "': there is none");
}

/// What the proxy may show. Good for a client, as those of an authority are not: they are for servers.
tls::Identity const& client_identity() {
    static tls::Identity const made = tls::test::self_signed_identity("client.test");
    return made;
}
std::string client_pem() { return client_identity().pem(); }

/// An origin that demands that certificate.
Origin demanding() {
    static Folder const folder;
    auto origin = origin_for({"origin.test", "other.test"});
    origin.settings.client_certificates = tls::ClientCertificates::verified;
    origin.settings.trust.file = folder.write("clients.pem", client_identity().certificate().pem());
    return origin;
}

TEST(SecureServer, P24_a_ShowsTheCertificateOfAFile) {
    Folder const folder;
    auto settings = trusting_settings();
    settings.tls.client_certificates = folder.write("client.pem", client_pem());
    TlsFixture fixture(settings, demanding());
    EXPECT_EQ(secure(fixture).failure, "");
    EXPECT_EQ(fixture.origin.seen.at(0).peer_chain.at(0).subject_value("CN"), "client.test");
}

TEST(SecureServer, P24_a_ShowsTheCertificateOfAFolderByHost) {
    Folder const folder;
    auto settings = trusting_settings();
    settings.tls.client_certificates = folder.path().string();
    folder.write("origin.test.pem", client_pem());
    TlsFixture fixture(settings, demanding());
    EXPECT_EQ(secure(fixture).failure, "");
    EXPECT_EQ(secure(fixture, {"127.0.0.1", 443}, "origin.test").failure, "");  // the name asked for comes first
    EXPECT_EQ(fixture.origin.seen.size(), 2U);
}

TEST(SecureServer, P24_b_ShowsNoneToAHostWithoutFile) {
    Folder const folder;
    auto settings = trusting_settings();
    settings.tls.client_certificates = folder.path().string();
    TlsFixture fixture(settings, demanding());
    secure(fixture, {"other.test", 443});
    ASSERT_THAT(fixture.origin.failures, testing::SizeIs(1));
    EXPECT_THAT(fixture.origin.failures[0], HasSubstr("peer did not return a certificate"));
}

TEST(SecureServer, P24_ReportsWhichFileItCannotUse) {
    Folder const folder;
    auto settings = trusting_settings();
    settings.tls.client_certificates = folder.path().string();
    folder.write("origin.test.pem", "garbage");
    TlsFixture fixture(settings, demanding());
    EXPECT_THAT(secure(fixture).failure, HasSubstr("origin.test.pem"));
}

TEST(SecureServer, P24_StaysInItsFolder) {
    Folder const folder;
    folder.write("secret.pem", client_pem());
    folder.write("hosts/other.test.pem", client_pem());
    auto settings = trusting_settings();
    settings.tls.insecure = true;
    settings.tls.client_certificates = (folder.path() / "hosts").string();
    TlsFixture fixture(settings, demanding());
    secure(fixture, {"../secret", 443});
    EXPECT_THAT(fixture.origin.seen, IsEmpty());
}

}  // namespace
}  // namespace pathology::proxycore::layers::test
