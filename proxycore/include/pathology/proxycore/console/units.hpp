// Sizes and durations as people type and read them: "100k", "1.5s".
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

/// Why a value that a person typed was refused; one sentence.
struct Refusal {
    std::string message;
};

template <class T> using Typed = boost::system::result<T, Refusal>;

/// Makes Typed::value() throw std::invalid_argument; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Refusal const& refusal, boost::source_location const& where);

/// Reads decimal digits and at most one of the suffixes b, k, m, g, t, which stand for powers of 1024.
/// Errors: `Invalid size specification: TEXT (…)`, also for a number that 64 bits cannot hold.
Typed<Bytes> parse_size(std::string_view text);

/// Reads seconds as a decimal number ("2", "1.5"), or a number with one of the units ms, s, m, h ("200ms", "1.5s").
/// Errors: `Invalid duration: TEXT (…)`, also for a negative one or one beyond 100 years.
Typed<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// The shortest text that parse_size reads as the same number: 102400 is "100k", 1000 is "1000".
std::string format(Bytes size);

/// A text that parse_duration reads as the same duration, to the microsecond: "200ms", "1.5s", "2m", "0s".
std::string format(std::chrono::nanoseconds duration);

}  // namespace pathology::proxycore::console
