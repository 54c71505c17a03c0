// The end of a program whose output was not accepted.
#include <pathology/proxycore/console/program.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <array>

#include "support/row_name.hpp"

namespace pathology::proxycore::console {
namespace {

/// A descriptor for standard output, and the console that writes to it; standard error is a pipe.
class Program {
public:
    explicit Program(int out) : out_(out) { EXPECT_EQ(::pipe(errors_.data()), 0); }
    ~Program() {
        for (int const descriptor : {out_, errors_[0], errors_[1]}) ::close(descriptor);
    }
    Program(Program const&) = delete;
    Program& operator=(Program const&) = delete;

    int end(int status) {
        Console console(out_, errors_[1]);
        console.out("text\n");
        return end_program(console, "sample", status);
    }
    /// What was written to standard error.
    std::string errors() {
        ::fcntl(errors_[0], F_SETFL, O_NONBLOCK);
        std::array<char, 512> block{};
        auto const n = ::read(errors_[0], block.data(), block.size());
        return {block.data(), static_cast<std::size_t>(n > 0 ? n : 0)};
    }

private:
    int out_;
    std::array<int, 2> errors_{};
};

int good_output() { return ::open("/dev/null", O_WRONLY); }
int full_output() { return ::open("/dev/full", O_WRONLY); }
int unwritable_output() { return ::open("/dev/null", O_RDONLY); }
int unread_output() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    ::close(ends[0]);
    return ends[1];
}

struct EndCase {
    std::string_view name;
    int (*output)();
    int status, expected;
    std::string_view error;
};
class B4_EndOfAProgram : public testing::TestWithParam<EndCase> {};

TEST_P(B4_EndOfAProgram, ReportsLostOutput) {
    auto const& row = GetParam();
    Program program(row.output());
    EXPECT_EQ(program.end(row.status), row.expected);
    EXPECT_EQ(program.errors(), row.error);
}

constexpr std::string_view no_space = "sample: cannot write to standard output: No space left on device\n";
INSTANTIATE_TEST_SUITE_P(Console, B4_EndOfAProgram,
                         testing::Values(EndCase{"Good", good_output, 0, 0, ""},
                                         EndCase{"GoodAfterAFailure", good_output, 3, 3, ""},
                                         EndCase{"Full", full_output, 0, 1, no_space},
                                         EndCase{"FullAfterAFailure", full_output, 3, 3, no_space},
                                         EndCase{"Unwritable", unwritable_output, 0, 1,
                                                 "sample: cannot write to standard output: Bad file descriptor\n"},
                                         EndCase{"Unread", unread_output, 0, 141, ""},
                                         EndCase{"UnreadAfterAFailure", unread_output, 2, 2, ""}),
                         test::row_name);

TEST(B4_Console, RemembersTheFirstFailureInBothWaysOfWriting) {
    for (bool const waits : {true, false}) {
        int const full = full_output();
        Console console(full, full);
        if (!waits) console.never_wait();
        EXPECT_FALSE(console.out_failure());
        console.out("text\n");
        console.flush();
        EXPECT_EQ(console.out_failure(), std::errc::no_space_on_device);
        ::close(full);
    }
}

TEST(PrintError, LeavesNothingForATerminalToObey) {
    std::string out, err;
    Console console(out, err);
    print_error(console, "sample", "no file a\x1b[2J\u202e\nsecond line");
    EXPECT_EQ(err, "sample: no file a\\x1b[2J\\u202e\nsecond line\n");
}

}  // namespace
}  // namespace pathology::proxycore::console
