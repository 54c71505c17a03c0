#include "comments.hpp"

#include <algorithm>
#include <string_view>

namespace pathology::language {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

}  // namespace

// A `#` inside a quoted literal is text, also at the start of a line.
//
//     outside ── quote ──▶ literal ── the same quote ──▶ outside
//        └── # as first character of a line ──▶ blank to the end of the line
//     \ escapes in a literal, but not in a path (`<'…'`)
void blank_comments(std::string& text) {
    char quote = '\0';
    bool escapes = true;  // false in a quoted path
    char last_word = '\0';
    bool line_is_blank = true;  // so far
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (quote != '\0') {
            if (c == '\\' && escapes) {
                ++i;
            } else if (c == quote) {
                quote = '\0';
            }
        } else if (c == '#' && line_is_blank) {
            auto const end = std::min(text.find('\n', i), text.size());
            std::fill(text.begin() + static_cast<std::ptrdiff_t>(i), text.begin() + static_cast<std::ptrdiff_t>(end),
                      ' ');
            i = end;
            line_is_blank = true;
            continue;
        } else if (c == '\'' || c == '"') {
            quote = c;
            escapes = last_word != '<';
        }
        if (!is_blank(c) && c != '\n') last_word = c;
        line_is_blank = c == '\n' || (line_is_blank && is_blank(c));
    }
}

}  // namespace pathology::language
