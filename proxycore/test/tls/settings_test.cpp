// Words for versions, and settings that cannot be.
#include <pathology/proxycore/tls/context.hpp>

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <pathology/proxycore/tls/engine.hpp>
#include <pathology/proxycore/tls/key_log.hpp>

#include "support/folder.hpp"
#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"
#include "tls/trust.hpp"

namespace pathology::proxycore::tls {
namespace {

using pathology::test::Folder;
using testing::HasSubstr;

struct WordCase {
    std::string_view name, word;
    VersionRange range;
};
class VersionWord : public testing::TestWithParam<WordCase> {};
TEST_P(VersionWord, MeansARange) { EXPECT_EQ(parse_versions(GetParam().word).value(), GetParam().range); }
INSTANTIATE_TEST_SUITE_P(Known, VersionWord,
                         testing::Values(WordCase{"One", "TLSv1", {Version::tls1_0, Version::tls1_0}},
                                         WordCase{"OneOne", "TLSv1_1", {Version::tls1_1, Version::tls1_1}},
                                         WordCase{"OneTwo", "TLSv1_2", {Version::tls1_2, Version::tls1_2}},
                                         WordCase{"OneThree", "TLSv1_3", {Version::tls1_3, Version::tls1_3}},
                                         WordCase{"Dotted", "TLSv1.2", {Version::tls1_2, Version::tls1_2}},
                                         WordCase{"LowerCase", "tlsv1_3", {Version::tls1_3, Version::tls1_3}},
                                         WordCase{"Secure", "secure", {Version::tls1_2, Version::tls1_3}},
                                         WordCase{"All", "all", {Version::tls1_0, Version::tls1_3}}),
                         pathology::test::row_name);

TEST(Trust, KnowsAFolderThatWasRehashed) {
    Folder const folder;
    EXPECT_FALSE(is_rehashed(folder.path()));
    for (auto const* name : {"ca-certificates.crt", "5d3033c5.pem", "5d3033c5", "5d3033cx.0"}) folder.write(name, "");
    EXPECT_FALSE(is_rehashed(folder.path()));
    folder.write("5d3033c5.0", "");
    EXPECT_TRUE(is_rehashed(folder.path()));
    EXPECT_FALSE(is_rehashed(folder.path() / "none"));
}

/// Sets SSL_CERT_FILE and a folder without certificates.
class SystemAuthorities : public testing::Test {
protected:
    SystemAuthorities() {
        ::setenv("SSL_CERT_FILE", file().c_str(), 1);
        ::setenv("SSL_CERT_DIR", folder.path().c_str(), 1);
    }
    ~SystemAuthorities() override {
        ::unsetenv("SSL_CERT_FILE");
        ::unsetenv("SSL_CERT_DIR");
    }
    std::string file() const { return (folder.path() / "all.pem").string(); }

    Folder folder;
};

bool trusts_the_test_authority(ConnectContext const& context) {
    AcceptContext const accepting = AcceptContext::make({}).value();
    Engine client(context, ServerName::of("origin.test")), server(accepting, test::show_origin());
    for (int turns = 0; turns < 10; ++turns) {
        client.handshake();
        test::carry(client, server);
        server.handshake();
        test::carry(server, client);
    }
    return client.is_established();
}

/// The file takes long to parse: it is read by the first verification, for all contexts of the process.
TEST_F(SystemAuthorities, D6_AreReadOnceAndNotBeforeTheyAreNeeded) {
    ConnectSettings settings;
    settings.verify = Trust{};
    auto const context = ConnectContext::make(settings).value();
    folder.write("all.pem", test::authority().certificate_pem());
    EXPECT_TRUE(trusts_the_test_authority(context));
    std::filesystem::remove(file());
    EXPECT_TRUE(trusts_the_test_authority(ConnectContext::make(settings).value()));
}

TEST_F(SystemAuthorities, D6_AreThoseOfTheEnvironmentWhenAContextIsMade) {
    ConnectSettings settings;
    settings.verify = Trust{};
    folder.write("all.pem", test::authority().certificate_pem());
    auto const trusting = ConnectContext::make(settings).value();
    ::setenv("SSL_CERT_FILE", (folder.path() / "none.pem").c_str(), 1);
    EXPECT_FALSE(trusts_the_test_authority(ConnectContext::make(settings).value()));
    EXPECT_TRUE(trusts_the_test_authority(trusting));
}

TEST(VersionWord, OfDeadVersionsIsRefusedWithTheReason) {
    for (auto const* word : {"SSLv2", "SSLv3", "sslv23"}) {
        EXPECT_THAT(parse_versions(word).error().message, HasSubstr("is not supported: OpenSSL no longer supports it"));
    }
    EXPECT_THAT(parse_versions("TLSv2").error().message, HasSubstr("there is no TLS version 'TLSv2' (TLSv1, "));
}

TEST(Settings, ThatCannotBeAreRefusedByName) {
    struct Row {
        AcceptSettings settings;
        std::string_view failure;
    };
    std::vector<Row> rows(6);
    rows[0] = {{.ciphers = {.list = "NO-SUCH-CIPHER"}}, "no cipher in 'NO-SUCH-CIPHER'"};
    rows[1] = {{.ciphers = {.suites = "TLS_NONE"}}, "TLS 1.3 ciphers in 'TLS_NONE'"};
    rows[2] = {{.versions = {Version::tls1_3, Version::tls1_2}}, "no TLS version is both TLSv1.3 or later"};
    rows[3] = {{.alpn = {""}}, "no protocol of ALPN is called ''"};
    rows[4] = {{.client_certificates = ClientCertificates::verified, .trust = {.file = "/nowhere.pem"}},
               "/nowhere.pem"};
    rows[5] = {{.client_certificates = ClientCertificates::verified, .trust = {.folder = "/nowhere"}}, "'/nowhere'"};
    for (auto const& [settings, failure] : rows) {
        auto const made = AcceptContext::make(settings);
        ASSERT_FALSE(made) << failure;
        EXPECT_THAT(made.error().message, HasSubstr(failure));
    }
    Folder const folder;
    ConnectSettings client;
    client.verify = Trust{.file = folder.write("empty.pem", "nothing")};
    EXPECT_THAT(ConnectContext::make(client).error().message, HasSubstr("there is no certificate to trust in"));
}

TEST(Settings, CiphersOfBothKindsStandInOneList) {
    ConnectSettings client;
    client.ciphers.list = "TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
    test::EnginePair newest({}, client);
    ASSERT_TRUE(newest.handshake());
    EXPECT_EQ(newest.client.info().cipher, "TLS_CHACHA20_POLY1305_SHA256");
    client.versions = {Version::tls1_2, Version::tls1_2};
    test::EnginePair older({}, client);
    ASSERT_TRUE(older.handshake());
    EXPECT_EQ(older.server.info().cipher, "ECDHE-ECDSA-AES256-GCM-SHA384");
}

TEST(KeyLog, GetsTheSecretsOfBothSides) {
    Folder const folder;
    auto const file = folder.path() / "keys.log";
    AcceptSettings server;
    server.key_log = KeyLog::open(file).value();
    ConnectSettings client;
    client.key_log = server.key_log;
    client.versions = {Version::tls1_2, Version::tls1_2};
    test::EnginePair older(server, client);
    ASSERT_TRUE(older.handshake());
    client.versions = {};
    test::EnginePair newest(server, client);
    ASSERT_TRUE(newest.handshake());
    auto const text = folder.read("keys.log");
    EXPECT_TRUE(text.starts_with("\nCLIENT_RANDOM ")) << text;
    EXPECT_THAT(text, HasSubstr("\nSERVER_HANDSHAKE_TRAFFIC_SECRET "));
    EXPECT_THAT(text, HasSubstr("\nCLIENT_TRAFFIC_SECRET_0 "));
    EXPECT_TRUE(text.ends_with('\n'));
}

TEST(KeyLog, ReportsWhenItCannotBeWritten) {
    Folder const folder;
    auto const opened = KeyLog::open(folder.path());
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr(folder.path().string()));
}

TEST(Alert, HasTheNameOfTheRfc) {
    EXPECT_EQ((Alert{40, {}}).name(), "handshake_failure");
    EXPECT_EQ((Alert{120, {}}).name(), "no_application_protocol");
    EXPECT_EQ((Alert{200, {}}).name(), "unknown");
}

}  // namespace
}  // namespace pathology::proxycore::tls
