#pragma once
// Which characters of a text of specs are quoted or part of a comment.

#include <cstdint>

namespace pathology::language {

/// White space that may stand between the parts of a spec, line ends included.
constexpr bool is_white_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Takes a text character by character.
///
///     plain ── quote ──▶ quoted ── the same quote ──▶ plain
///       └── # as first character of a line ──▶ comment ── line feed ──▶ plain
///     \ escapes in quotes, but not in a path (`<'…'`)
class SpecScanner {
public:
    enum class Part : std::uint8_t { plain, quoted, comment };

    /// Returns what the next character belongs to: quotes to what they enclose, the line feed behind a comment to none.
    Part take(char c);

private:
    void remember(char c);

    char quote_ = '\0';
    bool escapes_ = true;  // false in a quoted path
    bool is_escaped_ = false;
    bool in_comment_ = false;
    char last_word_ = '\0';
    bool line_is_blank_ = true;  // so far
};

}  // namespace pathology::language
