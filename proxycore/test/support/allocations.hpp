// Counts allocations. A program that links allocations.cpp has the operators new and delete of that file.
#pragma once
#include <cstddef>

namespace pathology::test {

/// The calls of operator new in this thread so far.
extern thread_local std::size_t allocations;

}  // namespace pathology::test
