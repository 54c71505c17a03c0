#include "console/help.hpp"

#include <algorithm>
#include <string_view>

namespace pathology::proxycore::console {
namespace {

constexpr std::size_t text_column = 31;
constexpr std::size_t last_column = 96;

/// "-p, --port PORT"; a long name alone stands below the long names.
std::string heading(HelpEntry const& entry) {
    std::string text = entry.names.starts_with("--") ? "      " : "  ";
    for (char const c : entry.names) text += c == ',' ? std::string(", ") : std::string(1, c);
    if (!entry.placeholder.empty() && entry.placeholder != entry.names) text += " " + entry.placeholder;
    return text;
}

/// Appends `text` word by word, further lines indented to the text column. `column` is where the line stands now.
void append_wrapped(std::string& out, std::string_view text, std::size_t column) {
    bool line_is_fresh = true;
    while (!text.empty()) {
        auto const word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (!line_is_fresh && column + 1 + word.size() > last_column) {
            out += "\n" + std::string(text_column, ' ');
            column = text_column;
            line_is_fresh = true;
        }
        if (!line_is_fresh) out += ' ';
        out += word;
        column += word.size() + (line_is_fresh ? 0 : 1);
        line_is_fresh = false;
    }
}

void append_entry(std::string& out, HelpEntry const& entry) {
    auto const head = heading(entry);
    out += head;
    out += head.size() + 2 > text_column ? "\n" + std::string(text_column, ' ')
                                         : std::string(text_column - head.size(), ' ');
    auto text = entry.text;
    if (!entry.default_text.empty()) text += " [" + entry.default_text + "]";
    append_wrapped(out, text, text_column);
    out += '\n';
}

}  // namespace

std::string render(Help const& help) {
    std::string out = "usage: " + help.program + " [options]" + help.places + "\n";
    if (!help.what_it_does.empty()) out += help.what_it_does + "\n";
    for (auto const& group : help.groups) {
        if (group.entries.empty()) continue;
        out += "\n" + group.title + ":\n";
        for (auto const& entry : group.entries) append_entry(out, entry);
    }
    if (!help.footer.empty()) out += "\n" + help.footer + "\n";
    return out;
}

}  // namespace pathology::proxycore::console
