#include "proxy/options.hpp"
#include "program/options.hpp"

#include <gmock/gmock.h>

#include <pathology/proxycore/modes/mode.hpp>
#include <pathology/proxycore/tls/version_words.hpp>

namespace pathology::pathop {
namespace {

using proxycore::addons::Setting;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

auto parse(std::vector<char const*> arguments) {
    arguments.insert(arguments.begin(), "pathop");
    return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

ProgramOptions taken(std::vector<char const*> arguments) {
    auto options = parse(std::move(arguments));
    EXPECT_TRUE(options) << options.error().err;
    return options ? std::move(*options) : ProgramOptions();
}

/// As `--set` would have it, one after the other.
std::string settings(std::vector<char const*> arguments) {
    std::string text;
    for (auto const& [name, value] : taken(std::move(arguments)).settings)
        text += (text.empty() ? "" : " ") + name + (value ? "=" + *value : "");
    return text;
}

struct FlagCase {
    std::string_view name;
    std::vector<char const*> arguments;
    std::string_view becomes;
};
class P68_Flag : public testing::TestWithParam<FlagCase> {};

TEST_P(P68_Flag, StandsForAnOption) { EXPECT_EQ(settings(GetParam().arguments), GetParam().becomes); }

std::string row_name(testing::TestParamInfo<FlagCase> const& info) { return std::string(info.param.name); }

INSTANTIATE_TEST_SUITE_P(
    Modes, P68_Flag,
    testing::Values(FlagCase{"None", {}, ""},
                    FlagCase{"Several", {"--mode", "regular", "--mode", "socks5@1"}, "mode=regular mode=socks5@1"},
                    FlagCase{"Reverse", {"-R", "http://h"}, "mode=reverse:http://h:80"},
                    FlagCase{"Upstream", {"-U", "http://h:3128"}, "mode=upstream:http://h:3128"},
                    FlagCase{"Transparent", {"-T"}, "mode=transparent"},
                    FlagCase{"SocksHasItsOldPort", {"--socks"}, "mode=socks5@8080"},
                    FlagCase{"SocksOnAnotherPort", {"--socks", "-p", "9"}, "listen_port=9 mode=socks5"},
                    FlagCase{"FlagAndMode", {"-T", "--mode", "regular@1"}, "mode=transparent mode=regular@1"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Options, P68_Flag,
    testing::Values(FlagCase{"Port", {"-p", "0"}, "listen_port=0"},
                    FlagCase{"LastPort", {"-p", "1", "--listen-port", "2"}, "listen_port=2"},
                    FlagCase{"Address", {"--bind-address", "::1"}, "listen_host=::1"},
                    FlagCase{"Ignore", {"-I", "a", "--ignore-hosts", "b"}, "ignore_hosts=a ignore_hosts=b"},
                    FlagCase{"Allow", {"--allow-hosts", "a"}, "allow_hosts=a"},
                    FlagCase{"Tcp", {"--tcp", "a"}, "tcp_hosts=a"},
                    FlagCase{"NoRawTcp", {"--no-raw-tcp"}, "rawtcp=false"},
                    FlagCase{"NoWebSockets", {"--no-websockets"}, "websocket=false"},
                    FlagCase{"NoHttp2", {"--no-http2"}, "http2=false"},
                    FlagCase{"Stream", {"--stream", "3m"}, "stream_large_bodies=3m"},
                    FlagCase{"Limit", {"-Z", "1k"}, "body_size_limit=1k"},
                    FlagCase{"ProxyAuth", {"--proxyauth", "any"}, "proxyauth=any"},
                    FlagCase{"NonAnonymous", {"--nonanonymous"}, "proxyauth=any"},
                    FlagCase{"SingleUser", {"--singleuser", "u:p"}, "proxyauth=u:p"},
                    FlagCase{"Htpasswd", {"--htpasswd", "f"}, "proxyauth=@f"},
                    FlagCase{"Forwarder", {"--forwarder"}, "forwarder=true"},
                    FlagCase{"ForwarderFile", {"--forwarder-env", "f"}, "forwarder_env=f"},
                    FlagCase{"UpstreamAuth", {"--upstream-auth", "u:p"}, "upstream_auth=u:p"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Tls, P68_Flag,
    testing::Values(
        FlagCase{"Folder", {"--cadir", "d"}, "confdir=d"},
        FlagCase{"Certificates", {"--cert", "a=f", "--certs", "g"}, "certs=a=f certs=g"},
        FlagCase{"Insecure", {"-k"}, "ssl_insecure=true"},
        FlagCase{"NoUpstreamCert", {"--no-upstream-cert"}, "upstream_cert=false"},
        FlagCase{"TrustedFile", {"--upstream-trusted-ca", "f"}, "ssl_verify_upstream_trusted_ca=f"},
        FlagCase{"Ciphers", {"--ciphers-client", "a", "--ciphers-server", "b"}, "ciphers_client=a ciphers_server=b"},
        FlagCase{"Secure", {"--ssl-version-client", "secure"}, ""},
        FlagCase{"AllVersions", {"--ssl-version-client", "all"}, "tls_version_client_min=UNBOUNDED"},
        FlagCase{"OneVersion",
                 {"--ssl-version-server", "TLSv1_2"},
                 "tls_version_server_min=TLS1_2 tls_version_server_max=TLS1_2"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Output, P68_Flag,
    testing::Values(FlagCase{"Detail", {"-d"}, "flow_detail=2"}, FlagCase{"MoreDetail", {"-dd"}, "flow_detail=3"},
                    FlagCase{"AllDetail", {"-d", "-d", "-d", "-d", "-d"}, "flow_detail=4"},
                    FlagCase{"DetailAsANumber", {"--flow-detail", "3"}, "flow_detail=3"},
                    FlagCase{"Quiet", {"-q"}, "termlog_verbosity=error flow_detail=0"},
                    FlagCase{"Verbose", {"-v"}, "termlog_verbosity=debug flow_detail=2"},
                    FlagCase{"VerboseWithDetail", {"-v", "-dd"}, "termlog_verbosity=debug flow_detail=3"},
                    FlagCase{"Host", {"--host"}, "showhost=true"},
                    FlagCase{"Set", {"--set", "a=b=c", "--set", "d", "-p1"}, "listen_port=1 a=b=c d"}),
    row_name);

TEST(P68_Options, KnowWhatIsNoOption) {
    auto const options = taken({"--json", "-s", "a.so", "-s", "b.so", "-q"});
    EXPECT_TRUE(options.json);
    EXPECT_FALSE(options.lists_options);
    EXPECT_THAT(options.scripts, ElementsAre("a.so", "b.so"));
    EXPECT_THAT(options.settings, ElementsAre(Setting{"termlog_verbosity", "error"}));
    EXPECT_TRUE(taken({"--options"}).lists_options);
}

TEST(P68_Options, NameOptionsThatExist) {
    proxycore::addons::Options known;
    proxycore::proxy::declare_options(known);
    known.declare({"proxyauth", proxycore::addons::OptionalText{}});
    known.apply(taken({"-T",
                       "-p",
                       "0",
                       "-b",
                       "::1",
                       "-I",
                       "a",
                       "--allow-hosts",
                       "a",
                       "--tcp",
                       "a",
                       "--no-raw-tcp",
                       "--no-websockets",
                       "--no-http2",
                       "--stream",
                       "1k",
                       "-Z",
                       "1k",
                       "--proxyauth",
                       "any",
                       "--upstream-auth",
                       "u:p",
                       "--confdir",
                       "d",
                       "--cert",
                       "f",
                       "--cert-passphrase",
                       "p",
                       "--no-upstream-cert",
                       "--add-upstream-certs-to-client-chain",
                       "--ciphers-client",
                       "a",
                       "--ssl-version-client",
                       "TLSv1",
                       "-k",
                       "--upstream-trusted-ca",
                       "f",
                       "--upstream-trusted-cadir",
                       "d",
                       "--client-certs",
                       "f",
                       "--ciphers-server",
                       "a",
                       "--ssl-version-server",
                       "all",
                       "--ssl-keylogfile",
                       "f"})
                    .settings);
    EXPECT_THAT(known.deferred(), IsEmpty());
}

struct BadCase {
    std::string_view name;
    std::vector<char const*> arguments;
    std::string_view says;
};
class P68_i_BadCommandLine : public testing::TestWithParam<BadCase> {};

TEST_P(P68_i_BadCommandLine, EndsWithStatus1) {
    auto const options = parse(GetParam().arguments);
    ASSERT_FALSE(options);
    EXPECT_EQ(status(options.error().code), 1);
    EXPECT_THAT(options.error().err, HasSubstr("pathop: " + std::string(GetParam().says)));
    EXPECT_THAT(options.error().err, HasSubstr("pathop --help"));
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, P68_i_BadCommandLine,
    testing::Values(BadCase{"Unknown", {"--nonsense"}, "unknown option --nonsense"},
                    BadCase{"Stray", {"~m post"}, "unexpected argument '~m post'"},
                    BadCase{"NoValue", {"-R"}, "option --reverse requires a value"},
                    BadCase{"TwoModes", {"-T", "-R", "http://x"}, "only one of -R, -U, -T and --socks can be given"},
                    BadCase{"BadServer", {"-U", "ftp://h:1"}, "mode:1: "},
                    BadCase{"TwoRules",
                            {"--proxyauth", "any", "--singleuser", "u:p"},
                            "--proxyauth cannot be combined with --singleuser"},
                    BadCase{"NoColon", {"--singleuser", "any"}, "--singleuser: expected USER:PASSWORD"},
                    BadCase{"DeadVersion",
                            {"--ssl-version-client", "SSLv3"},
                            "--ssl-version-client: SSLv3 is not supported by this TLS library"},
                    BadCase{
                        "NoVersion", {"--ssl-version-server", "TLSv9"}, "--ssl-version-server: TLSv9 is not one of"},
                    BadCase{"QuietAndVerbose", {"-q", "-v"}, "--quiet cannot be combined with --verbose"},
                    BadCase{"NamelessSetting", {"--set", "=x"}, "expected name=value after --set"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(P68_Options, PrintVersionAndHelp) {
    EXPECT_EQ(parse({"--version"}).error().out, "pathop 0.1.0\n");
    EXPECT_EQ(status(parse({"--version"}).error().code), 0);
    auto const help = parse({"-h"}).error();
    EXPECT_EQ(status(help.code), 0);
    for (auto const* part : {"Modes:", "TLS with servers:", "-p, --port PORT", "--set NAME[=VALUE]"})
        EXPECT_THAT(help.out, HasSubstr(part));
    EXPECT_THAT(help.out, Not(HasSubstr("--nonanonymous")));
}

TEST(Options, D9_NameTheManualPageInTheHelp) {
    EXPECT_THAT(parse({"-h"}).error().out, testing::EndsWith("\nManual: man pathop\n"));
}

TEST(Options, D9_TakeEveryVersionThatShellsComplete) {
    for (auto const word : proxycore::tls::version_words) {
        std::string const text(word);
        for (auto const* flag : {"--ssl-version-client", "--ssl-version-server"}) taken({flag, text.c_str()});
        EXPECT_THAT(parse({"-h"}).error().out, HasSubstr(text));
        EXPECT_THAT(parse({"--generate", "bash"}).error().out, HasSubstr(text));
    }
}

/// What a shell completes, and whether the text behind it is still to come.
TEST(Options, D9_OfferModesThatThereAre) {
    auto const completion = parse({"--generate", "bash"}).error().out;
    EXPECT_THAT(completion, HasSubstr("words='regular transparent socks5 reverse: upstream: multiupstream:'"));
    EXPECT_THAT(completion, HasSubstr("words='0 1 2 3 4'"));
    for (auto const* mode :
         {"regular", "transparent", "socks5", "reverse:http://a.test", "upstream:http://a.test", "multiupstream:a"})
        EXPECT_TRUE(proxycore::modes::parse_mode(mode)) << mode;
}

}  // namespace
}  // namespace pathology::pathop
