// Good responses, under every cut, and the replies whose length the request decides.
#include <gmock/gmock.h>

#include <ostream>
#include "http1/transcript.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::http1 {
namespace {

using test::After;
using testing::ElementsAreArray;

struct ResponseCase {
    std::string_view name;
    std::vector<std::string_view> asked;
    std::string_view wire;
    std::vector<std::string> lines;
    Leniency leniency = {};
};
void PrintTo(ResponseCase const& row, std::ostream* out) { *out << row.name; }

class ResponseReaderReads : public testing::TestWithParam<ResponseCase> {};

TEST_P(ResponseReaderReads, TheSameUnderEveryCut) {
    auto const& row = GetParam();
    auto const make = [&] {
        ResponseReader reader({}, row.leniency);
        for (auto const method : row.asked) reader.expect_response_to(method);
        return reader;
    };
    test::for_each_split(row.wire, make, [&](ResponseReader& reader, test::Pieces pieces) {
        auto const transcript = test::transcribe(reader, pieces, After::eof);
        EXPECT_THAT(transcript.lines, ElementsAreArray(row.lines));
        EXPECT_EQ(transcript.raw, row.wire);
    });
}

INSTANTIATE_TEST_SUITE_P(
    Strict, ResponseReaderReads,
    testing::Values(
        ResponseCase{"ByContentLength",
                     {"GET"},
                     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
                     {"head HTTP/1.1 200 OK | Content-Length: 2", "body \"hi\"", "end", "closed"}},
        ResponseCase{"UntilTheClose",
                     {"GET"},
                     "HTTP/1.0 200 Fine by me\r\n\r\nall of this",
                     {"head HTTP/1.0 200 Fine by me", "body \"all of this\"", "end", "closed"}},
        ResponseCase{"EmptyUntilTheClose", {}, "HTTP/1.1 200 OK\r\n\r\n", {"head HTTP/1.1 200 OK", "end", "closed"}},
        ResponseCase{"CodingWithoutChunkedLastsUntilTheClose",
                     {"GET"},
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nzz",
                     {"head HTTP/1.1 200 OK | Transfer-Encoding: gzip", "body \"zz\"", "end", "closed"}},
        ResponseCase{"Chunked",
                     {"GET"},
                     "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: u\r\n\r\n",
                     {"head HTTP/1.1 200  | Transfer-Encoding: chunked", "body \"a\"", "end | T: u", "closed"}},
        ResponseCase{"InterimResponsesComeFirst",
                     {"HEAD", "GET"},
                     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
                     "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\n!",
                     {"head HTTP/1.1 100 Continue", "end", "head HTTP/1.1 103 Hints | Link: x", "end",
                      "head HTTP/1.1 200 OK | Content-Length: 9", "end", "head HTTP/1.1 404 No | Content-Length: 1",
                      "body \"!\"", "end", "closed"}},
        ResponseCase{"NoContent",
                     {"GET", "GET"},
                     "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
                     {"head HTTP/1.1 204 No Content", "end", "head HTTP/1.1 304 Not Modified | Content-Length: 5",
                      "end", "closed"}},
        ResponseCase{"ConnectRefusedHasABody",
                     {"CONNECT"},
                     "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno",
                     {"head HTTP/1.1 403 No | Content-Length: 2", "body \"no\"", "end", "closed"}},
        ResponseCase{"ConnectGrantedHasNone",
                     {"CONNECT", "GET"},
                     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\ntransfer-encoding: chunked\r\nX: y\r\n\r\n"
                     "HTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\n!",
                     {"head HTTP/1.1 200 OK | Content-Length: 2 | transfer-encoding: chunked | X: y", "end",
                      "head HTTP/1.1 404 No | Content-Length: 1", "body \"!\"", "end", "closed"}},
        ResponseCase{
            "ConnectGrantedWithNonsense",
            {"CONNECT"},
            "HTTP/1.0 299 OK\r\nContent-Length: x\r\n-ontent-Length: y\r\nCONTENT-LENGTH: 1\r\n\r\n",
            {"head HTTP/1.0 299 OK | Content-Length: x | -ontent-Length: y | CONTENT-LENGTH: 1", "end", "closed"}},
        ResponseCase{"UnknownCode",
                     {"GET"},
                     "HTTP/1.1 800 Not found\r\nContent-Length: 0\r\n\r\n",
                     {"head HTTP/1.1 800 Not found | Content-Length: 0", "end", "closed"}}),
    test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Lenient, ResponseReaderReads,
    testing::Values(ResponseCase{"ConnectGrantedInBareLines",
                                 {"CONNECT"},
                                 "HTTP/1.1 200\nContent-Length: 7\nTransfer-Encoding: x\n\n",
                                 {"head HTTP/1.1 200  | Content-Length: 7 | Transfer-Encoding: x", "end", "closed"},
                                 Leniency::all()},
                    ResponseCase{"NoSpaceAfterTheCode",
                                 {"GET"},
                                 "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
                                 {"head HTTP/1.1 200  | Content-Length: 0", "end", "closed"},
                                 Leniency::all()},
                    ResponseCase{"ManyDigits",
                                 {"GET"},
                                 "HTTP/1.1 00204 Five\r\n\r\n",
                                 {"head HTTP/1.1 204 Five", "end", "closed"},
                                 Leniency::all()},
                    ResponseCase{"BeyondThreeDigits",
                                 {"GET"},
                                 "HTTP/4.2 20499 Big\nContent-Length: 1\n\n?",
                                 {"head HTTP/4.2 20499 Big | Content-Length: 1", "body \"?\"", "end", "closed"},
                                 Leniency::all()},
                    ResponseCase{"OneDigit",
                                 {"GET"},
                                 "HTTP/1.1 7 x\r\nContent-Length: 0\r\n\r\n",
                                 {"head HTTP/1.1 7 x | Content-Length: 0", "end", "closed"},
                                 Leniency::all()}),
    test::row_name);

INSTANTIATE_TEST_SUITE_P(
    AnyFraming, ResponseReaderReads,
    testing::Values(ResponseCase{"LastsUntilTheCloseWithoutAGoodLength",
                                 {"GET"},
                                 "HTTP/1.1 200 OK\r\nContent-Length: +1\r\nTransfer-Encoding: foo\r\n\r\nall",
                                 {"head HTTP/1.1 200 OK | Content-Length: +1 | Transfer-Encoding: foo", "body \"all\"",
                                  "end", "closed"},
                                 {.any_framing = true}},
                    ResponseCase{"NamesThatAreNoTokens",
                                 {"GET"},
                                 "HTTP/1.1 200 OK\r\na b: c\r\nContent-Length: 0\r\n\r\n",
                                 {"head HTTP/1.1 200 OK | a b: c | Content-Length: 0", "end", "closed"},
                                 {.any_framing = true}},
                    ResponseCase{
                        "ChunkedCountsBeforeALength",
                        {"GET"},
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n0\r\n\r\n",
                        {"head HTTP/1.1 200 OK | Transfer-Encoding: chunked | Content-Length: 9", "end", "closed"},
                        {.any_framing = true}}),
    test::row_name);

TEST(ResponseReader, LeavesTheTunnelAfterConnectAlone) {
    ResponseReader reader;
    reader.expect_response_to("CONNECT");
    reader.feed("HTTP/1.1 200 Connection established\r\nContent-Length: 4\r\n\r\nHTTP");
    ASSERT_EQ(reader.next().value(), Event::head);
    ASSERT_EQ(reader.next().value(), Event::end);
    EXPECT_EQ(reader.take_buffered(), "HTTP");
}

TEST(ResponseReader, SwitchingProtocolsRespondsToTheRequest) {
    ResponseReader reader;
    reader.expect_response_to("HEAD");
    reader.feed("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x02hi");
    ASSERT_EQ(reader.next().value(), Event::head);
    EXPECT_FALSE(reader.is_interim());
    ASSERT_EQ(reader.next().value(), Event::end);
    EXPECT_EQ(reader.take_buffered(), "\x81\x02hi");
}

TEST(ResponseReader, KnowsInterimResponses) {
    ResponseReader reader;
    reader.feed("HTTP/1.1 100 Continue\r\n\r\n");
    ASSERT_EQ(reader.next().value(), Event::head);
    EXPECT_TRUE(reader.is_interim());
}

TEST(ResponseReader, BodyUntilTheCloseEndsKeepAlive) {
    ResponseReader reader;
    reader.feed("HTTP/1.1 200 OK\r\n\r\n");
    ASSERT_EQ(reader.next().value(), Event::head);
    EXPECT_FALSE(reader.keep_alive());
    EXPECT_EQ(reader.next().value(), std::nullopt);
    EXPECT_FALSE(reader.is_between_messages());
}

}  // namespace
}  // namespace pathology::proxycore::http1
