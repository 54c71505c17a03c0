#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/flow/exceptions.hpp>
#include <pathology/proxycore/flow/pattern.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::flow {
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
    EXPECT_EQ(Pattern::compile(row.pattern)->replace_in(subject, row.text), row.count);
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

TEST(Pattern, IsFoundAnywhere) {
    auto const pattern = Pattern::compile("b+c").value();
    EXPECT_TRUE(pattern.found_in("abbcd"));
    EXPECT_FALSE(pattern.found_in("aBBc"));
    EXPECT_TRUE(Pattern::compile("b+c", Pattern::Case::any)->found_in("aBBc"));
}

TEST(Pattern, SaysWhereItIsWrong) {
    auto const pattern = Pattern::compile("a(b");
    ASSERT_TRUE(pattern.has_error());
    EXPECT_EQ(pattern.error().offset, 3U);
    EXPECT_EQ(pattern.error().message, "no regular expression, at byte 3: missing closing parenthesis");
    EXPECT_THROW(pattern.value(), ControlException);
}

TEST(Pattern, GivesUpOnMatchesWithoutEnd) {
    EXPECT_FALSE(Pattern::compile("(a+)+$")->found_in(std::string(100'000, 'a') + "b"));
}

}  // namespace
}  // namespace pathology::proxycore::flow
