#include "escape.hpp"

#include <gtest/gtest.h>

#include <pathology/language/print.hpp>

namespace pathology::language {
namespace {

std::string decoded(std::string_view text) {
    std::string out;
    auto const* const bad = unescape(text, out);
    return bad == nullptr ? out : "bad at " + std::to_string(bad - text.data());
}

TEST(Escape, BringsEveryByteBack) {
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            std::string const bytes{static_cast<char>(first), static_cast<char>(second)};
            auto const text = escape(bytes);
            ASSERT_EQ(decoded(text), bytes) << text;
            ASSERT_EQ(text.find('\''), std::string::npos);
            for (char const c : text) ASSERT_TRUE(c >= ' ' && c < '\x7f') << text;
        }
    }
}

TEST(Escape, SpellsBytesAsPythonDoes) {
    EXPECT_EQ(escape("a\n\r\t\\'\""), "a\\n\\r\\t\\\\\\x27\"");
    EXPECT_EQ(escape(std::string_view("\0\x1f\x7f\x80\xff", 5)), "\\x00\\x1f\\x7f\\x80\\xff");
}

struct UnescapeCase {
    std::string_view name, text;
    std::string bytes;
};

void PrintTo(UnescapeCase const& c, std::ostream* out) { *out << c.text; }

class Unescape : public testing::TestWithParam<UnescapeCase> {};

TEST_P(Unescape, DecodesAsDocumented) { EXPECT_EQ(decoded(GetParam().text), GetParam().bytes); }

UnescapeCase const unescape_cases[] = {
    {"Nothing", "", ""},
    {"Plain", "plain", "plain"},
    {"Letters", "\\n\\r\\t\\a\\b\\f\\v", "\n\r\t\a\b\f\v"},
    {"Quotes", "\\'\\\"\\\\", "'\"\\"},
    {"BackslashesPairUp", "a\\\\nb", "a\\nb"},
    {"ThreeBackslashes", "\\\\\\n", "\\\n"},
    {"EndOfLine", "a\\\nb", "ab"},
    {"Hex", "\\x41\\xfF\\x00b", std::string("A\xff\0b", 4)},
    {"Octal", "\\0\\7\\101\\1018", std::string("\0\7AA8", 5)},
    {"OctalKeepsEightBits", "\\400\\777", std::string("\0\xff", 2)},
    {"UnknownKeepsItsBackslash", "\\q\\N\\u0041\\8", "\\q\\N\\u0041\\8"},
    {"RealTab", "a\tb", "a\tb"},
    {"BadHex", "ab\\xg0", "bad at 2"},
    {"HalfAHex", "\\x1", "bad at 0"},
    {"HexAtTheEnd", "abc\\x", "bad at 3"},
    {"BackslashAtTheEnd", "\\\\\\", "bad at 2"},
};
INSTANTIATE_TEST_SUITE_P(Escapes, Unescape, testing::ValuesIn(unescape_cases),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(IsBare, LeavesOutWhatEndsAWord) {
    std::string refused;
    for (int byte = 33; byte < 127; ++byte) {
        if (!is_bare(static_cast<char>(byte))) refused += static_cast<char>(byte);
    }
    EXPECT_EQ(refused, "\"',:@");
    for (int byte : {0, 9, 10, 32, 127, 128, 255}) EXPECT_FALSE(is_bare(static_cast<char>(byte))) << byte;
}

}  // namespace
}  // namespace pathology::language
