#include <pathology/language/files.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/folder.hpp"

namespace pathology::language {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

/// A folder `open` whose files may be read, and things around it that may not.
class Below : public testing::Test {
protected:
    Below() {
        folder.write("open/file", "content");
        folder.write("open/sub/inner", "inner");
        folder.write("open/empty", "");
        folder.write("open-too/file", "secret");
        folder.write("outside", "secret");
        fs::create_symlink("../outside", folder.path() / "open/link-out");
        fs::create_directory_symlink("../open-too", folder.path() / "open/folder-out");
        fs::create_symlink("sub/inner", folder.path() / "open/link-in");
        fs::create_symlink("circle", folder.path() / "open/circle");
        ::mkfifo((folder.path() / "open/pipe").c_str(), 0600);
    }

    FileAccess access() const { return FileAccess::below(folder.path() / "open"); }

    /// The content of a file, or why it cannot be had.
    static std::string content(FileAccess const& files, std::string_view path) {
        auto const file = files.open(path);
        if (file.has_error()) {
            EXPECT_EQ(file.error().code, SpecErrc::file_access);
            return file.error().message;
        }
        std::string text((*file)->size(), '\0');
        auto const read = (*file)->read(0, text);
        return read.has_error() ? read.error().message : text;
    }

    pathology::test::Folder folder;
};

TEST_F(Below, OpensWhatLiesInTheFolder) {
    EXPECT_EQ(content(access(), "file"), "content");
    EXPECT_EQ(content(access(), "sub/inner"), "inner");
    EXPECT_EQ(content(access(), "empty"), "");
    EXPECT_EQ(content(access(), "link-in"), "inner");
    EXPECT_EQ(content(access(), "./sub/../file"), "content");
    EXPECT_EQ(content(access(), "../open/file"), "content");
    EXPECT_EQ(content(access(), (folder.path() / "open/file").string()), "content");
}

struct RefusedFileCase {
    std::string_view name, path, says;
};

void PrintTo(RefusedFileCase const& c, std::ostream* out) { *out << c.name; }

class RefusedFile : public Below, public testing::WithParamInterface<RefusedFileCase> {};

TEST_P(RefusedFile, IsNamedWithTheReason) {
    auto const says = content(access(), GetParam().path);
    EXPECT_EQ(says, "cannot load file '" + std::string(GetParam().path) + "': " + std::string(GetParam().says));
}

constexpr std::string_view outside = "it is outside the folder for files";
RefusedFileCase const refused_files[] = {
    {"Parent", "../outside", outside},
    {"ParentOfAParent", "sub/../../outside", outside},
    {"SiblingWithTheSamePrefix", "../open-too/file", outside},
    {"SymbolicLink", "link-out", outside},
    {"SymbolicLinkToAFolder", "folder-out/file", outside},
    {"AbsolutePath", "/etc/passwd", outside},
    {"Folder", "sub", "it is not a regular file"},
    {"TheFolderItself", ".", "it is not a regular file"},
    {"Pipe", "pipe", "it is not a regular file"},
    {"Missing", "missing", "No such file or directory"},
    {"FileAsFolder", "file/x", "Not a directory"},
    {"Circle", "circle", "Too many levels of symbolic links"},
    {"Empty", "", "the path is empty"},
    {"ZeroByte", std::string_view("file\0.txt", 9), "the path contains a zero byte"},
};
INSTANTIATE_TEST_SUITE_P(Files, RefusedFile, testing::ValuesIn(refused_files),
                         [](auto const& row) { return std::string(row.param.name); });

TEST_F(Below, RefusesDevices) {
    EXPECT_THAT(content(FileAccess::anywhere(), "/dev/zero"), HasSubstr("it is not a regular file"));
}

TEST_F(Below, FollowsTheFolderWhenItIsALink) {
    fs::create_directory_symlink("open", folder.path() / "alias");
    auto const files = FileAccess::below(folder.path() / "alias");
    EXPECT_EQ(content(files, "file"), "content");
    EXPECT_THAT(content(files, "../outside"), HasSubstr(outside));
}

TEST_F(Below, RefusesEverythingWhenTheFolderIsMissing) {
    EXPECT_THAT(content(FileAccess::below(folder.path() / "none"), "file"), HasSubstr("No such file"));
}

TEST_F(Below, NoneRefusesEverything) {
    EXPECT_EQ(content(FileAccess::none(), "file"), "cannot load file 'file': no folder for files was given");
}

TEST_F(Below, AnywhereStartsAtItsFolder) {
    auto const files = FileAccess::anywhere(folder.path() / "open");
    EXPECT_EQ(content(files, "file"), "content");
    EXPECT_EQ(content(files, "../outside"), "secret");
    EXPECT_EQ(content(files, (folder.path() / "outside").string()), "secret");
}

TEST_F(Below, ReadsFromAnyPlace) {
    auto const file = access().open("file").value();
    std::string part(3, '\0');
    ASSERT_TRUE(file->read(2, part).has_value());
    EXPECT_EQ(part, "nte");
}

TEST_F(Below, ReportsAFileThatBecameShorter) {
    auto const file = access().open("file").value();
    fs::resize_file(folder.path() / "open/file", 3);
    std::string text(file->size(), '\0');
    auto const read = file->read(0, text);
    ASSERT_TRUE(read.has_error());
    EXPECT_EQ(read.error().message, "cannot load file 'file': it became shorter while it was being sent");
}

TEST_F(Below, KeepsAFileThatIsRemovedWhileItIsOpen) {
    auto const file = access().open("file").value();
    fs::remove(folder.path() / "open/file");
    std::string text(file->size(), '\0');
    ASSERT_TRUE(file->read(0, text).has_value());
    EXPECT_EQ(text, "content");
}

}  // namespace
}  // namespace pathology::language
