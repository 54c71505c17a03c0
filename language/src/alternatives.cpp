#include <pathology/language/alternatives.hpp>

#include "spec_scanner.hpp"

namespace pathology::language {
namespace {

bool is_blank_at(std::string_view text, std::size_t at) { return at >= text.size() || is_white_space(text[at]); }

SourceSpan without_blanks(std::string_view text, std::size_t begin, std::size_t end) {
    while (begin < end && is_white_space(text[begin])) ++begin;
    while (begin < end && is_white_space(text[end - 1])) --end;
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

}  // namespace

std::vector<SourceSpan> split_alternatives(std::string_view text) {
    std::vector<SourceSpan> parts;
    SpecScanner scanner;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const is_plain = scanner.take(text[i]) == SpecScanner::Part::plain;
        if (!is_plain || text[i] != '|') continue;
        if ((i > 0 && !is_white_space(text[i - 1])) || !is_blank_at(text, i + 1)) continue;
        parts.push_back(without_blanks(text, begin, i));
        begin = i + 1;
    }
    parts.push_back(without_blanks(text, begin, text.size()));
    return parts;
}

}  // namespace pathology::language
