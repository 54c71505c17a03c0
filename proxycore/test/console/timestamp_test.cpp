#include <pathology/proxycore/console/timestamp.hpp>

#include <gtest/gtest.h>

#include <cstdlib>

namespace pathology::proxycore::console {
namespace {

using namespace std::chrono_literals;
using TimePoint = std::chrono::system_clock::time_point;

/// Makes local time be UTC for a while.
class InUtc : public testing::Test {
protected:
    InUtc() { set("UTC0"); }
    ~InUtc() override {
        unsetenv("TZ");
        tzset();
    }
    static void set(char const* zone) {
        setenv("TZ", zone, 1);
        tzset();
    }
};
using TimestampText = InUtc;

TEST_F(TimestampText, IsDayMonthYearAndTime) {
    Timestamp stamp;
    EXPECT_EQ(stamp.at(TimePoint(1767239288s)), "01-01-26 03:48:08");
}

TEST_F(TimestampText, ChangesWithTheSecondOnly) {
    Timestamp stamp;
    EXPECT_EQ(stamp.at(TimePoint(59s)), "01-01-70 00:00:59");
    EXPECT_EQ(stamp.at(TimePoint(59s + 999ms)), "01-01-70 00:00:59");
    EXPECT_EQ(stamp.at(TimePoint(60s)), "01-01-70 00:01:00");
    EXPECT_EQ(stamp.at(TimePoint(59s)), "01-01-70 00:00:59");
}

TEST_F(TimestampText, KnowsTimesBeforeTheEpoch) {
    Timestamp stamp;
    EXPECT_EQ(stamp.at(TimePoint(-500ms)), "31-12-69 23:59:59");
}

TEST_F(TimestampText, IsLocal) {
    set("EAST-2");
    Timestamp stamp;
    EXPECT_EQ(stamp.at(TimePoint(0s)), "01-01-70 02:00:00");
}

}  // namespace
}  // namespace pathology::proxycore::console
