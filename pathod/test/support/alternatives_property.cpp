#include "support/alternatives_property.hpp"

#include <pathology/language/alternatives.hpp>

#include "support/properties.hpp"

namespace pathology::pathod::test {
namespace {

constexpr std::string_view white_space = " \t\r\n";

std::string_view part_of(std::string_view text, language::SourceSpan span) {
    return text.substr(span.begin, span.end - span.begin);
}

std::string condition_text(Condition const& condition) {
    switch (condition.kind) {
        case Condition::Kind::none: break;
        case Condition::Kind::every: return std::to_string(condition.count) + "/" + std::to_string(condition.of) + "\n";
        case Condition::Kind::chance: return percent_text(condition.below - condition.from) + "%\n";
    }
    return {};
}

std::string check_parts(std::string_view text) {
    std::size_t behind = 0;
    for (auto const span : language::split_alternatives(text)) {
        if (span.begin < behind || span.end < span.begin || span.end > text.size()) return "a part has a wrong place";
        auto const part = part_of(text, span);
        bool const has_blanks = !part.empty() && (white_space.find(part.front()) != white_space.npos ||
                                                  white_space.find(part.back()) != white_space.npos);
        if (has_blanks) return "a part has white space around it";
        behind = span.end;
    }
    return {};
}

/// One line for each alternative and setting, to compare what two texts mean.
std::string meaning(AlternativesText const& read, std::string_view text) {
    std::string out;
    for (auto const& [condition, spec] : read.alternatives)
        out += std::to_string(static_cast<int>(condition.kind)) + " " + std::to_string(condition.count) + "/" +
               std::to_string(condition.of) + " " + std::to_string(condition.from) + "-" +
               std::to_string(condition.below) + " <" + std::string(part_of(text, spec)) + ">\n";
    return out + std::to_string(static_cast<int>(read.per)) + (read.starts_over ? " again" : "");
}

}  // namespace

// Bars have lines of their own, since a comment begins and ends with its line.
std::string print_alternatives(AlternativesText const& alternatives, std::string_view text) {
    std::string out;
    auto const add = [&](std::string const& part) { out += (out.empty() ? "" : "\n|\n") + part; };
    for (auto const& [condition, spec] : alternatives.alternatives)
        add(condition_text(condition) + std::string(part_of(text, spec)));
    switch (alternatives.per) {
        case CountedPer::anchor: break;
        case CountedPer::path: add("per path"); break;
        case CountedPer::connection: add("per connection"); break;
        case CountedPer::client: add("per client"); break;
    }
    if (alternatives.starts_over) add("*");
    return out;
}

std::string broken_alternatives(std::string_view text) {
    if (auto broken = check_parts(text); !broken.empty()) return broken;
    auto const read = read_alternatives(text);
    if (read.has_error()) return language::test::broken_failure(read.error(), text);
    if (read->alternatives.empty()) return "there is no alternative";
    auto const printed = print_alternatives(*read, text);
    auto const again = read_alternatives(printed);
    if (again.has_error()) return "printed alternatives are not read:\n" + describe(again.error(), printed);
    if (meaning(*again, printed) != meaning(*read, text)) return "printed alternatives say something else: " + printed;
    return {};
}

}  // namespace pathology::pathod::test
