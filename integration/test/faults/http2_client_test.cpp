// Clients of HTTP/2 whose frames break the rules, flood or leave (RFC 9113, RFC 7541).
#include <gmock/gmock.h>

#include "faults/fault_fixture.hpp"
#include "http2/frames.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using namespace std::string_literals;
namespace flag = proxycore::http2::flag;
namespace wire = proxycore::http2::test;
using proxycore::http2::ErrorCode;
using proxycore::test::leave;
using proxycore::test::read_to_end;
using wire::FieldList;
using Then = proxycore::test::Turn::Then;
using testing::HasSubstr;
using testing::StartsWith;

// --- what ends the connection ----------------------------------------------------------------------------------------

struct FrameFault {
    char const* name;
    std::string frames;  ///< of pathoc
    char const* says;    ///< of the request that comes behind; "" = it is served
};
void PrintTo(FrameFault const& row, std::ostream* out) { *out << row.name; }

class Http2ClientFault : public testing::TestWithParam<FrameFault> {};

TEST_P(Http2ClientFault, IsReportedAndTheNextClientIsServed) {
    auto const& row = GetParam();
    FaultFixture fixture({.topology = Topology::reverse, .http2 = true});
    fixture.daemon.on("/fault$", "200:b'ok'");
    auto const result = fixture.request(row.frames + " get:TARGET");
    fixture.expect_good_end();

    EXPECT_THAT(result.failure, HasSubstr(row.says));
    EXPECT_EQ(result.is_whole, *row.says == '\0') << result.failure;
}

std::string const post =
    "h2f:HEADERS:END_HEADERS:1:':method'='POST',':scheme'='http',':path'='/fault',':authority'='a'";

INSTANTIATE_TEST_SUITE_P(
    Frames, Http2ClientFault,
    testing::Values(
        FrameFault{"AContinuationOfNothing", "h2f:CONTINUATION:END_HEADERS:1:a=b", "PROTOCOL_ERROR"},
        FrameFault{"DataOnStream0", "h2f:DATA:0:'x'", "PROTOCOL_ERROR"},
        FrameFault{"DataOnAnIdleStream", "h2f:DATA:1:'x'", "PROTOCOL_ERROR"},
        FrameFault{"HeadersOnStream0", "h2f:HEADERS:END_HEADERS,END_STREAM:0:':method'='GET'", "PROTOCOL_ERROR"},
        FrameFault{"HeadersOnAnEvenStream", "h2f:HEADERS:END_HEADERS,END_STREAM:2:':method'='GET'", "PROTOCOL_ERROR"},
        FrameFault{"SettingsOnAStream", "h2f:SETTINGS:1", "PROTOCOL_ERROR"},
        FrameFault{"SettingsOfFiveBytes", "h2f:SETTINGS:0:'12345'", "FRAME_SIZE_ERROR"},
        FrameFault{"AnAckWithSettings", "h2f:SETTINGS:ACK:0:'123456'", "FRAME_SIZE_ERROR"},
        FrameFault{"APingOfSevenBytes", "h2f:PING:0:'1234567'", "FRAME_SIZE_ERROR"},
        FrameFault{"APingOnAStream", "h2f:PING:1:'12345678'", "PROTOCOL_ERROR"},
        FrameFault{"AGoawayOnAStream", "h2f:GOAWAY:1:'12345678'", "PROTOCOL_ERROR"},
        FrameFault{"AResetOfThreeBytes", "h2f:RST_STREAM:1:'123'", "FRAME_SIZE_ERROR"},
        FrameFault{"AResetOnStream0", "h2f:RST_STREAM:0:CANCEL", "PROTOCOL_ERROR"},
        FrameFault{"AResetOfAnIdleStream", "h2f:RST_STREAM:1:CANCEL", "PROTOCOL_ERROR"},
        FrameFault{"APriorityOfFourBytes", post + " h2f:PRIORITY:1:'1234'", "FRAME_SIZE_ERROR"},
        FrameFault{"APushPromise", "h2f:PUSH_PROMISE:END_HEADERS:1:PROMISED=2,':method'='GET'", "PROTOCOL_ERROR"},
        FrameFault{"PaddingLongerThanItsFrame", post + " h2f:DATA:PADDED:1:PAD_LENGTH=255,'abc'", "PROTOCOL_ERROR"},
        FrameFault{"AFrameOverTheLimit", post + " h2f:DATA:1:@16385", "FRAME_SIZE_ERROR"},
        FrameFault{"ALengthOf16Megabytes", "h2f:0xffffff:PING", "FRAME_SIZE_ERROR"},
        FrameFault{"AFrameInsideOfAFieldBlock", "h2f:HEADERS:END_STREAM:1:':method'='GET' h2f:PING", "PROTOCOL_ERROR"},
        FrameFault{"AnotherStreamInsideOfAFieldBlock",
                   "h2f:HEADERS:END_STREAM:1:':method'='GET' h2f:CONTINUATION:END_HEADERS:3:a=b", "PROTOCOL_ERROR"},
        FrameFault{"AnUnknownFrame", "h2f::0x77:1:'who knows'", ""}),
    pathology::test::row_name);

/// The windows of pathoc begin with 1 MiB, 0x7fefffff bytes below the maximum.
INSTANTIATE_TEST_SUITE_P(
    Numbers, Http2ClientFault,
    testing::Values(
        FrameFault{"AWindowThatGrowsBy0", "h2f:WINDOW_UPDATE:0:INCREMENT=0", "PROTOCOL_ERROR"},
        FrameFault{"AWindowThatOverflows", "h2f:WINDOW_UPDATE:0:INCREMENT=0x7fffffff", "FLOW_CONTROL_ERROR"},
        FrameFault{"AWindowOfAStreamThatGrowsBy0", post + " h2f:WINDOW_UPDATE:1:INCREMENT=0", "PROTOCOL_ERROR"},
        FrameFault{"AWindowOfAStreamThatOverflowsBySettings",
                   post + " h2f:WINDOW_UPDATE:1:INCREMENT=0x7fefffff h2f:SETTINGS:INITIAL_WINDOW_SIZE=0x100001",
                   "FLOW_CONTROL_ERROR"},
        FrameFault{"AWindowThatIsJustFull", "h2f:WINDOW_UPDATE:0:INCREMENT=0x7fefffff", ""},
        FrameFault{"AWindowOfAnIdleStream", "h2f:WINDOW_UPDATE:1:INCREMENT=1", "PROTOCOL_ERROR"},
        FrameFault{"AnInitialWindowOf2To31", "h2f:SETTINGS:INITIAL_WINDOW_SIZE=0x80000000", "FLOW_CONTROL_ERROR"},
        FrameFault{"AFrameSizeOf1", "h2f:SETTINGS:MAX_FRAME_SIZE=1", "PROTOCOL_ERROR"},
        FrameFault{"AFrameSizeOf2To24", "h2f:SETTINGS:MAX_FRAME_SIZE=0x1000000", "PROTOCOL_ERROR"},
        FrameFault{"PushOf2", "h2f:SETTINGS:ENABLE_PUSH=2", "PROTOCOL_ERROR"},
        FrameFault{"AnUnknownSetting", "h2f:SETTINGS:0x1234=5", ""}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Fields, Http2ClientFault,
    testing::Values(
        FrameFault{"ABlockThatIsNone", "h2f:HEADERS:END_HEADERS,END_STREAM:1:'\\xff\\xff\\xff\\xff\\xff\\xff'",
                   "COMPRESSION_ERROR"},
        FrameFault{"AnIndexOfNothing", "h2f:HEADERS:END_HEADERS,END_STREAM:1:'\\xfe'", "COMPRESSION_ERROR"},
        FrameFault{"AStringThatStops", "h2f:HEADERS:END_HEADERS,END_STREAM:1:'\\x40\\x0aabc'", "COMPRESSION_ERROR"},
        FrameFault{"ATableOfOneGigabyte", "h2f:HEADERS:END_HEADERS,END_STREAM:1:'\\x3f\\xe1\\xff\\xff\\xff\\x03'",
                   "COMPRESSION_ERROR"}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Floods, Http2ClientFault,
    testing::Values(
        FrameFault{"Continuations", "h2f:HEADERS:1:':method'='GET' h2f:CONTINUATION:1:a=b:x1000", "GOAWAY: "},
        FrameFault{"EmptyContinuations", "h2f:HEADERS:1:':method'='GET' h2f:CONTINUATION:1:x1000", "GOAWAY: "},
        FrameFault{"Settings", "h2f:SETTINGS:x900", ""}, FrameFault{"Pings", "h2f:PING:x900", ""},
        FrameFault{"Priorities", "h2f:PRIORITY:1:DEPENDENCY=0,WEIGHT=0:x5000", ""},
        FrameFault{"WindowUpdates", "h2f:WINDOW_UPDATE:0:INCREMENT=1:x5000", ""},
        FrameFault{"UnknownFrames", "h2f::0x77:0:x5000", ""}),
    pathology::test::row_name);

// --- what ends a stream ----------------------------------------------------------------------------------------------

struct StreamFault {
    char const* name;
    std::string frames;  ///< on stream 1
    std::string result;  ///< a line of what comes back
    char const* hooks = "requestheaders error";
    std::vector<std::string> settings = {};
};
void PrintTo(StreamFault const& row, std::ostream* out) { *out << row.name; }

class Http2StreamFault : public testing::TestWithParam<StreamFault> {};

FieldList const good{{":method", "GET"}, {":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}};

TEST_P(Http2StreamFault, IsReportedAndTheNextStreamIsServed) {
    auto const& row = GetParam();
    FaultFixture fixture({.topology = Topology::reverse, .settings = row.settings});
    fixture.daemon.on("/fault$", "200:b'ok'");
    auto const frames = wire::hello() + row.frames + wire::headers(3, good);
    auto const received = wire::lines(fixture.play({{"", frames}, leave("\0\0\0\3ok"s)}));
    fixture.expect_good_end();

    EXPECT_THAT(received, HasSubstr(row.result));
    EXPECT_THAT(received, HasSubstr("DATA 3 "));
    EXPECT_EQ(fixture.hooks->flow_hooks().at(0),
              *row.hooks != '\0' ? row.hooks : "requestheaders request responseheaders response");
}

/// A request with other fields than it should have: it is none.
StreamFault fields(char const* name, FieldList list) {
    return {name, wire::headers(1, list), "RST_STREAM 1 PROTOCOL_ERROR", ""};
}
/// A request whose head is good.
StreamFault body(char const* name, std::string const& frames, std::string result, FieldList list) {
    return {name, wire::headers(1, list, flag::end_headers) + frames, std::move(result)};
}
FieldList const upload{{":method", "POST"}, {":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}};
FieldList const of_two{
    {":method", "POST"}, {":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}, {"content-length", "2"}};

INSTANTIATE_TEST_SUITE_P(
    Fields, Http2StreamFault,
    testing::Values(
        fields("NoPath", {{":method", "GET"}, {":scheme", "http"}, {":authority", "a"}}),
        fields("NoMethod", {{":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}}),
        fields("NoScheme", {{":method", "GET"}, {":path", "/fault"}, {":authority", "a"}}),
        fields("AnEmptyPath", {{":method", "GET"}, {":scheme", "http"}, {":path", ""}, {":authority", "a"}}),
        fields("APathWithoutSlash", {{":method", "GET"}, {":scheme", "http"}, {":path", "fault"}, {":authority", "a"}}),
        fields("TwoPaths",
               {{":method", "GET"}, {":scheme", "http"}, {":path", "/fault"}, {":path", "/b"}, {":authority", "a"}}),
        fields("AnUnknownPseudoField",
               {{":method", "GET"}, {":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}, {":x", "y"}}),
        fields("AStatus",
               {{":method", "GET"}, {":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}, {":status", "200"}}),
        fields("APseudoFieldBehindAField",
               {{":method", "GET"}, {":scheme", "http"}, {"a", "b"}, {":path", "/fault"}, {":authority", "a"}}),
        fields("AnUpperCaseName",
               {{":method", "GET"}, {":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}, {"Upper", "x"}}),
        fields("AnEmptyName",
               {{":method", "GET"}, {":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}, {"", "x"}}),
        fields("AConnectionField", {{":method", "GET"},
                                    {":scheme", "http"},
                                    {":path", "/fault"},
                                    {":authority", "a"},
                                    {"connection", "close"}}),
        fields("ATransferEncoding", {{":method", "GET"},
                                     {":scheme", "http"},
                                     {":path", "/fault"},
                                     {":authority", "a"},
                                     {"transfer-encoding", "chunked"}}),
        fields("TeOfMoreThanTrailers",
               {{":method", "GET"}, {":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}, {"te", "gzip"}}),
        fields("ALineFeedInAValue",
               {{":method", "GET"}, {":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}, {"a", "b\nc: d"}}),
        fields("ANulInAValue", {{":method", "GET"},
                                {":scheme", "http"},
                                {":path", "/fault"},
                                {":authority", "a"},
                                {"a", std::string_view("b\0c", 3)}}),
        fields("ABlankInAPath",
               {{":method", "GET"}, {":scheme", "http"}, {":path", "/fault HTTP/1.1"}, {":authority", "a"}}),
        fields("ALineFeedInAMethod",
               {{":method", "GET\n"}, {":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}}),
        fields("AColonInAName",
               {{":method", "GET"}, {":scheme", "http"}, {":path", "/fault"}, {":authority", "a"}, {"a:b", "c"}}),
        fields("ALengthWithoutABody", {{":method", "GET"},
                                       {":scheme", "http"},
                                       {":path", "/fault"},
                                       {":authority", "a"},
                                       {"content-length", "5"}}),
        fields("TwoLengths", {{":method", "GET"},
                              {":scheme", "http"},
                              {":path", "/fault"},
                              {":authority", "a"},
                              {"content-length", "0"},
                              {"content-length", "1"}}),
        fields("ALengthInWords", {{":method", "GET"},
                                  {":scheme", "http"},
                                  {":path", "/fault"},
                                  {":authority", "a"},
                                  {"content-length", "x"}})),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Bodies, Http2StreamFault,
    testing::Values(body("AResetInTheBody", wire::data(1, "x") + wire::rst_stream(1, ErrorCode::cancel), "", upload),
                    body("TooShort", wire::data(1, "x", flag::end_stream), "RST_STREAM 1 PROTOCOL_ERROR", of_two),
                    body("TooLong", wire::data(1, "xxx", flag::end_stream), "RST_STREAM 1 PROTOCOL_ERROR", of_two),
                    body("APseudoFieldInTheTrailers", wire::data(1, "x") + wire::headers(1, {{":path", "/b"}}),
                         "RST_STREAM 1 PROTOCOL_ERROR", upload),
                    StreamFault{"P61_a_OverTheLimit",
                                wire::headers(1, upload, flag::end_headers) +
                                    wire::data(1, std::string(5000, 'x'), flag::end_stream),
                                "413",
                                "requestheaders error",
                                {"body_size_limit=1k"}}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(Windows, Http2StreamFault,
                         testing::Values(body("AWindowThatOverflows", wire::window_update(1, 0x7fffffff),
                                              "RST_STREAM 1 FLOW_CONTROL_ERROR", upload),
                                         body("AWindowThatOverflowsByTheSecond",
                                              wire::window_update(1, 0x7fff0000) + wire::window_update(1, 0x7fff0000),
                                              "RST_STREAM 1 FLOW_CONTROL_ERROR", upload)),
                         pathology::test::row_name);

/// Its windows are closed again while content is under way: that stream waits, the others do not (RFC 9113 §6.9.2).
TEST(Http2Client, MakesItsWindowNegative) {
    using proxycore::http2::SettingId;
    auto const window = [](std::uint32_t size) {
        return wire::settings(wire::setting(SettingId::initial_window_size, size));
    };
    FaultFixture fixture({.topology = Topology::reverse});
    fixture.daemon.on("/fault$", "200:b'0123456789'");
    auto const first = std::string(proxycore::http2::client_preface) + window(4) + wire::headers(1, good);
    auto const closed = window(0) + wire::window_update(1, 3) + wire::headers(3, good) + wire::window_update(3, 10);
    auto const end = wire::data(1, "56789", flag::end_stream);
    auto const received = fixture.play({{"", first},
                                        {wire::data(1, "0123"), closed},
                                        {wire::data(3, "0123456789", flag::end_stream), wire::window_update(1, 2)},
                                        {wire::data(1, "4"), wire::window_update(1, 5)},
                                        leave(end)});
    fixture.expect_good_end();
    EXPECT_THAT(received, HasSubstr(end)) << wire::lines(received);
}

/// All in one write, so that nobody has been answered when the last of it is there.
TEST(Http2Client, GoesOnBehindTheEndOfItsRequest) {
    for (auto const& more : {wire::data(1, "x"), wire::headers(1, good)}) {
        FaultFixture fixture({.topology = Topology::reverse});
        fixture.daemon.on("/fault$", "200:b'ok'");
        auto const received = fixture.play({{"", wire::hello() + wire::headers(1, good) + more}, read_to_end()});
        fixture.expect_good_end();
        EXPECT_THAT(wire::lines(received), HasSubstr("STREAM_CLOSED"));
    }
}

// --- a client that says that it will go ------------------------------------------------------------------------------

std::string goaway(ErrorCode code) {
    return wire::frame(proxycore::http2::FrameType::goaway, 0, 0,
                       wire::number(0) + wire::number(static_cast<std::uint32_t>(code)));
}

/// The stream that is open goes on (RFC 9113 §6.8).
TEST(Http2Client, GetsAResponseAfterItsGoaway) {
    for (std::vector<std::string> const& settings : {std::vector<std::string>(), {"stream_large_bodies=0"}}) {
        FaultFixture fixture({.topology = Topology::reverse, .settings = settings});
        fixture.daemon.on("/fault$", "200:b'ok'");
        auto const begun = wire::hello() + wire::headers(1, upload, flag::end_headers) + wire::data(1, "half");
        auto const rest = goaway(ErrorCode::no_error) + wire::data(1, "more", flag::end_stream);
        auto const received = wire::lines(fixture.play({{"", begun}, {"", rest}, read_to_end("\0\0\0\3ok"s)}));
        fixture.expect_good_end();
        EXPECT_THAT(received, HasSubstr("DATA 1 "));
        EXPECT_THAT(fixture.hooks->flow_hooks().at(0), testing::EndsWith("responseheaders response"));
        EXPECT_THAT(fixture.daemon.requests(), testing::Contains(testkit::HasBody("halfmore")));
    }
}

/// It leaves in the middle of its request.
TEST(Http2Client, GoesAwayInItsRequest) {
    for (auto const how : {Then::fin, Then::reset}) {
        FaultFixture fixture({.topology = Topology::reverse});
        fixture.daemon.on("/fault$", "200:b'ok'");
        auto const sent = wire::hello() + wire::headers(1, upload, flag::end_headers) + wire::data(1, "half") +
                          goaway(ErrorCode::internal_error);
        fixture.play({{"", sent, how}});
        ASSERT_TRUE(fixture.hooks->wait_for("client_disconnected"));
        EXPECT_EQ(fixture.hooks->flow_sequences(), "requestheaders error");
        EXPECT_THAT(fixture.proxy.flows().at(0).error, HasSubstr("the client"));
        fixture.expect_good_end();
    }
}

TEST(Http2Client, FloodsResets) {
    std::string frames = wire::hello();
    for (std::uint32_t stream = 1; stream < 5000; stream += 2)
        frames += wire::headers(stream, good) + wire::rst_stream(stream, ErrorCode::cancel);
    FaultFixture fixture({.topology = Topology::reverse});
    fixture.daemon.on("/fault$", "200:b'ok'");
    EXPECT_THAT(wire::lines(fixture.play({{"", frames, Then::read_to_end}})), HasSubstr(" ENHANCE_YOUR_CALM"));
    fixture.expect_good_end();
}

TEST(Http2Client, LiesInItsPreface) {
    for (std::string const preface : {"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", "PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n"}) {
        FaultFixture fixture({.topology = Topology::reverse});
        EXPECT_THAT(fixture.play({{"", preface}, read_to_end()}), StartsWith("HTTP/1.1 ")) << preface;
        fixture.expect_good_end();
    }
}

TEST(Http2Client, SendsGarbageAfterItsPreface) {
    FaultFixture fixture({.topology = Topology::reverse});
    auto const garbage = std::string(proxycore::http2::client_preface) + "GET / HTTP/1.1\r\n\r\n";
    EXPECT_THAT(wire::lines(fixture.play({{"", garbage}, read_to_end()})), HasSubstr("GOAWAY "));
    fixture.expect_good_end();
}

}  // namespace
}  // namespace pathology::integration
