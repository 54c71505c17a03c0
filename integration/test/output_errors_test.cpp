// Standard streams that cannot be written to, or that are closed: every program, every option that prints and exits, and
// every form of output.
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>

#include "pathop.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

/// A shell runs the command, which may redirect its streams.
Ended shell(std::string const& command) { return test::run("sh", {"-c", command}); }

struct OutputCase {
    std::string name, program, arguments;
};
void PrintTo(OutputCase const& row, std::ostream* out) { *out << row.name; }

class B4_Output : public testing::TestWithParam<OutputCase> {
protected:
    /// The command that a shell replaces itself by, with these redirections.
    static Ended run(std::string const& redirections) {
        auto const& row = GetParam();
        return shell("exec " + row.program + " " + row.arguments + " " + redirections);
    }
    std::string start() const {
        return GetParam().program.substr(GetParam().program.rfind('/') + 1) + ": cannot write to standard output: ";
    }
};

TEST_P(B4_Output, IsWritten) {
    auto const ended = run("");
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_NE(ended.out, "");
}

TEST_P(B4_Output, ThatHasNoRoomIsAnError) {
    auto const ended = run(">/dev/full");
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, HasSubstr(start() + "No space left on device\n"));
}

TEST_P(B4_Output, ThatIsClosedIsAnError) {
    auto const ended = run(">&-");
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, HasSubstr(start() + "Bad file descriptor\n"));
}

TEST_P(B4_Output, ThatNobodyReadsEndsQuietly) {
    // The shell becomes the program when its reader is gone.
    auto const& row = GetParam();
    test::Process process("sh", {"-c", "trap 'exec " + row.program + " " + row.arguments +
                                           "' USR1; echo ready >&2; while :; do :; done"});
    ASSERT_EQ(process.read_error_line(), "ready");
    process.stop_reading();
    process.signal(SIGUSR1);
    auto const ended = process.wait();
    EXPECT_EQ(ended.status, row.program == PATHOP_PROGRAM ? 1 : 141);
    EXPECT_THAT(ended.err, Not(HasSubstr("cannot write")));
}

TEST_P(B4_Output, IsWrittenWithoutTheOtherStreams) {
    auto const ended = run("<&- 2>&-");
    EXPECT_EQ(ended.status, 0);
    EXPECT_NE(ended.out, "");
}

INSTANTIATE_TEST_SUITE_P(Programs, B4_Output,
                         testing::Values(OutputCase{"PathodHelp", PATHOD_PROGRAM, "--help"},
                                         OutputCase{"PathodVersion", PATHOD_PROGRAM, "--version"},
                                         OutputCase{"PathodPreview", PATHOD_PROGRAM, "--preview 200"},
                                         OutputCase{"PathodLargePreview", PATHOD_PROGRAM,
                                                    "--preview 200:b@1m --seed 1"},
                                         OutputCase{"PathodExplainedPreview", PATHOD_PROGRAM, "-e --preview 200"},
                                         OutputCase{"PathocHelp", PATHOC_PROGRAM, "--help"},
                                         OutputCase{"PathocVersion", PATHOC_PROGRAM, "--version"},
                                         OutputCase{"PathocUserAgents", PATHOC_PROGRAM, "--show-uas"},
                                         OutputCase{"PathocPreview", PATHOC_PROGRAM, "--preview localhost get:/"},
                                         OutputCase{"PathopHelp", PATHOP_PROGRAM, "--help"},
                                         OutputCase{"PathopVersion", PATHOP_PROGRAM, "--version"},
                                         OutputCase{"PathopOptions", PATHOP_PROGRAM, "--options"}),
                         test::row_name);

class B4_PathocReport : public testing::TestWithParam<char const*> {};

TEST_P(B4_PathocReport, ThatHasNoRoomIsAnError) {
    Pathod const pathod;
    auto const command =
        std::string("exec " PATHOC_PROGRAM " ") + GetParam() + " 127.0.0.1:" + pathod.port() + " get:/p/200 >/dev/full";
    auto const ended = shell(command);
    EXPECT_EQ(ended.status, 1);
    EXPECT_EQ(ended.err, "pathoc: cannot write to standard output: No space left on device\n");
}

INSTANTIATE_TEST_SUITE_P(Forms, B4_PathocReport, testing::Values("", "--json", "-q --show-response"),
                         [](auto const& row) { return "Form" + std::to_string(row.index); });

class B4_PathopFlows : public testing::TestWithParam<char const*> {};

TEST_P(B4_PathopFlows, ThatHaveNoRoomEndTheProxy) {
    test::Folder const folder;
    test::Process pathop("sh", {"-c", std::string("exec " PATHOP_PROGRAM " ") + GetParam() +
                                          " -p 0 -b 127.0.0.1 --confdir " + folder.path().string() + " >/dev/full"});
    auto const greeting = pathop.read_error_line();
    auto const port = greeting.substr(greeting.rfind(':') + 1);
    curl({"--proxy", "http://127.0.0.1:" + port.substr(0, port.find('.')), "http://mitm.it/"});
    auto const ended = pathop.wait();
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, HasSubstr("pathop: cannot write to standard output: No space left on device\n"));
}

INSTANTIATE_TEST_SUITE_P(Forms, B4_PathopFlows, testing::Values("", "--json", "-ddd"),
                         [](auto const& row) { return "Form" + std::to_string(row.index); });

TEST(B4_Pathod, DoesNotStartWithoutItsFirstLine) {
    for (auto const* target : {"/dev/full", "&-"}) {
        auto const ended = shell(std::string("exec " PATHOD_PROGRAM " -p 0 >") + target);
        EXPECT_EQ(ended.status, 1) << target;
        EXPECT_THAT(ended.err, MatchesRegex("pathod: cannot write to standard output: [A-Za-z ]+\n")) << target;
    }
}

TEST(B4_Pathod, ReportsALogFileThatHasNoRoom) {
    Pathod pathod({"-f", "/dev/full"});
    curl({pathod.url("/p/200")});
    EXPECT_EQ(pathod.process().read_error_line(),
              "pathod: cannot write to the log file '/dev/full': No space left on device");
    EXPECT_EQ(pathod.stop().status, 1);
}

TEST(B4_Pathod, ServesOnWithoutAReader) {
    Pathod pathod;
    pathod.process().stop_reading();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(curl({pathod.url("/p/200:b'hi'")}).out, "hi");
    auto const ended = pathod.stop();
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.err, "");
}

TEST(B4_Pathod, GivesNoSocketTheNumberOfAStandardStream) {
    test::Folder const folder;
    auto const file = (folder.path() / "log").string();
    // With the streams closed, the listener or the log file would be descriptor 0, 1 or 2.
    test::Process pathod("sh", {"-c", "exec " PATHOD_PROGRAM " --json -p 0 -f " + file + " <&- >&-"});
    auto const greeting = pathod.read_error_line();
    auto const port = greeting.substr(greeting.rfind(':') + 1);
    EXPECT_EQ(curl({"http://127.0.0.1:" + port + "/p/200:b'hi'"}).out, "hi");
    pathod.signal(SIGTERM);
    EXPECT_THAT(pathod.wait().err, HasSubstr("cannot write to standard output"));
    std::ifstream log(file);
    std::string const entries{std::istreambuf_iterator<char>(log), {}};
    EXPECT_EQ(std::count(entries.begin(), entries.end(), '\n'), 1) << entries;
}

}  // namespace
}  // namespace pathology::integration
