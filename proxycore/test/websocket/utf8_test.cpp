#include <gtest/gtest.h>

#include <ostream>

#include "support/for_each_split.hpp"
#include "support/row_name.hpp"
#include "websocket/utf8.hpp"

namespace pathology::proxycore::websocket {
namespace {

using namespace std::string_literals;

struct TextCase {
    std::string_view name;
    std::string text;
    std::size_t fails_at;  ///< the byte that makes it hopeless; the size when there is none
    bool is_valid = false;
};
void PrintTo(TextCase const& row, std::ostream* out) { *out << row.name; }
TextCase valid(std::string_view name, std::string text) { return {name, text, text.size(), true}; }
TextCase cut_short(std::string_view name, std::string text) { return {name, text, text.size()}; }
TextCase invalid(std::string_view name, std::string text, std::size_t fails_at) { return {name, text, fails_at}; }

class Utf8Text : public testing::TestWithParam<TextCase> {};

TEST_P(Utf8Text, IsJudged) { EXPECT_EQ(is_utf8(GetParam().text), GetParam().is_valid); }

TEST_P(Utf8Text, IsJudgedHoweverItIsCut) {
    pathology::test::for_each_split(
        GetParam().text, [] { return Utf8Validator(); },
        [](Utf8Validator& validator, pathology::test::Pieces pieces) {
            bool good = true;
            for (auto const piece : pieces) good = good && validator.take(piece);
            EXPECT_EQ(good && validator.is_complete(), GetParam().is_valid);
        });
}

TEST_P(Utf8Text, FailsAtTheFirstHopelessByte) {
    Utf8Validator validator;
    std::size_t at = 0;
    while (at < GetParam().text.size() && validator.take(std::string_view(GetParam().text).substr(at, 1))) ++at;
    EXPECT_EQ(at, GetParam().fails_at);
}

// After a stretch of ASCII that the fast path skips.
TEST_P(Utf8Text, IsJudgedBehindAscii) {
    for (std::size_t const size : {1U, 7U, 8U, 31U, 32U, 100U}) {
        auto const text = std::string(size, 'a') + GetParam().text + std::string(size, 'z');
        bool const is_cut_short = !GetParam().is_valid && GetParam().fails_at == GetParam().text.size();
        EXPECT_EQ(is_utf8(text), GetParam().is_valid && !is_cut_short) << size;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Rfc3629, Utf8Text,
    testing::Values(valid("Nothing", ""), valid("Ascii", "Hello\x7f\0"s), valid("SmallestOfTwo", "\xc2\x80"),
                    valid("LargestOfTwo", "\xdf\xbf"), valid("SmallestOfThree", "\xe0\xa0\x80"),
                    valid("BelowTheSurrogates", "\xed\x9f\xbf"), valid("AboveTheSurrogates", "\xee\x80\x80"),
                    valid("LargestOfThree", "\xef\xbf\xbf"), valid("SmallestOfFour", "\xf0\x90\x80\x80"),
                    valid("LargestOfAll", "\xf4\x8f\xbf\xbf"), valid("ByteOrderMark", "\xef\xbb\xbfx"),
                    valid("Greek", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"),
                    invalid("ContinuationAlone", "\x80", 0), invalid("ContinuationAfterText", "a\xbf", 1),
                    invalid("OverlongTwo", "\xc0\xaf", 0), invalid("OverlongNul", "\xc1\xbf", 0),
                    invalid("OverlongThree", "\xe0\x9f\xbf", 1), invalid("OverlongFour", "\xf0\x8f\xbf\xbf", 1),
                    invalid("FirstSurrogate", "\xed\xa0\x80", 1), invalid("LastSurrogate", "\xed\xbf\xbf", 1),
                    invalid("AboveAll", "\xf4\x90\x80\x80", 1), invalid("Five", "\xf8\x88\x80\x80\x80", 0),
                    invalid("Ff", "\xff", 0), invalid("SecondByteMissing", "\xc2z", 1),
                    invalid("ThirdByteMissing", "\xe1\xbd ", 2), invalid("FourthByteMissing", "\xf1\x80\x80\xc2", 3),
                    cut_short("OneOfTwo", "\xc2"), cut_short("TwoOfThree", "\xe1\xbd"),
                    cut_short("ThreeOfFour", "\xf0\x9f\x98")),
    pathology::test::row_name);

// Every code point, and every number that is none, against the arithmetic of RFC 3629 §3.
TEST(Utf8, IsEveryCodePointAndNoSurrogate) {
    std::size_t wrong = 0;
    for (std::uint32_t code = 0; code < 0x200000; ++code) {
        std::string text;
        auto const tail = [&](unsigned shift) { text += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
        if (code < 0x80) {
            text += static_cast<char>(code);
        } else if (code < 0x800) {
            text += static_cast<char>(0xc0 | code >> 6);
            tail(0);
        } else if (code < 0x10000) {
            text += static_cast<char>(0xe0 | code >> 12);
            tail(6);
            tail(0);
        } else {
            text += static_cast<char>(0xf0 | code >> 18);
            tail(12);
            tail(6);
            tail(0);
        }
        bool const is_scalar = code < 0xd800 || (code > 0xdfff && code < 0x110000);
        wrong += is_utf8(text) == is_scalar ? 0 : 1;
    }
    EXPECT_EQ(wrong, 0u);
}

TEST(Utf8Validator, BeginsAnew) {
    Utf8Validator validator;
    EXPECT_TRUE(validator.take("\xe1"));
    EXPECT_FALSE(validator.take("x"));
    validator.reset();
    EXPECT_TRUE(validator.take("x"));
    EXPECT_TRUE(validator.is_complete());
}

}  // namespace
}  // namespace pathology::proxycore::websocket
