// The name of a table row, for INSTANTIATE_TEST_SUITE_P.
#pragma once
#include <string>

namespace pathology::test {

/// Names a test after the `name` of its row.
inline constexpr auto row_name = [](auto const& row) { return std::string(row.param.name); };

}  // namespace pathology::test
