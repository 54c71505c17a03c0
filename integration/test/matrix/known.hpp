// Groups of cells by a form, for the table of known faults and the command line.
#pragma once

#include <string_view>

#include "matrix/cell.hpp"

namespace pathology::integration::matrix {

/// Whether the cell has a form, which is that of a cell with `*` for any value of an axis and `a|b` for either; axes that are
/// missing at the end may have any value.
bool is_of_form(Cell const& cell, std::string_view form);

}  // namespace pathology::integration::matrix
