// The daemon over TLS: what it shows, what it logs, and tunnels in tunnels.
#include <gmock/gmock.h>

#include <boost/asio/this_coro.hpp>
#include <functional>
#include <future>
#include <pathology/pathod/daemon.hpp>
#include <pathology/proxycore/net/connect.hpp>
#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/clinic.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>

#include "support/folder.hpp"
#include "support/play.hpp"
#include "support/process.hpp"
#include "support/row_name.hpp"
#include "support/streams.hpp"

namespace pathology::pathod {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;
namespace tls = proxycore::tls;
using namespace std::chrono_literals;
using pathology::test::Folder;
using proxycore::record::Exchange;
using proxycore::test::play;
using proxycore::test::read_exactly;
using proxycore::test::read_to_end;
using testing::HasSubstr;
using testing::StartsWith;
using Played = asio::awaitable<void>;
using StreamPtr = std::unique_ptr<net::Stream>;

constexpr auto patience = proxycore::test::patience;

DaemonOptions serving_tls() { return {.tls = {.serve = true}}; }

class Running {
public:
    explicit Running(DaemonOptions options = serving_tls()) : daemon(std::move(options)) { daemon.start().value(); }

    Daemon daemon;
};

asio::awaitable<StreamPtr> connected(Daemon const& daemon) {
    auto opened = co_await net::connect("127.0.0.1", daemon.port(), patience);
    co_return std::move(*opened);
}

tls::ConnectSettings const usual;

/// Puts TLS over a stream; fails the test, and gives none, when the daemon does not join in.
asio::awaitable<std::unique_ptr<tls::TlsStream>> secured(StreamPtr stream, tls::ConnectSettings const& settings = usual,
                                                         std::string host = "origin.test") {
    tls::Engine engine(tls::ConnectContext::make(settings).value(), tls::ServerName::of(host));
    auto made = std::make_unique<tls::TlsStream>(std::move(stream), std::move(engine));
    auto const shaken = co_await made->handshake(patience);
    if (shaken) co_return made;
    ADD_FAILURE() << shaken.error().message;
    co_return nullptr;
}

/// Asks a plain proxy for a tunnel, in the stream that is there.
asio::awaitable<bool> tunnel(net::Stream& stream, std::string host) {
    auto const request = "CONNECT " + host + " HTTP/1.1\r\n\r\n";
    co_await net::send(stream, request);
    std::string response;
    while (!response.ends_with("\r\n\r\n")) {
        auto const byte = co_await read_exactly(stream, 1);
        if (byte.empty()) co_return false;
        response += byte;
    }
    co_return response.starts_with("HTTP/1.1 200 Connection established\r\n");
}

constexpr std::string_view question = "GET /p/200:b'hi' HTTP/1.1\r\n\r\n";
constexpr std::string_view response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

Played expect_response(net::Stream& stream) {
    co_await net::send(stream, question);
    EXPECT_EQ(co_await read_exactly(stream, response.size()), response);
}

TEST(TlsDaemon, RespondsAndLogsTheNegotiatedTls) {
    Running running;
    EXPECT_THAT(running.daemon.url(), StartsWith("https://127.0.0.1:"));
    play([&]() -> Played {
        tls::ConnectSettings settings;
        settings.alpn = {"http/1.1"};
        auto plain = co_await connected(running.daemon);
        auto const stream = co_await secured(std::move(plain), settings);
        co_await expect_response(*stream);
        co_await expect_response(*stream);
        EXPECT_EQ(stream->alpn(), "http/1.1");
    });
    auto const entries = running.daemon.log().wait_for(2, patience).value();
    auto const& recorded = *entries[1].tls;
    EXPECT_EQ(recorded.version, "TLSv1.3");
    EXPECT_EQ(recorded.cipher, "TLS_AES_256_GCM_SHA384");
    EXPECT_EQ(recorded.cipher_bits, 256U);
    EXPECT_EQ(recorded.alpn, "http/1.1");
    EXPECT_EQ(recorded.sni, "origin.test");
    EXPECT_FALSE(recorded.client_certificate);
    EXPECT_EQ(entries[1].request->index, 1U);
}

TEST(TlsDaemon, ClosesTlsProperlyAndLogsIt) {
    Running running;
    play([&]() -> Played {
        auto plain = co_await connected(running.daemon);
        auto const stream = co_await secured(std::move(plain));
        co_await net::send(*stream, "GET /p/200:d10 HTTP/1.1\r\n\r\n");
        std::string received;
        EXPECT_EQ(co_await read_to_end(*stream, received), asio::error::eof);
        EXPECT_EQ(received, "HTTP/1.1 2");
    });
}

TEST(TlsDaemon, AnEchoSendsACloseFrameWhenItStops) {
    Running running({.websocket_echo = true, .tls = {.serve = true}});
    std::future<void> stopping;
    play([&]() -> Played {
        auto plain = co_await connected(running.daemon);
        auto const stream = co_await secured(std::move(plain));
        co_await net::send(*stream,
                           "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        std::string head;
        while (!head.ends_with("\r\n\r\n")) {
            auto const byte = co_await read_exactly(*stream, 1);
            if (byte.empty()) break;
            head += byte;
        }
        EXPECT_THAT(head, StartsWith("HTTP/1.1 101 "));
        stopping = std::async(std::launch::async, [&] { running.daemon.stop(); });
        constexpr std::string_view goodbye = "\x88\x12\x03\xe9the daemon stops";
        EXPECT_EQ(co_await read_exactly(*stream, goodbye.size()), goodbye);
        constexpr std::string_view response_to_it("\x88\x82\0\0\0\0\x03\xe9", 8);
        co_await net::send(*stream, response_to_it);
        std::string received;
        EXPECT_EQ(co_await read_to_end(*stream, received), asio::error::eof);
        EXPECT_EQ(received, "");
    });
    stopping.get();
}

TEST(TlsDaemon, SendsMuch) {
    Running running;
    play([&]() -> Played {
        auto plain = co_await connected(running.daemon);
        auto const stream = co_await secured(std::move(plain));
        co_await net::send(*stream, "GET /p/200:b@20m:da HTTP/1.1\r\n\r\n");
        std::string received;
        EXPECT_EQ(co_await read_to_end(*stream, received), asio::error::eof);
        auto const body = received.find("\r\n\r\n") + 4;
        EXPECT_EQ(received.size() - body, 20U << 20U);
    });
}

struct CertificateCase {
    std::string_view name;
    TlsOptions options;
    std::string_view sni, common_name;
    std::vector<std::string> alternative_names;
};
void PrintTo(CertificateCase const& row, std::ostream* out) { *out << row.name; }
class Shown : public testing::TestWithParam<CertificateCase> {};
TEST_P(Shown, IsTheCertificateOfTheOptions) {
    auto options = serving_tls();
    options.tls = GetParam().options;
    options.tls.serve = true;
    Running running(options);
    play([&]() -> Played {
        auto plain = co_await connected(running.daemon);
        std::string const host(GetParam().sni);
        auto const stream = co_await secured(std::move(plain), usual, host);
        auto const chain = stream->info().peer_chain;
        EXPECT_EQ(chain.at(0).subject_value("CN"), GetParam().common_name);
        std::vector<std::string> names;
        for (auto const& name : chain.at(0).alternative_names) names.push_back(name.value);
        EXPECT_EQ(names, GetParam().alternative_names);
    });
}
INSTANTIATE_TEST_SUITE_P(
    Certificates, Shown,
    testing::Values(
        CertificateCase{"Default", {}, "origin.test", "pathod.net", {"pathod.net", "origin.test"}},
        CertificateCase{"DefaultForAnAddress", {}, "127.0.0.1", "pathod.net", {"pathod.net", "127.0.0.1"}},
        CertificateCase{"ImpossibleSni", {}, "no name!", "pathod.net", {"pathod.net", "127.0.0.1"}},
        CertificateCase{"CommonName", {.common_name = "cn.test"}, "origin.test", "cn.test", {"cn.test"}},
        CertificateCase{"Alternatives", {.alternative_names = {"a.test", "10.0.0.1"}}, "x", "", {"a.test", "10.0.0.1"}},
        CertificateCase{
            "Both", {.common_name = "cn.test", .alternative_names = {"a.test"}}, "x", "cn.test", {"a.test"}}),
    pathology::test::row_name);

TEST(TlsDaemon, ShowsGivenCertificatesByName) {
    Folder const folder;
    auto const authority = tls::Authority::make({.key = tls::KeyType::ecdsa_p256});
    auto const file = folder.write("site.pem", authority.issue({.names = {"site.test"}}).value().pem());
    auto options = serving_tls();
    options.tls.certificates = {"*.example.org=" + file};
    Running running(options);
    play([&]() -> Played {
        for (std::string const host : {"www.example.org", "site.test", "else.test"}) {
            auto plain = co_await connected(running.daemon);
            auto const stream = co_await secured(std::move(plain), usual, host);
            auto const shown = stream->info().peer_chain.at(0).subject_value("CN");
            EXPECT_EQ(shown, host == "else.test" ? "pathod.net" : "site.test") << host;
        }
    });
}

TEST(TlsDaemon, SignsWithTheAuthorityOfItsFolder) {
    Folder const folder;
    auto options = serving_tls();
    options.tls.authority_folder = (folder.path() / "conf").string();
    Running running(options);
    play([&]() -> Played {
        tls::ConnectSettings settings;
        settings.verify = tls::Trust{.file = (folder.path() / "conf" / "pathology-ca-cert.pem").string()};
        for (std::string const host : {"any.test", "127.0.0.1"}) {
            auto plain = co_await connected(running.daemon);
            auto const stream = co_await secured(std::move(plain), settings, host);
            co_await expect_response(*stream);
        }
    });
}

TEST(TlsDaemon, LogsTheClientsCertificate) {
    auto options = serving_tls();
    options.tls.request_client_certificate = true;
    Running running(options);
    play([&]() -> Played {
        tls::ConnectSettings settings;
        settings.identity =
            tls::Authority::make({.key = tls::KeyType::ecdsa_p256}).issue({.names = {"client.test"}}).value();
        auto plain = co_await connected(running.daemon);
        auto const stream = co_await secured(std::move(plain), settings);
        co_await expect_response(*stream);
    });
    auto const entry = running.daemon.log().take(patience).value();
    ASSERT_TRUE(entry.tls && entry.tls->client_certificate);
    EXPECT_EQ(entry.tls->client_certificate->common_name, "client.test");
    EXPECT_EQ(entry.tls->client_certificate->key_type, "EC");
}

// --- the clinic ------------------------------------------------------------------------------------------------------

/// A handshake as a client, over a connection of its own.
tls::Result<void> shake_hands(Daemon const& daemon, std::string host, tls::ConnectSettings const& settings,
                              std::chrono::milliseconds limit = patience) {
    tls::Result<void> shaken;
    play([&]() -> Played {
        auto plain = co_await connected(daemon);
        tls::Engine engine(tls::ConnectContext::make(settings).value(), tls::ServerName::of(host));
        tls::TlsStream stream(std::move(plain), std::move(engine));
        shaken = co_await stream.handshake(limit);
    });
    return shaken;
}

/// What a client finds that trusts the authority of the daemon; "" if it accepts the certificate.
std::string find_fault(Daemon const& daemon, std::string host) {
    static Folder const folder;
    tls::ConnectSettings settings;
    settings.verify = tls::Trust{.file = folder.write("authority.pem", daemon.authority_pem().value())};
    auto const shaken = shake_hands(daemon, std::move(host), settings);
    if (shaken) return "";
    auto const& failure = shaken.error();
    return failure.verify_error.empty() ? failure.message : failure.verify_error;
}

TEST(TlsClinic, IsSelectedByTheServerName) {
    Running running;
    EXPECT_EQ(find_fault(running.daemon, "expired.localhost"), "certificate has expired");
    EXPECT_EQ(find_fault(running.daemon, "EXPIRED.example.org"), "certificate has expired");
    EXPECT_EQ(find_fault(running.daemon, "wrong.host.localhost"), "hostname mismatch");
    EXPECT_EQ(find_fault(running.daemon, "rsa1024.localhost"), "EE certificate key too weak");
    EXPECT_EQ(find_fault(running.daemon, "alert-access-denied.localhost"),
              "TLS handshake failed: the server sent alert access_denied (49)");
    EXPECT_EQ(find_fault(running.daemon, "long-chain.localhost"), "");
    EXPECT_EQ(find_fault(running.daemon, "www.expired.localhost"), "");
    EXPECT_EQ(find_fault(running.daemon, "expired"), "");
}

TEST(TlsClinic, NamesTheCaseInTheLog) {
    Running running;
    find_fault(running.daemon, "alert-access-denied.localhost");
    EXPECT_EQ(running.daemon.log().take(patience)->message,
              "TLS handshake failed: refused on purpose by alert access_denied (49) (clinic: alert-access-denied)");
}

TEST(TlsClinic, IsOffWhereOptionsSayWhichCertificateIsPresented) {
    Folder const folder;
    auto const authority = tls::Authority::make({.key = tls::KeyType::ecdsa_p256});
    auto const file = folder.write("site.pem", authority.issue({.names = {"site.test"}}).value().pem());
    std::string const name = "rsa1024.localhost";
    TlsOptions const rows[] = {{.serve = true, .clinic = false},
                               {.serve = true, .common_name = name},
                               {.serve = true, .alternative_names = {name}},
                               {.serve = true, .certificates = {"site.test=" + file}}};
    for (auto const& row : rows) {
        Running running({.tls = row});
        EXPECT_EQ(find_fault(running.daemon, name), "");
    }
}

TEST(TlsClinic, IsNotInsideOfTunnels) {
    Running running(DaemonOptions{.tls = {.serve = true}});
    play([&]() -> Played {
        auto plain = co_await connected(running.daemon);
        auto outer = co_await secured(std::move(plain));
        bool const is_open = co_await tunnel(*outer, "expired.test:443");
        EXPECT_TRUE(is_open);
        auto const inner = co_await secured(std::move(outer), usual, "expired.test");
        auto const shown = inner->info().peer_chain.at(0);
        EXPECT_TRUE(shown.is_valid_at(std::chrono::system_clock::now()));
    });
}

// --- faults of the handshake -----------------------------------------------------------------------------------------

/// What ends the handshake of a client.
std::string verdict_of(tls::Result<void> const& shaken) {
    if (shaken) return "accepted";
    auto const& why = shaken.error();
    if (why.code == tls::Errc::alert_received) return "alert " + std::string(why.alert->name());
    if (why.code == tls::Errc::ended_in_handshake) return "end of the connection";
    if (why.code == asio::error::connection_reset) return "reset of the connection";
    if (why.code == net::Errc::timed_out) return "nothing until a limit of the client";
    return why.reason;
}

std::string find_verdict(Daemon const& daemon, std::string host, std::chrono::milliseconds limit) {
    return verdict_of(shake_hands(daemon, std::move(host), usual, limit));
}

TEST(TlsClinic, HasHandshakesThatAreCutOrChanged) {
    Running running;
    unsigned rows = 0;
    for (auto const& row : tls::clinic_cases()) {
        if (row.tls_fault.empty()) continue;
        bool const stalls = row.verdict.starts_with("nothing");
        auto const host = std::string(row.label) + ".localhost";
        EXPECT_EQ(find_verdict(running.daemon, host, stalls ? 100ms : patience), row.verdict) << host;
        ++rows;
    }
    EXPECT_GE(rows, 10U);
}

TEST(TlsFault, IsDoneToEachHandshake) {
    auto options = serving_tls();
    options.tls.fault = "drecord2";
    Running running(options);
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(find_verdict(running.daemon, "origin.test", patience), "end of the connection");
        EXPECT_THAT(running.daemon.log().take(patience)->message,
                    testing::MatchesRegex("TLS handshake failed: the connection was closed on this side "
                                          "\\(TLS fault: drecord2 at byte [0-9]+, record 2\\)"));
    }
}

TEST(TlsFault, IsAFieldOfEachEntryOfItsConnection) {
    auto options = serving_tls();
    options.tls.fault = "p10,1ms:crecord99";
    Running running(options);
    play([&]() -> Played {
        auto plain = co_await connected(running.daemon);
        auto const stream = co_await secured(std::move(plain));
        co_await expect_response(*stream);
        co_await expect_response(*stream);
    });
    proxycore::record::RecordedTlsFault const pause{"p10,1ms", 10, 1, 10};
    auto const entries = running.daemon.log().wait_for(2, patience).value();
    for (auto const& entry : entries) EXPECT_THAT(entry.tls_faults, testing::ElementsAre(pause)) << entry.id;
}

TEST(TlsFault, IsAFieldOfAFailedHandshake) {
    auto options = serving_tls();
    options.tls.fault = "d7";
    Running running(options);
    find_verdict(running.daemon, "origin.test", patience);
    auto const entry = running.daemon.log().take(patience).value();
    EXPECT_EQ(entry.type, Exchange::Type::error);
    proxycore::record::RecordedTlsFault const end{"d7", 7, 1, 7};
    EXPECT_THAT(entry.tls_faults, testing::ElementsAre(end));
}

TEST(TlsFault, StallsForTheTimeLimit) {
    auto options = serving_tls();
    options.tls.fault = "p0,f";
    options.time_limit = 50ms;
    Running running(options);
    EXPECT_EQ(find_verdict(running.daemon, "origin.test", patience), "end of the connection");
    auto const entry = running.daemon.log().take(patience).value();
    EXPECT_EQ(entry.type, Exchange::Type::timeout);
    EXPECT_THAT(entry.message, HasSubstr("(TLS fault: p0,f at byte 0, record 1)"));
}

TEST(TlsFault, ReachesRecordsBehindTheHandshake) {
    auto options = serving_tls();
    options.tls.fault = "crecord9+8";
    Running running(options);
    play([&]() -> Played {
        auto plain = co_await connected(running.daemon);
        auto const stream = co_await secured(std::move(plain));
        co_await net::send(*stream, "GET /p/200:b@400k HTTP/1.1\r\n\r\n");
        std::string received;
        auto const ended = co_await read_to_end(*stream, received);
        EXPECT_EQ(ended, tls::Errc::protocol_violation);
        EXPECT_EQ(stream->failure()->alert->name(), "bad_record_mac");
    });
}

// --- what goes wrong -------------------------------------------------------------------------------------------------

TEST(TlsDaemon, LogsPlainTextOnce) {
    Running running;
    play([&]() -> Played {
        auto const stream = co_await connected(running.daemon);
        co_await net::send(*stream, question);
        std::string alert;
        co_await read_to_end(*stream, alert);
        EXPECT_THAT(alert, Not(HasSubstr("HTTP")));
    });
    auto const entry = running.daemon.log().take(patience).value();
    EXPECT_EQ(entry.type, Exchange::Type::error);
    EXPECT_EQ(entry.message,
              "TLS handshake failed: the client does not speak TLS but sent \"GET /p/200:b'hi' HTTP/1.\"");
    EXPECT_TRUE(running.daemon.wait_until_idle(patience));
    EXPECT_EQ(running.daemon.log().size(), 1U);
}

TEST(TlsDaemon, LogsAClientThatDoesNotTrustIt) {
    Running running;
    tls::ConnectSettings settings;
    settings.verify = tls::Trust{};
    EXPECT_FALSE(shake_hands(running.daemon, "origin.test", settings));
    EXPECT_EQ(running.daemon.log().take(patience)->message,
              "TLS handshake failed: the client sent alert unknown_ca (48)");
}

TEST(TlsDaemon, LogsNothingForAConnectionWithoutData) {
    Running running;
    play([&]() -> Played {
        auto const stream = co_await connected(running.daemon);
        stream->close(net::CloseMode::half_close);
        std::string nothing;
        co_await read_to_end(*stream, nothing);
    });
    EXPECT_TRUE(running.daemon.wait_until_idle(patience));
    EXPECT_EQ(running.daemon.log().size(), 0U);
}

TEST(TlsDaemon, HandshakesHaveATimeLimit) {
    auto options = serving_tls();
    options.time_limit = 50ms;
    Running running(options);
    play([&]() -> Played {
        auto const stream = co_await connected(running.daemon);
        co_await net::send(*stream, "\x16\x03\x01");
        std::string nothing;
        co_await read_to_end(*stream, nothing);
    });
    EXPECT_EQ(running.daemon.log().take(patience)->type, Exchange::Type::timeout);
}

TEST(TlsDaemon, LogsABodyThatIsCutShort) {
    Running running;
    play([&]() -> Played {
        auto plain = co_await connected(running.daemon);
        auto& under = *plain;
        auto const stream = co_await secured(std::move(plain));
        co_await net::send(*stream, "POST /p/200 HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
        under.close(net::CloseMode::half_close);
        std::string nothing;
        co_await read_to_end(*stream, nothing);
        EXPECT_EQ(nothing, "");
    });
    EXPECT_THAT(running.daemon.log().take(patience)->message, HasSubstr("Unexpected EOF"));
}

struct OptionsCase {
    std::string_view name;
    TlsOptions options;
    std::string_view failure;
};
void PrintTo(OptionsCase const& row, std::ostream* out) { *out << row.name; }
class WrongTlsOptions : public testing::TestWithParam<OptionsCase> {};
TEST_P(WrongTlsOptions, EndTheStart) {
    Daemon daemon({.tls = GetParam().options});
    auto const started = daemon.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, proxycore::console::ExitCode::usage);
    EXPECT_THAT(started.error().message, HasSubstr(std::string(GetParam().failure)));
}
INSTANTIATE_TEST_SUITE_P(
    Daemon, WrongTlsOptions,
    testing::Values(OptionsCase{"Fault", {.fault = "drecord0"}, "--tls-fault:1:8: expected a number from 1 on"},
                    OptionsCase{"Ciphers", {.ciphers = "NONE-SUCH"}, "no cipher in 'NONE-SUCH'"},
                    OptionsCase{"Certificate", {.certificates = {"/nowhere.pem"}}, "/nowhere.pem"},
                    OptionsCase{"Versions", {.versions = "SSLv3"}, "SSLv3 is not supported"},
                    OptionsCase{"KeyLog", {.key_log = "/dev/null/keys"}, "/dev/null/keys"},
                    OptionsCase{"B5_KeyLogWithoutItsFolder",
                                {.key_log = "/nonexistent/x"},
                                "--ssl-keylogfile: cannot write the TLS key log '/nonexistent/x': "
                                "No such file or directory"},
                    OptionsCase{"B5_KeyLogOnAFullDisk",
                                {.key_log = "/dev/full"},
                                "--ssl-keylogfile: cannot write the TLS key log '/dev/full': No space"},
                    OptionsCase{"B5_Certificate",
                                {.certificates = {"a.test=/nowhere.pem"}},
                                "--cert: cannot read '/nowhere.pem': No such file or directory"},
                    OptionsCase{"B5_Ciphers", {.ciphers = "NONE-SUCH"}, "--ciphers: OpenSSL"},
                    OptionsCase{"B5_Folder", {.serve = true, .authority_folder = "/dev/null"}, "--confdir: "},
                    OptionsCase{"Folder", {.serve = true, .authority_folder = "/dev/null"}, "/dev/null"}),
    pathology::test::row_name);

// --- tunnels ---------------------------------------------------------------------------------------------------------

TEST(Tunnel, ShowsACertificateForItsHost) {
    Running running(DaemonOptions{});
    play([&]() -> Played {
        auto plain = co_await connected(running.daemon);
        bool const is_open = co_await tunnel(*plain, "asked.test:443");
        EXPECT_TRUE(is_open);
        auto const stream = co_await secured(std::move(plain), usual, "named.test");
        auto const chain = stream->info().peer_chain;
        EXPECT_EQ(chain.at(0).subject_value("CN"), "asked.test");
        co_await expect_response(*stream);
    });
    auto const entry = running.daemon.log().take(patience).value();
    EXPECT_EQ(entry.tls->sni, "named.test");
    EXPECT_EQ(entry.request->index, 0U);
    EXPECT_EQ(running.daemon.log().size(), 1U) << "CONNECT leaves no entry";
}

TEST(Tunnel, MayBeInsideATunnelInsideTls) {
    Running running;
    play([&]() -> Played {
        auto innermost = co_await connected(running.daemon);
        for (std::string const host : {"first.test", "second.test", "third.test"}) {
            StreamPtr around = co_await secured(std::move(innermost));
            co_await expect_response(*around);
            auto const target = host + ":443";
            bool const is_open = co_await tunnel(*around, target);
            EXPECT_TRUE(is_open);
            innermost = std::move(around);
        }
        auto const stream = co_await secured(std::move(innermost));
        EXPECT_EQ(stream->info().peer_chain.at(0).subject_value("CN"), "third.test");
        co_await expect_response(*stream);
        stream->close(net::CloseMode::fin);
    });
    auto const entries = running.daemon.log().wait_for(4, patience).value();
    EXPECT_EQ(entries[3].request->index, 3U) << "requests are counted across tunnels";
    EXPECT_TRUE(running.daemon.wait_until_idle(patience));
}

TEST(Tunnel, DepthHasALimit) {
    Running running({.tls = {.in_tunnels = InTunnels::detect}});
    play([&]() -> Played {
        auto const stream = co_await connected(running.daemon);
        unsigned opened = 0;
        while (opened < 100) {
            bool const is_open = co_await tunnel(*stream, "x.test:1");
            if (!is_open) break;
            ++opened;
        }
        EXPECT_GE(opened, 10U);
        EXPECT_LT(opened, 100U);
    });
}

TEST(Tunnel, DetectsTlsByOption) {
    Running running({.tls = {.in_tunnels = InTunnels::detect}});
    play([&]() -> Played {
        auto plain = co_await connected(running.daemon);
        co_await tunnel(*plain, "asked.test:443");
        auto const stream = co_await secured(std::move(plain));
        co_await expect_response(*stream);
        auto const other = co_await connected(running.daemon);
        co_await tunnel(*other, "asked.test:80");
        co_await expect_response(*other);
    });
}

TEST(Tunnel, LogsPlainTextWhereTlsIsExpected) {
    Running running(DaemonOptions{});
    play([&]() -> Played {
        auto const stream = co_await connected(running.daemon);
        co_await tunnel(*stream, "asked.test:443");
        co_await net::send(*stream, question);
        std::string nothing;
        co_await read_to_end(*stream, nothing);
    });
    EXPECT_THAT(running.daemon.log().take(patience)->message, HasSubstr("does not speak TLS"));
}

}  // namespace
}  // namespace pathology::pathod
