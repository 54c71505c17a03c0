#include <pathology/language/load.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/language/parse.hpp>

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
