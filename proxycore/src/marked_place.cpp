#include <algorithm>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/marked_place.hpp>

namespace pathology::proxycore {
namespace {

constexpr std::size_t max_line_width = 120;

}  // namespace

std::string mark_place(std::string_view text, std::size_t place, std::string_view name, std::string_view message) {
    place = std::min(place, text.size());
    auto const before = text.substr(0, place);
    auto const line_number = 1 + std::count(before.begin(), before.end(), '\n');
    auto const line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    auto const column = place - line_start;
    auto const line_end = std::min(text.find('\n', place), text.size());
    auto line = std::string(text.substr(line_start, line_end - line_start));
    // A tab or the end of a line of a file stays one column wide.
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\t' || c == '\r'; }, ' ');
    // The text may be one line of megabytes: only the part around the caret is shown.
    std::size_t caret = column;
    if (line.size() > max_line_width) {
        auto const cut = caret > max_line_width / 2 ? caret - max_line_width / 2 : 0;
        auto const goes_on = line.size() - cut > max_line_width;
        line = (cut > 0 ? "..." : "") + line.substr(cut, max_line_width) + (goes_on ? "..." : "");
        caret = caret - cut + (cut > 0 ? 3 : 0);
    }
    // The text may come from a client, as a spec in a URL does.
    auto const before_caret = http::terminal_text(line.substr(0, caret));
    return http::terminal_text(name) + ":" + std::to_string(line_number) + ":" + std::to_string(column + 1) + ": " +
           http::terminal_text(message) + "\n" + before_caret + http::terminal_text(line.substr(caret)) + "\n" +
           std::string(before_caret.size(), ' ') + "^";
}

}  // namespace pathology::proxycore
