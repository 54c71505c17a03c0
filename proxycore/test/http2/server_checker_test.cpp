// Each way in which a server can break RFC 9113, sent to a client that has sent `GET /` on stream 1: the frame that the
// client has to send, and what it reports.
#include <gtest/gtest.h>

#include <pathology/proxycore/http2/server_checker.hpp>

#include "http2/client.hpp"
#include "support/for_each_split.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::http2 {
namespace {

using namespace test;
using namespace std::string_literals;
using pathology::test::for_each_split;
using pathology::test::row_name;

constexpr unsigned end_headers = flag::end_headers, end_stream = flag::end_stream;
constexpr unsigned last = end_headers | end_stream;

/// What the client of a test has sent: preface, SETTINGS and a GET on stream 1.
std::string opening() { return std::string(client_preface) + settings(setting(SettingId::enable_push, 0)) + get(1); }

std::unique_ptr<ServerChecker> checker_after(std::string_view sent) {
    auto checker = std::make_unique<ServerChecker>();
    checker->record_sent(sent);
    return checker;
}

std::string reported(ServerChecker& checker) {
    std::string text;
    for (auto const& violation : checker.take_violations()) text += describe(violation) + "\n";
    return text;
}

struct Situation {
    std::string_view name;
    std::string sent;    // by the server, after its first SETTINGS
    std::string answer;  // the client's frame, without the line end
    std::string reported;
    std::string hello = server_hello();
};
void PrintTo(Situation const& row, std::ostream* out) { *out << row.name; }

class JudgedServer : public testing::TestWithParam<Situation> {};

TEST_P(JudgedServer, C5_IsReportedByFrameAndRule) {
    auto const& row = GetParam();
    auto checker = checker_after(opening());
    checker->feed(row.hello + row.sent);
    EXPECT_EQ(lines(checker->take_output()), row.answer.empty() ? "" : row.answer + "\n");
    EXPECT_EQ(reported(*checker), row.reported.empty() ? "" : row.reported + "\n");
    EXPECT_EQ(checker->is_broken(), row.answer.starts_with("GOAWAY"));
}

TEST_P(JudgedServer, C5_IsReportedTheSameHoweverItArrives) {
    auto const& row = GetParam();
    auto const wire = row.hello + row.sent;
    auto const make = [] { return checker_after(opening()); };
    auto const check = [&](std::unique_ptr<ServerChecker>& checker, auto const& pieces) {
        for (auto const piece : pieces) checker->feed(piece);
        ASSERT_EQ(lines(checker->take_output()), row.answer.empty() ? "" : row.answer + "\n");
        ASSERT_EQ(reported(*checker), row.reported.empty() ? "" : row.reported + "\n");
    };
    if (wire.size() <= 2000) return for_each_split(wire, make, check);
    std::vector<std::string_view> bytes;  // each place to cut would be too many
    for (std::size_t at = 0; at < wire.size(); ++at) bytes.push_back(std::string_view(wire).substr(at, 1));
    auto checker = make();
    check(checker, bytes);
}

std::string goaway(std::string_view code) { return "GOAWAY 0 " + std::string(code); }
std::string const protocol_goaway = goaway("PROTOCOL_ERROR"), size_goaway = goaway("FRAME_SIZE_ERROR"),
                  flow_goaway = goaway("FLOW_CONTROL_ERROR"), closed_goaway = goaway("STREAM_CLOSED");
std::string const reset_1 = "RST_STREAM 1 PROTOCOL_ERROR";
std::string protocol(std::string_view rest) { return "connection error PROTOCOL_ERROR (1): " + std::string(rest); }
std::string size(std::string_view rest) { return "connection error FRAME_SIZE_ERROR (6): " + std::string(rest); }
std::string flow(std::string_view rest) { return "connection error FLOW_CONTROL_ERROR (3): " + std::string(rest); }
std::string closed(std::string_view rest) { return "connection error STREAM_CLOSED (5): " + std::string(rest); }
std::string stream_1(std::string_view rest) { return "stream 1: error PROTOCOL_ERROR (1): " + std::string(rest); }

std::string const most(16384, 'x');
std::string const interims = [] {
    std::string all;
    for (int i = 0; i < 101; ++i) all += response(1, "103");
    return all;
}();
std::string const ok = response(1, "200"), ended = response(1, "200", {}, end_stream);
std::string const promise =
    number(2) + block({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}});

INSTANTIATE_TEST_SUITE_P(
    Beginning, JudgedServer,
    testing::Values(
        Situation{"Http1", "HTTP/1.1 400 Bad Request\r\n\r\n", protocol_goaway,
                  protocol("0x50 stream 825110816 0x2f 4740180 bytes: the server speaks HTTP/1 (RFC 9113 section 3.4)"),
                  ""},
        Situation{
            "OtherProtocol", "SSH-2.0-x\r\n", protocol_goaway,
            protocol("0x2d stream 774909304 0x32 5460808 bytes: the first frame of a server has to be SETTINGS (RFC "
                     "9113 section 3.4)"),
            ""},
        Situation{"NoSettings", ok, protocol_goaway,
                  protocol("HEADERS stream 1 END_HEADERS 13 bytes: the first frame of a server has to be SETTINGS (RFC "
                           "9113 section 3.4)"),
                  ""},
        Situation{
            "OnlyAnAck", settings({}, flag::ack), protocol_goaway,
            protocol("SETTINGS ACK 0 bytes: the first frame of a server has to be SETTINGS (RFC 9113 section 3.4)"),
            ""}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Data, JudgedServer,
    testing::Values(
        Situation{"OnZero", data(0, "x"), protocol_goaway,
                  protocol("DATA 1 bytes: the stream is 0 (RFC 9113 section 6.1)")},
        Situation{"OnIdle", data(3, "x"), protocol_goaway,
                  protocol("DATA stream 3 1 bytes: the stream is idle: nobody has opened it (RFC 9113 section 5.1)")},
        Situation{"OnIdleOfServer", data(2, "x"), protocol_goaway,
                  protocol("DATA stream 2 1 bytes: the stream is idle: nobody has opened it (RFC 9113 section 5.1)")},
        Situation{
            "BeforeTheHead", data(1, "x"), protocol_goaway,
            protocol("DATA stream 1 1 bytes: content before the final response of its stream (RFC 9113 section 8.1)")},
        Situation{"AfterTheEnd", ended + data(1, "x"), closed_goaway,
                  closed("DATA stream 1 1 bytes: the stream is closed (RFC 9113 section 5.1)")},
        Situation{
            "Padding", ok + data(1, "\x05x", flag::padded), protocol_goaway,
            protocol("DATA stream 1 PADDED 2 bytes: the padding is longer than the frame (RFC 9113 section 6.1)")},
        Situation{
            "PaddingWithoutLength", ok + data(1, "", flag::padded), protocol_goaway,
            protocol("DATA stream 1 PADDED 0 bytes: the padding is longer than the frame (RFC 9113 section 6.1)")},
        Situation{
            "TooLong", ok + data(1, std::string(16385, 'x')), size_goaway,
            size("DATA stream 1 16385 bytes: the client allows frames of at most 16384 bytes (RFC 9113 section 4.2)")},
        Situation{"BeyondTheWindow", ok + data(1, most) + data(1, most) + data(1, most) + data(1, most), flow_goaway,
                  flow("DATA stream 1 16384 bytes: more content than the windows allow (RFC 9113 section 6.9.1)")}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Headers, JudgedServer,
    testing::Values(
        Situation{"OnZero", response(0, "200"), protocol_goaway,
                  protocol("HEADERS END_HEADERS 13 bytes: the stream is 0 (RFC 9113 section 6.2)")},
        Situation{"OnIdle", response(3, "200"), protocol_goaway,
                  protocol("HEADERS stream 3 END_HEADERS 13 bytes: the client has not opened this stream (RFC 9113 "
                           "section 5.1.1)")},
        Situation{"OnIdleOfServer", response(2, "200"), protocol_goaway,
                  protocol("HEADERS stream 2 END_HEADERS 13 bytes: the client has not opened this stream (RFC 9113 "
                           "section 5.1.1)")},
        Situation{"AfterTheEnd", ended + response(1, "200"), closed_goaway,
                  closed("HEADERS stream 1 END_HEADERS 13 bytes: the stream is closed (RFC 9113 section 5.1)")},
        Situation{"AfterContent", ok + data(1, "x", end_stream) + response(1, "200"), closed_goaway,
                  closed("HEADERS stream 1 END_HEADERS 13 bytes: the stream is closed (RFC 9113 section 5.1)")},
        Situation{"Padding", headers(1, "\xff\x88"s, last | flag::padded), protocol_goaway,
                  protocol("HEADERS stream 1 END_STREAM,END_HEADERS,PADDED 2 bytes: the padding is longer than the "
                           "frame (RFC 9113 section 6.2)")},
        Situation{"PaddingWithoutLength", headers(1, "", last | flag::padded), protocol_goaway,
                  protocol("HEADERS stream 1 END_STREAM,END_HEADERS,PADDED 0 bytes: the padding is longer than the "
                           "frame (RFC 9113 section 6.2)")},
        Situation{"PriorityWithoutFields", headers(1, "\x88", last | flag::priority), size_goaway,
                  size("HEADERS stream 1 END_STREAM,END_HEADERS,PRIORITY 1 bytes: the frame is too short for its "
                       "fields (RFC 9113 section 6.2)")},
        Situation{"TooLong", headers(1, std::string_view(std::string(16385, '\x88'))), size_goaway,
                  size("HEADERS stream 1 END_STREAM,END_HEADERS 16385 bytes: the client allows frames of at most 16384 "
                       "bytes (RFC 9113 section 4.2)")},
        Situation{"InsideABlock", headers(1, "\x88", 0) + headers(1, "\x88"), protocol_goaway,
                  protocol("HEADERS stream 1 END_STREAM,END_HEADERS 1 bytes: a field block is open, which only "
                           "CONTINUATION on its stream may continue (RFC 9113 section 6.2)")},
        Situation{"BrokenBlock", headers(1, "\x80"), goaway("COMPRESSION_ERROR"),
                  "connection error COMPRESSION_ERROR (9): HEADERS stream 1 END_STREAM,END_HEADERS 1 bytes: the field "
                  "block cannot be decoded (RFC 9113 section 4.3)"},
        Situation{"IndexBeyondTheTable", headers(1, "\xbe"), goaway("COMPRESSION_ERROR"),
                  "connection error COMPRESSION_ERROR (9): HEADERS stream 1 END_STREAM,END_HEADERS 1 bytes: the field "
                  "block cannot be decoded (RFC 9113 section 4.3)"},
        Situation{"TableUpdateAboveTheLimit", headers(1, "\x3f\xe1\xff\x03\x88"), goaway("COMPRESSION_ERROR"),
                  "connection error COMPRESSION_ERROR (9): HEADERS stream 1 END_STREAM,END_HEADERS 5 bytes: the field "
                  "block cannot be decoded (RFC 9113 section 4.3)"},
        Situation{"TableUpdateAtTheEnd", headers(1, "\x88\x20"), goaway("COMPRESSION_ERROR"),
                  "connection error COMPRESSION_ERROR (9): HEADERS stream 1 END_STREAM,END_HEADERS 2 bytes: the field "
                  "block cannot be decoded (RFC 9113 section 4.3)"},
        Situation{"BrokenHuffman", headers(1, "\x88\x40\x81\xff\x81\xff"), goaway("COMPRESSION_ERROR"),
                  "connection error COMPRESSION_ERROR (9): HEADERS stream 1 END_STREAM,END_HEADERS 6 bytes: the field "
                  "block cannot be decoded (RFC 9113 section 4.3)"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    OtherFrames, JudgedServer,
    testing::Values(
        Situation{"DataAfterAReset", rst_stream(1, ErrorCode::cancel) + data(1, "x"), closed_goaway,
                  closed("DATA stream 1 1 bytes: the stream is closed (RFC 9113 section 5.1)")},
        Situation{"HeadersAfterAReset", rst_stream(1, ErrorCode::cancel) + ok, closed_goaway,
                  closed("HEADERS stream 1 END_HEADERS 13 bytes: the stream is closed (RFC 9113 section 5.1)")},
        Situation{"DataAfterGoaway", frame(FrameType::goaway, 0, 0, "\0\0\0\0\0\0\0\0"s) + data(1, "x"), closed_goaway,
                  closed("DATA stream 1 1 bytes: the stream is closed (RFC 9113 section 5.1)")},
        Situation{"PriorityOnZero", frame(FrameType::priority, 0, 0, "\0\0\0\0\x10"s), protocol_goaway,
                  protocol("PRIORITY 5 bytes: the stream is 0 (RFC 9113 section 6.3)")},
        Situation{"PrioritySize", frame(FrameType::priority, 0, 1, "1234"), size_goaway,
                  size("PRIORITY stream 1 4 bytes: its payload has to be 5 bytes (RFC 9113 section 6.3)")},
        Situation{"ResetOnZero", rst_stream(0, ErrorCode::cancel), protocol_goaway,
                  protocol("RST_STREAM 4 bytes: the stream is 0 (RFC 9113 section 6.4)")},
        Situation{
            "ResetOfIdle", rst_stream(3, ErrorCode::cancel), protocol_goaway,
            protocol("RST_STREAM stream 3 4 bytes: the stream is idle: nobody has opened it (RFC 9113 section 6.4)")},
        Situation{"ResetSize", frame(FrameType::rst_stream, 0, 1, "123"), size_goaway,
                  size("RST_STREAM stream 1 3 bytes: its payload has to be 4 bytes (RFC 9113 section 6.4)")},
        Situation{"ResetSizeOfClosed", ended + frame(FrameType::rst_stream, 0, 1, "12345"), size_goaway,
                  size("RST_STREAM stream 1 5 bytes: its payload has to be 4 bytes (RFC 9113 section 6.4)")},
        Situation{"SettingsOnAStream", frame(FrameType::settings, 0, 1), protocol_goaway,
                  protocol("SETTINGS stream 1 0 bytes: the stream is not 0 (RFC 9113 section 6.5)")},
        Situation{"SettingsSize", settings("12345"), size_goaway,
                  size("SETTINGS 5 bytes: its payload has to be a multiple of 6 bytes (RFC 9113 section 6.5)")},
        Situation{"SettingsAckWithPayload", settings("123456", flag::ack), size_goaway,
                  size("SETTINGS ACK 6 bytes: an ACK has no payload (RFC 9113 section 6.5)")},
        Situation{"SettingsAckOfNothing", settings({}, flag::ack), protocol_goaway,
                  protocol("SETTINGS ACK 0 bytes: no SETTINGS of the client wait for an ACK (RFC 9113 section 6.5.3)")},
        Situation{"PushOfTwo", settings(setting(SettingId::enable_push, 2)), protocol_goaway,
                  protocol("SETTINGS 6 bytes: ENABLE_PUSH has to be 0 or 1 (RFC 9113 section 6.5.2)")},
        Situation{"PushByAServer", settings(setting(SettingId::enable_push, 1)), protocol_goaway,
                  protocol("SETTINGS 6 bytes: ENABLE_PUSH of a server has to be 0 (RFC 9113 section 6.5.2)")},
        Situation{"WindowTooLarge", settings(setting(SettingId::initial_window_size, 0x80000000)), flow_goaway,
                  flow("SETTINGS 6 bytes: INITIAL_WINDOW_SIZE is above 2^31-1 (RFC 9113 section 6.5.2)")},
        Situation{"FrameSizeTooSmall", settings(setting(SettingId::max_frame_size, 16383)), protocol_goaway,
                  protocol("SETTINGS 6 bytes: MAX_FRAME_SIZE is not from 2^14 to 2^24-1 (RFC 9113 section 6.5.2)")},
        Situation{"FrameSizeTooLarge", settings(setting(SettingId::max_frame_size, 1U << 24U)), protocol_goaway,
                  protocol("SETTINGS 6 bytes: MAX_FRAME_SIZE is not from 2^14 to 2^24-1 (RFC 9113 section 6.5.2)")},
        Situation{"ConnectProtocolOfTwo", settings(setting(SettingId::enable_connect_protocol, 2)), protocol_goaway,
                  protocol("SETTINGS 6 bytes: ENABLE_CONNECT_PROTOCOL has to be 0 or 1 (RFC 8441 section 3)")},
        Situation{"WindowOfAStreamRaisedTooFar",
                  window_update(1, 0x7fff0000) + settings(setting(SettingId::initial_window_size, 0x7fffffff)),
                  flow_goaway,
                  flow("SETTINGS 6 bytes: INITIAL_WINDOW_SIZE raises the window of a stream above 2^31-1 (RFC 9113 "
                       "section 6.9.2)")},
        Situation{"PushDisabled", frame(FrameType::push_promise, end_headers, 1, promise), protocol_goaway,
                  protocol("PUSH_PROMISE stream 1 END_HEADERS 54 bytes: SETTINGS_ENABLE_PUSH of the client is 0 (RFC "
                           "9113 section 8.4)")},
        Situation{
            "PushOnZero", frame(FrameType::push_promise, end_headers, 0, promise), protocol_goaway,
            protocol(
                "PUSH_PROMISE END_HEADERS 54 bytes: SETTINGS_ENABLE_PUSH of the client is 0 (RFC 9113 section 8.4)")},
        Situation{"PingSize", ping("1234"), size_goaway,
                  size("PING 4 bytes: its payload has to be 8 bytes (RFC 9113 section 6.7)")},
        Situation{"PingOnAStream", frame(FrameType::ping, 0, 1, "12345678"), protocol_goaway,
                  protocol("PING stream 1 8 bytes: the stream is not 0 (RFC 9113 section 6.7)")},
        Situation{"GoawaySize", frame(FrameType::goaway, 0, 0, "1234567"), size_goaway,
                  size("GOAWAY 7 bytes: its payload has to be 8 bytes at least (RFC 9113 section 6.8)")},
        Situation{"GoawayOnAStream", frame(FrameType::goaway, 0, 1, "\0\0\0\0\0\0\0\0"s), protocol_goaway,
                  protocol("GOAWAY stream 1 8 bytes: the stream is not 0 (RFC 9113 section 6.8)")},
        Situation{
            "GoawayThatRises",
            frame(FrameType::goaway, 0, 0, "\0\0\0\1\0\0\0\0"s) + frame(FrameType::goaway, 0, 0, "\0\0\0\3\0\0\0\0"s),
            protocol_goaway,
            protocol("GOAWAY 8 bytes: the last stream is higher than before, or not one of the client (RFC 9113 "
                     "section 6.8)")},
        Situation{"WindowUpdateSize", frame(FrameType::window_update, 0, 0, "123"), size_goaway,
                  size("WINDOW_UPDATE 3 bytes: its payload has to be 4 bytes (RFC 9113 section 6.9)")},
        Situation{"WindowUpdateOfZero", window_update(0, 0), protocol_goaway,
                  protocol("WINDOW_UPDATE 4 bytes: the increment is 0 (RFC 9113 section 6.9)")},
        Situation{"WindowUpdateOfZeroOnAStream", window_update(1, 0), protocol_goaway,
                  protocol("WINDOW_UPDATE stream 1 4 bytes: the increment is 0 (RFC 9113 section 6.9)")},
        Situation{
            "WindowUpdateOfIdle", window_update(3, 1), protocol_goaway,
            protocol(
                "WINDOW_UPDATE stream 3 4 bytes: the stream is idle: nobody has opened it (RFC 9113 section 5.1)")},
        Situation{"WindowOverflow", window_update(0, 0x7fffffff), flow_goaway,
                  flow("WINDOW_UPDATE 4 bytes: it raises a window above 2^31-1 (RFC 9113 section 6.9.1)")},
        Situation{"WindowOverflowOfAStream", window_update(1, 0x7fffffff), "RST_STREAM 1 FLOW_CONTROL_ERROR",
                  "stream 1: error FLOW_CONTROL_ERROR (3): WINDOW_UPDATE stream 1 4 bytes: it raises a window above "
                  "2^31-1 (RFC 9113 section 6.9.1)"},
        Situation{"ContinuationOfNothing", frame(FrameType::continuation, end_headers, 1, "\x88"), protocol_goaway,
                  protocol("CONTINUATION stream 1 END_HEADERS 1 bytes: no field block is open that it could continue "
                           "(RFC 9113 section 6.10)")},
        Situation{"ContinuationAfterTheBlock", ok + frame(FrameType::continuation, end_headers, 1, "\x88"),
                  protocol_goaway,
                  protocol("CONTINUATION stream 1 END_HEADERS 1 bytes: no field block is open that it could continue "
                           "(RFC 9113 section 6.10)")},
        Situation{"ContinuationOnZero", frame(FrameType::continuation, end_headers, 0, "\x88"), protocol_goaway,
                  protocol("CONTINUATION END_HEADERS 1 bytes: no field block is open that it could continue (RFC 9113 "
                           "section 6.10)")},
        Situation{"ContinuationOfAnotherStream",
                  headers(1, "\x88", 0) + frame(FrameType::continuation, end_headers, 3, "\x88"), protocol_goaway,
                  protocol("CONTINUATION stream 3 END_HEADERS 1 bytes: a field block is open, which only CONTINUATION "
                           "on its stream may continue (RFC 9113 section 6.2)")},
        Situation{"DataInsideABlock", headers(1, "\x88", 0) + data(1, "x"), protocol_goaway,
                  protocol("DATA stream 1 1 bytes: a field block is open, which only CONTINUATION on its stream may "
                           "continue (RFC 9113 section 6.2)")},
        Situation{"PingInsideABlock", headers(1, "\x88", 0) + ping("12345678"), protocol_goaway,
                  protocol("PING 8 bytes: a field block is open, which only CONTINUATION on its stream may continue "
                           "(RFC 9113 section 6.2)")},
        Situation{"UnknownTypeInsideABlock", headers(1, "\x88", 0) + frame(FrameType{0x77}, 0, 1), protocol_goaway,
                  protocol("0x77 stream 1 0 bytes: a field block is open, which only CONTINUATION on its stream may "
                           "continue (RFC 9113 section 6.2)")}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Responses, JudgedServer,
    testing::Values(
        Situation{"NoStatus", headers(1, {{"x", "y"}}), reset_1,
                  stream_1("HEADERS stream 1 END_STREAM,END_HEADERS 5 bytes: the header section has no :status, or an "
                           "interim response ends the stream (RFC 9113 section 8.3.2)")},
        Situation{"EmptySection", headers(1, ""), reset_1,
                  stream_1("HEADERS stream 1 END_STREAM,END_HEADERS 0 bytes: the header section has no :status, or an "
                           "interim response ends the stream (RFC 9113 section 8.3.2)")},
        Situation{"TwoStatus", response(1, "200", {{":status", "200"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 26 bytes: :status \"200\" is a second one, follows another "
                           "field, or is in a trailer section (RFC 9113 section 8.3)")},
        Situation{"StatusAfterAField", headers(1, {{"x", "y"}, {":status", "200"}}), reset_1,
                  stream_1("HEADERS stream 1 END_STREAM,END_HEADERS 18 bytes: :status \"200\" is a second one, follows "
                           "another field, or is in a trailer section (RFC 9113 section 8.3)")},
        Situation{
            "StatusIsNoNumber", response(1, "2x0"), reset_1,
            stream_1(
                "HEADERS stream 1 END_HEADERS 13 bytes: :status \"2x0\" is not three digits (RFC 9113 section 8.3.2)")},
        Situation{"StatusOfFourDigits", response(1, "2000"), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 14 bytes: :status \"2000\" is not three digits (RFC 9113 "
                           "section 8.3.2)")},
        Situation{"StatusOfNoClass", response(1, "045"), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 13 bytes: a status of 45 (RFC 9110 section 15)")},
        Situation{"SwitchingProtocols", response(1, "101"), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 13 bytes: HTTP/2 has no 101 (Switching Protocols) (RFC 9113 "
                           "section 8.6)")},
        Situation{"InterimThatEnds", response(1, "103", {}, end_stream), reset_1,
                  stream_1("HEADERS stream 1 END_STREAM,END_HEADERS 13 bytes: the header section has no :status, or an "
                           "interim response ends the stream (RFC 9113 section 8.3.2)")},
        Situation{"UnknownPseudoField", response(1, "200", {{":other", "x"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 23 bytes: responses have no pseudo-header field \":other\" "
                           "(RFC 9113 section 8.3)")},
        Situation{"PseudoFieldOfRequests", response(1, "200", {{":path", "/"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 22 bytes: responses have no pseudo-header field \":path\" "
                           "(RFC 9113 section 8.3)")},
        Situation{"UpperCase", response(1, "200", {{"Upper", "1"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 22 bytes: the field name \"Upper\" has letters in upper case "
                           "(RFC 9113 section 8.2.1)")},
        Situation{"BadName", response(1, "200", {{"a b", "1"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 20 bytes: the field \"a b\" has a forbidden character: \"1\" "
                           "(RFC 9113 section 8.2.1)")},
        Situation{"EmptyName", response(1, "200", {{"", "1"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 17 bytes: a field has no name (RFC 9113 section 8.2.1)")},
        Situation{"SpaceBeforeAValue", response(1, "200", {{"x", " a"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 19 bytes: the field \"x\" has a forbidden character: \" a\" "
                           "(RFC 9113 section 8.2.1)")},
        Situation{"SpaceAfterAValue", response(1, "200", {{"x", "a\t"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 19 bytes: the field \"x\" has a forbidden character: \"a\\t\" "
                           "(RFC 9113 section 8.2.1)")},
        Situation{"TooManyInterims", interims, "RST_STREAM 1 ENHANCE_YOUR_CALM",
                  "stream 1: error ENHANCE_YOUR_CALM (11): HEADERS stream 1 END_HEADERS 13 bytes: more than 100 "
                  "interim responses"},
        Situation{"BadValue", response(1, "200", {{"x", "a\nb"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 20 bytes: the field \"x\" has a forbidden character: "
                           "\"a\\nb\" (RFC 9113 section 8.2.1)")},
        Situation{"Connection", response(1, "200", {{"connection", "close"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 31 bytes: the field \"connection\" is for HTTP/1.1 (RFC 9113 "
                           "section 8.2.2)")},
        Situation{"KeepAlive", response(1, "200", {{"keep-alive", "1"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 27 bytes: the field \"keep-alive\" is for HTTP/1.1 (RFC 9113 "
                           "section 8.2.2)")},
        Situation{"ProxyConnection", response(1, "200", {{"proxy-connection", "1"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 33 bytes: the field \"proxy-connection\" is for HTTP/1.1 (RFC "
                           "9113 section 8.2.2)")},
        Situation{"TransferEncoding", response(1, "200", {{"transfer-encoding", "chunked"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 40 bytes: the field \"transfer-encoding\" is for HTTP/1.1 "
                           "(RFC 9113 section 8.2.2)")},
        Situation{"Upgrade", response(1, "200", {{"upgrade", "x"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 24 bytes: the field \"upgrade\" is for HTTP/1.1 (RFC 9113 "
                           "section 8.2.2)")},
        Situation{"LengthIsNoNumber", response(1, "200", {{"content-length", "x"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 31 bytes: the field \"content-length\" is no number, not the "
                           "only one, or not allowed with this status: \"x\" (RFC 9113 section 8.1.1)")},
        Situation{"TwoLengths", response(1, "200", {{"content-length", "1"}, {"content-length", "2"}}), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 49 bytes: the field \"content-length\" is no number, not the "
                           "only one, or not allowed with this status: \"2\" (RFC 9113 section 8.1.1)")},
        Situation{"LessThanTheLength", response(1, "200", {{"content-length", "5"}}) + data(1, "ab", end_stream),
                  reset_1,
                  stream_1("DATA stream 1 END_STREAM 2 bytes: content-length is \"5\", and 2 bytes came (RFC 9113 "
                           "section 8.1.1)")},
        Situation{
            "MoreThanTheLength", response(1, "200", {{"content-length", "1"}}) + data(1, "ab"), reset_1,
            stream_1("DATA stream 1 2 bytes: content-length is \"1\", and 2 bytes came (RFC 9113 section 8.1.1)")},
        Situation{"NoneOfTheLength", response(1, "200", {{"content-length", "1"}}, end_stream), reset_1,
                  stream_1("HEADERS stream 1 END_STREAM,END_HEADERS 31 bytes: content-length is \"1\", and 0 bytes "
                           "came (RFC 9113 section 8.1.1)")},
        Situation{"ContentOf204", response(1, "204") + data(1, "x", end_stream), reset_1,
                  stream_1("DATA stream 1 END_STREAM 1 bytes: this response has no content (RFC 9110 section 6.4.1)")},
        Situation{"ContentOf304", response(1, "304") + data(1, "x", end_stream), reset_1,
                  stream_1("DATA stream 1 END_STREAM 1 bytes: this response has no content (RFC 9110 section 6.4.1)")},
        Situation{"PseudoFieldInTrailers", ok + headers(1, {{":status", "200"}}), reset_1,
                  stream_1("HEADERS stream 1 END_STREAM,END_HEADERS 13 bytes: :status \"200\" is a second one, follows "
                           "another field, or is in a trailer section (RFC 9113 section 8.3)")},
        Situation{"UpperCaseInTrailers", ok + headers(1, {{"Upper", "1"}}), reset_1,
                  stream_1("HEADERS stream 1 END_STREAM,END_HEADERS 9 bytes: the field name \"Upper\" has letters in "
                           "upper case (RFC 9113 section 8.2.1)")},
        Situation{"TrailersThatEndNothing", ok + headers(1, {{"x", "y"}}, end_headers), reset_1,
                  stream_1("HEADERS stream 1 END_HEADERS 5 bytes: a header section after the final one has to be "
                           "trailers and to end the stream (RFC 9113 section 8.1)")}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Valid, JudgedServer,
    testing::Values(
        Situation{"Response", ok + data(1, "x", end_stream), "", ""},
        Situation{"UnknownTypes", frame(FrameType{0x77}, 0xff, 0, "?") + frame(FrameType{0x77}, 0, 9) + ended, "", ""},
        Situation{"UnknownFlags", response(1, "200", {}, 0xd2), "", ""},
        Situation{"UnknownSetting", settings(setting(SettingId{0x99}, 1)), "", ""},
        Situation{"Priority", frame(FrameType::priority, 0, 5, "\0\0\0\0\x10"s) + ended, "", ""},
        Situation{"Interim", response(1, "103") + response(1, "100") + ended, "", ""},
        Situation{"Trailers", ok + headers(1, {{"x", "y"}}, last), "", ""},
        Situation{"PingAck", ping("12345678", flag::ack) + ping("12345678") + ended, "", ""},
        Situation{"WindowUpdateOfClosed", ended + window_update(1, 5) + rst_stream(1, ErrorCode::no_error), "", ""},
        Situation{"Goaway", frame(FrameType::goaway, 0, 0, "\0\0\0\0\0\0\0\1slow"s), "", ""},
        Situation{"Reset", rst_stream(1, ErrorCode::refused_stream), "", ""}),
    row_name);

/// SETTINGS of a script count from their ACK on.
TEST(ServerChecker, C5_JudgesByTheFrameSizeThatTheClientAllowed) {
    auto const raised = settings(setting(SettingId::max_frame_size, 20000));
    auto const checker = checker_after(opening() + raised);
    checker->feed(server_hello() + settings({}, flag::ack) + ok + data(1, std::string(20000, 'x')));
    EXPECT_EQ(reported(*checker), "");
    checker->feed(data(1, std::string(20001, 'x')));
    EXPECT_EQ(
        reported(*checker),
        size("DATA stream 1 20001 bytes: the client allows frames of at most 20000 bytes (RFC 9113 section 4.2)") +
            "\n");
}

TEST(ServerChecker, C5_DoesNotBlameTheServerForAWindowThatTheClientMadeTooLarge) {
    auto const raised = settings(setting(SettingId::initial_window_size, 0x7fffffff));
    auto const checker = checker_after(opening() + window_update(1, 0x7fff0000) + raised);
    checker->feed(server_hello() + settings({}, flag::ack) + ok + data(1, "x", end_stream));
    EXPECT_EQ(lines(checker->take_output()), "");
    EXPECT_EQ(reported(*checker), "");
    EXPECT_FALSE(checker->is_broken());
}

}  // namespace
}  // namespace pathology::proxycore::http2
