// Looking up texts without copying them.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace pathology::proxycore::multiupstream {

/// For maps with std::equal_to<>: find() takes a view.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

}  // namespace pathology::proxycore::multiupstream
