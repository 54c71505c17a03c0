// Dates of cookies (RFC 6265 §5.1.1): the text is split into words at delimiters. Each word is tried as time, day of
// the month, month and year, in this order; a part that was found is not tried again.
#include <algorithm>
#include <array>
#include <charconv>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/flow/cookies.hpp>

namespace pathology::proxycore::flow {
namespace {

/// The parts that were found so far.
struct Found {
    std::optional<std::array<int, 3>> time{};
    std::optional<int> day{}, month{}, year{};
};

bool is_delimiter(char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte <= 0x2F) || (byte >= 0x3B && byte <= 0x40) ||
           (byte >= 0x5B && byte <= 0x60) || (byte >= 0x7B && byte <= 0x7E);
}

/// Removes a number of `min_digits` to `max_digits` digits from the front; no digit may follow.
std::optional<int> consume_number(std::string_view& text, std::size_t min_digits, std::size_t max_digits) {
    auto const digits =
        static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), ascii::is_digit) - text.begin());
    if (digits < min_digits || digits > max_digits) return std::nullopt;
    int number = 0;
    std::from_chars(text.data(), text.data() + digits, number);
    text.remove_prefix(digits);
    return number;
}

std::optional<std::array<int, 3>> read_time(std::string_view word) {
    std::array<int, 3> time{};
    for (std::size_t part = 0; part < time.size(); ++part) {
        if (part > 0) {
            if (!word.starts_with(':')) return std::nullopt;
            word.remove_prefix(1);
        }
        auto const number = consume_number(word, 1, 2);
        if (!number) return std::nullopt;
        time[part] = *number;
    }
    return time;
}

std::optional<int> read_month(std::string_view word) {
    constexpr std::string_view names = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (word.size() < 3) return std::nullopt;
    auto const name = ascii::lowered(word.substr(0, 3));
    for (std::size_t month = 0; month < 12; ++month)
        if (names.substr(month * 3, 3) == name) return static_cast<int>(month) + 1;
    return std::nullopt;
}

void read_word(std::string_view word, Found& found) {
    if (!found.time && (found.time = read_time(word))) return;
    auto rest = word;
    if (!found.day && (found.day = consume_number(rest, 1, 2))) return;
    if (!found.month && (found.month = read_month(word))) return;
    if (!found.year) found.year = consume_number(word, 2, 4);
}

MaybeTime to_time(Found const& found) {
    if (!found.time || !found.day || !found.month || !found.year) return std::nullopt;
    auto const [hours, minutes, seconds] = *found.time;
    auto const year = *found.year + (*found.year < 70 ? 2000 : *found.year < 100 ? 1900 : 0);
    std::chrono::year_month_day const date(std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(*found.month)},
                                           std::chrono::day{static_cast<unsigned>(*found.day)});
    if (year < 1601 || !date.ok() || hours > 23 || minutes > 59 || seconds > 59) return std::nullopt;
    auto const time = std::chrono::sys_seconds(std::chrono::sys_days(date)) + std::chrono::hours(hours) +
                      std::chrono::minutes(minutes) + std::chrono::seconds(seconds);
    // The clock counts nanoseconds in 64 bits: 1677 to 2262. Cookies are set to expire in 9999.
    auto const last = std::chrono::floor<std::chrono::seconds>(Time::max());
    auto const first = std::chrono::ceil<std::chrono::seconds>(Time::min());
    return std::clamp(time, first, last);
}

}  // namespace

MaybeTime parse_date(std::string_view text) {
    Found found;
    while (!text.empty()) {
        auto const end = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_delimiter) - text.begin());
        if (end > 0) read_word(text.substr(0, end), found);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return to_time(found);
}

}  // namespace pathology::proxycore::flow
