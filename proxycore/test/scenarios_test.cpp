// The table of doc/scenarios.md against the tests: it names none that does not exist.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace pathology::proxycore {
namespace {

std::string text_of(std::filesystem::path const& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Suite and name, joined by a point, of each match with two groups.
std::set<std::string> names_in(std::string const& text, std::regex const& form) {
    std::set<std::string> names;
    for (std::sregex_iterator match(text.begin(), text.end(), form), end; match != end; ++match)
        names.insert((*match)[1].str() + "." + (*match)[2].str());
    return names;
}

TEST(Scenarios, AreHeldByTestsThatExist) {
    std::set<std::string> tests;
    std::regex const test_form(R"(\nTEST(?:_P|_F)?\((\w+),\s+(\w+)\))");
    for (auto const& entry : std::filesystem::recursive_directory_iterator(TEST_FOLDER))
        if (entry.path().extension() == ".cpp") tests.merge(names_in(text_of(entry.path()), test_form));
    auto const listed = names_in(text_of(SCENARIOS_PAGE), std::regex(R"(`(\w+)\.(\w+)`)"));
    EXPECT_GT(listed.size(), 50U);
    for (auto const& name : listed) EXPECT_TRUE(tests.contains(name)) << name << " is no test";
}

}  // namespace
}  // namespace pathology::proxycore
