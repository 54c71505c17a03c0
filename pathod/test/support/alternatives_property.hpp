// The properties of every right side of an anchor that is read, for the tests and the fuzzer.
#pragma once

#include <string>
#include <string_view>

#include "alternatives_text.hpp"

namespace pathology::pathod::test {

/// The text of alternatives, with bars and conditions on lines of their own: `1/3\n503\n|\n200\n|\n*`.
std::string print_alternatives(AlternativesText const& alternatives, std::string_view text);

/// Returns the property that a text violates as alternatives; an empty string if there is none. The properties: the parts
/// follow each other inside the text, without white space around them; what is printed is read as the same; a failure has a message
/// and a place inside the text.
std::string broken_alternatives(std::string_view text);

}  // namespace pathology::pathod::test
