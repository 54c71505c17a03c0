// doc/filters.md says what the code does.

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <pathology/proxycore/filter/filter.hpp>
#include <regex>
#include <string>

#include "filter/operators.hpp"

namespace pathology::proxycore::filter {
namespace {

using testing::HasSubstr;

std::string page() {
    std::ifstream file(FILTERS_PAGE);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(FiltersPage, NamesEveryOperator) {
    auto const text = page();
    for (auto const& one : operators()) {
        auto const name = "`~" + std::string(one.name);
        EXPECT_TRUE(text.find(name + "`") != text.npos || text.find(name + " ") != text.npos) << name;
    }
}

/// A row of a table is `expression` and `canonical text`; a | in it is written with a backslash.
TEST(FiltersPage, HasExamplesThatAreTrue) {
    auto text = page();
    text.erase(0, text.find("| expression | is |"));
    text.erase(text.find("\n\n"));
    std::regex const row(R"(\| `(.*)` \| `(.*)` \|)");
    std::size_t rows = 0;
    for (std::sregex_iterator i(text.begin(), text.end(), row), end; i != end; ++i, ++rows) {
        std::regex const bar(R"(\\\|)");
        auto const expression = std::regex_replace((*i)[1].str(), bar, "|");
        EXPECT_EQ(to_string(Filter::parse(expression).value().expression()),
                  std::regex_replace((*i)[2].str(), bar, "|"));
    }
    EXPECT_GE(rows, 8U);
}

TEST(FiltersPage, ShowsAnErrorAsItIs) {
    std::string_view const text = "~q & (~c abc)";
    EXPECT_THAT(page(), HasSubstr("```text\n" + describe(Filter::parse(text).error(), text) + "\n```"));
}

}  // namespace
}  // namespace pathology::proxycore::filter
