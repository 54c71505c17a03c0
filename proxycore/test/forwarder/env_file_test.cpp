// The grammar of `.env` files.
#include "forwarder/env_file.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "support/row_name.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using pathology::test::row_name;

struct LineCase {
    char const* name;
    std::string_view text;
    std::string_view becomes;  ///< "NAME=value" of each line, with commas; "!number" for an invalid one
};
void PrintTo(LineCase const& row, std::ostream* out) { *out << row.name; }

std::string text_of(EnvText const& parsed) {
    std::string text;
    for (auto const& [name, value, number] : parsed.lines) text += (text.empty() ? "" : ",") + name + "=" + value;
    for (auto const number : parsed.invalid) text += (text.empty() ? "!" : ",!") + std::to_string(number);
    return text;
}

class EnvFileLine : public testing::TestWithParam<LineCase> {};

TEST_P(EnvFileLine, IsParsed) { EXPECT_EQ(text_of(parse_env(GetParam().text)), GetParam().becomes); }

INSTANTIATE_TEST_SUITE_P(
    Values, EnvFileLine,
    testing::Values(LineCase{"Nothing", "", ""}, LineCase{"Blank", " \t\n\n", ""},
                    LineCase{"Comment", "# A=1\n  # B=2", ""}, LineCase{"Plain", "A=1", "A=1"},
                    LineCase{"LineEnds", "A=1\r\nB=2\r\n", "A=1,B=2"}, LineCase{"Export", "export A=1", "A=1"},
                    LineCase{"ExportAsAName", "export=1", "export=1"},
                    LineCase{"ExportedPrefix", "exportA=1", "exportA=1"},
                    LineCase{"ByteOrderMark",
                             "\xef\xbb\xbf"
                             "A=1",
                             "A=1"},
                    LineCase{"Blanks", " A = 1 2 ", "A=1 2"}, LineCase{"Empty", "A=", "A="},
                    LineCase{"EqualSigns", "A=b=c=", "A=b=c="}, LineCase{"CommentBehind", "A=1 # one", "A=1"},
                    LineCase{"NoCommentWithoutBlank", "A=1#one", "A=1#one"}, LineCase{"HashFirst", "A=#one", "A=#one"},
                    LineCase{"OnlyAComment", "A= # one", "A="}, LineCase{"Twice", "A=1\nA=2", "A=1,A=2"},
                    LineCase{"Underscore", "_a1=x", "_a1=x"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(Quotes, EnvFileLine,
                         testing::Values(LineCase{"Single", R"(A='a b\n#c' # d)", R"(A=a b\n#c)"},
                                         LineCase{"Double", R"(A="a # b")", "A=a # b"},
                                         LineCase{"Escapes", R"(A="\n\t\"\\\q")", "A=\n\t\"\\\\q"},
                                         LineCase{"EmptyQuotes", "A=''\nB=\"\"", "A=,B="},
                                         LineCase{"QuoteInside", "A=it's", "A=it's"},
                                         LineCase{"BlankBefore", "A= 'b'", "A=b"}),
                         row_name);

INSTANTIATE_TEST_SUITE_P(
    Invalid, EnvFileLine,
    testing::Values(LineCase{"NoEqualSign", "A=1\nB\nC=3", "A=1,C=3,!2"}, LineCase{"NoName", "=1", "!1"},
                    LineCase{"BadName", "1A=x\nA B=x\nA-B=x", "!1,!2,!3"}, LineCase{"OpenSingle", "A='b", "!1"},
                    LineCase{"OpenDouble", "A=\"b\\\"", "!1"}, LineCase{"BehindQuotes", "A='b'c", "!1"},
                    LineCase{"CommentAtTheQuote", "A='b'#c", "!1"}, LineCase{"EscapedEnd", "A=\"b\\", "!1"}),
    row_name);

TEST(EnvFile, KnowsTheNumbersOfLines) {
    auto const parsed = parse_env("# one\n\nA=1\n  B=2");
    ASSERT_EQ(parsed.lines.size(), 2U);
    EXPECT_EQ(parsed.lines[0].number, 3U);
    EXPECT_EQ(parsed.lines[1].number, 4U);
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
