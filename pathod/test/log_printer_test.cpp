// What the daemon prints, as transcripts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/pathod/daemon.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/timestamp.hpp>
#include <sstream>

#include "support/client.hpp"
#include "support/folder.hpp"

namespace pathology::pathod {
namespace {

using namespace std::chrono_literals;
using proxycore::console::Console;
using testing::MatchesRegex;
using testing::StartsWith;

struct Printed {
    std::string out, err;
};

/// Runs a daemon, sends it one thing, and gives what it printed until it was stopped.
Printed printed(DaemonOptions options, std::string_view sent) {
    Printed text;
    Console console(text.out, text.err);
    Daemon daemon(std::move(options), &console);
    daemon.start().value();
    test::Client(daemon.port()).ask(sent);
    EXPECT_TRUE(daemon.wait_until_idle(20s));
    daemon.stop();
    return text;
}

constexpr std::string_view request = "GET /p/200:b'a%5Cnb' HTTP/1.1\r\nHost: x\r\n\r\n";

struct TranscriptCase {
    std::string_view name;
    DaemonOptions options;
    std::string sent, shown;
};
class Transcript : public testing::TestWithParam<TranscriptCase> {};

TEST_P(Transcript, IsOneBlockARequest) {
    auto options = GetParam().options;
    options.timestamps = false;
    EXPECT_EQ(test::without_port(printed(options, GetParam().sent).out), GetParam().shown);
}

constexpr std::string_view origin = "from CLIENT: GET /p/200:b'a%5Cnb'\n";
constexpr std::string_view written_dump =
    "Bytes written:\n\tHTTP/1.1 200 OK\r\n\tContent-Length: 3\r\n\t\r\n\ta\n\tb\n";
constexpr std::string_view read_dump = "Bytes read:\n\tGET /p/200:b'a%5Cnb' HTTP/1.1\r\n\tHost: x\r\n\t\r\n\t\n";

INSTANTIATE_TEST_SUITE_P(
    Options, Transcript,
    testing::Values(
        TranscriptCase{"Plain", {}, std::string(request), "crafting spec: 200:b'a\\nb'\n" + std::string(origin)},
        TranscriptCase{
            "Explain",
            {.explain = true},
            std::string(request),
            "crafting spec: 200:b'a\\nb'\n" + std::string(origin) + ">> Spec: 200:b'a\\nb':h'Content-Length'='3'\n"},
        TranscriptCase{
            "Both",
            {.show_requests = true, .show_responses = true},
            std::string(request),
            "crafting spec: 200:b'a\\nb'\n" + std::string(origin) + std::string(written_dump) + std::string(read_dump)},
        TranscriptCase{"Hex",
                       {.show_responses = true, .hex = true},
                       "GET /p/wf:b'hi' HTTP/1.1\r\n\r\n",
                       "crafting spec: wf:b'hi'\nfrom CLIENT: GET /p/wf:b'hi'\nBytes written:\n"
                       "\t0000000000 01 02 68 69                                     ..hi\n"},
        TranscriptCase{"Long",
                       {.show_responses = true, .hex = true, .keep_bytes = 2},
                       "GET /p/wf:b'hi' HTTP/1.1\r\n\r\n",
                       "crafting spec: wf:b'hi'\nfrom CLIENT: GET /p/wf:b'hi'\nBytes written:\n"
                       "\t0000000000 01 02                                           ..\n\t... and 2 bytes more\n"},
        TranscriptCase{
            "ParseError",
            {},
            "GET /p/q HTTP/1.1\r\n\r\n",
            "Parse error: expected a message (a status code, ws, wf or raw)\n"
            "crafting spec: 800:h'Content-Type'='text/plain':m'Parse Error':b'pathod error: Error parsing "
            "response spec: expected a message (a status code, ws, wf or raw)\\nq\\n^\\n'\nfrom CLIENT: GET /p/q\n"},
        TranscriptCase{"PolicyViolation",
                       {.craft = false, .explain = true},
                       "GET /p/q HTTP/1.1\r\n\r\n",
                       "Crafting disabled.\ncrafting spec: 800:h'Content-Type'='text/plain':m'Crafting "
                       "disabled.':b'pathod error: Crafting disabled.'\nfrom CLIENT: GET /p/q\n"},
        TranscriptCase{"NoRequest", {}, "foo\r\n\r\n", "Bad HTTP request line: \"foo\"\nfrom CLIENT\n"},
        TranscriptCase{"Cut",
                       {},
                       "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
                       "Unexpected EOF: unexpected end inside the body: 3 of 9 bytes\nfrom CLIENT\n"},
        TranscriptCase{"C14_Target",
                       {.anchors = {"/=200"}},
                       "OPTIONS http://h/a?b=\"c\xe4\" HTTP/1.1\r\n\r\n",
                       "crafting spec: 200\nfrom CLIENT: OPTIONS http://h/a?b=\"c\\xe4\"\n"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(LogPrinter, PutsTheTimeInFront) {
    EXPECT_THAT(printed({}, request).out,
                MatchesRegex("[0-9]+-[0-9]+-[0-9]+ [0-9]+:[0-9]+:[0-9]+: crafting spec: 200:b'a.nb'\n"
                             "from 127.0.0.1:[0-9]+: GET /p/200:b'a%5Cnb'\n"));
}

TEST(LogPrinter, PrintsTheSeedOnceWhenItWasDrawn) {
    auto const random = std::string("GET /p/200:b@1 HTTP/1.1\r\n\r\nGET /p/200:ir,'x' HTTP/1.1\r\n\r\n");
    EXPECT_THAT(printed({}, random).err, MatchesRegex("seed ([0-9]+) \\(replay with --seed [0-9]+\\)\n"));
    EXPECT_EQ(printed({.seed = 5}, random).err, "");
    EXPECT_EQ(printed({}, request).err, "");
}

TEST(LogPrinter, WritesOneJsonObjectALine) {
    auto const out = printed({.json = true}, std::string(request) + "foo\r\n\r\n").out;
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 2);
    EXPECT_THAT(out, StartsWith("{"));
    EXPECT_THAT(out, testing::HasSubstr("\"spec\":\"200:b'a\\\\nb':h'Content-Length'='3'\""));
    EXPECT_THAT(out, testing::HasSubstr("\"type\":\"error\""));
}

TEST(LogPrinter, UsesTheClockOfTheOptions) {
    auto const then = std::chrono::system_clock::from_time_t(1'795'233'482);
    proxycore::record::Clock const stopped{[then] { return then; },
                                           [] { return std::chrono::steady_clock::time_point(5s); }};
    std::string out, err;
    Console console(out, err);
    Daemon daemon({.clock = stopped}, &console);
    daemon.start().value();
    test::Client(daemon.port()).ask(request);
    auto const entry = daemon.log().wait_from(0, 20s);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->started, then);
    EXPECT_EQ(entry->duration, 0ns);
    daemon.stop();
    EXPECT_THAT(out, StartsWith(std::string(proxycore::console::Timestamp().at(then)) + ": crafting spec: "));
}

TEST(LogPrinter, AppendsToTheLogFile) {
    pathology::test::Folder const folder;
    printed({.timestamps = false, .log_file = folder.write("log", "before\n")}, request);
    EXPECT_EQ(test::without_port(folder.read("log")), "before\ncrafting spec: 200:b'a\\nb'\n" + std::string(origin));
}

}  // namespace
}  // namespace pathology::pathod
