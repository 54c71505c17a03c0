// Responses over HTTP/2: the frames of specs and of built-in responses, and what frames of a spec allow the client.
#include <gmock/gmock.h>

#include <pathology/proxycore/http/escaped.hpp>

#include "support/client.hpp"
#include "support/http2_client.hpp"
#include "support/row_name.hpp"

namespace pathology::pathod {
namespace {

using namespace std::chrono_literals;
using namespace proxycore::http2::test;
using namespace test;
using proxycore::http2::SettingId;
using testing::HasSubstr;
using testing::StartsWith;

struct ResponseCase {
    std::string_view name;
    std::string sent, reported;
    DaemonOptions options = {};
};
void PrintTo(ResponseCase const& row, std::ostream* out) { *out << row.name; }

class Http2Response : public testing::TestWithParam<ResponseCase> {};

TEST_P(Http2Response, IsTheseFrames) {
    RunningHttp2 running(GetParam().options);
    EXPECT_EQ(running.ask(GetParam().sent), GetParam().reported);
}

TEST_P(Http2Response, IsTheSameByteByByte) {
    RunningHttp2 running(GetParam().options);
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
    RunningHttp2 running({.strict = true, .max_body = 3});
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
    RunningHttp2 running(row.options);
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

}  // namespace
}  // namespace pathology::pathod
