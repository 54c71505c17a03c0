// The records of requests that are refused because of their heads: what the client sent, and nothing that it did not.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <pathology/proxycore/flow/recorded.hpp>
#include <pathology/proxycore/record/json.hpp>

#include "addons/dump_writer.hpp"
#include "layers/exchange/http1_fixture.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using test::Http1Fixture;
using test::read_to_end;
using testing::StartsWith;
using Json = nlohmann::json;

/// The members of the request that depend on its first line, and `url`.
Json said_in(flow::HttpFlow const& flow) {
    auto const whole = Json::parse(to_json_line(flow::recorded(flow)));
    auto said = Json::object();
    for (auto const* name : {"method", "path", "target", "http_version", "raw", "raw_b64", "raw_size"})
        if (whole["request"].contains(name)) said[name] = whole["request"][name];
    if (whole["relay"].contains("url")) said["url"] = whole["relay"]["url"];
    return said;
}

std::string shown(flow::HttpFlow const& flow) {
    std::string text;
    addons::DumpWriter({1, 10, false, false, 80}, text).http(flow);
    auto const line = text.substr(0, text.find('\n'));
    return line.substr(line.find(": ") + 2);
}

struct RefusedCase {
    std::string name, sent, line;
    Json said;
    bool is_secure = false;
};
void PrintTo(RefusedCase const& row, std::ostream* out) { *out << row.name; }

class B1_Refused : public testing::TestWithParam<RefusedCase> {
protected:
    static void expect_what_was_said(std::size_t max_per_read) {
        auto const& row = GetParam();
        Http1Fixture fixture;
        fixture.max_per_read = max_per_read;
        fixture.is_secure = row.is_secure;
        fixture.play({{"", row.sent}, read_to_end()});
        EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 "));
        ASSERT_EQ(fixture.flows().size(), 1u);
        EXPECT_EQ(shown(fixture.flow()), row.line);
        EXPECT_EQ(said_in(fixture.flow()), row.said);
        EXPECT_TRUE(fixture.flow().error);
    }
};

TEST_P(B1_Refused, RecordsWhatWasSent) { expect_what_was_said(65536); }
TEST_P(B1_Refused, RecordsTheSameByteByByte) { expect_what_was_said(1); }

Json raw(std::string const& line) { return {{"raw", line}, {"raw_size", line.size()}}; }

INSTANTIATE_TEST_SUITE_P(
    Http1Layer, B1_Refused,
    testing::Values(
        RefusedCase{"NoRequestLine", std::string("\0\1\2\r\n\r\n", 7), R"(\x00\x01\x02)",
                    raw(std::string("\0\1\2", 3))},
        RefusedCase{"NoUtf8",
                    "\xff\xfe\r\n\r\n",
                    R"(\xff\xfe)",
                    {{"raw", R"(\xff\xfe)"}, {"raw_b64", "//4="}, {"raw_size", 2}}},
        RefusedCase{"BlankInTheTarget", "GET http://h/a b HTTP/1.1\r\nHost: h\r\n\r\n", "GET http://h/a b HTTP/1.1",
                    raw("GET http://h/a b HTTP/1.1")},
        RefusedCase{"NoVersion", "GET http://h/\r\nHost: h\r\n\r\n", "GET http://h/", raw("GET http://h/")},
        RefusedCase{"UnknownVersion", "GET http://h/ HTTP/7.1\r\nHost: h\r\n\r\n", "GET http://h/ HTTP/7.1",
                    raw("GET http://h/ HTTP/7.1")},
        RefusedCase{"ConnectWithoutPort",
                    "CONNECT origin.test HTTP/1.1\r\nHost: h\r\n\r\n",
                    "CONNECT origin.test",
                    {{"method", "CONNECT"}, {"target", "origin.test"}, {"http_version", "HTTP/1.1"}}},
        RefusedCase{"ConnectWithoutPortAndFields",
                    "CONNECT origin.test HTTP/1.1\r\n\r\n",
                    "CONNECT origin.test",
                    {{"method", "CONNECT"}, {"target", "origin.test"}, {"http_version", "HTTP/1.1"}}},
        RefusedCase{"NoHost",
                    "GET /p/201 HTTP/1.0\r\n\r\n",
                    "GET /p/201 HTTP/1.0",
                    {{"method", "GET"}, {"path", "/p/201"}, {"target", "/p/201"}, {"http_version", "HTTP/1.0"}}},
        RefusedCase{"NoHostField",
                    "GET /p/201 HTTP/1.1\r\n\r\n",
                    "GET /p/201",
                    {{"method", "GET"}, {"path", "/p/201"}, {"target", "/p/201"}, {"http_version", "HTTP/1.1"}}},
        RefusedCase{"TwoHostFields",
                    "GET /p/201 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                    "GET /p/201",
                    {{"method", "GET"}, {"path", "/p/201"}, {"target", "/p/201"}, {"http_version", "HTTP/1.1"}}},
        RefusedCase{"NoHostWithinTls",
                    "GET /p/201 HTTP/1.0\r\n\r\n",
                    "GET /p/201 HTTP/1.0",
                    {{"method", "GET"}, {"path", "/p/201"}, {"target", "/p/201"}, {"http_version", "HTTP/1.0"}},
                    true},
        RefusedCase{"NoHostAndAsterisk",
                    "OPTIONS * HTTP/1.0\r\n\r\n",
                    "OPTIONS * HTTP/1.0",
                    {{"method", "OPTIONS"}, {"path", "*"}, {"target", "*"}, {"http_version", "HTTP/1.0"}}},
        RefusedCase{"UnknownScheme",
                    "GET foo://h/p?q HTTP/1.1\r\nHost: h\r\n\r\n",
                    "GET foo://h/p?q",
                    {{"method", "GET"},
                     {"path", "/p?q"},
                     {"target", "foo://h/p?q"},
                     {"http_version", "HTTP/1.1"},
                     {"url", "foo://h/p?q"}}},
        RefusedCase{
            "TargetOfNoForm",
            "GET origin.test/x HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET origin.test/x",
            {{"method", "GET"}, {"path", "origin.test/x"}, {"target", "origin.test/x"}, {"http_version", "HTTP/1.1"}}},
        RefusedCase{"BadField",
                    "GET http://h/p HTTP/1.1\r\nHost: h\r\nno field\r\n\r\n",
                    "GET http://h/p",
                    {{"method", "GET"},
                     {"path", "/p"},
                     {"target", "http://h/p"},
                     {"http_version", "HTTP/1.1"},
                     {"url", "http://h/p"}}},
        RefusedCase{"BadFirstField",
                    "GET http://h/p HTTP/1.1\r\nno field\r\n\r\n",
                    "GET http://h/p",
                    {{"method", "GET"},
                     {"path", "/p"},
                     {"target", "http://h/p"},
                     {"http_version", "HTTP/1.1"},
                     {"url", "http://h/p"}}}),
    pathology::test::row_name);

TEST(B1_Http1Layer, RecordsNothingOfTheRequestBefore) {
    Http1Fixture fixture;
    fixture.servers = {{{"\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"}}};
    fixture.play({{"", "GET http://o.test/ HTTP/1.1\r\nHost: o.test\r\n\r\n"},
                  {"No Content\r\n\r\n", "nonsense\r\n\r\n"},
                  read_to_end()});
    ASSERT_EQ(fixture.flows().size(), 2u);
    EXPECT_EQ(said_in(fixture.flow(1)), raw("nonsense"));
    EXPECT_TRUE(fixture.flow(1).request.headers.empty());
}

TEST(B1_Http1Layer, KeepsTheBeginningOfALongLine) {
    Http1Fixture fixture;
    fixture.play({{"", std::string(200'000, 'x')}, read_to_end()});
    ASSERT_EQ(fixture.flows().size(), 1u);
    EXPECT_EQ(fixture.flow().request.raw_line, std::string(8192, 'x'));
}

}  // namespace
}  // namespace pathology::proxycore::layers
