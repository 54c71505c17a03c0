// The signals that end the programs, and what they still print.
#include <gmock/gmock.h>

#include <csignal>

#include "pathop.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using testing::HasSubstr;

class B6_Hangup : public testing::Test {
protected:
    Pathod pathod_;
    /// The URL of a response that never ends.
    std::string hanging() const { return pathod_.url("/p/200:b'hello':p0,f"); }
};

TEST_F(B6_Hangup, EndsPathopAsSigtermDoes) {
    Pathop pathop({"--json"});
    test::Process client("curl", {"--silent", "--globoff", "--noproxy", "", "--proxy", pathop.url(), hanging()});
    ASSERT_TRUE(pathod_.process().read_until("crafting spec"));
    pathop.process().signal(SIGHUP);
    auto const ended = pathop.process().wait();
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.out, HasSubstr(":p0,f"));  // the flow is not lost
}

TEST_F(B6_Hangup, EndsPathodAsSigtermDoes) {
    test::Process client("curl", {"--silent", "--globoff", hanging()});
    ASSERT_TRUE(pathod_.process().read_until("crafting spec"));
    pathod_.process().signal(SIGHUP);
    EXPECT_EQ(pathod_.process().wait().status, 0);
}

struct SignalCase {
    std::string name;
    int number;
};
class B6_Pathoc : public testing::TestWithParam<SignalCase> {};

TEST_P(B6_Pathoc, PrintsWhatItHas) {
    Pathod const pathod;
    test::Process pathoc(
        PATHOC_PROGRAM, {"--no-timestamp", "127.0.0.1:" + pathod.port(), "get:/p/201", "get:\"/p/200:b'hello':p0,f\""});
    ASSERT_TRUE(pathoc.read_until("<< 201"));
    pathoc.signal(GetParam().number);
    auto const ended = pathoc.wait();
    EXPECT_EQ(ended.status, 128 + GetParam().number);
    EXPECT_THAT(ended.err, HasSubstr("interrupted: 1 of 2 exchanges"));
}

INSTANTIATE_TEST_SUITE_P(Signals, B6_Pathoc,
                         testing::Values(SignalCase{"Interrupt", SIGINT}, SignalCase{"Terminate", SIGTERM},
                                         SignalCase{"Hangup", SIGHUP}),
                         test::row_name);

TEST(B6_Nohup, KeepsTheProgramsRunning) {
    test::Process pathod("sh", {"-c", "trap '' HUP; exec " PATHOD_PROGRAM " -p 0"});
    auto const greeting = pathod.read_line();
    pathod.signal(SIGHUP);
    EXPECT_EQ(curl({"http://" + greeting.substr(greeting.rfind(' ') + 1) + "/p/200:b'hi'"}).out, "hi");
    pathod.signal(SIGTERM);
    EXPECT_EQ(pathod.wait().status, 0);
}

}  // namespace
}  // namespace pathology::integration
