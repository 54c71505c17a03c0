#include "alternatives_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/language/failure.hpp>
#include <sstream>

#include "support/alternatives_property.hpp"

namespace pathology::pathod {
namespace {

using Kind = Condition::Kind;

/// One line: each alternative with its condition, then the settings.
std::string reported(std::string const& text) {
    auto const read = read_alternatives(text);
    if (!read) return language::describe(read.error(), text, "");
    std::ostringstream out;
    for (auto const& [condition, spec] : read->alternatives) {
        if (condition.kind == Kind::every) out << condition.count << " of " << condition.of << ' ';
        if (condition.kind == Kind::chance) out << condition.from << "-" << condition.below << ' ';
        out << '<' << text.substr(spec.begin, spec.end - spec.begin) << "> ";
    }
    constexpr std::string_view scopes = "apcl";  // anchor, path, connection, client
    out << scopes[static_cast<std::size_t>(read->per)] << (read->starts_over ? " again" : "");
    return out.str();
}

struct TextCase {
    std::string_view name;
    std::string text, reported;
};
void PrintTo(TextCase const& row, std::ostream* out) { *out << row.name; }
std::string name_of(testing::TestParamInfo<TextCase> const& row) { return std::string(row.param.name); }

class AlternativesOf : public testing::TestWithParam<TextCase> {};

TEST_P(AlternativesOf, AText) {
    EXPECT_EQ(reported(GetParam().text), GetParam().reported);
    for (std::size_t n = 0; n <= GetParam().text.size(); ++n)
        EXPECT_EQ(test::broken_alternatives(GetParam().text.substr(0, n)), "") << n;
}

INSTANTIATE_TEST_SUITE_P(Valid, AlternativesOf,
                         testing::Values(TextCase{"One", "200", "<200> a"},
                                         TextCase{"Order", "503 | 503 | 200:b'a | b'", "<503> <503> <200:b'a | b'> a"},
                                         TextCase{"StartsOver", "503 | 200 | *", "<503> <200> a again"},
                                         TextCase{"Every", "1/3 503 | 200", "1 of 3 <503> <200> a"},
                                         TextCase{"SomeOfEach", "2/2\t503 | 200", "2 of 2 <503> <200> a"},
                                         TextCase{"Chance", "10% 503 | 0.5%  404 | 0.0001% 400 | 200",
                                                  "0-100000 <503> 100000-105000 <404> 105000-105001 <400> <200> a"},
                                         TextCase{"All", "0% 503 | 100% 200", "0-0 <503> 0-1000000 <200> a"},
                                         TextCase{"ConditionAlone", "10% 503", "0-100000 <503> a"},
                                         TextCase{"PerPath", "503 | 200 | per path", "<503> <200> p"},
                                         TextCase{"PerConnection", "503 | per connection", "<503> c"},
                                         TextCase{"BothSettings", "503 | 200 | per client | *", "<503> <200> l again"},
                                         TextCase{"Lines", "\n 1/3 503\n | 200\n | *\n", "1 of 3 <503> <200> a again"},
                                         TextCase{"CommentBehindABar", "503 |\n# |", "<503> <# |> a"},
                                         TextCase{"NameOfARootFolder", "/", "</> a"},
                                         TextCase{"NoNumber", "% 503", "<% 503> a"},
                                         TextCase{"LoneStarIsASpec", "*", "<*> a"},
                                         TextCase{"NameOfAFile", "200.spec", "<200.spec> a"},
                                         TextCase{"NameOfAFolder", "200/x.spec", "<200/x.spec> a"}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(
    Invalid, AlternativesOf,
    testing::Values(
        TextCase{"EmptyFirst", "| 200", ":1:1: expected a spec on both sides of |\n| 200\n^"},
        TextCase{"CommentBehindABarInItsLine", "503 | # late\n200",
                 ":1:7: a comment has a line of its own\n503 | # late\n      ^"},
        TextCase{"CommentBehindACondition", "1/3 #'\n503 | 200",
                 ":1:5: a comment has a line of its own\n1/3 #'\n    ^"},
        TextCase{"EmptyBeforeASetting", "| *\n", ":1:1: expected a spec on both sides of |\n| *\n^"},
        TextCase{"EmptyBetween", "503 | | 200", ":1:7: expected a spec on both sides of |\n503 | | 200\n      ^"},
        TextCase{"EmptyLast", "503 |", ":1:6: expected a spec on both sides of |\n503 |\n     ^"},
        TextCase{"EveryNone", "503 | 1/0 200",
                 ":1:7: expected K/N, of every N requests the last K, with numbers from 1 and K at most N\n503 | 1/0 "
                 "200\n      ^"},
        TextCase{"EveryZero", "0/3 200",
                 ":1:1: expected K/N, of every N requests the last K, with numbers from 1 and K at most N\n0/3 200\n^"},
        TextCase{"MoreThanEvery", "4/3 200",
                 ":1:1: expected K/N, of every N requests the last K, with numbers from 1 and K at most N\n4/3 200\n^"},
        TextCase{"EveryTooLarge", "1/4294967296 200",
                 ":1:1: expected K/N, of every N requests the last K, with numbers from 1 and K at most "
                 "N\n1/4294967296 200\n^"},
        TextCase{
            "TwoSlashes", "1/2/3 200",
            ":1:1: expected K/N, of every N requests the last K, with numbers from 1 and K at most N\n1/2/3 200\n^"},
        TextCase{"AboveAll", "200 | 101% 503",
                 ":1:7: expected a chance from 0% to 100%, with at most 4 decimals\n200 | 101% 503\n      ^"},
        TextCase{"JustAboveAll", "100.0001% 503",
                 ":1:1: expected a chance from 0% to 100%, with at most 4 decimals\n100.0001% 503\n^"},
        TextCase{"TooManyDecimals", "0.00001% 503",
                 ":1:1: expected a chance from 0% to 100%, with at most 4 decimals\n0.00001% 503\n^"},
        TextCase{"NoDecimals", "1.% 503",
                 ":1:1: expected a chance from 0% to 100%, with at most 4 decimals\n1.% 503\n^"},
        TextCase{"TwoPoints", "1.2.3% 503",
                 ":1:1: expected a chance from 0% to 100%, with at most 4 decimals\n1.2.3% 503\n^"},
        TextCase{"PercentInside", "10%5 503",
                 ":1:1: expected a chance from 0% to 100%, with at most 4 decimals\n10%5 503\n^"},
        TextCase{"MoreThanAll", "60% 503 | 200 | 41% 404",
                 ":1:17: the chances of all alternatives add up to more than 100%\n60% 503 | 200 | 41% 404\n           "
                 "     ^"},
        TextCase{"NoSpec", "200 | 1/3 | 503",
                 ":1:10: expected a spec behind the condition\n200 | 1/3 | 503\n         ^"},
        TextCase{"StarTwice", "503 | * | *", ":1:7: * is given twice\n503 | * | *\n      ^"},
        TextCase{"StarInside", "503 | * | 200",
                 ":1:7: * and per stand behind the last alternative\n503 | * | 200\n      ^"},
        TextCase{"StarWithoutOrder", "10% 503 | *",
                 ":1:11: * needs an alternative without a condition, which it starts over\n10% 503 | *\n          ^"},
        TextCase{"PerTwice", "503 | per path | per client",
                 ":1:7: per is given twice\n503 | per path | per client\n      ^"},
        TextCase{"PerInside", "per path | 200", ":1:1: * and per stand behind the last alternative\nper path | 200\n^"},
        TextCase{"PerNothing", "503 | per stream",
                 ":1:7: expected per path, per connection or per client\n503 | per stream\n      ^"}),
    name_of);

TEST(Alternatives, AreNoMoreThanAThousand) {
    std::string text = "200";
    for (int i = 1; i < 1000; ++i) text += " | 200";
    EXPECT_EQ(read_alternatives(text)->alternatives.size(), 1000U);
    auto const one_more = read_alternatives(text + " | 404");
    ASSERT_FALSE(one_more);
    EXPECT_EQ(one_more.error().message, "an anchor has at most 1000 alternatives");
    EXPECT_EQ(one_more.error().span.begin, text.size() + 3);
}

TEST(PercentText, HasNoZerosAtItsEnd) {
    EXPECT_EQ(percent_text(0), "0");
    EXPECT_EQ(percent_text(1), "0.0001");
    EXPECT_EQ(percent_text(5000), "0.5");
    EXPECT_EQ(percent_text(100'000), "10");
    EXPECT_EQ(percent_text(573'012), "57.3012");
    EXPECT_EQ(percent_text(Condition::all), "100");
}

}  // namespace
}  // namespace pathology::pathod
