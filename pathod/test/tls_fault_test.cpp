// Certificates and handshakes that are wrong on purpose: the clinic, and --tls-fault.
#include <gmock/gmock.h>

#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/clinic.hpp>

#include "support/folder.hpp"
#include "support/streams.hpp"
#include "support/tls_client.hpp"

namespace pathology::pathod {
namespace {

using namespace std::chrono_literals;
using namespace test;
using pathology::test::Folder;
using proxycore::record::Exchange;
using proxycore::test::play;
using proxycore::test::read_to_end;
using testing::HasSubstr;

// --- the clinic ------------------------------------------------------------------------------------------------------

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

}  // namespace
}  // namespace pathology::pathod
