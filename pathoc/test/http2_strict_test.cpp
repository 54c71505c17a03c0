// pathoc and servers that break the rules of HTTP/2: what it prints, its exit status, and the frame that the server gets.
// The rules themselves are tested with ServerChecker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "http2/frames.hpp"
#include "support/frame_server.hpp"
#include "support/invoke.hpp"
#include "support/row_name.hpp"

namespace pathology::pathoc::test {
namespace {

using namespace proxycore::http2::test;
using namespace std::string_literals;
using pathology::test::row_name;
using proxycore::http2::ErrorCode;
using proxycore::http2::FrameType;
using testing::HasSubstr;
using testing::Not;

namespace flag = proxycore::http2::flag;

constexpr unsigned last = flag::end_headers | flag::end_stream;

std::string response(std::uint32_t stream, std::string_view content, FieldList more = {}) {
    auto const fields = block({{":status", "200"}}) + block(more);
    return headers(stream, std::string_view(fields), flag::end_headers) + data(stream, content, flag::end_stream);
}
std::string const hello = settings() + settings({}, flag::ack);

Outcome against(FrameServer const& server, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--no-timestamp", "--http2-prior-knowledge", "-t", "20", "-p",
                                         std::to_string(server.port()), "127.0.0.1"});
    return invoke(arguments);
}

struct FaultCase {
    std::string_view name;
    std::string sent;      // by the server, in response to a GET
    std::string printed;   // after the line of the request
    std::string received;  // by the server, because of it
    std::string hello = test::hello;
};
void PrintTo(FaultCase const& row, std::ostream* out) { *out << row.name; }

class PathocStrict : public testing::TestWithParam<FaultCase> {};

TEST_P(PathocStrict, C5_TellsWhatTheServerBroke) {
    auto const& row = GetParam();
    FrameServer const server({row.hello, {row.sent}});
    auto const outcome = against(server, {"get:/"});
    EXPECT_EQ(outcome.out, ">> 'GET':/\n" + row.printed);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(server.received(), HasSubstr(row.received));
}

constexpr auto invalid = "Invalid server response: ";

INSTANTIATE_TEST_SUITE_P(
    Rfc9113, PathocStrict,
    testing::Values(
        FaultCase{
            "NoSettings", response(1, "hi"),
            "<< 200 : 2 bytes\n"s + invalid +
                "connection error PROTOCOL_ERROR (1): HEADERS stream 1 END_HEADERS 13 bytes: the first frame of a "
                "server has to be SETTINGS (RFC 9113 section 3.4)\n",
            "GOAWAY 0 PROTOCOL_ERROR\n", ""},
        FaultCase{"SettingsOfFiveBytes", settings("12345") + response(1, "hi"),
                  "<< 200 : 2 bytes\n"s + invalid +
                      "connection error FRAME_SIZE_ERROR (6): SETTINGS 5 bytes: its payload has to be a multiple of 6 "
                      "bytes (RFC 9113 section 6.5)\n",
                  "GOAWAY 0 FRAME_SIZE_ERROR\n"},
        FaultCase{"PingOfFourBytes", response(1, "hi") + ping("1234"),
                  "<< 200 : 2 bytes\n"s + invalid +
                      "connection error FRAME_SIZE_ERROR (6): PING 4 bytes: its payload has to be 8 bytes (RFC 9113 "
                      "section 6.7)\n",
                  "GOAWAY 0 FRAME_SIZE_ERROR\n"},
        FaultCase{"DataOnZero", data(0, "x") + response(1, "hi"),
                  "<< 200 : 2 bytes\n"s + invalid +
                      "connection error PROTOCOL_ERROR (1): DATA 1 bytes: the stream is 0 (RFC 9113 section 6.1)\n",
                  "GOAWAY 0 PROTOCOL_ERROR\n"},
        FaultCase{"WithoutAResponse", window_update(0, 0),
                  invalid + "connection error PROTOCOL_ERROR (1): WINDOW_UPDATE 4 bytes: the increment is 0 (RFC 9113 "
                            "section 6.9)\n"s,
                  "GOAWAY 0 PROTOCOL_ERROR\n"},
        FaultCase{"AfterTheResponse", response(1, "hi") + data(1, "more"),
                  "<< 200 : 2 bytes\n"s + invalid +
                      "connection error STREAM_CLOSED (5): DATA stream 1 4 bytes: the stream is closed (RFC 9113 "
                      "section 5.1)\n",
                  "GOAWAY 0 STREAM_CLOSED\n"},
        FaultCase{"FieldOfHttp1", response(1, "hi", {{"connection", "close"}}),
                  "<< 200 : 2 bytes\n"s + invalid +
                      "stream 1: error PROTOCOL_ERROR (1): HEADERS stream 1 END_HEADERS 31 bytes: the field "
                      "\"connection\" is for HTTP/1.1 (RFC 9113 section 8.2.2)\n",
                  "RST_STREAM 1 PROTOCOL_ERROR\n"},
        FaultCase{"WrongLength", response(1, "hi", {{"content-length", "5"}}),
                  invalid + "stream 1: error PROTOCOL_ERROR (1): DATA stream 1 END_STREAM 2 bytes: content-length is "
                            "\"5\", and 2 bytes came (RFC 9113 section 8.1.1)\n"s,
                  "RST_STREAM 1 PROTOCOL_ERROR\n"},
        FaultCase{"BrokenBlock", headers(1, "\x80"),
                  invalid + "connection error COMPRESSION_ERROR (9): HEADERS stream 1 END_STREAM,END_HEADERS 1 bytes: "
                            "the field block cannot be decoded (RFC 9113 section 4.3)\n"s,
                  "GOAWAY 0 COMPRESSION_ERROR\n"}),
    row_name);

TEST(PathocHttp2, C5_ContinuesAfterAStreamErrorAndNotAfterAConnectionError) {
    std::vector<std::string> const uppercase{response(1, "hi", {{"Upper", "1"}}), response(3, "ok")};
    FrameServer const stream_error({hello, uppercase});
    EXPECT_THAT(against(stream_error, {"get:/ get:/b"}).out, HasSubstr(">> 'GET':/b\n<< 200 : 2 bytes\n"));
    std::vector<std::string> const idle{response(1, "hi") + data(9, "x"), response(3, "ok")};
    FrameServer const connection_error({hello, idle});
    EXPECT_THAT(against(connection_error, {"get:/ get:/b"}).out, Not(HasSubstr("'GET':/b")));
}

TEST(PathocHttp2, C5_ReadsOnByAnOption) {
    std::vector<std::string> const responses{data(0, "x") + response(1, "hi"), response(3, "ok")};
    FrameServer const server({hello, responses});
    auto const outcome = against(server, {"--http2-read-on", "get:/ get:/b"});
    EXPECT_EQ(
        outcome.out,
        ">> 'GET':/\n<< 200 : 2 bytes\nInvalid server response: connection error PROTOCOL_ERROR (1): DATA 1 bytes: "
        "the stream is 0 (RFC 9113 section 6.1)\n>> 'GET':/b\n<< 200 : 2 bytes\n");
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(server.received(), Not(HasSubstr("GOAWAY")));
}

TEST(PathocHttp2, C5_ReportsTheRuleAsJson) {
    FrameServer const server({hello, {response(1, "hi") + ping("1234")}});
    auto const json = nlohmann::json::parse(against(server, {"--json", "get:/"}).out);
    EXPECT_EQ(json["type"], "error");
    EXPECT_EQ(json["response"]["status_code"], "200");
    EXPECT_EQ(json["response"]["body"], "hi");
    auto const& violation = json["violation"];
    EXPECT_EQ(violation["scope"], "connection");
    EXPECT_EQ(violation["code"], "FRAME_SIZE_ERROR");
    EXPECT_EQ(violation["frame"]["type"], "PING");
    EXPECT_EQ(violation["frame"]["length"], 4);
    EXPECT_EQ(violation["rule"], "its payload has to be 8 bytes");
    EXPECT_EQ(violation["section"], "RFC 9113 section 6.7");
}

TEST(PathocHttp2, C5_ReportsViolationsAfterRawFrames) {
    FrameServer const server({hello + ping("1234")});
    auto const outcome = against(server, {"h2f:PING"});
    EXPECT_THAT(outcome.out, HasSubstr("\nInvalid frame: connection error FRAME_SIZE_ERROR (6): PING 4 bytes: "));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(server.received(), HasSubstr("GOAWAY 0 FRAME_SIZE_ERROR\n"));
}

/// What a server may do because of crafted frames is not its fault.
TEST(PathocHttp2, C5_KnowsWhatItSent) {
    struct Row {
        std::string_view name, spec;
        std::string sent;
    };
    std::string const ack = settings({}, flag::ack), ok = response(1, "hi");
    std::string large;
    for (int i = 0; i < 70; ++i) large += data(1, std::string(16384, 'x'));
    std::string const promise = frame(FrameType::push_promise, flag::end_headers, 1,
                                      number(2) + block({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}}));
    for (auto const& row : {
             Row{"the ACK of raw SETTINGS", "h2f:SETTINGS get:/", ack + ok},
             Row{"a window that a raw frame opened",
                 "h2f:WINDOW_UPDATE:0:INCREMENT=1000000 get:/:r h2f:WINDOW_UPDATE:INCREMENT=1000000",
                 headers(1, {{":status", "200"}}, flag::end_headers) + large + data(1, "", flag::end_stream)},
             Row{"a longer frame that raw SETTINGS allowed", "h2f:SETTINGS:MAX_FRAME_SIZE=20000 get:/",
                 ack + response(1, std::string(20000, 'x'))},
             Row{"a window that raw SETTINGS opened", "h2f:SETTINGS:INITIAL_WINDOW_SIZE=0x200000 get:/",
                 ack + headers(1, {{":status", "200"}}, flag::end_headers) + large.substr(0, 60 * (16384 + 9)) +
                     data(1, "", flag::end_stream)},
             Row{"a larger table that raw SETTINGS allowed", "h2f:SETTINGS:HEADER_TABLE_SIZE=8192 get:/",
                 ack + headers(1, "\x3f\xe1\x3f\x88", last)},
             Row{"the ACK of a raw PING", "h2f:PING:'12345678' get:/", ping("12345678", flag::ack) + ok},
             Row{"a response to raw HEADERS", "h2f:HEADERS:END_HEADERS,END_STREAM:7:':method'='GET'",
                 response(7, "hi")},
             Row{"no content for a raw HEAD", "h2f:HEADERS:END_HEADERS,END_STREAM:1:':method'='HEAD'",
                 headers(1, {{":status", "200"}, {"content-length", "5"}}, last)},
             Row{"a push that raw SETTINGS allowed", "h2f:SETTINGS:ENABLE_PUSH=1 get:/",
                 ack + promise + response(2, "pushed") + ok},
             Row{"more streams than the server wants",
                 "h2f:HEADERS:END_HEADERS:1:':method'='GET' h2f:HEADERS:END_HEADERS,END_STREAM:3:':method'='GET'",
                 settings(setting(proxycore::http2::SettingId::max_concurrent_streams, 1)) + response(1, "a") +
                     rst_stream(3, ErrorCode::refused_stream)},
             Row{"a reset of what is no request", "h2f:DATA:END_STREAM:1:'x'", rst_stream(1, ErrorCode::stream_closed)},
         }) {
        FrameServer const server({hello, {row.sent}, {}, true});
        auto const outcome = against(server, {std::string(row.spec)});
        EXPECT_EQ(outcome.status, 0) << row.name << "\n" << outcome.out;
        EXPECT_THAT(outcome.out, Not(HasSubstr("error"))) << row.name;
    }
}

// --- requests with raw frames behind them ----------------------------------------------------------------------------

TEST(PathocHttp2, C6_SendsRequestsAheadOfTheRawFramesAfterThem) {
    std::string const first = "HEADERS 1 END_STREAM,END_HEADERS\n", second = "HEADERS 3 END_STREAM,END_HEADERS\n";
    std::string const reset_first = "RST_STREAM 1 CANCEL\n", reset_second = "RST_STREAM 3 CANCEL\n";
    struct Row {
        std::vector<std::string> arguments;
        std::string sent;
    };
    auto const in_pairs = first + reset_first + second + reset_second;
    for (auto const& row : {Row{{"get:/:r h2f:RST_STREAM get:/:r h2f:RST_STREAM"}, in_pairs},
                            Row{{"--repeat", "2", "get:/:r h2f:RST_STREAM"}, in_pairs},
                            Row{{"get:/:r h2f:RST_STREAM", "get:/:r h2f:RST_STREAM"}, in_pairs},
                            Row{{"get:/:r:x2 h2f:RST_STREAM:x2"}, first + second + reset_first + reset_second},
                            Row{{"get:/:r get:/:r h2f:RST_STREAM"}, first + second + reset_second}}) {
        FrameServer const server({hello, {}});  // it never responds
        auto arguments = row.arguments;
        arguments.insert(arguments.begin(), {"-t", "0.2"});
        auto const outcome = against(server, arguments);
        EXPECT_EQ(outcome.status, row.sent.find(reset_first) != std::string::npos ? 0 : 1) << outcome.out;
        EXPECT_THAT(server.received(), HasSubstr(row.sent));
    }
}

TEST(PathocHttp2, C6_ReportsResponsesThatArriveLate) {
    FrameServer const server({hello, {response(1, "a"), response(3, "bc")}});
    auto const outcome = against(server, {"-t", "0.5", "get:/a get:/b h2f:PING"});
    EXPECT_THAT(outcome.out, testing::StartsWith(">> 'GET':/a\n>> 'GET':/b\n>> h2f:PING\n"));
    EXPECT_THAT(outcome.out, HasSubstr("<< 200 : 1 bytes (stream 1)\n"));
    EXPECT_THAT(outcome.out, HasSubstr("<< 200 : 2 bytes (stream 3)\n"));
    EXPECT_EQ(outcome.status, 0);
}

TEST(PathocHttp2, C6_ReportsThatAResponseNeverArrived) {
    FrameServer const server({hello, {}});
    auto const outcome = against(server, {"-t", "0.2", "get:/a h2f:PING"});
    EXPECT_THAT(outcome.out, testing::EndsWith("Timeout (stream 1)\n"));
    EXPECT_EQ(outcome.status, 1);
}

TEST(PathocHttp2, C6_WaitsForResponsesWhereNoRawFrameFollows) {
    FrameServer const server({hello, {response(1, "a"), response(3, "bc")}});
    auto const outcome = against(server, {"-t", "0.2", "get:/a", "get:/b h2f:RST_STREAM"});
    EXPECT_THAT(outcome.out, testing::StartsWith(">> 'GET':/a\n<< 200 : 1 bytes\n>> 'GET':/b\n"));
}

}  // namespace
}  // namespace pathology::pathoc::test
