#include <gmock/gmock.h>

#include <ctime>
#include <ostream>
#include <pathology/proxycore/pattern/pattern.hpp>
#include <stdexcept>

#include "support/row_name.hpp"

namespace pathology::proxycore::pattern {
namespace {

struct ReplaceCase {
    std::string_view name, pattern, subject, text, result;
    std::size_t count;
};
void PrintTo(ReplaceCase const& row, std::ostream* out) { *out << row.name; }
class PatternReplace : public testing::TestWithParam<ReplaceCase> {};
TEST_P(PatternReplace, PutsTheTextAsItIs) {
    auto const& row = GetParam();
    std::string subject(row.subject);
    EXPECT_EQ(Pattern::compile(row.pattern)->replace_in(subject, row.text).value(), row.count);
    EXPECT_EQ(subject, row.result);
}
INSTANTIATE_TEST_SUITE_P(Table, PatternReplace,
                         testing::Values(ReplaceCase{"Nowhere", "x", "abc", "y", "abc", 0},
                                         ReplaceCase{"Once", "b", "abc", "y", "ayc", 1},
                                         ReplaceCase{"Everywhere", "a", "banana", "", "bnn", 3},
                                         ReplaceCase{"LiteralText", "(b)", "abc", "\\1$1", "a\\1$1c", 1},
                                         ReplaceCase{"EmptyMatches", "x*", "ab", "-", "-a-b-", 3},
                                         ReplaceCase{"EmptyAndLonger", "x*", "axxb", "-", "-a--b-", 4},
                                         ReplaceCase{"LookAhead", "a(?=b)", "abac", "X", "Xbac", 1},
                                         ReplaceCase{"LaterStart", "a\\Kb*", "abba", "X", "aXaX", 2},
                                         ReplaceCase{"Bytes", "\\xff", "a\xff\xff", "y", "ayy", 2},
                                         ReplaceCase{"Nothing", "a", "", "y", "", 0}),
                         test::row_name);

struct MatchCase {
    std::string_view name, pattern, subject;
    Options options;
    bool matches;
};
void PrintTo(MatchCase const& row, std::ostream* out) { *out << row.name; }
class PatternMatch : public testing::TestWithParam<MatchCase> {};
TEST_P(PatternMatch, KeepsToItsOptions) {
    auto const& row = GetParam();
    EXPECT_EQ(Pattern::compile(row.pattern, row.options)->matches(row.subject).value(), row.matches);
}
constexpr Options at_start{.place = Place::start};
INSTANTIATE_TEST_SUITE_P(
    Table, PatternMatch,
    testing::Values(MatchCase{"Anywhere", "b+c", "abbcd", {}, true}, MatchCase{"Nowhere", "b+c", "aBBc", {}, false},
                    MatchCase{"AnyCase", "b+c", "aBBc", {.letters = Case::any}, true},
                    MatchCase{"StartSame", "/foo", "/foo", at_start, true},
                    MatchCase{"StartLonger", "/foo", "/foobar", at_start, true},
                    MatchCase{"NotLater", "bar", "/bar", at_start, false},
                    MatchCase{"NotLaterAlternative", "/a|/b", "/x/b", at_start, false},
                    MatchCase{"Dollar", "/foo$", "/foo", at_start, true},
                    MatchCase{"DollarLonger", "/foo$", "/foobar", at_start, false},
                    MatchCase{"Escape", R"(/foo\?a=1)", "/foo?a=1", at_start, true},
                    MatchCase{"LookBehind", "/a(?<!b)c", "/ac", at_start, true},
                    MatchCase{"Empty", "", "/anything", at_start, true},
                    MatchCase{"StartCase", "/foo", "/FOO", at_start, false},
                    MatchCase{"AnyCaseBeyondAscii", "\u00e9", "\u00c9", {.letters = Case::any}, true},
                    MatchCase{"ClassBeyondAscii", "^[\u00e9\u00e8]$", "\u00e8", {}, true},
                    MatchCase{"InvalidUtf8",
                              "b\u00e9",
                              "\xff"
                              "b\u00e9",
                              {},
                              true},
                    MatchCase{"NoCharacter", "\u00e9", "\xe9", {}, false},
                    MatchCase{"PatternOfBytes", "\xe9", "a\xe9", {}, true},
                    MatchCase{"StartAnyCase", "/foo", "/FOO", {Case::any, Place::start}, true}),
    test::row_name);

TEST(Pattern, ReportsWhereItIsWrong) {
    auto const pattern = Pattern::compile("a(b");
    ASSERT_TRUE(pattern.has_error());
    EXPECT_EQ(pattern.error().offset, 3U);
    EXPECT_EQ(pattern.error().reason, "missing closing parenthesis");
    EXPECT_EQ(pattern.error().message, "not a regular expression, at byte 3: missing closing parenthesis");
    EXPECT_THROW(pattern.value(), std::invalid_argument);
}

/// Subjects that make a pattern backtrack without end.
struct Endless {
    std::string_view name, pattern;
    std::size_t length;
};
void PrintTo(Endless const& row, std::ostream* out) { *out << row.name; }
class PatternLimit : public testing::TestWithParam<Endless> {};
TEST_P(PatternLimit, IsAnErrorThatNamesThePattern) {
    auto const& row = GetParam();
    std::string subject = std::string(row.length, 'a') + "!";
    auto const before = subject;
    for (auto const place : {Place::anywhere, Place::start}) {
        auto const pattern = Pattern::compile(row.pattern, {.place = place}).value();
        auto const matched = pattern.matches(subject);
        ASSERT_TRUE(matched.has_error());
        EXPECT_THAT(matched.error().message, testing::HasSubstr("'" + std::string(row.pattern) + "'"));
        EXPECT_THAT(matched.error().reason, testing::HasSubstr("limit"));
        EXPECT_THROW(matched.value(), std::runtime_error);
        EXPECT_TRUE(pattern.replace_in(subject, "x").has_error());
        EXPECT_EQ(subject, before);
    }
}
INSTANTIATE_TEST_SUITE_P(Table, PatternLimit,
                         testing::Values(Endless{"NestedRepetition", "(a+)+$", 60},
                                         Endless{"NestedRepetitionLong", "(a+)+$", 100'000},
                                         Endless{"Alternatives", "^(a|aa)+$", 255},
                                         Endless{"Optional", "(?:a?){60}a{60}", 60}),
                         test::row_name);

/// Patterns that take many steps at each place of a long subject, each time fewer than PCRE2 is allowed.
struct Slow {
    std::string_view name, pattern;
    std::size_t cheap, costly;  ///< bytes of the subject where no match can begin, and where one might
};
void PrintTo(Slow const& row, std::ostream* out) { *out << row.name; }
class PatternTime : public testing::TestWithParam<Slow> {};
TEST_P(PatternTime, HasALimit) {
    auto const& row = GetParam();
    auto const subject = std::string(row.cheap, 'z') + std::string(row.costly, 'a');
    auto const pattern = Pattern::compile(row.pattern).value();
    auto const before = std::clock();
    auto const matched = pattern.matches(subject);
    EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC);
    ASSERT_TRUE(matched.has_error());
    EXPECT_THAT(matched.error().reason, testing::HasSubstr("limit"));
}
INSTANTIATE_TEST_SUITE_P(Table, PatternTime,
                         testing::Values(Slow{"Group", "(?:a|b)*[0-9]", 0, 60'000},
                                         Slow{"GroupAtTheEnd", "(?:a|b)*[0-9]", 900'000, 60'000},
                                         Slow{"Words", "[a-z]+@[a-z]+", 0, 1U << 20U},
                                         Slow{"LookAhead", "a(?=.*q)", 0, 1U << 19U},
                                         Slow{"TwoGroups", "(?:a|b)*(?:a|b)*[0-9]", 0, 2'000}),
                         test::row_name);

struct Long {
    std::string_view name, pattern, line;
    bool matches;
};
void PrintTo(Long const& row, std::ostream* out) { *out << row.name; }
class PatternOverALongSubject : public testing::TestWithParam<Long> {};
TEST_P(PatternOverALongSubject, IsFoundOrNot) {
    std::string subject;
    while (subject.size() < 1U << 20U) subject += "the quick brown fox jumps over 12 lazy dogs\n";
    subject += GetParam().line;
    EXPECT_EQ(Pattern::compile(GetParam().pattern)->matches(subject).value(), GetParam().matches);
}
INSTANTIATE_TEST_SUITE_P(Table, PatternOverALongSubject,
                         testing::Values(Long{"Word", "needle", "needle", true}, Long{"NoWord", "needle", "", false},
                                         Long{"Class", "[0-9]{3}", "123", true},
                                         Long{"Lines", "fox.*cat", "a fox, a cat", true},
                                         Long{"NoLines", "fox.*cat", "", false},
                                         Long{"LookBehind", "(?<=\n)x", "x", true}, Long{"Start", "^x", "\nx", false},
                                         Long{"End", "x$", "x", true}, Long{"Empty", "$", "", true},
                                         Long{"Utf8", "\u00e9+", "\u00e9\u00e9", true}),
                         test::row_name);

TEST(Pattern, RepeatsAGroupOverALongSubject) {
    std::string const subject(100'000, 'a');
    EXPECT_TRUE(Pattern::compile("^(a|b)+$")->matches(subject).value());
}

}  // namespace
}  // namespace pathology::proxycore::pattern
