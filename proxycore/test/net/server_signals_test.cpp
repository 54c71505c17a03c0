// Servers that run until a signal comes.
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <fstream>
#include <pathology/proxycore/net/blocked_signals.hpp>
#include <thread>

#include "net/connections.hpp"

namespace pathology::proxycore::net {
namespace {

using test::echo_connection;
using test::pause_for_ever;

class Signals : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Numbers, Signals, testing::Values(SIGINT, SIGTERM),
                         [](auto const& row) { return std::string(row.param == SIGINT ? "Int" : "Term"); });

/// Asks the kernel: a sanitizer that stands before sigaction() answers for itself.
bool is_ignored(int number) {
    std::ifstream status("/proc/self/status");
    std::string word;
    std::uint64_t ignored = 0;
    while (status >> word && word != "SigIgn:") {
    }
    status >> std::hex >> ignored;
    return ((ignored >> static_cast<unsigned>(number - 1)) & 1U) != 0;
}

TEST_P(Signals, EndTheServer) {
    int const number = GetParam();
    auto const before = std::signal(number, SIG_IGN);
    Server server(ServerOptions{}, pause_for_ever);
    ASSERT_TRUE(server.start());
    std::thread user([number] {
        while (is_ignored(number)) std::this_thread::yield();  // until the server listens for it
        kill(getpid(), number);                                // to the process, as a terminal does
    });
    EXPECT_EQ(server.run_until_signal(), number);
    EXPECT_EQ(server.port(), 0U);
    user.join();
    std::signal(number, before);
}

TEST_P(Signals, EndTheServerAlsoWhenTheyComeBeforeItWaitsForThem) {
    BlockedSignals const held;
    Server server(ServerOptions{}, pause_for_ever);
    ASSERT_TRUE(server.start());
    kill(getpid(), GetParam());
    EXPECT_EQ(server.run_until_signal(), GetParam());
}

TEST(Server, GoesOnAfterAHangupThatSomethingElseIsDoneFor) {
    auto const before = std::signal(SIGHUP, SIG_IGN);
    std::atomic<int> hangups = 0;
    ServerOptions options;
    options.on_hangup = [&hangups] { ++hangups; };
    Server server(options, pause_for_ever);
    ASSERT_TRUE(server.start());
    std::thread user([&hangups] {
        while (is_ignored(SIGHUP)) std::this_thread::yield();
        for (int i = 1; i <= 3; ++i) {
            kill(getpid(), SIGHUP);
            while (hangups < i) std::this_thread::yield();
        }
        kill(getpid(), SIGTERM);
    });
    EXPECT_EQ(server.run_until_signal(), SIGTERM);
    EXPECT_EQ(hangups, 3);
    user.join();
    std::signal(SIGHUP, before);
}

TEST(Server, RunningForASignalEndsWhenStoppedOtherwise) {
    Server server(ServerOptions{}, echo_connection);
    ASSERT_TRUE(server.start());
    std::thread other([&server] { server.stop(); });
    EXPECT_EQ(server.run_until_signal(), 0);
    other.join();
}

}  // namespace
}  // namespace pathology::proxycore::net
