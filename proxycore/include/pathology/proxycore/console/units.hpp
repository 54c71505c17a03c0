// Sizes and durations as text: "100k", "1.5s".
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace pathology::proxycore::console {

/// A number of bytes.
struct Bytes {
    std::uint64_t count = 0;

    friend auto operator<=>(Bytes const&, Bytes const&) = default;
};

/// Why a text is not a valid value, as one message.
struct InvalidValue {
    std::string message;
};

template <class T> using ParseResult = boost::system::result<T, InvalidValue>;

/// Makes ParseResult::value() throw std::invalid_argument; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(InvalidValue const& invalid, boost::source_location const& where);

/// Parses decimal digits with at most one of the suffixes b, k, m, g, t, which are powers of 1024.
/// Errors: `Invalid size specification: TEXT (…)`, also for a number beyond 64 bits.
ParseResult<Bytes> parse_size(std::string_view text);

/// Parses seconds as a decimal number ("2", "1.5"), or a number with one of the units ms, s, m, h ("200ms", "1.5s").
/// Errors: `Invalid duration: TEXT (…)`, also for a negative one or one beyond 100 years.
ParseResult<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// The shortest text that parse_size() parses as the same number: 102400 is "100k", 1000 is "1000".
std::string format(Bytes size);

/// A text that parse_duration() parses as the same duration, to the microsecond: "200ms", "1.5s", "2m", "0s".
std::string format(std::chrono::nanoseconds duration);

}  // namespace pathology::proxycore::console
