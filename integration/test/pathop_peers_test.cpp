// Servers that other people wrote, behind pathop, and their clients before it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "certificate.hpp"
#include "nghttpd.hpp"
#include "nginx.hpp"
#include "pathop.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

// --- nginx -----------------------------------------------------------------------------------------------------------

/// nginx answers with what it was asked, as it saw it.
constexpr auto reports_what_it_sees =
    "return 200 \"$server_protocol $request_method $request_uri $http_x_odd $http_host\";";

struct NginxCase {
    char const* name;
    char const* mode;
    char const* client;     ///< the option of curl that chooses a version
    char const* listening;  ///< how nginx does
    char const* version;    ///< what the client gets
    char const* protocol;   ///< what nginx sees
};
void PrintTo(NginxCase const& row, std::ostream* out) { *out << row.mode << ' ' << row.client << ' ' << row.listening; }

class PathopBeforeNginx : public testing::TestWithParam<NginxCase> {
protected:
    static bool is_reverse() { return std::string_view(GetParam().mode) == "reverse"; }
    static bool is_plain() { return std::string_view(GetParam().client) == "--http2-prior-knowledge"; }
    /// Over one connection; the curl of Debian 12 cannot ask again by prior knowledge.
    static int times() { return is_plain() ? 1 : 2; }

    Ended ask(Pathop const& pathop, std::string const& origin) const {
        auto const at = is_reverse() ? (is_plain() ? "http://" : "https://") + pathop.at() : origin;
        std::vector<std::string> arguments = {GetParam().client, "--header", "X-oDD: yes", "--write-out",
                                              " %{http_version} %{num_connects}\n"};
        arguments.insert(arguments.end(), static_cast<std::size_t>(times()), at + "/page?a=b");
        return curl_through(is_reverse() ? "" : pathop.url(), std::move(arguments));
    }
};

TEST_P(PathopBeforeNginx, MovesPages) {
    if (!Nginx::is_installed()) GTEST_SKIP() << "nginx is not installed";
    auto const& row = GetParam();
    Certificate const certificate;
    Nginx const nginx(reports_what_it_sees, row.listening,
                      "ssl_certificate " + certificate.file() + "; ssl_certificate_key " + certificate.key() + ";");
    ASSERT_TRUE(nginx.is_running()) << nginx.failure();
    auto const at = "127.0.0.1:" + nginx.port();
    auto const origin = (std::string_view(row.listening).empty() ? "http://" : "https://") + at;
    auto const mode = is_reverse() ? "reverse:" + origin : row.mode;
    Pathop pathop({"--json", "--mode", mode, "--upstream-trusted-ca", certificate.file()});
    auto const ended = ask(pathop, origin);
    auto const seen = std::string(row.protocol) + " GET /page?a=b yes " + at + " " + row.version;
    EXPECT_EQ(ended.out, seen + " 1\n" + (times() == 2 ? seen + " 0\n" : "")) << ended.err;
    for (int i = 0; i < times(); ++i) {
        auto const flow = pathop.flow();
        EXPECT_EQ(flow["relay"]["url"], origin + "/page?a=b");
        EXPECT_EQ(flow["request"]["http_version"],
                  std::string("HTTP/") + row.version + (row.version[1] == 0 ? ".0" : ""));
        EXPECT_EQ(flow["response"]["version"], row.protocol);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Pathop, PathopBeforeNginx,
    testing::Values(NginxCase{"Plain", "regular", "--http1.1", "", "1.1", "HTTP/1.1"},
                    NginxCase{"Safe", "regular", "--http1.1", "ssl", "1.1", "HTTP/1.1"},
                    NginxCase{"Http2", "regular", "--http2", "ssl http2", "2", "HTTP/2.0"},
                    NginxCase{"ReverseSafe", "reverse", "--http1.1", "ssl http2", "1.1", "HTTP/1.1"},
                    NginxCase{"ReverseHttp2", "reverse", "--http2", "ssl http2", "2", "HTTP/2.0"},
                    NginxCase{"ReverseHttp2ToPlain", "reverse", "--http2-prior-knowledge", "", "2", "HTTP/1.1"},
                    NginxCase{"ReverseHttp2ToSafe", "reverse", "--http2-prior-knowledge", "ssl", "2", "HTTP/1.1"},
                    NginxCase{"ReverseHttp2ToSafeHttp2", "reverse", "--http2-prior-knowledge", "ssl http2", "2",
                              "HTTP/2.0"}),
    test::row_name);

struct SessionCase {
    char const* name;
    char const* version;
    std::vector<std::string> arguments;  ///< of pathop
    char const* seen;                    ///< by nginx, of three connections: r where a session went on
};
void PrintTo(SessionCase const& row, std::ostream* out) { *out << row.version << ' ' << row.seen; }

class PathopComesBackToNginx : public testing::TestWithParam<SessionCase> {};

TEST_P(PathopComesBackToNginx, GoesOnWithTheSessionItWasOffered) {
    if (!Nginx::is_installed()) GTEST_SKIP() << "nginx is not installed";
    Certificate const certificate;
    Nginx const nginx("return 200 $ssl_session_reused;", "ssl",
                      "ssl_certificate " + certificate.file() + "; ssl_certificate_key " + certificate.key() +
                          "; ssl_protocols " + GetParam().version + ";");
    ASSERT_TRUE(nginx.is_running()) << nginx.failure();
    test::Folder const folder;
    auto const own = folder.write("own.pem", certificate.text());
    std::vector<std::string> arguments{"--json", "--mode", "reverse:https://127.0.0.1:" + nginx.port(),
                                       "--upstream-trusted-ca", certificate.file()};
    for (auto const& argument : GetParam().arguments)
        arguments.push_back(argument == "OWN" ? "client_certs=" + own : argument);
    Pathop pathop(std::move(arguments));
    std::string seen;
    for (int i = 0; i < 3; ++i) seen += curl({pathop.url("/")}).out;
    EXPECT_EQ(seen, GetParam().seen);
}

INSTANTIATE_TEST_SUITE_P(
    Pathop, PathopComesBackToNginx,
    testing::Values(SessionCase{"Tls12", "TLSv1.2", {}, ".rr"}, SessionCase{"Tls13", "TLSv1.3", {}, ".rr"},
                    SessionCase{"NotIfNotWanted", "TLSv1.3", {"--set", "tls_resume_server=false"}, "..."},
                    SessionCase{"NotWithACertificateOfOurOwn", "TLSv1.3", {"--set", "OWN"}, "..."}),
    test::row_name);

// --- nghttp2 ---------------------------------------------------------------------------------------------------------

TEST(PathopPeers, NghttpdServesManyStreams) {
    if (!test::is_installed("nghttpd") || !test::is_installed("h2load")) GTEST_SKIP() << "nghttp2 is not installed";
    Certificate const certificate;
    Nghttpd const nghttpd(certificate.key(), certificate.file());
    ASSERT_TRUE(nghttpd.is_running());
    Pathop const pathop(
        {"--mode", "reverse:https://127.0.0.1:" + nghttpd.port(), "--upstream-trusted-ca", certificate.file()});
    auto const ended =
        test::run("h2load", {"-n", "20", "-c", "2", "-m", "10", "-T", "20", "https://" + pathop.at() + "/hello"});
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("20 succeeded, 0 failed")) << ended.out;
}

TEST(PathopPeers, NghttpAsksAndSendsByPriorKnowledge) {
    if (!test::is_installed("nghttp")) GTEST_SKIP() << "nghttp is not installed";
    Pathod origin({"--json", "-a", "/echo=201:b'made'"});
    Pathop pathop({"--json", "--mode", "reverse:" + origin.url("")});
    test::Folder const folder;
    auto const body = folder.write("body", std::string(30'000, 'x'));
    auto const sent = test::run("nghttp", {"--no-dep", "--timeout=25", "--data", body, pathop.url("/echo")});
    EXPECT_EQ(sent.out, "made") << sent.err;
    auto const made = pathop.flow();
    EXPECT_EQ(made["request"]["body_size"], 30'000);
    EXPECT_EQ(made["response"]["status_code"], "201");
    auto const asked =
        test::run("nghttp", {"--no-dep", "--timeout=25", "--null-out", "--stat", pathop.url("/p/200:b@9k"),
                             pathop.url("/p/404"), pathop.url("/p/200:b@3k")});
    for (auto const* line : {"200 +9K /p/200:b@9k", "404 +0 /p/404", "200 +3K /p/200:b@3k"})
        EXPECT_THAT(asked.out, ContainsRegex(line)) << asked.err;
    for (int i = 0; i < 3; ++i) {
        auto const flow = pathop.flow();
        EXPECT_EQ(flow["protocol"], "http2");
        EXPECT_EQ(flow["request"]["connection"], 1) << "one for each start";
    }
    for (auto const& entry : origin.stop_with_entries()) EXPECT_EQ(entry["request"]["http_version"], "HTTP/1.1");
}

// --- OpenSSL ---------------------------------------------------------------------------------------------------------

TEST(PathopPeers, P04_b_OpensslLooksThroughATunnel) {
    SafePathod const origin;
    Pathop pathop({"--json", "--upstream-trusted-ca", origin.authority()});
    auto const ended = test::run(
        "sh", {"-c", R"(printf 'GET /p/200:b"hello" HTTP/1.1\r\nHost: origin.test\r\nConnection: close\r\n\r\n' |
exec openssl s_client -ign_eof -proxy "$1" -connect "127.0.0.1:$2" -CAfile "$3" -verify_return_error -verify_ip 127.0.0.1)",
               "sh", pathop.at(), origin.port(), Pathop::authority()});
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("Verify return code: 0 (ok)"));
    EXPECT_THAT(ended.out, HasSubstr("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(ended.out, HasSubstr("\r\n\r\nhello"));
    auto const flow = pathop.flow();
    EXPECT_EQ(flow["relay"]["url"], "https://127.0.0.1:" + origin.port() + "/p/200:b\"hello\"");
    EXPECT_FALSE(flow.contains("alpn"));
}

}  // namespace
}  // namespace pathology::integration
