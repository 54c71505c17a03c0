#include <pathology/language/load.hpp>

#include <algorithm>

namespace pathology::language {
namespace {

constexpr std::uint64_t max_spec_file_size = 16U << 20U;

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// Replaces comment lines by blanks. A `#` inside a quoted literal is text, also at the start of a line.
///
///     outside ── quote ──▶ literal ── the same quote ──▶ outside
///        └── # as first character of a line ──▶ blank to the end of the line
///     \ escapes in a literal, but not in a path (`<'…'`)
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

}  // namespace

Parsed<std::string> read_spec_file(std::string_view path, FileAccess const& files) {
    auto const file = files.open(path);
    if (file.has_error()) return file.error();
    auto const size = (*file)->size();
    if (size > max_spec_file_size) {
        return SpecFailure{SpecErrc::too_long,
                           "the spec file '" + std::string(path) + "' has " + std::to_string(size) +
                               " bytes; the limit is " + std::to_string(max_spec_file_size),
                           {}};
    }
    std::string text(size, '\0');
    if (auto const read = (*file)->read(0, text); read.has_error()) return read.error();
    blank_comments(text);
    return text;
}

Parsed<std::string> load_spec(std::string_view argument, FileAccess const& files) {
    if (argument.empty() || argument.front() != '+') return std::string(argument);
    return read_spec_file(argument.substr(1), files);
}

}  // namespace pathology::language
