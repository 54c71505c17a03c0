// The decisions of TLS interception, without any connection.
#include "layers/tls/tls_choices.hpp"

#include <gmock/gmock.h>

#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using testing::HasSubstr;
using Names = std::vector<std::string>;

flow::Client client_with(Names alpn, std::optional<std::string> sni) {
    auto client = flow::Client::make_dummy({"192.0.2.1", 4711});
    client.sockname = Endpoint{"192.0.2.7", 8080};
    client.alpn_offers = std::move(alpn);
    client.sni = std::move(sni);
    return client;
}

flow::Server tls_server(Endpoint address) {
    flow::Server server(std::move(address));
    server.tls = true;
    return server;
}

// --- which side comes first ------------------------------------------------------------------------------------------

struct FirstCase {
    std::string_view name;
    bool server_tls, upstream_cert, offers_alpn, has_sni;
    bool is_first;
    bool chain = false, is_open = false, eager = false;
};
class P22_ServerFirst : public testing::TestWithParam<FirstCase> {};
TEST_P(P22_ServerFirst, WhenTheResponseDependsOnIt) {
    auto const& row = GetParam();
    Settings settings;
    settings.tls.upstream_cert = row.upstream_cert;
    settings.tls.add_upstream_certs = row.chain;
    settings.strategy = row.eager ? ConnectionStrategy::eager : ConnectionStrategy::lazy;
    auto const client =
        client_with(row.offers_alpn ? Names{"h2"} : Names{}, row.has_sni ? std::optional("a.test") : std::nullopt);
    auto server = tls_server({"origin.test", 443});
    server.tls = row.server_tls;
    if (row.is_open) server.state = flow::ConnectionState::active;
    EXPECT_EQ(needs_server_first(settings, client, server), row.is_first);
}
INSTANTIATE_TEST_SUITE_P(, P22_ServerFirst,
                         testing::Values(FirstCase{"NotForAPlainServer", false, true, true, false, false},
                                         FirstCase{"NotWithoutLooking", true, false, true, false, false},
                                         FirstCase{"NotWithoutLookingEvenIfOpen", true, false, true, false, false,
                                                   false, true},
                                         FirstCase{"ForAlpn", true, true, true, true, true},
                                         FirstCase{"ForTheName", true, true, false, false, true},
                                         FirstCase{"NotWhenTheNameIsEnough", true, true, false, true, false},
                                         FirstCase{"ForItsChain", true, true, false, true, true, true},
                                         FirstCase{"WhenItIsOpen", true, true, false, true, true, false, true},
                                         FirstCase{"WhenEager", true, true, false, true, true, false, false, true}),
                         pathology::test::row_name);

// --- names -----------------------------------------------------------------------------------------------------------

TEST(NamesForClient, P21_a_AreTheOriginsThenSniThenAddress) {
    auto server = tls_server({"origin.test", 443});
    tls::Certificate certificate;
    certificate.subject = {{"CN", "origin.test"}, {"O", "Origins Ltd"}};
    using Kind = tls::AlternativeName::Kind;
    certificate.alternative_names = {
        {Kind::dns, "origin.test"}, {Kind::dns, "alt.test"}, {Kind::ip, "127.0.0.1"}, {Kind::other, "email:a@b"}};
    server.certificate_list = {certificate};
    auto const names = names_for_client({}, client_with({}, "foo.example"), server);
    EXPECT_EQ(names.names, (Names{"origin.test", "alt.test", "127.0.0.1", "foo.example"}));
    EXPECT_EQ(names.organization, "Origins Ltd");

    TlsSettings unseen;
    unseen.upstream_cert = false;
    EXPECT_EQ(names_for_client(unseen, client_with({}, "foo.example"), server).names,
              (Names{"foo.example", "origin.test"}));
}

TEST(NamesForClient, P21_HaveOurAddressWhereTheClientAsksForNoName) {
    EXPECT_EQ(names_for_client({}, client_with({}, std::nullopt), tls_server({"10.0.0.1", 443})).names,
              (Names{"192.0.2.7", "10.0.0.1"}));
    EXPECT_EQ(names_for_client({}, client_with({}, std::nullopt), flow::Server()).names, Names{"192.0.2.7"});
}

TEST(NamesForClient, P21_LeaveOutWhatNoCertificateCanHave) {
    EXPECT_EQ(names_for_client({}, client_with({}, "not a name"), tls_server({"origin.test", 443})).names,
              Names{"origin.test"});
}

struct PointerCase {
    std::string_view name, of_server, of_ours;
};
class P21_RevocationPointer : public testing::TestWithParam<PointerCase> {};
TEST_P(P21_RevocationPointer, StaysWhereTheServersWas) {
    auto server = tls_server({"origin.test", 443});
    tls::Certificate certificate;
    certificate.crl_url = GetParam().of_server;
    server.certificate_list = {certificate};
    EXPECT_EQ(names_for_client({}, client_with({}, "a.test"), server, "/ours.crl").crl_url, GetParam().of_ours);
}
INSTANTIATE_TEST_SUITE_P(, P21_RevocationPointer,
                         testing::Values(PointerCase{"None", "", ""},
                                         PointerCase{"Path", "http://crl.test/x/y.crl", "http://crl.test/ours.crl"},
                                         PointerCase{"Port", "http://crl.test:8080/x.crl",
                                                     "http://crl.test:8080/ours.crl"},
                                         PointerCase{"NoPath", "http://crl.test", "http://crl.test/ours.crl"},
                                         PointerCase{"NotOnTheWeb", "ldap://crl.test/x", ""}),
                         pathology::test::row_name);

TEST(SniForServer, P22_IsTheClientsUnlessItIsGiven) {
    modes::Mode const regular, reverse{modes::Reverse{{"https", {"origin.test", 443}}}};
    auto const client = client_with({}, "foo.example");
    auto server = tls_server({"origin.test", 443});
    EXPECT_EQ(sni_for_server(regular, client, server), "foo.example");
    EXPECT_EQ(sni_for_server(reverse, client, server), std::nullopt);  // that of its address then
    server.sni = "given.test";
    EXPECT_EQ(sni_for_server(regular, client, server), "given.test");
    EXPECT_EQ(sni_for_server(reverse, client, server), "given.test");
}

// --- protocols -------------------------------------------------------------------------------------------------------

struct OfferCase {
    std::string_view name;
    Names of_client;
    bool http2;
    Names to_server;
};
class P25_Offer : public testing::TestWithParam<OfferCase> {};
TEST_P(P25_Offer, PassesWhatWeSpeak) {
    EXPECT_EQ(offers_for_server(client_with(GetParam().of_client, {}), GetParam().http2), GetParam().to_server);
}
INSTANTIATE_TEST_SUITE_P(, P25_Offer,
                         testing::Values(OfferCase{"None", {}, true, {}},
                                         OfferCase{"Both", {"h2", "http/1.1"}, true, {"h2", "http/1.1"}},
                                         OfferCase{"Http2Off", {"h2", "http/1.1"}, false, {"http/1.1"}},
                                         OfferCase{"Drafts", {"h2-16", "spdy/3.1", "h2"}, true, {"h2"}},
                                         OfferCase{"Others", {"mqtt"}, true, {"mqtt"}}),
                         pathology::test::row_name);

struct ChoiceCase {
    std::string_view name;
    Names of_client;
    std::optional<std::string> of_server;  ///< nothing = it was not asked
    bool http2;
    Names choices;
};
class P25_Choice : public testing::TestWithParam<ChoiceCase> {};
TEST_P(P25_Choice, FollowsTheServerElseTheClient) {
    auto server = tls_server({"origin.test", 443});
    if (GetParam().of_server) {
        server.alpn = GetParam().of_server;
        server.timestamp_tls_setup = flow::Time{};
    }
    EXPECT_EQ(choices_for_client(client_with(GetParam().of_client, {}), server, GetParam().http2), GetParam().choices);
}
INSTANTIATE_TEST_SUITE_P(
    , P25_Choice,
    testing::Values(ChoiceCase{"OfTheServer", {"h2", "http/1.1"}, "http/1.1", true, {"http/1.1"}},
                    ChoiceCase{"OfAServerThatTookNone", {"h2", "http/1.1"}, "", true, {}},
                    ChoiceCase{"OfTheClient", {"http/1.1", "h2"}, std::nullopt, true, {"http/1.1", "h2"}},
                    ChoiceCase{"OfTheClientWithoutHttp2", {"h2", "http/1.1"}, std::nullopt, false, {"http/1.1"}},
                    ChoiceCase{"NothingUnknown", {"mqtt"}, std::nullopt, true, {}},
                    ChoiceCase{"UnknownOfTheServer", {"mqtt"}, "mqtt", true, {"mqtt"}}),
    pathology::test::row_name);

// --- what went wrong -------------------------------------------------------------------------------------------------

struct ExplanationCase {
    std::string_view name;
    tls::Errc code;
    std::optional<tls::Alert> alert;
    std::string_view hint;
};
class P22_f_Explanation : public testing::TestWithParam<ExplanationCase> {};
TEST_P(P22_f_Explanation, GivesAHint) {
    tls::Failure why;
    why.code = GetParam().code;
    why.message = "TLS handshake failed: the cause";
    why.alert = GetParam().alert;
    auto const text = explain_client_failure(why, "foo.example");
    EXPECT_THAT(text, testing::StartsWith("TLS handshake with the client failed: "));
    EXPECT_THAT(text, HasSubstr("the cause"));
    EXPECT_THAT(text, HasSubstr(std::string(GetParam().hint)));
}
using Side = tls::Alert::Side;
INSTANTIATE_TEST_SUITE_P(
    , P22_f_Explanation,
    testing::Values(
        ExplanationCase{"UnknownAuthority", tls::Errc::alert_received, tls::Alert{48, Side::sent_by_peer},
                        "it does not trust our certificate for foo.example"},
        ExplanationCase{"BadCertificate", tls::Errc::alert_received, tls::Alert{42, Side::sent_by_peer},
                        "it does not trust our certificate for foo.example"},
        ExplanationCase{"UnknownCertificate", tls::Errc::alert_received, tls::Alert{46, Side::sent_by_peer},
                        "it does not trust our certificate for foo.example"},
        ExplanationCase{"B11_Expired", tls::Errc::alert_received, tls::Alert{45, Side::sent_by_peer},
                        "it considers our certificate for foo.example expired (the cause); compare the clocks"},
        ExplanationCase{"B11_Revoked", tls::Errc::alert_received, tls::Alert{44, Side::sent_by_peer},
                        "it considers our certificate for foo.example revoked (the cause)"},
        ExplanationCase{"B11_Unsupported", tls::Errc::alert_received, tls::Alert{43, Side::sent_by_peer},
                        "it does not support the kind of our certificate for foo.example"},
        ExplanationCase{"LeftInTheMiddle", tls::Errc::ended_in_handshake, std::nullopt,
                        "whenever it wants foo.example, it may not trust our certificate"},
        ExplanationCase{"Version", tls::Errc::protocol_violation, tls::Alert{70, Side::raised_here},
                        "tls_version_client_min"},
        ExplanationCase{"Cipher", tls::Errc::protocol_violation, tls::Alert{40, Side::raised_here}, "ciphers_client"},
        ExplanationCase{"Another", tls::Errc::alert_received, tls::Alert{80, Side::sent_by_peer}, "failed: the cause"}),
    pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::layers
