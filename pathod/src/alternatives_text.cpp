#include "alternatives_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <pathology/language/alternatives.hpp>
#include <string>

namespace pathology::pathod {
namespace {

using language::Parsed;
using language::SourceSpan;
using language::SpecErrc;
using language::SpecFailure;

constexpr std::string_view white_space = " \t\r\n";
constexpr std::size_t max_decimals = 4;
constexpr std::uint32_t one_percent = Condition::all / 100;

struct Setting {
    std::string_view text;
    CountedPer per;
};
constexpr std::array scopes{Setting{"per path", CountedPer::path}, Setting{"per connection", CountedPer::connection},
                            Setting{"per client", CountedPer::client}};

bool is_setting(std::string_view part) { return part == "*" || part == "per" || part.starts_with("per "); }

SpecFailure fail(SpecErrc code, SourceSpan span, std::string message) { return {{code, std::move(message)}, span, {}}; }

/// std::nullopt if it is no number of 32 bits.
std::optional<std::uint32_t> number_of(std::string_view text) {
    std::uint32_t number = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || rest != end) return std::nullopt;
    return number;
}

Parsed<Condition> read_every(std::string_view text, SourceSpan span) {
    auto const slash = text.find('/');
    auto const count = number_of(text.substr(0, slash)), of = number_of(text.substr(slash + 1));
    if (!count || !of || *count == 0 || *count > *of)
        return fail(SpecErrc::out_of_range, span,
                    "expected K/N, of every N requests the last K, with numbers from 1 and K at most N");
    return Condition{.kind = Condition::Kind::every, .count = *count, .of = *of};
}

Parsed<Condition> read_chance(std::string_view text, SourceSpan span) {
    auto const number = text.substr(0, text.size() - 1);
    auto const point = std::min(number.find('.'), number.size());
    auto decimals = std::string(number.substr(std::min(point + 1, number.size())));
    bool const is_exact = decimals.size() <= max_decimals && (point == number.size() || !decimals.empty());
    decimals.resize(max_decimals, '0');
    auto const whole = number_of(number.substr(0, point)), rest = number_of(decimals);
    if (!text.ends_with('%') || !is_exact || !whole || !rest || *whole > 100 || (*whole == 100 && *rest > 0))
        return fail(SpecErrc::out_of_range, span,
                    "expected a chance from 0% to 100%, with at most " + std::to_string(max_decimals) + " decimals");
    return Condition{.kind = Condition::Kind::chance, .below = *whole * one_percent + *rest};
}

/// The condition that `part` begins with; empty if there is none. What looks like the name of a file is none.
std::string_view condition_of(std::string_view part) {
    constexpr std::string_view digits = "0123456789";
    auto const word = part.substr(0, part.find_first_of(white_space));
    bool const is_condition = !word.empty() && word.find_first_not_of("0123456789./%") == word.npos &&
                              word.find_first_of("/%") != word.npos && digits.find(word.front()) != digits.npos &&
                              (digits.find(word.back()) != digits.npos || word.back() == '%');
    return is_condition ? word : std::string_view();
}

Parsed<AlternativeText> read_one(std::string_view text, SourceSpan span) {
    auto const part = text.substr(span.begin, span.end - span.begin);
    auto const word = condition_of(part);
    if (word.empty()) return AlternativeText{{}, span};
    SourceSpan const place{span.begin, span.begin + static_cast<std::uint32_t>(word.size())};
    auto condition = word.find('/') != word.npos ? read_every(word, place) : read_chance(word, place);
    if (!condition) return condition.error();
    auto const spec = part.find_first_not_of(white_space, word.size());
    if (spec == part.npos) return fail(SpecErrc::syntax, {span.end, span.end}, "expected a spec behind the condition");
    return AlternativeText{*condition, {span.begin + static_cast<std::uint32_t>(spec), span.end}};
}

class Reader {
public:
    explicit Reader(std::string_view text)
        : text_(text), parts_(language::split_alternatives(text)), has_bar_(parts_.size() > 1) {}

    Parsed<AlternativesText> read() {
        // A lone `*` is a spec that does not parse, not a setting.
        for (; parts_.size() > 1 && is_setting(text_of(parts_.back())); parts_.pop_back())
            if (auto failure = read_setting(parts_.back())) return *failure;
        if (parts_.size() > AlternativesText::max_count)
            return fail(SpecErrc::too_long, parts_[AlternativesText::max_count],
                        "an anchor has at most " + std::to_string(AlternativesText::max_count) + " alternatives");
        for (auto const span : parts_)
            if (auto failure = read_alternative(span)) return *failure;
        if (result_.starts_over && !has_sequence())
            return fail(SpecErrc::syntax, star_, "* needs an alternative without a condition, which it starts over");
        return std::move(result_);
    }

private:
    std::string_view text_of(SourceSpan span) const { return text_.substr(span.begin, span.end - span.begin); }

    std::optional<SpecFailure> read_setting(SourceSpan span) {
        if (text_of(span) == "*") {
            if (result_.starts_over) return fail(SpecErrc::given_twice, span, "* is given twice");
            result_.starts_over = true;
            star_ = span;
            return std::nullopt;
        }
        auto const* const found = std::ranges::find(scopes, text_of(span), &Setting::text);
        if (found == scopes.end())
            return fail(SpecErrc::syntax, span, "expected per path, per connection or per client");
        if (result_.per != CountedPer::anchor) return fail(SpecErrc::given_twice, span, "per is given twice");
        result_.per = found->per;
        return std::nullopt;
    }

    std::optional<SpecFailure> read_alternative(SourceSpan span) {
        if (span.begin == span.end && has_bar_)
            return fail(SpecErrc::syntax, span, "expected a spec on both sides of |");
        if (parts_.size() > 1 && is_setting(text_of(span)))
            return fail(SpecErrc::syntax, span, "* and per stand behind the last alternative");
        auto alternative = read_one(text_, span);
        if (!alternative) return alternative.error();
        if (has_misplaced_comment(alternative->spec))
            return fail(SpecErrc::syntax, alternative->spec, "a comment has a line of its own");
        if (alternative->condition.kind == Condition::Kind::chance) {
            auto& [kind, count, of, from, below] = alternative->condition;
            from = chances_;
            chances_ = below += from;
            if (chances_ > Condition::all)
                return fail(SpecErrc::out_of_range, span, "the chances of all alternatives add up to more than 100%");
        }
        result_.alternatives.push_back(*alternative);
        return std::nullopt;
    }

    /// A `#` behind a bar or a condition is text, but alone the spec would begin with a comment.
    bool has_misplaced_comment(SourceSpan spec) const {
        auto const before = text_.substr(0, spec.begin);
        auto const line = before.substr(before.rfind('\n') + 1);
        return text_of(spec).starts_with('#') && line.find_first_not_of(white_space) != line.npos;
    }

    bool has_sequence() const {
        return std::ranges::any_of(result_.alternatives,
                                   [](auto const& one) { return one.condition.kind == Condition::Kind::none; });
    }

    std::string_view text_;
    std::vector<SourceSpan> parts_;  // without the settings, once they are read
    bool has_bar_;
    AlternativesText result_;
    SourceSpan star_;
    std::uint32_t chances_ = 0;  // of the alternatives so far
};

}  // namespace

std::string percent_text(std::uint32_t chance) {
    auto decimals = std::to_string(one_percent + chance % one_percent).substr(1);
    decimals.erase(decimals.find_last_not_of('0') + 1);
    return std::to_string(chance / one_percent) + (decimals.empty() ? "" : "." + decimals);
}

bool AlternativesText::is_plain() const {
    return alternatives.size() == 1 && alternatives.front().condition.kind == Condition::Kind::none && !starts_over &&
           per == CountedPer::anchor;
}

language::Parsed<AlternativesText> read_alternatives(std::string_view text) { return Reader(text).read(); }

}  // namespace pathology::pathod
