// The code of doc/testkit.md is that of recipes_test.cpp, which is compiled and run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/page.hpp"

namespace pathology::testkit {
namespace {

using testing::HasSubstr;

std::string content(char const* path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(Document, ShowsCodeThatIsRun) {
    auto const recipes = content(RECIPES);
    auto const shown = test::blocks_of(TESTKIT_PAGE, "cpp");
    EXPECT_GE(shown.size(), 10U);
    for (auto const& block : shown) EXPECT_THAT(recipes, HasSubstr(block.text));
}

/// The code in the last cell of each row of the page's tables.
std::vector<std::string> code_cells(std::string const& page) {
    std::vector<std::string> cells;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        auto const begin = line.rfind("| `");
        if (line.starts_with("|") && line.ends_with("` |") && begin > 0)
            cells.push_back(line.substr(begin + 3, line.size() - begin - 6));
    }
    return cells;
}

TEST(Document, ComparesMockServersByCodeThatIsRun) {
    auto const run = content(MOCK_SERVERS);
    auto const cells = code_cells(content(MOCK_SERVERS_PAGE));
    EXPECT_GE(cells.size(), 50U);
    for (auto const& cell : cells) EXPECT_THAT(run, HasSubstr(cell));
}

TEST(Document, NamesEveryMatcher) {
    auto const page = content(TESTKIT_PAGE);
    std::istringstream header(content(MATCHERS));
    int matchers = 0;
    for (std::string line; std::getline(header, line);) {
        if (!line.starts_with("RequestMatcher ") && !line.starts_with("ResponseMatcher ") &&
            !line.starts_with("MessageMatcher ") && !line.starts_with("FrameMatcher ")) {
            continue;
        }
        auto const begin = line.find(' ') + 1;
        EXPECT_THAT(page, HasSubstr("`" + line.substr(begin, line.find('(') - begin) + "("));
        ++matchers;
    }
    EXPECT_GE(matchers, 15);
}

}  // namespace
}  // namespace pathology::testkit
