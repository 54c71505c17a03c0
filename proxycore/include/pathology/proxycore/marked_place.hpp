// A place in a text that a user wrote, shown for an error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pathology::proxycore {

/// For a terminal, three lines without a newline at the end: `NAME:LINE:COL: message`, the line with the place, and a caret
/// under it.
///
/// Shape:  tabs in the line become blanks; a line of more than 120 columns is cut around the caret. Lines and columns
///         count from 1; a column is a byte. A place beyond the end is that end.
std::string mark_place(std::string_view text, std::size_t place, std::string_view name, std::string_view message);

}  // namespace pathology::proxycore
