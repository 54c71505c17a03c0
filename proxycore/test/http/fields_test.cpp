#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/http/fields.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::http {
namespace {

using testing::ElementsAre;
using testing::Optional;

static_assert(std::random_access_iterator<Fields::const_iterator>);

TEST(Fields, KeepsOrderSpellingAndDuplicates) {
    Fields fields;
    fields.add("B", "1");
    fields.add("a", "2");
    fields.add("b", "3");
    EXPECT_THAT(fields, ElementsAre(Field{"B", "1"}, Field{"a", "2"}, Field{"b", "3"}));
    EXPECT_EQ(fields[1].name, "a");
}

TEST(Fields, FindsInAnyCase) {
    Fields const fields{{"Content-Type", "a"}, {"content-type", "b"}};
    EXPECT_THAT(fields.first("CONTENT-TYPE"), Optional(std::string_view("a")));
    EXPECT_THAT(fields.all("content-Type"), ElementsAre("a", "b"));
    EXPECT_EQ(fields.first("Content"), std::nullopt);
    EXPECT_FALSE(fields.contains("Content-Typ\x65x"));
}

TEST(Fields, SetReplacesInPlaceAndDropsOthers) {
    Fields fields{{"A", "1"}, {"b", "2"}, {"a", "3"}, {"C", "4"}};
    fields.set("a", "new");
    EXPECT_THAT(fields, ElementsAre(Field{"A", "new"}, Field{"b", "2"}, Field{"C", "4"}));
    fields.set("D", "5");
    EXPECT_EQ(fields.first("d"), "5");
}

TEST(Fields, RemoveReturnsHowMany) {
    Fields fields{{"A", "1"}, {"b", "2"}, {"a", "3"}};
    EXPECT_EQ(fields.remove("A"), 2u);
    EXPECT_EQ(fields.remove("A"), 0u);
    EXPECT_THAT(fields, ElementsAre(Field{"b", "2"}));
}

TEST(Fields, SetAllKeepsPlacesAndAppendsTheRest) {
    Fields fields{{"A", "1"}, {"b", "2"}, {"a", "3"}, {"C", "4"}};
    std::string_view const three[] = {"x", fields[3].value, "z"};
    fields.set_all("a", three);
    EXPECT_THAT(fields,
                ElementsAre(Field{"A", "x"}, Field{"b", "2"}, Field{"a", "4"}, Field{"C", "4"}, Field{"a", "z"}));
    std::string_view const one[] = {"y"};
    fields.set_all("A", one);
    EXPECT_THAT(fields, ElementsAre(Field{"A", "y"}, Field{"b", "2"}, Field{"C", "4"}));
    fields.set_all(fields[0].name, {});
    EXPECT_THAT(fields, ElementsAre(Field{"b", "2"}, Field{"C", "4"}));
}

TEST(Fields, InsertsBetween) {
    Fields fields{{"A", "1"}};
    fields.insert(0, "B", fields[0].value);
    fields.insert(1, "C", "2");
    fields.insert(99, "D", "3");
    EXPECT_THAT(fields, ElementsAre(Field{"B", "1"}, Field{"C", "2"}, Field{"A", "1"}, Field{"D", "3"}));
}

TEST(Fields, JoinsLists) {
    Fields const fields{{"Accept", "a"}, {"X", "1"}, {"accept", "b"}, {"Y", ""}};
    EXPECT_EQ(fields.joined("ACCEPT"), "a, b");
    EXPECT_EQ(fields.joined("y"), "");
    EXPECT_EQ(fields.joined("Z"), std::nullopt);
    EXPECT_THAT(fields.names(), ElementsAre("Accept", "X", "Y"));
}

TEST(Fields, TakesItsOwnViews) {
    Fields fields{{"Name", "a value longer than any small string"}};
    for (int i = 0; i < 50; ++i) fields.add(fields[0].name, fields[0].value);
    fields.set("Name", fields[7].value);
    EXPECT_THAT(fields, ElementsAre(Field{"Name", "a value longer than any small string"}));
}

TEST(Fields, ClearForgets) {
    Fields fields{{"A", "1"}};
    fields.clear();
    EXPECT_TRUE(fields.empty());
    EXPECT_FALSE(fields.contains("A"));
}

TEST(Fields, EqualityIsExact) {
    EXPECT_EQ((Fields{{"A", "1"}}), (Fields{{"A", "1"}}));
    EXPECT_FALSE((Fields{{"A", "1"}}) == (Fields{{"a", "1"}}));
    EXPECT_FALSE((Fields{{"A", "1"}, {"B", "2"}}) == (Fields{{"B", "2"}, {"A", "1"}}));
    Fields changed{{"A", "0"}};
    changed.set("A", "1");
    EXPECT_EQ(changed, (Fields{{"A", "1"}}));
}

struct TokenCase {
    std::string_view name, list;
    bool has_close;
};
void PrintTo(TokenCase const& row, std::ostream* out) { *out << row.name; }
class ListToken : public testing::TestWithParam<TokenCase> {};
TEST_P(ListToken, IsFoundWhole) { EXPECT_EQ(list_has_token(GetParam().list, "close"), GetParam().has_close); }
INSTANTIATE_TEST_SUITE_P(Rfc9110, ListToken,
                         testing::Values(TokenCase{"IsolatedLayer", "close", true}, TokenCase{"AnyCase", "Close", true},
                                         TokenCase{"InTheMiddle", "a ,\t close , b", true},
                                         TokenCase{"Part", "closed, aclose", false}, TokenCase{"Empty", "", false},
                                         TokenCase{"EmptyElements", ", ,close", true},
                                         TokenCase{"WithParameter", "close;x", false}),
                         test::row_name);

TEST(Fields, TokensAreFoundInAnyLine) {
    Fields const fields{{"Connection", "x"}, {"connection", "keep-alive, Upgrade"}};
    EXPECT_TRUE(fields.has_token("Connection", "upgrade"));
    EXPECT_FALSE(fields.has_token("Connection", "close"));
    EXPECT_FALSE(fields.has_token("Upgrade", "x"));
}

}  // namespace
}  // namespace pathology::proxycore::http
