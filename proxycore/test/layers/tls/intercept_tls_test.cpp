// TLS with a client and with its server, the proxy in the middle, over pipes.
#include <gmock/gmock.h>

#include "layers/tls/tls_fixture.hpp"
#include "support/folder.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Names = std::vector<std::string>;

modes::Mode const regular{};
Endpoint const target{"origin.test", 443};

/// The names in the certificate that the client got.
Names names_in(Seen const& seen) {
    Names names;
    if (!seen.info || seen.info->peer_chain.empty()) return names;
    for (auto const& name : seen.info->peer_chain.front().alternative_names) names.push_back(name.value);
    return names;
}

ClientOptions asking_for(std::optional<std::string> sni, Names alpn = {}) {
    ClientOptions options;
    options.name.sni = std::move(sni);
    options.settings.alpn = std::move(alpn);
    return options;
}

/// Writes down the hooks of TLS, and does in some what it is told to.
class Watcher final : public addons::Addon {
public:
    std::string name() const override { return "watcher"; }
    Played tls_clienthello(addons::ClientHelloData& data) override {
        if (on_hello) on_hello(data);
        co_return note("clienthello " + data.client.sni.value_or("without a name"));
    }
    Played tls_start_client(addons::ClientTlsData& data) override {
        if (on_start_client) on_start_client(data);
        co_return note("start client");
    }
    Played tls_established_client(addons::ClientTlsData& data) override {
        co_return note("established client " + data.client.tls_version.value_or("nothing"));
    }
    Played tls_failed_client(addons::ClientTlsData& data) override {
        co_return note("failed client " + std::string(data.client.error ? "with error" : ""));
    }
    Played tls_start_server(addons::ServerTlsData&) override { co_return note("start server"); }
    Played tls_established_server(addons::ServerTlsData& data) override {
        co_return note("established server " + data.server.tls_version.value_or("nothing"));
    }
    Played tls_failed_server(addons::ServerTlsData& data) override {
        co_return note("failed server " + std::string(data.server.error ? "with error" : ""));
    }

    std::function<void(addons::ClientHelloData&)> on_hello{};
    std::function<void(addons::ClientTlsData&)> on_start_client{};
    std::vector<std::string> calls{};

private:
    void note(std::string call) { calls.push_back(std::move(call)); }
};

struct Watched : TlsFixture {
    explicit Watched(Settings const& settings = trusting_settings()) : TlsFixture(settings) { chain.add(watcher); }
    std::shared_ptr<Watcher> watcher = std::make_shared<Watcher>();
};

TEST(InterceptTls, P21_a_ShowsTheOriginsNamesAndMore) {
    TlsFixture fixture(trusting_settings(), origin_for({"origin.test", "alt.test", "127.0.0.1", "foo.example"}));
    auto const context = fixture.connect(target, regular);
    auto const seen = intercept(*context, asking_for("foo.example", {"http/1.1"}));
    EXPECT_EQ(seen.response, "inside") << seen.failure;
    EXPECT_EQ(seen.info->peer_chain.front().subject_value("CN"), "origin.test");
    EXPECT_EQ(names_in(seen), (Names{"origin.test", "alt.test", "127.0.0.1", "foo.example"}));
    EXPECT_EQ(context->client->mitmcert->der, seen.info->peer_chain.front().der);
}

TEST(InterceptTls, P21_d_ShowsTheSameCertificateAgain) {
    TlsFixture fixture(trusting_settings());
    auto const first = fixture.connect(target, regular), second = fixture.connect(target, regular);
    auto const once = intercept(*first), again = intercept(*second);
    EXPECT_EQ(once.info->peer_chain.front().der, again.info->peer_chain.front().der);
}

TEST(InterceptTls, P22_a_ShowsTheOriginsNamesToAClientWithoutSni) {
    TlsFixture fixture(trusting_settings(), origin_for({"origin.test", "10.0.0.1"}));
    auto const context = fixture.connect(Endpoint{"10.0.0.1", 443}, regular);
    auto const seen = intercept(*context, asking_for(std::nullopt));
    EXPECT_EQ(names_in(seen), (Names{"origin.test", "10.0.0.1", "192.0.2.7"})) << seen.failure;
    ASSERT_EQ(fixture.origin.seen.size(), 1U);
    EXPECT_EQ(fixture.origin.seen[0].sni, "");  // an address is never asked for
    EXPECT_EQ(context->server->sni, std::nullopt);
}

TEST(InterceptTls, P22_b_ConnectsToNobodyWithoutLooking) {
    auto settings = trusting_settings();
    settings.tls.upstream_cert = false;
    TlsFixture fixture(settings);
    auto const context = fixture.connect(target, regular);
    auto const seen = intercept(*context, asking_for("foo.example", {"h2", "http/1.1"}));
    EXPECT_EQ(seen.response, "inside") << seen.failure;
    EXPECT_EQ(names_in(seen), (Names{"foo.example", "origin.test"}));
    EXPECT_EQ(seen.info->alpn, "h2");
    EXPECT_THAT(fixture.origin.seen, IsEmpty());
    EXPECT_TRUE(context->server->tls);
}

TEST(InterceptTls, P11_b_ConnectsToNobodyWhenSniIsEnough) {
    TlsFixture fixture(trusting_settings());
    auto const context = fixture.connect(target, regular);
    EXPECT_EQ(intercept(*context, asking_for("origin.test")).response, "inside");
    EXPECT_THAT(fixture.origin.seen, IsEmpty());
}

TEST(InterceptTls, P22_c_RespondsInsideWhenTheServerIsNotTrusted) {
    auto settings = trusting_settings();
    settings.tls.trust.file = settings.tls.confdir + "/pathology-ca-cert.pem";  // which did not sign the origin's
    TlsFixture fixture(settings);
    auto const context = fixture.connect(target, regular);
    auto const seen = intercept(*context, asking_for("origin.test", {"h2", "http/1.1"}));
    EXPECT_EQ(seen.response, "inside") << seen.failure;
    EXPECT_EQ(seen.info->alpn, "h2");
    EXPECT_THAT(context->server->error.value_or(""), HasSubstr("Certificate verify failed: "));
    ASSERT_THAT(fixture.log, testing::SizeIs(1));
    EXPECT_EQ(fixture.log[0].message, context->server->error);
    EXPECT_EQ(fixture.log[0].level, addons::LogLevel::warn);
}

TEST(InterceptTls, P22_d_LooksAtTheCertificateForThatName) {
    Origin two = origin_for({"one.test"});
    two.identity = [](tls::IdentityQuery const& greeting) {
        return authority().issue({.names = {greeting.sni, "only-" + greeting.sni}});
    };
    TlsFixture fixture(trusting_settings(), std::move(two));
    for (auto const* name : {"one.test", "two.test"}) {
        auto const context = fixture.connect(target, regular);
        auto const seen = intercept(*context, asking_for(name, {"http/1.1"}));
        EXPECT_EQ(names_in(seen), (Names{name, "only-" + std::string(name), "origin.test"})) << seen.failure;
    }
}

TEST(InterceptTls, P22_e_ReadsAClientHelloByteByByte) {
    TlsFixture fixture(trusting_settings());
    auto const context = fixture.connect(target, regular);
    auto options = asking_for("origin.test", {"http/1.1"});
    options.max_per_read = 1;
    EXPECT_EQ(intercept(*context, options).response, "inside");
    EXPECT_EQ(context->client->sni, "origin.test");
}

TEST(InterceptTls, P22_e_ReadsAClientHelloInSeveralRecords) {
    auto const hello = hello_of(asking_for("origin.test"));
    auto const version = hello.substr(0, 3) + '\0';  // of a record: type and version, the length's first byte
    std::string cut;
    for (std::size_t at = 5; at < hello.size(); at += 40) {
        auto const piece = hello.substr(at, 40);
        cut.append(version).append(1, static_cast<char>(piece.size())).append(piece);
    }
    Watched fixture;
    fixture.watcher->on_hello = [](addons::ClientHelloData& data) { data.ignore_connection = true; };
    auto const context = fixture.connect(target, regular);
    EXPECT_EQ(intercept_text(*context, cut), "ignored");
    EXPECT_EQ(context->client->sni, "origin.test");
}

TEST(InterceptTls, P22_f_ReportsAClientThatDoesNotTrustUs) {
    TlsFixture fixture(trusting_settings());
    auto const context = fixture.connect(target, regular);
    auto options = asking_for("origin.test");
    options.settings.verify = tls::Trust{.file = trusted_file()};  // the origins', and not ours
    auto const seen = intercept(*context, options);
    EXPECT_THAT(seen.failure, HasSubstr("rejected"));
    EXPECT_FALSE(context->client->tls_established());
    ASSERT_THAT(fixture.log, testing::SizeIs(1));
    EXPECT_EQ(fixture.log[0].level, addons::LogLevel::warn);
    EXPECT_THAT(fixture.log[0].message, HasSubstr("does not trust our certificate for origin.test"));
    EXPECT_EQ(context->client->error, fixture.log[0].message);
}

TEST(InterceptTls, P22_EndsAtABrokenClientHello) {
    TlsFixture fixture(trusting_settings());
    auto const context = fixture.connect(target, regular);
    auto const text = intercept_text(*context, std::string("\x16\x03\x01\x00\x05zzzzz", 10));
    EXPECT_EQ(text, std::string("\x15\x03\x03\x00\x02\x02\x0a", 7));
    ASSERT_THAT(fixture.log, testing::SizeIs(1));
    EXPECT_THAT(fixture.log[0].message, HasSubstr("ClientHello is malformed"));
}

// --- versions and protocols ------------------------------------------------------------------------------------------

TEST(InterceptTls, P25_a_NeedsALowerMinimumForAnOldClient) {
    auto settings = trusting_settings();
    auto old = asking_for("origin.test");
    old.settings.versions = {tls::Version::tls1_1, tls::Version::tls1_1};
    {
        TlsFixture fixture(settings);
        auto const context = fixture.connect(target, regular);
        EXPECT_THAT(intercept(*context, old).failure, HasSubstr("protocol_version"));
        ASSERT_THAT(fixture.log, testing::SizeIs(1));
        EXPECT_THAT(fixture.log[0].message, HasSubstr("tls_version_client_min"));
    }
    settings.tls.client_versions.min = tls::Version::tls1_0;
    TlsFixture fixture(settings);
    auto const context = fixture.connect(target, regular);
    auto const seen = intercept(*context, old);
    EXPECT_EQ(seen.response, "inside") << seen.failure;
    EXPECT_EQ(context->client->tls_version, "TLSv1.1");
}

struct AlpnCase {
    std::string_view name;
    Names client, server;
    bool http2;
    std::string with_client, with_server;  ///< empty = none agreed on
};
class P25_c_Alpn : public testing::TestWithParam<AlpnCase> {};
TEST_P(P25_c_Alpn, AgreesOnBothSides) {
    auto const& row = GetParam();
    auto settings = trusting_settings();
    settings.http.http2 = row.http2;
    auto origin = origin_for({"origin.test"});
    origin.settings.alpn = row.server;
    TlsFixture fixture(settings, std::move(origin));
    auto const context = fixture.connect(target, regular);
    auto const seen = intercept(*context, asking_for("origin.test", row.client));
    ASSERT_TRUE(seen.info) << seen.failure;
    EXPECT_EQ(seen.info->alpn, row.with_client);
    EXPECT_EQ(context->client->alpn, row.with_client);
    EXPECT_EQ(context->client->alpn_offers, row.client);
    if (row.client.empty()) {
        EXPECT_THAT(fixture.origin.seen, IsEmpty());  // nobody asked it
        return;
    }
    ASSERT_THAT(fixture.origin.seen, testing::SizeIs(1));
    EXPECT_EQ(fixture.origin.seen[0].alpn, row.with_server);
    EXPECT_EQ(context->server->alpn, row.with_server);
}
Names const none{}, h1{"http/1.1"}, both{"h2", "http/1.1"};
INSTANTIATE_TEST_SUITE_P(
    , P25_c_Alpn,
    testing::Values(AlpnCase{"NoneNone", none, none, true, "", ""}, AlpnCase{"NoneH1", none, h1, true, "", ""},
                    AlpnCase{"NoneBoth", none, both, true, "", ""}, AlpnCase{"H1None", h1, none, true, "", ""},
                    AlpnCase{"H1H1", h1, h1, true, "http/1.1", "http/1.1"},
                    AlpnCase{"H1Both", h1, both, true, "http/1.1", "http/1.1"},
                    AlpnCase{"BothNone", both, none, true, "", ""},
                    AlpnCase{"BothH1", both, h1, true, "http/1.1", "http/1.1"},
                    AlpnCase{"BothBoth", both, both, true, "h2", "h2"},
                    AlpnCase{"OffNoneNone", none, none, false, "", ""}, AlpnCase{"OffNoneH1", none, h1, false, "", ""},
                    AlpnCase{"OffNoneBoth", none, both, false, "", ""}, AlpnCase{"OffH1None", h1, none, false, "", ""},
                    AlpnCase{"OffH1H1", h1, h1, false, "http/1.1", "http/1.1"},
                    AlpnCase{"OffH1Both", h1, both, false, "http/1.1", "http/1.1"},
                    AlpnCase{"OffBothNone", both, none, false, "", ""},
                    AlpnCase{"OffBothH1", both, h1, false, "http/1.1", "http/1.1"},
                    AlpnCase{"OffBothBoth", both, both, false, "http/1.1", "http/1.1"}),
    pathology::test::row_name);

// --- records and hooks -----------------------------------------------------------------------------------------------

TEST(InterceptTls, P30_a_FillsBothRecords) {
    TlsFixture fixture(trusting_settings());
    auto const context = fixture.connect(target, regular);
    ASSERT_EQ(intercept(*context, asking_for("origin.test", {"http/1.1"})).response, "inside");
    for (flow::Connection const* side : {static_cast<flow::Connection const*>(context->client.get()),
                                         static_cast<flow::Connection const*>(context->server.get())}) {
        EXPECT_TRUE(side->tls);
        EXPECT_TRUE(side->tls_established());
        EXPECT_EQ(side->tls_version, "TLSv1.3");
        EXPECT_EQ(side->cipher, "TLS_AES_256_GCM_SHA384");
        EXPECT_THAT(side->cipher_list, testing::Contains("TLS_AES_256_GCM_SHA384"));
        EXPECT_EQ(side->sni, "origin.test");
        EXPECT_EQ(side->alpn_offers, Names{"http/1.1"});
    }
    EXPECT_THAT(context->client->certificate_list, IsEmpty());
    EXPECT_THAT(context->server->certificate_list, testing::SizeIs(1));
    EXPECT_THAT(context->layers, ElementsAre("tls"));
}

TEST(InterceptTls, P40_RunsItsHooksInOrder) {
    Watched fixture;
    auto const context = fixture.connect(target, regular);
    intercept(*context, asking_for("origin.test", {"http/1.1"}));
    EXPECT_THAT(fixture.watcher->calls,
                ElementsAre("clienthello origin.test", "start server", "established server TLSv1.3", "start client",
                            "established client TLSv1.3"));
}

TEST(InterceptTls, P40_RunsTheHooksOfFailures) {
    auto settings = trusting_settings();
    settings.tls.trust.file = settings.tls.confdir + "/pathology-ca-cert.pem";
    Watched fixture(settings);
    auto const context = fixture.connect(target, regular);
    auto options = asking_for("origin.test", {"http/1.1"});
    options.settings.verify = tls::Trust{.file = trusted_file()};
    intercept(*context, options);
    EXPECT_THAT(fixture.watcher->calls,
                ElementsAre("clienthello origin.test", "start server", "failed server with error", "start client",
                            "failed client with error"));
}

TEST(InterceptTls, P15_LetsAnAddonIgnoreAConnection) {
    Watched fixture;
    fixture.watcher->on_hello = [](addons::ClientHelloData& data) { data.ignore_connection = true; };
    auto const context = fixture.connect(target, regular);
    EXPECT_EQ(intercept_text(*context, hello_of(asking_for("origin.test"))), "ignored");
    EXPECT_FALSE(context->client->tls);
    EXPECT_THAT(fixture.watcher->calls, ElementsAre("clienthello origin.test"));
}

TEST(InterceptTls, P22_LetsAnAddonAskForTheServerFirst) {
    Watched fixture;
    fixture.watcher->on_hello = [](addons::ClientHelloData& data) { data.establish_server_tls_first = true; };
    auto const context = fixture.connect(target, regular);
    intercept(*context, asking_for("origin.test"));
    EXPECT_THAT(fixture.origin.seen, testing::SizeIs(1));
}

TEST(InterceptTls, P40_LetsAnAddonChooseTheCertificate) {
    Watched fixture;
    auto const own = tls::test::identity_for({"own.test"});
    fixture.watcher->on_start_client = [&](addons::ClientTlsData& data) { data.identity = own; };
    auto const context = fixture.connect(target, regular);
    EXPECT_EQ(names_in(intercept(*context)), Names{"own.test"});
}

// --- certificates ----------------------------------------------------------------------------------------------------

TEST(InterceptTls, P22_AppendsTheServersChainWhenAsked) {
    auto settings = trusting_settings();
    settings.tls.add_upstream_certs = true;
    TlsFixture fixture(settings);
    auto const context = fixture.connect(target, regular);
    auto const seen = intercept(*context);
    ASSERT_TRUE(seen.info) << seen.failure;
    ASSERT_THAT(seen.info->peer_chain, testing::SizeIs(2));
    EXPECT_EQ(seen.info->peer_chain[1].der, context->server->certificate_list[0].der);
}

TEST(InterceptTls, P23_a_ShowsAGivenCertificateForItsHostAlone) {
    pathology::test::Folder const folder;
    auto settings = trusting_settings();
    auto const given = tls::test::identity_for({"given.test"});
    settings.tls.certificates = {"given.test=" + folder.write("given.pem", given.pem())};
    TlsFixture fixture(settings, origin_for({"origin.test", "given.test"}));
    auto const given_context = fixture.connect(Endpoint{"given.test", 443}, regular);
    EXPECT_EQ(intercept(*given_context, asking_for("given.test")).info->peer_chain.front().der,
              given.certificate().der);
    auto const context = fixture.connect(target, regular);
    EXPECT_EQ(names_in(intercept(*context)), Names{"origin.test"});
}

TEST(InterceptTls, P24_c_RecordsTheClientsCertificate) {
    auto settings = trusting_settings();
    settings.tls.request_client_certificate = true;
    TlsFixture fixture(settings);
    auto const context = fixture.connect(target, regular);
    auto options = asking_for("origin.test");
    options.settings.identity = tls::test::identity_for({"client.test"});
    EXPECT_EQ(intercept(*context, options).response, "inside");
    ASSERT_THAT(context->client->certificate_list, testing::SizeIs(1));
    EXPECT_EQ(context->client->certificate_list[0].subject_value("CN"), "client.test");
}

// --- what cannot be read ---------------------------------------------------------------------------------------------

struct Unreadable {
    std::string_view name, bytes;
    char alert = 0;
};
class A25_UnreadableHello : public testing::TestWithParam<Unreadable> {};
TEST_P(A25_UnreadableHello, IsAnsweredByAnAlert) {
    std::string const alert = std::string("\x15\x03\x03\x00\x02\x02", 6) + GetParam().alert;
    for (auto const& send : {intercept_text, terminate_text}) {
        TlsFixture fixture(trusting_settings());
        auto const context = fixture.connect(target, regular);
        EXPECT_EQ(send(*context, std::string(GetParam().bytes)), alert);
        ASSERT_THAT(fixture.log, testing::SizeIs(1));
        EXPECT_THAT(fixture.log.front().message, testing::HasSubstr("reported to the client by alert "));
        EXPECT_TRUE(context->client->error);
    }
}
using namespace std::string_view_literals;
INSTANTIATE_TEST_SUITE_P(Rfc8446, A25_UnreadableHello,
                         testing::Values(Unreadable{"OfAnotherType", "\x16\x03\x01\x00\x05\x05\x00\x00\x01\x00"sv, 10},
                                         Unreadable{"Empty", "\x16\x03\x01\x00\x04\x01\x00\x00\x00"sv, 50},
                                         Unreadable{"TooLong", "\x16\x03\x01\xff\xff\x01\x00"sv, 22},
                                         Unreadable{"AnAlert", "\x15\x03\x01\x00\x02\x02\x28"sv, 10}),
                         pathology::test::row_name);

TEST(TerminateTls, A25_AnswersAHelloOfSsl2) {
    TlsFixture fixture(trusting_settings());
    auto const context = fixture.connect(std::nullopt, regular);
    auto const hello =
        std::string("\x80\x2c\x01\x00\x02\x00\x03\x00\x00\x00\x20\x01\x00\x80", 14) + std::string(32, 'c');
    EXPECT_EQ(terminate_text(*context, hello), std::string("\x15\x03\x03\x00\x02\x02\x46", 7));
}

TEST(InterceptTls, A25_AnswersAHelloThatIsTooLarge) {
    TlsFixture fixture(trusting_settings());
    auto const context = fixture.connect(target, regular);
    std::string bytes("\x16\x03\x01\x40\x00\x01\x01\x86\xa0", 9);
    for (int i = 0; i < 5; ++i)
        bytes += std::string(16384 - (i == 0 ? 4 : 0), 'a') + std::string("\x16\x03\x01\x40\x00", 5);
    EXPECT_EQ(intercept_text(*context, bytes), std::string("\x15\x03\x03\x00\x02\x02\x2f", 7));
}

// --- the proxy itself ------------------------------------------------------------------------------------------------

TEST(TerminateTls, P03_e_SpeaksForTheProxy) {
    TlsFixture fixture(trusting_settings());
    auto const context = fixture.connect(std::nullopt, regular);
    auto const seen = terminate(*context, asking_for("proxy.test", {"h2", "http/1.1"}));
    EXPECT_EQ(seen.response, "inside") << seen.failure;
    EXPECT_EQ(names_in(seen), Names{"proxy.test"});
    EXPECT_EQ(seen.info->alpn, "h2");
    EXPECT_FALSE(context->server->tls);
    EXPECT_THAT(fixture.origin.seen, IsEmpty());
}

TEST(TerminateTls, P03_e_ShowsItsAddressToAClientWithoutSni) {
    TlsFixture fixture(trusting_settings());
    auto const context = fixture.connect(std::nullopt, regular);
    EXPECT_EQ(names_in(terminate(*context, asking_for(std::nullopt))), Names{"192.0.2.7"});
}

}  // namespace
}  // namespace pathology::proxycore::layers::test
