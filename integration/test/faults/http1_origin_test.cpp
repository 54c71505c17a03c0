// Servers that stop, lie or flood over HTTP/1, at every place of a response (P12, P13, P61).
#include <gmock/gmock.h>

#include <tuple>

#include "faults/fault_fixture.hpp"
#include "faults/scripted_server.hpp"

namespace pathology::integration {
namespace {

using testing::HasSubstr;

/// What becomes of a response.
enum class Fate {
    no_head,  ///< its head is never whole, or is not believed: a page, and no `responseheaders`
    no_data,  ///< its head is good, and no byte of its body arrives: a page
    cut,      ///< its body is no good further on: a page, or the begin of it where it is streamed
    whole,
};

struct OriginFault {
    char const* name;
    std::string response;  ///< of pathod
    Fate fate;
    std::string says;  ///< of the flow's error; of a whole response, its body
    std::string request = "get:TARGET";
    std::vector<std::string> settings = {};
    unsigned status = 200;  ///< of a whole response
    /// The response is bytes, behind which the server ends the connection so.
    std::optional<proxycore::test::Turn::Then> end = std::nullopt;
};
void PrintTo(OriginFault const& row, std::ostream* out) { *out << row.name; }

std::string head(std::string_view fields) { return "HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n"; }
std::string chunked(std::string_view body) { return head("Transfer-Encoding: chunked\r\n") + std::string(body); }

struct Variant {
    Topology topology;
    bool is_streamed = false;
};
void PrintTo(Variant const& variant, std::ostream* out) {
    *out << to_string(variant.topology) << (variant.is_streamed ? "Streamed" : "");
}

class P13_a_Http1Origin : public testing::TestWithParam<std::tuple<Variant, OriginFault>> {};

std::string name_of(testing::TestParamInfo<P13_a_Http1Origin::ParamType> const& info) {
    auto const& [variant, row] = info.param;
    return std::string(row.name) + "_" + to_string(variant.topology) + (variant.is_streamed ? "Streamed" : "");
}

TEST_P(P13_a_Http1Origin, IsReportedOnceAndTheNextClientIsServed) {
    auto const& [variant, row] = GetParam();
    ProxySetup setup{.topology = variant.topology, .settings = row.settings};
    if (variant.is_streamed) setup.settings.emplace_back("stream_large_bodies=0");
    std::optional<ScriptedServer> server;
    if (row.end) {
        server.emplace(proxycore::test::Script{{"\r\n\r\n", row.response, *row.end}});
        setup.server = server->port();
    }
    FaultFixture fixture(setup);
    if (!server) fixture.daemon.on("/fault$", row.response);
    auto const result = fixture.request(row.request);
    fixture.expect_good_end();

    bool const is_page_of_second = variant.topology == Topology::chain && row.fate != Fate::whole;
    bool const is_page = row.fate == Fate::no_head || row.fate == Fate::no_data || !variant.is_streamed;
    auto const hooks = fixture.hooks->flow_hooks().at(variant.topology == Topology::tunnel ? 1 : 0);
    auto const flow = fixture.proxy.flows().at(0);
    if (row.fate == Fate::whole) {
        EXPECT_EQ(result.status, row.status);
        EXPECT_TRUE(result.is_whole) << result.failure;
        EXPECT_EQ(result.body, row.says);
        EXPECT_EQ(hooks, "requestheaders request responseheaders response");
        EXPECT_EQ(flow.error, "");
        return;
    }
    EXPECT_EQ(result.status, is_page ? 502U : 200U) << result.raw.substr(0, 500);
    EXPECT_EQ(result.is_whole, is_page) << result.failure;
    EXPECT_EQ(result.body.find("<h1>502 Bad Gateway</h1>") != result.body.npos, is_page) << result.body;
    if (is_page_of_second) {
        EXPECT_EQ(hooks, "requestheaders request responseheaders response");
        return;
    }
    EXPECT_EQ(hooks, row.fate == Fate::no_head ? "requestheaders request error"
                                               : "requestheaders request responseheaders error");
    EXPECT_THAT(flow.error, HasSubstr(row.says));
}

auto const everywhere =
    testing::Values(Variant{Topology::regular}, Variant{Topology::regular, true}, Variant{Topology::tunnel},
                    Variant{Topology::socks5}, Variant{Topology::reverse}, Variant{Topology::reverse, true},
                    Variant{Topology::upstream}, Variant{Topology::chain});

// --- it stops --------------------------------------------------------------------------------------------------------

std::string const ten = "200:b'0123456789'";  // a head of 39 bytes
std::string const in_chunks =
    "200:r:h'Transfer-Encoding'='chunked':b'5\\r\\nhello\\r\\n0\\r\\nX: y\\r\\n\\r\\n'";  // 47

INSTANTIATE_TEST_SUITE_P(
    Stops, P13_a_Http1Origin,
    testing::Combine(
        everywhere,
        testing::Values(OriginFault{"BeforeAnyByte", "200:d0", Fate::no_head,
                                    "closed the connection without a response"},
                        OriginFault{"InTheVersion", "200:d3", Fate::no_head, "unexpected end"},
                        OriginFault{"InTheStatusLine", "200:d12", Fate::no_head, "unexpected end"},
                        OriginFault{"BehindTheStatusLine", "200:d17", Fate::no_head, "unexpected end"},
                        OriginFault{"InAFieldName", "200:d22", Fate::no_head, "unexpected end"},
                        OriginFault{"InAFieldValue", "200:d34", Fate::no_head, "unexpected end"},
                        OriginFault{"BeforeTheEmptyLine", ten + ":d37", Fate::no_head, "unexpected end"},
                        OriginFault{"InTheEmptyLine", ten + ":d38", Fate::no_head, "unexpected end"},
                        OriginFault{"BetweenHeadAndBody", ten + ":d39", Fate::cut, "0 of 10 bytes"},
                        OriginFault{"InTheBody", ten + ":d44", Fate::cut, "5 of 10 bytes"},
                        OriginFault{"BeforeTheLastByte", ten + ":d48", Fate::cut, "9 of 10 bytes"},
                        OriginFault{"BeforeTheFirstChunk", in_chunks + ":d47", Fate::no_data, "is malformed"},
                        OriginFault{"InTheSizeOfAChunk", in_chunks + ":d48", Fate::no_data, "is malformed"},
                        OriginFault{"InAChunk", in_chunks + ":d52", Fate::cut, "is malformed"},
                        OriginFault{"BehindAChunk", in_chunks + ":d55", Fate::cut, "is malformed"},
                        OriginFault{"InTheEndOfAChunk", in_chunks + ":d56", Fate::cut, "is malformed"},
                        OriginFault{"BeforeTheLastChunk", in_chunks + ":d57", Fate::cut, "is malformed"},
                        OriginFault{"InTheLastChunk", in_chunks + ":d58", Fate::cut, "is malformed"},
                        OriginFault{"BeforeTheTrailers", in_chunks + ":d60", Fate::cut, "is malformed"},
                        OriginFault{"InTheTrailers", in_chunks + ":d62", Fate::cut, "is malformed"},
                        OriginFault{"BehindTheTrailers", in_chunks + ":d66", Fate::cut, "is malformed"},
                        OriginFault{"InABodyUntilTheEnd", "200:r:b'0123456789':d25", Fate::whole, "012345"},
                        OriginFault{"BehindAnInterimResponse", bytes("HTTP/1.1 102 Processing\r\n\r\n"), Fate::no_head,
                                    "without a response"},
                        OriginFault{"InAnInterimResponse", bytes("HTTP/1.1 102 Processing\r\nA"), Fate::no_head,
                                    "unexpected end"})),
    name_of);

// --- it ends in another way ------------------------------------------------------------------------------------------

OriginFault resets(char const* name, std::string bytes, Fate fate, std::string says = "reset by the peer") {
    OriginFault row{name, std::move(bytes), fate, std::move(says)};
    row.end = proxycore::test::Turn::Then::reset;
    return row;
}

OriginFault ends(char const* name, std::string bytes, Fate fate, std::string says) {
    OriginFault row{name, std::move(bytes), fate, std::move(says)};
    row.end = proxycore::test::Turn::Then::fin;
    return row;
}

INSTANTIATE_TEST_SUITE_P(
    Ends, P13_a_Http1Origin,
    testing::Combine(
        everywhere,
        testing::Values(resets("ResetBeforeAnyByte", "", Fate::no_head),
                        resets("ResetInTheHead", "HTTP/1.1 200 OK\r\nA: b", Fate::no_head),
                        resets("ResetInABody", head("Content-Length: 10\r\n") + "01234", Fate::cut),
                        resets("ResetInAChunk", chunked("a\r\n01234"), Fate::cut),
                        resets("ResetBehindAChunk", chunked("5\r\n01234\r\n"), Fate::cut),
                        resets("ResetInABodyUntilTheEnd", head("") + "01234", Fate::cut),
                        resets("ResetBehindAWholeBody", head("Content-Length: 2\r\n") + "ok", Fate::whole, "ok"),
                        ends("FinInABodyUntilTheEnd", head("") + "01234", Fate::whole, "01234"),
                        ends("FinInABody", head("Content-Length: 10\r\n") + "01234", Fate::cut, "5 of 10 bytes"),
                        ends("FinBehindAWholeBody", head("Content-Length: 2\r\n") + "ok", Fate::whole, "ok"))),
    name_of);

// --- it lies ---------------------------------------------------------------------------------------------------------

std::string length(std::string_view value) { return "200:h'Content-Length'='" + std::string(value) + "':b'hello'"; }
OriginFault refused(char const* name, std::string response, std::string says = "is malformed") {
    return {name, std::move(response), Fate::no_head, std::move(says)};
}
OriginFault passed(char const* name, std::string_view response, std::string body, unsigned status = 200) {
    return {name, bytes(response), Fate::whole, std::move(body), "get:TARGET", {}, status};
}

INSTANTIATE_TEST_SUITE_P(
    LiesOfItsLength, P13_a_Http1Origin,
    testing::Combine(
        everywhere,
        testing::Values(
            OriginFault{"TooLong", "200:h'Content-Length'='10':b'short':da", Fate::cut, "5 of 10 bytes"},
            OriginFault{"TooShort", "200:h'Content-Length'='3':b'longer'", Fate::whole, "lon"},
            refused("Negative", length("-1"), "bad Content-Length"),
            refused("WithASign", length("+5"), "bad Content-Length"),
            refused("InWords", length("five"), "bad Content-Length"),
            refused("InHexadecimal", length("0x5"), "bad Content-Length"),
            refused("Empty", length(""), "bad Content-Length"),
            refused("Huge", length("99999999999999999999999"), "bad Content-Length"),
            refused("WithABlank", length("1 0"), "bad Content-Length"),
            refused("AFraction", length("5.0"), "bad Content-Length"),
            refused("LeadingZero", length("05"), "begins with 0"),
            passed("A17_TwiceTheSame", head("Content-Length: 5\r\nContent-Length: 5\r\n") + "hello", "hello"),
            refused("TwoDifferent", bytes(head("Content-Length: 5\r\nContent-Length: 6\r\n") + "hello"),
                    "bad Content-Length"),
            passed("A17_AListOfTheSame", head("Content-Length: 5, 5\r\n") + "hello", "hello"),
            refused("AListOfDifferent", length("5, 6")),
            refused("WithChunked",
                    bytes(head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n"),
                    "Transfer-Encoding"),
            refused("ChunkedTwice", bytes(head("Transfer-Encoding: chunked, chunked\r\n"))),
            refused("ChunkedInTwoFields", bytes(head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"))),
            refused("ChunkedNotLast", bytes(head("Transfer-Encoding: chunked, gzip\r\n"))),
            refused("AnUnknownCoding", bytes(head("Transfer-Encoding: xchunked\r\n"))),
            refused("AnEmptyCoding", bytes(head("Transfer-Encoding: \r\n"))),
            refused("ChunkedInHttp10", bytes("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")),
            refused("ChunkedWithout204", bytes("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n")),
            passed("ABodyBehind204", "HTTP/1.1 204 No Content\r\n\r\nhello", "", 204),
            passed("ABodyBehind304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", "", 304),
            OriginFault{"ABodyBehindHead", "200:b'hello'", Fate::whole, "", "head:TARGET"})),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    LiesInItsChunks, P13_a_Http1Origin,
    testing::Combine(
        everywhere,
        testing::Values(
            OriginFault{"NoSize", bytes(chunked("\r\nhello\r\n0\r\n\r\n")), Fate::no_data, "chunk"},
            OriginFault{"ASizeOfNoDigits", bytes(chunked("x\r\nhello\r\n0\r\n\r\n")), Fate::no_data, "chunk"},
            OriginFault{"ANegativeSize", bytes(chunked("-5\r\nhello\r\n0\r\n\r\n")), Fate::no_data, "chunk"},
            OriginFault{"ASizeWithPrefix", bytes(chunked("0x5\r\nhello\r\n0\r\n\r\n")), Fate::no_data, "chunk"},
            OriginFault{"ASizeOver64Bits", bytes(chunked("fffffffffffffffff\r\nhello")), Fate::no_data, "chunk"},
            OriginFault{"ASizeBeyondTheEnd", bytes(chunked("ffffffffffffff\r\nhello")), Fate::cut, "is malformed"},
            OriginFault{"ASizeTooSmall", bytes(chunked("3\r\nhello\r\n0\r\n\r\n")), Fate::cut, "chunk"},
            OriginFault{"ASizeTooLarge", bytes(chunked("7\r\nhello\r\n0\r\n\r\n")), Fate::cut, "is malformed"},
            OriginFault{"ABadSecondSize", bytes(chunked("5\r\nhello\r\nzz\r\n")), Fate::cut, "chunk"},
            OriginFault{"ASizeLineWithoutEnd", bytes(chunked("5;" + repeated("x", 20'000))), Fate::no_data, "chunk"},
            OriginFault{"ABareLineFeed", bytes(chunked("5\nhello\n0\n\n")), Fate::no_data, "is malformed"},
            passed("AnExtension", chunked("5;a=b\r\nhello\r\n0\r\n\r\n"), "hello"))),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    LiesInItsHead, P13_a_Http1Origin,
    testing::Combine(
        everywhere,
        testing::Values(
            refused("AnotherProtocol", bytes("SSH-2.0-x\r\n\r\n")),
            refused("Tls", bytes("\x15\x03\x01\x00\x02\x02\x28")), refused("APromptAndWaits", "200:i0,'login: ':p0,f"),
            refused("AnOldResponse", bytes("<html>\r\n\r\n")), refused("NoStatus", bytes("HTTP/1.1\r\n\r\n")),
            refused("A11_ALongStatus", bytes("HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok"), "bad status line"),
            refused("AStatusOfNoDigits", bytes("HTTP/1.1 2x0 OK\r\n\r\n")),
            refused("A11_AStatusBelow100", bytes("HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok"), "bad status line"),
            refused("AnotherVersion", bytes("HTTP/2.0 200 OK\r\n\r\n")),
            refused("AVersionInLowerCase", bytes("http/1.1 200 OK\r\n\r\n")),
            refused("ABlankInFront", bytes(" HTTP/1.1 200 OK\r\n\r\n")),
            refused("ANulInTheReason", bytes(std::string_view("HTTP/1.1 200 O\0K\r\n\r\n", 20))),
            refused("AFieldWithoutColon", bytes(head("field\r\n"))),
            refused("AFieldWithoutName", bytes(head(": x\r\n"))),
            passed("A15_ABlankBeforeTheColon", head("A : x\r\nContent-Length : 2\r\n") + "ok", "ok"),
            refused("ABlankInAName", bytes(head("a b: x\r\n"))),
            refused("ANulInAValue", bytes(head(std::string_view("A: b\0c\r\n", 8)))),
            refused("ACarriageReturnInAValue", bytes(head("A: b\rc\r\n"))),
            refused("AFoldedFirstField", bytes(head(" A: b\r\n"))),
            refused("ANameOfBytes", bytes(head("\xff\xfe: b\r\n"))),
            refused("SwitchesUnasked", bytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello"),
                    "no Upgrade field"),
            OriginFault{"SwitchesAndLeaves",
                        bytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello"),
                        Fate::whole,
                        "",
                        "get:TARGET:h'Upgrade'='x'",
                        {},
                        101},
            passed("AFoldedField", head("A: b\r\n\tc\r\nContent-Length: 2\r\n") + "ok", "ok"),
            passed("InterimResponses",
                   "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" +
                       head("Content-Length: 2\r\n") + "ok",
                   "ok"))),
    name_of);

// --- it floods -------------------------------------------------------------------------------------------------------

INSTANTIATE_TEST_SUITE_P(
    Floods, P13_a_Http1Origin,
    testing::Combine(
        everywhere,
        testing::Values(
            refused("TheReason", "200:m@1g,ascii_letters"), refused("AName", "200:h@1g,ascii_letters='x'"),
            refused("AValue", "200:h'X'=@1g,ascii_letters"),
            refused("Fields", bytes("HTTP/1.1 200 OK\r\n" + repeated("A: b\r\n", 2000))),
            refused("InterimResponses", bytes(repeated("HTTP/1.1 103 Early Hints\r\n\r\n", 5000)), ""),
            OriginFault{"Trailers", bytes(chunked("5\r\nhello\r\n0\r\n" + repeated("A: b\r\n", 2000))), Fate::cut, ""},
            OriginFault{
                "P61_b_ABodyOfKnownLength", "200:b@1t", Fate::no_data, "limit", "get:TARGET", {"body_size_limit=10k"}},
            OriginFault{
                "P61_b_ABodyUntilTheEnd", "200:r:b@1t", Fate::cut, "limit", "get:TARGET", {"body_size_limit=100k"}},
            OriginFault{"P61_b_AChunk",
                        "200:r:h'Transfer-Encoding'='chunked':b@1g:i47,'ffffffff\\r\\n'",
                        Fate::cut,
                        "limit",
                        "get:TARGET",
                        {"body_size_limit=100k"}})),
    name_of);

}  // namespace
}  // namespace pathology::integration
