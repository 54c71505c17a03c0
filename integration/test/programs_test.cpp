// What the front page and the documents promise, played with the built programs, curl, Python and nginx.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "nginx.hpp"
#include "programs.hpp"
#include "support/base64.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;

constexpr int curl_partial_file = 18;
constexpr int curl_empty_reply = 52;

TEST(Programs, AClientGetsWhatAnAnchorServes) {
    Pathod const pathod({"-a", "/foo=200"});
    auto const ended = pathoc({"-p", pathod.port(), "127.0.0.1", "get:/foo"});
    EXPECT_EQ(ended.out, ">> 'GET':/foo\n<< 200 OK: 0 bytes\n");
    EXPECT_EQ(ended.err, "");
    EXPECT_EQ(ended.status, 0);
}

// --- curl as the client under test -----------------------------------------------------------------------------------

struct CurlCase {
    char const* name;
    char const* path;
    int status;
    char const* pattern;  ///< of head and body
};

void PrintTo(CurlCase const& c, std::ostream* out) { *out << c.path; }

class Curl : public testing::TestWithParam<CurlCase> {};

TEST_P(Curl, SeesWhatTheSpecSays) {
    Pathod const pathod;
    auto const ended = curl({"--include", pathod.url(GetParam().path)});
    EXPECT_EQ(ended.status, GetParam().status) << ended.err;
    EXPECT_THAT(ended.out, testing::MatchesRegex(GetParam().pattern));
}

INSTANTIATE_TEST_SUITE_P(
    Specs, Curl,
    testing::Values(CurlCase{"GeneratedBody", "/p/200:b@100,ascii_letters", 0,
                             "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[A-Za-z]{100}"},
                    CurlCase{"EarlyDisconnect", "/p/200:b'hello':d40", curl_partial_file,
                             "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"},
                    CurlCase{"DisconnectInTheStatusLine", "/p/200:b@10:d3", curl_empty_reply, ""},
                    CurlCase{"Pause", "/p/200:p10,1:b@20,digits", 0,
                             "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n[0-9]{20}"},
                    CurlCase{"Quotes", "/p/200:h%22Etag%22=%22';drop%20table%20browsers;%22", 0,
                             "HTTP/1.1 200 OK\r\nEtag: ';drop table browsers;\r\nContent-Length: 0\r\n\r\n"},
                    CurlCase{"ReasonAndLocation", "/p/404:m\"Nope\":l\"/x\"", 0,
                             "HTTP/1.1 404 Nope\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"},
                    CurlCase{"NoSpec", "/p/foo", 0,
                             "HTTP/1.1 800 Parse Error\r\nContent-Type: text/plain\r\nContent-Length: [0-9]+\r\n\r\n"
                             "pathod error: Error parsing response spec: expected .*\nfoo\n\\^\n"},
                    CurlCase{"NotFound", "/nothing/here", 0,
                             "HTTP/1.1 800 Not found\r\nContent-Type: text/plain\r\nContent-Length: [0-9]+\r\n\r\n"
                             "pathod error: No valid craft request found: GET /nothing/here from .*"}),
    test::row_name);

TEST(Programs, APauseOfASecondTakesASecond) {
    Pathod const pathod;
    auto const ended = curl({"--write-out", "%{time_total}", "--output", "/dev/null", pathod.url("/p/200:p10,1")});
    EXPECT_GE(std::stod(ended.out), 1.0);
}

TEST(Programs, ADaemonActsAsAProxy) {
    Pathod const pathod;
    auto const ended = curl({"--proxy", pathod.url(""), "http://origin.test/p/201:b'proxied'"});
    EXPECT_EQ(ended.out, "proxied") << ended.err;
}

TEST(Programs, CurlReusesAConnection) {
    Pathod const pathod;
    auto const ended =
        curl({"--write-out", " %{num_connects}\n", pathod.url("/p/200:b'a'"), pathod.url("/p/200:b'b'")});
    EXPECT_EQ(ended.out, "a 1\nb 0\n");
}

TEST(Programs, PythonReadsResponsesOverOneConnection) {
    Pathod const pathod({"-a", "/bin=200:b@1k"});
    auto const ended = test::run("python3", {"-c", R"(
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
for path, body in [("/p/200:b'a'", None), ("/bin", b"x" * 100000), ("/p/404:b'z'", None)]:
    connection.request("POST" if body else "GET", path, body)
    reply = connection.getresponse()
    print(reply.status, len(reply.read()))
)",
                                             pathod.port()});
    EXPECT_EQ(ended.out, "200 1\n200 1024\n404 1\n") << ended.err;
}

// --- memory ----------------------------------------------------------------------------------------------------------

/// The most memory a process ever held, in KiB.
std::uint64_t peak_memory(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; status >> word;) {
        std::uint64_t size = 0;
        if (word == "VmHWM:" && status >> size) return size;
    }
    return 0;
}

TEST(Programs, AGigabyteCostsADaemonLittleMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "sanitizers keep shadow memory of their own";
#endif
    Pathod pathod;
    auto const ended = curl(
        {"--max-time", "60", "--output", "/dev/null", "--write-out", "%{size_download}", pathod.url("/p/200:b@1g")});
    EXPECT_EQ(ended.out, "1073741824") << ended.err;
    auto const peak = peak_memory(pathod.process().pid());
    EXPECT_GT(peak, 0U);
    EXPECT_LT(peak, 30U * 1024U);
}

// --- chance, and its absence -----------------------------------------------------------------------------------------

TEST(Programs, TheSameSeedServesTheSameBytes) {
    Pathod const first({"--seed", "42"});
    Pathod const again({"--seed", "42", "--threads", "2"});
    Pathod const other({"--seed", "43"});
    auto const spec = "/p/200:b@1000,ascii:ir,'x'";
    EXPECT_EQ(curl({first.url(spec)}).out, curl({again.url(spec)}).out);
    EXPECT_NE(curl({first.url(spec)}).out, curl({other.url(spec)}).out);
}

/// The exact bytes of a field that JSON may not be able to hold.
std::string exact(json const& object, std::string const& field) {
    auto const encoded = object.find(field + "_b64");
    return encoded != object.end() ? test::decode_base64(encoded->get<std::string>())
                                   : object.at(field).get<std::string>();
}

TEST(Programs, AFuzzingRunPrintsSpecsThatReplay) {
    Pathod const pathod({"-t", "5"});
    auto const fuzzed = pathoc(
        {"-e", "-q", "--json", "-t", "100ms", "-n", "40", "-p", pathod.port(), "127.0.0.1", "get:/p/200:b@10:ir,@1"});
    EXPECT_THAT(fuzzed.err, HasSubstr("(replay with --seed "));
    std::istringstream lines(fuzzed.out);
    std::size_t exchanges = 0;
    for (std::string line; std::getline(lines, line); ++exchanges) {
        auto const exchange = json::parse(line);
        auto const sent = exact(exchange.at("request"), "raw");
        auto const replay = test::run(PATHOC_PROGRAM, {"--preview", "127.0.0.1", exact(exchange, "spec")});
        EXPECT_EQ(replay.out, sent) << line;
        EXPECT_EQ(replay.status, 0) << replay.err;
    }
    EXPECT_EQ(exchanges, 40U);
}

TEST(Programs, IgnoredCodesLeaveOnlyWhatIsWorthALook) {
    Pathod const pathod({"-t", "5"});
    auto const fuzzed = pathoc(
        {"-e", "-I", "200", "-t", "100ms", "-n", "30", "-p", pathod.port(), "127.0.0.1", "get:/p/200:b@10:ir,@1"});
    EXPECT_THAT(fuzzed.out, testing::Not(HasSubstr("<< 200 ")));
    EXPECT_THAT(fuzzed.status, testing::AnyOf(0, 1));
}

// --- the front page --------------------------------------------------------------------------------------------------

TEST(Programs, TheFrontPagesRequestsGoOut) {
    Pathod pathod({"-a", "/foo=200", "-a", "/pot=418"});
    EXPECT_THAT(pathoc({"-p", pathod.port(), "127.0.0.1", "get:/foo:h'Host'='a':h'Host'='b'"}).out,
                EndsWith("<< 200 OK: 0 bytes\n"));
    EXPECT_THAT(pathoc({"-p", pathod.port(), "127.0.0.1", "'BREW':/pot:r"}).out,
                EndsWith("<< 418 I'm a teapot: 0 bytes\n"));
    EXPECT_EQ(pathod.stop().status, 0);
}

TEST(Programs, AnEmbeddedResponseComesBack) {
    Pathod const pathod;
    EXPECT_EQ(pathoc({"-p", pathod.port(), "127.0.0.1", "get:/p/:s'401:m\"No\"'"}).out,
              ">> 'GET':/p/:s'401:m\"No\"'\n<< 401 No: 0 bytes\n");
}

TEST(Programs, AClientTunnelsThroughADaemon) {
    Pathod const pathod({"-C", "-a", "/in=200:b'in'"});
    EXPECT_EQ(pathoc({"-c", "origin.test:80", "-p", pathod.port(), "127.0.0.1", "get:/in"}).out,
              ">> 'GET':/in\n<< 200 OK: 2 bytes\n");
}

// --- nginx as the server under test ----------------------------------------------------------------------------------

class NginxBehindPathoc : public testing::Test {
protected:
    void SetUp() override {
        if (!Nginx::is_installed()) GTEST_SKIP() << "nginx is not installed";
        nginx.emplace("return 200 'from nginx';");
        ASSERT_TRUE(nginx->is_running()) << nginx->failure();
    }

    Ended ask(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"-p", nginx->port(), "127.0.0.1"});
        return pathoc(std::move(arguments));
    }

    std::optional<Nginx> nginx;
};

TEST_F(NginxBehindPathoc, RespondsToSaneRequestsOverOneConnection) {
    auto const ended = ask({"get:/", "head:/", "post:/:b@100", "get:/"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.out,
              ">> 'GET':/\n<< 200 OK: 10 bytes\n>> 'HEAD':/\n<< 200 OK: 0 bytes\n"
              ">> 'POST':/:b@100\n<< 200 OK: 10 bytes\n>> 'GET':/\n<< 200 OK: 10 bytes\n");
}

TEST_F(NginxBehindPathoc, RefusesBrokenRequests) {
    EXPECT_THAT(ask({"get:/:i4,'\\x00'"}).out, HasSubstr("<< 400 Bad Request: "));
    EXPECT_THAT(ask({"get:/:h'Content-Length'='x'"}).out, HasSubstr("<< 400 Bad Request: "));
    EXPECT_THAT(ask({"'BREW POT':/"}).out, HasSubstr("<< 400 Bad Request: "));
}

}  // namespace
}  // namespace pathology::integration
