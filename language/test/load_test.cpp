#include <pathology/language/load.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <pathology/language/parse.hpp>
#include <stdexcept>
#include <thread>

#include "support/folder.hpp"

namespace pathology::language {
namespace {

struct CommentCase {
    std::string_view name, file, text;
};

void PrintTo(CommentCase const& c, std::ostream* out) { *out << c.name; }

class SpecFile : public testing::TestWithParam<CommentCase> {};

TEST_P(SpecFile, HasBlanksForComments) {
    pathology::test::Folder const folder;
    folder.write("spec", GetParam().file);
    auto const text = load_spec("+spec", FileAccess::below(folder.path()));
    ASSERT_TRUE(text.has_value()) << text.error().message;
    EXPECT_EQ(*text, GetParam().text);
    EXPECT_EQ(text->size(), GetParam().file.size()) << "so lines and columns are those of the file";
}

CommentCase const comment_cases[] = {
    {"None", "200:b'x'\n", "200:b'x'\n"},
    {"FirstLine", "# hi\n200", "    \n200"},
    {"BetweenFeatures", "200\n# hi\n:r", "200\n    \n:r"},
    {"AfterBlanks", "200\n \t# hi\n:r", "200\n \t    \n:r"},
    {"TwoInARow", "#a\n#b\n200", "  \n  \n200"},
    {"LastWithoutNewline", "200\n# hi", "200\n    "},
    {"WindowsLines", "# hi\r\n200\r\n#x\r\n:r", "     \n200\r\n   \n:r"},
    {"QuotesInAComment", "# it's \"\n200\n# '\n:r", "        \n200\n   \n:r"},
    {"NotAfterText", "200:m# x", "200:m# x"},
    {"NotInAWord", "200:b#x", "200:b#x"},
    {"NotInALiteral", "200:b'\n# text\n'", "200:b'\n# text\n'"},
    {"NotInADoubleQuotedLiteral", "200:b\"'\n# text\"", "200:b\"'\n# text\""},
    {"NotBehindAnEscapedQuote", "200:b'\\'\n# text'", "200:b'\\'\n# text'"},
    {"AfterALiteralWithBackslashes", "200:b'\\\\'\n# hi\n", "200:b'\\\\'\n    \n"},
    {"AfterAPathThatEndsInABackslash", "200:b<'a\\'\n# hi\n", "200:b<'a\\'\n    \n"},
    {"Empty", "", ""},
};
INSTANTIATE_TEST_SUITE_P(Comments, SpecFile, testing::ValuesIn(comment_cases),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(LoadSpec, TakesAnArgumentWithoutPlusAsItIs) {
    EXPECT_EQ(load_spec("200:b'+'", FileAccess::none()).value(), "200:b'+'");
    EXPECT_EQ(load_spec("# 200", FileAccess::none()).value(), "# 200");
    EXPECT_EQ(load_spec("", FileAccess::none()).value(), "");
}

TEST(LoadSpec, GivesFailuresTheirPlaceInTheFile) {
    pathology::test::Folder const folder;
    folder.write("spec", "# a response\n200\n  # and its pause\n  :p10,x\n");
    auto const text = load_spec("+spec", FileAccess::below(folder.path())).value();
    auto const parsed = parse_response(text);
    ASSERT_TRUE(parsed.has_error());
    EXPECT_EQ(describe(parsed.error(), text, "spec"), "spec:4:8: expected seconds (a number or f)\n  :p10,x\n       ^");
}

TEST(LoadSpec, RefusesWhatMayNotBeRead) {
    pathology::test::Folder const folder;
    for (auto const* argument : {"+missing", "+", "+../x", "+."}) {
        auto const text = load_spec(argument, FileAccess::below(folder.path()));
        ASSERT_TRUE(text.has_error()) << argument;
        EXPECT_EQ(text.error().code, SpecErrc::file_access);
    }
}

/// A pipe that holds a text, as a shell makes it for `<(command)`.
class FilledPipe {
public:
    explicit FilledPipe(std::string_view text) {
        if (::pipe(ends_.data()) != 0) throw std::runtime_error("no pipe");
        if (::write(ends_[1], text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            throw std::runtime_error("the pipe is full");
        ::close(ends_[1]);
    }
    ~FilledPipe() { ::close(ends_[0]); }
    FilledPipe(FilledPipe const&) = delete;
    FilledPipe& operator=(FilledPipe const&) = delete;

    std::string path() const { return "/dev/fd/" + std::to_string(ends_[0]); }

private:
    std::array<int, 2> ends_{};
};

TEST(SpecArgument, C15_ReadsPipesWithAndWithoutPlus) {
    for (std::string const prefix : {"", "+"}) {
        FilledPipe const pipe("# hi\n200");
        auto const text = read_spec_argument(prefix + pipe.path(), FileAccess::none());
        ASSERT_TRUE(text.has_value()) << text.error().message;
        EXPECT_EQ(text->text, "    \n200");
        EXPECT_EQ(text->name, pipe.path());
    }
}

TEST(SpecArgument, C15_ReadsNamedPipes) {
    pathology::test::Folder const folder;
    auto const path = (folder.path() / "fifo").string();
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    std::thread writer([&] { std::ofstream(path) << "200:b'x'"; });
    auto const text = read_spec_argument(path, FileAccess::none());
    writer.join();
    EXPECT_EQ(text.value().text, "200:b'x'");
}

TEST(SpecArgument, C15_ReadsADeviceUpToTheLimit) {
    EXPECT_EQ(read_spec_argument("+/dev/null", FileAccess::none()).value().text, "");
    auto const endless = read_spec_argument("+/dev/zero", FileAccess::none());
    ASSERT_TRUE(endless.has_error());
    EXPECT_EQ(endless.error().code, SpecErrc::too_long);
    EXPECT_EQ(endless.error().message, "the spec from '/dev/zero' has more bytes than the limit of 16777216");
    EXPECT_EQ(read_spec_argument("+/dev/fd/4000000", FileAccess::none()).error().code, SpecErrc::file_access);
}

TEST(SpecArgument, C15_LeavesPipesOfRequestsRefused) {
    FilledPipe const pipe("200");
    for (auto const& files : {FileAccess::none(), FileAccess::below("/tmp"), FileAccess::anywhere()})
        EXPECT_EQ(load_spec("+" + pipe.path(), files).error().code, SpecErrc::file_access);
}

TEST(SpecArgument, ReadsFilesAndSpecs) {
    pathology::test::Folder const folder;
    auto const path = folder.write("spec", "# hi\n200");
    EXPECT_EQ(read_spec_argument(path, FileAccess::none()).value().text, "    \n200");
    EXPECT_EQ(read_spec_argument("+spec", FileAccess::below(folder.path())).value().name, "spec");
    EXPECT_EQ(read_spec_argument("+spec", FileAccess::none()).error().code, SpecErrc::file_access);
    EXPECT_EQ(read_spec_argument("200", FileAccess::none()).value().name, "spec");
    EXPECT_EQ(read_spec_argument("", FileAccess::none()).value().text, "");
}

TEST(LoadSpec, RefusesHugeFilesWithoutReadingThem) {
    pathology::test::Folder const folder;
    folder.write("huge", "");
    std::filesystem::resize_file(folder.path() / "huge", (16U << 20U) + 1);
    auto const text = load_spec("+huge", FileAccess::below(folder.path()));
    ASSERT_TRUE(text.has_error());
    EXPECT_EQ(text.error().code, SpecErrc::too_long);
    EXPECT_EQ(text.error().message, "the spec file 'huge' has 16777217 bytes; the limit is 16777216");
}

}  // namespace
}  // namespace pathology::language
