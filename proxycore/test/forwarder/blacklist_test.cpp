// The rules of the blacklist (P88).
#include "forwarder/blacklist.hpp"

#include <gmock/gmock.h>

#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/task.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/async/turns.hpp>

#include "support/play.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using namespace std::chrono_literals;
using proxycore::test::play;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

RuleList list_of(std::vector<std::string> const& patterns) {
    RuleList list;
    for (std::size_t i = 0; i < patterns.size(); ++i) list.rules.push_back({std::to_string(i + 1), patterns[i]});
    return list;
}

/// The id of the rule that blocks the URL, with a "!" if its match was given up; empty if none does.
std::string blocking(Blacklist const& blacklist, std::string const& url) {
    std::string rule;
    play([&]() -> asio::awaitable<void> {
        auto finding = blacklist.find(url);
        auto const block = co_await std::move(finding);
        if (block) rule = block->rule + (block->given_up.empty() ? "" : "!");
    });
    return rule;
}

TEST(ForwarderBlacklist, P88_a_BlocksByTheWholeUrlInAnyCase) {
    auto const compiled = Blacklist::compile(list_of({R"(^.*facebook\.com.*$)"}));
    EXPECT_EQ(blocking(compiled.blacklist, "https://FACEBOOK.com/x"), "1");
    EXPECT_EQ(blocking(compiled.blacklist, "https://www.facebook.com/"), "1");
    EXPECT_EQ(blocking(compiled.blacklist, "https://example.com"), "");
    EXPECT_EQ(blocking(Blacklist(), "https://facebook.com"), "");
    auto const path = Blacklist::compile(list_of({"/secret\\?"}));
    EXPECT_EQ(blocking(path.blacklist, "https://example.com/a/SECRET?x"), "1");
}

TEST(ForwarderBlacklist, P88_e_SkipsAnInvalidPatternAndNamesIt) {
    auto const compiled = Blacklist::compile(list_of({"one", "two(", "three"}));
    EXPECT_THAT(compiled.warnings,
                ElementsAre(HasSubstr("blacklist rule 2 is skipped: its pattern is not a regular expression")));
    EXPECT_EQ(compiled.blacklist.size(), 2U);
    EXPECT_EQ(blocking(compiled.blacklist, "http://one"), "1");
    EXPECT_EQ(blocking(compiled.blacklist, "http://three"), "3");
    EXPECT_EQ(blocking(compiled.blacklist, "http://two("), "");
}

TEST(ForwarderBlacklist, WarnsAFewTimes) {
    auto list = list_of(std::vector<std::string>(50, "("));
    list.invalid = 2;
    auto const compiled = Blacklist::compile(list);
    EXPECT_THAT(compiled.warnings, SizeIs(22));
    EXPECT_THAT(compiled.warnings.at(20), HasSubstr("2 items of the blacklist are skipped"));
    EXPECT_THAT(compiled.warnings.at(21), HasSubstr("30 more blacklist rules are skipped"));
}

/// Otherwise a client could choose a URL that disables the rule.
TEST(ForwarderBlacklist, BlocksWhereAMatchIsGivenUp) {
    auto const compiled = Blacklist::compile(list_of({"(a+)+$"}));
    EXPECT_EQ(blocking(compiled.blacklist, "http://h/" + std::string(60, 'a') + "!"), "1!");
    EXPECT_EQ(blocking(compiled.blacklist, "http://h/!"), "");
}

/// Rules that take some milliseconds each: other work of the loop runs in between.
TEST(ForwarderBlacklist, LetsOtherWorkRunBetweenRules) {
    std::vector<std::string> const slow(200, "(x+x+)+[yz]");
    auto const compiled = Blacklist::compile(list_of(slow));
    std::size_t turns = 0;
    play([&]() -> asio::awaitable<void> {
        auto executor = co_await asio::this_coro::executor;
        async::Task other(executor);
        auto const count = [](std::size_t& n) -> asio::awaitable<void> {
            for (;;) {
                co_await async::pause(0s);
                ++n;
            }
        };
        other.start(count(turns));
        auto finding = compiled.blacklist.find("http://h/" + std::string(16, 'x'));
        auto const block = co_await std::move(finding);
        EXPECT_FALSE(block.has_value());
        other.cancel();
        co_await other.join();
    });
    EXPECT_GT(turns, 3U);
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
