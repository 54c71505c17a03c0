#include <gtest/gtest.h>

#include <pathology/proxycore/addons/term_log.hpp>

#include "addons/chain_fixture.hpp"

namespace pathology::proxycore::addons {
namespace {

using test::ChainFixture;
using test::play;

/// A log at a quarter past the hour, in whatever zone.
struct Log : ChainFixture {
    explicit Log(std::string const& verbosity = "info", bool is_terminal = false) {
        auto const write = [this](std::string_view block) { text += block; };
        chain.add(std::make_shared<TermLog>(DumpSink{write, is_terminal}, [] { return flow::from_seconds(900.25); }));
        options.apply({{"termlog_verbosity", verbosity}});
        play([&]() -> asio::awaitable<void> { co_await chain.start(); });
    }
    std::string shows(LogEntry const& entry) {
        text.clear();
        chain.log(entry);
        return text.empty() ? text : text.substr(text.find(':'));  // without the hour
    }
    std::string text{};
};

TEST(TermLog, P70_HasTimeAndClientInFront) {
    Log log;
    EXPECT_EQ(log.shows({LogLevel::info, "client connect", "127.0.0.1:4000"}),
              ":15:00.250][127.0.0.1:4000] client connect\n");
    EXPECT_EQ(log.shows({LogLevel::info, "ready"}), ":15:00.250] ready\n");
}

TEST(TermLog, P70_ShowsWhatIsImportantEnough) {
    Log usual, quiet("error"), all("debug");
    LogEntry const detail{LogLevel::debug, "x"}, warning{LogLevel::warn, "x"}, error{LogLevel::error, "x"};
    EXPECT_EQ(usual.shows(detail), "");
    EXPECT_NE(usual.shows({LogLevel::alert, "x"}), "");
    EXPECT_NE(usual.shows(warning), "");
    EXPECT_EQ(quiet.shows(warning), "");
    EXPECT_NE(quiet.shows(error), "");
    EXPECT_NE(all.shows(detail), "");
}

TEST(TermLog, P70_IsColouredOnATerminal) {
    Log log("info", true);
    EXPECT_EQ(log.shows({LogLevel::error, "x"}), ":15:00.250] \x1b[31mx\x1b[0m\n");
    EXPECT_EQ(log.shows({LogLevel::warn, "x"}), ":15:00.250] \x1b[33mx\x1b[0m\n");
    EXPECT_EQ(log.shows({LogLevel::alert, "x"}), ":15:00.250] \x1b[35mx\x1b[0m\n");
    EXPECT_EQ(log.shows({LogLevel::info, "x"}), ":15:00.250] x\n");
}

TEST(TermLog, P70_LetsNoEscapeSequenceOut) {
    EXPECT_EQ(Log().shows({LogLevel::info, "a\x1b[31m\nb"}), ":15:00.250] a\\x1b[31m\\nb\n");
}

TEST(TermLog, RefusesUnknownLevels) { EXPECT_THROW(Log("loud"), OptionsError); }

}  // namespace
}  // namespace pathology::proxycore::addons
