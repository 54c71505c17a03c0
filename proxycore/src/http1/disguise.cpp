#include "http1/disguise.hpp"

#include <utility>

#include "http1/section.hpp"

namespace pathology::proxycore::http1 {
namespace {

constexpr char mask = '-';
constexpr std::string_view framing_names[] = {"Content-Length", "Transfer-Encoding"};

std::string_view name_of(std::string_view line) { return line.substr(0, line.find(':')); }

bool is_framing(std::string_view name) {
    return http::equals_ignoring_case(name, framing_names[0]) || http::equals_ignoring_case(name, framing_names[1]);
}

/// Whether a name looks like one in disguise, by our hand or the peer's.
bool is_masked(std::string_view name) {
    if (!name.starts_with(mask)) return false;
    for (auto const framing : framing_names)
        if (http::equals_ignoring_case(name.substr(1), framing.substr(1))) return true;
    return false;
}

template <class Visit> void for_each_line(std::string_view lines, Visit const& visit) {
    for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1) visit(line_at(lines, at), at);
}

bool is_number(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return false;
    auto const digits = text.substr(first, text.find_last_not_of(" \t") - first + 1);
    return digits.find_first_not_of("0123456789") == std::string_view::npos && digits.size() < 19;
}

bool ends_in_chunked(std::string_view codings) {
    auto const comma = codings.rfind(',');
    return http::list_has_token(comma == std::string_view::npos ? codings : codings.substr(comma + 1), "chunked");
}

}  // namespace

std::string_view Disguise::put_on(std::string_view lines, Hides const& hides) {
    hidden_.clear();
    lines_ = lines;
    for_each_line(lines, [&](std::string_view line, std::size_t at) {
        auto const name = name_of(line);
        if (is_masked(name) || (is_framing(name) && hides(line))) hidden_ += std::exchange(lines_[at], mask);
    });
    return hidden_.empty() ? lines : std::string_view(lines_);
}

void Disguise::take_off(http::Fields& fields) const {
    if (hidden_.empty()) return;
    http::Fields restored;
    std::size_t used = 0;
    for (auto const field : fields) {
        std::string name(field.name);
        if (is_masked(name)) name.front() = hidden_[used++];
        restored.add(name, field.value);
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
            if (ends_in_chunked(value)) chunked = line;
        } else if (length.empty() && is_number(value)) {
            length = line;
        }
    });
    return chunked.empty() ? length : chunked;
}

}  // namespace pathology::proxycore::http1
