#include "program/flood.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "support/invoke.hpp"
#include "support/row_name.hpp"

namespace pathology::pathoc::test {
namespace {

namespace asio = boost::asio;
using pathology::test::row_name;

/// The flood that a command line is, by the specs in it.
std::optional<std::string> flood_of(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "origin.test");
    auto const parsed = parse(arguments);
    EXPECT_TRUE(parsed) << parsed.error().err;
    if (!parsed) return "not parsed";
    auto const& options = *parsed;
    language::Settings settings;
    settings.role = language::Role::client;
    settings.request_host = options.host;
    settings.protocol = options.http2 ? language::Protocol::http2 : language::Protocol::http1;
    std::vector<Script> scripts;
    for (auto const& spec : options.specs)
        scripts.push_back(read_script(spec, settings, language::Freezing::none).value());
    return describe_flood(options, scripts);
}

struct FloodRow {
    std::string_view name;
    std::vector<std::string> arguments;
    std::optional<std::string> flood;
};
void PrintTo(FloodRow const& row, std::ostream* out) { *out << row.name; }
class Flood : public testing::TestWithParam<FloodRow> {};

TEST_P(Flood, IsRecognised) { EXPECT_EQ(flood_of(GetParam().arguments), GetParam().flood); }

std::string unanswered(std::string const& number) {
    return number + " messages whose response is not waited for (more than 1000)";
}

INSTANTIATE_TEST_SUITE_P(
    None, Flood,
    testing::Values(FloodRow{"OneRequest", {"get:/"}, {}}, FloodRow{"ManyInTurn", {"get:/:x1000000"}, {}},
                    FloodRow{"ManyConnectionsInTurn", {"-n", "-1", "get:/"}, {}},
                    FloodRow{"SomeAtOnce", {"--parallel", "16", "get:/"}, {}},
                    FloodRow{"ParallelButFewConnections", {"--parallel", "100", "-n", "16", "get:/"}, {}},
                    FloodRow{"SomeCut", {"-n", "1000", "get:/:d3"}, {}},
                    FloodRow{"HeldInTurn", {"-n", "5000", "get:/:d3,hold"}, {}},
                    FloodRow{"HalfInTurn", {"-n", "5000", "get:/:da,half"}, {}},
                    FloodRow{"NothingBehindACut", {"get:/:d3", "wf:x5000"}, {}},
                    FloodRow{"SomeFrames", {"wf:x1000"}, {}},
                    FloodRow{"SomeInFlight", {"--in-flight", "100", "get:/:x5000"}, {}},
                    FloodRow{"BytesInTurn", {"raw:'a':x5000"}, {}},
                    FloodRow{"ACutInAGroup", {"(get:/ raw:d0,rst)x5000"}, {}},
                    FloodRow{"Http2InTurn", {"--http2", "get:/:x5000"}, {}}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Some, Flood,
    testing::Values(
        FloodRow{"AtOnce", {"--parallel", "17", "get:/"}, "17 connections at once (more than 16)"},
        FloodRow{
            "AtOnceWithoutEnd", {"--parallel", "17", "-n", "-1", "get:/"}, "17 connections at once (more than 16)"},
        FloodRow{"InFlight",
                 {"--http2", "--in-flight", "101", "get:/"},
                 "101 requests in flight on a connection (more than 100)"},
        FloodRow{"Cuts", {"-n", "1001", "get:/:d3,rst"}, unanswered("1001")},
        FloodRow{"CutsWithoutEnd", {"-n", "-1", "get:/:d3"}, unanswered("an unlimited number of")},
        FloodRow{"Frames", {"wf:x1001"}, unanswered("1001")},
        FloodRow{"FramesOfConnections", {"-n", "10", "wf:x101"}, unanswered("1010")},
        FloodRow{"FramesOfAGroup", {"(get:/ wf)x1001"}, unanswered("1001")},
        FloodRow{"Resets", {"-n", "1001", "raw:d0,rst"}, unanswered("1001")},
        FloodRow{"Repeated", {"--repeat", "501", "wf:x2"}, unanswered("1002")},
        FloodRow{"ResetStreams", {"--http2", "--repeat", "1000", "get:/ h2f:RST_STREAM:CANCEL"}, unanswered("2000")}),
    row_name);

std::optional<std::string> foreign_host(std::string const& host, std::optional<std::string> hop) {
    Route route;
    route.target = {host, 80};
    if (hop) route.hops.push_back({proxycore::tunnel::Hop::Protocol::http, false, {*hop, 80}, {}, {}});
    asio::io_context context;
    std::optional<std::string> found;
    auto const look = [&]() -> asio::awaitable<void> { found = co_await find_foreign_host(route); };
    asio::co_spawn(context, look(), [](std::exception_ptr) {});
    context.run_for(std::chrono::seconds(20));
    return found;
}

TEST(ForeignHost, IsOneThatIsNotLoopback) {
    EXPECT_EQ(foreign_host("127.0.0.1", {}), std::nullopt);
    EXPECT_EQ(foreign_host("127.1.2.3", {}), std::nullopt);
    EXPECT_EQ(foreign_host("::1", {}), std::nullopt);
    EXPECT_EQ(foreign_host("::ffff:127.0.0.1", {}), std::nullopt);
    EXPECT_EQ(foreign_host("localhost", {}), std::nullopt);
    EXPECT_EQ(foreign_host("192.0.2.7", {}), "192.0.2.7");
    EXPECT_EQ(foreign_host("::ffff:192.0.2.7", {}), "::ffff:192.0.2.7");
    EXPECT_EQ(foreign_host("2001:db8::1", {}), "2001:db8::1");
    EXPECT_EQ(foreign_host("0.0.0.0", {}), "0.0.0.0") << "it may be any address of this machine";
}

TEST(ForeignHost, MayBeAnyOfTheRoute) {
    EXPECT_EQ(foreign_host("127.0.0.1", "192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(foreign_host("192.0.2.7", "127.0.0.1"), "192.0.2.7");
    EXPECT_EQ(foreign_host("127.0.0.1", "127.0.0.2"), std::nullopt);
    EXPECT_EQ(foreign_host("no such name", "127.0.0.1"), "no such name (an unknown address)");
}

TEST(ForeignHost, IsNamedAndNothingIsSentToIt) {
    auto const outcome = invoke({"--parallel", "17", "-t", "1", "192.0.2.7", "get:/"});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err,
              "pathoc: this run is a flood: 17 connections at once (more than 16), and 192.0.2.7 is not a loopback "
              "address; add --i-own-this-target if you may do that to it\n");
}

}  // namespace
}  // namespace pathology::pathoc::test
