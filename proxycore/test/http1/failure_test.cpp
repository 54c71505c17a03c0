// Broken messages: the code, the place and the sentence, the same under every cut.
#include <gtest/gtest.h>

#include <ostream>

#include "http1/transcript.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::http1 {
namespace {

using test::After;

struct FailureCase {
    std::string_view name, wire;
    Errc code;
    std::uint64_t offset;
    std::string_view message;
    After after = After::open;
    Leniency leniency = {};
    unsigned status_hint = 0;  // not compared if 0
};

void PrintTo(FailureCase const& row, std::ostream* out) { *out << row.name; }

template <class Reader> void expect_failure(FailureCase const& row) {
    test::for_each_split(
        row.wire, [&] { return Reader({}, row.leniency); },
        [&](Reader& reader, test::Pieces pieces) {
            auto const failure = test::transcribe(reader, pieces, row.after).failure;
            ASSERT_TRUE(failure);
            EXPECT_EQ(failure->code, row.code);
            EXPECT_EQ(failure->offset, row.offset);
            EXPECT_EQ(failure->message, row.message);
            if (row.status_hint != 0) {
                EXPECT_EQ(failure->status_hint, row.status_hint);
            }
            // A failure is for good.
            reader.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            EXPECT_EQ(reader.next().error().message, row.message);
            EXPECT_EQ(reader.finish().error().message, row.message);
        });
}

class RequestFailure : public testing::TestWithParam<FailureCase> {};
TEST_P(RequestFailure, NamesThingAndPlace) { expect_failure<RequestReader>(GetParam()); }

class ResponseFailure : public testing::TestWithParam<FailureCase> {};
TEST_P(ResponseFailure, NamesThingAndPlace) { expect_failure<ResponseReader>(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    StartLine, RequestFailure,
    testing::Values(
        FailureCase{"OneWord", "foo\r\n", Errc::bad_start_line, 0, "bad request line \"foo\" at byte 0"},
        FailureCase{"NoVersion", "GET /\r\n", Errc::bad_start_line, 0, "bad request line \"GET /\" at byte 0"},
        FailureCase{"TwoSpaces", "GET  / HTTP/1.1\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET  / HTTP/1.1\" at byte 0"},
        FailureCase{"SpaceInTarget", "GET /a b HTTP/1.1\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET /a b HTTP/1.1\" at byte 0"},
        FailureCase{"SpaceAtTheEnd", "GET / HTTP/1.1 \r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET / HTTP/1.1 \" at byte 0"},
        FailureCase{"EmptyMethod", " / HTTP/1.1\r\n", Errc::bad_start_line, 0,
                    "bad request line \" / HTTP/1.1\" at byte 0"},
        FailureCase{"MethodNoToken", "G(T / HTTP/1.1\r\n", Errc::bad_start_line, 0,
                    "bad request line \"G(T / HTTP/1.1\" at byte 0"},
        FailureCase{"LowerCaseVersion", "GET / http/1.1\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET / http/1.1\" at byte 0"},
        FailureCase{"LongVersion", "GET / HTTP/1.10\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET / HTTP/1.10\" at byte 0"},
        FailureCase{"MajorVersionTwo", "GET / HTTP/2.0\r\n", Errc::bad_version, 0,
                    "unknown HTTP version in \"GET / HTTP/2.0\" at byte 0"},
        FailureCase{"BareCarriageReturn", "GET /\r HTTP/1.1\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET /\\r HTTP/1.1\" at byte 0"},
        FailureCase{"ControlByte", "GET /\x01 HTTP/1.1\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET /\\x01 HTTP/1.1\" at byte 0"},
        FailureCase{"TwoEmptyLines", "\r\n\r\n", Errc::bad_start_line, 0, "bad request line \"\" at byte 0"},
        FailureCase{"TargetOfNoForm", "GET foo.com/p/200 HTTP/1.1\r\nHost: a\r\n\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET foo.com/p/200 HTTP/1.1\" at byte 0"},
        FailureCase{"TargetOfNoFormLenient", "GET foo.com/p/200 HTTP/1.1\r\n\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET foo.com/p/200 HTTP/1.1\" at byte 0", After::open, Leniency::all()},
        FailureCase{"AuthorityWithoutConnect", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET a:80 HTTP/1.1\" at byte 0"},
        FailureCase{"ConnectWithoutPort", "CONNECT foo.com HTTP/1.1\r\n\r\n", Errc::bad_start_line, 0,
                    "bad request line \"CONNECT foo.com HTTP/1.1\" at byte 0", After::open, Leniency::all()},
        FailureCase{"ConnectToAPath", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", Errc::bad_start_line, 0,
                    "bad request line \"CONNECT / HTTP/1.1\" at byte 0"},
        FailureCase{"AsteriskWithGet", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET * HTTP/1.1\" at byte 0"},
        FailureCase{"QuoteInTarget", "GET /\" HTTP/1.1\r\nHost: a\r\n\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET /\\\" HTTP/1.1\" at byte 0"},
        FailureCase{"FragmentInTarget", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET /#a HTTP/1.1\" at byte 0"},
        FailureCase{"HighByteInTarget", "GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", Errc::bad_start_line, 0,
                    "bad request line \"GET /\\xff HTTP/1.1\" at byte 0"}),
    test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Fields, RequestFailure,
    testing::Values(FailureCase{"NoColon", "GET / HTTP/1.1\r\nbad header\r\n\r\n", Errc::bad_field, 16,
                                "bad header line \"bad header\" at byte 16"},
                    FailureCase{"SecondFieldBad", "GET / HTTP/1.1\r\nHost: a\r\nbad\r\n\r\n", Errc::bad_field, 25,
                                "bad header line \"bad\" at byte 25"},
                    FailureCase{"BadAfterBareLineFeeds", "GET / HTTP/1.1\nHost: a\nbad\r\n\r\n", Errc::bad_field, 23,
                                "bad header line \"bad\" at byte 23", After::open, Leniency::all()},
                    FailureCase{"BadAfterRewrittenVersion", "GET / HTTP/5.1\r\nA: a\nbad\r\n\r\n", Errc::bad_field, 21,
                                "bad header line \"bad\" at byte 21", After::open, Leniency::all()},
                    FailureCase{"SpaceBeforeColon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", Errc::bad_field, 16,
                                "bad header line \"Host : a\" at byte 16"},
                    FailureCase{"Credentials", "GET / HTTP/1.1\r\nAuthorization: Bearer secret\x01\r\n\r\n",
                                Errc::bad_field, 16, "bad header line \"Authorization: Bearer ***\" at byte 16"},
                    FailureCase{"CredentialsForAProxy", "GET / HTTP/1.1\r\nproxy-authorization : secret\r\n\r\n",
                                Errc::bad_field, 16, "bad header line \"proxy-authorization: ***\" at byte 16"},
                    FailureCase{"EmptyName", "GET / HTTP/1.1\r\n: a\r\n\r\n", Errc::bad_field, 16,
                                "bad header line \": a\" at byte 16"},
                    FailureCase{"NullByteInValue", std::string_view("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 24),
                                Errc::bad_field, 16, "bad header line \"A: \\x00\" at byte 16"},
                    FailureCase{"BareCarriageReturnInValue", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", Errc::bad_field, 16,
                                "bad header line \"A: b\\rc\" at byte 16"},
                    FailureCase{"BareCarriageReturnInValueLenient", "GET / HTTP/1.1\nA: b\rc\n\n", Errc::bad_field, 15,
                                "bad header line \"A: b\\rc\" at byte 15", After::open, Leniency::all()},
                    FailureCase{"FoldedLine", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", Errc::line_folding, 25,
                                "header line begins with white space \" b\" at byte 25"},
                    FailureCase{"FoldedLineLenient", "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n", Errc::line_folding, 25,
                                "header line begins with white space \"\\tb\" at byte 25", After::open,
                                Leniency::all()},
                    FailureCase{"FoldedRequestLine",
                                "GET / HTTP/1.1\r\n b\r\n\r\n",
                                Errc::line_folding,
                                16,
                                "header line begins with white space \" b\" at byte 16",
                                After::open,
                                {.line_folding = true}},
                    FailureCase{"WhiteSpaceAfterTheRequestLine", "GET / HTTP/1.1\r\n X: y\r\n", Errc::line_folding, 16,
                                "header line begins with white space \" X: y\" at byte 16"},
                    FailureCase{"BadRequestLineBeforeAFoldedLine", "GET /\r\n b\r\n\r\n", Errc::bad_start_line, 0,
                                "bad request line \"GET /\" at byte 0"},
                    FailureCase{"BareLineFeedInHead", "GET / HTTP/1.1\r\nHost: a\n\r\n", Errc::bare_line_feed, 16,
                                "line ends without a carriage return \"Host: a\" at byte 16"},
                    FailureCase{"BareLineFeedAfterRequestLine", "GET / HTTP/1.1\n", Errc::bare_line_feed, 0,
                                "line ends without a carriage return \"GET / HTTP/1.1\" at byte 0"},
                    FailureCase{"NoHost", "GET / HTTP/1.1\r\nA: b\r\n\r\n", Errc::bad_host, 0,
                                "no Host after \"GET / HTTP/1.1\" at byte 0"},
                    FailureCase{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", Errc::bad_host, 25,
                                "bad or repeated Host \"b\" at byte 25"},
                    FailureCase{"HostWithPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", Errc::bad_host, 16,
                                "bad or repeated Host \"a/b\" at byte 16"},
                    FailureCase{"HostWithUser", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", Errc::bad_host, 16,
                                "bad or repeated Host \"u@a\" at byte 16"},
                    FailureCase{"HostWithBadPort", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", Errc::bad_host, 16,
                                "bad or repeated Host \"a:99999\" at byte 16"}),
    test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Framing, RequestFailure,
    testing::Values(
        FailureCase{"LengthNoNumber", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                    Errc::bad_content_length, 25, "bad Content-Length \"x\" at byte 25"},
        FailureCase{"LengthEmpty", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", Errc::bad_content_length, 25,
                    "bad Content-Length \"\" at byte 25"},
        FailureCase{"LengthSigned", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", Errc::bad_content_length,
                    25, "bad Content-Length \"+5\" at byte 25"},
        FailureCase{"LengthHex", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", Errc::bad_content_length,
                    25, "bad Content-Length \"0x5\" at byte 25"},
        FailureCase{"LengthTooBig", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n",
                    Errc::bad_content_length, 25, "bad Content-Length \"18446744073709551616\" at byte 25"},
        FailureCase{"LengthList", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 6\r\n\r\n", Errc::bad_content_length,
                    25, "bad Content-Length \"5, 6\" at byte 25"},
        FailureCase{"LengthListOfOne", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5,\r\n\r\n",
                    Errc::bad_content_length, 25, "bad Content-Length \"5,\" at byte 25"},
        FailureCase{"LengthsDiffer", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                    Errc::bad_content_length, 44, "bad Content-Length \"6\" at byte 44"},
        FailureCase{
            "CodingAfterLength", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            Errc::conflicting_framing, 44,
            "Transfer-Encoding beside Content-Length or in HTTP/1.0: \"Transfer-Encoding: chunked\" at byte 44"},
        FailureCase{"LengthAfterCoding",
                    "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
                    Errc::conflicting_framing, 53,
                    "Transfer-Encoding beside Content-Length or in HTTP/1.0: \"Content-Length: 5\" at byte 53"},
        FailureCase{"LengthAfterOtherCoding",
                    "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\n",
                    Errc::conflicting_framing, 25,
                    "Transfer-Encoding beside Content-Length or in HTTP/1.0: \"Transfer-Encoding: gzip\" at byte 25"},
        FailureCase{
            "CodingInVersion10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Errc::conflicting_framing, 17,
            "Transfer-Encoding beside Content-Length or in HTTP/1.0: \"Transfer-Encoding: chunked\" at byte 17"},
        FailureCase{"CodingInVersion10Lenient", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                    Errc::conflicting_framing, 17,
                    "Transfer-Encoding beside Content-Length or in HTTP/1.0: \"Transfer-Encoding: chunked\" at byte 17",
                    After::open, Leniency::all()},
        FailureCase{.name = "CodingWithoutChunked",
                    .wire = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
                    .code = Errc::bad_transfer_encoding,
                    .offset = 26,
                    .message = "bad Transfer-Encoding \"gzip\" at byte 26",
                    .status_hint = 400},
        FailureCase{.name = "UnknownCodings",
                    .wire = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, foo\r\n\r\n",
                    .code = Errc::unknown_coding,
                    .offset = 26,
                    .message = "unknown Transfer-Encoding \"gzip, foo\" at byte 26",
                    .status_hint = 501},
        FailureCase{.name = "UnknownCodingBehindChunked",
                    .wire = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, foo\r\n\r\n",
                    .code = Errc::bad_transfer_encoding,
                    .offset = 26,
                    .message = "bad Transfer-Encoding \"chunked, foo\" at byte 26",
                    .status_hint = 400},
        FailureCase{.name = "QuotedCoding",
                    .wire = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n",
                    .code = Errc::bad_transfer_encoding,
                    .offset = 26,
                    .message = "bad Transfer-Encoding \"\\\"chunked\\\"\" at byte 26",
                    .status_hint = 400},
        FailureCase{"ChunkedNotLast", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
                    Errc::bad_transfer_encoding, 26, "bad Transfer-Encoding \"chunked, gzip\" at byte 26"},
        FailureCase{"ChunkedTwice", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
                    Errc::bad_transfer_encoding, 26, "bad Transfer-Encoding \"chunked, chunked\" at byte 26"},
        FailureCase{"ChunkedInTwoFields",
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                    Errc::bad_transfer_encoding, 54, "bad Transfer-Encoding \"chunked\" at byte 54"},
        FailureCase{.name = "ChunkedMisspelt",
                    .wire = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
                    .code = Errc::unknown_coding,
                    .offset = 26,
                    .message = "unknown Transfer-Encoding \"xchunked\" at byte 26",
                    .status_hint = 501},
        FailureCase{"ChunkedBehindParameters",
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: a;b=\", chunked\r\n\r\n",
                    Errc::bad_transfer_encoding, 26, "bad Transfer-Encoding \"a;b=\\\", chunked\" at byte 26"}),
    test::row_name);

// A macro, so that rows can append to it as literals.
#define CHUNKED_HEAD "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
constexpr std::uint64_t head_size = sizeof(CHUNKED_HEAD) - 1;

INSTANTIATE_TEST_SUITE_P(
    Chunks, RequestFailure,
    testing::Values(
        FailureCase{"SizeNoHex", CHUNKED_HEAD "x\r\n", Errc::bad_chunk, head_size, "bad chunk line \"x\" at byte 56"},
        FailureCase{"SizeMissing", CHUNKED_HEAD "\r\n", Errc::bad_chunk, head_size, "bad chunk line \"\" at byte 56"},
        FailureCase{"SizeWithPrefix", CHUNKED_HEAD "0x5\r\n", Errc::bad_chunk, head_size,
                    "bad chunk line \"0x5\" at byte 56"},
        FailureCase{"SizeNegative", CHUNKED_HEAD "-1\r\n", Errc::bad_chunk, head_size,
                    "bad chunk line \"-1\" at byte 56"},
        FailureCase{"SizeTooBig", CHUNKED_HEAD "10000000000000000\r\n", Errc::bad_chunk, head_size,
                    "bad chunk line \"10000000000000000\" at byte 56"},
        FailureCase{"SpaceAfterSize", CHUNKED_HEAD "5 \r\nhello", Errc::bad_chunk, head_size,
                    "bad chunk line \"5 \" at byte 56"},
        FailureCase{"ExtensionWithoutName", CHUNKED_HEAD "5;=a\r\nhello", Errc::bad_chunk, head_size,
                    "bad chunk line \"5;=a\" at byte 56"},
        FailureCase{"LineEndInQuotedExtension", CHUNKED_HEAD "5;a=\"\r\nb\"\r\n", Errc::bad_chunk, head_size,
                    "bad chunk line \"5;a=\\\"\" at byte 56"},
        FailureCase{"ExtensionCutShort", CHUNKED_HEAD "0;a=\"\r\n\r\n", Errc::bad_chunk, head_size,
                    "bad chunk line \"0;a=\\\"\" at byte 56"},
        FailureCase{"TrailerNameNoToken", CHUNKED_HEAD "0\r\nT: v\r\na b: c\r\n\r\n", Errc::bad_field, head_size + 9,
                    "bad header line \"a b: c\" at byte 65"},
        FailureCase{"DataTooLong", CHUNKED_HEAD "2\r\nabc\r\n", Errc::bad_chunk, head_size + 5,
                    "bad chunk line \"c\" at byte 61"},
        FailureCase{"SecondSizeBad", CHUNKED_HEAD "2\r\nab\r\nz\r\n", Errc::bad_chunk, head_size + 7,
                    "bad chunk line \"z\" at byte 63"},
        FailureCase{"BareLineFeedAfterSize", CHUNKED_HEAD "2\nab", Errc::bare_line_feed, head_size,
                    "line ends without a carriage return \"2\" at byte 56"},
        FailureCase{"BareLineFeedAfterData", CHUNKED_HEAD "2\r\nab\n0\r\n\r\n", Errc::bare_line_feed, head_size + 5,
                    "line ends without a carriage return \"\" at byte 61"},
        FailureCase{"TrailerWithoutColon", CHUNKED_HEAD "0\r\nT: 1\r\nbad\r\n\r\n", Errc::bad_field, head_size + 9,
                    "bad header line \"bad\" at byte 65"},
        FailureCase{"TrailerFolded", CHUNKED_HEAD "0\r\nT: 1\r\n u\r\n\r\n", Errc::line_folding, head_size + 9,
                    "header line begins with white space \" u\" at byte 65"},
        FailureCase{"TrailerThatFrames", CHUNKED_HEAD "1\r\na\r\n0\r\nContent-Length: 1\r\n\r\n",
                    Errc::conflicting_framing, head_size + 9,
                    "Transfer-Encoding beside Content-Length or in HTTP/1.0: \"Content-Length: 1\" at byte 65"}),
    test::row_name);

// RFC 9112 §7.1, erratum 7633. LF alone ends the lines of the head for a lenient reader, but no line of a chunked body.
#define RESPONSE_HEAD "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"
constexpr std::uint64_t response_head_size = sizeof(RESPONSE_HEAD) - 1;

FailureCase bare(std::string_view name, std::string_view wire, std::uint64_t offset, std::string_view message) {
    return {name, wire, Errc::bare_line_feed, offset, message, After::open, Leniency::all()};
}

INSTANTIATE_TEST_SUITE_P(C7_BareLineFeed, RequestFailure,
                         testing::Values(bare("AfterSize", CHUNKED_HEAD "2\nab\r\n0\r\n\r\n", head_size,
                                              "line ends without a carriage return \"2\" at byte 56"),
                                         bare("AfterExtension", CHUNKED_HEAD "2;a=b\nab", head_size,
                                              "line ends without a carriage return \"2;a=b\" at byte 56"),
                                         bare("AfterData", CHUNKED_HEAD "2\r\nab\n0\r\n\r\n", head_size + 5,
                                              "line ends without a carriage return \"\" at byte 61"),
                                         bare("AfterSecondSize", CHUNKED_HEAD "2\r\nab\r\n1\nc\r\n", head_size + 7,
                                              "line ends without a carriage return \"1\" at byte 63"),
                                         bare("AfterLastChunk", CHUNKED_HEAD "0\n\r\n", head_size,
                                              "line ends without a carriage return \"0\" at byte 56"),
                                         bare("AfterTrailer", CHUNKED_HEAD "0\r\nT: 1\n\r\n", head_size + 3,
                                              "line ends without a carriage return \"T: 1\" at byte 59"),
                                         bare("AfterSecondTrailer", CHUNKED_HEAD "0\r\nT: 1\r\nU: 2\n\r\n",
                                              head_size + 9, "line ends without a carriage return \"U: 2\" at byte 65"),
                                         bare("AsTheEmptyLine", CHUNKED_HEAD "0\r\n\n", head_size + 3,
                                              "line ends without a carriage return \"\" at byte 59"),
                                         bare("AfterAHeadOfBareLines",
                                              "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n0\n\n",
                                              head_size - 4, "line ends without a carriage return \"0\" at byte 52")),
                         test::row_name);

INSTANTIATE_TEST_SUITE_P(C7_BareLineFeed, ResponseFailure,
                         testing::Values(bare("AfterSize", RESPONSE_HEAD "2\nab\r\n0\r\n\r\n", response_head_size,
                                              "line ends without a carriage return \"2\" at byte 44"),
                                         bare("AfterData", RESPONSE_HEAD "2\r\nab\n0\r\n\r\n", response_head_size + 5,
                                              "line ends without a carriage return \"\" at byte 49"),
                                         bare("AfterTrailer", RESPONSE_HEAD "0\r\nT: 1\n\r\n", response_head_size + 3,
                                              "line ends without a carriage return \"T: 1\" at byte 47"),
                                         bare("AsTheEmptyLine", RESPONSE_HEAD "0\r\n\n", response_head_size + 3,
                                              "line ends without a carriage return \"\" at byte 47")),
                         test::row_name);

INSTANTIATE_TEST_SUITE_P(
    End, RequestFailure,
    testing::Values(FailureCase{"InRequestLine", "GET", Errc::eof_in_head, 0,
                                "bad request line \"GET\" at byte 0: unexpected end, 3 bytes read", After::eof},
                    FailureCase{"AfterRequestLine", "GET / HTTP/1.1\r\n", Errc::eof_in_head, 16,
                                "unexpected end inside the header: 16 bytes read", After::eof},
                    FailureCase{"InField", "GET / HTTP/1.1\r\nHost: a\r\nX", Errc::eof_in_head, 25,
                                "unexpected end inside the header: 26 bytes read", After::eof},
                    FailureCase{"BeforeTheBody", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n",
                                Errc::eof_in_body, 48, "unexpected end inside the body: 0 of 100 bytes", After::eof},
                    FailureCase{"InTheBody", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabcdefghijkl",
                                Errc::eof_in_body, 60, "unexpected end inside the body: 12 of 100 bytes", After::eof},
                    FailureCase{"InChunkData", CHUNKED_HEAD "5\r\nab", Errc::eof_in_body, head_size + 5,
                                "unexpected end inside the chunked body: 2 bytes read", After::eof},
                    FailureCase{"InChunkLine", CHUNKED_HEAD "5", Errc::eof_in_body, head_size + 1,
                                "unexpected end inside the chunked body: 0 bytes read", After::eof},
                    FailureCase{"InTrailers", CHUNKED_HEAD "0\r\nT: 1\r\n", Errc::eof_in_body, head_size + 9,
                                "unexpected end inside the chunked body: 0 bytes read", After::eof}),
    test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Rfc9112, ResponseFailure,
    testing::Values(
        FailureCase{"CutInStatusLine", "HTT", Errc::eof_in_head, 0,
                    "bad status line \"HTT\" at byte 0: unexpected end, 3 bytes read", After::eof},
        FailureCase{"ShortStatusLine", "HTT\r\n\r\n", Errc::bad_start_line, 0, "bad status line \"HTT\" at byte 0"},
        FailureCase{"EmptyLineInFront", "\r\nHTTP/1.1 200 OK\r\n", Errc::bad_start_line, 0,
                    "bad status line \"\" at byte 0"},
        FailureCase{"NoSpaceAfterCode", "HTTP/1.1 200\r\n", Errc::bad_start_line, 0,
                    "bad status line \"HTTP/1.1 200\" at byte 0"},
        FailureCase{"ManyDigits", "HTTP/1.1 00200 OK\r\n", Errc::bad_start_line, 0,
                    "bad status line \"HTTP/1.1 00200 OK\" at byte 0"},
        FailureCase{"TooManyDigitsForAnyone", "HTTP/1.1 1234567890 OK\r\n", Errc::bad_start_line, 0,
                    "bad status line \"HTTP/1.1 1234567890 OK\" at byte 0", After::open, Leniency::all()},
        FailureCase{"CodeNoNumber", "HTTP/1.1 abc\r\n", Errc::bad_start_line, 0,
                    "bad status line \"HTTP/1.1 abc\" at byte 0"},
        FailureCase{"ControlByteInReason", "HTTP/1.1 200 \x01\r\n", Errc::bad_start_line, 0,
                    "bad status line \"HTTP/1.1 200 \\x01\" at byte 0"},
        FailureCase{"MajorVersionTwo", "HTTP/2.0 200 OK\r\n", Errc::bad_version, 0,
                    "unknown HTTP version in \"HTTP/2.0 200 OK\" at byte 0"},
        FailureCase{"BadLength", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", Errc::bad_content_length, 17,
                    "bad Content-Length \"x\" at byte 17"},
        FailureCase{"ChunkedNotLast", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
                    Errc::bad_transfer_encoding, 17, "bad Transfer-Encoding \"chunked, gzip\" at byte 17"},
        FailureCase{
            "CodingInVersion10", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Errc::conflicting_framing, 17,
            "Transfer-Encoding beside Content-Length or in HTTP/1.0: \"Transfer-Encoding: chunked\" at byte 17"},
        FailureCase{"BodyCutShort", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", Errc::eof_in_body, 43,
                    "unexpected end inside the body: 3 of 100 bytes", After::eof}),
    test::row_name);

struct LimitCase {
    std::string_view name, wire;
    Limits limits;
    Errc code;
    unsigned status_hint;
    std::string_view message;
};
void PrintTo(LimitCase const& row, std::ostream* out) { *out << row.name; }
class RequestLimit : public testing::TestWithParam<LimitCase> {};

TEST_P(RequestLimit, EndsTheMessage) {
    auto const& row = GetParam();
    auto const failure = test::failure_of_request(row.wire, row.limits);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, row.code);
    EXPECT_EQ(failure->status_hint, row.status_hint);
    EXPECT_EQ(failure->message, row.message);
}

INSTANTIATE_TEST_SUITE_P(Limits, RequestLimit,
                         testing::Values(LimitCase{"RequestLine",
                                                   "GET /aaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                                   {.head = 20},
                                                   Errc::head_too_large,
                                                   414,
                                                   "request line longer than 20 bytes at byte 0"},
                                         LimitCase{"WholeRequestLine",
                                                   "GET /aaaaaaaaaaaaaaaaaaaaaaaaaaa HTTP/1.1\r\nHost: a\r\n\r\n",
                                                   {.head = 20},
                                                   Errc::head_too_large,
                                                   414,
                                                   "request line longer than 20 bytes at byte 0"},
                                         LimitCase{"Method",
                                                   "GEEEEEEEEEEEEEEEEEEEEEEEEEEET / HTTP/1.1\r\n",
                                                   {.head = 20},
                                                   Errc::head_too_large,
                                                   431,
                                                   "request line longer than 20 bytes at byte 0"},
                                         LimitCase{"Head",
                                                   "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                                                   {.head = 26},
                                                   Errc::head_too_large,
                                                   431,
                                                   "header longer than 26 bytes at byte 0"},
                                         LimitCase{"UnfinishedHead",
                                                   "GET / HTTP/1.1\r\nHost: aaaaaaaaaaaaaaaaaaa",
                                                   {.head = 30},
                                                   Errc::head_too_large,
                                                   431,
                                                   "header longer than 30 bytes at byte 0"},
                                         LimitCase{"Fields",
                                                   "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n",
                                                   {.fields = 2},
                                                   Errc::too_many_fields,
                                                   431,
                                                   "more than 2 header lines at byte 31"},
                                         LimitCase{"Length",
                                                   "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
                                                   {.body = 4},
                                                   Errc::body_too_large,
                                                   413,
                                                   "body larger than 4 bytes at byte 25"},
                                         LimitCase{"Chunk",
                                                   CHUNKED_HEAD "3\r\nabc\r\n2\r\n",
                                                   {.body = 4},
                                                   Errc::body_too_large,
                                                   413,
                                                   "body larger than 4 bytes at byte 64"},
                                         LimitCase{"ChunkLine",
                                                   CHUNKED_HEAD "3;aaaaaaaaaa\r\n",
                                                   {.chunk_line = 8},
                                                   Errc::chunk_line_too_large,
                                                   400,
                                                   "chunk line longer than 8 bytes \"3;aaaaaaaaaa\" at byte 56"},
                                         LimitCase{"UnfinishedChunkLine",
                                                   CHUNKED_HEAD "3;aaaaaaaaaa",
                                                   {.chunk_line = 8},
                                                   Errc::chunk_line_too_large,
                                                   400,
                                                   "chunk line longer than 8 bytes \"3;aaaaaaaaaa\" at byte 56"},
                                         LimitCase{"Trailers",
                                                   CHUNKED_HEAD "0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n",
                                                   {.fields = 2},
                                                   Errc::too_many_fields,
                                                   431,
                                                   "more than 2 header lines at byte 71"}),
                         test::row_name);

TEST(RequestLimit, ExactlyAtTheLimitIsFine) {
    std::string_view const wire = "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd";
    EXPECT_FALSE(test::failure_of_request(wire, {.head = wire.size() - 4, .fields = 2, .chunk_line = 1, .body = 4}));
}

TEST(ResponseLimit, BodyUntilTheClose) {
    auto const failure = test::failure_of_response("HTTP/1.1 200 OK\r\n\r\nabcdef", {.body = 4});
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, Errc::body_too_large);
    EXPECT_EQ(failure->status_hint, 502u);
}

TEST(Failure, ThrowsItsMessageFromValue) {
    RequestReader reader;
    reader.feed("foo\r\n");
    try {
        reader.next().value();
        FAIL() << "value() of a failure returned";
    } catch (std::runtime_error const& error) {
        EXPECT_STREQ(error.what(), "bad request line \"foo\" at byte 0");
    }
}

}  // namespace
}  // namespace pathology::proxycore::http1
