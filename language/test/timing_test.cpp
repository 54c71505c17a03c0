#include <pathology/language/timing.hpp>

#include <gtest/gtest.h>

#include "support/row_name.hpp"

namespace pathology::language {
namespace {

using namespace std::chrono_literals;
using pathology::test::row_name;

struct WaitRow {
    std::string_view name, text;
    WaitTime time;
};
class WaitTimeText : public testing::TestWithParam<WaitRow> {};

TEST_P(WaitTimeText, IsParsed) {
    auto const parsed = parse_wait_time(GetParam().text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, GetParam().time);
}

INSTANTIATE_TEST_SUITE_P(Good, WaitTimeText,
                         testing::Values(WaitRow{"Seconds", "2", {PauseTime{2, 0}, {}}},
                                         WaitRow{"Milliseconds", "500ms", {PauseTime{0, 500'000'000}, {}}},
                                         WaitRow{"Fraction", "0.5", {PauseTime{0, 500'000'000}, {}}},
                                         WaitRow{"Range", "1-3s", {PauseTime{1, 0}, PauseTime{3, 0}}},
                                         WaitRow{"Zero", "0", {PauseTime{0, 0}, {}}}, WaitRow{"ForEver", "f", {}}),
                         row_name);

struct RateRow {
    std::string_view name, text;
    std::uint64_t piece;
    std::chrono::nanoseconds interval;
};
class RateText : public testing::TestWithParam<RateRow> {};

TEST_P(RateText, IsParsed) {
    auto const parsed = parse_rate(GetParam().text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->piece, GetParam().piece);
    EXPECT_EQ(parsed->interval, GetParam().interval);
}

INSTANTIATE_TEST_SUITE_P(Good, RateText,
                         testing::Values(RateRow{"Bytes", "100", 1, 10ms}, RateRow{"Few", "2", 1, 500ms},
                                         RateRow{"Kilobytes", "1000k", 10240, 10ms},
                                         RateRow{"Pieces", "10/0.1", 10, 100ms},
                                         RateRow{"PiecesWithUnit", "1k/2s", 1024, 2s},
                                         RateRow{"PiecesAlone", "1/0", 1, 0ns}, RateRow{"Full", "full", 0, 0ns}),
                         row_name);

struct BadRow {
    std::string_view name, text;
    std::uint32_t column;
    std::string_view message;
};

class BadWaitTime : public testing::TestWithParam<BadRow> {};

TEST_P(BadWaitTime, IsRefusedAtItsPlace) {
    auto const parsed = parse_wait_time(GetParam().text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().span.begin, GetParam().column);
    EXPECT_EQ(parsed.error().message, GetParam().message);
}

constexpr std::string_view a_time = "expected a time (such as 2, 500ms, 1-3s, or f for ever)";

INSTANTIATE_TEST_SUITE_P(
    All, BadWaitTime,
    testing::Values(BadRow{"Empty", "", 0, a_time}, BadRow{"Word", "soon", 0, a_time},
                    BadRow{"Negative", "-1", 0, a_time}, BadRow{"MoreBehind", "2:x", 1, "expected the end"},
                    BadRow{"MoreBehindForEver", "f1", 1, "expected the end"},
                    BadRow{"Descending", "3-1", 2, "a range of times begins with the shorter one"},
                    BadRow{"FractionWithoutUnit", "1.5", 0, "a time with a fraction needs a unit, such as 1.5s"}),
    row_name);

class BadRate : public testing::TestWithParam<BadRow> {};

TEST_P(BadRate, IsRefusedAtItsPlace) {
    auto const parsed = parse_rate(GetParam().text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().span.begin, GetParam().column);
    EXPECT_EQ(parsed.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(All, BadRate,
                         testing::Values(BadRow{"Empty", "", 0, "expected a rate (such as 1k, 10/0.1s, or full)"},
                                         BadRow{"Word", "slow", 0, "expected a rate (such as 1k, 10/0.1s, or full)"},
                                         BadRow{"Zero", "0", 0, "expected a rate of at least one byte"},
                                         BadRow{"NoTime", "10/", 3, "expected a time"},
                                         BadRow{"MoreBehind", "1k,2", 2, "expected the end"},
                                         BadRow{"TooLarge", "99999999999t", 0, "expected a size below 2^64 bytes"}),
                         row_name);

TEST(WaitTimeOfARange, IsDrawnInsideOfIt) {
    WaitTime const range{PauseTime{1, 0}, PauseTime{3, 0}};
    bool differs = false;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Rng rng(seed), again(seed);
        auto const drawn = draw(range, rng);
        EXPECT_GE(drawn->length(), 1s);
        EXPECT_LE(drawn->length(), 3s);
        EXPECT_EQ(drawn, draw(range, again));
        differs = differs || drawn->length() != 1s;
    }
    EXPECT_TRUE(differs);
}

TEST(WaitTimeOfARange, OfOneTimeIsThatTime) {
    Rng rng(1);
    EXPECT_EQ(draw({PauseTime{2, 5}, {}}, rng), (PauseTime{2, 5}));
    EXPECT_EQ(draw({}, rng), std::nullopt);
}

}  // namespace
}  // namespace pathology::language
