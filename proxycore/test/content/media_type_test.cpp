#include <gtest/gtest.h>

#include <ostream>

#include "content/media_type.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::content {
namespace {

struct TypeCase {
    std::string_view name, field;
    MediaType type;
    std::string_view printed;
};
void PrintTo(TypeCase const& row, std::ostream* out) { *out << row.name; }
class Type : public testing::TestWithParam<TypeCase> {};
TEST_P(Type, IsRead) { EXPECT_EQ(parse_media_type(GetParam().field), GetParam().type); }
TEST_P(Type, IsPrinted) { EXPECT_EQ(to_string(GetParam().type), GetParam().printed); }
INSTANTIATE_TEST_SUITE_P(
    Table, Type,
    testing::Values(TypeCase{"Plain", "text/plain", {"text", "plain"}, "text/plain"},
                    TypeCase{"UpperCase",
                             " Text/HTML ; Charset=UTF-8",
                             {"text", "html", {{"Charset", "UTF-8"}}},
                             "text/html; Charset=UTF-8"},
                    TypeCase{"Quoted",
                             R"(a/b; c="d; \"e\""; f=g)",
                             {"a", "b", {{"c", R"(d; "e")"}, {"f", "g"}}},
                             R"(a/b; c="d; \"e\""; f=g)"},
                    TypeCase{"NeedlessQuotes", R"(a/b;c="d")", {"a", "b", {{"c", "d"}}}, "a/b; c=d"},
                    TypeCase{"OpenQuote", R"(a/b; c="d)", {"a", "b", {{"c", "d"}}}, "a/b; c=d"},
                    TypeCase{"NoValue", "a/b; c; d=e;", {"a", "b", {{"d", "e"}}}, "a/b; d=e"},
                    TypeCase{"EmptyValue", "a/b; c=; =d", {"a", "b", {{"c", ""}}}, R"(a/b; c="")"},
                    TypeCase{"Suffix", "application/ld+json", {"application", "ld+json"}, "application/ld+json"}),
    test::row_name);

TEST(MediaType, NeedsTypeAndSubtype) {
    for (auto const field : {"", "text", "text/", "/plain", "te xt/plain", "; charset=utf-8"})
        EXPECT_EQ(parse_media_type(field), std::nullopt) << field;
}

TEST(MediaType, FindsAndSetsParametersInAnyCase) {
    auto type = *parse_media_type("a/b; X=1; x=2; y=3");
    EXPECT_EQ(type.parameter("x"), "1");
    EXPECT_EQ(type.parameter("z"), std::nullopt);
    type.set_parameter("x", "new");
    type.set_parameter("z", "4");
    EXPECT_EQ(to_string(type), "a/b; X=new; x=2; y=3; z=4");
}

}  // namespace
}  // namespace pathology::proxycore::content
