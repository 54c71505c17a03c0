#include "filter/argument.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace pathology::proxycore::filter {
namespace {

struct Escape {
    char letter, value;
};
constexpr std::array escapes{Escape{'t', '\t'}, Escape{'n', '\n'}, Escape{'r', '\r'}, Escape{'f', '\f'}};

char escaped_value(char letter) {
    auto const* const found = std::ranges::find(escapes, letter, &Escape::letter);
    return found == escapes.end() ? letter : found->value;
}

std::optional<char> escape_letter(char value) {
    if (value == '\\' || value == '"') return value;
    auto const* const found = std::ranges::find(escapes, value, &Escape::value);
    return found == escapes.end() ? std::nullopt : std::optional(found->letter);
}

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

}  // namespace

std::size_t bare_length(std::string_view text) { return std::min(text.find_first_of("()~'\" \t\r\n"), text.size()); }

Quoted read_quoted(std::string_view text) {
    Quoted quoted{.length = 1};
    auto& at = quoted.length;
    for (; at < text.size() && !is_line_end(text[at]); ++at) {
        if (text[at] == text.front()) {
            quoted.is_closed = true;
            ++at;
            break;
        }
        bool const is_escape = text[at] == '\\' && at + 1 < text.size() && text[at + 1] != '\n';
        quoted.value += is_escape ? escaped_value(text[++at]) : text[at];
    }
    return quoted;
}

void append_argument(std::string& out, std::string_view value) {
    if (!value.empty() && bare_length(value) == value.size()) {
        out += value;
        return;
    }
    out += '"';
    for (char const c : value) {
        auto const letter = escape_letter(c);
        if (letter) out += '\\';
        out += letter.value_or(c);
    }
    out += '"';
}

std::size_t place_in(std::string_view text, Span span, std::size_t offset) {
    auto at = span.begin;
    bool const is_quoted = at < span.end && (text[at] == '"' || text[at] == '\'');
    if (!is_quoted) return std::min(at + offset, span.end);
    ++at;
    for (; offset > 0 && at < span.end; --offset) at += text[at] == '\\' ? 2 : 1;
    return std::min(at, span.end);
}

}  // namespace pathology::proxycore::filter
