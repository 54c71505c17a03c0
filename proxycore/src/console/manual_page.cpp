// A manual page for the macros of man(7), as groff and mandoc read them.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <ctime>

#include "console/usage.hpp"

namespace pathology::proxycore::console {
namespace {

/// Text without meaning to roff: a hyphen, a quote or a caret is copied from the page as the character that was typed.
std::string roff(std::string_view text) {
    std::string out = text.starts_with('.') ? "\\&" : "";
    for (char const c : text) {
        switch (c) {
            case '\\': out += "\\e"; break;
            case '-': out += "\\-"; break;
            case '\'': out += "\\(aq"; break;
            case '"': out += "\\(dq"; break;
            case '`': out += "\\(ga"; break;
            case '^': out += "\\(ha"; break;
            case '~': out += "\\(ti"; break;
            default: out += c;
        }
    }
    return out;
}

std::string upper_case(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return out;
}

/// A description as the line of the section NAME has it: "A server." becomes "a server".
std::string phrase(std::string_view description) {
    std::string out(description);
    if (out.ends_with('.')) out.pop_back();
    if (!out.empty()) out.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(out.front())));
    return out;
}

void append_section(std::string& out, std::string_view title) { out.append(".SH ").append(title).append("\n"); }

/// A paragraph with a term in the margin.
void append_row(std::string& out, std::string_view term, std::string_view text) {
    out.append(".TP\n").append(term).append("\n").append(roff(text)).append("\n");
}

/// "-p, --port PORT", names in bold and the placeholder in italics.
std::string term(Parameter const& parameter) {
    std::string out;
    for (auto const& name : parameter.names) out += (out.empty() ? "\\fB" : ", \\fB") + roff(name) + "\\fR";
    if (parameter.placeholder.empty()) return out;
    return out + (out.empty() ? "\\fI" : " \\fI") + roff(parameter.placeholder) + "\\fR";
}

void append_options(std::string& out, Usage const& usage) {
    append_section(out, "OPTIONS");
    for (auto const& group : usage.groups) {
        out += ".SS " + group.title + "\n";
        for (auto const& parameter : group.parameters) append_row(out, term(parameter), full_text(parameter));
    }
}

void append_examples(std::string& out, Usage const& usage) {
    if (usage.examples.empty()) return;
    append_section(out, "EXAMPLES");
    out += ".nf\n";
    for (auto const& example : usage.examples) out += roff(example) + "\n";
    out += ".fi\n";
}

}  // namespace

std::string manual_page(Usage const& usage, std::string_view date) {
    std::string out = ".\\\" Made from the options of the program.\n.TH " + upper_case(usage.program) + " 1 \"";
    out.append(date).append("\" \"pathology ").append(usage.version).append("\" \"User Commands\"\n");
    append_section(out, "NAME");
    out += usage.program + " \\- " + roff(phrase(usage.description)) + "\n";
    append_section(out, "SYNOPSIS");
    out += ".B " + usage.program + "\n" + roff(synopsis(usage)) + "\n";
    append_section(out, "DESCRIPTION");
    out += roff(usage.description) + "\n";
    append_options(out, usage);
    for (auto const& section : usage.sections) {
        append_section(out, upper_case(section.title));
        for (auto const& row : section.rows) append_row(out, "\\fB" + roff(row.term) + "\\fR", row.text);
    }
    append_examples(out, usage);
    return out;
}

std::string manual_date() {
    auto seconds = std::time(nullptr);
    if (auto const* const given = std::getenv("SOURCE_DATE_EPOCH"); given != nullptr) {
        if (auto const fixed = Argument<std::time_t>::parse(given)) seconds = *fixed;
    }
    std::tm day{};
    gmtime_r(&seconds, &day);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &day)};
}

}  // namespace pathology::proxycore::console
