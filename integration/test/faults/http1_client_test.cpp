// Clients that lie, flood or leave over HTTP/1, at every place of a request (P12, P13, P17, P61).
#include <gmock/gmock.h>

#include <tuple>

#include "faults/fault_fixture.hpp"

namespace pathology::integration {
namespace {

using proxycore::test::leave;
using proxycore::test::read_to_end;
using proxycore::test::Script;
using proxycore::test::Turn;
using testing::ElementsAre;
using testing::HasSubstr;
using Then = Turn::Then;

struct Variant {
    Topology topology;
    bool is_streamed = false;
};
void PrintTo(Variant const& variant, std::ostream* out) {
    *out << to_string(variant.topology) << (variant.is_streamed ? "Streamed" : "");
}

ProxySetup setup_of(Variant const& variant, std::vector<std::string> const& settings = {}) {
    ProxySetup setup{.topology = variant.topology, .settings = settings};
    if (variant.is_streamed) setup.settings.emplace_back("stream_large_bodies=0");
    return setup;
}

inline constexpr auto name_of = [](auto const& info) {
    auto const& [variant, row] = info.param;
    return std::string(row.name) + "_" + to_string(variant.topology) + (variant.is_streamed ? "Streamed" : "");
};

auto const everywhere =
    testing::Values(Variant{Topology::regular}, Variant{Topology::regular, true}, Variant{Topology::reverse},
                    Variant{Topology::reverse, true}, Variant{Topology::upstream});

// --- requests that are none ------------------------------------------------------------------------------------------

struct BadRequest {
    char const* name;
    std::string request;  ///< of pathoc
    unsigned status = 400;
    char const* hooks = "error";
    std::vector<std::string> settings = {};
};
void PrintTo(BadRequest const& row, std::ostream* out) { *out << row.name; }

class P12_b_Http1Client : public testing::TestWithParam<std::tuple<Variant, BadRequest>> {};

TEST_P(P12_b_Http1Client, IsRefusedAndReachesNoServer) {
    auto const& [variant, row] = GetParam();
    FaultFixture fixture(setup_of(variant, row.settings));
    fixture.daemon.on("/fault$", "200:b'reached'");
    auto const result = fixture.request(row.request);
    fixture.expect_good_end();

    EXPECT_EQ(result.status, row.status) << result.failure;
    EXPECT_TRUE(result.is_whole) << result.failure;
    EXPECT_THAT(result.body, HasSubstr("<h1>" + std::to_string(row.status) + " "));
    EXPECT_EQ(fixture.hooks->flow_hooks().at(0), row.hooks);
    EXPECT_NE(fixture.proxy.flows().at(0).error, "");
    EXPECT_THAT(fixture.daemon.requests(), ElementsAre(testkit::HasPath("/alive")));
}

BadRequest length(char const* name, std::string_view value) {
    return {name, "post:TARGET:h'Content-Length'='" + std::string(value) + "':b'hello'"};
}
BadRequest coding(char const* name, std::string_view value, unsigned status = 400) {
    return {name, "post:TARGET:h'Transfer-Encoding'='" + std::string(value) + "':r:h'Host'='a':b'0\\r\\n\\r\\n'",
            status};
}
BadRequest field(char const* name, std::string_view field_name, std::string_view value) {
    return {name, "get:TARGET:h'" + std::string(field_name) + "'='" + std::string(value) + "'"};
}
BadRequest chunk(char const* name, std::string_view body) {
    return {name, "post:TARGET:r:h'Host'='a':h'Transfer-Encoding'='chunked':b'" + std::string(body) + "'", 400,
            "requestheaders error"};
}

std::string const smuggled = "0\\r\\n\\r\\nGET /smuggled HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n";

INSTANTIATE_TEST_SUITE_P(
    LiesOfItsLength, P12_b_Http1Client,
    testing::Combine(
        everywhere,
        testing::Values(length("Negative", "-1"), length("WithASign", "+5"), length("InWords", "five"),
                        length("InHexadecimal", "0x5"), length("Empty", ""), length("Huge", "99999999999999999999999"),
                        length("WithABlank", "1 0"), length("AFraction", "5.0"), length("LeadingZero", "05"),
                        length("AListOfDifferent", "5, 6"), length("TwoDifferent", "5':h'Content-Length'='6"),
                        length("TwoDifferentInOtherSpelling", "5':h'content-length'='6"),
                        BadRequest{"LengthThenChunked",
                                   "post:TARGET:r:h'Host'='a':h'Content-Length'='5':"
                                   "h'Transfer-Encoding'='chunked':b'" +
                                       smuggled + "'"},
                        BadRequest{"ChunkedThenLength",
                                   "post:TARGET:r:h'Host'='a':h'Transfer-Encoding'='chunked':"
                                   "h'Content-Length'='5':b'" +
                                       smuggled + "'"},
                        coding("ChunkedTwice", "chunked, chunked"),
                        coding("ChunkedInTwoFields", "chunked':h'Transfer-Encoding'='chunked"),
                        coding("ChunkedNotLast", "chunked, gzip"),
                        coding("IdentityThenChunked", "identity':h'Transfer-Encoding'='chunked"),
                        coding("AnUnknownCoding", "xchunked", 501), coding("AnEmptyCoding", ""),
                        coding("AQuotedCoding", "\"chunked\""), coding("ACodingWithAParameter", "chunked;a=b"),
                        coding("ACodingBehindAVerticalTab", "\\x0bchunked"),
                        coding("ACodingBehindAFeed", "\\x0cchunked"), coding("ACodingWithANul", "chunked\\0"),
                        coding("GzipAlone", "gzip"),
                        field("ChunkedWithABlankBeforeTheColon", "Transfer-Encoding ", "chunked"),
                        field("ChunkedWithATabBeforeTheColon", "Transfer-Encoding\\t", "chunked"),
                        field("LengthWithABlankBeforeTheColon", "Content-Length ", "5"),
                        field("ChunkedBehindACarriageReturn", "A", "b\\rTransfer-Encoding: chunked"))),
    name_of);

INSTANTIATE_TEST_SUITE_P(LiesInItsChunks, P12_b_Http1Client,
                         testing::Combine(everywhere,
                                          testing::Values(chunk("NoSize", "\\r\\nhello\\r\\n0\\r\\n\\r\\n"),
                                                          chunk("ASizeOfNoDigits", "x\\r\\nhello\\r\\n"),
                                                          chunk("ANegativeSize", "-5\\r\\nhello\\r\\n0\\r\\n\\r\\n"),
                                                          chunk("ASizeWithPrefix", "0x5\\r\\nhello\\r\\n0\\r\\n\\r\\n"),
                                                          chunk("ASizeOver64Bits", "fffffffffffffffff\\r\\nhello"),
                                                          chunk("ASizeTooSmall", "3\\r\\nhello\\r\\n0\\r\\n\\r\\n"),
                                                          chunk("ABadSecondSize", "5\\r\\nhello\\r\\nzz\\r\\n"),
                                                          chunk("ABareLineFeed", "5\\nhello\\n0\\n\\n"),
                                                          chunk("ABadTrailer",
                                                                "5\\r\\nhello\\r\\n0\\r\\nno colon\\r\\n\\r\\n"))),
                         name_of);

INSTANTIATE_TEST_SUITE_P(
    LiesInItsHead, P12_b_Http1Client,
    testing::Combine(everywhere,
                     testing::Values(BadRequest{"AMethodWithABlank", "'G T':TARGET"},
                                     BadRequest{"AMethodWithANul", "'GE\\0T':TARGET"},
                                     BadRequest{"NoMethod", "'':TARGET"}, BadRequest{"ATargetWithABlank", "get:'/a b'"},
                                     BadRequest{"ATargetWithANul", "get:'/a\\0b'"}, BadRequest{"NoTarget", "get:''"},
                                     BadRequest{"ATargetWithoutSlash", "get:'fault'"},
                                     BadRequest{"NoVersion", "get:'/x\\r\\n\\r\\n'"},
                                     BadRequest{"AnotherVersion", "get:'/ HTTP/3.0\\r\\n\\r\\n'", 505},
                                     BadRequest{"GarbageInFront", "get:TARGET:i0,'{}{}{}'"},
                                     field("AFieldWithoutName", "", "x"), field("ABlankInAName", "a b", "x"),
                                     field("ANameOfBytes", "\\xff\\xfe", "x"), field("ANulInAValue", "A", "b\\0c"),
                                     field("ACarriageReturnInAValue", "A", "b\\rc"),
                                     field("AFoldedFirstField", " A", "b"))),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    P17_b_Floods, P12_b_Http1Client,
    testing::Combine(
        everywhere,
        testing::Values(
            BadRequest{"TheMethod", "@100k,ascii_letters:TARGET", 431},
            BadRequest{"TheTarget", "get:@100k,ascii_letters", 414},
            BadRequest{"AName", "get:TARGET:h@100k,ascii_letters='x'", 431},
            BadRequest{"AValue", "get:TARGET:h'X'=@100k,ascii_letters", 431},
            BadRequest{"Fields", "get:TARGET:h'A'='" + repeated("b\\r\\nA: ", 2000) + "'", 431},
            BadRequest{
                "P61_a_ABodyOfKnownLength", "post:TARGET:b@1m", 413, "requestheaders error", {"body_size_limit=10k"}},
            BadRequest{
                "P61_a_AChunk",
                "post:TARGET:r:h'Host'='a':h'Transfer-Encoding'='chunked':b'8000\\r\\n" + repeated("x", 0x8000) + "'",
                413,
                "requestheaders error",
                {"body_size_limit=10k"}})),
    name_of);

// --- what comes behind a request -------------------------------------------------------------------------------------

struct Garbage {
    char const* name;
    std::string bytes;  ///< in one write with a good request
    char const* page = "HTTP/1.1 400 ";
};
void PrintTo(Garbage const& row, std::ostream* out) { *out << row.name; }

class P12_b_GarbageBehindARequest : public testing::TestWithParam<std::tuple<Variant, Garbage>> {};

TEST_P(P12_b_GarbageBehindARequest, IsReportedAfterItsResponse) {
    auto const& [variant, row] = GetParam();
    FaultFixture fixture(setup_of(variant));
    fixture.daemon.on("/fault$", "200:b'answer'");
    auto const received = fixture.play({{"", "GET TARGET HTTP/1.1\r\nHost: a\r\n\r\n" + row.bytes}, read_to_end()});
    fixture.expect_good_end();

    auto const response = received.find("answer");
    EXPECT_THAT(received, testing::StartsWith("HTTP/1.1 200 "));
    ASSERT_NE(response, received.npos);
    EXPECT_THAT(received.substr(response + 6), testing::StartsWith(row.page));
    auto const hooks = fixture.hooks->flow_hooks();
    EXPECT_EQ(hooks.at(0), "requestheaders request responseheaders response");
    EXPECT_EQ(hooks.at(1), "error");
    EXPECT_EQ(fixture.daemon.requests().size(), 2U) << "only the good one and that of the next client arrive";
}

INSTANTIATE_TEST_SUITE_P(
    Http1, P12_b_GarbageBehindARequest,
    testing::Combine(everywhere,
                     testing::Values(Garbage{"ALine", "garbage\r\n\r\n"}, Garbage{"Bytes", "\x01\x02\x03\r\n\r\n"},
                                     Garbage{"ABody", "a body that nobody announced\r\n\r\n"},
                                     Garbage{"ResponsesOfAServer", "HTTP/1.1 200 OK\r\n\r\n"},
                                     Garbage{"AnotherVersion", "GET / HTTP/3.0\r\n\r\n", "HTTP/1.1 505 "},
                                     Garbage{"ALineWithoutEnd", std::string(100'000, 'x'), "HTTP/1.1 431 "})),
    name_of);

// --- clients that leave ----------------------------------------------------------------------------------------------

std::string const post = "POST TARGET HTTP/1.1\r\nHost: a\r\n";
std::string const chunked = post + "Transfer-Encoding: chunked\r\n\r\n";

struct Leaving {
    char const* name;
    Script script;
    char const* hooks = "";  ///< "" = there is no flow
    char const* says = "";
};
void PrintTo(Leaving const& row, std::ostream* out) { *out << row.name; }

class P12_Http1ClientThatLeaves : public testing::TestWithParam<std::tuple<Variant, Leaving>> {};

TEST_P(P12_Http1ClientThatLeaves, TakesItsServerAlong) {
    auto const& [variant, row] = GetParam();
    FaultFixture fixture(setup_of(variant));
    fixture.daemon.on("/fault$", "200:b'ok'");
    fixture.play(row.script);
    EXPECT_TRUE(fixture.hooks->wait_for("client_disconnected"));
    auto const hooks = fixture.hooks->flow_hooks();
    auto const flows = fixture.proxy.flows();
    fixture.expect_good_end();

    EXPECT_THAT(hooks, *row.hooks == '\0' ? std::vector<std::string>() : std::vector<std::string>{row.hooks});
    EXPECT_EQ(flows.size(), hooks.size());
    for (auto const& flow : flows) EXPECT_THAT(flow.error, HasSubstr(row.says));
}

Leaving in_body(char const* name, std::string sent, Then how = Then::fin) {
    auto const* const says = how == Then::reset ? "the client disconnected" : "the request is malformed";
    return {name, {{"", std::move(sent), how}}, "requestheaders error", says};
}

/// It was told that the server would like to have the body.
Leaving instead_of_body(char const* name, Then how, char const* says) {
    auto const head = post + "Expect: 100-continue\r\nContent-Length: 10\r\n\r\n";
    return {name, {{"", head}, {"HTTP/1.1 100 Continue\r\n\r\n", "", how}}, "requestheaders error", says};
}

INSTANTIATE_TEST_SUITE_P(
    P12_e_Continue, P12_Http1ClientThatLeaves,
    testing::Combine(everywhere,
                     testing::Values(instead_of_body("InPlaceOfABody", Then::fin, "the request is malformed"),
                                     instead_of_body("InPlaceOfABodyByReset", Then::reset, "the client disconnected"))),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Http1, P12_Http1ClientThatLeaves,
    testing::Combine(everywhere,
                     testing::Values(Leaving{"AtOnce", {leave()}}, Leaving{"AtOnceByReset", {{"", "", Then::reset}}},
                                     Leaving{"InTheMethod", {{"", "GE", Then::fin}}},
                                     Leaving{"InTheTarget", {{"", "GET /fa", Then::fin}}},
                                     Leaving{"InAField", {{"", post + "A", Then::fin}}},
                                     Leaving{"InAFieldByReset", {{"", post + "A", Then::reset}}},
                                     Leaving{"BeforeTheEmptyLine", {{"", post, Then::fin}}},
                                     Leaving{"InTheEmptyLine", {{"", post + "\r", Then::half_close}, read_to_end()}},
                                     in_body("BetweenHeadAndBody", post + "Content-Length: 10\r\n\r\n"),
                                     in_body("InTheBody", post + "Content-Length: 10\r\n\r\n01234"),
                                     in_body("InTheBodyByReset", post + "Content-Length: 10\r\n\r\n01234", Then::reset),
                                     in_body("BeforeTheFirstChunk", chunked),
                                     in_body("InTheSizeOfAChunk", chunked + "5"),
                                     in_body("InAChunk", chunked + "5\r\nhe"),
                                     in_body("BehindAChunk", chunked + "5\r\nhello\r\n"),
                                     in_body("InTheLastChunk", chunked + "5\r\nhello\r\n0\r"),
                                     in_body("InTheTrailers", chunked + "5\r\nhello\r\n0\r\nA: b"))),
    name_of);

}  // namespace
}  // namespace pathology::integration
