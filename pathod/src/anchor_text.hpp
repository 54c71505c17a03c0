// The argument of an anchor, `PATTERN=SPEC` or `FILTER=SPEC`, as text.
#pragma once

#include <optional>
#include <string_view>

namespace pathology::pathod {

/// The two sides of an anchor; views into the argument.
struct AnchorText {
    std::string_view pattern, spec;
};

/// Returns true if the left side is a filter expression: its first character besides `(`, `!` and white space is a `~`
/// with a letter behind it, as in `~m POST` and `!(~q)`. Any other text is a regular expression, also `!~` and `(foo)`.
bool is_filter(std::string_view pattern);

/// Splits at the first `=` that is neither escaped, nor inside brackets or parentheses, nor inside the quotes of a
/// filter; else at the first `=`. std::nullopt if there is no `=`.
std::optional<AnchorText> split_anchor(std::string_view argument);

}  // namespace pathology::pathod
