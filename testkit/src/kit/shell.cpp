#include "shell.hpp"

namespace pathology::kit {

std::string quoted_for_shell(std::string_view text) {
    if (text.find_first_of("\"\\$`!") == std::string_view::npos) return '"' + std::string(text) + '"';
    std::string word = "'";
    for (char const c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return word + "'";
}

}  // namespace pathology::kit
