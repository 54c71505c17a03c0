// HTTP/2 between the built programs and those of others: curl, nghttp, h2load, nghttpd, nghttpx, nginx.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <optional>

#include "nghttpd.hpp"
#include "nginx.hpp"
#include "programs.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

#define NEEDS(program) \
    if (!test::is_installed(program)) GTEST_SKIP() << (program) << " is not installed"

// --- pathod ----------------------------------------------------------------------------------------------------------

struct CurlCase {
    std::string_view name;
    std::string path;
    std::vector<std::string> arguments;
    std::string out;
    testing::Matcher<int> status = 0;
};
void PrintTo(CurlCase const& row, std::ostream* out) { *out << row.path; }

class CurlByHttp2 : public testing::TestWithParam<CurlCase> {};

TEST_P(CurlByHttp2, SeesWhatTheSpecSays) {
    Pathod const pathod({"-a", "/foo=200:b'hello':h'x-a'='b'"});
    auto arguments = GetParam().arguments;
    arguments.insert(arguments.end(), {"--http2-prior-knowledge", pathod.url(GetParam().path)});
    auto const ended = curl(arguments);
    EXPECT_THAT(ended.status, GetParam().status) << ended.err;
    EXPECT_THAT(ended.out, MatchesRegex(GetParam().out));
}

std::vector<std::string> const sizes = {"--output", "/dev/null", "--write-out",
                                        "%{http_code} %{http_version} %{size_download}"};

INSTANTIATE_TEST_SUITE_P(
    Specs, CurlByHttp2,
    testing::Values(
        CurlCase{"Anchor", "/foo", {"--include"}, "HTTP/2 200 \r\nx-a: b\r\ncontent-length: 5\r\n\r\nhello"},
        CurlCase{"Head", "/foo", {"--head"}, "HTTP/2 200 \r\nx-a: b\r\ncontent-length: 5\r\n\r\n"},
        CurlCase{"NotFound",
                 "/nothing",
                 {"--include"},
                 "HTTP/2 800 \r\n.*\r\n\r\npathod error: No valid craft request found: GET /nothing from .*"},
        CurlCase{"BigBody", "/p/200:b@5m", sizes, "200 2 5242880"},
        CurlCase{"BigBodyWithAPause", "/p/200:b@5m:p3000000,1", sizes, "200 2 5242880"},
        // A SETTINGS ACK that curl sends after the disconnect makes the kernel reset the connection: 56 in place of 18.
        CurlCase{"CutShort", "/p/200:b'hello':d24", {}, ".*", testing::AnyOf(18, 56)},
        CurlCase{"Reset", "/p/h2f:RST_STREAM:INTERNAL_ERROR", {}, "", 92},
        CurlCase{"GoawayBehindAResponse", "/p/200:b'hello'%20h2f:GOAWAY", {}, "hello"}),
    test::row_name);

TEST(Http2Programs, CurlUploadsUnderFlowControl) {
    Pathod const pathod({"-a", "/=201"});
    auto const body = test::Folder();
    std::ofstream(body.path() / "body") << std::string(3'000'000, 'x');
    auto const ended = curl({"--http2-prior-knowledge", "--upload-file", (body.path() / "body").string(), "--write-out",
                             "%{http_code} %{size_upload}", pathod.url("/")});
    EXPECT_EQ(ended.out, "201 3000000") << ended.err;
}

TEST(Http2Programs, CurlUpgrades) {
    Pathod const pathod;
    auto const ended = curl({"--http2", "--include", pathod.url("/p/200:b'hello'")});
    EXPECT_THAT(ended.out, StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
    EXPECT_THAT(ended.out, HasSubstr("HTTP/2 200 \r\ncontent-length: 5\r\n\r\nhello"));
}

TEST(Http2Programs, CurlAgreesByAlpn) {
    Pathod const pathod({"-s"});
    auto const url = "https://127.0.0.1:" + pathod.port() + "/p/200:b'hello'";
    EXPECT_EQ(curl({"--insecure", "--write-out", " %{http_version}", url}).out, "hello 2");
    EXPECT_EQ(curl({"--insecure", "--http1.1", "--write-out", " %{http_version}", url}).out, "hello 1.1");
}

/// Over TLS: curl 7.88 uses no connection again that it began by prior knowledge.
TEST(Http2Programs, CurlUsesAConnectionOnWhichASpecHasSentSettings) {
    SafePathod pathod({"-a", "/one=h2f:SETTINGS:MAX_FRAME_SIZE=20000 200:b'one'", "-a", "/two=200:b'two'"});
    auto const ended = curl({"--insecure", "--write-out", " %{num_connects} ", pathod.url("/one"), pathod.url("/two")});
    EXPECT_EQ(ended.out, "one 1 two 0 ") << ended.err;
    EXPECT_THAT(pathod.pathod().stop().out, Not(HasSubstr("Bad HTTP/2")));
}

TEST(Http2Programs, CurlUploadsAsMuchAsTheFirstWindowHolds) {
    SafePathod const pathod({"--no-window-updates", "-a", "/=201"});
    test::Folder const folder;
    auto const body = (folder.path() / "body").string();
    std::ofstream(body) << std::string(30'000, 'x');
    std::vector<std::string> arguments{"--insecure", "--max-time", "3", "--write-out", "%{http_code} "};
    for (int upload = 0; upload < 3; ++upload)
        arguments.insert(arguments.end(), {"--upload-file", body, pathod.url("/" + std::to_string(upload))});
    auto const ended = curl(arguments);
    EXPECT_EQ(ended.out, "201 201 000 ") << ended.err;
    EXPECT_EQ(ended.status, 28) << ended.err;
}

struct UploadCase {
    std::string_view name;
    std::vector<std::string> options;  // of pathod
    std::size_t size;
    std::string timeout;                  // in seconds; uploads that stall wait for it
    testing::Matcher<std::string> shown;  // by nghttp
};
void PrintTo(UploadCase const& row, std::ostream* out) { *out << row.name; }
class UploadOfNghttp : public testing::TestWithParam<UploadCase> {};

TEST_P(UploadOfNghttp, GoesAsFarAsTheWindows) {
    NEEDS("nghttp");
    auto options = GetParam().options;
    options.insert(options.end(), {"-a", "/=201"});
    Pathod const pathod(options);
    test::Folder const folder;
    auto const body = (folder.path() / "body").string();
    std::ofstream(body) << std::string(GetParam().size, 'x');
    auto const ended =
        test::run("nghttp", {"--verbose", "--timeout=" + GetParam().timeout, "--data=" + body, pathod.url("/")});
    EXPECT_THAT(ended.out, GetParam().shown);
}

std::string const done = ":status: 201", update = "recv WINDOW_UPDATE";

INSTANTIATE_TEST_SUITE_P(
    Options, UploadOfNghttp,
    testing::Values(
        UploadCase{"Usual", {}, 100'000, "20", AllOf(HasSubstr(done), HasSubstr(update))},
        UploadCase{"Window",
                   {"--window", "1000"},
                   100'000,
                   "20",
                   AllOf(HasSubstr(done), HasSubstr("SETTINGS_INITIAL_WINDOW_SIZE(0x04):1000]"),
                         HasSubstr("send DATA frame <length=1000,"))},
        UploadCase{"WindowOfZero", {"--window", "0"}, 100'000, "1", Not(HasSubstr(done))},
        UploadCase{"NoUpdates", {"--no-window-updates"}, 60'000, "20", AllOf(HasSubstr(done), Not(HasSubstr(update)))},
        UploadCase{"NoUpdatesForMore",
                   {"--no-window-updates"},
                   100'000,
                   "1",
                   AllOf(Not(HasSubstr(done)), Not(HasSubstr(update)))}),
    test::row_name);

TEST(Http2Programs, NghttpMultiplexes) {
    NEEDS("nghttp");
    Pathod pathod({"--http2-framedump"});
    auto const ended = test::run("nghttp", {"--no-dep", "--null-out", "--stat", pathod.url("/p/200:b@100k:p0,1"),
                                            pathod.url("/p/404"), pathod.url("/p/200:b@30k")});
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr(" 100K /p/200:b@100k:p0,1"));
    EXPECT_THAT(ended.out, HasSubstr("404    0 /p/404"));
    auto const sent = pathod.stop().out;
    EXPECT_THAT(sent, HasSubstr("<- HEADERS stream 5 END_STREAM,END_HEADERS"));
    EXPECT_THAT(sent, HasSubstr("-> SETTINGS ACK 0 bytes"));
}

TEST(Http2Programs, H2loadIsServedAHundredStreamsAtATime) {
    NEEDS("h2load");
    Pathod const pathod({"-a", "/foo=200:b'hello'"});
    auto const ended = test::run("h2load", {"-n", "1000", "-c", "3", "-m", "100", pathod.url("/foo")});
    EXPECT_THAT(ended.out, HasSubstr("1000 succeeded, 0 failed, 0 errored"));
    auto const random = test::run("h2load", {"-n", "500", "-c", "3", "-m", "100", pathod.url("/p/200:b@20k")});
    EXPECT_THAT(random.out, HasSubstr("500 succeeded, 0 failed, 0 errored"));
}

TEST(Http2Programs, NghttpxStandsBetweenBothPrograms) {
    NEEDS("nghttpx");
    Pathod const pathod({"-a", "/foo=200:b'hello'"});
    std::optional<test::Process> proxy;
    std::string port;
    for (int attempt = 0; attempt < 5; ++attempt) {
        port = std::to_string(test::free_port());
        proxy.emplace("nghttpx",
                      std::vector<std::string>{"--conf=/dev/null", "--frontend=127.0.0.1," + port + ";no-tls",
                                               "--backend=127.0.0.1," + pathod.port() + ";;proto=h2", "--workers=1"});
        if (proxy->read_until("Listening on ")) break;
    }
    auto const ended = pathoc({"-t", "20", "--http2-prior-knowledge", "-p", port, "127.0.0.1", "get:/foo"});
    EXPECT_EQ(ended.out, ">> 'GET':/foo\n<< 200 : 5 bytes\n");
    proxy->signal(SIGTERM);
    proxy->wait();
}

// --- pathoc ----------------------------------------------------------------------------------------------------------

struct ScriptCase {
    std::string_view name, script, pattern;
    int status = 0;
    std::vector<std::string> options = {};
};
void PrintTo(ScriptCase const& row, std::ostream* out) { *out << row.script; }

class NghttpdBehindPathoc : public testing::TestWithParam<ScriptCase> {};

TEST_P(NghttpdBehindPathoc, Answers) {
    NEEDS("nghttpd");
    Nghttpd const server;
    ASSERT_TRUE(server.is_running());
    std::vector<std::string> arguments{"-t", "2", "--http2-prior-knowledge", "-p", server.port()};
    arguments.insert(arguments.end(), GetParam().options.begin(), GetParam().options.end());
    arguments.insert(arguments.end(), {"127.0.0.1", std::string(GetParam().script)});
    auto const ended = pathoc(arguments);
    EXPECT_THAT(ended.out, testing::ContainsRegex(std::string(GetParam().pattern))) << ended.err;
    EXPECT_EQ(ended.status, GetParam().status) << ended.err;
}

INSTANTIATE_TEST_SUITE_P(
    Scripts, NghttpdBehindPathoc,
    testing::Values(ScriptCase{"Requests", "get:/hello get:/gone head:/hello",
                               "<< 200 : 5 bytes\n.*\n<< 404 : .*\n.*\n<< 200 : 0 bytes"},
                    ScriptCase{"BigUpload", "post:/hello:b@1m", "<< 200 : 5 bytes"},
                    ScriptCase{"UppercaseField", "get:/hello:h'X'='y'", "stream 1 reset: PROTOCOL_ERROR \\(1\\)", 1},
                    ScriptCase{"WrongLength", "post:/hello:b'hi':h'content-length'='3'",
                               "stream 1 reset: PROTOCOL_ERROR", 1},
                    ScriptCase{"Ping", "h2f:PING:'12345678'", "<< PING ACK 8 bytes"},
                    ScriptCase{"DataOnStreamZero", "h2f:DATA:0:'x'", "<< GOAWAY .*PROTOCOL_ERROR \\(1\\)"},
                    ScriptCase{"WindowOverflow", "h2f:WINDOW_UPDATE:0:INCREMENT=2147483647:x2",
                               "<< GOAWAY .*FLOW_CONTROL_ERROR \\(3\\)"}),
    test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Windows, NghttpdBehindPathoc,
    testing::Values(
        ScriptCase{"One",
                   "get:/hello",
                   "<- DATA stream 1 1 bytes\n-> .*WINDOW_UPDATE stream 1 4 bytes\n<- DATA stream 1 1 bytes\n"
                   ".*<- DATA stream 1 END_STREAM 1 bytes\n.*<< 200 : 5 bytes",
                   0,
                   {"--window", "1", "--http2-framedump"}},
        ScriptCase{"Zero",
                   "get:/hello",
                   "<- HEADERS stream 1 END_HEADERS [0-9]+ bytes\n(-> SETTINGS ACK 0 bytes\n)?>> 'GET':/hello\nTimeout",
                   1,
                   {"--window", "0", "--http2-framedump"}},
        ScriptCase{"ZeroOpenedBySpec",
                   "get:/hello:r h2f:WINDOW_UPDATE:this:INCREMENT=5",
                   "<< DATA stream 1 END_STREAM 5 bytes\n<< 200 : 5 bytes",
                   0,
                   {"--window", "0"}},
        ScriptCase{"NoUpdates",
                   "get:/hello",
                   "^-> SETTINGS 12 bytes\n-> HEADERS .*<< 200 : 5 bytes",
                   0,
                   {"--no-window-updates", "--http2-framedump"}},
        ScriptCase{"NoneButInFlight",
                   "get:/hello:x3",
                   "<- HEADERS stream 1 .*<- HEADERS stream 3 .*<- HEADERS stream 5 .*Timeout",
                   1,
                   {"--window", "0", "--in-flight", "3", "--http2-framedump"}},
        ScriptCase{"InFlight",
                   "get:/hello:x3",
                   "200 : 5 bytes \\(stream 1\\).*200 : 5 bytes \\(stream 3\\).*200 : 5 bytes \\(stream 5\\)",
                   0,
                   {"--in-flight", "3"}},
        ScriptCase{"LimitsBySpec", "h2f:SETTINGS:MAX_FRAME_SIZE=20000,HEADER_TABLE_SIZE=8192 get:/hello",
                   "<< SETTINGS ACK 0 bytes\n<< SETTINGS ACK 0 bytes\n.*<< 200 : 5 bytes"}),
    test::row_name);

TEST(Http2Programs, PathocSpeaksToNginx) {
    if (!Nginx::is_installed()) GTEST_SKIP() << "nginx is not installed";
    Nginx const nginx("return 200 hello;", "http2");
    ASSERT_TRUE(nginx.is_running()) << nginx.failure();
    auto const ended = pathoc({"-t", "10", "--http2-prior-knowledge", "-p", nginx.port(), "127.0.0.1", "get:/ get:/a"});
    EXPECT_EQ(ended.out, ">> 'GET':/\n<< 200 : 5 bytes\n>> 'GET':/a\n<< 200 : 5 bytes\n") << ended.err;
}

TEST(Http2Programs, PathocSpeaksToPathodByAlpn) {
    Pathod const pathod({"-s", "-a", "/foo=200:b'hello'"});
    auto const ended = pathoc({"-t", "10", "--http2", "-p", pathod.port(), "127.0.0.1", "get:/foo"});
    EXPECT_EQ(ended.out, ">> 'GET':/foo\n<< 200 : 5 bytes\n") << ended.err;
    Pathod const older({"-s", "--no-http2"});
    auto const refused = pathoc({"-t", "10", "--http2", "-p", older.port(), "127.0.0.1", "get:/foo"});
    EXPECT_NE(refused.status, 0);
    EXPECT_EQ(refused.out, "");
}

}  // namespace
}  // namespace pathology::integration
