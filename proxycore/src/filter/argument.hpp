// Arguments of operators as text: bare, or in quotes with escapes.
//
//     bare     every character other than ( ) ~ ' " and white space; a backslash is part of it
//     quoted   "…" or '…' in one line; \t \n \r \f are control characters, \ and another character is that character
#pragma once

#include <cstddef>
#include <pathology/proxycore/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::filter {

inline constexpr std::string_view blanks = " \t\r\n";

/// The length of the bare argument that `text` begins with; 0 if it begins with none.
std::size_t bare_length(std::string_view text);

struct Quoted {
    std::size_t length = 0;  ///< with both quotes; without the closing one, up to where it is missing
    bool is_closed = false;
    std::string value{};
};
/// Reads the quoted argument that `text` begins with.
Quoted read_quoted(std::string_view text);

/// Appends an argument with this value: bare if that is possible, else in double quotes.
void append_argument(std::string& out, std::string_view value);

/// The place in `text` of the byte at `offset` in the value of the argument at `span`.
std::size_t place_in(std::string_view text, Span span, std::size_t offset);

}  // namespace pathology::proxycore::filter
