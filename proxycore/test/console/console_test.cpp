#include <pathology/proxycore/console/console.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <string>
#include <thread>
#include <vector>

namespace pathology::proxycore::console {
namespace {

using namespace std::chrono_literals;

/// A console over strings, on a clock that moves when told.
struct TestConsole {
    std::string out, err;
    std::chrono::steady_clock::time_point now{1h};
    Console console{out, err, [this] { return now; }};
};

TEST(Console, WritesAtOnceWhenNothingWasWrittenLately) {
    TestConsole test;
    test.console.out("first\n");
    EXPECT_EQ(test.out, "first\n");
    test.now += 10ms;
    test.console.out("second\n");
    EXPECT_EQ(test.out, "first\nsecond\n");
}

TEST(Console, GathersUnderLoadUntilFlushed) {
    TestConsole test;
    test.console.out("1\n");
    test.console.out("2\n");
    test.console.out("3\n");
    EXPECT_EQ(test.out, "1\n");
    test.console.flush();
    EXPECT_EQ(test.out, "1\n2\n3\n");
}

TEST(Console, GathersNoMoreThanSixtyFourKibibytes) {
    TestConsole test;
    test.console.out("1");
    test.console.out(std::string(65535, 'x'));
    EXPECT_EQ(test.out.size(), 1U);
    test.console.out("x");
    EXPECT_EQ(test.out.size(), 65537U);
}

TEST(Console, WritesErrorsAtOnce) {
    TestConsole test;
    test.console.out("1");
    test.console.out("held");
    test.console.err("wrong\n");
    EXPECT_EQ(test.err, "wrong\n");
    EXPECT_EQ(test.out, "1");
}

TEST(Console, FlushesAtItsEnd) {
    std::string out, err;
    {
        Console console(out, err);
        for (int i = 0; i < 3; ++i) console.out("x");
    }
    EXPECT_EQ(out, "xxx");
}

TEST(Console, KeepsTheBlocksOfThreadsWhole) {
    std::string out, err;
    {
        Console console(out, err);
        std::vector<std::thread> writers;
        for (char const letter : {'a', 'b', 'c', 'd'}) {
            writers.emplace_back([&console, letter] {
                for (int i = 0; i < 1000; ++i) console.out(std::string(9, letter) + "\n");
            });
        }
        for (auto& writer : writers) writer.join();
    }
    ASSERT_EQ(out.size(), 40000U);
    for (std::size_t at = 0; at < out.size(); at += 10) {
        EXPECT_EQ(out.substr(at, 10), std::string(9, out[at]) + "\n");
    }
}

/// A pipe whose ends are closed with it.
class Pipe {
public:
    explicit Pipe(int flags = 0) { EXPECT_EQ(pipe2(ends_.data(), flags), 0); }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    int writing() const { return ends_[1]; }
    /// What is there now; the writing end may still wait.
    std::string read_what_is_there() {
        fcntl(ends_[0], F_SETFL, O_NONBLOCK);
        std::string all;
        for (auto more = read_some(); !more.empty(); more = read_some()) all += more;
        return all;
    }
    void close_reader() { close_end(0); }
    std::string read_some() {
        std::array<char, 4096> block{};
        auto const n = ::read(ends_[0], block.data(), block.size());
        return {block.data(), static_cast<std::size_t>(n > 0 ? n : 0)};
    }

private:
    void close_end(std::size_t which) {
        if (ends_[which] >= 0) ::close(ends_[which]);
        ends_[which] = -1;
    }
    std::array<int, 2> ends_{-1, -1};
};

TEST(Console, WritesToDescriptors) {
    Pipe out, err;
    Console console(out.writing(), err.writing());
    console.out("result\n");
    console.err("talk\n");
    EXPECT_EQ(out.read_some(), "result\n");
    EXPECT_EQ(err.read_some(), "talk\n");
    EXPECT_FALSE(console.out_is_terminal());
    EXPECT_FALSE(console.err_is_terminal());
    EXPECT_FALSE(console.out_is_lost());
}

TEST(Console, OutlivesAReaderThatWentAway) {
    Pipe out;
    out.close_reader();
    Console console(out.writing(), out.writing());
    console.out("nobody reads this");
    console.err("nor this");
    EXPECT_TRUE(console.out_is_lost());
}

TEST(Console, OutlivesAFullDisk) {
    int const full = ::open("/dev/full", O_WRONLY);
    ASSERT_GE(full, 0);
    Console console(full, full);
    console.out("no room");
    EXPECT_TRUE(console.out_is_lost());
    ::close(full);
}

TEST(Console, WaitsForANonBlockingReader) {
    Pipe out(O_NONBLOCK);
    Console console(out.writing(), out.writing());
    std::string const much(100000, 'm');  // more than a pipe holds
    std::thread writer([&] { console.out(much); });
    std::string received;
    while (received.size() < much.size()) received += out.read_some();
    writer.join();
    EXPECT_EQ(received, much);
    EXPECT_FALSE(console.out_is_lost());
}

/// Three mebibytes of numbered lines.
constexpr int many = 3072;
std::string line_of(int number) {
    auto line = std::to_string(number);
    line.resize(1023, '.');
    return line + "\n";
}

class UnreadConsole : public testing::TestWithParam<int> {
protected:
    Pipe out_{GetParam()}, err_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Descriptors, UnreadConsole, testing::Values(0, O_NONBLOCK),
                         [](auto const& row) { return std::string(row.param == 0 ? "Blocking" : "NonBlocking"); });

TEST_P(UnreadConsole, KeepsAMebibyteAndCountsWhatItLeavesOut) {
    Console console(out_.writing(), err_.writing());
    console.never_wait();
    for (int i = 0; i < many; ++i) console.out(line_of(i));
    EXPECT_EQ(err_.read_what_is_there(), "");
    std::string received;
    for (auto more = out_.read_what_is_there(); !more.empty(); more = out_.read_what_is_there()) {
        received += more;
        console.flush();
    }
    auto const kept = static_cast<int>(received.size() / 1024);
    EXPECT_GT(kept, 1024);
    EXPECT_LT(kept, 1024 + 512);  // a mebibyte, and what the pipe holds
    std::string expected;
    for (int i = 0; i < kept; ++i) expected += line_of(i);
    EXPECT_TRUE(received == expected);
    EXPECT_EQ(err_.read_what_is_there(),
              "lines dropped from standard output because of a slow reader: " + std::to_string(many - kept) + "\n");
    console.out("read again\n");
    console.flush();
    EXPECT_EQ(out_.read_what_is_there(), "read again\n");
    EXPECT_EQ(err_.read_what_is_there(), "");
}

TEST_P(UnreadConsole, CountsForBothStreamsAndReportsAtItsEnd) {
    std::string received, reported;
    {
        Console console(out_.writing(), err_.writing());
        console.never_wait(0ms);
        for (int i = 0; i < many; ++i) {
            console.out(line_of(i));
            console.err(line_of(i));
        }
        for (auto more = err_.read_what_is_there(); !more.empty(); more = err_.read_what_is_there()) {
            reported += more;
            console.flush();
        }
    }
    auto const kept = out_.read_what_is_there().size() / 1024;  // by the pipe
    reported += err_.read_what_is_there();
    auto const last = reported.substr(reported.rfind("lines dropped from standard output"));
    EXPECT_EQ(last, "lines dropped from standard output because of a slow reader: " +
                        std::to_string(static_cast<std::size_t>(many) - kept) + "\n");
    auto const before = reported.rfind("lines dropped from standard error because of a slow reader: ");
    ASSERT_NE(before, reported.npos);
    EXPECT_EQ(std::stoul(reported.substr(before + 60)), many - before / 1024);
}

TEST(Console, WaitsAtItsEndForAReaderThatReads) {
    Pipe out, err;
    std::string received;
    std::thread reader;
    {
        Console console(out.writing(), err.writing());
        console.never_wait(30s);
        for (int i = 0; i < 1000; ++i) console.out(line_of(i));
        reader = std::thread([&] {
            while (received.size() < std::size_t{1000} * 1024) received += out.read_some();
        });
    }
    reader.join();
    EXPECT_TRUE(received.ends_with(line_of(999)));
    EXPECT_EQ(err.read_what_is_there(), "");
}

}  // namespace
}  // namespace pathology::proxycore::console
