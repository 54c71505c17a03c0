// Cells that fail by a fault of the proxy.
#include "matrix/known.hpp"

#include <algorithm>
#include <vector>

namespace pathology::integration::matrix {
namespace {

struct KnownFault {
    std::string_view cells;  ///< a form
    std::string_view reason;
};

/// A cell of one that passes fails the run.
std::vector<KnownFault> const known_faults{};

bool has(std::string_view names, std::string_view value) {
    for (;;) {
        auto const end = std::min(names.find('|'), names.size());
        if (names.substr(0, end) == value || names == "*") return true;
        if (end == names.size()) return false;
        names.remove_prefix(end + 1);
    }
}

}  // namespace

bool is_of_form(Cell const& cell, std::string_view form) {
    for (std::size_t axis = 0; axis < axis_count && !form.empty(); ++axis) {
        auto const end = std::min(form.find('/'), form.size());
        if (!has(form.substr(0, end), axes()[axis].values[cell.values[axis]])) return false;
        form.remove_prefix(std::min(end + 1, form.size()));
    }
    return form.empty();
}

std::optional<std::string> known_fault(Cell const& cell) {
    for (auto const& fault : known_faults)
        if (is_of_form(cell, fault.cells)) return std::string(fault.reason);
    return std::nullopt;
}

}  // namespace pathology::integration::matrix
