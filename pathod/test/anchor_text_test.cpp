#include "anchor_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pathology::pathod {
namespace {

struct SplitCase {
    std::string_view name, argument, pattern, spec;
};
class SplitAnchor : public testing::TestWithParam<SplitCase> {};

TEST_P(SplitAnchor, TakesTheFirstBareEqualsSign) {
    auto const parts = split_anchor(GetParam().argument);
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->pattern, GetParam().pattern);
    EXPECT_EQ(parts->spec, GetParam().spec);
}

INSTANTIATE_TEST_SUITE_P(
    Arguments, SplitAnchor,
    testing::Values(SplitCase{"Plain", "/foo=200", "/foo", "200"},
                    SplitCase{"SpecWithEquals", "/foo=200:h'a'='b'", "/foo", "200:h'a'='b'"},
                    SplitCase{"Escaped", R"(/foo\?a\=b=200)", R"(/foo\?a\=b)", "200"},
                    SplitCase{"InClass", "/[a=]=200", "/[a=]", "200"},
                    SplitCase{"LookAhead", "/(?=foo)f=200", "/(?=foo)f", "200"},
                    SplitCase{"ParenthesisInClass", "/[(]=200", "/[(]", "200"},
                    SplitCase{"OpenParenthesis", "/(foo=200", "/(foo", "200"},
                    SplitCase{"EmptyPattern", "=200", "", "200"},
                    SplitCase{"QuotesOfARegex", "/it's=200:b'='", "/it's", "200:b'='"},
                    SplitCase{"Filter", "~m POST & ~u /pay=200", "~m POST & ~u /pay", "200"},
                    SplitCase{"FilterWithQuotes", R"(~hq "A=b" & ~u '/?a\'=1'=200:h'a'='b')",
                              R"(~hq "A=b" & ~u '/?a\'=1')", "200:h'a'='b'"},
                    SplitCase{"FilterWithAnEscapedBackslash", R"(~u "\\"=200:b"=")", R"(~u "\\")", R"(200:b"=")"},
                    SplitCase{"FilterInParentheses", "!(~u a=b | ~q)=200", "!(~u a=b | ~q)", "200"},
                    SplitCase{"FilterWithAnEscape", R"(~u a\=b=200)", R"(~u a\=b)", "200"},
                    SplitCase{"FilterWithAClass", "~u /x[=]=200", "~u /x[=]", "200"},
                    SplitCase{"FilterEndsAtTheFirst", "~u /x?a=1=200", "~u /x?a", "1=200"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(SplitAnchor, WantsAnEqualsSign) { EXPECT_FALSE(split_anchor("/foo")); }

TEST(IsFilter, WhatBeginsWithAnOperator) {
    for (auto const* text : {"~m POST", "!~q", "! ~q", "(~q)", "!(~m GET | ~q)", "(( ~q))", " ~q"})
        EXPECT_TRUE(is_filter(text)) << text;
    for (auto const* text :
         {"", "/pay", "(/a|/b)", "!", "!/a", "(", "~", "~/a", "(~|/)x", "(?:~a|/)x", "/a ~q", "[~a]", "a"})
        EXPECT_FALSE(is_filter(text)) << text;
}

}  // namespace
}  // namespace pathology::pathod
