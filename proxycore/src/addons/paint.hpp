// Colours for terminals (ECMA-48 §8.3.117, "select graphic rendition"), or none.
#pragma once

#include <string>
#include <string_view>

namespace pathology::proxycore::addons {

/// Parameters of the sequence; several are joined by `;`.
namespace sgr {
inline constexpr std::string_view plain, bold = "1", dim = "2", red = "31", yellow = "33", blue = "34", magenta = "35",
                                         bold_green = "1;32", bold_red = "1;31", bold_yellow = "1;33",
                                         bold_magenta = "1;35", bold_red_blinking = "1;5;31";
}

/// Appends `text`, with these colours if `has_colours`.
inline void append_painted(std::string& out, bool has_colours, std::string_view parameters, std::string_view text) {
    if (!has_colours || parameters.empty()) {
        out += text;
        return;
    }
    out += "\x1b[";
    out += parameters;
    out += 'm';
    out += text;
    out += "\x1b[0m";
}

}  // namespace pathology::proxycore::addons
