// What a client owes broken servers: RFC 9113, section by section. Each row is what a server says after its SETTINGS to
// a client that asked `GET /` on stream 1, what the client says to that, and what it tells its user.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http2/client.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::http2 {
namespace {

using namespace test;
using pathology::test::row_name;

constexpr unsigned end_stream = flag::end_stream;

struct Situation {
    std::string_view name;
    std::string sent;
    std::string response_text;  // of the client; `over` when the connection is
    std::string reported;
};
void PrintTo(Situation const& row, std::ostream* out) { *out << row.name; }

class BrokenServer : public testing::TestWithParam<Situation> {};

SessionSettings settings_of_a_test() {
    SessionSettings settings;
    settings.max_header_list = 1000;
    settings.max_content = 10;
    settings.max_interims = 3;
    settings.max_empty_data = 2;
    return settings;
}

void play(Situation const& row, bool byte_by_byte) {
    Client client(settings_of_a_test());
    client.submit();
    client.exchange(server_hello());
    if (byte_by_byte) {
        for (char const c : row.sent) client.feed({&c, 1});
    } else {
        client.feed(row.sent);
    }
    auto response_text = client.drain();
    if (client.session.failure()) client.log += client.session.failure()->message + "\n";
    if (client.session.is_over()) response_text += "over\n";
    EXPECT_EQ(response_text, row.response_text);
    EXPECT_EQ(client.log, row.reported);
}

TEST_P(BrokenServer, IsInformedWhatTheRfcSays) { play(GetParam(), false); }
TEST_P(BrokenServer, IsReadTheSameByteByByte) { play(GetParam(), true); }

std::string goaway(std::string_view code) { return "GOAWAY 0 " + std::string(code) + "\nover\n"; }
std::string reset(std::string_view code) { return "RST_STREAM 1 " + std::string(code) + "\n"; }
std::string violation(std::string_view reason) { return "1 closed PROTOCOL_ERROR: " + std::string(reason) + "\n"; }
std::string invalid(std::string_view field) {
    return violation("Invalid HTTP header field was received: frame type: 1, stream: 1, " + std::string(field));
}

std::string_view const too_wide = "more content than the window has room for, or a window too wide\n";

INSTANTIATE_TEST_SUITE_P(
    FlowControl, BrokenServer,  // RFC 9113 §6.9
    testing::Values(
        Situation{"ZeroOnAStream", window_update(1, 0), goaway("PROTOCOL_ERROR"),
                  "WINDOW_UPDATE: window_size_increment == 0\n"},
        Situation{"TooMuchForTheConnection", window_update(0, 0x7fffffff), goaway("FLOW_CONTROL_ERROR"), "\n"},
        Situation{"TooMuchForAStream", window_update(1, 0x7fffffff), reset("FLOW_CONTROL_ERROR"),
                  "1 closed FLOW_CONTROL_ERROR: " + std::string(too_wide)},
        Situation{"JustNotTooMuch", window_update(0, 0x7fff0000) + window_update(1, 0x7fff0000), "", ""},
        Situation{"SettingsThatOverflowAWindow",
                  window_update(1, 0x7fff0000) + settings(setting(SettingId::initial_window_size, 65536)),
                  goaway("FLOW_CONTROL_ERROR"), "SETTINGS that raise the window of a stream above 2^31-1\n"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Frames, BrokenServer,  // RFC 9113 §4, §5, §6
    testing::Values(
        Situation{"DataOnZero", data(0, "x"), goaway("PROTOCOL_ERROR"), "DATA: stream_id == 0\n"},
        Situation{"DataOnIdle", data(3, "x"), goaway("PROTOCOL_ERROR"), "DATA: stream in idle\n"},
        Situation{"HeadersOnIdle", response(3, "200"), goaway("PROTOCOL_ERROR"),
                  "request HEADERS: client received request\n"},
        Situation{"HeadersOfAServer", response(2, "200"), goaway("PROTOCOL_ERROR"),
                  "request HEADERS: client received request\n"},
        Situation{"ResetOfIdle", rst_stream(3, ErrorCode::cancel), goaway("PROTOCOL_ERROR"),
                  "RST_STREAM: stream in idle\n"},
        Situation{"Push",
                  frame(FrameType::push_promise, flag::end_headers, 1,
                        number(2) + block({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}})),
                  goaway("PROTOCOL_ERROR"), "PUSH_PROMISE, although SETTINGS disabled push\n"},
        Situation{"WindowOfZero", window_update(0, 0), goaway("PROTOCOL_ERROR"),
                  "WINDOW_UPDATE: window_size_increment == 0\n"},
        Situation{"BrokenFieldBlock", headers(1, "\x80", flag::end_headers), goaway("COMPRESSION_ERROR"), "\n"},
        Situation{"UnknownTypeIsIgnored", frame(FrameType{0x16}, 0, 0, "x") + response(1, "204", {}, end_stream), "",
                  "1 response 204\n1 end\n1 closed\n"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Responses, BrokenServer,  // RFC 9113 §8
    testing::Values(Situation{"NoStatus", headers(1, {{"x", "y"}}, flag::end_headers), reset("PROTOCOL_ERROR"),
                              violation("it does not begin with a response head")},
                    Situation{"StatusIsNoNumber", response(1, "2x0"), reset("PROTOCOL_ERROR"),
                              invalid("name: [:status], value: [2x0]")},
                    Situation{"StatusOfNoClass", response(1, "045", {}, end_stream), reset("PROTOCOL_ERROR"),
                              violation("a status of 45")},
                    Situation{"TwoStatus", response(1, "200", {{":status", "200"}}), reset("PROTOCOL_ERROR"),
                              invalid("name: [:status], value: [200]")},
                    Situation{"PseudoFieldOfRequests", response(1, "200", {{":path", "/"}}), reset("PROTOCOL_ERROR"),
                              invalid("name: [:path], value: [/]")},
                    Situation{"UppercaseName", response(1, "200", {{"Upper", "1"}}), reset("PROTOCOL_ERROR"),
                              invalid("name: [Upper], value: [1]")},
                    Situation{"ValueWithALineFeed", response(1, "200", {{"x", "a\nb"}}), reset("PROTOCOL_ERROR"),
                              invalid("name: [x], value: [a\nb]")},
                    Situation{"ConnectionField", response(1, "200", {{"connection", "close"}}), reset("PROTOCOL_ERROR"),
                              invalid("name: [connection], value: [close]")},
                    Situation{"TransferEncoding", response(1, "200", {{"transfer-encoding", "chunked"}}),
                              reset("PROTOCOL_ERROR"), invalid("name: [transfer-encoding], value: [chunked]")},
                    Situation{"SwitchingProtocols", response(1, "101"), reset("PROTOCOL_ERROR"),
                              invalid("name: [:status], value: [101]")},
                    Situation{"InterimThatEndsTheStream", response(1, "103", {}, end_stream), reset("PROTOCOL_ERROR"),
                              violation("it does not begin with a response head")},
                    Situation{"DataBeforeTheHead", data(1, "x"), goaway("PROTOCOL_ERROR"), "DATA: stream not opened\n"},
                    Situation{"LessThanTheLength",
                              response(1, "200", {{"content-length", "5"}}) + data(1, "ab", end_stream),
                              reset("PROTOCOL_ERROR"),
                              "1 response 200 content-length=5\n1 data 'ab'\n" +
                                  violation("content-length is \"5\", and 2 bytes came")},
                    Situation{"MoreThanTheLength",
                              response(1, "200", {{"content-length", "2"}}) + data(1, "ab") + data(1, "c", end_stream),
                              reset("PROTOCOL_ERROR"),
                              "1 response 200 content-length=2\n1 data 'ab'\n" +
                                  violation("content-length is \"2\", and 3 bytes came")},
                    Situation{"NoneOfTheLength", response(1, "200", {{"content-length", "1"}}, end_stream),
                              reset("PROTOCOL_ERROR"), violation("content-length is \"1\", and 0 bytes came")},
                    Situation{"PseudoFieldInTrailers", response(1, "200") + headers(1, {{":status", "200"}}),
                              reset("PROTOCOL_ERROR"), "1 response 200\n" + invalid("name: [:status], value: [200]")},
                    Situation{"TrailersThatEndNothing",
                              response(1, "200") + headers(1, {{"x", "y"}}, flag::end_headers), reset("PROTOCOL_ERROR"),
                              "1 response 200\n" + violation("what follows the head is neither content nor trailers")}),
    row_name);

std::string long_section() {
    std::string fields = block({{":status", "200"}});
    for (int i = 0; i < 30; ++i) fields += block({{"x", "y"}});
    return fields;
}
std::string continuations(int count) {
    auto result = headers(1, {{":status", "200"}}, 0);
    for (int i = 0; i < count; ++i) result += frame(FrameType::continuation, 0, 1, block({{"x", "y"}}));
    return result;
}
std::string interims(int count) {
    std::string result;
    for (int i = 0; i < count; ++i) result += response(1, "103");
    return result;
}
std::string empty_data(int count) {
    auto result = response(1, "200");
    for (int i = 0; i < count; ++i) result += data(1, "");
    return result;
}
std::string many_settings() {
    std::string all;
    for (int i = 0; i < 33; ++i) all += setting(SettingId{0x99}, 1);
    return settings(all);
}

INSTANTIATE_TEST_SUITE_P(
    Limits, BrokenServer,
    testing::Values(
        Situation{"LargeFieldSection", headers(1, std::string_view(long_section()), flag::end_headers),
                  reset("ENHANCE_YOUR_CALM"),
                  "1 closed ENHANCE_YOUR_CALM: a field section of 1062 bytes, where at most 1000 are allowed\n"},
        Situation{"MuchContent", response(1, "200") + data(1, "0123456789") + data(1, "a"), reset("ENHANCE_YOUR_CALM"),
                  "1 response 200\n1 data '0123456789'\n1 closed ENHANCE_YOUR_CALM: content of more than 10 bytes\n"},
        Situation{"ContinuationWithoutEnd", continuations(17), goaway("ENHANCE_YOUR_CALM"),
                  "a field block in more than 16 CONTINUATION frames\n"},
        Situation{"InterimWithoutEnd", interims(4), reset("ENHANCE_YOUR_CALM"),
                  "1 interim 103\n1 interim 103\n1 interim 103\n"
                  "1 closed ENHANCE_YOUR_CALM: more than 3 interim responses\n"},
        Situation{"EmptyDataWithoutEnd", empty_data(3), goaway("ENHANCE_YOUR_CALM"),
                  "1 response 200\nmore than 2 DATA frames in a row without content\n"},
        Situation{"EmptyDataNowAndThen", empty_data(2) + data(1, "x") + data(1, "") + data(1, "", end_stream), "",
                  "1 response 200\n1 data 'x'\n1 end\n1 closed\n"},
        Situation{"SettingsOfManyEntries", many_settings(), goaway("ENHANCE_YOUR_CALM"),
                  "SETTINGS: too many setting entries\n"}),
    row_name);

TEST(ClientSession, EndsWithAServerOfAnotherProtocol) {
    Client client;
    client.submit();
    client.drain();
    client.feed("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    client.drain();
    ASSERT_TRUE(client.session.failure().has_value());
    EXPECT_EQ(client.session.failure()->message, "SETTINGS expected");
    EXPECT_TRUE(client.session.is_over());
}

TEST(ClientSession, EndsWhenTheServerReadsNothingOfItsAcks) {
    for (auto const& flood : {ping("12345678"), settings()}) {
        Client client;
        client.drain();
        client.feed(server_hello());
        for (int i = 0; i < 2000 && !client.session.failure(); ++i) client.feed(flood);
        ASSERT_TRUE(client.session.failure().has_value());
        EXPECT_EQ(client.session.failure()->code, ErrorCode::enhance_your_calm);
        EXPECT_THAT(client.drain(), testing::HasSubstr("GOAWAY 0 ENHANCE_YOUR_CALM\n"));
        EXPECT_TRUE(client.session.is_over());
    }
}

}  // namespace
}  // namespace pathology::proxycore::http2
