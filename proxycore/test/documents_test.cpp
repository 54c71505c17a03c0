// Every path that a document or a source names as one of this repository exists.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore {
namespace {

namespace fs = std::filesystem;

fs::path const top = SOURCE_FOLDER;

std::string text_of(fs::path const& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// What the group `group` of a pattern matches, wherever the pattern does.
std::vector<std::string> matches_of(std::string const& text, char const* pattern, std::size_t group) {
    std::regex const regex(pattern);
    std::vector<std::string> found;
    for (std::sregex_iterator i(text.begin(), text.end(), regex), end; i != end; ++i) found.push_back((*i)[group]);
    return found;
}

std::vector<fs::path> files_under(fs::path const& folder, std::vector<std::string_view> const& extensions) {
    std::vector<fs::path> found;
    for (auto const& entry : fs::recursive_directory_iterator(folder)) {
        auto const extension = entry.path().extension().string();
        if (std::find(extensions.begin(), extensions.end(), extension) != extensions.end())
            found.push_back(entry.path());
    }
    return found;
}

/// All pages; with decisions, which tell what was so when they were written, only on request.
std::vector<fs::path> pages(bool with_decisions) {
    auto found = files_under(top / "doc", {".md"});
    std::erase_if(found, [&](auto const& page) { return !with_decisions && page.parent_path().filename() == "adr"; });
    for (auto const* name : {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "proxycore/README.md"})
        found.push_back(top / name);
    return found;
}

std::string name_of(fs::path const& page) { return fs::relative(page, top).string(); }

/// Whether a header, as `net/stream.hpp`, is one of the repository: from its top, or in the room of a component.
bool is_header(std::string const& path) {
    if (fs::exists(top / path)) return true;
    for (auto const* component : {"language", "proxycore", "pathod", "pathoc", "testkit"}) {
        auto const folder = top / component;
        if (fs::exists(folder / "include" / path) || fs::exists(folder / "src" / path) ||
            fs::exists(folder / "include/pathology" / component / path))
            return true;
    }
    return false;
}

TEST(Documents, LinkToFilesThatExist) {
    std::size_t links = 0;
    for (auto const& page : pages(true)) {
        for (auto const& target : matches_of(text_of(page), R"(\]\(([^)#\s]+)(#[^)\s]*)?\))", 1)) {
            if (target.find("://") != target.npos) continue;
            EXPECT_TRUE(fs::exists(page.parent_path() / target)) << name_of(page) << " links to " << target;
            ++links;
        }
    }
    EXPECT_GT(links, 30U);
}

TEST(Documents, NamePathsThatExist) {
    constexpr auto pattern =
        R"((^|[^\w/.<~:@-])((doc|cmake|language|proxycore|pathod|pathoc|testkit|integration)/[A-Za-z0-9_./-]*))";
    std::size_t paths = 0;
    for (auto const& page : pages(false)) {
        for (auto path : matches_of(text_of(page), pattern, 2)) {
            if (path.back() == '.') path.pop_back();  // the end of a sentence
            EXPECT_TRUE(fs::exists(top / path)) << name_of(page) << " names " << path;
            ++paths;
        }
    }
    EXPECT_GT(paths, 50U);
}

TEST(Documents, NameHeadersThatExist) {
    std::size_t headers = 0;
    for (auto const& page : pages(false)) {
        for (auto const& path : matches_of(text_of(page), R"([`<]((\w+/)+\w+\.hpp)[`>])", 1)) {
            if (path.starts_with("boost/")) continue;
            EXPECT_TRUE(is_header(path)) << name_of(page) << " names " << path;
            ++headers;
        }
    }
    EXPECT_GT(headers, 10U);
}

/// Help texts, comments and scripts.
TEST(Documents, ExistWhereSourcesNameThem) {
    std::size_t mentions = 0;
    for (auto const* folder : {"cmake", "language", "proxycore", "pathod", "pathoc", "testkit", "integration"}) {
        for (auto const& file : files_under(top / folder, {".cpp", ".hpp", ".cmake", ".txt", ".py"})) {
            for (auto const& page : matches_of(text_of(file), R"(\bdoc/[\w/.-]+\.md)", 0)) {
                EXPECT_TRUE(fs::exists(top / page)) << name_of(file) << " names " << page;
                ++mentions;
            }
        }
    }
    EXPECT_GT(mentions, 5U);
}

}  // namespace
}  // namespace pathology::proxycore
