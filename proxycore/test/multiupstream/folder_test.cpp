// Files in a folder, and what cannot be read.
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "multiupstream/summary.hpp"
#include "support/folder.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

namespace fs = std::filesystem;
using test::Folder;

std::string file_of(std::string_view name) {
    return "proxies: [{name: '" + std::string(name) + "', url: 'http://h', rules: [{type: default}]}]\n";
}

/// Root reads everything, so for the time of a test it is another user.
class Unprivileged {
public:
    Unprivileged() {
        if (is_root_ && ::seteuid(65534) != 0) throw std::runtime_error("cannot become another user");
    }
    ~Unprivileged() {
        if (is_root_ && ::seteuid(0) != 0) std::abort();
    }
    Unprivileged(Unprivileged const&) = delete;
    Unprivileged& operator=(Unprivileged const&) = delete;

private:
    bool is_root_ = ::geteuid() == 0;
};

TEST(LoadFolder, P80_c_ReadsEveryFileInOrder) {
    Folder const folder;
    folder.write("proxies_socks5.yaml", file_of("4"));
    folder.write("other.json", R"({"proxies": [{"name": "3", "url": "http://h", "rules": [{"type": "default"}]}]})");
    folder.write("proxies.yaml", file_of("1"));
    folder.write("a.yml", file_of("2"));
    folder.write("\xff.yaml", file_of("5"));
    auto const loaded = load_folder(folder.path());
    ASSERT_TRUE(loaded) << to_string(loaded.error());
    std::string order;
    for (auto const& upstream : loaded->configuration.upstreams) order += upstream.name;
    EXPECT_EQ(order, "12345");
    EXPECT_TRUE(loaded->warnings.empty());
}

TEST(LoadFolder, ReadsNoOtherFiles) {
    Folder const folder;
    folder.write("a.yaml", file_of("a"));
    for (auto const* name :
         {"b.txt", "b.yaml~", "b.yaml.bak", "b.YAML", "b", ".b.yaml", ".#a.yaml", "sub/b.yaml", "folder.yaml/b.yaml"})
        folder.write(name, "not: read");
    EXPECT_EQ(summary(load_folder(folder.path())), "a http://h:80 1; default\n");
}

TEST(LoadFolder, FollowsLinks) {
    Folder const folder, elsewhere;
    fs::create_symlink(elsewhere.write("x", file_of("a")), folder.path() / "a.yaml");
    fs::create_directory_symlink(folder.path(), elsewhere.path() / "link");
    EXPECT_EQ(summary(load_folder(elsewhere.path() / "link")), "a http://h:80 1; default\n");
}

TEST(LoadFolder, TakesMistakesFromTheirFiles) {
    Folder const folder;
    folder.write("a.yaml", "proxies: []\n");
    folder.write("b.json", "");
    EXPECT_EQ(summary(load_folder(folder.path())),
              "a.yaml:1: proxies: expected at least one item in the list\n"
              "b.json: the file is empty; expected a mapping with the key proxies\n");
}

struct FolderCase {
    std::string_view name;
    std::function<void(Folder const&)> make;
    std::string_view tested;   ///< below the folder
    std::string_view mistake;  ///< behind the path of the folder if it begins with a colon
};

class P80_BadFolder : public testing::TestWithParam<FolderCase> {};

TEST_P(P80_BadFolder, P80_d_IsReported) {
    auto const& row = GetParam();
    Folder const folder;
    fs::permissions(folder.path(), fs::perms{0755});
    row.make(folder);
    auto const tested = row.tested.empty() ? folder.path() : folder.path() / row.tested;
    Unprivileged const user;
    auto const expected = (row.mistake.starts_with(':') ? tested.string() : "") + std::string(row.mistake) + "\n";
    EXPECT_EQ(summary(load_folder(tested)), expected);
}

void nothing(Folder const& /*folder*/) {}

INSTANTIATE_TEST_SUITE_P(
    Folders, P80_BadFolder,
    testing::Values(
        FolderCase{"Missing", nothing, "x", ": the folder does not exist"},
        FolderCase{"BelowAFile", [](Folder const& folder) { folder.write("x", ""); }, "x/y",
                   ": the folder does not exist"},
        FolderCase{"File", [](Folder const& folder) { folder.write("x", ""); }, "x",
                   ": not a folder; name the one that has the files"},
        FolderCase{"Empty", nothing, "", ": no file in the folder ends in .yaml, .yml or .json"},
        FolderCase{"OtherFiles", [](Folder const& folder) { folder.write("proxies.txt", ""); }, "",
                   ": no file in the folder ends in .yaml, .yml or .json"},
        FolderCase{"Unreadable",
                   [](Folder const& folder) {
                       folder.write("x/a.yaml", file_of("a"));
                       fs::permissions(folder.path() / "x", fs::perms::none);
                   },
                   "x", ": cannot read the folder: Permission denied"},
        FolderCase{"TooManyFiles",
                   [](Folder const& folder) {
                       for (int i = 0; i < 257; ++i) folder.write("a" + std::to_string(i) + ".yaml", "");
                   },
                   "", ": more than 256 files"},
        FolderCase{"UnreadableFile",
                   [](Folder const& folder) {
                       folder.write("a.yaml", file_of("a"));
                       fs::permissions(folder.path() / "a.yaml", fs::perms::none);
                   },
                   "", "a.yaml: cannot read the file: Permission denied"},
        FolderCase{"BrokenLink", [](Folder const& folder) { fs::create_symlink("x", folder.path() / "a.yaml"); }, "",
                   "a.yaml: cannot read the file: No such file or directory"},
        FolderCase{"CircularLink", [](Folder const& folder) { fs::create_symlink("a.yaml", folder.path() / "a.yaml"); },
                   "", "a.yaml: cannot read the file: Too many levels of symbolic links"},
        FolderCase{"Pipe",
                   [](Folder const& folder) { ASSERT_EQ(::mkfifo((folder.path() / "a.yaml").c_str(), 0666), 0); }, "",
                   "a.yaml: neither a file nor a link to one"},
        FolderCase{"Device", [](Folder const& folder) { fs::create_symlink("/dev/zero", folder.path() / "a.yaml"); },
                   "", "a.yaml: neither a file nor a link to one"},
        FolderCase{"LargeFile",
                   [](Folder const& folder) {
                       folder.write("a.yaml", "");
                       fs::resize_file(folder.path() / "a.yaml", std::uintmax_t{1} << 40);
                   },
                   "", "a.yaml: larger than 4 MiB"},
        FolderCase{"BinaryFile",
                   [](Folder const& folder) {
                       folder.write("a.yaml", std::string_view("\x7f"
                                                               "ELF\0\xff",
                                                               6));
                   },
                   "", "a.yaml: a zero byte: the file is binary, or in an encoding other than UTF-8"}),
    [](auto const& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pathology::proxycore::multiupstream
