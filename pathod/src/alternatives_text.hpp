// The right side of an anchor with several responses: `1/3 503 | 10% 404 | 200 | * | per path`.
//
//   alternatives = alternative { "|" alternative } { "|" setting }      white space around each bar
//   alternative  = [ condition ] spec
//   condition    = number "/" number                   of every N requests the last K
//                | number [ "." digits ] "%"           by chance
//   setting      = "*"                                 those without a condition start over
//                | "per path" | "per connection" | "per client"
#pragma once

#include <cstdint>
#include <pathology/language/failure.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::pathod {

/// When an alternative is used.
struct Condition {
    enum class Kind : std::uint8_t { none, every, chance };
    static constexpr std::uint32_t all = 1'000'000;  ///< a chance of 100 %

    Kind kind = Kind::none;
    std::uint32_t count = 0;  ///< of `every`: how many of each `of` requests, the last ones
    std::uint32_t of = 0;
    std::uint32_t from = 0, below = 0;  ///< of `chance`: the numbers that it is for, in 0 .. all - 1
};

/// `chance` in percent, without zeros at the end: `0.5`.
std::string percent_text(std::uint32_t chance);

/// Whose requests are counted together.
enum class CountedPer : std::uint8_t { anchor, path, connection, client };

struct AlternativeText {
    Condition condition{};
    language::SourceSpan spec{};  ///< in the text of all alternatives
};

struct AlternativesText {
    static constexpr std::size_t max_count = 1000;

    std::vector<AlternativeText> alternatives{};  ///< at least one
    CountedPer per = CountedPer::anchor;
    bool starts_over = false;

    /// Returns true if the text is one spec and nothing else.
    bool is_plain() const;
};

/// Reads alternatives, conditions and settings; the specs are not parsed.
/// Errors: SpecErrc::syntax, out_of_range, given_twice, too_long; the span is within `text`.
language::Parsed<AlternativesText> read_alternatives(std::string_view text);

}  // namespace pathology::pathod
