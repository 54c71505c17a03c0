#include "complaint.hpp"

#include <gtest/gtest.h>

#include <pathology/proxycore/http1/reader.hpp>

namespace pathology::pathod {
namespace {

using namespace proxycore::http1;

struct ComplaintCase {
    std::string_view name, wire, says;
};
class Complaint : public testing::TestWithParam<ComplaintCase> {};

std::string complaint_about(std::string_view wire) {
    RequestReader reader({}, Leniency::all());
    reader.feed(wire);
    for (;;) {
        auto const outcome = reader.finish();
        if (!outcome) return complaint(outcome.error());
        if (!*outcome) return "nothing";
    }
}

TEST_P(Complaint, UsesTheWordsOfTheOriginal) {
    auto const said = complaint_about(GetParam().wire);
    EXPECT_EQ(said.substr(0, GetParam().says.size()), GetParam().says) << said;
}

INSTANTIATE_TEST_SUITE_P(
    Malformed, Complaint,
    testing::Values(
        ComplaintCase{"Word", "foo\r\n\r\n", "Bad HTTP request line: \"foo\""},
        ComplaintCase{"NoVersion", "GET /\r\n\r\n", "Bad HTTP request line: \"GET /\""},
        ComplaintCase{"NoForm", "GET foo.com/p/200 HTTP/1.1\r\n\r\n",
                      "Bad HTTP request line: \"GET foo.com/p/200 HTTP/1.1\""},
        ComplaintCase{"ConnectWithoutPort", "CONNECT foo.com HTTP/1.1\r\n\r\n",
                      "Bad HTTP request line: \"CONNECT foo.com HTTP/1.1\" (CONNECT takes HOST:PORT)"},
        ComplaintCase{"TwoEmptyLines", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", "Bad HTTP request line: "},
        ComplaintCase{"Header", "GET / HTTP/1.1\r\nbad header\r\n\r\n", "Invalid header line: \"bad header\""},
        ComplaintCase{"Length", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "Unparseable Content Length: \"x\""},
        ComplaintCase{"ShortBody", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", "Unexpected EOF: "},
        ComplaintCase{"ShortHead", "GET / HT", "Unexpected EOF: "},
        ComplaintCase{"Good", "GET / HTTP/1.1\r\n\r\n", "nothing"}),
    [](auto const& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pathology::pathod
