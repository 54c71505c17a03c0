// The built program: where it listens, how it ends, what it says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support/folder.hpp"
#include "support/free_port.hpp"
#include "support/process.hpp"
#include "support/row_name.hpp"

namespace pathology::pathop {
namespace {

using test::Ended;
using test::Folder;
using test::Process;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// The program on loopback, with an authority of its own.
class Pathop {
public:
    explicit Pathop(std::vector<std::string> arguments = {})
        : process(PATHOP_PROGRAM, complete(std::move(arguments))), greeting(process.read_error_line()) {}

    std::string port() const {
        auto const digits = greeting.substr(greeting.rfind(':') + 1);
        return digits.substr(0, digits.find('.'));
    }
    Ended stop(int number = SIGTERM) {
        process.signal(number);
        return process.wait();
    }

private:
    std::vector<std::string> complete(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"-p", "0", "-b", "127.0.0.1", "--confdir", folder_.path().string()});
        return arguments;
    }
    Folder folder_;

public:
    Process process;
    std::string greeting;
};

Ended curl(Pathop const& pathop, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--disable", "--silent", "--show-error", "--max-time", "20", "--noproxy", "",
                                         "--proxy", "http://127.0.0.1:" + pathop.port()});
    return test::run("curl", std::move(arguments));
}

TEST(PathopProgram, P01_a_NamesAPortThatIsTaken) {
    Pathop const first;
    auto const ended = test::run(PATHOP_PROGRAM, {"-b", "127.0.0.1", "-p", first.port()});
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, AllOf(StartsWith("pathop: "), HasSubstr(":" + first.port() + ":"), HasSubstr("in use")));
}

TEST(PathopProgram, P01_b_PrintsThePortItPicked) {
    Pathop pathop;
    EXPECT_THAT(pathop.greeting,
                testing::MatchesRegex(R"(\[..:..:..\....\] HTTP\(S\) proxy listening at 127.0.0.1:[0-9]+\.)"));
    EXPECT_THAT(curl(pathop, {"http://mitm.it/"}).out, HasSubstr("<html"));
    EXPECT_EQ(pathop.stop().status, 0);
}

TEST(PathopProgram, P71_a_EndsWell) {
    EXPECT_EQ(Pathop().stop(SIGTERM).status, 0);
    EXPECT_EQ(Pathop().stop(SIGINT).status, 0);
    EXPECT_EQ(test::run(PATHOP_PROGRAM, {"--version"}).status, 0);
}

struct RefusalCase {
    char const* name;
    std::vector<std::string> arguments;
    char const* says;
};
class P71_a_Refusal : public testing::TestWithParam<RefusalCase> {};

TEST_P(P71_a_Refusal, EndsWithStatus1) {
    Folder const folder;
    auto arguments = GetParam().arguments;
    // Some of these are found after the listeners are open, so the default port would make two rows collide.
    arguments.insert(arguments.end(), {"--confdir", folder.path().string(), "--set", "listen_port=0"});
    auto const ended = test::run(PATHOP_PROGRAM, arguments);
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, AllOf(StartsWith("pathop: "), HasSubstr(GetParam().says)));
}

INSTANTIATE_TEST_SUITE_P(
    Pathop, P71_a_Refusal,
    testing::Values(RefusalCase{"Flag", {"--nonsense"}, "unknown option --nonsense"},
                    RefusalCase{"Mode", {"--mode", "reverse:http://h:x"}, "expected a port"},
                    RefusalCase{"TwoListeners", {"--mode", "regular@1", "--mode", "socks5@1"}, "would both listen"},
                    RefusalCase{"Option", {"--set", "nonsense=1"}, "nonsense"},
                    RefusalCase{"Value", {"-Z", "1.5k"}, "body_size_limit"},
                    RefusalCase{"Pattern", {"-I", "("}, "ignore_hosts"},
                    RefusalCase{"Certificate", {"--cert", "/no/such/file"}, "/no/such/file"},
                    RefusalCase{"B5_KeyLog",
                                {"--ssl-keylogfile", "/nonexistent/x"},
                                "sslkeylogfile: cannot write the TLS key log '/nonexistent/x': No such file"},
                    RefusalCase{"B5_TrustedFile",
                                {"--upstream-trusted-ca", "nofile"},
                                "pathop: ssl_verify_upstream_trusted_ca: cannot read 'nofile': No such file"},
                    RefusalCase{"B5_Users",
                                {"--proxyauth", "@/nonexistent/x"},
                                "pathop: proxyauth: cannot read the htpasswd file '/nonexistent/x': No such file"},
                    RefusalCase{"B5_FolderOfUsers", {"--proxyauth", "@/"}, "htpasswd file '/': it is a folder"},
                    RefusalCase{"ProxyAuth", {"--proxyauth", "nobody"}, "for proxy authentication"},
                    RefusalCase{"ProxyAuthOfTransparent", {"-T", "--proxyauth", "any"}, "transparent"},
                    RefusalCase{"UpstreamAuth", {"--upstream-auth", "nobody"}, "upstream_auth"},
                    RefusalCase{"Addon", {"-s", "/no/such/addon.so"}, "/no/such/addon.so"},
                    RefusalCase{"Address", {"-b", "192.0.2.1"}, "192.0.2.1"}),
    test::row_name);

TEST(PathopProgram, P71_a_EndsWhenItsReaderIsGone) {
    Pathop pathop({"--json"});
    pathop.process.stop_reading();
    EXPECT_THAT(curl(pathop, {"http://mitm.it/"}).out, HasSubstr("<html"));
    EXPECT_EQ(pathop.process.wait().status, 1);
}

TEST(PathopProgram, P68_h_ListsEveryOption) {
    auto const ended = test::run(PATHOP_PROGRAM, {"--options"});
    EXPECT_EQ(ended.status, 0);
    for (auto const* part : {"body_size_limit (optional text, default", "flow_detail (int, default \"1\")",
                             "proxyauth (optional text", "termlog_verbosity (text, default \"info\")"})
        EXPECT_THAT(ended.out, HasSubstr(part));
}

TEST(PathopProgram, P41_c_LoadsAddonsFromFiles) {
    Pathop const pathop({"-s", GREETER_ADDON, "--set", "greeting=hi"});
    EXPECT_THAT(curl(pathop, {"--head", "http://mitm.it/"}).out, HasSubstr("X-Greeting: hi"));
}

TEST(PathopProgram, P02_b_ServesTwoModesAtOnce) {
    Folder const folder;
    Process process(PATHOP_PROGRAM, {"--mode", "regular@127.0.0.1:0", "--mode", "socks5@127.0.0.1:0", "--confdir",
                                     folder.path().string()});
    auto const port_of = [](std::string const& line) {
        auto const digits = line.substr(line.rfind(':') + 1);
        return digits.substr(0, digits.find('.'));
    };
    for (auto const* scheme : {"http://127.0.0.1:", "socks5h://127.0.0.1:"}) {
        auto const proxy = scheme + port_of(process.read_error_line());
        auto const ended =
            test::run("curl", {"--silent", "--max-time", "20", "--proxy", proxy, "http://mitm.it/cert/pem"});
        EXPECT_THAT(ended.out, StartsWith("-----BEGIN CERTIFICATE-----")) << proxy;
    }
}

TEST(PathopProgram, P27_KeepsSecretsWhereTheEnvironmentSays) {
    Folder const folder;
    auto const file = folder.path() / "deep" / "keys";
    ::setenv("PATHOP_SSLKEYLOGFILE", file.c_str(), 1);
    Pathop pathop;
    ::unsetenv("PATHOP_SSLKEYLOGFILE");
    EXPECT_THAT(curl(pathop, {"--insecure", "https://mitm.it/"}).out, HasSubstr("<html"));
    std::ifstream keys(file);
    std::string const text{std::istreambuf_iterator<char>(keys), {}};
    EXPECT_THAT(text, HasSubstr("CLIENT_"));
    EXPECT_EQ(pathop.stop().status, 0);
}

TEST(PathopProgram, P27_b_WarnsOfAFileOfTheEnvironmentThatCannotBeWritten) {
    Folder const folder;
    ::setenv("PATHOP_SSLKEYLOGFILE", "/proc/none/keys", 1);
    Process process(PATHOP_PROGRAM, {"-p", "0", "-b", "127.0.0.1", "--confdir", folder.path().string()});
    ::unsetenv("PATHOP_SSLKEYLOGFILE");
    EXPECT_THAT(process.read_error_line(), StartsWith("pathop: cannot write the TLS key log '/proc/none/keys': "));
    EXPECT_THAT(process.read_error_line(), HasSubstr("listening at"));
}

TEST(PathopProgram, P70_a_LogsWhereAConnectionLeads) {
    Pathop pathop({"-v"});
    curl(pathop, {"http://127.0.0.1:1/"});
    EXPECT_THAT(pathop.stop().err,
                AllOf(HasSubstr("] client connect\n"), HasSubstr("127.0.0.1:1: "), HasSubstr("] client disconnect\n")));
}

class B9_ConfigurationFile : public testing::TestWithParam<char const*> {};

TEST_P(B9_ConfigurationFile, IsReportedAsNotRead) {
    Folder const folder;
    auto const file = folder.path() / GetParam();
    std::ofstream(file) << "flow_detail: 3\n";
    Process process(PATHOP_PROGRAM, {"-p", "0", "-b", "127.0.0.1", "--confdir", folder.path().string()});
    EXPECT_THAT(process.read_error_line(), HasSubstr(" listening at "));
    EXPECT_THAT(process.read_error_line(), HasSubstr("configuration files are not read: " + file.string()));
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait().status, 0);
}

INSTANTIATE_TEST_SUITE_P(Pathop, B9_ConfigurationFile,
                         testing::Values("config.yaml", "config.yml", "common.conf", "pathop.conf"),
                         [](auto const& row) { return "File" + std::to_string(row.index); });

TEST(PathopProgram, B9_SaysNothingOfConfigurationFilesThatAreNotThere) {
    Pathop pathop;
    EXPECT_THAT(pathop.stop().err, Not(HasSubstr("configuration")));
}

TEST(PathopProgram, B7_AcceptsThePortOfTheSite) {
    Pathop const pathop({"--app-port", "81"});
    EXPECT_THAT(curl(pathop, {"http://mitm.it/"}).out, HasSubstr("<html"));
    EXPECT_THAT(curl(pathop, {"http://mitm.it:81/"}).out, HasSubstr("<html"));
    auto const refused = test::run(PATHOP_PROGRAM, {"--app-port", "x"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, HasSubstr("--app-port"));
}

TEST(PathopProgram, P70_b_IsQuietWhenAsked) {
    Folder const folder;
    auto const port = std::to_string(test::free_port());  // a quiet one does not tell which it picked
    Process process(PATHOP_PROGRAM, {"-q", "-p", port, "-b", "127.0.0.1", "--confdir", folder.path().string()});
    auto const asked = test::run("curl", {"--silent", "--retry", "20", "--retry-delay", "1", "--retry-connrefused",
                                          "--proxy", "http://127.0.0.1:" + port, "http://mitm.it/cert/pem"});
    EXPECT_THAT(asked.out, StartsWith("-----BEGIN CERTIFICATE-----"));
    process.signal(SIGTERM);
    auto const ended = process.wait();
    EXPECT_EQ(ended.out + ended.err, "");
    EXPECT_EQ(ended.status, 0);
}

}  // namespace
}  // namespace pathology::pathop
