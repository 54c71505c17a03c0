#pragma once
// The time of a pause: `f` for ever, a number of seconds, a decimal number with a unit as in the time options of the
// programs, or a range of such times.
//
//     2  0.5  500ms  1.5s  2m    a fraction without a unit is one of a second: the original refuses 1.5
//     1-3  0.1-0.5  100-200ms    the first takes the unit of the second if it has none
//
// Parts of a message need no colon between them, so letters behind a number may be a unit or the next part. What can be
// read both ways is refused:
//
//     500ms  1.5s  2m  1h        a unit, if a colon, a blank or the end follows
//     5m'Fine'  5min  500msec    refused: the next part, or a unit?
//     500 ms  500us              refused: `ms` and `us` would be the parts `m` and `u`
//     5b'x'  5r  5d10            no unit begins with these letters: the next part

#include <pathology/language/tokens.hpp>

#include "grammar/context.hpp"

namespace pathology::language::grammar {

struct PauseTimes {
    std::optional<PauseTime> shortest;  ///< std::nullopt: for ever
    std::optional<PauseTime> longest;   ///< of a range
};

struct PauseParts {
    Offset at;
    PauseTimes times;
};

/// Parses a time or a range at `first` and moves `first` behind it. Returns std::nullopt if there is none, or if it is
/// refused.
std::optional<PauseTimes> scan_pause_times(Iterator& first, Iterator last, ErrorCollector& seen);

/// Parses a time that is neither a range nor for ever.
std::optional<PauseTime> scan_pause_time(Iterator& first, Iterator last, ErrorCollector& seen);

struct PauseTimesParser : x3::parser<PauseTimesParser> {
    using attribute_type = PauseTimes;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const times = scan_pause_times(first, last, errors(context));
        if (!times) return false;
        x3::traits::move_to(*times, attribute);
        return true;
    }
};

}  // namespace pathology::language::grammar
