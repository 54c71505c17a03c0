#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/language/alternatives.hpp>
#include <string>

namespace pathology::language {
namespace {

struct Row {
    std::string_view name, text;
    std::vector<std::string> parts;
};
void PrintTo(Row const& row, std::ostream* out) { *out << row.name; }

class SplitAlternatives : public testing::TestWithParam<Row> {};

TEST_P(SplitAlternatives, AtBarsBetweenBlanks) {
    std::vector<std::string> parts;
    for (auto const span : split_alternatives(GetParam().text))
        parts.emplace_back(GetParam().text.substr(span.begin, span.end - span.begin));
    EXPECT_EQ(parts, GetParam().parts);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, SplitAlternatives,
    testing::Values(Row{"One", "200", {"200"}}, Row{"Empty", "", {""}},
                    Row{"Three", "503 | 503 | 200", {"503", "503", "200"}},
                    Row{"Lines", "503\n| 200\r\n|\t404 ", {"503", "200", "404"}},
                    Row{"AtTheEnds", "| 503 |", {"", "503", ""}}, Row{"InARow", "503 | | 200", {"503", "", "200"}},
                    Row{"WithoutBlanks", "200:ba|b| c |d", {"200:ba|b| c |d"}},
                    Row{"InQuotes", "200:b'a | b':h\"x | y\"='z' | 404", {"200:b'a | b':h\"x | y\"='z'", "404"}},
                    Row{"EscapedQuote", R"(200:b'a\' | b' | 404)", {R"(200:b'a\' | b')", "404"}},
                    Row{"PathWithoutEscapes", R"(200:b<'a\' | 404)", {R"(200:b<'a\')", "404"}},
                    Row{"OpenQuote", "200:b'a | 404", {"200:b'a | 404"}},
                    Row{"InAComment", "503\n# no | bar\n| 200", {"503\n# no | bar", "200"}}),
    [](auto const& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pathology::language
