#include <pathology/language/parse.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/properties.hpp"
#include "support/spec.hpp"

namespace pathology::language {
namespace {

using testing::StartsWith;

// --- what is refused, where, and in which words ----------------------------------------------------------------------

struct RefusedCase {
    std::string_view name;
    test::Parser parse;
    std::string_view spec;
    std::string_view says;  ///< from the line number on
};

void PrintTo(RefusedCase const& c, std::ostream* out) { *out << c.spec; }

class RefusedSpec : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedSpec, GivesPlaceAndExpectation) {
    auto const& c = GetParam();
    auto const parsed = c.parse(c.spec);
    ASSERT_TRUE(parsed.has_error()) << "was accepted";
    auto const described = describe(parsed.error(), c.spec);
    EXPECT_EQ(described.substr(0, described.find('\n')), "spec:" + std::string(c.says));
}

constexpr auto response = test::parse_as_response;
constexpr auto requests = test::parse_as_requests;
constexpr auto frames = test::parse_as_frames;
constexpr auto h2_responses = test::parse_as_http2_responses;
constexpr auto h2_requests = test::parse_as_http2_requests;
#define VALUE "a value ('text', a word, @SIZE or <FILE)"
#define QUOTED_VALUE "a value ('text', @SIZE or <FILE)"
#define RESPONSE_FEATURE "a response feature (h c l r m v n b k e w p t d i)"
#define MORE_RESPONSES ", a message (a status code, ws, wf or raw)"
#define FRAME_FEATURE "a frame feature (c l fin rsv1 rsv2 rsv3 mask k x b r p t d i)"

RefusedCase const refused_starts[] = {
    {"EmptyResponse", response, "", "1:1: expected a message (a status code, ws, wf or raw)"},
    {"BlankResponse", response, " \n ", "1:1: expected a message (a status code, ws, wf or raw)"},
    {"WordAsResponse", response, "foo", "1:1: expected a message (a status code, ws, wf or raw)"},
    {"EmptyRequest", requests, "", "1:1: expected a request (METHOD:PATH), a frame (wf:...) or bytes (raw:...)"},
    {"UnknownMethod", requests, "patch:/",
     "1:1: expected a request (METHOD:PATH), a frame (wf:...) or bytes (raw:...)"},
    {"EmptyFrame", frames, "", "1:1: expected a frame (wf:...)"},
    {"RequestAsFrame", frames, "get:/", "1:1: expected a frame (wf:...)"},
    {"NoPath", requests, "get:", "1:5: expected a path ('text', a word, @SIZE or <FILE)"},
    {"MethodForPath", requests, "ws:'/x'", "1:8: expected a path ('text', a word, @SIZE or <FILE)"},
    {"SecondRequest", requests, "get:/ foo",
     "1:7: expected a request feature (h c u r v n s x b k e p t d i), a request (METHOD:PATH), a frame (wf:...), "
     "bytes (raw:...) or the end"},
};
RefusedCase const refused_features[] = {
    {"NoFeature", response, "200:", "1:5: expected " RESPONSE_FEATURE},
    {"DoubleColon", response, "200::r", "1:5: expected " RESPONSE_FEATURE},
    {"UnknownFeature", response, "200:x2", "1:5: expected " RESPONSE_FEATURE},
    {"AfterTheLastFeature", response, "200:b'a' garbage",
     "1:10: expected " RESPONSE_FEATURE MORE_RESPONSES " or the end"},
    {"TextAfterALiteral", response, "200:b@100:h\"Etag\"=\"\";drop",
     "1:21: expected " RESPONSE_FEATURE MORE_RESPONSES " or the end"},
    {"ResponseFeatureOfARequest", requests, "get:/:m@1",
     "1:7: expected a request feature (h c u r v n s x b k e p t d i)"},
    {"NestedFrameInASession", frames, "wf:f'x'", "1:4: expected " FRAME_FEATURE ", a frame (wf:...) or the end"},
    {"UnknownFlag", frames, "wf:-foo", "1:5: expected a flag (fin rsv1 rsv2 rsv3 mask)"},
    {"UnnamedHeader", response, "200:hA=b", "1:6: expected " QUOTED_VALUE},
    {"HeaderWithoutValue", response, "200:h'a'", "1:9: expected '='"},
    {"HeaderWithoutEnd", response, "200:h'a'=", "1:10: expected " QUOTED_VALUE},
    {"UnknownUserAgent", requests, "get:/:ux",
     "1:8: expected a user agent (a name such as firefox, 'text', @SIZE or <FILE)"},
    {"UnquotedNestedResponse", requests, "get:/:s200", "1:8: expected a quoted spec"},
    {"RepetitionWithoutNumber", requests, "get:/:x", "1:8: expected a number"},
};
RefusedCase const refused_values[] = {
    {"NoValue", requests, "get:/:c", "1:8: expected " VALUE},
    {"OpenQuote", response, "200:b'abc", "1:10: expected a closing '"},
    {"OpenDoubleQuote", response, "200:b\"abc'", "1:11: expected a closing \""},
    {"EscapedClosingQuote", response, "200:b'\\'", "1:9: expected a closing '"},
    {"OpenQuotedPath", response, "200:b<'x", "1:9: expected a closing '"},
    {"HexWithoutDigits", response, "200:b'\\xzz'", "1:7: expected two hexadecimal digits after \\x"},
    {"HexInAWord", response, "200:b\\x4", "1:6: expected two hexadecimal digits after \\x"},
    {"BackslashAlone", response, "200:b\\", "1:6: expected something after \\"},
    {"NoSize", response, "200:b@k", "1:7: expected a size"},
    {"UnknownDataType", response, "200:b@100,foo", "1:11: expected a data type (such as digits)"},
    {"TooLargeASize", response, "200:b@18446744073709551616", "1:7: expected a number below 2^64"},
    {"TooLargeAProduct", response, "200:b@16777216t", "1:7: expected a size below 2^64 bytes"},
    {"SuffixApart", response, "200:b@5 q", "1:9: expected " RESPONSE_FEATURE MORE_RESPONSES " or the end"},
};
RefusedCase const refused_numbers[] = {
    {"PauseWithoutSeconds", response, "200:p1,x", "1:8: expected seconds (a number or f)"},
    {"PauseWithoutComma", response, "200:p1", "1:7: expected ','"},
    {"PauseWithoutOffset", response, "200:p",
     "1:6: expected an offset (a number, r, a, head, body, chunkN, trailer or frameN)"},
    {"NegativeOffset", response, "200:d-1",
     "1:6: expected an offset (a number, r, a, head, body, chunkN, trailer or frameN)"},
    {"InjectionOfAWord", response, "200:i1,foo", "1:8: expected " QUOTED_VALUE},
    {"HugeOffset", response, "200:d18446744073709551616", "1:6: expected a number below 2^64"},
    {"HugePause", response, "200:p1,99999999999999999999", "1:8: expected a number below 2^64"},
    {"HugeLength", frames, "wf:l18446744073709551616", "1:5: expected a number below 2^64"},
    {"HugeRepetition", requests, "get:/:x18446744073709551616", "1:8: expected a number below 2^64"},
    {"LargeOpcode", frames, "wf:c16", "1:5: expected an opcode up to 15"},
};
RefusedCase const refused_wholes[] = {
    {"SecondBody", response, "200:b@1:b@2", "1:9: a second body; a message has at most one"},
    {"SecondRaw", response, "200:r:R", "1:7: a second raw flag; a message has at most one"},
    {"SecondDisconnect", response, "200:d1:r:d2", "1:10: a second disconnect; a message has at most one"},
    {"SecondOfTheSecondMessage", requests, "get:/:r get:/:r:r", "1:17: a second raw flag; a message has at most one"},
    {"SecondVersion", requests, "get:/:v'a':v'a'", "1:12: a second version; a message has at most one"},
    {"BothKeys", frames, "wf:knone:k'abcd'", "1:10: a second masking key; a message has at most one"},
    {"BothBodies", frames, "wf:b@1:r'x'", "1:8: a second body; a message has at most one"},
    {"FlagAndItsOpposite", frames, "wf:fin:-fin", "1:8: a second fin flag; a message has at most one"},
    {"NonAscii", response, "200:b'\xc3\xa9'", "1:7: a spec is ASCII text; write this byte as an escape such as \\xe9"},
    {"NonAsciiRequest", requests, "get:/\xff", "1:6: a spec is ASCII text; write this byte as an escape such as \\xe9"},
    {"NestedResponse", requests, "get:/:s'200:p1,x'",
     "1:7: in the nested response, column 8: expected seconds (a number or f)"},
    {"NestedVersions", requests, "get:/:s'200:v1:v2'",
     "1:7: in the nested response, column 8: a second version; a message has at most one"},
    {"NestedResponseIsARequest", requests, "get:/:s'get:/'",
     "1:7: in the nested response, column 1: expected a message (a status code, ws, wf or raw)"},
    {"NestedFrame", requests, "wf:f'wf:c99'", "1:4: in the nested frame, column 5: expected an opcode up to 15"},
    {"TwoNestedFrames", requests, "wf:f'wf wf'",
     "1:4: a nested spec holds one frame; repeat it with xN, or send several"},
    {"OnTheThirdLine", response, "200\n:b@1\n:px,1",
     "3:3: expected an offset (a number, r, a, head, body, chunkN, trailer or frameN)"},
    {"AfterWindowsLines", response, "200\r\n:b@1\r\n  :d",
     "3:5: expected an offset (a number, r, a, head, body, chunkN, trailer or frameN)"},
    {"EndsBeforeBlankLines", response, "200:b\n\n  ", "1:6: expected " VALUE},
};

#define H2_FEATURE "a frame feature (x p t d i)"
RefusedCase const refused_http2[] = {
    {"NoResponse", h2_responses, "", "1:1: expected a message (a status code, h2f, h2p or raw)"},
    {"NoRequest", h2_requests, "", "1:1: expected a request (METHOD:PATH) or bytes (raw:...)"},
    {"ReasonInHttp2", h2_responses, "200:m'x'", "1:5: HTTP/2 has no reason phrase; remove m"},
    {"VersionInHttp2", h2_responses, "200:v'HTTP/1.0'", "1:5: HTTP/2 has no version in its messages; remove v"},
    {"VersionOfAnHttp2Request", h2_requests, "get:/:r:v'x'", "1:9: HTTP/2 has no version in its messages; remove v"},
    {"HandshakeInHttp2", h2_requests, "get:/ ws:/",
     "1:7: ws is a handshake of HTTP/1; over HTTP/2 write 'CONNECT':PATH:h':protocol'='websocket'"},
    {"BareTrace", h2_requests, "trace:/", "1:1: this method needs quotes over HTTP/2"},
    {"WebSocketFrameInHttp2", h2_responses, "wf", "1:1: expected a message (a status code, h2f, h2p or raw)"},
    {"EmptySlotAtTheEnd", h2_requests, "h2f:PING:",
     "1:10: expected flags (such as END_STREAM), a stream, a payload "
     "(a value, a field NAME=VALUE, a setting, an error) or " H2_FEATURE},
    {"EmptySlotInTheMiddle", h2_requests, "h2f:PING::1",
     "1:10: expected flags (such as END_STREAM), a stream, a payload (a value, a field NAME=VALUE, a setting, an "
     "error) "
     "or " H2_FEATURE},
    {"LargeLength", h2_requests, "h2f:16777216:PING", "1:5: expected a length below 2^24"},
    {"LargeType", h2_requests, "h2f:0:256", "1:7: expected a frame type up to 0xff"},
    {"LargeStream", h2_requests, "h2f:PING:4294967296", "1:10: expected a stream below 2^32"},
    {"LargeDistance", h2_requests, "h2f:PING:this+4294967296", "1:15: expected a number below 2^32"},
    {"DistanceWithoutNumber", h2_requests, "h2f:PING:this-", "1:15: expected a number below 2^32"},
    {"DistanceWithMoreBehind", h2_requests, "h2f:PING:this+2x3", "1:15: expected a number below 2^32"},
    {"RelativeStreamInCapitals", h2_requests, "h2f:PING:THIS",
     "1:10: expected flags (such as END_STREAM), a stream, a payload (a value, a field NAME=VALUE, a setting, an "
     "error) or " H2_FEATURE},
    {"LargeLastStream", h2_requests, "h2f:GOAWAY:LAST_STREAM=4294967296", "1:24: expected a stream below 2^32"},
    {"LastStreamWithoutNumber", h2_requests, "h2f:GOAWAY:LAST_STREAM=that",
     "1:24: expected a stream (a number, this or this+2)"},
    {"LastStreamThatIsNew", h2_requests, "h2f:GOAWAY:LAST_STREAM=next",
     "1:24: expected a stream (a number, this or this+2)"},
    {"IncrementOfAStream", h2_requests, "h2f:WINDOW_UPDATE:INCREMENT=this", "1:29: expected a number"},
    {"LargeSetting", h2_requests, "h2f:SETTINGS:0x10000=1", "1:14: expected a setting up to 0xffff"},
    {"LargeIncrement", h2_requests, "h2f:WINDOW_UPDATE:INCREMENT=4294967296", "1:29: expected a number below 2^32"},
    {"LargeWeight", h2_requests, "h2f:PRIORITY:WEIGHT=256", "1:21: expected a number up to 0xff"},
    {"SettingWithoutNumber", h2_requests, "h2f:SETTINGS:ENABLE_PUSH='1'", "1:26: expected a number"},
    {"FlagInSmallLetters", h2_requests, "h2f:PING:ACK,ack", "1:14: expected a flag (such as END_STREAM)"},
    {"FieldWithoutValue", h2_requests, "h2f:HEADERS:a=", "1:15: expected " VALUE},
    {"BareWordForAPreface", h2_requests, "h2p:PRI", "1:5: expected " QUOTED_VALUE " or " H2_FEATURE},
    {"FrameWithABody", h2_requests, "h2f:DATA b'x'",
     "1:10: expected " H2_FEATURE ", a request (METHOD:PATH), bytes (raw:...) or the end"},
    {"SecondRepetition", h2_requests, "h2f:x1:x2", "1:8: a second repetition; a message has at most one"},
    {"SequenceOverHttp1", response, "h2f:PING h2f:PING", "1:10: expected " H2_FEATURE " or the end"},
    {"FrameBehindAResponseOverHttp1", response, "200 h2f:PING", "1:6: expected a value ('text', @SIZE or <FILE)"},
    {"NonAsciiFrame", h2_requests, "h2f:'\xff'",
     "1:6: a spec is ASCII text; write this byte as an escape such as \\xe9"},
    {"TwoNestedResponses", h2_requests, "get:/:s'200 h2f'",
     "1:7: in the nested response, column 8: a nested spec holds one "
     "message"},
};

auto const name_of = [](auto const& row) { return std::string(row.param.name); };
INSTANTIATE_TEST_SUITE_P(Starts, RefusedSpec, testing::ValuesIn(refused_starts), name_of);
INSTANTIATE_TEST_SUITE_P(Features, RefusedSpec, testing::ValuesIn(refused_features), name_of);
INSTANTIATE_TEST_SUITE_P(Values, RefusedSpec, testing::ValuesIn(refused_values), name_of);
INSTANTIATE_TEST_SUITE_P(Numbers, RefusedSpec, testing::ValuesIn(refused_numbers), name_of);
INSTANTIATE_TEST_SUITE_P(Http2, RefusedSpec, testing::ValuesIn(refused_http2), name_of);
INSTANTIATE_TEST_SUITE_P(Wholes, RefusedSpec, testing::ValuesIn(refused_wholes), name_of);

TEST(ParseLimits, RefuseLongTextAndNameTheLimit) {
    auto const parsed = parse_response("200:b@100", {.max_length = 5});
    ASSERT_TRUE(parsed.has_error());
    EXPECT_EQ(parsed.error().code, SpecErrc::too_long);
    EXPECT_EQ(parsed.error().span.begin, 5U);
    EXPECT_THAT(parsed.error().message, StartsWith("the spec has 9 bytes, more than the limit of 5;"));
    EXPECT_TRUE(parse_response("200:b@100", {.max_length = 9}).has_value());
}

TEST(ParseResponse, ThrowsSpecErrorWhenItsValueIsTakenAnyway) {
    EXPECT_THROW((void)parse_response("foo").value(), SpecError);
}

// --- what is accepted ------------------------------------------------------------------------------------------------

struct SameCase {
    std::string_view name;
    test::Parser parse;
    std::string_view spec, canonical;
};

void PrintTo(SameCase const& c, std::ostream* out) { *out << c.spec; }

class AcceptedSpec : public testing::TestWithParam<SameCase> {};

TEST_P(AcceptedSpec, EqualsItsCanonicalText) {
    auto const parsed = GetParam().parse(GetParam().spec);
    ASSERT_TRUE(parsed.has_value()) << describe(parsed.error(), GetParam().spec);
    std::string printed;
    for (auto const& message : *parsed) printed += (printed.empty() ? "" : " ") + print_with_times(message);
    EXPECT_EQ(printed, GetParam().canonical);
}

SameCase const same_cases[] = {
    {"WithoutColons", response, "200b'x'h'a'='b'", "200:b'x':h'a'='b'"},
    {"BlanksAnywhere", response, " 200 : b 'x' : h 'a' = 'b' : p 1 , f ", "200:b'x':h'a'='b':p1,f"},
    {"Lines", response, "200\n  :b'x'\r\n\t:d1", "200:b'x':d1"},
    {"BareWords", response, "200:bfoo\\x41:l/next:m>", "200:bfooA:l/next:m>"},
    {"VersionInEveryValue", response, "200:v<a", "200:v<'a'"},
    {"BareVersion", requests, "get:/:vHTTP/1.0 ws:/:v@8,digits", "'GET':/:vHTTP/1.0 ws:/:v@8,digits"},
    {"AnyCase", requests, "GeT:/:R WS:/ wF:cPING:kNONE", "'GET':/:r ws:/ wf:cping:knone"},
    {"MethodAsText", requests, "'get':/ '':/", "'get':/ '':/"},
    {"UserAgentNames", requests, "get:/:uFirefox:uf", "'GET':/:ufirefox:uf"},
    {"LeadingZeros", frames, "wf:c08:l007:p010,02", "wf:c8:l7:p10,2"},
    {"CodeKeepsZeros", response, "00200", "00200"},
    {"WithoutSpaceBetween", requests, "get:/:rget:/:rwf", "'GET':/:r 'GET':/:r wf"},
    {"LargestNumbers", frames, "wf:l18446744073709551615:b@16777215t", "wf:l18446744073709551615:b@16777215t"},
    {"NotRepeated", requests, "get:/:x0", "'GET':/:x0"},
    {"AllFlags", frames, "wf:fin:-rsv1:rsv2:-rsv3:mask", "wf:fin:-rsv1:rsv2:-rsv3:mask"},
    {"BytesInASession", frames, "wf:b'\xc3\xa9'", "wf:b'\\xc3\\xa9'"},
    {"FrameAsResponse", response, "wf:b'x'", "wf:b'x'"},
    {"KeyThatLooksLikeNone", frames, "wf:k\\x6eone", "wf:k\\x6eone"},
    {"RawBodyThatLooksLikeAFlag", frames, "wf:r\\x73v1", "wf:r\\x73v1"},
    {"Http2FrameInPieces", h2_requests, "H2F : 0x5 : DATA : ACK , 0x8 : 1 : 'a' , b = c : x 2",
     "h2f:5:DATA:ACK,0x8:1:'a','b'=c:x2"},
    {"Http2LoneNumberIsTheStream", h2_requests, "h2f:DATA:1 h2f:DATA:1:2 h2f:0:0:1:2",
     "h2f:DATA:1 h2f:DATA:1:2 h2f:0:0:1:2"},
    {"Http2NumberBeforeAnEqualsSign", h2_requests, "h2f:0x99=5 h2f:SETTINGS:3=4", "h2f:0x99=5 h2f:SETTINGS:3=4"},
    {"Http2FlagsBeforeATypeIsGiven", h2_requests, "h2f:END_STREAM:'x'", "h2f:END_STREAM:'x'"},
    {"Http2TypeAndFlagOfOneName", h2_requests, "h2f:PRIORITY:PRIORITY", "h2f:PRIORITY:PRIORITY"},
    {"Http2EmptyLength", h2_requests, "h2f::PING h2f::7", "h2f:PING h2f::7"},
    {"Http2WithoutSpaceBetween", h2_responses, "h2fh2p200h2f:'x'200:b'x'h2f", "h2f h2p 200 h2f:'x' 200:b'x' h2f"},
    {"Http2FeatureThatCouldBeAField", h2_requests, "h2f:x5 h2f:x5=x5", "h2f:x5 h2f:'x5'=x5"},
    {"Http2Injection", h2_requests, "h2f:i0,'x' h2f:'a',i0='x'", "h2f:i0,'x' h2f:'a','i0'='x'"},
    {"Http2FieldNamesThatAreWords", h2_requests, "h2f:'ERROR'=x,ERRORS=y,cancel=z",
     "h2f:'ERROR'=x,'ERRORS'=y,'cancel'=z"},
    {"Http2RelativeStream", h2_requests,
     "h2f:this h2f:PING:this+0x2 h2f:DATA:1:this-2:'x' h2f : END_STREAM : next : x2",
     "h2f:this h2f:PING:this+0x2 h2f:DATA:1:this-2:'x' h2f:END_STREAM:next:x2"},
    {"Http2RelativeStreamBehindALength", h2_requests, "h2f:5:this:'x' h2f::7:this", "h2f:5:this:'x' h2f::7:this"},
    {"Http2RelativeNumbers", h2_responses, "h2f:LAST_STREAM=this-2,CANCEL,PROMISED = this+1,DEPENDENCY=this",
     "h2f:LAST_STREAM=this-2,CANCEL,PROMISED=this+1,DEPENDENCY=this"},
    {"Http2FieldsNamedLikeStreams", h2_requests, "h2f:this=x,next=y h2f:DATA:1:next-page=x h2f:thisx=y h2f:this+x=z",
     "h2f:'this'=x,'next'=y h2f:DATA:1:'next-page'=x h2f:'thisx'=y h2f:'this+x'=z"},
    {"Http2RelativeStreamOverHttp1", response, "h2f:this", "h2f:this"},
    {"Http2FrameOverHttp1", response, "h2f:PING", "h2f:PING"},
    {"Http2AmongRequestsOverHttp1", requests, "h2p get:/ wf h2f", "h2p 'GET':/ wf h2f"},
    {"PathThatLooksLikeAMethod", requests, "ws:\\x67et", "ws:\\x67et"},
};
INSTANTIATE_TEST_SUITE_P(Grammar, AcceptedSpec, testing::ValuesIn(same_cases), name_of);

// --- times of pauses -------------------------------------------------------------------------------------------------

constexpr auto C10_unit_of_a_pause =
    "a time has one of the units ms, s, m, h directly behind its number; write a colon "
    "before the next part";

SameCase const pause_cases[] = {
    {"Milliseconds", response, "200:p0,500ms", "200:p0,0.5s"},
    {"MillisecondsInTheMiddle", response, "200:p0,1500ms:d3", "200:p0,1.5s:d3"},
    {"Seconds", response, "200:p0,2s", "200:p0,2"},
    {"FractionOfASecondWithUnit", response, "200:p0,1.5s", "200:p0,1.5s"},
    {"Minutes", response, "200:p0,2m", "200:p0,120"},
    {"Hours", response, "200:pa,1h:r", "200:pa,3600:r"},
    {"BeforeABlank", response, "200:p0,5ms r", "200:p0,0.005s:r"},
    {"InARequest", requests, "get:/:p0,10ms get:/", "'GET':/:p0,0.01s 'GET':/"},
    {"InAFrame", frames, "wf:p0,10ms", "wf:p0,0.01s"},
    {"InAnHttp2Frame", h2_requests, "h2f:PING:p0,10ms h2f:p9,1m", "h2f:PING:p0,0.01s h2f:p9,60"},
    {"OfALongPauseNoFraction", response, "200:p0,2000000.75s", "200:p0,2000001"},
    {"Zero", response, "200:p0,0ms", "200:p0,0"},
    {"WithoutUnitAsBefore", response, "200:p0,500", "200:p0,500"},
    {"WithoutUnitAndBound", response, "200:p0,18446744073709551615", "200:p0,18446744073709551615"},
    {"NextPartWithoutColon", response, "200:p0,5b'x'", "200:p0,5:b'x'"},
    {"NextFlagWithoutColon", frames, "wf:p0,5mask", "wf:p0,5:mask"},
    {"NextPartBehindABlank", response, "200:p0,5 m'Fine'", "200:p0,5:m'Fine'"},
    {"NextPartBehindAColon", response, "200:p0,5:mFine", "200:p0,5:mFine"},
};
INSTANTIATE_TEST_SUITE_P(C10_Pauses, AcceptedSpec, testing::ValuesIn(pause_cases), name_of);

TEST(C10_Pauses, AreRefusedIfALetterMayBeAUnitOrTheNextPart) {
    for (auto const& [parse, spec, column] :
         std::initializer_list<std::tuple<test::Parser, std::string_view, unsigned>>{
             {response, "200:p0,5m'Fine'", 8},
             {response, "200:p0,5mFine", 8},
             {response, "200:p0,5min", 8},
             {response, "200:p0,500msec", 10},
             {response, "200:p0,500 ms", 11},
             {response, "200:p0,500\n ms:r", 12},
             {response, "200:p0,500ms'x'", 10},
             {response, "200:p0,5h'A'='b'", 8},
             {response, "200:p0,1.5m'x'", 10},
             {requests, "get:/:p0,500us", 12},
             {requests, "get:/:p0,500 us", 13},
             {requests, "get:/:p0,5s'200'", 10},
             {h2_requests, "h2f:PING:p0,5msx", 13}}) {
        auto const parsed = parse(spec);
        ASSERT_TRUE(parsed.has_error()) << spec;
        EXPECT_EQ(parsed.error().message, C10_unit_of_a_pause) << spec;
        EXPECT_EQ(parsed.error().span.begin, column) << spec;
    }
    EXPECT_EQ(parse_response("200:p0,1.5").error().message, "a time with a fraction needs a unit, such as 1.5s");
    EXPECT_EQ(parse_response("200:p0,9999999h").error().message, "expected a time of at most 100 years");
}

TEST(C10_Pauses, LastAsLongAsTheirText) {
    auto const pauses = test::played(test::response("200:r:p0,500ms:p1,2:p2,1m:p3,0.25s:p4,f")).pauses;
    std::vector<std::optional<double>> lengths;
    for (auto const& [at, seconds] : pauses) lengths.push_back(seconds);
    EXPECT_EQ(lengths, (std::vector<std::optional<double>>{0.5, 2, 60, 0.25, std::nullopt}));
}

// --- hints -----------------------------------------------------------------------------------------------------------

struct HintCase {
    std::string_view name;
    test::Parser parse;
    std::string_view spec, hint;
};
void PrintTo(HintCase const& c, std::ostream* out) { *out << c.spec; }
class C11_Hint : public testing::TestWithParam<HintCase> {};

TEST_P(C11_Hint, SaysWhatWasReadAsWhat) {
    auto const parsed = GetParam().parse(GetParam().spec);
    ASSERT_TRUE(parsed.has_error()) << "was accepted";
    EXPECT_EQ(parsed.error().hint, GetParam().hint);
    auto const described = describe(parsed.error(), GetParam().spec);
    EXPECT_EQ(described.ends_with("\nhint: " + std::string(GetParam().hint)), !GetParam().hint.empty()) << described;
}

#define WHOLE_VALUE " was read as the whole value, since a word without quotes ends before "
HintCase const hint_cases[] = {
    {"JsonBody", requests, "post:/:b{\"a\":1}", "'{'" WHOLE_VALUE "'\"'; put it in quotes: '{\"a\":1}'"},
    {"JsonBodyInSingleQuotes", requests, "post:/:b{'a':1}", "'{'" WHOLE_VALUE "\"'\"; put it in quotes: \"{'a':1}\""},
    {"JsonBodyOverHttp2", h2_requests, "post:/:b{\"a\":1}", "'{'" WHOLE_VALUE "'\"'; put it in quotes: '{\"a\":1}'"},
    {"JsonBodyOfAResponse", response, "200:b{\"a\":1}", "'{'" WHOLE_VALUE "'\"'; put it in quotes: '{\"a\":1}'"},
    {"JsonBodyOfAFrame", requests, "wf:b[\"a\":1", "'['" WHOLE_VALUE "'\"'; put it in quotes: '[\"a\":1'"},
    {"PathWithQuotes", requests, "get:/?q=\"x\":/y", "'/?q='" WHOLE_VALUE "'\"'; put it in quotes: '/?q=\"x\":/y'"},
    {"PathWithAt", requests, "get:/b@100", "'/b'" WHOLE_VALUE "'@'; put it in quotes: '/b@100'"},
    {"UrlAsPath", requests, "get:http://x/", "'http'" WHOLE_VALUE "':'; put a longer value in quotes"},
    {"PathWithPort", requests, "get:/a:80", "'/a'" WHOLE_VALUE "':'; put a longer value in quotes"},
    {"UnknownFeature", requests, "get:/:z", ""},
    {"UnknownFeatureBehindAPath", requests, "get:/x:zz'a'", ""},
    {"NoFeature", requests, "get:/:", ""},
    {"UrlAsLocation", response, "302:lhttp://x/", "'http'" WHOLE_VALUE "':'; put a longer value in quotes"},
    {"PathWithComma", requests, "get:/a,b", "'/a'" WHOLE_VALUE "','; put a longer value in quotes"},
    {"BodyWithBlank", response, "200:bhello world", "'hello'" WHOLE_VALUE "a blank; put a longer value in quotes"},
    {"HeaderFromAFile", response, "200:h<file='v'",
     "the name of the file was read as 'file='; put it in quotes: 'file'"},
    {"FieldFromAFile", h2_requests, "h2f:HEADERS:<file='v'",
     "the name of the file was read as 'file='; put it in quotes: 'file'"},
    {"UnknownMethod", requests, "HELP:/",
     "'HELP' is no method that is written without quotes; put it in quotes: 'HELP'"},
    {"UnknownMethodInSmallLetters", requests, "get:/:r patch:/",
     "'patch' is no method that is written without quotes; put it in quotes: 'PATCH'"},
    {"UnknownMethodOverHttp2", h2_requests, "HELP:/",
     "'HELP' is no method that is written without quotes; put it in quotes: 'HELP'"},
    {"MethodThatBeginsLikeAnother", requests, "PUTS:/x",
     "'PUTS' was read as the method put and the path 'S'; put another method in quotes: 'PUTS'"},
    {"HeaderWithoutQuotes", response, "200:hA=b", "a word without quotes is not possible here; put it in quotes: 'A'"},
    {"HeaderValueWithoutQuotes", response, "200:h'A'=b",
     "a word without quotes is not possible here; put it in quotes: 'b'"},
    {"InjectionWithoutQuotes", response, "200:i1,foo",
     "a word without quotes is not possible here; put it in quotes: 'foo'"},
    {"NestedSpecWithoutQuotes", requests, "get:/:s200", "a nested spec needs quotes; put it in quotes: '200'"},
    {"UnknownUserAgent", requests, "get:/:ulynx",
     "'ul' was read as the user agent blackberry; put another one in quotes: u'lynx'"},
    {"InANestedSpec", requests, "get:/p/:s'200:bfoo,bar'", "'foo'" WHOLE_VALUE "','; put a longer value in quotes"},
    {"LongTextIsCut", response,
     "200:b"
     "0123456789012345678901234567890123456789012345678,",
     "'0123456789012345678901234567890123456789...'" WHOLE_VALUE "','; put a longer value in quotes"},
    {"NoneForWhatIsClear", response, "200:p1,x", ""},
    {"NoneAtTheEnd", response, "200:b'x", ""},
};
INSTANTIATE_TEST_SUITE_P(Specs, C11_Hint, testing::ValuesIn(hint_cases), name_of);

TEST(C11_Hint, StandsAtASecondRequestThatIsTheRestOfAValue) {
    std::string_view const spec = "post:/:b{\"a\":1}";
    auto const refused = parse_requests(spec).error();
    EXPECT_EQ(refused.message, "a request cannot begin directly behind a word; write a blank before it");
    EXPECT_EQ(refused.span.begin, spec.find('"'));
    EXPECT_EQ(parse_requests("get:/:r'BREW':/pot get:/x 'BREW':/pot")->size(), 4U) << "no word, or a blank behind it";
}

// --- comments --------------------------------------------------------------------------------------------------------

SameCase const comment_cases[] = {
    {"BetweenFeatures", response, "200\n  # it's a comment\n:r", "200:r"},
    {"FirstAndLast", requests, "# one\nget:/a\n# two\nget:/b\n# three", "'GET':/a 'GET':/b"},
    {"InFrames", frames, "wf:b'x'\r\n# hi\r\nwf", "wf:b'x' wf"},
    {"OverHttp2", h2_responses, "200\n# hi\nh2f:PING", "200 h2f:PING"},
    {"InANestedSpec", requests, "get:/p/:s'200\\n# hi\\n:r'", "'GET':/p/:s'200\\n# hi\\n:r'"},
    {"NotInALiteral", response, "200:b'\n# text'", "200:b'\\n# text'"},
    {"NotInAWord", response, "200:b#x:l/a#b", "200:b#x:l/a#b"},
    {"NonAsciiInAComment", response, "200\n# caf\xc3\xa9\n:r", "200:r"},
};
INSTANTIATE_TEST_SUITE_P(C16_Comments, AcceptedSpec, testing::ValuesIn(comment_cases), name_of);

TEST(C16_Comments, KeepThePlaceOfFailures) {
    std::string_view const spec = "# a response\n200\n  # and its pause\n  :p10,x";
    EXPECT_EQ(describe(parse_response(spec).error(), spec),
              "spec:4:8: expected seconds (a number or f)\n  :p10,x\n       ^");
}

TEST(ParseResponse, KeepsThePlaceOfEachFeature) {
    std::string_view const spec = "200 : b 'x':r\n:h'a'='b'";
    std::vector<std::string> parts;
    auto const message = test::response(spec);
    for (auto const& [is, span] : features(message)) {
        parts.emplace_back(spec.substr(span.begin, span.end - span.begin));
    }
    EXPECT_EQ(parts, (std::vector<std::string>{"b 'x'", "r", "h'a'='b'"}));
}

TEST(ParseRequests, TakeAHugeRepetitionForANumber) {
    EXPECT_EQ(times(test::request("get:/:x18446744073709551615")), UINT64_MAX);
    EXPECT_EQ(times(test::request("get:/")), 1U);
    EXPECT_EQ(times(test::request("get:/:x0")), 0U);
}

// The longest descriptions: each byte of the marked line takes four, the caret is at its end, and there is a hint.
TEST(Parse, RefusesWhatFollowsAnyNumberOfZeroBytes) {
    for (std::size_t n = 0; n <= 130; ++n) {
        auto const spec = "wf:b'" + std::string(n, '\0') + "' HELP:/";
        EXPECT_EQ(test::broken_property(spec, test::client_setting(), n), "") << n;
    }
}

TEST(Parse, RefusesOrAcceptsEveryBeginningOfASpec) {
    std::string_view const spec =
        "post:'/a\\'b':b@10k,ascii:h'a'=<'f':ufirefox:s'200:b\"x\"':p1,f:dr:ia,'\\x41' wf:c9:-fin:k'abcd':l5";
    for (std::size_t n = 0; n <= spec.size(); ++n) {
        for (auto const& setting : {test::response_setting(), test::client_setting(), test::session_setting()}) {
            EXPECT_EQ(test::broken_property(spec.substr(0, n), setting, n), "") << spec.substr(0, n);
        }
    }
}

TEST(Parse, RefusesOrAcceptsEveryBeginningOfAnHttp2Spec) {
    std::string_view const spec =
        "h2p:'PRI':d2 h2f:42:HEADERS:END_HEADERS,0x40:0x1234567:PAD_LENGTH=3,foo=bar,'a'=@4,ascii,CANCEL:x2:i9,'x' "
        "h2f::0x99:255:0x80000001:MAX_FRAME_SIZE=0x10,0x99=5 post:/a:b@20k,digits:p9,f:s'200:b\"x\"'";
    for (std::size_t n = 0; n <= spec.size(); ++n) {
        for (auto const& setting :
             {test::http2_client_setting(), test::http2_response_setting(), test::client_setting()}) {
            EXPECT_EQ(test::broken_property(spec.substr(0, n), setting, n), "") << spec.substr(0, n);
        }
    }
}

}  // namespace
}  // namespace pathology::language
