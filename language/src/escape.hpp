#pragma once
// Python-style backslash escapes, both ways, and which characters a bare word may hold.

#include <string>
#include <string_view>

namespace pathology::language {

/// Decodes `\n \r \t \a \b \f \v \\ \' \"`, octal `\o` to `\ooo` (low 8 bits), `\xhh`, and backslash-newline (nothing).
/// An unknown escape keeps its backslash. Appends to `out`.
/// Returns nullptr, or the position of a backslash that cannot be decoded: `\x` without two digits, or one at the end.
char const* unescape(std::string_view text, std::string& out);

/// Printable ASCII other than `,` `:` `@` and quotes.
constexpr bool is_bare(char c) {
    return c > ' ' && c < '\x7F' && c != ',' && c != ':' && c != '@' && c != '\'' && c != '"';
}

/// Appends `\xhh`.
void append_hex(std::string& out, char byte);

/// Appends one byte, escaped unless it is printable.
void append_escaped(std::string& out, char byte);

}  // namespace pathology::language
