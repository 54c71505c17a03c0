#include <pathology/proxycore/console/units.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>

namespace pathology::proxycore::console {
namespace {

using Nanoseconds = std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr std::string_view size_suffixes = "bkmgt";  // the index is the power of 1024
constexpr auto max_duration = 24h * 365 * 100;

struct Unit {
    std::string_view name;
    Nanoseconds length;
};
constexpr std::array units{Unit{"ms", 1ms}, Unit{"s", 1s}, Unit{"m", 1min}, Unit{"h", 1h}};

InvalidValue bad_size(std::string_view text) {
    return {"Invalid size specification: " + std::string(text) +
            " (examples: 100, 64k, 1g; the suffixes b, k, m, g, t are powers of 1024)"};
}

InvalidValue bad_duration(std::string_view text) {
    return {"Invalid duration: " + std::string(text) + " (examples: 2, 1.5s, 200ms, 5m, 1h)"};
}

std::optional<Nanoseconds> unit_length(std::string_view name) {
    if (name.empty()) return 1s;
    for (auto const& unit : units) {
        if (unit.name == name) return unit.length;
    }
    return std::nullopt;
}

/// A decimal number with at most six places, without trailing zeros.
std::string decimal(double value) {
    std::array<char, 64> digits{};
    auto const written =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, 6);
    std::string text(digits.data(), written.ptr);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

}  // namespace

void throw_exception_from_error(InvalidValue const& invalid, boost::source_location const&) {
    throw std::invalid_argument(invalid.message);
}

ParseResult<Bytes> parse_size(std::string_view text) {
    std::uint64_t count = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc()) return bad_size(text);
    if (stop == end) return Bytes{count};
    auto const power = size_suffixes.find(*stop);
    if (stop + 1 != end || power == std::string_view::npos) return bad_size(text);
    auto const shift = 10 * power;
    // Larger values would lose their highest bits in the shift.
    if (count > (UINT64_MAX >> shift)) return bad_size(text);
    return Bytes{count << shift};
}

ParseResult<Nanoseconds> parse_duration(std::string_view text) {
    double number = 0;
    auto const* const end = text.data() + text.size();
    // from_chars ignores the locale, in which the decimal point may be a comma.
    auto const [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    if (error != std::errc() || !std::isfinite(number) || std::signbit(number)) return bad_duration(text);
    auto const unit = unit_length({stop, static_cast<std::size_t>(end - stop)});
    if (!unit) return bad_duration(text);
    auto const length = number * static_cast<double>(unit->count());
    if (length > static_cast<double>(Nanoseconds(max_duration).count())) return bad_duration(text);
    return Nanoseconds(std::llround(length));
}

std::string format(Bytes size) {
    std::size_t power = 0;
    while (size.count != 0 && size.count % 1024 == 0 && power + 1 < size_suffixes.size()) {
        size.count /= 1024;
        ++power;
    }
    auto text = std::to_string(size.count);
    if (power != 0) text += size_suffixes[power];
    return text;
}

std::string format(Nanoseconds duration) {
    auto const in = [&](Nanoseconds unit) {
        return decimal(static_cast<double>(duration.count()) / static_cast<double>(unit.count()));
    };
    if (duration == Nanoseconds::zero()) return "0s";
    if (duration < 1s) return in(1ms) + "ms";
    // The largest unit without a fraction; parse_duration() of the text gives the same value.
    if (duration % 1h == Nanoseconds::zero()) return in(1h) + "h";
    if (duration % 1min == Nanoseconds::zero()) return in(1min) + "m";
    return in(1s) + "s";
}

}  // namespace pathology::proxycore::console
