#pragma once
// Times and rates that options of programs take, written as in specs.

#include <chrono>
#include <optional>
#include <pathology/language/actions.hpp>
#include <pathology/language/failure.hpp>
#include <pathology/language/plan.hpp>
#include <pathology/language/rng.hpp>
#include <string_view>

namespace pathology::language {

/// A time to wait: a fixed one, one that is drawn from a range for each use, or for ever.
struct WaitTime {
    std::optional<PauseTime> shortest;  ///< std::nullopt: for ever
    std::optional<PauseTime> longest;   ///< of a range

    friend bool operator==(WaitTime const&, WaitTime const&) = default;
};

/// Parses the time of a pause: `2`, `500ms`, `1-3s`, or `f` for ever.
/// Errors: SpecErrc::syntax, with the span in `text`.
Parsed<WaitTime> parse_wait_time(std::string_view text);

/// Draws a time: in steps of a millisecond if the range is wide, so that it has a short spelling. std::nullopt: for
/// ever.
std::optional<PauseTime> draw(WaitTime const& time, Rng& rng);

/// Parses a rate: `1k` bytes a second, `10/0.1s` ten bytes each tenth of a second, or `full`, which is SetRate{}.
/// Errors: SpecErrc::syntax, with the span in `text`.
Parsed<SetRate> parse_rate(std::string_view text);

/// The pieces of a rate. One of bytes a second has a hundred pieces a second, or one for each byte if it has less.
SetRate pieces_of(Rate const& rate);

}  // namespace pathology::language
