// Where addons write their output.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace pathology::proxycore::addons {

/// Receives blocks of whole lines; a block is not to be interleaved with other output.
struct DumpSink {
    std::function<void(std::string_view block)> write;
    bool is_terminal = false;  ///< enables colours, and cuts long URLs
    /// Returns the width of the terminal; empty = 80.
    std::function<std::size_t()> columns{};
};

}  // namespace pathology::proxycore::addons
