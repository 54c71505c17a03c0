// Why a text is not a filter expression, and why a filter could not be decided.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <pathology/proxycore/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::filter {

enum class Errc : std::uint8_t {
    syntax = 1,   ///< the grammar does not allow what stands at the span
    bad_pattern,  ///< an argument is not a regular expression
    too_long,     ///< more than max_length bytes
    too_deep,     ///< more than max_depth levels
};

inline constexpr std::size_t max_length = 8192;  ///< of the text of a filter, in bytes
inline constexpr std::size_t max_depth = 200;    ///< of parentheses and `!`, and of the tree

/// Why a text is not a filter expression, and the bytes of it that the message is about.
struct Failure : BasicFailure<Errc> {
    Span span{};
};
template <class T> using Result = boost::system::result<T, Failure>;

/// For a terminal, four lines without a newline at the end:
///
///     Invalid filter expression: '~c abc'
///     filter:1:4: expected a status code, in decimal digits, after ~c
///     ~c abc
///        ^
///
/// Columns are bytes and count from 1. `text` is what was parsed, `name` what the second line begins with.
std::string describe(Failure const& failure, std::string_view text, std::string_view name = "filter");

/// Makes Result::value() throw std::invalid_argument with the message; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

enum class MatchErrc : std::uint8_t {
    given_up = 1,      ///< a regular expression reached a limit of pattern::Pattern
    content_too_long,  ///< decoded content is longer than Options::max_content
};

/// Why it is unknown whether a filter matches. The message names the test; it does not quote the traffic, which may
/// contain credentials. Matched::value() throws std::runtime_error.
struct MatchFailure : BasicFailure<MatchErrc> {};
using Matched = boost::system::result<bool, MatchFailure>;

}  // namespace pathology::proxycore::filter
