#include "spec_scanner.hpp"

namespace pathology::language {

SpecScanner::Part SpecScanner::take(char c) {
    if (in_comment_ && c != '\n') return Part::comment;
    in_comment_ = quote_ == '\0' && c == '#' && line_is_blank_;
    if (in_comment_) return Part::comment;
    bool const is_inside = quote_ != '\0';
    if (is_escaped_) {
        is_escaped_ = false;
    } else if (is_inside) {
        is_escaped_ = c == '\\' && escapes_;
        if (c == quote_) quote_ = '\0';
    } else if (c == '\'' || c == '"') {
        quote_ = c;
        escapes_ = last_word_ != '<';
    }
    remember(c);
    return is_inside || quote_ != '\0' ? Part::quoted : Part::plain;
}

void SpecScanner::remember(char c) {
    if (!is_white_space(c)) last_word_ = c;
    line_is_blank_ = c == '\n' || (line_is_blank_ && is_white_space(c));
}

}  // namespace pathology::language
