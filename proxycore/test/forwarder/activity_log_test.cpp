// The queue of activities (P89).
#include "forwarder/activity_log.hpp"

#include <gmock/gmock.h>

#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <string>
#include <vector>

#include "forwarder/settle.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using namespace std::chrono_literals;
using proxycore::test::play;
using test::settle;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

/// A backend that holds each post until it is opened.
struct Gate {
    asio::awaitable<std::string> post(Activity activity) {
        begun.push_back(activity.status);
        ++open;
        most = std::max(most, open);
        while (!is_open) co_await opened.wait();
        --open;
        co_return activity.status == 500 ? "refused" : "";
    }

    std::vector<unsigned> begun{};
    std::size_t open = 0, most = 0;
    bool is_open = false;
    async::Event opened{};
    std::string lines{};
    ActivityLog log{[this](Activity activity) { return post(std::move(activity)); },
                    [this](LogLevel level, std::string_view text) {
                        lines += std::string(to_string(level)) + ": " + std::string(text) + "\n";
                    }};
};

asio::awaitable<void> add(ActivityLog& log, unsigned count) {
    auto const loop = co_await asio::this_coro::executor;
    for (unsigned i = 0; i < count; ++i) {
        Activity activity;
        activity.status = i;
        log.add(loop, std::move(activity));
    }
    co_await settle();
}

TEST(ForwarderActivityLog, PostsFourAtATimeInOrder) {
    play([]() -> asio::awaitable<void> {
        Gate gate;
        co_await add(gate.log, 10);
        EXPECT_THAT(gate.begun, SizeIs(4));
        gate.is_open = true;
        gate.opened.notify();
        co_await gate.log.finish(10s);
        EXPECT_THAT(gate.begun, testing::ElementsAre(0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U));
        EXPECT_EQ(gate.most, 4U);
        EXPECT_EQ(gate.lines, "");
    });
}

TEST(ForwarderActivityLog, DropsTheOldestOfThousand) {
    play([]() -> asio::awaitable<void> {
        Gate gate;
        co_await add(gate.log, 4);
        co_await add(gate.log, 1003);
        EXPECT_EQ(gate.log.dropped(), 3U);
        EXPECT_THAT(gate.lines, HasSubstr("warn: the backend takes activities too slowly"));
        gate.is_open = true;
        gate.opened.notify();
        co_await gate.log.finish(10s);
        EXPECT_THAT(gate.begun, SizeIs(1004));
        EXPECT_EQ(gate.begun.at(4), 3U);  // 0, 1 and 2 of the second thousand are gone
        EXPECT_THAT(gate.lines, HasSubstr("3 activities did not reach the backend"));
    });
}

TEST(ForwarderActivityLog, GivesUpAtTheEnd) {
    play([]() -> asio::awaitable<void> {
        Gate gate;
        co_await add(gate.log, 6);
        co_await gate.log.finish(1ms);
        EXPECT_THAT(gate.begun, SizeIs(4));
        EXPECT_THAT(gate.lines, HasSubstr("6 activities did not reach the backend"));
    });
}

TEST(ForwarderActivityLog, TellsOfFailuresAtTheLevelDebug) {
    play([]() -> asio::awaitable<void> {
        Gate gate;
        gate.is_open = true;
        co_await add(gate.log, 501);
        co_await gate.log.finish(10s);
        EXPECT_THAT(gate.lines, HasSubstr("debug: an activity is lost: refused"));
        EXPECT_THAT(gate.lines, Not(HasSubstr("warn")));
    });
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
