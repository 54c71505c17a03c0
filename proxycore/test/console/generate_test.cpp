// The manual page and the completions that a command line makes of its options.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <pathology/proxycore/console/command_line.hpp>
#include <pathology/proxycore/console/version.hpp>

namespace pathology::proxycore::console {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A value of the environment for the life of this object.
class Environment {
public:
    Environment(char const* name, char const* value) : name_(name), before_(std::getenv(name)) {
        setenv(name, value, 1);
    }
    ~Environment() {
        if (before_ != nullptr)
            setenv(name_, saved_.c_str(), 1);
        else
            unsetenv(name_);
    }
    Environment(Environment const&) = delete;
    Environment& operator=(Environment const&) = delete;

private:
    char const* name_;
    char const* before_;
    std::string saved_ = before_ != nullptr ? before_ : "";
};

constexpr std::array<std::string_view, 2> modes{"plain", "to:"};

/// A command line with an option for every kind of value.
struct Sample {
    std::uint16_t port = 9999;
    unsigned detail = 0;
    bool quiet = false;
    std::string mode = "plain", folder = "/home/me/.sample", certificate, text, host;
    std::vector<std::string> files;
    CommandLine line{"sample", "A sample; it isn't a \\ program."};

    Sample() {
        line.group("Target");
        line.option("-p,--port|--older", port, "port to listen on");
        line.option("--mode", mode, "plain, or to:HOST", "MODE");
        line.values("--mode", modes);
        line.option("--folder", folder, "where files are", "DIR");
        line.option("-c,--cert", certificate, "PEM file: [DOMAIN=] limits it", "[DOMAIN=]FILE");
        line.option("--text", text, "any text");
        line.group("Output");
        line.counter("-d", detail, "print more");
        line.flag("--quiet", quiet, ".profile is not read, don't print");
        line.flag("|--silent", quiet, "");
        line.positional("HOST", host, "host to connect to");
        line.positional("FILE", files, "files to send", false);
        line.manual({"Exit status", {{"0", "all is well"}}});
        line.examples({"sample -p 1 'a^b' host", ".hidden"});
        line.footer("Manual: man sample");
    }

    std::string generated(std::string const& kind) {
        auto const parsed = line.parse(std::vector<std::string>{"--generate", kind});
        EXPECT_FALSE(parsed);
        EXPECT_EQ(parsed.error().code, ExitCode::done) << parsed.error().err;
        return parsed.error().out;
    }
};

TEST(Generate, D9_MakesAManualPage) {
    Environment const date("SOURCE_DATE_EPOCH", "86400"), home("HOME", "/home/me");
    EXPECT_EQ(Sample().generated("man"),
              ".\\\" Made from the options of the program.\n"
              ".TH SAMPLE 1 \"1970-01-02\" \"pathology " +
                  std::string(version()) +
                  "\" \"User Commands\"\n"
                  ".SH NAME\n"
                  "sample \\- a sample; it isn\\(aqt a \\e program\n"
                  ".SH SYNOPSIS\n"
                  ".B sample\n"
                  "[options] HOST [FILE...]\n"
                  ".SH DESCRIPTION\n"
                  "A sample; it isn\\(aqt a \\e program.\n"
                  ".SH OPTIONS\n"
                  ".SS Target\n"
                  ".TP\n\\fB\\-p\\fR, \\fB\\-\\-port\\fR \\fIPORT\\fR\n"
                  "port to listen on [9999]\n"
                  ".TP\n\\fB\\-\\-mode\\fR \\fIMODE\\fR\n"
                  "plain, or to:HOST [plain]\n"
                  ".TP\n\\fB\\-\\-folder\\fR \\fIDIR\\fR\n"
                  "where files are [\\(ti/.sample]\n"
                  ".TP\n\\fB\\-c\\fR, \\fB\\-\\-cert\\fR \\fI[DOMAIN=]FILE\\fR\n"
                  "PEM file: [DOMAIN=] limits it\n"
                  ".TP\n\\fB\\-\\-text\\fR \\fITEXT\\fR\n"
                  "any text\n"
                  ".SS Output\n"
                  ".TP\n\\fB\\-d\\fR\n"
                  "print more\n"
                  ".TP\n\\fB\\-\\-quiet\\fR\n"
                  "\\&.profile is not read, don\\(aqt print\n"
                  ".TP\n\\fIHOST\\fR\n"
                  "host to connect to\n"
                  ".TP\n\\fIFILE\\fR\n"
                  "files to send\n"
                  ".SS Help\n"
                  ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\n"
                  "print this help and exit\n"
                  ".TP\n\\fB\\-\\-version\\fR\n"
                  "print the version and exit\n"
                  ".SH EXIT STATUS\n"
                  ".TP\n\\fB0\\fR\n"
                  "all is well\n"
                  ".SH EXAMPLES\n"
                  ".nf\n"
                  "sample \\-p 1 \\(aqa\\(hab\\(aq host\n"
                  "\\&.hidden\n"
                  ".fi\n");
}

TEST(Generate, D9_PutsExamplesAndFooterInTheHelpToo) {
    Environment const home("HOME", "/home/me");
    Sample sample;
    auto const help = sample.line.parse(std::vector<std::string>{"--help"}).error().out;
    EXPECT_THAT(help, HasSubstr("where files are [~/.sample]\n"));
    EXPECT_THAT(help, HasSubstr("\nExamples:\n  sample -p 1 'a^b' host\n  .hidden\n\nManual: man sample\n"));
    EXPECT_THAT(help, Not(HasSubstr("all is well")));
    EXPECT_THAT(help, Not(HasSubstr("--generate")));
}

struct CompletionCase {
    std::string_view name;
    std::string kind;
    std::vector<std::string> parts;
};
class GeneratedCompletion : public testing::TestWithParam<CompletionCase> {};

TEST_P(GeneratedCompletion, D9_HasOptionsAndTheirValues) {
    auto const text = Sample().generated(GetParam().kind);
    for (auto const& part : GetParam().parts) EXPECT_THAT(text, HasSubstr(part));
    for (auto const* older : {"--older", "--silent", "--generate"}) EXPECT_THAT(text, Not(HasSubstr(older)));
}

INSTANTIATE_TEST_SUITE_P(
    Shells, GeneratedCompletion,
    testing::Values(
        CompletionCase{
            "Bash",
            "bash",
            {"\n        -p | --port) actions='' words='' ;;\n", "--mode) actions='' words='plain to:' ;;\n",
             "--folder) actions=' -A directory' words='' ;;\n", "-c | --cert) actions=' -A file' words='' ;;\n",
             "words=' -p --port --mode --folder -c --cert --text -d --quiet -h --help --version'",
             "actions=' -A hostname -A file'", "complete -F _sample sample\n"}},
        CompletionCase{"Zsh",
                       "zsh",
                       {"#compdef sample\n", "'(-p --port)'{-p+,--port=}'[port to listen on]:PORT: '",
                        "'(--mode)'--mode='[plain, or to\\:HOST]:MODE:(plain to\\:)'", ":DIR:_files -/'",
                        "'[PEM file\\: \\[DOMAIN=\\] limits it]:\\[DOMAIN=\\]FILE:_files'", "'*'-d'[print more]'",
                        "'[.profile is not read, don'\\''t print]'", "':HOST:_hosts'", "'*:FILE:_files'"}},
        CompletionCase{"Fish",
                       "fish",
                       {"complete -c sample -f\n", "complete -c sample -s p -l port -x -d 'port to listen on'\n",
                        "-l mode -x -a 'plain to:' -d", "-l folder -x -a '(__fish_complete_directories)' -d",
                        "-s c -l cert -r -F -d", "-l quiet -d '.profile is not read, don\\'t print'\n",
                        "complete -c sample -a '(__fish_print_hostnames)'\n", "complete -c sample -F\n"}}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Generate, D9_NamesWhatItMakes) {
    Sample sample;
    EXPECT_EQ(sample.line.parse(std::vector<std::string>{"--generate", "html"}).error().err,
              "sample: --generate: 'html' is not one of man, bash, zsh, fish\nTry 'sample --help'.\n");
    EXPECT_EQ(sample.line.parse(std::vector<std::string>{"--generate"}).error().err,
              "sample: option --generate requires a value\nTry 'sample --help'.\n");
}

TEST(Generate, D9_RefusesValuesOfAnOptionThatIsNotDeclared) {
    Sample sample;
    EXPECT_THROW(sample.line.values("--nope", modes), std::invalid_argument);
    EXPECT_THROW(sample.line.values("--older", modes), std::invalid_argument);
}

}  // namespace
}  // namespace pathology::proxycore::console
