#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/filter/filter.hpp>
#include <random>

#include "filter/operators.hpp"
#include "filter/parse_table.hpp"
#include "filter/tree_text.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::filter {
namespace {

using Kind = Expression::Kind;

struct PrintRow {
    std::string_view name, text, printed;
};
void PrintTo(PrintRow const& row, std::ostream* out) { *out << row.name; }

class P50_PrintedFilter : public testing::TestWithParam<PrintRow> {};
TEST_P(P50_PrintedFilter, IsCanonical) {
    auto const filter = Filter::parse(GetParam().text).value();
    EXPECT_EQ(to_string(filter.expression()), GetParam().printed);
}
PrintRow const rows[] = {
    {"Text", "foo", "~u foo"},
    {"Blanks", "~q  &\t~s", "~q & ~s"},
    {"Juxtaposition", "~q ~s", "~q & ~s"},
    {"Groups", "a & b | (c | d) & !(e f)", "~u a & ~u b | (~u c | ~u d) & !(~u e & ~u f)"},
    {"GroupOfSameKind", "(a & b) & c", "(~u a & ~u b) & ~u c"},
    {"Negations", "! ! (a)", "!!~u a"},
    {"Status", "~c 0404", "~c 404"},
    {"Empty", "''", R"(~u "")"},
    {"Quotes", R"('a"b')", R"(~u "a\"b")"},
    {"Backslash", R"(a\.b)", R"(~u a\.b)"},
    {"BackslashInQuotes", R"('a\\. b')", R"(~u "a\\. b")"},
    {"ControlCharacters", R"("\t\n\r\f")", R"(~u "\t\n\r\f")"},
    {"FormFeed", "a\fb", "~u a\fb"},
    {"Operators", "~u & ~u !", "~u & & ~u !"},
};
INSTANTIATE_TEST_SUITE_P(Table, P50_PrintedFilter, testing::ValuesIn(rows), test::row_name);

TEST(PrintedFilter, P50_OfEachRowIsParsedToTheSameTree) {
    for (auto const& row : parse_table) {
        if (row.tree.empty()) continue;
        auto const filter = Filter::parse(row.text).value();
        auto const printed = to_string(filter.expression());
        EXPECT_EQ(tree_text(Filter::parse(printed)->expression()), row.tree) << printed;
    }
}

/// Trees by chance, of every operator, with texts of every kind of character.
class TreeMaker {
public:
    explicit TreeMaker(std::uint32_t seed) : random_(seed) {}

    Expression make(int levels) {
        auto const kind = levels == 0 ? Kind::test : static_cast<Kind>(below(4));
        if (kind == Kind::test) return make_test();
        Expression tree{.kind = kind};
        auto const count = kind == Kind::negation ? 1 : 2 + below(3);
        for (std::size_t i = 0; i < count; ++i) tree.operands.push_back(make(levels - 1));
        return tree;
    }

private:
    std::size_t below(std::size_t end) { return random_() % end; }

    Expression make_test() {
        auto const& one = operators()[below(operators().size())];
        Expression test{.test = one.test};
        if (one.argument == Operator::Argument::pattern) test.text = make_text();
        if (one.argument == Operator::Argument::status) test.number = below(1'000);
        return test;
    }

    std::string make_text() {
        constexpr std::string_view characters = "a&|!~'\" \t\n\r\f()=-\xc3\xa9";
        std::string text;
        for (auto size = below(6); size > 0; --size) text += characters[below(characters.size())];
        return text;
    }

    std::mt19937 random_;
};

TEST(PrintedFilter, P50_OfAnyTreeIsParsedToThatTree) {
    std::size_t parsed = 0;
    for (std::uint32_t seed = 0; seed < 3'000; ++seed) {
        auto const tree = TreeMaker(seed).make(4);
        auto const printed = to_string(tree);
        auto const filter = Filter::parse(printed);
        if (!filter && filter.error().code != Errc::syntax) continue;  // its texts are no regular expressions
        ASSERT_TRUE(filter.has_value()) << "seed " << seed << ": " << describe(filter.error(), printed);
        EXPECT_EQ(filter->expression(), tree) << "seed " << seed << ": " << printed;
        ++parsed;
    }
    EXPECT_GT(parsed, 1'000U);
}

}  // namespace
}  // namespace pathology::proxycore::filter
