// Good requests, under every cut: what events they make, and that raw() gives back each byte.
#include <gmock/gmock.h>

#include <ostream>
#include "http1/transcript.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::http1 {
namespace {

using test::After;
using testing::ElementsAre;
using testing::ElementsAreArray;

struct RequestCase {
    std::string_view name, wire;
    std::vector<std::string> lines;
    Leniency leniency = {};
};
void PrintTo(RequestCase const& row, std::ostream* out) { *out << row.name; }

class RequestReaderReads : public testing::TestWithParam<RequestCase> {};

TEST_P(RequestReaderReads, TheSameUnderEveryCut) {
    auto const& row = GetParam();
    test::for_each_split(
        row.wire, [&] { return RequestReader({}, row.leniency); },
        [&](RequestReader& reader, test::Pieces pieces) {
            auto const transcript = test::transcribe(reader, pieces, After::eof);
            EXPECT_THAT(transcript.lines, ElementsAreArray(row.lines));
            EXPECT_EQ(transcript.raw, row.wire);
            EXPECT_TRUE(reader.buffered().empty());
        });
}

INSTANTIATE_TEST_SUITE_P(
    Strict, RequestReaderReads,
    testing::Values(
        RequestCase{
            "WithoutBody", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", {"head GET / HTTP/1.1 | Host: a", "end", "closed"}},
        RequestCase{"KeepsOrderSpellingAndDuplicates",
                    "GeT /x?y HTTP/1.1\r\nX-b: 1\r\nhOST: a:80\r\nx-B: 2\r\n\r\n",
                    {"head GeT /x?y HTTP/1.1 | X-b: 1 | hOST: a:80 | x-B: 2", "end", "closed"}},
        RequestCase{"TrimsWhiteSpaceAroundValues",
                    "GET / HTTP/1.1\r\nHost:a\r\nA: \t b c \t\r\nB:\r\n\r\n",
                    {"head GET / HTTP/1.1 | Host: a | A: b c | B: ", "end", "closed"}},
        RequestCase{"Version10WithoutHost", "GET / HTTP/1.0\r\n\r\n", {"head GET / HTTP/1.0", "end", "closed"}},
        RequestCase{"HigherMinorVersionIsReadAsOurs",
                    "GET / HTTP/1.7\r\nHost: a\r\n\r\n",
                    {"head GET / HTTP/1.7 | Host: a", "end", "closed"}},
        RequestCase{"BodyByContentLength",
                    "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
                    {"head POST /p HTTP/1.1 | Host: a | Content-Length: 5", "body \"hello\"", "end", "closed"}},
        RequestCase{"EmptyBodyByContentLength",
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
                    {"head POST / HTTP/1.1 | Host: a | Content-Length: 0", "end", "closed"}},
        RequestCase{"ChunkedBody",
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n00A\r\n, "
                    "world!\r\n\r\n0\r\n\r\n",
                    {"head POST / HTTP/1.1 | Host: a | Transfer-Encoding: chunked", "body \"hello, world!\\r\\n\"",
                     "end", "closed"}},
        RequestCase{"ChunkExtensionsAndTrailers",
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n"
                    "2;a=b; c=\"d;\\\"\"\r\nhi\r\n0;e\r\nT: 1\r\nt: 2\r\n\r\n",
                    {"head POST / HTTP/1.1 | Host: a | Transfer-Encoding: gzip, Chunked", "body \"hi\"",
                     "end | T: 1 | t: 2", "closed"}},
        RequestCase{
            "CodingsInTwoFields",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            {"head POST / HTTP/1.1 | Host: a | Transfer-Encoding: gzip | Transfer-Encoding: chunked", "end", "closed"}},
        RequestCase{"Pipelined",
                    "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
                    "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n",
                    {"head GET /1 HTTP/1.1 | Host: a", "end", "head POST /2 HTTP/1.1 | Host: a | Content-Length: 1",
                     "body \"x\"", "end", "head GET /3 HTTP/1.1 | Host: a", "end", "closed"}},
        RequestCase{"EmptyLineBeforeTheRequestLine",
                    "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                    {"head GET / HTTP/1.1 | Host: a", "end", "closed"}},
        RequestCase{"AbsoluteForm",
                    "GET http://a:8080/x HTTP/1.1\r\nHost: a:8080\r\n\r\n",
                    {"head GET http://a:8080/x HTTP/1.1 | Host: a:8080", "end", "closed"}},
        RequestCase{"Connect",
                    "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n",
                    {"head CONNECT [::1]:443 HTTP/1.1 | Host: [::1]:443", "end", "closed"}},
        RequestCase{"ServerWideOptions",
                    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
                    {"head OPTIONS * HTTP/1.1 | Host: a", "end", "closed"}},
        RequestCase{"EmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n", {"head GET / HTTP/1.1 | Host: ", "end", "closed"}},
        RequestCase{"ObsoleteTextInValues",
                    "GET / HTTP/1.1\r\nHost: a\r\nX: \xe4\xff\r\n\r\n",
                    {"head GET / HTTP/1.1 | Host: a | X: \xe4\xff", "end", "closed"}},
        RequestCase{"NothingAtAll", "", {"closed"}}),
    test::row_name);

constexpr Leniency lenient = Leniency::all();

INSTANTIATE_TEST_SUITE_P(
    Lenient, RequestReaderReads,
    testing::Values(
        RequestCase{
            "BareLineFeeds",
            "\nPOST / HTTP/1.1\nHost: a\r\nTransfer-Encoding: chunked\n\n2\r\nhi\r\n1\r\n!\r\n0\r\nT: 1\r\n\r\n",
            {"head POST / HTTP/1.1 | Host: a | Transfer-Encoding: chunked", "body \"hi!\"", "end | T: 1", "closed"},
            lenient},
        RequestCase{
            "AnyVersion", "GET / HTTP/9.3\r\nA: b\r\n\r\n", {"head GET / HTTP/9.3 | A: b", "end", "closed"}, lenient},
        RequestCase{"VersionBelowOne", "GET / HTTP/0.9\r\n\r\n", {"head GET / HTTP/0.9", "end", "closed"}, lenient},
        RequestCase{"AnyVersionWithBareLineFeeds",
                    "GET / HTTP/7.7\nA: b\n\n",
                    {"head GET / HTTP/7.7 | A: b", "end", "closed"},
                    lenient},
        RequestCase{"NoHost", "GET / HTTP/1.1\r\n\r\n", {"head GET / HTTP/1.1", "end", "closed"}, lenient},
        RequestCase{"TwoHosts",
                    "GET / HTTP/1.1\r\nHost: a\r\nHost: b c\r\n\r\n",
                    {"head GET / HTTP/1.1 | Host: a | Host: b c", "end", "closed"},
                    lenient},
        RequestCase{"QuotesAndBytesInTarget",
                    "GET /p/200:b\"\xe4\" HTTP/1.1\r\n\r\n",
                    {"head GET /p/200:b\"\xe4\" HTTP/1.1", "end", "closed"},
                    lenient},
        RequestCase{
            "AsteriskWithAnyMethod", "GET * HTTP/1.1\r\n\r\n", {"head GET * HTTP/1.1", "end", "closed"}, lenient}),
    test::row_name);

constexpr Leniency any_framing = {.any_framing = true};

INSTANTIATE_TEST_SUITE_P(
    AnyFraming, RequestReaderReads,
    testing::Values(
        RequestCase{
            "ChunkedCountsBeforeALength",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            {"head POST / HTTP/1.1 | Host: a | Content-Length: 3 | Transfer-Encoding: chunked", "end", "closed"},
            any_framing},
        RequestCase{
            "TheFirstLengthCounts",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\ncontent-length: 1\r\nContent-Length: 2\r\n\r\na",
            {"head POST / HTTP/1.1 | Host: a | Content-Length: x | content-length: 1 | Content-Length: 2", "body \"a\"",
             "end", "closed"},
            any_framing},
        RequestCase{"ALengthCountsBeforeCodingsThatAreNotChunked",
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\na",
                    {"head POST / HTTP/1.1 | Host: a | Transfer-Encoding: gzip | Content-Length: 1", "body \"a\"",
                     "end", "closed"},
                    any_framing},
        RequestCase{"ChunkedInHttp10",
                    "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
                    {"head POST / HTTP/1.0 | Transfer-Encoding: chunked", "body \"a\"", "end", "closed"},
                    any_framing},
        RequestCase{
            "NamesThatAreNoTokens",
            "POST / HTTP/1.1\r\nHost: a\r\na b: c\r\nA\x01: d\r\nContent-Length : 7\r\nContent-Length: 1\r\n\r\nb",
            {"head POST / HTTP/1.1 | Host: a | a b: c | A\x01: d | Content-Length : 7 | Content-Length: 1",
             "body \"b\"", "end", "closed"},
            any_framing},
        RequestCase{"NamesThatAreNoTokensBehindFoldedLines",
                    "GET http://a:1/b HTTP/1.1\r\nHost: a\r\nA: b\r\n c: d\r\ne f: g\r\nh: i\r\n\r\n",
                    {"head GET http://a:1/b HTTP/1.1 | Host: a | A: b c: d | e f: g | h: i", "end", "closed"},
                    {.line_folding = true, .any_framing = true}},
        RequestCase{
            "NamesOfTrailersThatAreNoTokens",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0;x=\"y: z\"\r\na b: c\r\nT: v\r\n\r\n",
            {"head POST / HTTP/1.1 | Host: a | Transfer-Encoding: chunked", "end | a b: c | T: v", "closed"},
            any_framing},
        RequestCase{"NamesOfTrailersBehindDataInBareLines",
                    "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n1\na\n0;x=\"y: z\"\na b: c\nT: v\n\n",
                    {"head POST / HTTP/1.1 | Host: a | Transfer-Encoding: chunked", "body \"a\"", "end | a b: c | T: v",
                     "closed"},
                    {.bare_line_feed = true, .any_framing = true}},
        RequestCase{
            "TrailersThatFrameNothing",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nContent-Length: 9\r\n"
            "Transfer-Encoding: x\r\n\r\n",
            {"head POST / HTTP/1.1 | Host: a | Transfer-Encoding: chunked", "body \"a\"",
             "end | Content-Length: 9 | Transfer-Encoding: x", "closed"},
            any_framing},
        RequestCase{"NamesThatLookHidden",
                    "GET / HTTP/1.1\r\nHost: a\r\n-ontent-Length: 1\r\nContent-Length: -1\r\n\r\n",
                    {"head GET / HTTP/1.1 | Host: a | -ontent-Length: 1 | Content-Length: -1", "end", "closed"},
                    any_framing}),
    test::row_name);

INSTANTIATE_TEST_SUITE_P(
    LineFolding, RequestReaderReads,
    testing::Values(RequestCase{"IsOneSpace",
                                "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n \t c\r\n\td\r\nB: e\r\n\r\n",
                                {"head GET / HTTP/1.1 | Host: a | A: b c d | B: e", "end", "closed"},
                                {.line_folding = true}},
                    RequestCase{
                        "OfTrailers",
                        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n c\r\n\r\n",
                        {"head POST / HTTP/1.1 | Host: a | Transfer-Encoding: chunked", "end | A: b c", "closed"},
                        {.line_folding = true}}),
    test::row_name);

struct KeepAliveCase {
    std::string_view name, wire;
    bool keep_alive;
};
void PrintTo(KeepAliveCase const& row, std::ostream* out) { *out << row.name; }
class RequestReaderKeepAlive : public testing::TestWithParam<KeepAliveCase> {};

TEST_P(RequestReaderKeepAlive, FollowsVersionAndConnection) {
    RequestReader reader({}, Leniency::all());
    reader.feed(GetParam().wire);
    ASSERT_EQ(reader.next().value(), Event::head);
    EXPECT_EQ(reader.keep_alive(), GetParam().keep_alive);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9112, RequestReaderKeepAlive,
    testing::Values(KeepAliveCase{"Version11", "GET / HTTP/1.1\r\n\r\n", true},
                    KeepAliveCase{"Version11Close", "GET / HTTP/1.1\r\nConnection: x, CLOSE\r\n\r\n", false},
                    KeepAliveCase{"Version10", "GET / HTTP/1.0\r\n\r\n", false},
                    KeepAliveCase{"Version10KeepAlive", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
                    KeepAliveCase{"Version10Both", "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false},
                    KeepAliveCase{"Version20", "GET / HTTP/2.0\r\n\r\n", true},
                    KeepAliveCase{"Version09", "GET / HTTP/0.9\r\n\r\n", false}),
    test::row_name);

struct ExpectCase {
    std::string_view name, wire;
    bool expects;
};
void PrintTo(ExpectCase const& row, std::ostream* out) { *out << row.name; }
class RequestReaderExpect : public testing::TestWithParam<ExpectCase> {};

TEST_P(RequestReaderExpect, WantsContinueOnlyBeforeABody) {
    RequestReader reader;
    reader.feed(GetParam().wire);
    ASSERT_EQ(reader.next().value(), Event::head);
    EXPECT_EQ(reader.expects_continue(), GetParam().expects);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9110, RequestReaderExpect,
    testing::Values(
        ExpectCase{"WithLength", "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n",
                   true},
        ExpectCase{"WithChunks",
                   "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n", true},
        ExpectCase{"WithoutBody", "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", false},
        ExpectCase{"Version10", "PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n", false},
        ExpectCase{"SomethingElse", "PUT / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\nContent-Length: 3\r\n\r\n", false}),
    test::row_name);

TEST(RequestReader, EmptyInputNeedsMoreBytes) {
    RequestReader reader;
    EXPECT_EQ(reader.next().value(), std::nullopt);
    EXPECT_TRUE(reader.is_between_messages());
}

TEST(RequestReader, RawHoldsTheFramingOfEachPiece) {
    RequestReader reader;
    reader.feed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    ASSERT_EQ(reader.next().value(), Event::head);
    EXPECT_TRUE(reader.is_chunked());
    EXPECT_EQ(reader.content_length(), std::nullopt);
    ASSERT_EQ(reader.next().value(), Event::data);
    EXPECT_EQ(reader.raw(), "3\r\nabc");
    ASSERT_EQ(reader.next().value(), Event::data);
    EXPECT_EQ(reader.raw(), "\r\n2\r\nde");
    EXPECT_EQ(reader.data(), "de");
    EXPECT_EQ(reader.body_size(), 5u);
    ASSERT_EQ(reader.next().value(), Event::end);
    EXPECT_EQ(reader.raw(), "\r\n0\r\n\r\n");
}

TEST(RequestReader, HandsOverWhatComesAfterConnect) {
    RequestReader reader;
    reader.feed("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n\x16\x03\x01");
    ASSERT_EQ(reader.next().value(), Event::head);
    ASSERT_EQ(reader.next().value(), Event::end);
    EXPECT_EQ(reader.buffered(), "\x16\x03\x01");
    EXPECT_EQ(reader.take_buffered(), "\x16\x03\x01");
    EXPECT_TRUE(reader.buffered().empty());
    EXPECT_TRUE(reader.is_between_messages());
}

TEST(RequestReader, ReadsStraightIntoItsBuffer) {
    RequestReader reader;
    std::string_view const wire = "GET /abc HTTP/1.1\r\nHost: a\r\n\r\n";
    auto const room = reader.prepare(512);
    ASSERT_GE(room.size(), 512u);
    wire.copy(room.data(), wire.size());
    reader.commit(wire.size());
    ASSERT_EQ(reader.next().value(), Event::head);
    EXPECT_EQ(reader.head().target, "/abc");
}

TEST(RequestReader, StaysOnItsFeetOverManyMessages) {
    RequestReader reader;
    std::string body;
    for (std::size_t turn = 0; turn < 300; ++turn) {
        body.assign(turn * 7 % 1000, static_cast<char>('a' + turn % 26));
        reader.feed("POST /" + std::to_string(turn) +
                    " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        std::string_view const one_piece;
        auto const transcript = test::transcribe(reader, test::Pieces(&one_piece, 1), After::open);
        ASSERT_EQ(transcript.lines.back(), "end");
        ASSERT_EQ(reader.head().target, "/" + std::to_string(turn));
        ASSERT_EQ(reader.body_size(), body.size());
    }
}

TEST(RequestReader, MovesWithItsState) {
    RequestReader reader;
    reader.feed("GET / HTTP/1.1\r\nHo");
    ASSERT_EQ(reader.next().value(), std::nullopt);
    RequestReader moved = std::move(reader);
    moved.feed("st: a\r\n\r\n");
    ASSERT_EQ(moved.next().value(), Event::head);
    EXPECT_EQ(moved.head().fields.first("host"), "a");
}

}  // namespace
}  // namespace pathology::proxycore::http1
