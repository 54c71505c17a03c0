#include <pathology/language/pacer.hpp>

#include <gtest/gtest.h>

namespace pathology::language {
namespace {

using namespace std::chrono_literals;
using Time = Pacer::Clock::time_point;

Pause of_rate(std::chrono::nanoseconds length) { return {std::chrono::seconds(0), false, length, true}; }

TEST(Pacer, EndsPausesOfARateAtEvenTimes) {
    Pacer pacer;
    EXPECT_EQ(pacer.end_of(of_rate(10ms), Time(100ms)), Time(110ms));
    EXPECT_EQ(pacer.end_of(of_rate(10ms), Time(113ms)), Time(120ms)) << "sending took 3 ms";
    EXPECT_EQ(pacer.end_of(of_rate(10ms), Time(131ms)), Time(130ms)) << "a little late";
    EXPECT_EQ(pacer.end_of(of_rate(10ms), Time(132ms)), Time(140ms));
}

TEST(Pacer, CatchesNothingUp) {
    Pacer pacer;
    EXPECT_EQ(pacer.end_of(of_rate(10ms), Time(100ms)), Time(110ms));
    EXPECT_EQ(pacer.end_of(of_rate(10ms), Time(500ms)), Time(510ms)) << "the peer did not read for long";
    EXPECT_EQ(pacer.end_of(of_rate(10ms), Time(511ms)), Time(520ms));
}

TEST(Pacer, CountsOtherPausesFromNow) {
    Pacer pacer;
    EXPECT_EQ(pacer.end_of(of_rate(10ms), Time(100ms)), Time(110ms));
    EXPECT_EQ(pacer.end_of({std::chrono::seconds(1), false, 500ms}, Time(115ms)), Time(1615ms));
    EXPECT_EQ(pacer.end_of(of_rate(10ms), Time(1616ms)), Time(1625ms)) << "in step with the end of the pause";
}

TEST(Pacer, HasNoEndForEver) {
    Pacer pacer;
    EXPECT_EQ(pacer.end_of({}, Time(0s)), std::nullopt);
    EXPECT_EQ(pacer.end_of({std::chrono::seconds(1'000'000'000)}, Time::max() - 1s), std::nullopt);
}

}  // namespace
}  // namespace pathology::language
