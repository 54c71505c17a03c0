// The daemon over real connections: what it writes, byte for byte, and when it closes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <pathology/pathod/daemon.hpp>
#include <thread>

#include "support/client.hpp"

namespace pathology::pathod {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using proxycore::record::Exchange;
using test::Client;
using testing::EndsWith;
using testing::StartsWith;

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// The response to `GET PATH`. Ports of clients have five digits.
std::string not_found(std::string const& path, std::string const& why) {
    auto const text = "pathod error: No valid craft request found: GET " + path + " from 127.0.0.1:40000 " + why +
                      ".\nRequest /p/SPEC, such as /p/200:b'hello', or start pathod with -a PATTERN=SPEC, such as -a "
                      "'/foo=200'.\n";
    return test::without_port("HTTP/1.1 800 Not found\r\nContent-Type: text/plain\r\nContent-Length: " +
                              std::to_string(text.size()) + "\r\n\r\n" + text);
}

std::string get(std::string_view path, std::string_view fields = "") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n";
}

std::string operator*(std::string_view text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) result += text;
    return result;
}

/// A daemon that runs as long as the test.
class Running {
public:
    explicit Running(DaemonOptions options = {}) : daemon(std::move(options)) { daemon.start().value(); }
    std::string ask(std::string_view bytes) { return Client(daemon.port()).ask(bytes); }

    Daemon daemon;
};

// --- what is answered ------------------------------------------------------------------------------------------------

struct WireCase {
    std::string_view name;
    std::string sent, received;
    DaemonOptions options = {};
};
void PrintTo(WireCase const& row, std::ostream* out) { *out << row.name; }

class Wire : public testing::TestWithParam<WireCase> {};

TEST_P(Wire, IsByteForByte) {
    Running running(GetParam().options);
    EXPECT_EQ(test::without_port(running.ask(GetParam().sent)), GetParam().received);
}

TEST_P(Wire, IsTheSameByteByByte) {
    Running running(GetParam().options);
    Client client(running.daemon.port());
    for (char const c : GetParam().sent) client.send({&c, 1});
    EXPECT_EQ(test::without_port(client.half_close().read_to_end()), GetParam().received);
}

std::string named(testing::TestParamInfo<WireCase> const& row) { return std::string(row.param.name); }

std::string refused(std::string_view reason) {
    auto const body = "pathod error: " + std::string(reason);
    return "HTTP/1.1 800 " + std::string(reason) +
           "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string parse_error(std::string_view body) {
    auto const all = "pathod error: Error parsing response spec: " + std::string(body);
    return "HTTP/1.1 800 Parse Error\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(all.size()) +
           "\r\n\r\n" + all;
}

// Each refusal closes: a second request on the same connection gets no response. Notices do not.
INSTANTIATE_TEST_SUITE_P(
    RespondsWith800, Wire,
    testing::Values(
        WireCase{"C14_NotFoundStaysOpen", get("/") + get("/p/200"),
                 not_found("/", "matches no anchor, and its path does not begin with /p/") + std::string(ok)},
        WireCase{"C14_EmptySpec", get("/p/"), not_found("/p/", "has no spec behind /p/")},
        WireCase{"ParseErrorStaysOpen", get("/p/200:b'a'?x=1") + get("/p/200"),
                 parse_error("expected a response feature (h c l r m v n b k e w p t d i), a message (a status code, "
                             "ws, wf or raw) or the end\n200:b'a'?x=1\n        ^\n") +
                     std::string(ok)},
        WireCase{"NotAscii", get("/p/200:b%c3"),
                 parse_error("a spec is ASCII text; write this byte as an escape such as \\xe9\n200:b\\xc3\n     ^\n")},
        WireCase{"BadKeyLength", get("/p/wf:k'abc'"),
                 parse_error("a masking key has exactly 4 bytes, this one has 3\nwf:k'abc'\n   ^\n")},
        WireCase{"WsWithoutHandshake", get("/p/ws"),
                 parse_error("ws responds to a WebSocket handshake, and the request is not one\nws\n^\n")},
        WireCase{"NoCraft", get("/p/200") * 2, refused("Crafting disabled."), {.craft = false}},
        WireCase{"NoFiles", get("/p/200:b%3Cx") * 2, refused("File access denied.")},
        WireCase{"TooLarge", get("/p/200:b@1k") * 2, refused("Response too large."), {.size_limit = 1000}},
        WireCase{"Pauses", get("/p/200:pa,0") * 2, refused("Pauses have been disabled."), {.nohang = true}},
        WireCase{"SlowRate", get("/p/200:t0,1k") * 2, refused("Pauses have been disabled."), {.nohang = true}},
        WireCase{"Hold", get("/p/200:d0,hold") * 2, refused("Pauses have been disabled."), {.nohang = true}}),
    named);

INSTANTIATE_TEST_SUITE_P(
    C2_Repeated, Wire,
    testing::Values(
        WireCase{"Frame", get("/p/wf:b'hi':x3") + get("/p/200"), "\x01\x02hi"sv * 3 + std::string(ok)},
        WireCase{"NoFrame", get("/p/wf:b'hi':x0") + get("/p/200"), std::string(ok)},
        WireCase{"FrameThatDisconnects", get("/p/wf:b'hi':x3:d2") + get("/p/200"), "\x01\x02"},
        WireCase{"FrameWithPauses", get("/p/wf:b'hi':x3:p2,0"), "\x01\x02hi"sv * 3},
        WireCase{"Http2Frame", get("/p/h2f:PING:'12345678':x2"),
                 (std::string("\0\0\x08\x06\0\0\0\0\0", 9) + "12345678") * 2},
        WireCase{"Preface", get("/p/h2p:'PRI':x2"), "PRIPRI"},
        WireCase{"Anchor", get("/foo"), "\x01\x02hi"sv * 2, {.anchors = {"/foo=wf:x2:b'hi'"}}},
        WireCase{"AllCountForTheLimit", get("/p/wf:b'hi':x3"), refused("Response too large."), {.size_limit = 11}},
        WireCase{"TooManyToCount",
                 get("/p/wf:b'hi':x4611686018427387905"),
                 refused("Response too large."),
                 {.size_limit = 1000}}),
    named);

TEST(C2_Repeated, SendsWhatIsExplainedAndLogged) {
    Running running({.seed = 7, .explain = true});
    auto const sent = running.ask(get("/p/wf:b@8,digits:x3"));
    EXPECT_EQ(sent, sent.substr(0, 10) * 3);
    auto const entry = running.daemon.log().take(20s);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->response->spec, "wf:b'" + sent.substr(2, 8) + "':x3");
    EXPECT_EQ(entry->response->bytes_written, 30U);
    EXPECT_EQ(running.ask(get("/p/" + entry->response->spec)), sent);
}

INSTANTIATE_TEST_SUITE_P(
    Crafted, Wire,
    testing::Values(WireCase{"Spec", get("/p/200"), std::string(ok)},
                    WireCase{"Pipelined",
                             get("/p/200") + get("/p/404") + get("/foo"),
                             std::string(ok) + "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" +
                                 "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
                             {.anchors = {"/foo=201"}}},
                    WireCase{"AbsoluteForm", get("http://foo.com:81/p/201"),
                             "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"},
                    WireCase{"Frame", get("/p/wf") + get("/p/200"), std::string("\x01\x00", 2) + std::string(ok)},
                    WireCase{"DisconnectInside", get("/p/200:b@10:d3") * 2, "HTT"},
                    WireCase{"DisconnectAfter", get("/p/200:da") * 2, std::string(ok)},
                    WireCase{"DisconnectAtOnce", get("/p/200:d0") * 2, ""},
                    WireCase{"PauseOfZero", get("/p/200:p5,0"), std::string(ok)},
                    WireCase{"BareLineFeeds", "GET /p/200 HTTP/1.1\nHost: x\n\n", std::string(ok)},
                    WireCase{"EmptyLineFirst", "\r\n" + get("/p/200"), std::string(ok)},
                    WireCase{"OddVersion", "GET /p/200 HTTP/7.3\r\n\r\n", std::string(ok)},
                    WireCase{"OtherPrefix", get("/craft/200"), std::string(ok), {.craft_prefix = "/craft/"}}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Requests, Wire,
    testing::Values(
        WireCase{"LengthBody", "POST /p/200 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc" + get("/p/200"), ok * 2},
        WireCase{"ChunkedBody",
                 "POST /p/200 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + get("/p/200"),
                 ok * 2},
        WireCase{"ExpectContinue",
                 "POST /p/200 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc" + get("/p/200"),
                 "HTTP/1.1 100 Continue\r\n\r\n" + ok * 2},
        WireCase{"HeadHasNoBody", "HEAD /p/200:b'abc' HTTP/1.1\r\n\r\n" + get("/p/200"),
                 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + std::string(ok)},
        WireCase{"C8_HeadWithInjection", "HEAD /p/200:b'abc':ia,'tail' HTTP/1.1\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntail"},
        WireCase{"C8_HeadWithInjectionPastTheEnd", "HEAD /p/304:i9999,'tail' HTTP/1.1\r\n\r\n",
                 "HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\ntail"},
        WireCase{"C8_HeadOfAnAnchor",
                 "HEAD /a HTTP/1.1\r\n\r\n",
                 "HTTP/1.1 200 OK\r\n\r\ntail",
                 {.anchors = {"/a=200:r:b@1k:ia,'tail'"}}},
        WireCase{"C8_NoContentWithBodyAndInjection", get("/p/204:b'abc':ia,'tail'"),
                 "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabctail"},
        WireCase{"C8_NotModifiedWithInjection", get("/p/304:ia,'tail'"),
                 "HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\ntail"},
        WireCase{"C7_BareLineFeedInAChunkLine",
                 "POST /p/200 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n" + get("/p/200"), ""},
        WireCase{"C7_BareLineFeedInATrailer",
                 "POST /p/200 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: 1\n\r\n" + get("/p/200"), ""},
        WireCase{"ConnectionClose", get("/p/200", "Connection: close\r\n") * 2, std::string(ok)},
        WireCase{"Http10", "GET /p/200 HTTP/1.0\r\n\r\n"sv * 2, std::string(ok)},
        WireCase{"Http10KeepAlive", "GET /p/200 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"sv * 2, ok * 2},
        WireCase{"VerbatimHead",
                 "HEAD /p/200:b'abc' HTTP/1.1\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                 {.verbatim = true}},
        WireCase{"VerbatimClose", get("/p/200", "Connection: close\r\n") * 2, ok * 2, {.verbatim = true}},
        WireCase{"VerbatimHttp10", "GET /p/200 HTTP/1.0\r\n\r\n"sv * 2, ok * 2, {.verbatim = true}},
        WireCase{"Connect",
                 "CONNECT foo.com:80 HTTP/1.1\r\n\r\n" + get("/p/200"),
                 "HTTP/1.1 200 Connection established\r\nProxy-agent: pathod 0.1.0\r\n\r\n" + std::string(ok),
                 {.tls = {.in_tunnels = InTunnels::plain}}},
        WireCase{"ConnectDetect",
                 "CONNECT foo.com:80 HTTP/1.1\r\n\r\n" + get("/p/200"),
                 "HTTP/1.1 200 Connection established\r\nProxy-agent: pathod 0.1.0\r\n\r\n" + std::string(ok),
                 {.tls = {.in_tunnels = InTunnels::detect}}},
        WireCase{"ConnectTwice",
                 "CONNECT foo.com:80 HTTP/1.1\r\n\r\nCONNECT foo.com:80 HTTP/1.1\r\n\r\n" + get("/p/200"),
                 "HTTP/1.1 200 Connection established\r\nProxy-agent: pathod 0.1.0\r\n\r\n"sv * 2 + std::string(ok),
                 {.tls = {.in_tunnels = InTunnels::detect}}},
        WireCase{"ConnectWithoutPort", "CONNECT foo.com HTTP/1.1\r\n\r\n" + get("/p/200"), ""},
        WireCase{"Word", "foo\r\n\r\n" + get("/p/200"), ""},
        WireCase{"HeaderTooLarge", get("/p/200", "A: " + std::string(2000, 'x') + "\r\n"), "", {.max_header = 1000}},
        WireCase{"BodyTooLarge", "POST /p/200 HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd", "", {.max_body = 3}},
        WireCase{"Nothing", "", ""}),
    named);

// --- the life of a connection ----------------------------------------------------------------------------------------

TEST(Daemon, SendsContinueBeforeTheBody) {
    Running running;
    Client client(running.daemon.port());
    client.send("POST /p/200 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
    EXPECT_EQ(client.read(interim.size()), interim);
    client.send("abc");
    EXPECT_EQ(client.read(ok.size()), ok);
}

TEST(Daemon, StopsWhileResponsesPauseForever) {
    Running running;
    Client first(running.daemon.port()), second(running.daemon.port());
    first.send(get("/p/200:p5,f"));
    second.send(get("/p/200:p0,f"));
    EXPECT_EQ(first.read(5), "HTTP/");
    ASSERT_TRUE(running.daemon.log().wait_for(2, 20s)) << "a pausing answer is in the log before it is over";
    running.daemon.stop();
    EXPECT_EQ(first.read_to_end(), "");
    EXPECT_EQ(second.read_to_end(), "");
    EXPECT_EQ(running.daemon.connections(), 0U);
    for (auto const& entry : running.daemon.log().entries()) {
        EXPECT_LT(entry.response->bytes_written, ok.size());
        EXPECT_EQ(entry.message, "") << "stopping is nobody's fault";
    }
}

TEST(Daemon, NoticesThatAClientLeavesDuringAPause) {
    Running running;
    {
        Client patient(running.daemon.port()), hasty(running.daemon.port());
        patient.send(get("/p/200:p5,f") + get("/p/200"));  // a pipelined request does not hide that
        hasty.send(get("/p/200:p5,1000000"));
        EXPECT_EQ(patient.read(5), "HTTP/");
        EXPECT_EQ(hasty.read(5), "HTTP/");
        hasty.reset();
    }
    ASSERT_TRUE(running.daemon.wait_until_idle(20s));
    for (auto const& entry : running.daemon.log().entries()) EXPECT_EQ(entry.message, "Disconnect");
}

TEST(Daemon, EndsSilentConnections) {
    Running running({.time_limit = 500ms});
    Client idle(running.daemon.port()), slow(running.daemon.port());
    slow.send("GET /p/2");
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_EQ(slow.read_to_end(), "");
    auto const entries = running.daemon.log().wait_for(2, 20s);
    ASSERT_TRUE(entries);
    EXPECT_EQ(entries->back().type, Exchange::Type::timeout);
}

TEST(Daemon, DoesNotCutPausesByTheTimeLimit) {
    Running running({.time_limit = 1s});
    Client client(running.daemon.port());
    client.send(get("/p/200:p5,3"));
    EXPECT_EQ(client.read(ok.size()), ok);
}

TEST(Daemon, LetsFurtherConnectionsWait) {
    Running running({.max_connections = 1});
    Client first(running.daemon.port()), second(running.daemon.port());
    second.send(get("/p/201"));
    EXPECT_EQ(first.ask(get("/p/200")), ok);
    EXPECT_THAT(second.half_close().read_to_end(), StartsWith("HTTP/1.1 201"));
}

TEST(Daemon, OutlivesClientsThatLeave) {
    Running running;
    {
        Client client(running.daemon.port());
        client.send(get("/p/200:b@1t"));
        EXPECT_EQ(client.read(8).substr(0, 8), "HTTP/1.1");
        client.reset();
    }
    auto const entry = running.daemon.log().take(20s);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->message, "Disconnect");
    EXPECT_EQ(running.ask(get("/p/200")), ok);
}

// --- chance ----------------------------------------------------------------------------------------------------------

TEST(Daemon, RepeatsItselfWithTheSameSeed) {
    auto const all = get("/p/200:b@100") + get("/p/200:b@50:ir,@3") + get("/p/wf:b@10:k@4");
    std::vector<std::string> runs;
    for (unsigned const threads : {1U, 1U, 3U}) {
        for (bool const explain : {false, true}) {
            Running running({.threads = threads, .seed = 42, .explain = explain});
            runs.push_back(running.ask(all) + running.ask(all));
        }
    }
    for (auto const& run : runs) EXPECT_EQ(run, runs.front());
    EXPECT_NE(runs.front(), Running({.seed = 43}).ask(all) * 2);
}

// --- the log ---------------------------------------------------------------------------------------------------------

TEST(Daemon, LogsTheRequestAndItsResponse) {
    Running running({.show_requests = true, .show_responses = true});
    auto const sent = "POST http://foo.com/p/404:b'abc' HTTP/1.1\r\nX-Y: z\r\nContent-Length: 2\r\n\r\nhi";
    auto const received = running.ask(get("/p/200") + sent);
    auto const entries = running.daemon.log().wait_for(2, 20s);
    ASSERT_TRUE(entries);
    auto const& entry = entries->back();
    EXPECT_EQ(entry.id, 1U);
    EXPECT_EQ(entry.type, Exchange::Type::crafted);
    EXPECT_EQ(entry.request->method, "POST");
    EXPECT_EQ(entry.request->target, "http://foo.com/p/404:b'abc'");
    EXPECT_EQ(entry.request->path, "/p/404:b'abc'");
    EXPECT_EQ(entry.request->headers.first("x-y"), "z");
    EXPECT_EQ(entry.request->body, "hi");
    EXPECT_EQ(entry.request->raw, sent);
    EXPECT_EQ(entry.request->remote_address.host, "127.0.0.1");
    EXPECT_EQ(entry.request->index, 1U);
    EXPECT_EQ(entry.response->status_code, "404");
    EXPECT_EQ(entry.response->spec, "404:b'abc':h'Content-Length'='3'");
    EXPECT_EQ(std::string(ok) + entry.response->raw, received);
    EXPECT_EQ(entry.response->bytes_written, entry.response->raw.size());
}

TEST(Daemon, LogsWhatWasNoRequest) {
    Running running;
    EXPECT_EQ(running.ask("foo\r\n\r\n"), "");
    auto const entry = running.daemon.log().take(20s);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->type, Exchange::Type::error);
    EXPECT_EQ(entry->message, "Bad HTTP request line: \"foo\"");
}

TEST(Daemon, LogsRefusalsAsCrafted) {
    Running running({.craft = false});
    running.ask(get("/p/200"));
    auto const entry = running.daemon.log().take(20s);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->type, Exchange::Type::crafted);
    EXPECT_EQ(entry->message, "Crafting disabled.");
    EXPECT_EQ(entry->response->status_code, "800");
}

// --- starting --------------------------------------------------------------------------------------------------------

TEST(Daemon, B5_ReportsWhyItDoesNotStart) {
    Running running;
    Daemon second({.port = running.daemon.port()});
    auto const busy = second.start();
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error().code, proxycore::console::ExitCode::no_connection);
    EXPECT_THAT(busy.error().message, testing::HasSubstr("127.0.0.1:" + std::to_string(running.daemon.port())));

    Daemon third({.anchors = {"/foo=2x"}});
    EXPECT_EQ(third.start().error().code, proxycore::console::ExitCode::usage);
    Daemon fourth({.log_file = "/no/such/folder/log"});
    EXPECT_EQ(fourth.start().error().message,
              "--log-file: cannot open '/no/such/folder/log': No such file or directory");
    EXPECT_FALSE(running.daemon.start()) << "it runs already";
}

TEST(Daemon, StartsAgainAfterAStop) {
    Running running;
    running.daemon.stop();
    EXPECT_EQ(running.daemon.port(), 0);
    ASSERT_TRUE(running.daemon.start());
    EXPECT_EQ(running.ask(get("/p/200")), ok);
}

TEST(Daemon, GivesTheUrlOfASpec) {
    Running running;
    auto const url = running.daemon.url_for("200:b'a b?'");
    ASSERT_THAT(url, EndsWith("/p/200:b'a%20b%3F'"));
    EXPECT_THAT(running.ask(get(url)), EndsWith("\r\n\r\na b?"));
}

}  // namespace
}  // namespace pathology::pathod
