// The daemon over HTTP/2: frames in, frames out, and what is noted of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <pathology/pathod/daemon.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http2/frame_reader.hpp>
#include <pathology/proxycore/http2/header_decoder.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "http2/frames.hpp"
#include "support/client.hpp"
#include "support/row_name.hpp"

namespace pathology::pathod {
namespace {

using namespace std::chrono_literals;
using namespace proxycore::http2::test;
using proxycore::http2::ErrorCode;
using proxycore::http2::FrameType;
using proxycore::http2::SettingId;
using proxycore::record::Exchange;
using test::Client;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

namespace flag = proxycore::http2::flag;
constexpr auto patience = 20s;

std::string request(std::uint32_t stream, std::string_view path, std::string_view method = "GET",
                    unsigned flags = flag::end_headers | flag::end_stream) {
    return headers(stream, {{":method", method}, {":scheme", "http"}, {":path", path}, {":authority", "x"}}, flags);
}

/// The frames of a server as lines, fields spelled out; SETTINGS and WINDOW_UPDATE left out.
std::string reported(std::string_view wire) {
    proxycore::http2::FrameReader reader;
    proxycore::http2::HeaderDecoder decoder;
    reader.feed(wire);
    std::string text;
    while (auto const next = reader.next().value()) {
        auto const type = FrameType{next->header.type};
        if (type == FrameType::settings || type == FrameType::window_update) continue;
        if (type != FrameType::headers) {
            text += lines(encode(next->header).append(next->payload));
            continue;
        }
        text += "HEADERS " + std::to_string(next->header.stream) +
                ((next->header.flags & flag::end_stream) != 0 ? " END_STREAM" : "");
        for (auto const& [name, value] : decoder.decode(next->payload).value().fields)
            text += " " + std::string(name) + "=" + std::string(value);
        text += '\n';
    }
    if (!reader.buffered().empty()) text += "and " + std::to_string(reader.buffered().size()) + " bytes\n";
    return test::without_port(text);
}

/// The lines of each stream together: a first response may be over before a second request has come.
std::vector<std::string> by_stream(std::string const& text) {
    std::vector<std::pair<int, std::string>> sorted;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string type;
        int stream = sorted.empty() ? 0 : sorted.back().first;  // what names none belongs to the line before
        if (int number = 0; words >> type >> number) stream = number;
        sorted.emplace_back(stream, line);
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
    std::vector<std::string> lines;
    lines.reserve(sorted.size());
    for (auto& [stream, line] : sorted) lines.push_back(std::move(line));
    return lines;
}

class Running {
public:
    explicit Running(DaemonOptions options = {}) : daemon(std::move(options)) { daemon.start().value(); }
    /// All that is answered to a client who says this, and that it was all.
    std::string ask(std::string_view frames) { return reported(Client(daemon.port()).ask(hello().append(frames))); }

    Daemon daemon;
};

// --- what is answered ------------------------------------------------------------------------------------------------

struct ResponseCase {
    std::string_view name;
    std::string sent, reported;
    DaemonOptions options = {};
};
void PrintTo(ResponseCase const& row, std::ostream* out) { *out << row.name; }

class Http2Response : public testing::TestWithParam<ResponseCase> {};

TEST_P(Http2Response, IsTheseFrames) {
    Running running(GetParam().options);
    EXPECT_EQ(running.ask(GetParam().sent), GetParam().reported);
}

TEST_P(Http2Response, IsTheSameByteByByte) {
    Running running(GetParam().options);
    Client client(running.daemon.port());
    for (char const c : hello() + GetParam().sent) client.send({&c, 1});
    EXPECT_EQ(by_stream(reported(client.half_close().read_to_end())), by_stream(GetParam().reported));
}

std::string refused(std::string_view why) {
    auto const body = "pathod error: " + std::string(why);
    return "HEADERS 1 :status=800 content-type=text/plain content-length=" + std::to_string(body.size()) +
           "\nDATA 1 END_STREAM '" + proxycore::http::escaped(body, '\'') + "'\n";
}
std::string no_reasons() {
    return refused(
        "Error parsing response spec: HTTP/2 has no reason phrase; remove m\n"
        "200:m'x'\n    ^\n");
}

// The session sends the heads it has before any content.
std::string const abc_head = "HEADERS 1 :status=200 content-length=3\n";
std::string const abc_body = "DATA 1 END_STREAM 'abc'\n";
std::string const abc = abc_head + abc_body;
std::string const other = "HEADERS 3 END_STREAM :status=201 content-length=0\n";

INSTANTIATE_TEST_SUITE_P(
    Plain, Http2Response,
    testing::Values(
        ResponseCase{"CraftedPath", request(1, "/p/200:b'abc'"), abc},
        ResponseCase{"Anchor", request(1, "/foo"), abc, {.anchors = {"/foo=200:b'abc'"}}},
        ResponseCase{"AnchorInOrder",
                     request(1, "/foo") + request(3, "/foo") + request(5, "/foo"),
                     "HEADERS 1 END_STREAM :status=503 content-length=0\n" + other +
                         "HEADERS 5 END_STREAM :status=201 content-length=0\n",
                     {.anchors = {"/foo=503 | 201"}}},
        ResponseCase{"AnchorPerConnection",
                     request(1, "/foo") + request(3, "/bar"),
                     "HEADERS 1 END_STREAM :status=503 content-length=0\n" + other,
                     {.anchors = {"/=503 | 201 | per connection"}}},
        ResponseCase{"AnchorByFilter",
                     request(1, "/foo", "POST", flag::end_headers) + data(1, "card") + data(1, "", flag::end_stream) +
                         request(3, "/foo"),
                     abc_head + other + abc_body,
                     {.anchors = {"~m POST & ~u ^http://x/foo$ & ~d ^x$ & ~bq ^card$=200:b'abc'", "/=201"}}},
        ResponseCase{"NoBody", request(1, "/p/204"), "HEADERS 1 END_STREAM :status=204 content-length=0\n"},
        ResponseCase{"Head", request(1, "/p/200:b'abc'", "HEAD"),
                     "HEADERS 1 END_STREAM :status=200 content-length=3\n"},
        ResponseCase{"C8_HeadWithInjection", request(1, "/p/200:b'abc':ia,'tail'", "HEAD"),
                     "HEADERS 1 END_STREAM :status=200 content-length=3\nand 4 bytes\n"},
        ResponseCase{"HeadWithActions", request(1, "/p/200:b'abc':i0,''", "HEAD"),
                     "HEADERS 1 END_STREAM :status=200 content-length=3\n"},
        ResponseCase{"FieldsAsGiven", request(1, "/p/200:h'X'='Y':b'abc'"),
                     "HEADERS 1 :status=200 X=Y content-length=3\nDATA 1 END_STREAM 'abc'\n"},
        ResponseCase{"TwoStreams", request(1, "/p/200:b'abc'") + request(3, "/p/201"), abc_head + other + abc_body},
        ResponseCase{
            "RequestWithABody",
            request(1, "/p/200:b'abc'", "POST", flag::end_headers) + data(1, "x") + data(1, "", flag::end_stream), abc},
        ResponseCase{"SmallTable", settings(setting(SettingId::header_table_size, 0)) + request(1, "/p/200:b'abc'"),
                     abc}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    RespondsWith800, Http2Response,
    testing::Values(
        ResponseCase{
            "C14_NotFound", request(1, "/"),
            test::without_port(
                refused("No valid craft request found: GET / from 127.0.0.1:40000 matches no anchor, and its path does "
                        "not begin with /p/.\nRequest /p/SPEC, such as /p/200:b'hello', or start pathod with -a "
                        "PATTERN=SPEC, such as -a '/foo=200'.\n"))},
        ResponseCase{
            "C13_AnchorForWebsocket",
            request(1, "/foo"),
            refused("Error parsing response spec: this spec is for HTTP/1 and the client spoke HTTP/2; ask over "
                    "HTTP/1 (curl --http1.1): expected a message (a status code, h2f, h2p or raw)\nwf\n^\n"),
            {.anchors = {"/foo=wf"}}},
        ResponseCase{"ParseError", request(1, "/p/200:m'x'"), no_reasons()},
        ResponseCase{"AnchorForHttp1", request(1, "/foo"), no_reasons(), {.anchors = {"/foo=200:m'x'"}}},
        ResponseCase{"NoCraft", request(1, "/p/200"), refused("Crafting disabled."), {.craft = false}},
        ResponseCase{"Nohang", request(1, "/p/200:pa,1"), refused("Pauses have been disabled."), {.nohang = true}},
        ResponseCase{"TooLarge", request(1, "/p/200:b@1k"), refused("Response too large."), {.size_limit = 100}}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Acts, Http2Response,  // sent as they are
    testing::Values(
        ResponseCase{"InjectedBehind", request(1, "/p/200:b'abc':ia,'!'"), abc + "and 1 bytes\n"},
        ResponseCase{"CutInsideData", request(1, "/p/200:b'abc':d15"),
                     "HEADERS 1 :status=200 content-length=3\nand 2 bytes\n"},
        ResponseCase{"CutAtTheBegin", request(1, "/p/200:b'abc':d0"), ""},
        ResponseCase{"CutEndsTheConnection", request(1, "/p/200:d0") + request(3, "/p/200"), ""},
        ResponseCase{"FramesBehindAResponse", request(1, "/p/200:b'abc'%20h2f:PING"),
                     abc + "PING \\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\n"},
        ResponseCase{"FramesInPlaceOfOne", request(1, "/p/h2f:RST_STREAM:CANCEL"), "RST_STREAM 1 CANCEL\n"},
        ResponseCase{"FramesRepeated", request(1, "/p/h2f:DATA:'x':x3"), "DATA 1 'x'\nDATA 1 'x'\nDATA 1 'x'\n"},
        ResponseCase{"NoFrames", request(1, "/p/h2f:DATA:'x':x0") + request(3, "/p/201"), other},
        ResponseCase{"OnTheStreamThatAsked", request(5, "/p/h2f:DATA:END_STREAM:'x'"), "DATA 5 END_STREAM 'x'\n"},
        ResponseCase{"AnchorForHttp2",
                     request(1, "/foo"),
                     abc + "DATA 1 'late'\n",
                     {.anchors = {"/foo=200:b'abc' h2f:DATA:'late'"}}}),
    pathology::test::row_name);

// --- strict ----------------------------------------------------------------------------------------------------------

std::string refusal(unsigned status, std::string const& why) {
    auto const body = "pathod error: " + why + "\n";
    return "HEADERS 1 :status=" + std::to_string(status) +
           " content-type=text/plain content-length=" + std::to_string(body.size()) + "\nDATA 1 END_STREAM '" +
           proxycore::http::escaped(body, '\'') + "'\n";
}

std::string with_many_fields() {
    auto fields = block({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}});
    for (int i = 0; i < 30; ++i) fields += block({{"a", "b"}});
    return headers(1, std::string_view(fields), flag::end_headers | flag::end_stream);
}

INSTANTIATE_TEST_SUITE_P(
    Strict, Http2Response,
    testing::Values(
        ResponseCase{"Good", request(1, "/p/200:b'abc'"), abc, {.strict = true}},
        ResponseCase{"Target",
                     request(1, "/p/200:b\"abc\""),
                     refusal(400, "bad request target \"/p/200:b\\\"abc\\\"\""),
                     {.strict = true}},
        ResponseCase{"Authority",
                     headers(1, {{":method", "GET"}, {":scheme", "http"}, {":path", "/p/200"}, {":authority", "a:b"}},
                             flag::end_headers | flag::end_stream),
                     refusal(400, "bad authority \"a:b\""),
                     {.strict = true}},
        ResponseCase{"LargeHeader",
                     with_many_fields(),
                     refusal(431, "a header section larger than 1000 bytes"),
                     {.strict = true, .max_header = 1000}},
        ResponseCase{"LargeContent",
                     request(1, "/p/200", "POST", flag::end_headers) + data(1, "abcd", flag::end_stream),
                     refusal(413, "content of more than 3 bytes"),
                     {.strict = true, .max_body = 3}}),
    pathology::test::row_name);

TEST(Http2Daemon, StopsARequestThatIsRefused) {
    Running running({.strict = true, .max_body = 3});
    auto const seen =
        running.ask(request(1, "/p/200", "POST", flag::end_headers) + data(1, "abcd") + request(3, "/p/201"));
    EXPECT_THAT(seen, StartsWith("HEADERS 1 :status=413"));
    EXPECT_THAT(seen, HasSubstr("RST_STREAM 1 NO_ERROR\n"));
    EXPECT_THAT(seen, HasSubstr("HEADERS 3 END_STREAM :status=201"));
}

// --- frames of a spec that allow the client something ----------------------------------------------------------------

struct AllowedCase {
    std::string_view name, spec;
    std::string_view last;  // frames of the response
    std::string sent;       // by the client after them, before a request on stream 5
    std::string reported;   // from then on
    DaemonOptions options = {};
};
void PrintTo(AllowedCase const& row, std::ostream* out) { *out << row.name; }
class Http2Allowed : public testing::TestWithParam<AllowedCase> {};

TEST_P(Http2Allowed, ByFramesOfASpec) {
    auto const& row = GetParam();
    Running running(row.options);
    Client client(running.daemon.port());
    client.send(hello() + settings("", flag::ack) + request(1, "/p/" + std::string(row.spec)));
    std::string all;
    while (lines(all).find(row.last) == std::string::npos) {
        auto const more = client.read(1);
        ASSERT_FALSE(more.empty()) << lines(all);
        all += more;
    }
    auto const rest = client.send(row.sent + request(5, "/p/201")).half_close().read_to_end();
    EXPECT_EQ(reported(rest), row.reported);
}

std::string upload_of(std::size_t size) {
    return request(3, "/p/202", "POST", flag::end_headers) + data(3, std::string(size, 'x'), flag::end_stream);
}
std::string const settings_ack = settings("", flag::ack);
std::string const accepted = "HEADERS 3 END_STREAM :status=202 content-length=0\n";
std::string const next = "HEADERS 5 END_STREAM :status=201 content-length=0\n";
std::string_view const one_settings = "HEADERS 1 END_STREAM,END_HEADERS\nSETTINGS\n";

INSTANTIATE_TEST_SUITE_P(
    Rfc9113, Http2Allowed,
    testing::Values(
        AllowedCase{"AckOfSettings", "h2f:SETTINGS%20200", "HEADERS 1 ", settings_ack, next},
        AllowedCase{"AckOfThree", "200%20h2f:SETTINGS:x3", "SETTINGS\nSETTINGS\nSETTINGS\n",
                    settings_ack + settings_ack + settings_ack, next},
        AllowedCase{"AckOfInjectedSettings", "h2f:PING:'12345678':i0,'\\x00\\x00\\x00\\x04\\x00\\x00\\x00\\x00\\x00'",
                    "PING 12345678", settings_ack, next},
        AllowedCase{"NoOtherAck", "200%20h2f:SETTINGS", one_settings, settings_ack + settings_ack,
                    "GOAWAY 1 PROTOCOL_ERROR\n"},
        AllowedCase{"AckOfPing", "200%20h2f:PING:'12345678'", "PING 12345678", ping("12345678", flag::ack), next},
        AllowedCase{"LargerFrames", "200%20h2f:SETTINGS:MAX_FRAME_SIZE=20000", one_settings,
                    settings_ack + upload_of(20000), accepted + next},
        AllowedCase{"LargerWindow",
                    "200%20h2f:SETTINGS:INITIAL_WINDOW_SIZE=20",
                    one_settings,
                    settings_ack + upload_of(20),
                    accepted + next,
                    {.http2_window = 10, .http2_window_updates = false}}),
    pathology::test::row_name);

// --- time and turns --------------------------------------------------------------------------------------------------

TEST(Http2Daemon, LetsOthersContinueWhileAResponsePausesBetweenFrames) {
    Running running;
    Client client(running.daemon.port());
    client.send(hello() + request(1, "/p/200:b'abc':p13,f") + request(3, "/p/201"));
    std::string all;
    while (reported(all).find("HEADERS 3") == std::string::npos) {
        auto const more = client.read(1);
        ASSERT_FALSE(more.empty()) << reported(all);
        all += more;
    }
    EXPECT_EQ(reported(all), abc_head + other);
    running.daemon.stop();
    EXPECT_EQ(reported(client.read_to_end()), "GOAWAY 3 NO_ERROR\n");
}

TEST(Http2Daemon, HoldsTheWireWhileAResponsePausesInsideAFrame) {
    Running running;
    auto const in_data = running.ask(request(1, "/p/200:b'abc':p15,1") + request(3, "/p/201"));
    EXPECT_EQ(in_data, abc + other);
    auto const between = running.ask(request(1, "/p/200:b'abc':p13,1") + request(3, "/p/201"));
    EXPECT_EQ(between,
              "HEADERS 1 :status=200 content-length=3\nHEADERS 3 END_STREAM :status=201 content-length=0\nDATA 1 "
              "END_STREAM 'abc'\n");
}

TEST(Http2Daemon, ObeysTheWindowInResponsesWithActions) {
    Running running;
    Client client(running.daemon.port());
    auto const small = settings(setting(SettingId::initial_window_size, 2));
    client.send(std::string(proxycore::http2::client_preface) + small + request(1, "/p/200:b'abc':pa,0") +
                request(3, "/p/201"));
    std::string all;
    while (reported(all).find("HEADERS 3") == std::string::npos) all += client.read(1);
    EXPECT_EQ(by_stream(reported(all)),
              (std::vector<std::string>{"HEADERS 1 :status=200 content-length=3", "DATA 1 'ab'",
                                        "HEADERS 3 END_STREAM :status=201 content-length=0"}));
    client.send(window_update(1, 1));
    EXPECT_EQ(reported(client.half_close().read_to_end()), "DATA 1 END_STREAM 'c'\n");
}

/// The client's windows, and what it gets in turn; `:pa,0` makes a response one that is played.
TEST(Http2Daemon, C17_SendsWhatTheWindowsAllow) {
    struct Row {
        std::string_view spec;
        std::uint32_t window;
        std::string_view first;
        std::uint32_t more;
        std::string_view second, rest;
    };
    std::string_view const head = "HEADERS 1 :status=200 content-length=5\n";
    for (std::string_view const spec : {"/p/200:b'abcde'", "/p/200:b'abcde':pa,0", "/p/200:b'abcde':p2,0"}) {
        for (auto const& row : {Row{spec, 0, "", 1, "DATA 1 'a'\n", "DATA 1 END_STREAM 'bcde'\n"},
                                Row{spec, 1, "DATA 1 'a'\n", 2, "DATA 1 'bc'\n", "DATA 1 END_STREAM 'de'\n"},
                                Row{spec, 4, "DATA 1 'abcd'\n", 0, "", "DATA 1 END_STREAM 'e'\n"}}) {
            Running running;
            Client client(running.daemon.port());
            client.send(std::string(proxycore::http2::client_preface) +
                        settings(setting(SettingId::initial_window_size, row.window)) + request(1, row.spec));
            auto const read_up_to = [&](std::string const& expected) {
                std::string all;
                while (reported(all) != expected) {
                    auto const more = client.read(1);
                    all += more;
                    if (more.empty()) break;  // nothing has come for too long
                }
                EXPECT_EQ(reported(all), expected) << row.spec << " with a window of " << row.window;
            };
            read_up_to(std::string(head) + std::string(row.first));
            if (row.more > 0) client.send(window_update(1, row.more));
            read_up_to(std::string(row.second));
            client.send(window_update(1, 100));
            EXPECT_EQ(reported(client.half_close().read_to_end()), row.rest) << row.spec;
        }
    }
}

TEST(Http2Daemon, CarriesBigBodiesBothWays) {
    Running running;
    Client client(running.daemon.port());
    client.send(hello() + settings("", flag::ack) + window_update(0, 1U << 24U) +
                request(1, "/p/200:b@3m", "POST", flag::end_headers) + window_update(1, 1U << 24U));
    for (int i = 0; i < 100; ++i) client.send(data(1, std::string(10'000, 'x')));
    client.send(data(1, "", flag::end_stream));
    auto const wire = client.half_close().read_to_end();
    EXPECT_GT(wire.size(), 3U << 20U);
    EXPECT_THAT(reported(wire), EndsWith("'\n"));
    auto const entry = running.daemon.log().wait_for(1, patience).value().front();
    EXPECT_EQ(entry.request->body_size, 1'000'000U);
    EXPECT_EQ(entry.response->body_size, 3U << 20U);
    EXPECT_GT(entry.response->bytes_written, 3U << 20U);
}

TEST(Http2Daemon, SendsTheSameForTheSameSeed) {
    auto const once = [] {
        return Running({.seed = 7}).ask(request(1, "/p/200:b@100,ascii_letters") + request(3, "/p/200:b@20:ir,@3"));
    };
    EXPECT_EQ(once(), once());
}

TEST(Http2Daemon, LetsAClientContinueThatExpectsIt) {
    Running running;
    auto const fields = block({{":method", "POST"},
                               {":scheme", "http"},
                               {":path", "/p/200"},
                               {":authority", "x"},
                               {"expect", "100-continue"}});
    EXPECT_THAT(running.ask(headers(1, std::string_view(fields), flag::end_headers) + data(1, "x", flag::end_stream)),
                StartsWith("HEADERS 1 :status=100\nHEADERS 1 END_STREAM :status=200"));
}

// --- how it begins and ends ------------------------------------------------------------------------------------------

TEST(Http2Daemon, UpgradesAClientThatAsks) {
    Running running;
    auto const response_text =
        Client(running.daemon.port())
            .ask(
                "GET /p/200:b'abc' HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n" +
                hello() + request(3, "/p/201"));
    constexpr std::string_view switching =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    ASSERT_THAT(response_text, StartsWith(std::string(switching)));
    EXPECT_EQ(reported(std::string_view(response_text).substr(switching.size())), abc_head + other + abc_body);
}

TEST(Http2Daemon, ServesInsideATunnel) {
    DaemonOptions options;
    options.tls.in_tunnels = InTunnels::plain;
    Running running(options);
    auto const response_text =
        Client(running.daemon.port()).ask("CONNECT x:80 HTTP/1.1\r\n\r\n" + hello() + request(1, "/p/200:b'abc'"));
    auto const begin = response_text.find("\r\n\r\n") + 4;
    EXPECT_EQ(reported(std::string_view(response_text).substr(begin)), abc);
}

TEST(Http2Daemon, DisablesHttp2ByOption) {
    Running running({.http2 = false});
    Client(running.daemon.port()).ask(hello());
    auto const entry = running.daemon.log().wait_for(1, patience).value().front();
    EXPECT_EQ(entry.protocol, "http");
    EXPECT_EQ(entry.request->method, "PRI");
}

struct GivenWindowCase {
    std::string_view name;
    DaemonOptions options;
    std::uint32_t window;  // of a stream
    bool updates;
};
void PrintTo(GivenWindowCase const& row, std::ostream* out) { *out << row.name; }
class Http2DaemonWindow : public testing::TestWithParam<GivenWindowCase> {};

/// The uploads are more than half of the window that each connection begins with, so they would get a WINDOW_UPDATE.
TEST_P(Http2DaemonWindow, IsThatOfItsOptions) {
    auto const part = data(1, std::string(16000, 'x'));
    auto const padded = data(1, '\xff' + std::string(16000, '\0'), flag::padded);
    auto const begun = request(1, "/p/200", "POST", flag::end_headers);
    for (auto const& upload :
         {begun + part + part + part, begun + part + part + part + data(1, "", flag::end_stream),
          begun + padded + padded + padded, begun + part + part + part + rst_stream(1, ErrorCode::cancel)}) {
        Running running(GetParam().options);
        auto const wire = Client(running.daemon.port()).ask(hello() + upload + request(3, "/p/201"));
        EXPECT_THAT(reported(wire), HasSubstr("HEADERS 3 END_STREAM :status=201"));
        EXPECT_THAT(wire, HasSubstr(setting(SettingId::initial_window_size, GetParam().window)));
        EXPECT_EQ(lines(wire).find("WINDOW_UPDATE") != std::string::npos, GetParam().updates) << lines(upload);
    }
}

INSTANTIATE_TEST_SUITE_P(Options, Http2DaemonWindow,
                         testing::Values(GivenWindowCase{"Usual", {}, 1U << 20U, true},
                                         GivenWindowCase{"Small", {.http2_window = 5}, 5, true},
                                         GivenWindowCase{
                                             "WithoutUpdates", {.http2_window_updates = false}, 1U << 20U, false}),
                         pathology::test::row_name);

TEST(Http2Daemon, GoesAwayFromASilentClient) {
    Running running({.time_limit = 1s});
    Client client(running.daemon.port());
    client.send(hello());
    EXPECT_EQ(reported(client.read_to_end()), "GOAWAY 0 NO_ERROR\n");
    EXPECT_EQ(running.daemon.log().wait_for(1, patience).value().front().type, Exchange::Type::timeout);
}

TEST(Http2Daemon, DoesNotCallAPauseSilence) {
    Running running({.time_limit = 1s});
    EXPECT_EQ(running.ask(request(1, "/p/200:b'abc':p0,2")), abc);
}

TEST(Http2Daemon, ReportsWhatAClientDidWrong) {
    Running running;
    EXPECT_EQ(running.ask(data(0, "x")), "GOAWAY 0 PROTOCOL_ERROR\n");
    auto const entry = running.daemon.log().wait_for(1, patience).value().front();
    EXPECT_EQ(entry.type, Exchange::Type::error);
    EXPECT_THAT(entry.message, HasSubstr("stream_id == 0 (PROTOCOL_ERROR)"));
}

TEST(Http2Daemon, EndsARapidReset) {
    Running running({.log_capacity = 5000});
    std::string resets;
    for (std::uint32_t stream = 1; stream < 4000; stream += 2)
        resets += request(stream, "/p/200:p0,f") + rst_stream(stream, ErrorCode::cancel);
    EXPECT_THAT(running.ask(resets), HasSubstr(" ENHANCE_YOUR_CALM\n"));
    Exchange entry;
    for (std::uint64_t id = 0; !entry.message.starts_with("Bad HTTP/2: "); ++id)
        entry = running.daemon.log().wait_from(id, patience).value();
    EXPECT_EQ(entry.message,
              "Bad HTTP/2: the client resets streams too often: more than 1000 at once and 33 a second "
              "(ENHANCE_YOUR_CALM)");
}

TEST(Http2Daemon, ReportsAnInvalidRequest) {
    Running running;
    EXPECT_EQ(running.ask(headers(1, {{":method", "GET"}, {":path", "/"}}) + request(3, "/p/201")),
              "RST_STREAM 1 PROTOCOL_ERROR\nHEADERS 3 END_STREAM :status=201 content-length=0\n");
    auto const entries = running.daemon.log().wait_for(2, patience).value();
    auto const of_error = entries[0].type == Exchange::Type::error ? entries[0] : entries[1];
    EXPECT_THAT(of_error.message, HasSubstr("Bad HTTP/2 request: stream 1 reset: PROTOCOL_ERROR"));
}

// --- what is noted ---------------------------------------------------------------------------------------------------

TEST(Http2Daemon, LogsAnExchangeWithItsFrames) {
    Running running({.show_requests = true, .show_responses = true});
    running.ask(request(1, "/p/200:b'abc'", "POST", flag::end_headers) + data(1, "hi", flag::end_stream) +
                ping("12345678") + request(3, "/p/201"));
    auto const entries = running.daemon.log().wait_for(2, patience).value();
    auto const& first = entries[0].request->stream == 1U ? entries[0] : entries[1];
    auto const& second = entries[0].request->stream == 1U ? entries[1] : entries[0];
    EXPECT_EQ(first.protocol, "http2");
    EXPECT_EQ(first.request->http_version, "HTTP/2.0");
    EXPECT_EQ(first.request->path, "/p/200:b'abc'");
    EXPECT_EQ(first.request->body, "hi");
    EXPECT_EQ(first.request->raw,
              request(1, "/p/200:b'abc'", "POST", flag::end_headers) + data(1, "hi", flag::end_stream));
    EXPECT_EQ(first.request->headers,
              (proxycore::http::Fields{
                  {":method", "POST"}, {":scheme", "http"}, {":authority", "x"}, {":path", "/p/200:b'abc'"}}));
    EXPECT_EQ(first.request->index, 0U);
    auto const types = [](Exchange const& entry) {
        std::string all;
        for (auto const& header : entry.request->frames) all += name(FrameType{header.type}) + " ";
        return all;
    };
    EXPECT_EQ(types(first), "SETTINGS HEADERS DATA ");
    EXPECT_EQ(types(second), "PING HEADERS ");
    EXPECT_EQ(first.response->status_code, "200");
    EXPECT_EQ(first.response->version, "HTTP/2.0");
    EXPECT_EQ(reported(first.response->raw), abc);
    EXPECT_EQ(first.response->bytes_written, first.response->raw.size());
    EXPECT_TRUE(first.finished);
    EXPECT_EQ(second.request->index, 1U);
}

TEST(Http2Daemon, LogsThatTheClientResetAStream) {
    Running running;
    running.ask(request(1, "/p/200:b@1m") + rst_stream(1, ErrorCode::cancel));
    auto const entry = running.daemon.log().wait_for(1, patience).value().front();
    EXPECT_EQ(entry.message, "stream 1 reset by the client: CANCEL");
}

TEST(Http2Daemon, EndsAnActWhoseStreamWasReset) {
    Running running;
    Client client(running.daemon.port());
    client.send(hello() + request(1, "/p/200:b'abc':p13,f"));
    EXPECT_TRUE(running.daemon.log().wait_for(1, patience).has_value());  // it pauses, so it is noted before its end
    client.send(rst_stream(1, ErrorCode::cancel) + request(3, "/p/201"));
    EXPECT_THAT(reported(client.half_close().read_to_end()), EndsWith(other));
    auto const entry = running.daemon.log().entries().front();
    EXPECT_EQ(entry.message, "stream 1 reset by the client: CANCEL");
    EXPECT_TRUE(entry.finished);
}

TEST(Http2Daemon, LogsAPauseThatIsStopped) {
    Running running;
    Client client(running.daemon.port());
    client.send(hello() + request(1, "/p/200:b'abc':pa,f"));
    EXPECT_FALSE(running.daemon.log().wait_for(1, patience).value().front().finished);
    running.daemon.stop();
    EXPECT_FALSE(running.daemon.log().entries().front().finished);
}

}  // namespace
}  // namespace pathology::pathod
