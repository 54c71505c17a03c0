// --in-flight: requests that are sent before the responses to earlier ones.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "http2/frames.hpp"
#include "support/frame_server.hpp"
#include "support/invoke.hpp"
#include "support/row_name.hpp"
#include "support/scripted_server.hpp"

namespace pathology::pathoc::test {
namespace {

using namespace proxycore::http2::test;
using pathology::test::row_name;
namespace flag = proxycore::http2::flag;

std::string response(std::uint32_t stream, std::string_view status = "200") {
    return headers(stream, {{":status", std::string(status)}}, flag::end_headers | flag::end_stream);
}

std::vector<std::string> arguments(std::uint16_t port, std::vector<std::string> const& more,
                                   std::string const& limit = "20") {
    std::vector<std::string> all{"--no-timestamp", "-t", limit, "-p", std::to_string(port), "127.0.0.1"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

// --- HTTP/2 ----------------------------------------------------------------------------------------------------------

struct FlightCase {
    std::string_view name;
    std::vector<std::string> responses;  // of the server, one after each request
    std::vector<std::string> arguments;
    std::string out;
    int status = 0;
};
void PrintTo(FlightCase const& row, std::ostream* out) { *out << row.name; }

class Http2InFlight : public testing::TestWithParam<FlightCase> {};

TEST_P(Http2InFlight, IsReportedWhenItsResponseArrives) {
    auto const& row = GetParam();
    FrameServer const server({settings(), row.responses});
    auto all = arguments(server.port(), {"--http2-prior-knowledge"});
    all.insert(all.end(), row.arguments.begin(), row.arguments.end());
    auto const outcome = invoke(all);
    EXPECT_EQ(outcome.out, row.out);
    EXPECT_EQ(outcome.status, row.status);
}

std::string line(std::string_view path, std::string_view status, std::uint32_t stream) {
    return ">> 'GET':/" + std::string(path) + "\n<< " + std::string(status) + " : 0 bytes (stream " +
           std::to_string(stream) + ")\n";
}

std::string const cancelled = "Invalid server response: stream 1 reset: CANCEL (8)";

// The server would wait for ever if a request waited for the response to the one before.
INSTANTIATE_TEST_SUITE_P(
    Requests, Http2InFlight,
    testing::Values(
        FlightCase{"InOrder",
                   {"", response(1) + response(3)},
                   {"--in-flight", "2", "get:/a get:/b"},
                   line("a", "200", 1) + line("b", "200", 3)},
        FlightCase{"InReverse",
                   {"", "", response(5) + response(3) + response(1)},
                   {"--in-flight", "3", "get:/a get:/b get:/c"},
                   line("a", "200", 1) + line("b", "200", 3) + line("c", "200", 5)},
        FlightCase{"NoMoreThanSaid",
                   {"", response(3), response(1) + response(5)},
                   {"--in-flight", "2", "get:/a get:/b get:/c"},
                   line("b", "200", 3) + line("a", "200", 1) + line("c", "200", 5)},
        FlightCase{"FewerThanSaid",
                   {"", response(3) + response(1)},
                   {"--in-flight", "1000", "get:/a", "get:/b"},
                   line("a", "200", 1) + line("b", "200", 3)},
        FlightCase{"Repeated",
                   {"", response(1) + response(3), response(5)},
                   {"--in-flight", "2", "get:/:x3"},
                   line("", "200", 1) + line("", "200", 3) + line("", "200", 5)},
        FlightCase{"OneOfThemIsReset",
                   {"", rst_stream(1, proxycore::http2::ErrorCode::cancel) + response(3)},
                   {"--in-flight", "2", "get:/a get:/b"},
                   ">> 'GET':/a\n" + cancelled + " (stream 1)\n" + line("b", "200", 3),
                   1},
        FlightCase{"IgnoredCodesAreHidden",
                   {"", response(1, "404") + response(3)},
                   {"--in-flight", "2", "-I", "404", "get:/a get:/b"},
                   line("b", "200", 3)},
        FlightCase{"OneshotEndsWithTheFirst",
                   {"", response(3)},
                   {"--in-flight", "2", "-o", "get:/a get:/b"},
                   line("b", "200", 3)},
        FlightCase{"ClosedByTheSpec",
                   {},
                   {"--in-flight", "3", "get:/a get:/b:d5 get:/c"},
                   ">> 'GET':/a\nDisconnected by the spec after 5 bytes (stream 1)\n>> 'GET':/b:d5\nDisconnected by "
                   "the spec after 5 bytes (stream 3)\n"}),
    row_name);

TEST(InFlight, InterleavesRequestsAndResets) {
    FrameServer const server({settings(), {}, {}});
    auto const outcome =
        invoke({"--no-timestamp", "--http2-prior-knowledge", "-t", "0.2", "-p", std::to_string(server.port()),
                "--in-flight", "2", "--repeat", "3", "127.0.0.1", "get:/:r h2f:RST_STREAM:this:ENHANCE_YOUR_CALM"});
    auto const received = server.received();
    std::string kinds;
    std::istringstream lines(received);
    for (std::string text; std::getline(lines, text);) {
        if (text.starts_with("HEADERS ")) kinds += "+" + text.substr(8, 1);
        if (text.starts_with("RST_STREAM ")) kinds += "-" + text.substr(11, 1);
    }
    EXPECT_EQ(kinds, "+1-1+3-3+5-5") << received;
    EXPECT_EQ(outcome.status, 0) << outcome.out;
}

TEST(InFlight, IsRecordedWithItsStream) {
    FrameServer const server({settings(), {"", response(3) + response(1)}});
    auto const outcome =
        invoke(arguments(server.port(), {"--http2-prior-knowledge", "--json", "--in-flight", "2", "get:/a get:/b"}));
    std::istringstream lines(outcome.out);
    std::vector<std::string> found;
    for (std::string text; std::getline(lines, text);) {
        auto const record = nlohmann::json::parse(text);
        found.push_back(record.at("request").at("path").get<std::string>() + " " +
                        std::to_string(record.at("request").at("stream").get<int>()) + " " +
                        record.at("type").get<std::string>());
    }
    EXPECT_EQ(found, (std::vector<std::string>{"/a 1 received", "/b 3 received"})) << outcome.out;
}

// --- HTTP/1 ----------------------------------------------------------------------------------------------------------

std::string const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                  gone = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n";

struct PipelineCase {
    std::string_view name;
    std::vector<std::string> responses;
    std::vector<std::string> arguments;
    std::string out;
    int status = 0;
    Then then = Then::stay;
    std::string limit = "20";  // -t
};
void PrintTo(PipelineCase const& row, std::ostream* out) { *out << row.name; }

class Pipeline : public testing::TestWithParam<PipelineCase> {};

TEST_P(Pipeline, HasItsResponsesInOrder) {
    auto const& row = GetParam();
    ScriptedServer const server(row.responses, row.then);
    auto const outcome = invoke(arguments(server.port(), row.arguments, row.limit));
    EXPECT_EQ(outcome.out, row.out);
    EXPECT_EQ(outcome.status, row.status);
}

// The first response of most rows is empty: the server would wait for ever if the second request did.
INSTANTIATE_TEST_SUITE_P(
    Requests, Pipeline,
    testing::Values(
        PipelineCase{"Two",
                     {"", ok + gone},
                     {"--in-flight", "2", "get:/a get:/b"},
                     ">> 'GET':/a\n<< 200 OK: 0 bytes\n>> 'GET':/b\n<< 404 No: 0 bytes\n"},
        PipelineCase{"HeadHasNoContent",
                     {"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + gone},
                     {"--in-flight", "2", "head:/a get:/b"},
                     ">> 'HEAD':/a\n<< 200 OK: 0 bytes\n>> 'GET':/b\n<< 404 No: 0 bytes\n"},
        PipelineCase{
            "NoMoreThanSaid",
            {"", ok, ok + gone},
            {"--in-flight", "2", "get:/a get:/b get:/c"},
            ">> 'GET':/a\n<< 200 OK: 0 bytes\n>> 'GET':/b\n<< 200 OK: 0 bytes\n>> 'GET':/c\n<< 404 No: 0 bytes\n"},
        PipelineCase{"TheServerCloses",
                     {"", ok},
                     {"--in-flight", "2", "get:/a get:/b"},
                     ">> 'GET':/a\n<< 200 OK: 0 bytes\n>> 'GET':/b\nInvalid server response: Server disconnected\n",
                     1,
                     Then::close},
        PipelineCase{"ClosedByTheSpec",
                     {"", ""},
                     {"--in-flight", "3", "get:/a get:/b:d5 get:/c"},
                     ">> 'GET':/a\nDisconnected by the spec after 5 bytes\n>> 'GET':/b:d5\nDisconnected by the spec "
                     "after 5 bytes\n"},
        PipelineCase{"ALargeOneWaitsForTheOthers",
                     {"", ok},
                     {"--in-flight", "5", "get:/a post:/:b@300000"},
                     ">> 'GET':/a\nTimeout\n",
                     1,
                     Then::stay,
                     "0.2"}),
    row_name);

TEST(InFlight, IsAtLeastOne) {
    auto const outcome = invoke({"--in-flight", "0", "127.0.0.1", "get:/"});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_NE(outcome.err.find("--in-flight: expected a number of requests, at least 1"), std::string::npos)
        << outcome.err;
}

}  // namespace
}  // namespace pathology::pathoc::test
