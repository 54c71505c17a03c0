#include <gmock/gmock.h>

#include <pathology/proxycore/filter/filter.hpp>

#include "filter/parse_table.hpp"
#include "filter/tree_text.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::filter {
namespace {

constexpr auto row_name = [](auto const& row) { return "Row" + std::string(row.param.number); };

class P50_a_Expression : public testing::TestWithParam<ParseRow> {};
TEST_P(P50_a_Expression, HasItsTreeOrIsAnError) {
    auto const& [number, text, tree] = GetParam();
    auto const filter = Filter::parse(text);
    ASSERT_EQ(filter.has_value(), !tree.empty())
        << (filter ? tree_text(filter->expression()) : describe(filter.error(), text));
    if (filter) {
        EXPECT_EQ(tree_text(filter->expression()), tree);
    } else {
        EXPECT_LE(filter.error().span.begin, filter.error().span.end);
        EXPECT_LE(filter.error().span.end, text.size());
    }
}
INSTANTIATE_TEST_SUITE_P(Table, P50_a_Expression, testing::ValuesIn(parse_table), row_name);
INSTANTIATE_TEST_SUITE_P(More, P50_a_Expression, testing::ValuesIn(more_rows), row_name);

/// The text that another parser cut out of a longer one.
TEST(FilterExpression, P50_a_EndsWithItsText) {
    std::string_view const anchor = "~m POST & ~hq X-Test=503";
    auto const filter = Filter::parse(anchor.substr(0, anchor.find('=')));
    ASSERT_TRUE(filter.has_value());
    EXPECT_EQ(to_string(filter->expression()), "~m POST & ~hq X-Test");
}

TEST(FilterExpression, P50_a_NamesThePlaceOfEachArgument) {
    auto const filter = Filter::parse(R"(~u "a b" | ~c 404)").value();
    ASSERT_EQ(filter.expression().operands.size(), 2U);
    EXPECT_EQ(filter.expression().operands[0].span, (Span{3, 8}));
    EXPECT_EQ(filter.expression().operands[1].span, (Span{14, 17}));
}

}  // namespace
}  // namespace pathology::proxycore::filter
