#include "program/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/proxycore/tls/version_words.hpp>
#include <vector>

namespace pathology::pathod {
namespace {

using testing::HasSubstr;

auto parse(std::vector<char const*> arguments) {
    arguments.insert(arguments.begin(), "pathod");
    return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

ProgramOptions taken(std::vector<char const*> arguments) {
    auto options = parse(std::move(arguments));
    EXPECT_TRUE(options) << options.error().err;
    return options ? std::move(*options) : ProgramOptions();
}

TEST(ParseOptions, HasTheDefaultsOfTheOriginal) {
    auto const options = taken({}).daemon;
    EXPECT_EQ(options.port, 9999);
    EXPECT_EQ(options.address, "127.0.0.1");
    EXPECT_EQ(options.craft_prefix, "/p/");
    EXPECT_FALSE(options.files_folder);
    EXPECT_TRUE(options.craft);
    EXPECT_TRUE(options.timestamps);
}

TEST(ParseOptions, ReadsFaultsOfConnections) {
    auto const options =
        taken({"--on-accept", "220:r", "--accept-delay", "1-3s", "--backlog", "5", "--receive-buffer", "4k"}).daemon;
    EXPECT_EQ(options.on_accept, "220:r");
    EXPECT_EQ(options.accept_delay, "1-3s");
    EXPECT_EQ(options.backlog, 5);
    EXPECT_EQ(options.receive_buffer, 4096U);
    EXPECT_EQ(options.listening, Listening::accept);
    EXPECT_EQ(taken({"--refuse"}).daemon.listening, Listening::refuse);
    EXPECT_EQ(taken({"--full-backlog"}).daemon.listening, Listening::full_backlog);
}

TEST(ParseOptions, RefusesContradictoryFaultsOfConnections) {
    EXPECT_FALSE(parse({"--refuse", "--full-backlog"}));
    EXPECT_FALSE(parse({"--refuse", "--on-accept", "200"}));
    EXPECT_FALSE(parse({"--full-backlog", "--accept-delay", "1"}));
    EXPECT_THAT(parse({"--backlog", "-1"}).error().err, HasSubstr("--backlog must not be negative"));
    EXPECT_THAT(parse({"--full-backlog", "--backlog", "257"}).error().err, HasSubstr("at most 256"));
}

TEST(ParseOptions, ReadsEveryFlag) {
    auto const all = taken({"-p",
                            "0",
                            "-l",
                            "::1",
                            "-a",
                            "/a=200",
                            "-a",
                            "/b=+x",
                            "-c",
                            "/c/",
                            "-d",
                            ".",
                            "-D",
                            "-t",
                            "1.5",
                            "--limit-size",
                            "10k",
                            "--nohang",
                            "--nocraft",
                            "-e",
                            "-f",
                            "log",
                            "-q",
                            "-r",
                            "-x",
                            "--seed",
                            "5",
                            "--threads",
                            "2",
                            "--json",
                            "--max-connections",
                            "3",
                            "--max-header",
                            "1k",
                            "--max-body",
                            "2k",
                            "--window",
                            "10",
                            "--no-window-updates",
                            "--verbatim",
                            "--no-timestamp"});
    auto const& daemon = all.daemon;
    EXPECT_TRUE(all.daemonize);
    EXPECT_EQ(daemon.port, 0);
    EXPECT_EQ(daemon.address, "::1");
    EXPECT_THAT(daemon.anchors, testing::ElementsAre("/a=200", "/b=+x"));
    EXPECT_EQ(daemon.craft_prefix, "/c/");
    EXPECT_EQ(daemon.files_folder, ".");
    EXPECT_EQ(daemon.time_limit, std::chrono::milliseconds(1500));
    EXPECT_EQ(daemon.size_limit, 10240U);
    EXPECT_EQ(daemon.seed, 5U);
    EXPECT_EQ(daemon.threads, 2U);
    EXPECT_EQ(daemon.max_connections, 3U);
    EXPECT_EQ(daemon.max_header, 1024U);
    EXPECT_EQ(daemon.max_body, 2048U);
    EXPECT_EQ(daemon.http2_window, 10U);
    EXPECT_FALSE(daemon.http2_window_updates);
    EXPECT_EQ(daemon.log_file, "log");
    EXPECT_TRUE(daemon.nohang && daemon.explain && daemon.show_requests && daemon.show_responses && daemon.hex);
    EXPECT_TRUE(daemon.json && daemon.verbatim);
    EXPECT_FALSE(daemon.craft || daemon.timestamps);
}

TEST(ParseOptions, ReadsEveryFlagOfTls) {
    auto const tls = taken({"-s",
                            "--cn",
                            "a.test",
                            "--san",
                            "b.test",
                            "--san",
                            "10.0.0.1",
                            "--cert",
                            "*.c.test=c.pem",
                            "--cert",
                            "d.pem",
                            "--cert-passphrase",
                            "sesame",
                            "--confdir",
                            "/conf",
                            "--ciphers",
                            "ALL",
                            "--ssl-version",
                            "all",
                            "--request-client-cert",
                            "-C",
                            "--ssl-keylogfile",
                            "keys"})
                         .daemon.tls;
    EXPECT_TRUE(tls.serve && tls.request_client_certificate);
    EXPECT_EQ(tls.common_name, "a.test");
    EXPECT_THAT(tls.alternative_names, testing::ElementsAre("b.test", "10.0.0.1"));
    EXPECT_THAT(tls.certificates, testing::ElementsAre("*.c.test=c.pem", "d.pem"));
    EXPECT_EQ(tls.passphrase, "sesame");
    EXPECT_EQ(tls.authority_folder, "/conf");
    EXPECT_EQ(tls.ciphers, "ALL");
    EXPECT_EQ(tls.versions, "all");
    EXPECT_EQ(tls.key_log, "keys");
    EXPECT_EQ(tls.in_tunnels, InTunnels::plain);
    EXPECT_EQ(taken({"--connect-detect"}).daemon.tls.in_tunnels, InTunnels::detect);
    EXPECT_EQ(taken({}).daemon.tls.in_tunnels, InTunnels::tls);
}

TEST(ParseOptions, TakesNoTimeLimitForZero) { EXPECT_FALSE(taken({"-t", "0"}).daemon.time_limit); }

struct BadCase {
    std::string_view name;
    std::vector<char const*> arguments;
    std::string_view says;
};
class BadOption : public testing::TestWithParam<BadCase> {};

TEST_P(BadOption, IsAUsageError) {
    auto const options = parse(GetParam().arguments);
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error().code, proxycore::console::ExitCode::usage);
    EXPECT_THAT(options.error().err, HasSubstr(std::string(GetParam().says)));
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, BadOption,
    testing::Values(BadCase{"Size", {"--limit-size", "x"}, "Invalid size specification"},
                    BadCase{"Port", {"-p", "70000"}, "70000"}, BadCase{"Unknown", {"--nonsense"}, "--nonsense"},
                    BadCase{"NoFolder", {"-d", "/no/such/folder"}, "-d: not a directory: /no/such/folder"},
                    BadCase{"Prefix", {"-c", "p/"}, "--craft-prefix must start with a slash"},
                    BadCase{"DeadVersion", {"--ssl-version", "SSLv3"}, "SSLv3 is not supported"},
                    BadCase{"NoVersion", {"--ssl-version", "TLSv9"}, "--ssl-version: there is no TLS version 'TLSv9'"},
                    BadCase{"TwoKindsOfTunnel", {"-C", "--connect-detect"}, "--connect-detect"},
                    BadCase{"Threads", {"--threads", "0"}, "--threads must be at least 1"},
                    BadCase{"NoAlternativeName", {"--san", "a", "--san", ""}, "--san must not be empty"},
                    BadCase{"NoCommonName", {"--cn", ""}, "--cn must not be empty"},
                    BadCase{"Connections", {"--max-connections", "0"}, "--max-connections must be at least 1"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(ParseOptions, PrintsVersionAndHelp) {
    EXPECT_EQ(parse({"--version"}).error().out, "pathod 0.1.0\n");
    EXPECT_THAT(parse({"-h"}).error().out, HasSubstr("--limit-size"));
}

TEST(ParseOptions, D9_NamesTheManualPageInTheHelp) {
    EXPECT_THAT(parse({"-h"}).error().out, testing::EndsWith("\nManual: man pathod\n"));
}

TEST(ParseOptions, D9_TakesEveryVersionThatShellsComplete) {
    for (auto const word : proxycore::tls::version_words) {
        std::string const text(word);
        EXPECT_EQ(taken({"--ssl-version", text.c_str()}).daemon.tls.versions, text);
        EXPECT_THAT(parse({"-h"}).error().out, HasSubstr(text));
        EXPECT_THAT(parse({"--generate", "bash"}).error().out, HasSubstr(text));
    }
}

}  // namespace
}  // namespace pathology::pathod
