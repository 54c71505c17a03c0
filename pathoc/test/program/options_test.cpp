#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/proxycore/tls/version_words.hpp>

#include "program/runner.hpp"
#include "support/invoke.hpp"
#include "support/row_name.hpp"

namespace pathology::pathoc {
namespace {

using namespace std::chrono_literals;
using pathology::test::row_name;
using proxycore::console::ExitCode;
using testing::ElementsAre;
using testing::HasSubstr;

ProgramOptions parsed(std::vector<std::string> const& arguments) {
    auto options = test::parse(arguments);
    EXPECT_TRUE(options) << options.error().err;
    return options ? *options : ProgramOptions{};
}

TEST(ParseOptions, HasTheDocumentedDefaults) {
    auto const options = parsed({"localhost", "get:/"});
    EXPECT_EQ(options.host, "localhost");
    EXPECT_EQ(options.port, 80);
    EXPECT_EQ(options.connections, 1);
    EXPECT_EQ(options.memo_limit, 5000U);
    EXPECT_EQ(options.time_limit, 30s);
    EXPECT_EQ(options.frame_time_limit, std::nullopt);
    EXPECT_TRUE(options.timestamps);
    EXPECT_THAT(options.specs, ElementsAre("get:/"));
}

TEST(ParseOptions, ReadsTheFuzzingExampleOfTheDocument) {
    auto const options =
        parsed({"-e", "-I", "200,404", "-t", "2", "-n", "1000", "localhost:9999", "get:/p/200:b@10:ir,@1"});
    EXPECT_TRUE(options.explain);
    EXPECT_THAT(options.ignored_codes, ElementsAre(200U, 404U));
    EXPECT_EQ(options.time_limit, 2s);
    EXPECT_EQ(options.connections, 1000);
    EXPECT_EQ(options.port, 9999);
}

TEST(ParseOptions, DisablesTheTimeoutByZero) {
    EXPECT_EQ(parsed({"-t", "0", "localhost", "get:/"}).time_limit, std::nullopt);
    EXPECT_EQ(parsed({"-t", "1ms", "localhost", "get:/"}).time_limit, 1ms);
}

TEST(ParseOptions, C12_LimitsFramesOnlyByTheOption) {
    EXPECT_EQ(parsed({"-t", "2", "localhost", "ws:/"}).frame_time_limit, 2s);
    EXPECT_EQ(parsed({"-t", "0", "localhost", "ws:/"}).frame_time_limit, std::nullopt);
    auto const help = test::parse({"--help"}).error().out;
    EXPECT_THAT(help, HasSubstr("30s"));
}

TEST(BackOff, C12_DoublesUpToALimit) {
    EXPECT_EQ(back_off(0), 0ms);
    EXPECT_EQ(back_off(1), 100ms);
    EXPECT_EQ(back_off(2), 200ms);
    EXPECT_EQ(back_off(5), 1600ms);
    for (std::uint64_t const many : {8ULL, 9ULL, 70ULL, ~0ULL}) EXPECT_EQ(back_off(many), 10s) << many;
}

TEST(ParseOptions, TakesThePortAsAnOption) {
    EXPECT_EQ(parsed({"-p", "8080", "localhost", "get:/"}).port, 8080);
    EXPECT_EQ(parsed({"-p", "8080", "localhost:8080", "get:/"}).port, 8080);
}

TEST(ParseOptions, KnowsOptionsAfterTheSpecs) {
    auto const options = parsed({"localhost", "get:/", "post:/", "-n", "-1", "-w", "0.5"});
    EXPECT_THAT(options.specs, ElementsAre("get:/", "post:/"));
    EXPECT_EQ(options.connections, -1);
    EXPECT_EQ(options.wait, 500ms);
}

TEST(ParseOptions, TakesAnIpv6AddressWithAndWithoutBrackets) {
    EXPECT_EQ(parsed({"::1", "get:/"}).host, "::1");
    EXPECT_EQ(parsed({"[::1]", "get:/"}).host, "::1");
    auto const options = parsed({"[fe80::1%eth0]:81", "get:/"});
    EXPECT_EQ(options.host, "fe80::1%eth0");
    EXPECT_EQ(options.port, 81);
}

TEST(ParseOptions, ReadsTheTunnel) {
    auto const options = parsed({"-c", "google.com:80", "-p", "8080", "localhost", "get:/"});
    ASSERT_TRUE(options.tunnel);
    EXPECT_EQ(*options.tunnel, (proxycore::HostPort{"google.com", 80}));
}

TEST(ParseOptions, ReadsWhoAsksTheProxy) {
    auto const options = parsed({"-c", "b:80", "--proxy-auth", "me:pass:word", "a", "get:/"});
    ASSERT_TRUE(options.proxy_auth);
    EXPECT_EQ(options.proxy_auth->user, "me");
    EXPECT_EQ(options.proxy_auth->password, "pass:word");
}

TEST(ParseOptions, ReadsTheWayThroughSocks) {
    auto const options = parsed({"--socks", "[::1]:9050", "--socks-auth", "me:", "a", "get:/"});
    EXPECT_EQ(options.socks, (proxycore::HostPort{"::1", 9050}));
    ASSERT_TRUE(options.socks_auth);
    EXPECT_EQ(options.socks_auth->password, "");
    EXPECT_EQ(parsed({"--socks", "localhost", "a", "get:/"}).socks, (proxycore::HostPort{"localhost", std::nullopt}));
}

TEST(ParseOptions, ReadsTheProxies) {
    auto const options = parsed({"--proxy", "https://me:x@a,socks5://[::1]", "--verify", "c", "get:/"});
    EXPECT_EQ(proxycore::tunnel::to_string(options.proxies), "https://me:***@a:443,socks5://[::1]:1080");
}

TEST(ParseOptions, NeedsNoHostToListUserAgents) { EXPECT_TRUE(parsed({"--show-uas"}).show_user_agents); }

struct RefusedCase {
    std::string_view name;
    std::vector<std::string> arguments;
    std::string_view message;
};
class RefusedOptions : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedOptions, EndWithStatusTwo) {
    auto const options = test::parse(GetParam().arguments);
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error().code, ExitCode::usage);
    EXPECT_THAT(options.error().err, HasSubstr(std::string(GetParam().message)));
}
INSTANTIATE_TEST_SUITE_P(
    Usage, RefusedOptions,
    testing::Values(
        RefusedCase{"NoHost", {}, "missing argument HOST"},
        RefusedCase{"NoSpec", {"localhost"}, "missing argument SPEC"},
        RefusedCase{"BadPort", {"localhost:x", "get:/"}, "HOST localhost:x: expected a port, a number from 1 to 65535"},
        RefusedCase{"TwoPorts", {"-p", "1", "localhost:2", "get:/"}, "conflicting ports"},
        RefusedCase{"PortZero", {"-p", "0", "localhost", "get:/"}, "port 0"},
        RefusedCase{"BadCode", {"-I", "2xx", "a", "get:/"}, "Invalid return code specification: 2xx"},
        RefusedCase{"BadTunnel", {"-c", "b", "a", "get:/"}, "Invalid CONNECT specification: b"},
        RefusedCase{"TunnelPortZero", {"-c", "b:0", "a", "get:/"}, "Invalid CONNECT specification: b:0"},
        RefusedCase{"AuthWithoutColon",
                    {"-c", "b:1", "--proxy-auth", "me", "a", "get:/"},
                    "--proxy-auth: expected USER:PASSWORD"},
        RefusedCase{"AuthWithoutProxy", {"--proxy-auth", "me:x", "a", "get:/"}, "--proxy-auth requires -c"},
        RefusedCase{"SocksAuthWithoutProxy", {"--socks-auth", "me:x", "a", "get:/"}, "--socks-auth requires --socks"},
        RefusedCase{"BadSocks", {"--socks", "b:x", "a", "get:/"}, "--socks: expected a port"},
        RefusedCase{"BadProxy", {"--proxy", "a,ftp://b", "c", "get:/"}, "--proxy: expected one of the schemes"},
        RefusedCase{"CaForAPlainProxy", {"--proxy", "a", "--ca", "x", "b", "get:/"}, "--ca require -s"},
        RefusedCase{"StandardInputTwice", {"a", "-", "-"}, "SPEC - reads standard input, which can be read once"},
        RefusedCase{"BadCount", {"-n", "-2", "a", "get:/"}, "-1 for no limit"},
        RefusedCase{"BadTime", {"-t", "soon", "a", "get:/"}, "Invalid duration: soon"},
        RefusedCase{"UnknownOption", {"--nope", "a", "get:/"}, "unknown option --nope"}),
    row_name);

TEST(ParseOptions, D9_NamesTheManualPageInTheHelp) {
    EXPECT_THAT(test::parse({"--help"}).error().out, testing::EndsWith("\nManual: man pathoc\n"));
}

TEST(ParseOptions, D9_TakesEveryVersionThatShellsComplete) {
    for (auto const word : proxycore::tls::version_words) {
        std::string const text(word);
        EXPECT_EQ(parsed({"-s", "--ssl-version", text, "localhost", "get:/"}).tls.versions, text);
        EXPECT_THAT(test::parse({"--help"}).error().out, HasSubstr(text));
        EXPECT_THAT(test::parse({"--generate", "bash"}).error().out, HasSubstr(text));
    }
}

TEST(ParseOptions, PrintsHelpAndVersionOnStandardOutput) {
    auto const help = test::parse({"--help"});
    ASSERT_FALSE(help);
    EXPECT_EQ(help.error().code, ExitCode::done);
    EXPECT_THAT(help.error().out, HasSubstr("--preview"));
    auto const version = test::parse({"--version"});
    ASSERT_FALSE(version);
    EXPECT_THAT(version.error().out, HasSubstr("pathoc "));
}

}  // namespace
}  // namespace pathology::pathoc
