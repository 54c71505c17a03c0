// pathoc over HTTP/2, against servers that response in every good and bad way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "http2/frames.hpp"
#include "http2_responses.hpp"
#include "support/for_each_split.hpp"
#include "support/frame_server.hpp"
#include "support/invoke.hpp"
#include "support/row_name.hpp"
#include "support/scripted_server.hpp"

namespace pathology::pathoc::test {
namespace {

using namespace proxycore::http2::test;
using namespace std::string_literals;
using http2::ErrorCode;
using http2::FrameType;
using http2::SettingId;
using pathology::test::for_each_split;
using pathology::test::row_name;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

namespace flag = http2::flag;

std::string head(FieldList fields, unsigned flags = flag::end_headers) { return headers(1, fields, flags); }
std::string goaway(std::uint32_t last, ErrorCode error, std::string_view debug = {}) {
    return frame(FrameType::goaway, 0, 0,
                 number(last) + number(static_cast<std::uint32_t>(error)) + std::string(debug));
}

// --- replies out of bytes --------------------------------------------------------------------------------------------

struct ResponseCase {
    std::string_view name;
    std::string wire, outcome;
    std::string_view method = "GET";
};
void PrintTo(ResponseCase const& row, std::ostream* out) { *out << row.name; }

class Http2Response : public testing::TestWithParam<ResponseCase> {};

std::string in_words(Result<Response> const& outcome) {
    if (!outcome) return outcome.error().message;
    auto text = std::to_string(outcome->status()) + " '" + outcome->body + "'";
    for (auto const& interim : outcome->interim) text += " after " + std::to_string(interim.status);
    for (auto const& [name, value] : outcome->trailers) text += " " + std::string(name) + "=" + std::string(value);
    return text;
}

TEST_P(Http2Response, IsTheSameHoweverItArrives) {
    auto const make = [] { return std::make_unique<Http2Responses>(1000, 1000); };
    for_each_split(GetParam().wire, make, [](std::unique_ptr<Http2Responses>& responses, auto const& pieces) {
        responses->expect_response_on(1, GetParam().method);
        for (auto const piece : pieces) responses->feed(piece);
        responses->end();
        auto const outcome = responses->take(1);
        ASSERT_TRUE(outcome.has_value());
        EXPECT_EQ(in_words(*outcome), GetParam().outcome);
    });
}

constexpr unsigned last = flag::end_headers | flag::end_stream;
std::string const ok = head({{":status", "200"}});

INSTANTIATE_TEST_SUITE_P(
    Good, Http2Response,
    testing::Values(
        ResponseCase{"HeadAlone", settings() + head({{":status", "204"}}, last), "204 ''"},
        ResponseCase{"Body", ok + data(1, "ab") + data(1, "c", flag::end_stream), "200 'abc'"},
        ResponseCase{"PaddedBody",
                     ok + data(1,
                               "\x02"s
                               "abc\0\0"s,
                               flag::end_stream | flag::padded),
                     "200 'abc'"},
        ResponseCase{"PriorityAndPadding", headers(1, "\x01\0\0\0\0\x10\x88\0"s, last | flag::padded | flag::priority),
                     "200 ''"},
        ResponseCase{"Continuation",
                     headers(1, block({{":status", "200"}}).substr(0, 3), flag::end_stream) +
                         frame(FrameType::continuation, flag::end_headers, 1, block({{":status", "200"}}).substr(3)),
                     "200 ''"},
        ResponseCase{"Interim",
                     head({{":status", "103"}}) + head({{":status", "100"}}) + head({{":status", "200"}}, last),
                     "200 '' after 103 after 100"},
        ResponseCase{"Trailers", ok + data(1, "x") + head({{"t", "1"}}, last), "200 'x' t=1"},
        ResponseCase{"OddStatus", head({{":status", "800"}}, last), "800 ''"},
        ResponseCase{"LengthOfHead", head({{":status", "200"}, {"content-length", "5"}}, last), "200 ''", "HEAD"},
        ResponseCase{"OtherStreamsAndTypes",
                     frame(FrameType{0x99}, 0, 1, "?") + headers(3, {{":status", "500"}}) + data(3, "x") + ok +
                         data(1, "", flag::end_stream),
                     "200 ''"},
        ResponseCase{"GoawayThatLetsItEnd", goaway(1, ErrorCode::no_error) + ok + data(1, "x", flag::end_stream),
                     "200 'x'"},
        ResponseCase{"ResetAfterTheEnd", head({{":status", "200"}}, last) + rst_stream(1, ErrorCode::no_error),
                     "200 ''"}),
    row_name);

constexpr auto bad = "Invalid server response: ";

INSTANTIATE_TEST_SUITE_P(
    Bad, Http2Response,
    testing::Values(
        ResponseCase{"Nothing", "", bad + "Server disconnected"s},
        ResponseCase{"CutShort", ok + data(1, "ab"), bad + "Server disconnected"s},
        ResponseCase{"Reset", rst_stream(1, ErrorCode::protocol_error), bad + "stream 1 reset: PROTOCOL_ERROR (1)"s},
        ResponseCase{"ResetInTheBody", ok + data(1, "x") + rst_stream(1, ErrorCode{0x77}),
                     bad + "stream 1 reset: 0x77 (119)"s},
        ResponseCase{"Goaway", goaway(0, ErrorCode::enhance_your_calm, "slow\n"),
                     bad + "GOAWAY: last stream 0, ENHANCE_YOUR_CALM (11), \"slow\\n\""s},
        ResponseCase{"GoawayWithAnError", ok + goaway(1, ErrorCode::internal_error),
                     bad + "GOAWAY: last stream 1, INTERNAL_ERROR (2)"s},
        ResponseCase{"NoStatus", head({{"x", "1"}}, last), bad + "bad :status \"\""s},
        ResponseCase{"StatusIsNoNumber", head({{":status", "2x"}}, last), bad + "bad :status \"2x\""s},
        ResponseCase{"OnlyInterim", head({{":status", "100"}}, last), bad + "the stream ended before a final HEADERS"s},
        ResponseCase{"DataFirst", data(1, "x"), bad + "DATA before any HEADERS"s},
        ResponseCase{"ShorterThanAnnounced",
                     head({{":status", "200"}, {"content-length", "5"}}) + data(1, "ab", flag::end_stream),
                     bad + "content-length is \"5\", and 2 bytes came"s},
        ResponseCase{"NoHpack", headers(1, "\x80"),
                     bad + "stream 1: a field block that HPACK cannot decode, after 0 of 1 bytes"s},
        ResponseCase{"FrameTooLong", data(1, std::string(16385, 'x')),
                     bad + "a frame of 16385 bytes, where at most 16384 are allowed"s},
        ResponseCase{"FrameInsideABlock", headers(1, "\x88", 0) + data(1, "x"),
                     bad + "DATA inside the field block of stream 1"s},
        ResponseCase{"ContinuationOfNothing", frame(FrameType::continuation, 0, 1, "x"),
                     bad + "CONTINUATION without HEADERS"s},
        ResponseCase{"TooMuchPadding", ok + data(1, "\x05x", flag::padded),
                     bad + "DATA with more padding than payload"s},
        ResponseCase{"PushAlone", frame(FrameType::push_promise, flag::end_headers, 1, number(2) + "\x82"),
                     bad + "Server disconnected"s}),
    row_name);

TEST(Http2Responses, OweAcksAndWindows) {
    Http2Responses responses(0, 0);
    proxycore::http2::FrameReader sent;
    sent.feed(responses.initial_frames());
    for (auto next = sent.next(); next && *next; next = sent.next())
        responses.record_sent((*next)->header, (*next)->payload);
    responses.expect_response_on(1, "GET");
    responses.feed(settings() + settings("", flag::ack) + ping("12345678") + ping("12345678", flag::ack) + ok);
    EXPECT_EQ(lines(responses.take_output()), "SETTINGS ACK\nPING ACK 12345678\n");
    for (int i = 0; i < 32; ++i) responses.feed(data(1, std::string(16384, 'x')));
    EXPECT_EQ(lines(responses.take_output()), "WINDOW_UPDATE 524288\nWINDOW_UPDATE 1 524288\n");
    EXPECT_EQ(responses.take_output(), "");
}

TEST(Http2Responses, KnowWhatMayBeSent) {
    Http2Responses responses(0, 0);
    responses.expect_response_on(1, "POST");
    EXPECT_EQ(responses.allowance(1), 65535U);
    responses.spend(1, 65535);
    EXPECT_EQ(responses.allowance(1), 0U);
    responses.feed(window_update(1, 10));
    EXPECT_EQ(responses.allowance(1), 0U);
    responses.feed(window_update(0, 20));
    EXPECT_EQ(responses.allowance(1), 10U);
    responses.feed(settings(setting(SettingId::initial_window_size, 0)));
    EXPECT_EQ(responses.allowance(1), 0U);
}

// --- the program -----------------------------------------------------------------------------------------------------

Outcome against(ScriptedServer const& server, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"--no-timestamp", "--http2-prior-knowledge", "-p", std::to_string(server.port()), "127.0.0.1"});
    return invoke(std::move(arguments));
}

// The scripted server takes an empty line for the end of a request: there are two in the preface, and one in the
// bodies.
constexpr auto two_requests = "get:/ post:/x:b'\\r\\n\\r\\n'";

TEST(PathocHttp2, ReportsEachResponseOfAConnection) {
    auto const other = headers(3, {{":status", "404"}}, last);
    ScriptedServer const server({settings(), ok + data(1, "abc", flag::end_stream), other}, Then::stay);
    auto const outcome = against(server, {"-t", "10", two_requests});
    EXPECT_EQ(outcome.out, ">> 'GET':/\n<< 200 : 3 bytes\n>> 'POST':/x:b'\\r\\n\\r\\n'\n<< 404 : 0 bytes\n");
    EXPECT_EQ(outcome.status, 0);
}

TEST(PathocHttp2, ContinuesBehindAResetStream) {
    auto const other = headers(3, {{":status", "200"}}, last);
    ScriptedServer const server({settings(), rst_stream(1, ErrorCode::cancel), other}, Then::stay);
    auto const outcome = against(server, {"-t", "10", two_requests});
    EXPECT_THAT(outcome.out, StartsWith(">> 'GET':/\nInvalid server response: stream 1 reset: CANCEL (8)\n>> 'POST'"));
    EXPECT_THAT(outcome.out, EndsWith("\n<< 200 : 0 bytes\n"));
    EXPECT_EQ(outcome.status, 1);
}

TEST(PathocHttp2, ReportsWhenNothingComes) {
    ScriptedServer const server({settings()}, Then::stay);
    EXPECT_THAT(against(server, {"-t", "0.2", "get:/"}).out, EndsWith("\nTimeout\n"));
}

TEST(PathocHttp2, ShowsWhatComesBackForRawFrames) {
    ScriptedServer const server({settings() + ping("12345678", flag::ack) + goaway(0, ErrorCode::protocol_error, "no")},
                                Then::close);
    auto const outcome = against(server, {"-t", "10", "h2f:PING h2f:SETTINGS"});
    EXPECT_EQ(outcome.out,
              ">> h2f:PING\n>> h2f:SETTINGS\n<< SETTINGS 0 bytes\n<< PING ACK 8 bytes\n<< GOAWAY 10 bytes: last stream "
              "0, PROTOCOL_ERROR (1), \"no\"\n");
    EXPECT_EQ(outcome.status, 0);
}

TEST(PathocHttp2, LimitsHoldsAndPausesForEver) {
    struct Case {
        std::string spec, reason;
    };
    for (auto const& [spec, reason] :
         {Case{"get:/:d12,hold", "holds the connection"}, Case{"get:/:p12,f", "pauses for ever"}}) {
        SCOPED_TRACE(spec);
        FrameServer const server({settings("")});
        auto const outcome = invoke({"--no-timestamp", "--http2-prior-knowledge", "-t", "0.1", "-p",
                                     std::to_string(server.port()), "127.0.0.1", spec});
        EXPECT_THAT(outcome.out, HasSubstr("\nTimeout: the spec " + reason));
        EXPECT_EQ(outcome.status, 1);
    }
}

TEST(PathocHttp2, BeginsWithItsPrefaceByDefault) {
    ScriptedServer const server({settings() + ok + data(1, "", flag::end_stream)}, Then::close);
    against(server, {"-t", "10", "get:/"});
    EXPECT_THAT(server.heads().front(), StartsWith("PRI * HTTP/2.0\r\n\r\n"));
    ScriptedServer const skipping({settings()}, Then::close);
    auto const outcome = against(skipping, {"--http2-skip-connection-preface", "-t", "10", "h2p h2f:PING"});
    EXPECT_THAT(skipping.heads().front(), StartsWith("PRI * HTTP/2.0\r\n\r\n"));
    EXPECT_THAT(outcome.out, HasSubstr("<< SETTINGS 0 bytes\n"));
}

TEST(PathocHttp2, DumpsFramesOfBothSides) {
    ScriptedServer const server({settings() + ok + data(1, "x", flag::end_stream)}, Then::stay);
    auto const outcome = against(server, {"--http2-framedump", "-t", "10", "get:/"});
    EXPECT_EQ(outcome.out,
              "-> SETTINGS 12 bytes\n-> WINDOW_UPDATE 4 bytes\n-> HEADERS stream 1 END_STREAM,END_HEADERS 15 bytes\n"
              "<- SETTINGS 0 bytes\n<- HEADERS stream 1 END_HEADERS 13 bytes\n<- DATA stream 1 END_STREAM 1 bytes\n"
              "-> SETTINGS ACK 0 bytes\n>> 'GET':/\n<< 200 : 1 bytes\n");
}

TEST(PathocHttp2, ReportsAnExchangeAsJson) {
    ScriptedServer const server({settings() + ok + data(1, "x", flag::end_stream)}, Then::stay);
    auto const json = nlohmann::json::parse(against(server, {"--json", "-t", "10", "post:/a:b'hi'"}).out);
    EXPECT_EQ(json["protocol"], "http2");
    EXPECT_EQ(json["request"]["method"], "POST");
    EXPECT_EQ(json["request"]["path"], "/a");
    EXPECT_EQ(json["request"]["body"], "hi");
    EXPECT_EQ(json["request"]["stream"], 1);
    EXPECT_EQ(json["request"]["frames"].size(), 2U);
    EXPECT_EQ(json["response"]["status_code"], "200");
    EXPECT_EQ(json["response"]["version"], "HTTP/2.0");
    EXPECT_EQ(json["response"]["body"], "x");
}

TEST(PathocHttp2, EndsWhereTheSpecDisconnects) {
    ScriptedServer const server({settings()}, Then::stay);
    auto const outcome = against(server, {"-t", "10", "get:/:d3 get:/"});
    EXPECT_EQ(outcome.out, ">> 'GET':/:d3\nDisconnected by the spec after 3 bytes\n");
    EXPECT_EQ(outcome.status, 0);
}

}  // namespace
}  // namespace pathology::pathoc::test
