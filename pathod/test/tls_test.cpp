// The daemon over TLS: what it shows, and what it logs.
#include <gmock/gmock.h>

#include <future>
#include <pathology/proxycore/tls/authority.hpp>

#include "support/folder.hpp"
#include "support/row_name.hpp"
#include "support/streams.hpp"
#include "support/tls_client.hpp"

namespace pathology::pathod {
namespace {

using namespace std::chrono_literals;
using namespace test;
using pathology::test::Folder;
using proxycore::record::Exchange;
using proxycore::test::play;
using proxycore::test::read_exactly;
using proxycore::test::read_to_end;
using testing::HasSubstr;
using testing::StartsWith;

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

}  // namespace
}  // namespace pathology::pathod
