// The table of tokens, with what has to be written by hand for each of them, and the tables of the original.

#include <pathology/language/tables.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <pathology/language/generator.hpp>
#include <pathology/language/tokens.hpp>
#include <set>
#include <sstream>
#include <string>

namespace pathology::language {
namespace {

/// The words that tokens begin with: letters, and the names of flags.
std::vector<std::string> words_of_tokens() {
    std::vector<std::string> words;
    for (auto const& token : token_table) {
        std::istringstream in{std::string(token.letter)};
        for (std::string word; in >> word;) words.push_back(word);
    }
    return words;
}

std::string content(char const* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(TokenTable, AllowsEachTokenSomewhere) {
    for (auto const& token : token_table) {
        if (token.letter.empty()) continue;  // the grammar knows its place
        EXPECT_NE(token.allowed, 0U) << token.letter;
    }
}

TEST(TokenTable, GivesALetterToOneTokenOfAMessage) {
    for (unsigned kind = 1; kind <= in::raw_request; kind *= 2) {
        std::string letters;
        for (auto const& token : token_table) {
            if ((token.allowed & kind) == 0 || token.letter.size() != 1) continue;
            EXPECT_EQ(letters.find(token.letter), std::string::npos) << token.letter << " in kind " << kind;
            letters += token.letter;
        }
    }
}

TEST(TokenTable, IsCoveredByTheFuzzDictionary) {
    auto const dictionary = content(FUZZ_DICTIONARY);
    for (auto const& word : words_of_tokens())
        EXPECT_NE(dictionary.find("\":" + word), std::string::npos)
            << "language.dict has no entry for ':" << word << "'";
}

TEST(TokenTable, IsCoveredByTheLanguagePage) {
    auto const page = content(LANGUAGE_PAGE);
    for (auto const& word : words_of_tokens())
        EXPECT_NE(page.find("`" + word), std::string::npos) << "doc/language.md has no row for `" << word;
}

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
