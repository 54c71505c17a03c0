// The table of doc/scenarios.md against the tests: it names none that does not exist, and lacks none with a number.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore {
namespace {

std::string text_of(std::filesystem::path const& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// What stands between `open` and `close`, wherever it does.
std::vector<std::string> between(std::string_view text, std::string_view open, char close) {
    std::vector<std::string> found;
    for (std::size_t at = 0; (at = text.find(open, at)) != text.npos;) {
        at += open.size();
        auto const end = std::min(text.find(close, at), text.size());
        found.emplace_back(text.substr(at, end - at));
        at = end;
    }
    return found;
}

bool is_name(std::string_view text) {
    auto const is_part = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
    return !text.empty() && std::all_of(text.begin(), text.end(), is_part);
}

/// "Suite.Name" of each test that a source defines.
std::set<std::string> tests_in(std::string const& source) {
    std::set<std::string> names;
    for (auto const* macro : {"\nTEST(", "\nTEST_P(", "\nTEST_F("}) {
        for (auto const& arguments : between(source, macro, ')')) {
            auto const comma = arguments.find(',');
            auto const name = arguments.find_first_not_of(" \n", comma + 1);
            if (name != arguments.npos) names.insert(arguments.substr(0, comma) + "." + arguments.substr(name));
        }
    }
    return names;
}

/// "Suite.Name" of each test that the page names in backquotes.
std::set<std::string> tests_of_page(std::string const& page) {
    std::set<std::string> names;
    for (auto const& line : between(page, "\n| P", '\n')) {
        for (auto const& quoted : between(line, "`", '`')) {
            auto const dot = quoted.find('.');
            if (dot == quoted.npos) continue;
            if (is_name(quoted.substr(0, dot)) && is_name(quoted.substr(dot + 1))) names.insert(quoted);
        }
    }
    return names;
}

std::set<std::string> all_tests() {
    std::set<std::string> tests;
    for (auto const* folder : {TEST_FOLDER, INTEGRATION_TEST_FOLDER}) {
        for (auto const& entry : std::filesystem::recursive_directory_iterator(folder)) {
            if (entry.path().extension() == ".cpp") tests.merge(tests_in(text_of(entry.path())));
        }
    }
    return tests;
}

/// Whether a name says which scenario it holds: "P33_a_…", in either of its parts.
bool has_number(std::string const& name) {
    static std::regex const number(R"((^|\.)P\d\d_[a-z]_)");
    return std::regex_search(name, number);
}

TEST(Scenarios, AreHeldByTestsThatExist) {
    auto const tests = all_tests();
    auto const listed = tests_of_page(text_of(SCENARIOS_PAGE));
    EXPECT_GT(listed.size(), 50U);
    for (auto const& name : listed) EXPECT_TRUE(tests.contains(name)) << name << " is no test";
}

TEST(Scenarios, AreListedWhereATestHasTheirNumber) {
    auto const listed = tests_of_page(text_of(SCENARIOS_PAGE));
    for (auto const& name : all_tests()) {
        EXPECT_TRUE(!has_number(name) || listed.contains(name)) << name << " is not on the page";
    }
}

}  // namespace
}  // namespace pathology::proxycore
