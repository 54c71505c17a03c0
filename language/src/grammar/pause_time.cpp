#include "grammar/pause_time.hpp"

#include <charconv>
#include <chrono>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/console/units.hpp>

namespace pathology::language::grammar {
namespace {

constexpr char const* ambiguous_unit =
    "a time has one of the units ms, s, m, h directly behind its number; write a colon before the next part";

using proxycore::ascii::is_digit;
using proxycore::ascii::is_letter;

std::string_view letters_at(Iterator it, Iterator last) { return {it, std::find_if_not(it, last, is_letter)}; }

bool is_delimiter(Iterator it, Iterator last) { return it == last || *it == ':' || is_blank(*it); }

/// What the letters behind a number are.
enum class Suffix { none, unit, ambiguous };

/// `may_begin_range`: a unit may also end at the `-` of a range.
Suffix suffix_at(Iterator it, Iterator last, bool may_begin_range) {
    auto const word = letters_at(it, last);
    auto const* const behind = it + word.size();
    if (word.empty()) {
        // `500 ms`: a reason `s`, in a place where no one writes a reason.
        auto const* const next = std::find_if_not(it, last, is_blank);
        auto const apart = letters_at(next, last);
        bool const is_unit_apart = (apart == "ms" || apart == "us") && is_delimiter(next + apart.size(), last);
        return is_unit_apart ? Suffix::ambiguous : Suffix::none;
    }
    bool const is_unit = word == "ms" || word == "s" || word == "m" || word == "h";
    bool const is_in_range = may_begin_range && last - behind > 1 && *behind == '-' && is_digit(behind[1]);
    if (is_unit && (is_in_range || is_delimiter(behind, last))) return Suffix::unit;
    if (word == "us") return Suffix::ambiguous;
    // `mask` is a flag of frames.
    bool const could_be_unit = word.front() == 'm' || word.front() == 's' || word.front() == 'h';
    return could_be_unit && word != "mask" ? Suffix::ambiguous : Suffix::none;
}

/// The time without the parts that a spec cannot print exactly: of a long one, the fraction of a second.
PauseTime to_time(std::chrono::nanoseconds time) {
    constexpr std::chrono::seconds longest_with_fraction(PauseTime::longest_with_fraction);
    if (time >= longest_with_fraction) time = std::chrono::round<std::chrono::seconds>(time);
    auto const seconds = std::chrono::floor<std::chrono::seconds>(time);
    return {static_cast<std::uint64_t>(seconds.count()), static_cast<std::uint32_t>((time - seconds).count())};
}

/// A number and its unit, as they are written.
struct WrittenTime {
    std::string_view number;
    std::string_view unit;  ///< empty without one
    bool has_fraction = false;

    Iterator end() const { return number.data() + number.size() + unit.size(); }
};

class TimeScanner {
public:
    TimeScanner(Iterator last, ErrorCollector& seen) : last_(last), seen_(seen) {}

    /// `may_begin_range`: the time may lack its unit, since the time behind a `-` has it.
    std::optional<WrittenTime> scan(Iterator begin, bool may_begin_range) const {
        auto const* it = std::find_if_not(begin, last_, is_digit);
        if (it == begin) return std::nullopt;
        WrittenTime time;
        time.has_fraction = last_ - it > 1 && *it == '.' && is_digit(it[1]);
        if (time.has_fraction) it = std::find_if_not(it + 1, last_, is_digit);
        time.number = {begin, it};
        if (may_begin_range && begins_longest(it)) return time;
        auto const suffix = suffix_at(it, last_, may_begin_range);
        if (suffix == Suffix::ambiguous) {
            seen_.refuse(std::find_if_not(it, last_, is_blank), ambiguous_unit);
            return std::nullopt;
        }
        if (suffix == Suffix::unit) time.unit = letters_at(it, last_);
        return time;
    }

    /// The value of the number in a unit, which may be that of another time.
    std::optional<PauseTime> value(WrittenTime const& time, std::string_view unit) const {
        auto const* const begin = time.number.data();
        // A number of seconds may be larger than what options accept.
        if (std::uint64_t seconds = 0; unit.empty() && !time.has_fraction) {
            if (std::from_chars(begin, begin + time.number.size(), seconds).ec == std::errc())
                return PauseTime{seconds, 0};
            seen_.fail_hard(begin, "a number below 2^64");
            return std::nullopt;
        }
        auto const text = std::string(time.number).append(unit.empty() ? "s" : unit);
        auto const parsed = proxycore::console::parse_duration(text);
        if (!parsed.has_error()) return to_time(*parsed);
        seen_.fail_hard(begin, "a time of at most 100 years");
        return std::nullopt;
    }

    /// Refuses 1.5, as the original does.
    bool may_stand_alone(WrittenTime const& time) const {
        if (!time.has_fraction || !time.unit.empty() || time.number.starts_with("0.")) return true;
        seen_.refuse(time.number.data(), "a time with a fraction needs a unit, such as 1.5s");
        return false;
    }

    bool begins_longest(Iterator it) const { return last_ - it > 1 && *it == '-' && is_digit(it[1]); }

private:
    Iterator last_;
    ErrorCollector& seen_;
};

}  // namespace

std::optional<PauseTimes> scan_pause_times(Iterator& first, Iterator last, ErrorCollector& seen) {
    if (first != last && *first == 'f') {
        ++first;
        return PauseTimes{};
    }
    TimeScanner const scanner(last, seen);
    auto const shortest = scanner.scan(first, true);
    if (!shortest) return std::nullopt;
    bool const is_range = scanner.begins_longest(shortest->end());
    auto const longest = is_range ? scanner.scan(shortest->end() + 1, false) : shortest;
    if (!longest) return std::nullopt;
    if (!is_range && !scanner.may_stand_alone(*shortest)) return std::nullopt;
    auto const begin = scanner.value(*shortest, shortest->unit.empty() ? longest->unit : shortest->unit);
    auto const end = scanner.value(*longest, longest->unit);
    if (!begin || !end) return std::nullopt;
    if (*end < *begin) {
        seen.refuse(longest->number.data(), "a range of times begins with the shorter one");
        return std::nullopt;
    }
    first = longest->end();
    return is_range ? PauseTimes{begin, end} : PauseTimes{begin, std::nullopt};
}

std::optional<PauseTime> scan_pause_time(Iterator& first, Iterator last, ErrorCollector& seen) {
    TimeScanner const scanner(last, seen);
    auto const written = scanner.scan(first, false);
    if (!written) {
        seen.expect(first, "a time");
        return std::nullopt;
    }
    if (!scanner.may_stand_alone(*written)) return std::nullopt;
    auto const time = scanner.value(*written, written->unit);
    if (time) first = written->end();
    return time;
}

}  // namespace pathology::language::grammar
