// What a server owes broken clients: RFC 9113 and RFC 7541, section by section, as an outside conformance suite asks
// it. Each row is what a client says after its preface and SETTINGS, step by step, and all that the server says to it.
#include <gtest/gtest.h>

#include "http2/server.hpp"
#include "support/for_each_split.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::http2 {
namespace {

using namespace test;
using namespace std::string_literals;
using pathology::test::for_each_split;
using pathology::test::row_name;

constexpr unsigned end_headers = flag::end_headers;
constexpr unsigned end_stream = flag::end_stream;
constexpr unsigned whole = end_headers | end_stream;

struct Situation {
    std::string_view name;
    std::vector<std::string> steps;
    std::string expected;
    std::string settings = {};  // of the client's first frame
};
void PrintTo(Situation const& row, std::ostream* out) { *out << row.name; }

class Client : public testing::TestWithParam<Situation> {};

std::string play(Situation const& row, bool byte_by_byte) {
    Server server;
    server.exchange(std::string(client_preface) + settings(row.settings));
    std::string sent;
    for (auto const& step : row.steps) {
        if (byte_by_byte) {
            for (char const c : step) server.feed({&c, 1});
        } else {
            server.feed(step);
        }
        sent += server.drain();
    }
    if (server.session.is_over()) sent += "over\n";
    return sent;
}

TEST_P(Client, IsInformedWhatTheRfcSays) { EXPECT_EQ(play(GetParam(), false), GetParam().expected); }

TEST_P(Client, IsReadTheSameByteByByte) { EXPECT_EQ(play(GetParam(), true), GetParam().expected); }

std::string response(int stream) {
    auto const id = std::to_string(stream);
    return "HEADERS " + id + " END_HEADERS\nDATA " + id + " END_STREAM 'ok'\n";
}
std::string goaway(int last, std::string_view code) {
    return "GOAWAY " + std::to_string(last) + " " + std::string(code) + "\nover\n";
}
std::string reset(int stream, std::string_view code) {
    return "RST_STREAM " + std::to_string(stream) + " " + std::string(code) + "\n";
}
std::string const pong = "PING ACK 12345678\n";
std::string const the_ping = ping("12345678");

std::string request_without(std::string_view left_out, FieldList more = {}) {
    std::string result;
    for (auto const& [name, value] :
         {std::pair{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}}) {
        if (name != left_out) result += block({{name, value}});
    }
    return headers(1, std::string_view(result + block(more)));
}
std::string request_with(FieldList more, unsigned flags = whole, std::uint32_t stream = 1) {
    return headers(
        stream,
        std::string_view(block({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}}) +
                         block(more)),
        flags);
}
std::string post(std::string_view length) {
    return headers(
        1, {{":method", "POST"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}, {"content-length", length}},
        end_headers);
}

INSTANTIATE_TEST_SUITE_P(
    Frames, Client,  // RFC 9113 §4, §5.5
    testing::Values(
        Situation{"OrdinaryRequest", {get(1)}, response(1)},
        Situation{"UnknownTypeIsIgnored", {frame(FrameType{0x16}, 0, 0, "x") + the_ping}, pong},
        Situation{"UnknownTypeOnAStreamIsIgnored", {frame(FrameType{0xff}, 0xff, 1, "x") + get(1)}, response(1)},
        Situation{"UndefinedFlagsAreIgnored", {ping("12345678", 0x16)}, pong},
        Situation{"ReservedBitIsIgnored",
                  {encode({.length = 8, .type = 6, .flags = 0, .reserved = true, .stream = 0}) + "12345678"},
                  pong},
        Situation{
            "DataOfTheLargestSize", {get(1, end_headers) + data(1, std::string(16384, 'x'), end_stream)}, response(1)},
        Situation{"DataTooLong",
                  {get(1, end_headers) + data(1, std::string(16385, 'x'), end_stream)},
                  goaway(1, "FRAME_SIZE_ERROR")},
        Situation{
            "HeadersTooLong", {headers(1, std::string_view(std::string(16385, 'x')))}, goaway(0, "FRAME_SIZE_ERROR")},
        Situation{"ExtensionInsideAFieldBlock",
                  {get(1, end_stream) + frame(FrameType{0x16}, 0, 0, "x")},
                  goaway(1, "PROTOCOL_ERROR")},
        Situation{"ContinuationsOfOneByte",
                  {headers(1, "", end_stream) + frame(FrameType::continuation, 0, 1, "\x82") +
                   frame(FrameType::continuation, 0, 1, "\x86") + frame(FrameType::continuation, 0, 1, "\x84") +
                   frame(FrameType::continuation, end_headers, 1, "\x01\x01x"s)},
                  response(1)},
        Situation{"SettingsTooLong", {settings(std::string(16386, '\0'))}, goaway(0, "FRAME_SIZE_ERROR")},
        Situation{"PushPromiseOfAClient",
                  {get(1, end_headers) + frame(FrameType::push_promise, end_headers, 1, number(2))},
                  goaway(1, "PROTOCOL_ERROR")}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    StreamStates, Client,  // RFC 9113 §5.1
    testing::Values(
        Situation{"DataOnIdle", {data(1, "x", end_stream)}, goaway(0, "PROTOCOL_ERROR")},
        Situation{"ResetOfIdle", {rst_stream(1, ErrorCode::cancel)}, goaway(0, "PROTOCOL_ERROR")},
        Situation{"WindowUpdateOnIdle", {window_update(1, 100)}, goaway(0, "PROTOCOL_ERROR")},
        Situation{
            "ContinuationOnIdle", {frame(FrameType::continuation, end_headers, 1, "x")}, goaway(0, "PROTOCOL_ERROR")},
        Situation{"DataAfterTheEnd", {get(1) + data(1, "x", end_stream)}, goaway(1, "STREAM_CLOSED")},
        Situation{"HeadersAfterTheEnd", {get(1) + get(1)}, goaway(1, "STREAM_CLOSED")},
        Situation{"ContinuationAfterTheEnd",
                  {get(1) + frame(FrameType::continuation, end_headers, 1, "x")},
                  goaway(1, "PROTOCOL_ERROR")},
        Situation{"DataOnClosed", {get(1), data(1, "x")}, response(1) + goaway(1, "STREAM_CLOSED")},
        Situation{"HeadersOnClosed", {get(1), get(1)}, response(1) + goaway(1, "STREAM_CLOSED")},
        Situation{"WindowUpdateOnClosedIsIgnored", {get(1), window_update(1, 1) + the_ping}, response(1) + pong},
        Situation{"ResetOfClosedIsIgnored", {get(1), rst_stream(1, ErrorCode::cancel) + the_ping}, response(1) + pong},
        Situation{"PriorityOnClosedIsIgnored",
                  {get(1), frame(FrameType::priority, 0, 1, number(0) + "x") + the_ping},
                  response(1) + pong},
        Situation{"EvenStream", {get(2)}, goaway(0, "PROTOCOL_ERROR")},
        Situation{"LowerStream", {get(5), get(3)}, response(5) + goaway(5, "PROTOCOL_ERROR")},
        Situation{"DependsOnItself",
                  {headers(1,
                           std::string_view(number(1) + "\xff" +
                                            block({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}})),
                           whole | flag::priority)},
                  goaway(0, "PROTOCOL_ERROR")}),
    row_name);

INSTANTIATE_TEST_SUITE_P(Data, Client,  // RFC 9113 §6.1
                         testing::Values(Situation{"OnStreamZero", {data(0, "x")}, goaway(0, "PROTOCOL_ERROR")},
                                         Situation{"Padded",
                                                   {get(1, end_headers) + data(1,
                                                                               "\x02"s
                                                                               "x\0\0"s,
                                                                               end_stream | flag::padded)},
                                                   response(1)},
                                         Situation{"PaddingAsLongAsThePayload",
                                                   {get(1, end_headers) + data(1,
                                                                               "\x03"s
                                                                               "xx",
                                                                               end_stream | flag::padded)},
                                                   goaway(1, "PROTOCOL_ERROR")},
                                         Situation{"PaddingWithoutALength",
                                                   {get(1, end_headers) + data(1, "", end_stream | flag::padded)},
                                                   goaway(1, "PROTOCOL_ERROR")}),
                         row_name);

INSTANTIATE_TEST_SUITE_P(
    Headers, Client,  // RFC 9113 §6.2, §4.3, §6.10
    testing::Values(
        Situation{"OnStreamZero", {get(0)}, goaway(0, "PROTOCOL_ERROR")},
        Situation{"PaddingLongerThanThePayload",
                  {headers(1,
                           "\x7f"
                           "abc",
                           whole | flag::padded)},
                  goaway(0, "PROTOCOL_ERROR")},
        Situation{"BlockInManyPieces",
                  {headers(1, "\x82", end_stream) + frame(FrameType::continuation, 0, 1, "\x86\x84\x01") +
                   frame(FrameType::continuation, 0, 1) + frame(FrameType::continuation, end_headers, 1, "\x01x")},
                  response(1)},
        Situation{"PriorityInsideABlock",
                  {get(1, end_stream) + frame(FrameType::priority, 0, 1, number(0) + "x")},
                  goaway(1, "PROTOCOL_ERROR")},
        Situation{"OtherHeadersInsideABlock", {get(1, end_stream) + get(3)}, goaway(1, "PROTOCOL_ERROR")},
        Situation{"DataInsideABlock", {get(1, 0) + data(1, "x")}, goaway(1, "PROTOCOL_ERROR")},
        Situation{"ContinuationOfAnotherStream",
                  {get(1, end_stream) + frame(FrameType::continuation, end_headers, 3, "\x84")},
                  goaway(1, "PROTOCOL_ERROR")},
        Situation{"ContinuationOnStreamZero",
                  {get(1, end_stream) + frame(FrameType::continuation, end_headers, 0, "\x84")},
                  goaway(1, "PROTOCOL_ERROR")},
        Situation{"ContinuationAfterWholeHeaders",
                  {get(1, end_headers) + frame(FrameType::continuation, end_headers, 1, "\x84")},
                  goaway(1, "PROTOCOL_ERROR")},
        Situation{"ContinuationAfterData",
                  {get(1, end_headers) + data(1, "x") + frame(FrameType::continuation, end_headers, 1, "\x84")},
                  goaway(1, "PROTOCOL_ERROR")},
        Situation{"BlockIsNoHpack", {headers(1, "\x80")}, goaway(1, "COMPRESSION_ERROR")},
        Situation{"IndexPastTheTables", {headers(1, "\xff\x20")}, goaway(1, "COMPRESSION_ERROR")},
        Situation{"SizeUpdateAfterAField", {headers(1, "\x82\x86\x84\x20")}, goaway(1, "COMPRESSION_ERROR")},
        Situation{"SizeUpdateAboveTheLimit", {headers(1, "\x3f\xe2\x1f\x82\x86\x84")}, goaway(1, "COMPRESSION_ERROR")},
        Situation{"HuffmanPaddingOfOnes",
                  {headers(1, "\x82\x86\x84\x00\x85\xf2\xb2\x4a\x84\xff\x84\x49\x50\x9f\xff"s)},
                  goaway(1, "COMPRESSION_ERROR")},
        Situation{"HuffmanPaddingOfZeros",
                  {headers(1, "\x82\x86\x84\x00\x85\xf2\xb2\x4a\x84\xff\x83\x49\x50\x90"s)},
                  goaway(1, "COMPRESSION_ERROR")},
        Situation{"HuffmanEndSymbol",
                  {headers(1, "\x82\x86\x84\x00\x85\xf2\xb2\x4a\x84\xff\x87\x49\x51\xff\xff\xff\xfa\x7f"s)},
                  goaway(1, "COMPRESSION_ERROR")},
        Situation{"EntryOfTheDynamicTable", {headers(1, "\x82\x86\x84\x01\x01x\x40\x03x-y\x01z\xbe"s)}, response(1)},
        Situation{"IndexPastTheDynamicTable",
                  {headers(1, "\x82\x86\x84\x40\x03x-y\x01z\xbf"s)},
                  goaway(1, "COMPRESSION_ERROR")},
        Situation{"IntegerWithoutEnd",
                  {headers(1, "\x82\x86\x84\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s)},
                  goaway(1, "COMPRESSION_ERROR")},
        Situation{"LiteralLongerThanTheBlock", {headers(1, "\x82\x86\x84\x40\x7fx"s)}, goaway(1, "COMPRESSION_ERROR")},
        Situation{"BlockEndsInsideAField", {headers(1, "\x82\x86\x84\x40\x03x-y"s)}, goaway(1, "COMPRESSION_ERROR")},
        Situation{"BrokenBlockOfAStreamThatIsReset",
                  {get(1, end_headers), rst_stream(1, ErrorCode::cancel) + headers(3, "\x80")},
                  goaway(3, "COMPRESSION_ERROR")}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Priority, Client,  // RFC 9113 §6.3
    testing::Values(
        Situation{"OnStreamZero", {frame(FrameType::priority, 0, 0, number(0) + "x")}, goaway(0, "PROTOCOL_ERROR")},
        Situation{"OnIdleIsIgnored", {frame(FrameType::priority, 0, 1, number(0) + "x") + get(1)}, response(1)},
        Situation{"OfAWrongLength",
                  {get(1, end_headers) + frame(FrameType::priority, 0, 1, number(0))},
                  goaway(1, "FRAME_SIZE_ERROR")}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    RstStream, Client,  // RFC 9113 §6.4, §7
    testing::Values(Situation{"OnStreamZero", {rst_stream(0, ErrorCode::cancel)}, goaway(0, "PROTOCOL_ERROR")},
                    Situation{"OfAWrongLength",
                              {get(1, end_headers) + frame(FrameType::rst_stream, 0, 1, "abc")},
                              goaway(1, "FRAME_SIZE_ERROR")},
                    Situation{
                        "WithAnUnknownCode", {get(1, end_headers) + rst_stream(1, ErrorCode{0xff}) + the_ping}, pong}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Settings, Client,  // RFC 9113 §6.5
    testing::Values(
        Situation{"AreAcknowledged", {settings()}, "SETTINGS ACK\n"},
        Situation{"AckWithAPayload",
                  {settings(setting(SettingId::enable_push, 0), flag::ack)},
                  goaway(0, "FRAME_SIZE_ERROR")},
        Situation{"OnAStream", {frame(FrameType::settings, 0, 1)}, goaway(0, "PROTOCOL_ERROR")},
        Situation{"OfAWrongLength", {settings("abc")}, goaway(0, "FRAME_SIZE_ERROR")},
        Situation{"PushNeitherOnNorOff", {settings(setting(SettingId::enable_push, 2))}, goaway(0, "PROTOCOL_ERROR")},
        Situation{"WindowTooLarge",
                  {settings(setting(SettingId::initial_window_size, 0x80000000U))},
                  goaway(0, "FLOW_CONTROL_ERROR")},
        Situation{
            "FrameSizeTooSmall", {settings(setting(SettingId::max_frame_size, 16383))}, goaway(0, "PROTOCOL_ERROR")},
        Situation{"FrameSizeTooLarge",
                  {settings(setting(SettingId::max_frame_size, 0x1000000))},
                  goaway(0, "PROTOCOL_ERROR")},
        Situation{"UnknownOnesAreIgnored", {settings(setting(SettingId{0xff}, 1)) + the_ping}, "SETTINGS ACK\n" + pong},
        Situation{"TheLastOfTwoCounts",
                  {settings(setting(SettingId::initial_window_size, 100) + setting(SettingId::initial_window_size, 1)) +
                   get(1)},
                  "SETTINGS ACK\nHEADERS 1 END_HEADERS\nDATA 1 'o'\n"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    PingAndGoaway, Client,  // RFC 9113 §6.7, §6.8
    testing::Values(
        Situation{"PingIsAcknowledged", {the_ping}, pong},
        Situation{"PingAckIsNot", {ping("invalid!", flag::ack) + the_ping}, pong},
        Situation{"PingOnAStream", {frame(FrameType::ping, 0, 1, "12345678")}, goaway(0, "PROTOCOL_ERROR")},
        Situation{"PingOfAWrongLength", {ping("123456")}, goaway(0, "FRAME_SIZE_ERROR")},
        Situation{
            "GoawayOnAStream", {frame(FrameType::goaway, 0, 1, number(0) + number(0))}, goaway(0, "PROTOCOL_ERROR")},
        Situation{"GoawayEndsTheConnection", {frame(FrameType::goaway, 0, 0, number(0) + number(0))}, "over\n"},
        Situation{
            "GoawayLetsStreamsGoOn",
            {get(1, end_headers), frame(FrameType::goaway, 0, 0, number(0) + number(0xff)), data(1, "", end_stream)},
            response(1) + "over\n"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    FlowControl, Client,  // RFC 9113 §6.9
    testing::Values(
        Situation{"ZeroOnTheConnection", {window_update(0, 0)}, goaway(0, "PROTOCOL_ERROR")},
        Situation{"ZeroOnAStream", {get(1, end_headers) + window_update(1, 0)}, goaway(1, "PROTOCOL_ERROR")},
        Situation{"OfAWrongLength", {frame(FrameType::window_update, 0, 0, "abc")}, goaway(0, "FRAME_SIZE_ERROR")},
        Situation{"TooMuchForTheConnection",
                  {window_update(0, 0x7fffffff) + window_update(0, 0x7fffffff)},
                  goaway(0, "FLOW_CONTROL_ERROR")},
        Situation{"TooMuchForAStream",
                  {get(1, end_headers) + window_update(1, 0x7fffffff) + window_update(1, 0x7fffffff)},
                  reset(1, "FLOW_CONTROL_ERROR")},
        Situation{"WindowOfOne",
                  {get(1), window_update(1, 1)},
                  "HEADERS 1 END_HEADERS\nDATA 1 'o'\nDATA 1 END_STREAM 'k'\n",
                  setting(SettingId::initial_window_size, 1)},
        Situation{"WindowGrowsBySettings",
                  {get(1), settings(setting(SettingId::initial_window_size, 1))},
                  "HEADERS 1 END_HEADERS\nSETTINGS ACK\nDATA 1 'o'\n",
                  setting(SettingId::initial_window_size, 0)},
        Situation{"SettingsThatOverflowAWindow",
                  {get(1, end_headers) + window_update(1, 0x7fffffff - 1),
                   settings(setting(SettingId::initial_window_size, 2))},
                  goaway(1, "FLOW_CONTROL_ERROR"),
                  setting(SettingId::initial_window_size, 1)},
        Situation{"SettingsThatJustFillAWindow",
                  {get(1, end_headers) + window_update(1, 0x7fffffff - 2),
                   settings(setting(SettingId::initial_window_size, 2)) + the_ping},
                  "SETTINGS ACK\n" + pong,
                  setting(SettingId::initial_window_size, 1)},
        Situation{
            "NegativeWindow",
            {get(1), settings(setting(SettingId::initial_window_size, 0)), window_update(1, 1), window_update(1, 1)},
            "HEADERS 1 END_HEADERS\nDATA 1 'o'\nSETTINGS ACK\nDATA 1 END_STREAM 'k'\n",
            setting(SettingId::initial_window_size, 1)}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Requests, Client,  // RFC 9113 §8
    testing::Values(
        Situation{
            "SecondHeadersWithoutTheEnd", {get(1, end_headers) + get(1, end_headers)}, reset(1, "PROTOCOL_ERROR")},
        Situation{"Trailers", {get(1, end_headers) + data(1, "x") + headers(1, {{"x-trailer", "1"}})}, response(1)},
        Situation{"PseudoFieldInTrailers",
                  {get(1, end_headers) + data(1, "x") + headers(1, {{":method", "GET"}})},
                  reset(1, "PROTOCOL_ERROR")},
        Situation{"UppercaseName", {request_with({{"X-UPPER", "1"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"NameWithASpace", {request_with({{"x y", "1"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"ValueWithALineFeed", {request_with({{"x", "a\nb"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"ValueWithSpaceAtTheEnd", {request_with({{"x", "a "}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"UnknownPseudoField", {request_with({{":test", "1"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"PseudoFieldOfResponses", {request_with({{":status", "200"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"PseudoFieldAfterOthers",
                  {headers(1, {{":method", "GET"}, {":scheme", "http"}, {"x", "1"}, {":path", "/"}})},
                  reset(1, "PROTOCOL_ERROR")},
        Situation{"ConnectionField", {request_with({{"connection", "keep-alive"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"KeepAliveField", {request_with({{"keep-alive", "1"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"ProxyConnectionField", {request_with({{"proxy-connection", "x"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"TransferEncoding", {request_with({{"transfer-encoding", "chunked"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"UpgradeField", {request_with({{"upgrade", "h2c"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"TeTrailers", {request_with({{"te", "trailers"}})}, response(1)},
        Situation{"TeOther", {request_with({{"te", "trailers, deflate"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"EmptyPath",
                  {headers(1, {{":method", "GET"}, {":scheme", "http"}, {":path", ""}})},
                  reset(1, "PROTOCOL_ERROR")},
        Situation{"NoMethod", {request_without(":method")}, reset(1, "PROTOCOL_ERROR")},
        Situation{"NoScheme", {request_without(":scheme")}, reset(1, "PROTOCOL_ERROR")},
        Situation{"NoPath", {request_without(":path")}, reset(1, "PROTOCOL_ERROR")},
        Situation{"TwoMethods", {request_with({{":method", "GET"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"TwoSchemes", {request_with({{":scheme", "http"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"TwoPaths", {request_with({{":path", "/"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"HostInPlaceOfAnAuthority", {request_without(":authority", {{"host", "x"}})}, response(1)},
        Situation{"NeitherHostNorAuthority", {request_without(":authority")}, reset(1, "PROTOCOL_ERROR")},
        Situation{"TwoAuthorities", {request_with({{":authority", "x"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"EmptyName", {request_with({{"", "1"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"ValueWithANul", {request_with({{"x", std::string_view("a\0b", 3)}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{
            "TwoLengths",
            {request_with({{"content-length", "1"}, {"content-length", "2"}}, end_headers) + data(1, "x", end_stream)},
            reset(1, "PROTOCOL_ERROR")},
        Situation{"LengthWithoutData", {request_with({{"content-length", "1"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"TrailersWithoutTheEnd",
                  {get(1, end_headers) + data(1, "x") + headers(1, {{"x-trailer", "1"}}, end_headers)},
                  reset(1, "PROTOCOL_ERROR")},
        Situation{"HostOfAnotherName", {request_with({{"host", "y"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"HostOfAnotherPort", {request_with({{"host", "x:81"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"HostIsEmpty", {request_with({{"host", ""}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"HostOfTheSamePlace", {request_with({{"host", "X:80"}})}, response(1)},
        Situation{"TwoHosts", {request_with({{"host", "x"}, {"host", "x"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"AuthorityWithAUser",
                  {headers(1, {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "u@x"}})},
                  reset(1, "PROTOCOL_ERROR")},
        Situation{"HostOfAConnect",
                  {headers(1, {{":method", "CONNECT"}, {":authority", "x:1"}, {"host", "x"}})},
                  reset(1, "PROTOCOL_ERROR")},
        Situation{"LengthAsAnnounced", {post("1") + data(1, "x", end_stream)}, response(1)},
        Situation{"LessThanTheLength", {post("2") + data(1, "x", end_stream)}, reset(1, "PROTOCOL_ERROR")},
        Situation{"MoreThanTheLengthInTwoFrames",
                  {post("1") + data(1, "x") + data(1, "x", end_stream)},
                  reset(1, "PROTOCOL_ERROR")},
        Situation{"LengthIsNoNumber", {post("x") + data(1, "x", end_stream)}, reset(1, "PROTOCOL_ERROR")},
        Situation{"ConnectWithoutAnAuthority", {headers(1, {{":method", "CONNECT"}})}, reset(1, "PROTOCOL_ERROR")},
        Situation{"ConnectWithAPath",
                  {headers(1, {{":method", "CONNECT"}, {":authority", "x:1"}, {":path", "/"}})},
                  reset(1, "PROTOCOL_ERROR")},
        Situation{"ExtendedConnectWithoutTheSetting",
                  {headers(1, {{":method", "CONNECT"},
                               {":protocol", "websocket"},
                               {":scheme", "http"},
                               {":path", "/"},
                               {":authority", "x"}})},
                  reset(1, "PROTOCOL_ERROR")}),
    row_name);

}  // namespace
}  // namespace pathology::proxycore::http2
