#include <gmock/gmock.h>

#include <chrono>
#include <ostream>
#include <pathology/proxycore/filter/filter.hpp>
#include <stdexcept>

#include "support/row_name.hpp"

namespace pathology::proxycore::filter {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct ErrorRow {
    std::string_view name, text;
    Errc code;
    Span span;
    std::string_view message;  ///< the beginning
};
void PrintTo(ErrorRow const& row, std::ostream* out) { *out << row.name; }

class P50_a_Error : public testing::TestWithParam<ErrorRow> {};
TEST_P(P50_a_Error, HasItsPlaceAndMessage) {
    auto const& row = GetParam();
    auto const filter = Filter::parse(row.text);
    ASSERT_TRUE(filter.has_error());
    EXPECT_EQ(filter.error().code, row.code);
    EXPECT_EQ(filter.error().span, row.span) << filter.error().span.begin << " to " << filter.error().span.end;
    EXPECT_THAT(filter.error().message, StartsWith(row.message));
}
ErrorRow const errors[] = {
    {"Empty", "", Errc::syntax, {0, 0}, "expected an expression, such as ~m GET"},
    {"EmptyGroup", "~q & ()", Errc::syntax, {6, 6}, "expected an expression"},
    {"OpenGroup", "a & (b | c", Errc::syntax, {10, 10}, "expected ')' for the '(' at column 5"},
    {"OpenInnerGroup", "((a) ", Errc::syntax, {5, 5}, "expected ')' for the '(' at column 1"},
    {"ClosedTooOften", "(a) )", Errc::syntax, {4, 4}, "expected the end, or a '(' before this ')'"},
    {"BehindNot", "!)", Errc::syntax, {1, 1}, "expected the end, or a '(' before this ')'"},
    {"UnknownOperator", "a & ~foo b", Errc::syntax, {4, 8}, "unknown operator ~foo; known are ~all ~a ~b "},
    {"NoOperator", "a ~", Errc::syntax, {3, 3}, "expected the name of an operator after ~: ~all"},
    {"MissingPattern", "~u", Errc::syntax, {2, 2}, "expected a regular expression after ~u, in quotes if"},
    {"PatternIsGroup", "~b (?i)x", Errc::syntax, {3, 3}, "expected a regular expression after ~b"},
    {"PatternIsOperator", "~u ~q", Errc::syntax, {3, 3}, "expected a regular expression after ~u"},
    {"MissingStatus", "~c abc", Errc::syntax, {3, 3}, "expected a status code, in decimal digits, after ~c"},
    {"NoBlank", "~c200", Errc::syntax, {2, 2}, "expected white space after ~c"},
    {"NoEnd", "~q~s", Errc::syntax, {2, 2}, "expected white space, &, | or ) after ~q"},
    {"OpenQuote", R"(~h "foo)", Errc::syntax, {7, 7}, R"(expected a closing " before the end of the line)"},
    {"QuoteOverLines", "~h 'foo\nbar'", Errc::syntax, {7, 7}, "expected a closing ' before the end of the line"},
    {"Pattern", "a ~u b[c", Errc::bad_pattern, {8, 8}, "not a regular expression after ~u: missing terminating ]"},
    {"PatternInTheMiddle", "~b ab**c", Errc::bad_pattern, {6, 8}, "not a regular expression after ~b: "},
    {"PatternBehindEscapes", R"(~h "\"\\d**")", Errc::bad_pattern, {10, 12}, "not a regular expression after ~h: "},
    {"PatternAlone", "*", Errc::bad_pattern, {0, 1}, "not a regular expression after ~u: quantifier"},
};
INSTANTIATE_TEST_SUITE_P(Table, P50_a_Error, testing::ValuesIn(errors), test::row_name);

TEST(FilterError, P50_a_IsShownWithACaret) {
    std::string_view const text = "~q & (~c abc)";
    EXPECT_EQ(describe(Filter::parse(text).error(), text),
              "Invalid filter expression: '~q & (~c abc)'\n"
              "filter:1:10: expected a status code, in decimal digits, after ~c\n"
              "~q & (~c abc)\n"
              "         ^");
}

TEST(FilterError, P50_a_ShowsItsLineWithoutControlCharacters) {
    std::string_view const text = "~q &\n\x1b ~x";
    auto const shown = describe(Filter::parse(text).error(), text, "anchor");
    EXPECT_THAT(shown, HasSubstr("anchor:2:3: unknown operator ~x"));
    EXPECT_THAT(shown, HasSubstr("\n\\x1b ~x\n     ^"));
    EXPECT_EQ(shown.find('\x1b'), shown.npos);
}

TEST(FilterError, P50_a_OfALongTextIsShort) {
    auto const text = "(" + std::string(5'000, 'a');
    EXPECT_LT(describe(Filter::parse(text).error(), text).size(), 500U);
}

TEST(FilterError, P50_a_IsAnExceptionForPrograms) { EXPECT_THROW(Filter::parse("~x").value(), std::invalid_argument); }

// --- limits ----------------------------------------------------------------------------------------------------------

std::string nested(std::string_view open, std::size_t count, std::string_view close) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += open;
    text += "~q";
    for (std::size_t i = 0; i < count; ++i) text += close;
    return text;
}

TEST(FilterLimit, P50_a_BoundsTheText) {
    EXPECT_TRUE(Filter::parse(std::string(max_length, 'a')).has_value());
    auto const filter = Filter::parse(std::string(max_length + 1, 'a'));
    ASSERT_TRUE(filter.has_error());
    EXPECT_EQ(filter.error().code, Errc::too_long);
    EXPECT_EQ(filter.error().message, "a filter has at most 8192 bytes");
}

TEST(FilterLimit, P50_a_BoundsTheLevels) {
    EXPECT_TRUE(Filter::parse(nested("(", max_depth, ")")).has_value());
    EXPECT_TRUE(Filter::parse(nested("!", max_depth - 1, "")).has_value());
    for (auto const& text : {nested("(", max_depth + 1, ")"), nested("!", max_depth, ""),
                             nested("!(", max_depth / 2 + 1, ")"), nested("(a | b & ", 110, ")")}) {
        auto const filter = Filter::parse(text);
        ASSERT_TRUE(filter.has_error()) << text;
        EXPECT_EQ(filter.error().code, Errc::too_deep);
        EXPECT_EQ(filter.error().message, "a filter has at most 200 levels of parentheses and !");
    }
}

TEST(FilterLimit, P50_a_ReadsUnclosedGroupsOnce) {
    auto const before = std::chrono::steady_clock::now();
    EXPECT_TRUE(Filter::parse(nested("!(a | (", 99, "")).has_error());
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(1));
}

}  // namespace
}  // namespace pathology::proxycore::filter
