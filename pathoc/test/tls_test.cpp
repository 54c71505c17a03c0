// pathoc over TLS: what it shows, demands and tells, from its command line on.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <pathology/pathoc/client.hpp>

#include "support/invoke.hpp"
#include "support/row_name.hpp"
#include "support/tls_server.hpp"

namespace pathology::pathoc::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using Json = nlohmann::json;

std::string const reported = ">> 'GET':/x\n<< 200 OK: 2 bytes\n";

Outcome run(TlsServer const& server, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--no-timestamp", "-t", "10", "-s", "-p", server.port()});
    arguments.insert(arguments.end(), {"127.0.0.1", "get:/x"});
    return invoke(std::move(arguments));
}

TEST(Tls, CarriesRequests) {
    TlsServer server;
    EXPECT_EQ(run(server, {}).out, reported);
    EXPECT_EQ(run(server, {"-n", "2"}).out, reported + reported);
    ASSERT_EQ(server.seen().size(), 3U);
    EXPECT_EQ(server.seen()[0].sni, "") << "an address is no server name";
    EXPECT_EQ(server.seen()[0].version, "TLSv1.3");
}

struct SentCase {
    std::string_view name;
    std::vector<std::string> arguments;
    std::string_view sni, version, cipher;
};
void PrintTo(SentCase const& row, std::ostream* out) { *out << row.name; }
class TlsOption : public testing::TestWithParam<SentCase> {};
TEST_P(TlsOption, IsSeenByTheServer) {
    tls::AcceptSettings settings;
    settings.versions = tls::parse_versions("all").value();
    TlsServer server(settings);
    auto const outcome = run(server, GetParam().arguments);
    EXPECT_EQ(outcome.out, reported) << outcome.err;
    auto const seen = server.seen().at(0);
    EXPECT_EQ(seen.sni, GetParam().sni);
    EXPECT_EQ(seen.version, GetParam().version);
    if (!GetParam().cipher.empty()) {
        EXPECT_EQ(seen.cipher, GetParam().cipher);
    }
}
INSTANTIATE_TEST_SUITE_P(
    Pathoc, TlsOption,
    testing::Values(
        SentCase{"Sni", {"-i", "other.test"}, "other.test", "TLSv1.3", ""},
        SentCase{"NoSni", {"-i", ""}, "", "TLSv1.3", ""}, SentCase{"Old", {"--ssl-version", "TLSv1"}, "", "TLSv1", ""},
        SentCase{"Pinned", {"--ssl-version", "TLSv1_2"}, "", "TLSv1.2", ""},
        SentCase{
            "Cipher", {"--ciphers", "TLS_CHACHA20_POLY1305_SHA256"}, "", "TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256"},
        SentCase{"OldCipher",
                 {"--ssl-version", "TLSv1_2", "--ciphers", "ECDHE-ECDSA-AES256-GCM-SHA384"},
                 "",
                 "TLSv1.2",
                 "ECDHE-ECDSA-AES256-GCM-SHA384"}),
    pathology::test::row_name);

TEST(Tls, ShowsItsCertificate) {
    tls::AcceptSettings settings;
    settings.client_certificates = tls::ClientCertificates::request;
    TlsServer server(settings);
    EXPECT_EQ(run(server, {"-C", server.client_file()}).out, reported);
    EXPECT_EQ(server.seen().at(0).peer_chain.at(0).subject_value("CN"), "client.test");
}

TEST(Tls, VerifiesByOption) {
    TlsServer server;
    EXPECT_EQ(run(server, {"--ca", server.authority_file()}).out, reported);
    auto const stranger = run(server, {"--verify"});
    EXPECT_EQ(stranger.status, 1);
    EXPECT_THAT(stranger.err, HasSubstr("TLS handshake failed: the certificate of the server was rejected: "));
    TlsServer elsewhere({}, {"elsewhere.test"});
    EXPECT_THAT(run(elsewhere, {"--ca", elsewhere.authority_file()}).err, HasSubstr("rejected: IP address mismatch"));
}

TEST(Tls, DoesWhatTheFaultSays) {
    TlsServer server;
    auto const cut = run(server, {"--tls-fault", "d40"});
    EXPECT_EQ(cut.status, 1);
    EXPECT_EQ(
        cut.err,
        "TLS handshake failed: the connection was closed on this side (TLS fault: d40 at byte 40, record 1+40)\n");
    EXPECT_THAT(run(server, {"--tls-fault", "c20"}).err, HasSubstr("(TLS fault: c20 at byte 20, record 1+20)"));
    EXPECT_EQ(run(server, {"--tls-fault", "p0,1ms"}).out, reported);
    EXPECT_EQ(run(server, {"--tls-fault", "drecord99"}).out, reported);
    auto const wrong = run(server, {"--tls-fault", "drecord"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.err, HasSubstr("--tls-fault:1:8: expected the number of a record"));
}

TEST(Tls, ReportsTheNegotiatedTls) {
    TlsServer server;
    auto const outcome = run(server, {"-S"});
    EXPECT_THAT(outcome.out, MatchesRegex("Application Layer Protocol: none\n"
                                          "Cipher: TLS_AES_256_GCM_SHA384, 256 bit, TLSv1.3\n"
                                          "SSL certificate chain:\n"
                                          "  Certificate \\[0\\]\n"
                                          "\tSubject:\n\t\tCN=origin.test\n"
                                          "\tIssuer:\n\t\tCN=pathology\n\t\tO=pathology\n"
                                          "\tVersion: 3\n"
                                          "\tValidity: [-0-9]* [:0-9]* UTC - [-0-9]* [:0-9]* UTC\n"
                                          "\tSerial: [0-9A-F]*\n"
                                          "\tAlgorithm: ecdsa-with-SHA256\n"
                                          "\tPubkey: 256 bit EC\n"
                                          "\tSANs: origin.test 127.0.0.1\n"
                                          ">> 'GET':/x\n<< 200 OK: 2 bytes\n"));
    tls::AcceptSettings settings;
    settings.alpn = {"http/1.1"};
    TlsServer choosing(settings);
    EXPECT_THAT(run(choosing, {"-S"}).out, HasSubstr("Application Layer Protocol: http/1.1\n"));
}

TEST(Tls, ReportsItInJsonToo) {
    TlsServer server;
    auto const entry = Json::parse(run(server, {"--json", "-S", "-i", "origin.test"}).out);
    EXPECT_EQ(entry["cipher"], Json::parse(R"(["TLS_AES_256_GCM_SHA384", 256, "TLSv1.3"])"));
    EXPECT_EQ(entry["sni"], "origin.test");
    EXPECT_EQ(entry["servercerts"].at(0)["cn"], "origin.test");
    auto const brief = Json::parse(run(server, {"--json"}).out);
    EXPECT_TRUE(brief.contains("cipher"));
    EXPECT_FALSE(brief.contains("servercerts"));
}

TEST(Tls, ReportsAServerWithoutTls) {
    auto const greet = [](proxycore::net::Connection connection) -> boost::asio::awaitable<void> {
        co_await proxycore::net::send(*connection.stream, "220 mail.test ready\r\n");
    };
    proxycore::net::Server server({}, greet);
    server.start().value();
    auto const outcome = invoke({"-t", "10", "-s", "-p", std::to_string(server.port()), "127.0.0.1", "get:/"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err,
                HasSubstr("TLS handshake failed: the server does not speak TLS but sent \"220 mail.test ready\""));
}

TEST(Tls, ReportsABodyThatMayBeCutShort) {
    TlsServer server;
    server.truncate();
    auto const outcome = run(server, {});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.out, HasSubstr("the connection ended without TLS close_notify"));
}

struct RefusedCase {
    std::string_view name;
    std::vector<std::string> arguments;
    std::string_view says;
};
void PrintTo(RefusedCase const& row, std::ostream* out) { *out << row.name; }
class RefusedTlsOption : public testing::TestWithParam<RefusedCase> {};
TEST_P(RefusedTlsOption, IsAUsageError) {
    auto arguments = GetParam().arguments;
    arguments.insert(arguments.end(), {"localhost:1", "get:/"});
    auto const outcome = invoke(std::move(arguments));
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.err, HasSubstr(std::string(GetParam().says)));
}
INSTANTIATE_TEST_SUITE_P(
    Pathoc, RefusedTlsOption,
    testing::Values(RefusedCase{"WithoutTls", {"--verify"}, "--verify and --ca require -s"},
                    RefusedCase{"DeadVersion", {"-s", "--ssl-version", "SSLv2"}, "SSLv2 is not supported"},
                    RefusedCase{"NoCertificate", {"-s", "-C", "/nowhere.pem"}, "cannot read '/nowhere.pem'"},
                    RefusedCase{"NoAuthority", {"-s", "--ca", "/nowhere.pem"}, "cannot read '/nowhere.pem'"},
                    RefusedCase{"B5_NoCertificate", {"-s", "-C", "/nowhere.pem"}, "--clientcert: cannot read"},
                    RefusedCase{"B5_NoAuthority",
                                {"-s", "--ca", "/nowhere.pem"},
                                "pathoc: --ca: cannot read '/nowhere.pem': No such file or directory"},
                    RefusedCase{"B5_NoCipher", {"-s", "--ciphers", "NONE-SUCH"}, "pathoc: --ciphers: OpenSSL"},
                    RefusedCase{
                        "B5_NoKeyLog",
                        {"-s", "--ssl-keylogfile", "/nonexistent/x"},
                        "pathoc: --ssl-keylogfile: cannot write the TLS key log '/nonexistent/x': No such file"},
                    RefusedCase{"NoCipher", {"-s", "--ciphers", "NONE-SUCH"}, "no cipher in 'NONE-SUCH'"}),
    pathology::test::row_name);

TEST(CommandLine, TakesThePortOfHttpsWithTls) {
    EXPECT_EQ(test::parse({"-s", "localhost", "get:/"})->port, 443);
    EXPECT_EQ(test::parse({"-s", "-p", "80", "localhost", "get:/"})->port, 80);
}

TEST(Client, UsesTls) {
    TlsServer server;
    ClientOptions options;
    options.port = static_cast<std::uint16_t>(std::stoi(server.port()));
    options.tls.use = true;
    options.tls.authorities = server.authority_file();
    options.tls.verify = true;
    Client client(options);
    EXPECT_EQ(client.request("get:/x").value().body, "hi");
    options.tls.authorities = "/nowhere.pem";
    EXPECT_EQ(Client(options).request("get:/x").error().code, Errc::tls_failed);
}

}  // namespace
}  // namespace pathology::pathoc::test
