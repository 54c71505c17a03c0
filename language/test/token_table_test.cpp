// What has to be written by hand for each token stands where the table says that there is one.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <pathology/language/tokens.hpp>
#include <sstream>

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
    for (auto const& token : token_table) EXPECT_NE(token.allowed, 0U) << token.letter;
}

TEST(TokenTable, GivesALetterToOneTokenOfAMessage) {
    for (unsigned kind = 1; kind <= in::http2_frame; kind *= 2) {
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
        EXPECT_NE(dictionary.find("\":" + word), std::string::npos) << "language.dict has no entry for ':" << word << "'";
}

TEST(TokenTable, IsCoveredByTheLanguagePage) {
    auto const page = content(LANGUAGE_PAGE);
    for (auto const& word : words_of_tokens())
        EXPECT_NE(page.find("`" + word), std::string::npos) << "doc/language.md has no row for `" << word;
}

}  // namespace
}  // namespace pathology::language
