#include "async/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <optional>

#include "support/play.hpp"

namespace pathology::proxycore::async {
namespace {

using namespace std::chrono_literals;
using Clock = TimerWheel::Clock;

class Alarm final : public TimerWheel::Timer {
public:
    explicit Alarm(TimerWheel& wheel) : Timer(wheel) {}
    std::optional<Clock::time_point> expired{};

private:
    void on_expired() override { expired = Clock::now(); }
};

class TimerWheelTest : public testing::Test {
protected:
    void run() { context.run_for(test::patience); }

    boost::asio::io_context context{1};
    TimerWheel& wheel = TimerWheel::of(context.get_executor());
    Clock::time_point const begin = Clock::now();
};

TEST_F(TimerWheelTest, ExpiresAtItsLimitOrLittleLater) {
    Alarm alarm(wheel);
    alarm.arm(30ms);
    run();
    ASSERT_TRUE(alarm.expired);
    EXPECT_GE(*alarm.expired - begin, 30ms);
}

TEST_F(TimerWheelTest, ArmedAnewTheLaterLimitCounts) {
    Alarm alarm(wheel);
    alarm.arm(1ms);
    alarm.arm(80ms);
    run();
    ASSERT_TRUE(alarm.expired);
    EXPECT_GE(*alarm.expired - begin, 80ms);
}

TEST_F(TimerWheelTest, DisarmedItDoesNotExpire) {
    Alarm alarm(wheel), other(wheel);
    alarm.arm(1ms);
    other.arm(60ms);
    alarm.disarm();
    run();
    EXPECT_FALSE(alarm.expired);
    EXPECT_TRUE(other.expired);
}

TEST_F(TimerWheelTest, WithoutTimersTheLoopEnds) {
    {
        Alarm alarm(wheel);
        alarm.arm(1h);
    }
    context.run();
    EXPECT_LT(Clock::now() - begin, test::patience);
}

}  // namespace
}  // namespace pathology::proxycore::async
