#include "matrix/cell.hpp"

#include <algorithm>

namespace pathology::integration::matrix {

std::array<Axis, axis_count> const& axes() {
    static std::array<Axis, axis_count> const all{
        {{"mode", {"regular", "transparent", "reverse", "upstream", "socks5", "multiupstream", "forwarder"}},
         {"route", {"direct", "http", "https", "socks5", "chain"}},
         {"client", {"h1", "h2"}},
         {"security", {"plain", "tls"}},
         {"server", {"h1", "h2"}},
         {"exchange",
          {"small", "large", "chunked", "trailers", "interim", "upload", "early", "events", "ws-text", "ws-binary",
           "ws-fragmented", "ws-deflate", "ws-close", "tcp", "error-before", "error-middle", "error-after"}},
         {"fault", {"none", "stall", "reset", "half-close", "cut", "truncate", "garbage"}},
         {"addon", {"none", "edits", "responds", "holds"}}}};
    return all;
}

bool is_websocket(Exchange exchange) { return exchange >= Exchange::ws_text && exchange <= Exchange::ws_close; }
bool is_error(Exchange exchange) { return exchange >= Exchange::error_before; }

std::string to_string(Cell const& cell) {
    std::string text;
    for (std::size_t axis = 0; axis < axis_count; ++axis)
        text.append(axis == 0 ? "" : "/").append(axes()[axis].values[cell.values[axis]]);
    return text;
}

std::optional<Cell> parse_cell(std::string_view text) {
    Cell cell;
    for (std::size_t axis = 0; axis < axis_count; ++axis) {
        auto const& names = axes()[axis].values;
        auto const end = std::min(text.find('/'), text.size());
        auto const found = std::find(names.begin(), names.end(), text.substr(0, end));
        bool const is_last = axis + 1 == axis_count;
        if (found == names.end() || is_last != (end == text.size())) return std::nullopt;
        cell.values[axis] = static_cast<std::size_t>(found - names.begin());
        text.remove_prefix(is_last ? end : end + 1);
    }
    return cell;
}

void for_each_cell(std::function<void(Cell const&)> const& visit) {
    Cell cell;
    for (;;) {
        visit(cell);
        std::size_t axis = axis_count;
        while (axis > 0 && ++cell.values[axis - 1] == axes()[axis - 1].values.size()) cell.values[--axis] = 0;
        if (axis == 0) return;
    }
}

}  // namespace pathology::integration::matrix
