#include "anchor_text.hpp"

#include <cstddef>
#include <pathology/proxycore/ascii.hpp>

namespace pathology::pathod {
namespace {

/// The place of the quote that ends the quoted text at `open`; the end of the text if there is none.
std::size_t closing_quote(std::string_view text, std::size_t open) {
    auto at = open + 1;
    while (at < text.size() && text[at] != text[open]) at += text[at] == '\\' ? 2 : 1;
    return at;
}

/// The position of the first `=` outside of groups, classes, escapes and the quotes of a filter.
// `=` occurs in patterns: `/a(?=b)` and `/x[=]y` keep theirs.
std::size_t find_separator(std::string_view text) {
    bool const has_quotes = is_filter(text);
    int depth = 0;
    bool in_class = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (c == '\\') {
            ++i;
        } else if (has_quotes && (c == '"' || c == '\'')) {
            i = closing_quote(text, i);
            in_class = false;  // of an argument that ended here
        } else if (in_class) {
            in_class = c != ']';
        } else if (c == '[') {
            in_class = true;
        } else if (c == '(' || c == ')') {
            depth += c == '(' ? 1 : -1;
        } else if (c == '=' && depth <= 0) {
            return i;
        }
    }
    return text.find('=');
}

}  // namespace

bool is_filter(std::string_view pattern) {
    auto const at = pattern.find_first_not_of("(! \t\r\n");
    return at != pattern.npos && pattern[at] == '~' && at + 1 < pattern.size() &&
           proxycore::ascii::is_letter(pattern[at + 1]);
}

std::optional<AnchorText> split_anchor(std::string_view argument) {
    auto const at = find_separator(argument);
    if (at == std::string_view::npos) return std::nullopt;
    return AnchorText{argument.substr(0, at), argument.substr(at + 1)};
}

}  // namespace pathology::pathod
