// The fixed tables of the language, against what was recorded of the original programs where it is short enough.

#include <gtest/gtest.h>

#include <pathology/language/generator.hpp>
#include <pathology/language/reason.hpp>
#include <pathology/language/user_agents.hpp>
#include <set>
#include <string>

namespace pathology::language {
namespace {

struct ReasonCase {
    std::string_view name, code, phrase;
};

void PrintTo(ReasonCase const& c, std::ostream* out) { *out << c.code; }

class ReasonPhrase : public testing::TestWithParam<ReasonCase> {};

TEST_P(ReasonPhrase, IsTheOriginals) { EXPECT_EQ(reason_phrase(GetParam().code), GetParam().phrase); }

ReasonCase const reasons[] = {
    {"First", "100", "Continue"},       {"Usual", "404", "Not Found"},   {"FullStop", "205", "Reset Content."},
    {"Teapot", "418", "I'm a teapot"},  {"Last", "510", "Not Extended"}, {"LeadingZeros", "00200", "OK"},
    {"Unknown", "306", "Unknown code"}, {"Short", "2", "Unknown code"},  {"Long", "2000", "Unknown code"},
    {"Zero", "0", "Unknown code"},      {"Empty", "", "Unknown code"},
};
INSTANTIATE_TEST_SUITE_P(Codes, ReasonPhrase, testing::ValuesIn(reasons),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(UserAgents, AreFoundByNameAndByLetter) {
    std::set<std::string> names;
    for (auto const& known : known_user_agents()) {
        EXPECT_EQ(user_agent_string(known.name), known.string);
        EXPECT_EQ(user_agent_string(std::string(1, known.shortcut)), known.string);
        names.emplace(known.name);
        names.emplace(1, known.shortcut);
    }
    EXPECT_EQ(names.size(), 20U) << "no name or letter stands for two";
    EXPECT_EQ(user_agent_string("lynx"), std::nullopt);
    EXPECT_EQ(user_agent_string(""), std::nullopt);
}

TEST(Alphabet, HasTheSizeOfTheOriginals) {
    std::size_t const sizes[] = {52, 26, 26, 10, 22, 8, 32, 6, 100, 256};
    for (unsigned type = 0; type < std::size(sizes); ++type) {
        auto const symbols = alphabet(static_cast<DataType>(type));
        EXPECT_EQ(symbols.size(), sizes[type]) << name(static_cast<DataType>(type));
        EXPECT_EQ(std::set<char>(symbols.begin(), symbols.end()).size(), symbols.size());
    }
}

}  // namespace
}  // namespace pathology::language
