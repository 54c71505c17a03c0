#include "received_request.hpp"

#include <gtest/gtest.h>

#include <pathology/proxycore/http1/reader.hpp>

namespace pathology::pathod {
namespace {

using namespace proxycore::http1;

struct BadRequestCase {
    std::string_view name, wire, says;
};
class BadRequest : public testing::TestWithParam<BadRequestCase> {};

std::string description_of(std::string_view wire) {
    RequestReader reader({}, Leniency::all());
    reader.feed(wire);
    for (;;) {
        auto const outcome = reader.finish();
        if (!outcome) return describe_bad_request(outcome.error());
        if (!*outcome) return "nothing";
    }
}

TEST_P(BadRequest, UsesTheWordsOfTheOriginal) {
    auto const text = description_of(GetParam().wire);
    EXPECT_EQ(text.substr(0, GetParam().says.size()), GetParam().says) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Malformed, BadRequest,
    testing::Values(
        BadRequestCase{"Word", "foo\r\n\r\n", "Bad HTTP request line: \"foo\""},
        BadRequestCase{"NoVersion", "GET /\r\n\r\n", "Bad HTTP request line: \"GET /\""},
        BadRequestCase{"NoForm", "GET foo.com/p/200 HTTP/1.1\r\n\r\n",
                       "Bad HTTP request line: \"GET foo.com/p/200 HTTP/1.1\""},
        BadRequestCase{"ConnectWithoutPort", "CONNECT foo.com HTTP/1.1\r\n\r\n",
                       "Bad HTTP request line: \"CONNECT foo.com HTTP/1.1\" (CONNECT takes HOST:PORT)"},
        BadRequestCase{"TwoEmptyLines", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", "Bad HTTP request line: "},
        BadRequestCase{"Header", "GET / HTTP/1.1\r\nbad header\r\n\r\n", "Invalid header line: \"bad header\""},
        BadRequestCase{"Length", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "Unparseable Content Length: \"x\""},
        BadRequestCase{"ShortBody", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", "Unexpected EOF: "},
        BadRequestCase{"ShortHead", "GET / HT", "Unexpected EOF: "},
        BadRequestCase{"C7_ChunkLine", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
                       "Bad HTTP request: line ends without a carriage return \"1\""},
        BadRequestCase{"C7_TrailerLine", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: 1\n\r\n",
                       "Bad HTTP request: line ends without a carriage return \"T: 1\""},
        BadRequestCase{"Good", "GET / HTTP/1.1\r\n\r\n", "nothing"}),
    [](auto const& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pathology::pathod
