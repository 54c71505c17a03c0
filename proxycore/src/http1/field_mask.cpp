#include "http1/field_mask.hpp"

#include <cstddef>
#include <utility>

#include "http1/lines.hpp"
#include "token.hpp"

namespace pathology::proxycore::http1 {
namespace {

constexpr char mask = '-';
constexpr std::string_view framing_names[] = {"Content-Length", "Transfer-Encoding"};

std::string_view name_of(std::string_view line) { return line.substr(0, line.find(':')); }

bool is_framing(std::string_view name) {
    return http::equals_ignoring_case(name, framing_names[0]) || http::equals_ignoring_case(name, framing_names[1]);
}

/// A non-empty name that is not a token.
bool is_odd(std::string_view name) { return !name.empty() && !is_token(name); }

bool continues(std::string_view line) { return line.starts_with(' ') || line.starts_with('\t'); }

template <class Visit> void for_each_line(std::string_view lines, Visit const& visit) {
    for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1) visit(line_at(lines, at), at);
}

bool is_number(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return false;
    auto const digits = text.substr(first, text.find_last_not_of(" \t") - first + 1);
    // 18 digits cannot overflow 64 bits.
    return digits.find_first_not_of("0123456789") == std::string_view::npos && digits.size() < 19;
}

bool ends_in_chunked(std::string_view codings) {
    auto const comma = codings.rfind(',');
    return http::list_has_token(comma == std::string_view::npos ? codings : codings.substr(comma + 1), "chunked");
}

}  // namespace

std::string_view FieldMask::rename(std::string_view lines, std::size_t start_line, bool any_name, Hides const& hides) {
    hidden_.clear();
    lines_ = lines;
    std::size_t field = 0;
    for_each_line(lines, [&](std::string_view line, std::size_t at) {
        if (at < start_line || continues(line)) return;
        auto const name = name_of(line);
        bool const is_hidden = is_framing(name) ? hides(line) : any_name && name.size() < line.size() && is_odd(name);
        if (is_hidden) {
            hidden_.push_back({field, std::string(name)});
            // Overwritten in a copy of the same size, so that positions in error messages stay right.
            std::fill_n(lines_.begin() + static_cast<std::ptrdiff_t>(at), name.size(), mask);
        }
        ++field;
    });
    return hidden_.empty() ? lines : std::string_view(lines_);
}

void FieldMask::restore(http::Fields& fields) const {
    if (hidden_.empty()) return;
    http::Fields restored;
    auto next = hidden_.begin();
    std::size_t place = 0;
    for (auto const field : fields) {
        // By the position of the field: the masked names are all alike.
        bool const is_hidden = next != hidden_.end() && next->field == place++;
        restored.add(is_hidden ? std::string_view(next++->name) : field.name, field.value);
    }
    fields = std::move(restored);
}

std::string_view find_framing_line(std::string_view lines) {
    std::string_view chunked, length;
    for_each_line(lines, [&](std::string_view line, std::size_t) {
        auto const name = name_of(line);
        if (!is_framing(name) || name.size() == line.size()) return;
        auto const value = line.substr(name.size() + 1);
        if (http::equals_ignoring_case(name, "Transfer-Encoding")) {
            // The last one wins: RFC 9112 §6.3 rule 4 looks at the final coding.
            if (ends_in_chunked(value)) chunked = line;
        } else if (length.empty() && is_number(value)) {
            length = line;
        }
    });
    return chunked.empty() ? length : chunked;
}

}  // namespace pathology::proxycore::http1
