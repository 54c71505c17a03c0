#include <algorithm>

#include "console/usage.hpp"

namespace pathology::proxycore::console {
namespace {

constexpr std::size_t text_column = 31;
constexpr std::size_t max_column = 96;

/// The left column, "  -p, --port PORT". A long name without a short one is aligned with other long names.
std::string left_column(Parameter const& parameter) {
    if (parameter.is_positional()) return "  " + parameter.placeholder;
    std::string text = parameter.names.front().starts_with("--") ? "      " : "  ";
    for (auto const& name : parameter.names) text.append(&name == &parameter.names.front() ? "" : ", ").append(name);
    if (!parameter.placeholder.empty()) text.append(" ").append(parameter.placeholder);
    return text;
}

/// Appends `text` word by word, from the text column to the last column.
void append_wrapped(std::string& out, std::string_view text) {
    auto column = text_column;
    while (!text.empty()) {
        auto const word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (column > text_column && column + 1 + word.size() > max_column) {
            out += "\n" + std::string(text_column, ' ');
            column = text_column;
        }
        if (column > text_column) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
    }
}

void append_parameter(std::string& out, Parameter const& parameter) {
    auto const left = left_column(parameter);
    bool const fits = left.size() + 2 <= text_column;
    out += left;
    out += fits ? std::string(text_column - left.size(), ' ') : "\n" + std::string(text_column, ' ');
    append_wrapped(out, full_text(parameter));
    out += "\n";
}

}  // namespace

ParameterGroup& Usage::group(std::string_view title) {
    auto const found = std::ranges::find(groups, title, &ParameterGroup::title);
    return found != groups.end() ? *found : groups.emplace_back(ParameterGroup{.title = std::string(title)});
}

Parameter* Usage::find(std::string_view name) {
    for (auto& group : groups) {
        for (auto& parameter : group.parameters) {
            if (std::ranges::find(parameter.names, name) != parameter.names.end()) return &parameter;
        }
    }
    return nullptr;
}

std::string full_text(Parameter const& parameter) {
    return parameter.default_text.empty() ? parameter.text : parameter.text + " [" + parameter.default_text + "]";
}

std::string synopsis(Usage const& usage) {
    std::string out = "[options]";
    for (auto const& group : usage.groups) {
        for (auto const& parameter : group.parameters) {
            if (!parameter.is_positional()) continue;
            auto const word = parameter.placeholder + (parameter.is_repeatable ? "..." : "");
            out += parameter.is_required ? " " + word : " [" + word + "]";
        }
    }
    return out;
}

std::string help_text(Usage const& usage) {
    auto out = "usage: " + usage.program + " " + synopsis(usage) + "\n";
    if (!usage.description.empty()) out += usage.description + "\n";
    for (auto const& group : usage.groups) {
        out += "\n" + group.title + ":\n";
        for (auto const& parameter : group.parameters) append_parameter(out, parameter);
    }
    if (!usage.examples.empty()) out += "\nExamples:\n";
    for (auto const& example : usage.examples) out += "  " + example + "\n";
    if (!usage.footer.empty()) out += "\n" + usage.footer + "\n";
    return out;
}

}  // namespace pathology::proxycore::console
