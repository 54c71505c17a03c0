#include <algorithm>
#include <pathology/language/failure.hpp>
#include <pathology/proxycore/http/escaped.hpp>

namespace pathology::language {

namespace http = proxycore::http;

namespace {

constexpr std::size_t max_line_width = 120;

}  // namespace

std::string describe(SpecFailure const& failure, std::string_view spec, std::string_view name) {
    auto const place = std::min<std::size_t>(failure.span.begin, spec.size());
    auto const before = spec.substr(0, place);
    auto const line_number = 1 + std::count(before.begin(), before.end(), '\n');
    auto const line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    auto const column = place - line_start;
    auto const line_end = std::min(spec.find('\n', place), spec.size());
    auto line = std::string(spec.substr(line_start, line_end - line_start));
    // A tab or the end of a line of a file stays one column wide.
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\t' || c == '\r'; }, ' ');
    // A spec may be one line of megabytes: only the part around the caret is shown.
    std::size_t caret = column;
    if (line.size() > max_line_width) {
        auto const cut = caret > max_line_width / 2 ? caret - max_line_width / 2 : 0;
        auto const goes_on = line.size() - cut > max_line_width;
        line = (cut > 0 ? "..." : "") + line.substr(cut, max_line_width) + (goes_on ? "..." : "");
        caret = caret - cut + (cut > 0 ? 3 : 0);
    }
    // Specs come from URLs of clients, too.
    auto const before_caret = http::terminal_text(line.substr(0, caret));
    return http::terminal_text(name) + ":" + std::to_string(line_number) + ":" + std::to_string(column + 1) + ": " +
           http::terminal_text(failure.message) + "\n" + before_caret + http::terminal_text(line.substr(caret)) + "\n" +
           std::string(before_caret.size(), ' ') + "^" +
           (failure.hint.empty() ? std::string() : "\nhint: " + http::terminal_text(failure.hint));
}

void throw_exception_from_error(SpecFailure const& failure, boost::source_location const& /*location*/) {
    throw SpecError(failure);
}

}  // namespace pathology::language
