// A few cells in which all values meet.
#pragma once

#include <cstdint>
#include <vector>

#include "matrix/cell.hpp"

namespace pathology::integration::matrix {

/// Cells beside the core such that, as far as it is possible: each two values of two axes are in one of them or in the
/// core, and each fault is with each exchange in each mode. The same seed gives the same cells.
std::vector<Cell> covering(std::uint64_t seed);

/// The possible cells without fault and addon.
std::vector<Cell> core();

}  // namespace pathology::integration::matrix
