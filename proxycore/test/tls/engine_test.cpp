// Two engines and no socket.
#include <pathology/proxycore/tls/engine.hpp>

#include <gtest/gtest.h>

#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::tls {
namespace {

using test::EnginePair;

TEST(Engine, AgreesAndCarriesBothWays) {
    EnginePair pair;
    ASSERT_TRUE(pair.handshake());
    EXPECT_TRUE(pair.client.is_established() && pair.server.is_established());
    EXPECT_EQ(pair.send(pair.client, pair.server, "question"), "question");
    EXPECT_EQ(pair.send(pair.server, pair.client, "answer"), "answer");
}

TEST(Engine, WorksByteByByte) {
    EnginePair pair;
    ASSERT_TRUE(pair.handshake(1));
    EXPECT_EQ(pair.send(pair.client, pair.server, "question", 1), "question");
    EXPECT_EQ(pair.send(pair.server, pair.client, std::string(20000, 'a'), 1), std::string(20000, 'a'));
}

TEST(Engine, WorksInEveryPiece) {
    for (std::size_t piece = 2; piece < 600; piece += 7) {
        SCOPED_TRACE("pieces of " + std::to_string(piece));
        EnginePair pair;
        ASSERT_TRUE(pair.handshake(piece));
        EXPECT_EQ(pair.send(pair.server, pair.client, "over", piece), "over");
    }
}

TEST(Engine, CarriesMoreThanARecord) {
    EnginePair pair;
    ASSERT_TRUE(pair.handshake());
    std::string const much(1 << 20, 'm');
    EXPECT_TRUE(pair.send(pair.server, pair.client, much) == much);
}

TEST(Engine, TakesBytesIntoItsOwnRoom) {
    EnginePair pair;
    ASSERT_TRUE(pair.handshake());
    std::string const much(200000, 'm');
    ASSERT_EQ(pair.server.write(boost::asio::buffer(much)), Step::done);
    std::string received;
    while (pair.server.outgoing().size() > 0) {
        auto const n = boost::asio::buffer_copy(pair.client.prepare(), pair.server.outgoing());
        pair.client.commit(n);
        pair.server.consume(n);
        received += test::read_all(pair.client);
    }
    EXPECT_TRUE(received == much);
}

TEST(Engine, WantsWorkBeforeItChooses) {
    std::vector<std::string> events;
    auto const choose = [&](IdentityQuery const& query) {
        events.push_back("choose " + query.sni);
        return Result<Identity>(test::identity_for({"origin.test"}));
    };
    EnginePair pair({}, {}, ServerName::of("origin.test"), choose);
    pair.server.set_preparer([&](IdentityQuery const& query) -> std::function<void()> {
        events.push_back("prepare " + query.sni);
        return [&events] { events.push_back("work"); };
    });
    EXPECT_FALSE(pair.handshake(1));
    EXPECT_EQ(pair.server_step, Step::wants_work);
    auto const work = pair.server.take_work();
    ASSERT_TRUE(work);
    EXPECT_FALSE(pair.server.take_work()) << "it is to be done once";
    work();
    EXPECT_TRUE(pair.handshake(1));
    EXPECT_EQ(events, (std::vector<std::string>{"prepare origin.test", "work", "choose origin.test"}));
}

TEST(Engine, ChoosesAtOnceWhereThereIsNoWork) {
    EnginePair pair;
    pair.server.set_preparer([](IdentityQuery const&) { return std::function<void()>(); });
    EXPECT_TRUE(pair.handshake());
}

TEST(Engine, ReportsTheOrderlyEnd) {
    EnginePair pair;
    ASSERT_TRUE(pair.handshake());
    pair.client.shutdown();
    test::carry(pair.client, pair.server);
    Step last{};
    EXPECT_EQ(test::read_all(pair.server, &last), "");
    EXPECT_EQ(last, Step::ended);
    EXPECT_EQ(pair.send(pair.server, pair.client, "still"), "still") << "the other way stays open";
    EXPECT_FALSE(pair.server.failure());
}

TEST(Engine, ReportsATruncation) {
    EnginePair pair;
    ASSERT_TRUE(pair.handshake());
    pair.server.end_of_input();
    Step last{};
    test::read_all(pair.server, &last);
    EXPECT_EQ(last, Step::failed);
    ASSERT_TRUE(pair.server.failure());
    EXPECT_EQ(pair.server.failure()->code, Errc::truncated);
    EXPECT_EQ(pair.send(pair.server, pair.client, "still"), "still") << "the other way stays open";
}

TEST(Engine, GivesWhatCameBeforeATruncation) {
    EnginePair pair;
    ASSERT_TRUE(pair.handshake());
    ASSERT_EQ(pair.client.write(boost::asio::buffer("abc", 3)), Step::done);
    test::carry(pair.client, pair.server);
    pair.server.end_of_input();
    Step last{};
    EXPECT_EQ(test::read_all(pair.server, &last), "abc");
    EXPECT_EQ(last, Step::failed);
}

TEST(Engine, ReportsAnEndInTheHandshake) {
    EnginePair pair;
    pair.client.handshake();
    pair.client.end_of_input();
    EXPECT_EQ(pair.client.handshake(), Step::failed);
    EXPECT_EQ(pair.client.failure()->code, Errc::ended_in_handshake);
    EXPECT_EQ(pair.client.failure()->message, "TLS handshake failed: the server ended the connection");
}

TEST(Engine, ReportsAClientThatSentNothing) {
    EnginePair pair;
    pair.server.handshake();
    pair.server.end_of_input();
    EXPECT_EQ(pair.server.failure()->code, asio::error::eof);
}

TEST(Engine, ReportsWhatAPeerSendsThatDoesNotSpeakTls) {
    struct Row {
        std::string_view sent, shown;
    };
    for (auto const& [sent, shown] : {Row{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1"},
                                      Row{"HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP/1.1 400 Bad Request"},
                                      Row{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "PRI * HTTP/2.0"},
                                      Row{"\x05\x01", "\\x05\\x01"}, Row{"hello everybody\n", "hello everybody"}}) {
        SCOPED_TRACE(sent);
        EnginePair pair;
        std::string const padded = std::string(sent) + std::string(300, ' ');
        pair.server.feed(padded);
        EXPECT_EQ(pair.server.handshake(), Step::failed);
        ASSERT_TRUE(pair.server.failure());
        EXPECT_EQ(pair.server.failure()->code, Errc::not_tls);
        auto const begin = "TLS handshake failed: the client does not speak TLS but sent \"" + std::string(shown);
        EXPECT_TRUE(pair.server.failure()->message.starts_with(begin)) << pair.server.failure()->message;
    }
}

TEST(Engine, BothSidesReportTheAlert) {
    AcceptSettings old;
    old.versions = {Version::tls1_2, Version::tls1_2};
    ConnectSettings young;
    young.versions = {Version::tls1_3, Version::tls1_3};
    EnginePair pair(old, young);
    EXPECT_FALSE(pair.handshake());
    ASSERT_TRUE(pair.server.failure() && pair.client.failure());
    EXPECT_EQ(pair.server.failure()->alert, (Alert{70, Alert::Side::raised_here}));
    EXPECT_EQ(pair.server.failure()->message,
              "TLS handshake failed: unsupported protocol, reported to the client by alert protocol_version (70)");
    EXPECT_EQ(pair.client.failure()->code, Errc::alert_received);
    EXPECT_EQ(pair.client.failure()->alert, (Alert{70, Alert::Side::sent_by_peer}));
    EXPECT_EQ(pair.client.failure()->message, "TLS handshake failed: the server sent alert protocol_version (70)");
}

TEST(Engine, ReportsABrokenRecord) {
    EnginePair pair;
    ASSERT_TRUE(pair.handshake());
    pair.client.write(boost::asio::buffer("abc", 3));
    std::string record;
    pair.client.take_outgoing(record);
    record.back() = static_cast<char>(record.back() ^ 1);
    pair.server.feed(record);
    Step last{};
    EXPECT_EQ(test::read_all(pair.server, &last), "");
    EXPECT_EQ(last, Step::failed);
    EXPECT_EQ(pair.server.failure()->code, Errc::protocol_violation);
    EXPECT_EQ(pair.server.failure()->alert, (Alert{20, Alert::Side::raised_here}));
    EXPECT_EQ(pair.server.write(boost::asio::buffer("x", 1)), Step::failed);
    test::carry(pair.server, pair.client);
    test::read_all(pair.client, &last);
    EXPECT_EQ(pair.client.failure()->alert, (Alert{20, Alert::Side::sent_by_peer}));
}

TEST(Engine, ChooserGetsTheNameAndItsRefusalEndsTheHandshake) {
    std::string asked;
    auto const refuse = [&asked](IdentityQuery const& greeting) -> Result<Identity> {
        asked = greeting.sni;
        return Failure{Errc::no_certificate, "no certificate for " + greeting.sni, {}, {}, {}};
    };
    EnginePair pair({}, {}, ServerName::of("other.test"), refuse);
    EXPECT_FALSE(pair.handshake());
    EXPECT_EQ(asked, "other.test");
    EXPECT_EQ(pair.server.failure()->code, Errc::no_certificate);
    EXPECT_EQ(pair.server.failure()->message, "TLS handshake failed: no certificate for other.test");
    EXPECT_EQ(pair.client.failure()->alert, (Alert{80, Alert::Side::sent_by_peer}));
}

TEST(Engine, RsaIsAskedForWhereNothingElseWillDo) {
    struct Row {
        std::string_view ciphers;
        KeyType key;
    };
    for (auto const& [ciphers, key] :
         {Row{"AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256", KeyType::rsa_2048},
          Row{"ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256", KeyType::ecdsa_p256}}) {
        ConnectSettings client;
        client.versions = {Version::tls1_2, Version::tls1_2};
        client.ciphers.list = ciphers;
        std::optional<KeyType> asked;
        auto const choose = [&asked](IdentityQuery const& greeting) {
            asked = greeting.key;
            return test::authority().issue({.names = {"origin.test"}}, greeting.key);
        };
        EnginePair pair({}, client, ServerName::of("origin.test"), choose);
        EXPECT_TRUE(pair.handshake()) << ciphers;
        EXPECT_EQ(asked, key) << ciphers;
    }
}

TEST(Engine, KnowsWhatWasAgreedOn) {
    AcceptSettings server;
    server.alpn = {"h2", "http/1.1"};
    ConnectSettings client;
    client.alpn = {"http/1.1", "h2"};
    client.ciphers.suites = "TLS_AES_128_GCM_SHA256";
    EnginePair pair(server, client);
    ASSERT_TRUE(pair.handshake());
    auto const here = pair.client.info();
    EXPECT_EQ(here.version, "TLSv1.3");
    EXPECT_EQ(here.cipher, "TLS_AES_128_GCM_SHA256");
    EXPECT_EQ(here.cipher_bits, 128U);
    EXPECT_EQ(here.alpn, "h2") << "the server's preference decides";
    EXPECT_EQ(here.sni, "origin.test");
    ASSERT_EQ(here.peer_chain.size(), 1U);
    EXPECT_EQ(here.peer_chain[0].subject_value("CN"), "origin.test");
    auto const there = pair.server.info();
    EXPECT_EQ(there.sni, "origin.test");
    EXPECT_EQ(there.alpn, "h2");
    EXPECT_TRUE(there.peer_chain.empty());
}

struct AlpnCase {
    std::string_view name;
    std::vector<std::string> server, client;
    std::string_view agreed;
};
class Alpn : public testing::TestWithParam<AlpnCase> {};
TEST_P(Alpn, IsTheServersChoice) {
    auto const& [name, server, client, agreed] = GetParam();
    AcceptSettings server_settings;
    server_settings.alpn = server;
    ConnectSettings client_settings;
    client_settings.alpn = client;
    EnginePair pair(server_settings, client_settings);
    ASSERT_TRUE(pair.handshake());
    EXPECT_EQ(pair.client.alpn(), agreed);
    EXPECT_EQ(pair.server.alpn(), agreed);
}
TEST_P(Alpn, CanBeSetForOneConnection) {
    auto const& [name, server, client, agreed] = GetParam();
    EnginePair pair;
    ASSERT_TRUE(pair.server.set_alpn(server) && pair.client.set_alpn(client));
    ASSERT_TRUE(pair.handshake());
    EXPECT_EQ(pair.client.alpn(), agreed);
}
INSTANTIATE_TEST_SUITE_P(Rfc7301, Alpn,
                         testing::Values(AlpnCase{"Nobody", {}, {}, ""}, AlpnCase{"ServerAlone", {"h2"}, {}, ""},
                                         AlpnCase{"ClientAlone", {}, {"h2"}, ""},
                                         AlpnCase{"NothingInCommon", {"h2"}, {"http/1.1"}, ""},
                                         AlpnCase{"One", {"h2", "http/1.1"}, {"http/1.1"}, "http/1.1"},
                                         AlpnCase{"Both", {"http/1.1", "h2"}, {"h2", "http/1.1"}, "http/1.1"},
                                         AlpnCase{"Unheard", {"odd", "h2"}, {"h2", "odd"}, "odd"}),
                         pathology::test::row_name);

TEST(Engine, RefusesProtocolNamesThatCannotBe) {
    EnginePair pair;
    EXPECT_EQ(pair.client.set_alpn({""}).error().code, Errc::bad_settings);
    EXPECT_EQ(pair.client.set_alpn({std::string(256, 'x')}).error().code, Errc::bad_settings);
}

TEST(Engine, RefusesServerNamesThatCannotBe) {
    EnginePair pair({}, {}, {.sni = std::string(300, 'x')});
    EXPECT_EQ(pair.client.handshake(), Step::failed);
    EXPECT_EQ(pair.client.failure()->code, Errc::bad_settings);
}

TEST(Engine, SendsAnySniItIsGiven) {
    EnginePair pair({}, {}, {.sni = "not a host!"});
    ASSERT_TRUE(pair.handshake());
    EXPECT_EQ(pair.server.info().sni, "not a host!");
}

struct VersionCase {
    std::string_view name, server, client, agreed;
};
class Versions : public testing::TestWithParam<VersionCase> {};
TEST_P(Versions, MeetOrFail) {
    auto const& [name, server, client, agreed] = GetParam();
    AcceptSettings server_settings;
    server_settings.versions = parse_versions(server).value();
    ConnectSettings client_settings;
    client_settings.versions = parse_versions(client).value();
    EnginePair pair(server_settings, client_settings);
    EXPECT_EQ(pair.handshake(), !agreed.empty());
    if (!agreed.empty()) {
        EXPECT_EQ(pair.client.info().version, agreed);
        EXPECT_EQ(pair.send(pair.client, pair.server, "x"), "x");
    }
}
INSTANTIATE_TEST_SUITE_P(
    Tls, Versions,
    testing::Values(VersionCase{"Oldest", "all", "TLSv1", "TLSv1"}, VersionCase{"Old", "TLSv1_1", "all", "TLSv1.1"},
                    VersionCase{"Usual", "TLSv1_2", "all", "TLSv1.2"}, VersionCase{"Best", "all", "all", "TLSv1.3"},
                    VersionCase{"OnlyNewest", "TLSv1_3", "secure", "TLSv1.3"},
                    VersionCase{"TooOld", "secure", "TLSv1_1", ""}, VersionCase{"TooNew", "TLSv1_2", "TLSv1_3", ""}),
    pathology::test::row_name);

// --- certificates ----------------------------------------------------------------------------------------------------

struct VerifyCase {
    std::string_view name, host, error;
};
class Verify : public testing::TestWithParam<VerifyCase> {};
TEST_P(Verify, LooksAtTheHost) {
    auto const identity = test::identity_for({"origin.test", "*.wild.test", "127.0.0.1", "::1"});
    EnginePair pair({}, test::verifying(), ServerName::of(std::string(GetParam().host)), test::show(identity));
    EXPECT_EQ(pair.handshake(), GetParam().error.empty());
    if (GetParam().error.empty()) return;
    ASSERT_TRUE(pair.client.failure());
    EXPECT_EQ(pair.client.failure()->code, Errc::certificate_rejected);
    EXPECT_EQ(pair.client.failure()->verify_error, GetParam().error);
    EXPECT_EQ(pair.client.failure()->message,
              "TLS handshake failed: the certificate of the server was rejected: " + std::string(GetParam().error));
}
INSTANTIATE_TEST_SUITE_P(Rfc9110, Verify,
                         testing::Values(VerifyCase{"Name", "origin.test", ""},
                                         VerifyCase{"AnyCase", "ORIGIN.test", ""},
                                         VerifyCase{"Wildcard", "a.wild.test", ""},
                                         VerifyCase{"Address", "127.0.0.1", ""}, VerifyCase{"Address6", "::1", ""},
                                         VerifyCase{"OtherName", "other.test", "hostname mismatch"},
                                         VerifyCase{"TwoLabels", "a.b.wild.test", "hostname mismatch"},
                                         VerifyCase{"OtherAddress", "127.0.0.2", "IP address mismatch"}),
                         pathology::test::row_name);

TEST(Engine, NeverTakesTheCommonNameForTheHost) {
    auto const identity = test::authority().issue(LeafNames::exactly("origin.test", {"other.test"})).value();
    EnginePair pair({}, test::verifying(), ServerName::of("origin.test"), test::show(identity));
    EXPECT_FALSE(pair.handshake());
    EXPECT_EQ(pair.client.failure()->verify_error, "hostname mismatch");
}

TEST(Engine, RejectsWhatAnUnknownAuthoritySigned) {
    auto const stranger = Authority::make({.key = KeyType::ecdsa_p256});
    EnginePair pair({}, test::verifying(), ServerName::of("origin.test"),
                    test::show(stranger.issue({.names = {"origin.test"}}).value()));
    EXPECT_FALSE(pair.handshake());
    EXPECT_EQ(pair.client.failure()->verify_error, "unable to get local issuer certificate");
    EXPECT_EQ(pair.server.failure()->code, Errc::alert_received);
    EXPECT_EQ(pair.server.failure()->message, "TLS handshake failed: the client sent alert unknown_ca (48)");
}

TEST(Engine, RejectsWhatHasExpired) {
    EnginePair pair({}, test::verifying(), ServerName::of("origin.test"),
                    test::show(test::expired_identity("origin.test")));
    EXPECT_FALSE(pair.handshake());
    EXPECT_EQ(pair.client.failure()->verify_error, "certificate has expired");
    EXPECT_EQ(pair.client.failure()->alert, (Alert{45, Alert::Side::raised_here}));
}

TEST(Engine, WantsANameToVerify) {
    EnginePair pair({}, test::verifying(), {.sni = "origin.test"});
    EXPECT_EQ(pair.client.handshake(), Step::failed);
    EXPECT_EQ(pair.client.failure()->code, Errc::bad_settings);
}

TEST(Engine, RecordsAnyCertificateOfAClientThatIsAsked) {
    AcceptSettings server;
    server.client_certificates = ClientCertificates::request;
    ConnectSettings client;
    client.identity = Authority::make({.key = KeyType::ecdsa_p256}).issue({.names = {"client.test"}}).value();
    for (auto const version : {"TLSv1_2", "TLSv1_3"}) {
        client.versions = parse_versions(version).value();
        EnginePair pair(server, client);
        ASSERT_TRUE(pair.handshake()) << version;
        auto const chain = pair.server.info().peer_chain;
        ASSERT_EQ(chain.size(), 1U) << version;
        EXPECT_EQ(chain[0].subject_value("CN"), "client.test");
    }
    EnginePair without(server, {});
    EXPECT_TRUE(without.handshake()) << "none is fine too";
    EXPECT_TRUE(without.server.info().peer_chain.empty());
}

TEST(Engine, DemandsACertificateThatPasses) {
    AcceptSettings server;
    server.client_certificates = ClientCertificates::verified;
    server.trust.file = test::trusted_file();
    server.versions = {Version::tls1_2, Version::tls1_2};
    EnginePair without(server, {});
    EXPECT_FALSE(without.handshake());
    EXPECT_EQ(without.server.failure()->alert, (Alert{40, Alert::Side::raised_here}));
    ConnectSettings stranger;
    stranger.identity = Authority::make({.key = KeyType::ecdsa_p256}).issue({.names = {"client.test"}}).value();
    EnginePair with_a_strangers(server, stranger);
    EXPECT_FALSE(with_a_strangers.handshake());
    EXPECT_EQ(with_a_strangers.server.failure()->code, Errc::certificate_rejected);
}

TEST(Engine, SendsTheChain) {
    auto const intermediate = test::identity_for({"first.test"});
    auto const leaf = test::identity_for({"origin.test"});
    auto const both = Identity::parse(leaf.pem() + intermediate.certificate().pem(), "test").value();
    EnginePair pair({}, {}, ServerName::of("origin.test"), test::show(both));
    ASSERT_TRUE(pair.handshake());
    auto const chain = pair.client.info().peer_chain;
    ASSERT_EQ(chain.size(), 2U);
    EXPECT_EQ(chain[1].subject_value("CN"), "first.test");
}

}  // namespace
}  // namespace pathology::proxycore::tls
