// Properties of text for a terminal, over all characters and over random bytes. What is a control, format or separator
// character is asked of PCRE2.
#include <gtest/gtest.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <nlohmann/json.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <random>
#include <set>
#include <vector>

#include "support/row_name.hpp"
#include "websocket/utf8.hpp"

namespace pathology::proxycore::http {
namespace {

using Json = nlohmann::json;

/// A class of characters, by the tables of PCRE2.
class CharacterClass {
public:
    explicit CharacterClass(char const* pattern) {
        int error = 0;
        PCRE2_SIZE place = 0;
        auto const* const text = reinterpret_cast<PCRE2_SPTR>(pattern);  // bytes of the same type but for their sign
        code_ = pcre2_compile(text, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &error, &place, nullptr);
        data_ = pcre2_match_data_create(1, nullptr);
    }
    ~CharacterClass() {
        pcre2_match_data_free(data_);
        pcre2_code_free(code_);
    }
    CharacterClass(CharacterClass const&) = delete;
    CharacterClass& operator=(CharacterClass const&) = delete;

    bool is_in(std::string_view utf8) const {
        auto const* const text = reinterpret_cast<PCRE2_SPTR>(utf8.data());
        return pcre2_match(code_, text, utf8.size(), 0, 0, data_, nullptr) >= 0;
    }

private:
    pcre2_code* code_ = nullptr;
    pcre2_match_data* data_ = nullptr;
};

CharacterClass const& unsafe() {
    static CharacterClass const them("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
    return them;
}

std::string utf8(char32_t c) {
    auto const part = [&](unsigned shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
    if (c < 0x80) return {static_cast<char>(c)};
    if (c < 0x800) return {static_cast<char>(0xc0 | (c >> 6)), part(0)};
    if (c < 0x10000) return {static_cast<char>(0xe0 | (c >> 12)), part(6), part(0)};
    return {static_cast<char>(0xf0 | (c >> 18)), part(12), part(6), part(0)};
}

template <class Check> void for_each_character(Check check) {
    for (char32_t c = 0; c < 0x110000; ++c)
        if (c < 0xd800 || c > 0xdfff) check(c, utf8(c));
}

struct TextCase {
    std::string_view name, text, blanks, lines;
};
void PrintTo(TextCase const& row, std::ostream* out) { *out << row.name; }
class TerminalText : public testing::TestWithParam<TextCase> {};

TEST_P(TerminalText, EscapesWhatIsNoText) {
    EXPECT_EQ(terminal_text(GetParam().text), GetParam().blanks);
    EXPECT_EQ(terminal_text(GetParam().text, WhiteSpace::lines), GetParam().lines);
}

using namespace std::string_view_literals;

INSTANTIATE_TEST_SUITE_P(
    Http, TerminalText,
    testing::Values(TextCase{"Ascii", "a b~\\", "a b~\\", "a b~\\"},
                    TextCase{"Utf8", "gr\xc3\xbc\xc3\x9f €😀", "grüß €😀", "grüß €😀"},
                    TextCase{"Controls", "\0\x1b[2J\x07\x7f"sv, R"(\x00\x1b[2J\x07\x7f)", R"(\x00\x1b[2J\x07\x7f)"},
                    TextCase{"WhiteSpace", "a\tb\nc\r\nd", R"(a\tb\nc\r\nd)", "a\tb\nc\r\nd"},
                    TextCase{"ACarriageReturnAlone", "a\rb\r", R"(a\rb\r)", R"(a\rb\r)"},
                    TextCase{"C1", "\xc2\x9b"sv, R"(\u009b)", R"(\u009b)"},
                    TextCase{"InvalidBytes", "\x9b\xc3(\xe2\x80\xff", R"(\x9b\xc3(\xe2\x80\xff)",
                             R"(\x9b\xc3(\xe2\x80\xff)"},
                    TextCase{"CutCharacter", "a\xe2\x82", R"(a\xe2\x82)", R"(a\xe2\x82)"},
                    TextCase{"Surrogate", "\xed\xa0\x80", R"(\xed\xa0\x80)", R"(\xed\xa0\x80)"},
                    TextCase{"Overlong", "\xc0\x9b", R"(\xc0\x9b)", R"(\xc0\x9b)"},
                    TextCase{"Bidirectional", "a\u202Eb\u2066", R"(a\u202eb\u2066)", R"(a\u202eb\u2066)"},
                    TextCase{"ZeroWidth", "\u200B\uFEFF\u00AD", R"(\u200b\ufeff\u00ad)", R"(\u200b\ufeff\u00ad)"},
                    TextCase{"Tags", "\U000E0041", R"(\U000e0041)", R"(\U000e0041)"},
                    TextCase{"Separators", "\u2028\u2029", R"(\u2028\u2029)", R"(\u2028\u2029)"}),
    test::row_name);

TEST(TerminalText, KeepsEveryCharacterThatIsText) {
    CharacterClass const unassigned("\\p{Cn}");
    std::size_t wrong = 0;
    for_each_character([&](char32_t c, std::string const& text) {
        bool const is_kept = terminal_text(text) == text;
        // Characters that are not assigned yet may be either.
        if (is_kept != unsafe().is_in(text)) return;
        if (!is_kept && unassigned.is_in(text)) return;
        if (++wrong < 5) ADD_FAILURE() << "U+" << std::hex << static_cast<std::uint32_t>(c) << " kept: " << is_kept;
    });
    EXPECT_EQ(wrong, 0u);
}

TEST(TerminalText, EscapesOfTwoCharactersDiffer) {
    std::set<std::string> escapes;
    for_each_character([&](char32_t, std::string const& text) {
        auto const shown = terminal_text(text);
        if (shown == text) return;
        EXPECT_TRUE(escapes.insert(shown).second) << shown;
    });
    EXPECT_GT(escapes.size(), 200u);
}

/// Random text of all kinds, mixed.
class RandomText {
public:
    std::string next() {
        std::string text;
        for (auto left = random_() % 40; left > 0; --left) text += piece();
        return text;
    }

private:
    std::string piece() {
        constexpr std::u32string_view picked = U"a\\\"\t\n\r\x1b\x7f\u009b\u00ad\u200b\u202e\u2028\ufeff\U000e0041é€😀";
        switch (random_() % 3) {
            case 0: return {static_cast<char>(random_())};
            case 1: return utf8(picked[random_() % picked.size()]);
            default: return utf8(static_cast<char32_t>(random_() % 0xd800));
        }
    }
    std::mt19937 random_{7};
};

TEST(TerminalText, IsSafeAndFixedForAnyBytes) {
    RandomText random;
    for (int round = 0; round < 20'000; ++round) {
        auto const text = random.next();
        auto const line = terminal_text(text);
        ASSERT_TRUE(websocket::is_utf8(line)) << escaped(text);
        ASSERT_FALSE(unsafe().is_in(line)) << escaped(text);
        ASSERT_EQ(terminal_text(line), line);
        auto lines = terminal_text(text, WhiteSpace::lines);
        ASSERT_EQ(terminal_text(lines, WhiteSpace::lines), lines);
        for (auto at = lines.find('\r'); at != lines.npos; at = lines.find('\r', at + 1))
            ASSERT_EQ(lines.substr(at, 2), "\r\n") << escaped(text);
        std::erase_if(lines, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
        ASSERT_FALSE(unsafe().is_in(lines)) << escaped(text);
    }
}

TEST(TerminalJson, HasTheSameValueAndIsSafe) {
    std::string all;
    for_each_character([&](char32_t c, std::string const& text) {
        if (c % 64 == 0 || unsafe().is_in(text)) all += text;
    });
    auto const value = Json{{"key\u202e\x7f", all}};
    auto const safe = terminal_json(value.dump());
    EXPECT_EQ(Json::parse(safe), value);
    EXPECT_FALSE(unsafe().is_in(safe));
    EXPECT_EQ(terminal_json("[\"\x7f\u009b\u202e\U000e0041é\"]"), R"(["\u007f\u009b\u202e\udb40\udc41é"])");
}

}  // namespace
}  // namespace pathology::proxycore::http
