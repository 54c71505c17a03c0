#include <pathology/proxycore/console/command_line.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <pathology/proxycore/console/version.hpp>

namespace pathology::proxycore::console {
namespace {

using namespace std::chrono_literals;
using Arguments = std::vector<std::string>;

/// A command line with an option of every kind.
struct Sample {
    std::uint16_t port = 9999;
    int count = 1;
    bool explain = false, quiet = false;
    std::string address = "127.0.0.1";
    Bytes limit{1024};
    std::optional<std::chrono::nanoseconds> timeout;
    std::vector<std::string> anchors;
    std::string host;
    std::vector<std::string> specs;
    CommandLine line{"sample", "Shows every kind of option."};

    Sample() {
        line.group("Target");
        line.option("-p,--port", port, "listen on this port; 0 picks one");
        line.option("-l,--listen", address, "listen on this address", "ADDRESS");
        line.option("-n", count, "how many times");
        line.option("-a,--anchor", anchors, "answer paths that match with a spec", "PATTERN=SPEC");
        line.group("Limits");
        line.option("--limit-size", limit, "largest response");
        line.option("-t,--timeout", timeout, "give up after so long without a byte");
        line.group("Logging");
        line.flag("-e,--explain", explain, "show what was sent");
        line.flag("-q,--quiet", quiet, "show nothing");
        line.positional("HOST", host, "host to talk to");
        line.positional("SPEC", specs, "what to send", false);
        line.excludes("--quiet", "--explain");
        line.needs("--limit-size", "--anchor");
        line.footer("See also: the manual.");
    }
};

TEST(CommandLine, KeepsDefaults) {
    Sample sample;
    ASSERT_TRUE(sample.line.parse(Arguments{"there"}));
    EXPECT_EQ(sample.port, 9999);
    EXPECT_EQ(sample.host, "there");
    EXPECT_EQ(sample.limit, Bytes{1024});
    EXPECT_FALSE(sample.timeout);
    EXPECT_FALSE(sample.explain);
    EXPECT_TRUE(sample.specs.empty());
}

TEST(CommandLine, ReadsEveryKind) {
    Sample sample;
    auto const parsed = sample.line.parse({"-p", "0", "-a", "/a=200", "there", "--anchor=/b=404:b@1k", "-et1.5s",
                                           "get:/", "--limit-size", "100k", "-n", "-1", "ws:/"});
    ASSERT_TRUE(parsed) << parsed.error().err;
    EXPECT_EQ(sample.port, 0);
    EXPECT_EQ(sample.count, -1);
    EXPECT_EQ(sample.anchors, (Arguments{"/a=200", "/b=404:b@1k"}));
    EXPECT_EQ(sample.timeout, 1500ms);
    EXPECT_EQ(sample.limit, Bytes{102400});
    EXPECT_TRUE(sample.explain);
    EXPECT_EQ(sample.host, "there");
    EXPECT_EQ(sample.specs, (Arguments{"get:/", "ws:/"}));
}

TEST(CommandLine, CountsASwitch) {
    unsigned detail = 0;
    CommandLine line("sample", "");
    line.counter("-d,--detail", detail, "show more");
    ASSERT_TRUE(line.parse({"-d", "-dd"}));
    EXPECT_EQ(detail, 3U);
}

TEST(CommandLine, TakesOlderSpellingsWithoutShowingThem) {
    bool quiet = false;
    std::string host;
    CommandLine line("sample", "");
    line.option("-b,--listen-host|--bind-address", host, "where", "ADDRESS");
    line.flag("|--silent", quiet, "an older flag");
    ASSERT_TRUE(line.parse({"--bind-address", "::1", "--silent"}));
    EXPECT_EQ(host, "::1");
    EXPECT_TRUE(quiet);
    auto const help = line.parse({"-h"}).error().out;
    EXPECT_NE(help.find("  -b, --listen-host ADDRESS "), help.npos) << help;
    EXPECT_EQ(help.find("bind-address"), help.npos);
    EXPECT_EQ(help.find("silent"), help.npos);
    EXPECT_EQ(line.parse({"--bind-address"}).error().err,
              "sample: option --listen-host requires a value\nTry 'sample --help'.\n");
}

TEST(CommandLine, NamesOlderSpellingsInErrors) {
    bool quiet = false, loud = false;
    CommandLine line("sample", "");
    line.flag("--quiet", quiet, "say little");
    line.flag("|--loud", loud, "an older flag");
    line.excludes("--quiet", "--loud");
    EXPECT_EQ(line.parse({"--quiet", "--loud"}).error().err,
              "sample: --quiet cannot be combined with --loud\nTry 'sample --help'.\n");
    EXPECT_EQ(line.parse({"-h"}).error().out.find("loud"), std::string::npos);
}

TEST(CommandLine, TakesTheLastOfARepeatedOption) {
    Sample sample;
    ASSERT_TRUE(sample.line.parse({"-p", "1", "-p", "2", "there"}));
    EXPECT_EQ(sample.port, 2);
}

TEST(CommandLine, SkipsTheProgramsName) {
    Sample sample;
    char const* const argv[] = {"/usr/bin/sample", "-e", "there"};
    ASSERT_TRUE(sample.line.parse(3, argv));
    EXPECT_TRUE(sample.explain);
    EXPECT_EQ(sample.host, "there");
}

struct WrongCase {
    std::string_view name;
    Arguments arguments;
    std::string_view message;
};
class WrongCommandLine : public testing::TestWithParam<WrongCase> {};

TEST_P(WrongCommandLine, IsReportedWithAHintAtHelp) {
    Sample sample;
    auto const parsed = sample.line.parse(GetParam().arguments);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ExitCode::usage);
    EXPECT_EQ(parsed.error().out, "");
    EXPECT_EQ(parsed.error().err, "sample: " + std::string(GetParam().message) + "\nTry 'sample --help'.\n");
}

INSTANTIATE_TEST_SUITE_P(
    Arguments, WrongCommandLine,
    testing::Values(
        WrongCase{"UnknownOption", {"there", "--nope"}, "unknown option --nope"},
        WrongCase{"NoHost", {}, "missing argument HOST"},
        WrongCase{"NoValue", {"there", "--port"}, "option --port requires a value"},
        WrongCase{"PortTooLarge", {"-p", "65536", "there"}, "--port: '65536' is not a number from 0 to 65535"},
        WrongCase{"PortNoNumber", {"-p", "http", "there"}, "--port: 'http' is not a number from 0 to 65535"},
        WrongCase{"Size",
                  {"-a", "x", "--limit-size", "much", "there"},
                  "--limit-size: Invalid size specification: much (examples: 100, 64k, 1g; the suffixes b, "
                  "k, m, g, t are powers of 1024)"},
        WrongCase{"Duration",
                  {"-t", "soon", "there"},
                  "--timeout: Invalid duration: soon (examples: 2, 1.5s, 200ms, 5m, 1h)"},
        WrongCase{"Excluded", {"-q", "-e", "there"}, "--explain cannot be combined with --quiet"},
        WrongCase{"Needed", {"--limit-size", "1", "there"}, "--limit-size requires --anchor"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(CommandLine, RefusesArgumentsThatBelongNowhere) {
    CommandLine line("bare", "Takes nothing.");
    auto const parsed = line.parse(Arguments{"what"});
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().err, "bare: unexpected argument 'what'\nTry 'bare --help'.\n");
}

TEST(CommandLine, PrintsItsVersion) {
    Sample sample;
    auto const parsed = sample.line.parse(Arguments{"--version"});
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ExitCode::done);
    EXPECT_EQ(parsed.error().out, "sample " + std::string(version()) + "\n");
}

TEST(CommandLine, HelpIsGroupedAndShowsLiveDefaults) {
    Sample sample;
    auto const parsed = sample.line.parse(Arguments{"--help"});
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ExitCode::done);
    EXPECT_EQ(parsed.error().out,
              "usage: sample [options] HOST [SPEC...]\n"
              "Shows every kind of option.\n"
              "\n"
              "Target:\n"
              "  -p, --port PORT              listen on this port; 0 picks one [9999]\n"
              "  -l, --listen ADDRESS         listen on this address [127.0.0.1]\n"
              "  -n N                         how many times [1]\n"
              "  -a, --anchor PATTERN=SPEC    answer paths that match with a spec\n"
              "\n"
              "Limits:\n"
              "      --limit-size SIZE        largest response [1k]\n"
              "  -t, --timeout TIME           give up after so long without a byte\n"
              "\n"
              "Logging:\n"
              "  -e, --explain                show what was sent\n"
              "  -q, --quiet                  show nothing\n"
              "  HOST                         host to talk to\n"
              "  SPEC                         what to send\n"
              "\n"
              "Help:\n"
              "  -h, --help                   print this help and exit\n"
              "      --version                print the version and exit\n"
              "\n"
              "See also: the manual.\n");
}

TEST(CommandLine, WrapsLongHelp) {
    CommandLine line("wrap", "");
    int value = 3;
    line.option("--an-option-with-a-rather-long-name", value,
                "a text that is so long that it does not fit into what is left of the line beside the name");
    auto const parsed = line.parse(Arguments{"-h"});
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().out,
              "usage: wrap [options]\n"
              "\n"
              "Options:\n"
              "      --an-option-with-a-rather-long-name N\n"
              "                               a text that is so long that it does not fit into what is left of\n"
              "                               the line beside the name [3]\n"
              "\n"
              "Help:\n"
              "  -h, --help                   print this help and exit\n"
              "      --version                print the version and exit\n");
}

TEST(Leave, WritesAndGivesTheStatus) {
    std::string out, err;
    Console console(out, err);
    EXPECT_EQ(leave(console, {ExitCode::done, "help\n", ""}), 0);
    EXPECT_EQ(leave(console, usage_error("sample", "no")), 2);
    EXPECT_EQ(out, "help\n");
    EXPECT_EQ(err, "sample: no\nTry 'sample --help'.\n");
}

}  // namespace
}  // namespace pathology::proxycore::console
