#pragma once
// The time of a pause: `f` for ever, a number of seconds, or a decimal number with a unit as in the time options of the
// programs.
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

struct PauseTime {
    std::optional<std::uint64_t> seconds;  ///< std::nullopt: for ever
    std::uint32_t nanoseconds = 0;
};

struct PauseParts {
    Offset at;
    PauseTime time;
};

/// Parses a time at `first` and moves `first` behind it. Returns std::nullopt if there is none, or if it is refused.
std::optional<PauseTime> scan_pause_time(Iterator& first, Iterator last, ErrorCollector& seen);

struct PauseTimeParser : x3::parser<PauseTimeParser> {
    using attribute_type = PauseTime;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext&,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const time = scan_pause_time(first, last, errors(context));
        if (!time) return false;
        x3::traits::move_to(*time, attribute);
        return true;
    }
};

}  // namespace pathology::language::grammar
