#include <pathology/language/failure.hpp>

#include <gtest/gtest.h>

namespace pathology::language {
namespace {

struct DescribedCase {
    std::string_view name;
    std::string spec;
    std::uint32_t place;
    std::string text;
};

void PrintTo(DescribedCase const& c, std::ostream* out) { *out << c.name; }

class Describe : public testing::TestWithParam<DescribedCase> {};

TEST_P(Describe, ShowsLineAndCaret) {
    auto const& c = GetParam();
    EXPECT_EQ(describe({SpecErrc::syntax, "no", {c.place, c.place}}, c.spec, "file"), c.text);
}

auto const x = [](std::size_t n) { return std::string(n, 'x'); };
auto const blanks = [](std::size_t n) { return std::string(n, ' '); };

DescribedCase const described_cases[] = {
    {"Begin", "200:p", 0, "file:1:1: no\n200:p\n^"},
    {"Middle", "200:p", 4, "file:1:5: no\n200:p\n    ^"},
    {"End", "200:p", 5, "file:1:6: no\n200:p\n     ^"},
    {"BehindTheEnd", "200:p", 99, "file:1:6: no\n200:p\n     ^"},
    {"Empty", "", 0, "file:1:1: no\n\n^"},
    {"SecondLine", "200\n :p\n:d", 6, "file:2:3: no\n :p\n  ^"},
    {"EndOfALine", "200\n:p\n:d", 3, "file:1:4: no\n200\n   ^"},
    {"LastLine", "200\n", 4, "file:2:1: no\n\n^"},
    {"TabsAndLineEndsAreBlanks", "a\tb\r\nc", 2, "file:1:3: no\na b \n  ^"},
    {"EscapeSequencesAreEscaped", "a\x1b[2Jb\x7f", 6, "file:1:7: no\na\\x1b[2Jb\\x7f\n         ^"},
    {"FormatCharactersAreEscaped", "\xe2\x80\xae\xff:p", 4, "file:1:5: no\n\\u202e\\xff:p\n          ^"},
    {"LongestLine", x(120), 119, "file:1:120: no\n" + x(120) + "\n" + blanks(119) + "^"},
    {"LongLineFromItsBegin", x(121), 0, "file:1:1: no\n" + x(120) + "...\n^"},
    {"LongLineInTheMiddle", x(1000), 500, "file:1:501: no\n..." + x(120) + "...\n" + blanks(63) + "^"},
    {"LongLineAtItsEnd", x(1000), 1000, "file:1:1001: no\n..." + x(60) + "\n" + blanks(63) + "^"},
};
INSTANTIATE_TEST_SUITE_P(Failure, Describe, testing::ValuesIn(described_cases),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(Describe, NamesTheSpecByDefault) { EXPECT_EQ(describe({SpecErrc::syntax, "no", {}}, "x"), "spec:1:1: no\nx\n^"); }

TEST(Parsed, ThrowsItsFailureAsSpecError) {
    Parsed<int> const parsed(SpecFailure{SpecErrc::bad_key, "no key", {3, 4}});
    try {
        (void)parsed.value();
        FAIL() << "nothing was thrown";
    } catch (SpecError const& error) {
        EXPECT_STREQ(error.what(), "no key");
        EXPECT_EQ(error.failure().code, SpecErrc::bad_key);
        EXPECT_EQ(error.failure().span, (SourceSpan{3, 4}));
    }
}

}  // namespace
}  // namespace pathology::language
