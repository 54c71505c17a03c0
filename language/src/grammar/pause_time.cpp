#include "grammar/pause_time.hpp"

#include <charconv>
#include <chrono>
#include <pathology/proxycore/console/units.hpp>

namespace pathology::language::grammar {
namespace {

using namespace std::chrono_literals;

constexpr char const* ambiguous_unit =
    "a time has one of the units ms, s, m, h directly behind its number; write a colon before the next part";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }

std::string_view letters_at(Iterator it, Iterator last) { return {it, std::find_if_not(it, last, is_letter)}; }

bool is_delimiter(Iterator it, Iterator last) { return it == last || *it == ':' || is_blank(*it); }

/// What the letters behind a number are.
enum class Suffix { none, unit, ambiguous };

Suffix suffix_at(Iterator it, Iterator last) {
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
    if (is_unit && is_delimiter(behind, last)) return Suffix::unit;
    if (word == "us") return Suffix::ambiguous;
    // `mask` is a flag of frames.
    bool const could_be_unit = word.front() == 'm' || word.front() == 's' || word.front() == 'h';
    return could_be_unit && word != "mask" ? Suffix::ambiguous : Suffix::none;
}

/// The time without the parts that a spec cannot print exactly: of a long one, the fraction of a second.
PauseTime to_time(std::chrono::nanoseconds time) {
    constexpr auto longest_with_fraction = 1'000'000s;  // below it, a double holds every nanosecond
    if (time >= longest_with_fraction) time = std::chrono::round<std::chrono::seconds>(time);
    auto const seconds = std::chrono::floor<std::chrono::seconds>(time);
    return {static_cast<std::uint64_t>(seconds.count()), static_cast<std::uint32_t>((time - seconds).count())};
}

}  // namespace

std::optional<PauseTime> scan_pause_time(Iterator& first, Iterator last, ErrorCollector& seen) {
    if (first != last && *first == 'f') {
        ++first;
        return PauseTime{};
    }
    auto const* const begin = first;
    auto const* it = std::find_if_not(begin, last, is_digit);
    if (it == begin) return std::nullopt;
    bool const has_fraction = last - it > 1 && *it == '.' && is_digit(it[1]);
    if (has_fraction) it = std::find_if_not(it + 1, last, is_digit);
    auto const suffix = suffix_at(it, last);
    if (suffix == Suffix::ambiguous) {
        seen.refuse(std::find_if_not(it, last, is_blank), ambiguous_unit);
        return std::nullopt;
    }
    if (suffix == Suffix::none && has_fraction) {
        seen.refuse(begin, "a time with a fraction needs a unit, such as 1.5s");
        return std::nullopt;
    }
    if (suffix == Suffix::unit) it += letters_at(it, last).size();
    // A number of seconds may be larger than what options accept. It has no fraction, as in the original.
    if (std::uint64_t seconds = 0; suffix == Suffix::none) {
        if (std::from_chars(begin, it, seconds).ec != std::errc()) {
            seen.fail_hard(begin, "a number below 2^64");
            return std::nullopt;
        }
        first = it;
        return PauseTime{seconds, 0};
    }
    auto const time = proxycore::console::parse_duration({begin, it});
    if (time.has_error()) {
        seen.fail_hard(begin, "a time of at most 100 years");
        return std::nullopt;
    }
    first = it;
    return to_time(*time);
}

}  // namespace pathology::language::grammar
