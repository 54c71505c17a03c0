// Text with other words in it.
#pragma once

#include <string>

namespace pathology::test {

/// Each `word` of the text is replaced; what replaces it is not searched.
inline std::string replaced(std::string text, std::string const& word, std::string const& by) {
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + by.size()))
        text.replace(at, word.size(), by);
    return text;
}

}  // namespace pathology::test
