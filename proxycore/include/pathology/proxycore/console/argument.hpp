// Conversion of command-line arguments to the values of options, and of defaults to help text.
#pragma once

#include <charconv>
#include <chrono>
#include <concepts>
#include <limits>
#include <optional>
#include <pathology/proxycore/console/units.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::console {

/// For each type of an option:
///   placeholder      the word for the value in the help
///   parse(text)      the value, or why the text is invalid
///   show(value)      the default in the help; empty: none is shown
/// Programs may specialise it for their own types.
template <class T> struct Argument;

template <> struct Argument<std::string> {
    static constexpr std::string_view placeholder = "TEXT";
    static ParseResult<std::string> parse(std::string_view text) { return {boost::system::in_place_value, text}; }
    static std::string show(std::string const& value) { return value; }
};

template <> struct Argument<Bytes> {
    static constexpr std::string_view placeholder = "SIZE";
    static ParseResult<Bytes> parse(std::string_view text) { return parse_size(text); }
    static std::string show(Bytes value) { return format(value); }
};

template <> struct Argument<std::chrono::nanoseconds> {
    static constexpr std::string_view placeholder = "TIME";
    static ParseResult<std::chrono::nanoseconds> parse(std::string_view text) { return parse_duration(text); }
    static std::string show(std::chrono::nanoseconds value) { return format(value); }
};

/// Whole numbers, within the range of the type; std::uint16_t is a port.
template <std::integral T> struct Argument<T> {
    static constexpr std::string_view placeholder = std::same_as<T, std::uint16_t> ? "PORT" : "N";

    static ParseResult<T> parse(std::string_view text) {
        T value{};
        auto const* const end = text.data() + text.size();
        auto const [stop, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc() && stop == end) return value;
        return InvalidValue{"'" + std::string(text) + "' is not a number from " +
                            std::to_string(std::numeric_limits<T>::min()) + " to " +
                            std::to_string(std::numeric_limits<T>::max())};
    }
    static std::string show(T value) { return std::to_string(value); }
};

/// An option without a default.
template <class T> struct Argument<std::optional<T>> {
    static constexpr std::string_view placeholder = Argument<T>::placeholder;
    static ParseResult<std::optional<T>> parse(std::string_view text) {
        auto const value = Argument<T>::parse(text);
        if (!value) return value.error();
        return std::optional<T>(*value);
    }
    static std::string show(std::optional<T> const& value) { return value ? Argument<T>::show(*value) : ""; }
};

}  // namespace pathology::proxycore::console
