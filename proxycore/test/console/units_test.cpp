#include <pathology/proxycore/console/units.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace pathology::proxycore::console {
namespace {

using namespace std::chrono_literals;
using Nanoseconds = std::chrono::nanoseconds;

template <class T> std::optional<T> value_of(ParseResult<T> const& typed) {
    return typed ? std::optional<T>(*typed) : std::nullopt;
}

struct SizeCase {
    std::string_view name, text;
    std::optional<Bytes> size;
};
class ParseSize : public testing::TestWithParam<SizeCase> {};

TEST_P(ParseSize, ReadsOrRefuses) {
    auto const typed = parse_size(GetParam().text);
    EXPECT_EQ(value_of(typed), GetParam().size);
    auto const start = "Invalid size specification: " + std::string(GetParam().text) + " (";
    if (!typed) {
        EXPECT_TRUE(typed.error().message.starts_with(start)) << typed.error().message;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseSize,
    testing::Values(SizeCase{"Plain", "100", Bytes{100}}, SizeCase{"Zero", "0", Bytes{0}},
                    SizeCase{"B", "7b", Bytes{7}}, SizeCase{"K", "100k", Bytes{102400}},
                    SizeCase{"M", "2m", Bytes{2U << 20}}, SizeCase{"G", "1g", Bytes{1U << 30}},
                    SizeCase{"T", "1t", Bytes{1ULL << 40}},
                    SizeCase{"Largest", "18446744073709551615", Bytes{UINT64_MAX}},
                    SizeCase{"LargestT", "16777215t", Bytes{16777215ULL << 40}},
                    SizeCase{"TooLarge", "18446744073709551616", std::nullopt},
                    SizeCase{"TooLargeBySuffix", "16777216t", std::nullopt}, SizeCase{"Empty", "", std::nullopt},
                    SizeCase{"SuffixOnly", "k", std::nullopt}, SizeCase{"UpperCase", "1K", std::nullopt},
                    SizeCase{"TwoSuffixes", "1kb", std::nullopt}, SizeCase{"Negative", "-1", std::nullopt},
                    SizeCase{"Plus", "+1", std::nullopt}, SizeCase{"Fraction", "1.5k", std::nullopt},
                    SizeCase{"Space", "1 k", std::nullopt}, SizeCase{"Word", "much", std::nullopt}),
    [](auto const& row) { return std::string(row.param.name); });

struct DurationCase {
    std::string_view name, text;
    std::optional<Nanoseconds> duration;
};
class ParseDuration : public testing::TestWithParam<DurationCase> {};

TEST_P(ParseDuration, ReadsOrRefuses) {
    auto const typed = parse_duration(GetParam().text);
    EXPECT_EQ(value_of(typed), GetParam().duration);
    auto const start = "Invalid duration: " + std::string(GetParam().text) + " (";
    if (!typed) {
        EXPECT_TRUE(typed.error().message.starts_with(start)) << typed.error().message;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseDuration,
    testing::Values(DurationCase{"PlainSeconds", "2", 2s}, DurationCase{"Fraction", "0.25", 250ms},
                    DurationCase{"Seconds", "1.5s", 1500ms}, DurationCase{"Milliseconds", "200ms", 200ms},
                    DurationCase{"Minutes", "5m", 5min}, DurationCase{"Hours", "1h", 1h}, DurationCase{"Zero", "0", 0s},
                    DurationCase{"Empty", "", std::nullopt}, DurationCase{"Negative", "-1", std::nullopt},
                    DurationCase{"MinusZero", "-0", std::nullopt}, DurationCase{"UnitOnly", "s", std::nullopt},
                    DurationCase{"UnknownUnit", "1d", std::nullopt}, DurationCase{"Infinite", "inf", std::nullopt},
                    DurationCase{"NoNumber", "nan", std::nullopt}, DurationCase{"Exponent", "1e3", std::nullopt},
                    DurationCase{"Space", "1 s", std::nullopt},
                    DurationCase{"BeyondReason", "99999999999h", std::nullopt}),
    [](auto const& row) { return std::string(row.param.name); });

struct SizeText {
    std::string_view name, text;
    Bytes size;
};
class FormatSize : public testing::TestWithParam<SizeText> {};

TEST_P(FormatSize, IsReadBackAsTheSame) {
    EXPECT_EQ(format(GetParam().size), GetParam().text);
    EXPECT_EQ(value_of(parse_size(GetParam().text)), GetParam().size);
}

INSTANTIATE_TEST_SUITE_P(Sizes, FormatSize,
                         testing::Values(SizeText{"Zero", "0", Bytes{0}}, SizeText{"Odd", "1000", Bytes{1000}},
                                         SizeText{"K", "100k", Bytes{102400}},
                                         SizeText{"KNoM", "1025k", Bytes{1025 * 1024}},
                                         SizeText{"T", "2048t", Bytes{1ULL << 51}}),
                         [](auto const& row) { return std::string(row.param.name); });

struct DurationText {
    std::string_view name, text;
    Nanoseconds duration;
};
class FormatDuration : public testing::TestWithParam<DurationText> {};

TEST_P(FormatDuration, IsReadBackAsTheSame) {
    EXPECT_EQ(format(GetParam().duration), GetParam().text);
    EXPECT_EQ(value_of(parse_duration(GetParam().text)), GetParam().duration);
}

INSTANTIATE_TEST_SUITE_P(Durations, FormatDuration,
                         testing::Values(DurationText{"Zero", "0s", 0s}, DurationText{"Short", "200ms", 200ms},
                                         DurationText{"Micro", "0.25ms", 250us},
                                         DurationText{"Seconds", "1.5s", 1500ms},
                                         DurationText{"OddSeconds", "90.5s", 90500ms},
                                         DurationText{"Minutes", "2m", 2min}, DurationText{"Hours", "10h", 10h}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(InvalidValue, IsThrownWithItsMessageByValue) {
    EXPECT_THROW(static_cast<void>(parse_size("much").value()), std::invalid_argument);
}

}  // namespace
}  // namespace pathology::proxycore::console
