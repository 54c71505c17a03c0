// Where addons write what a person or a program is to read.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace pathology::proxycore::addons {

/// Takes blocks of whole lines; each block is what belongs together.
struct DumpSink {
    std::function<void(std::string_view block)> write;
    bool is_terminal = false;  ///< then there are colours, and long URLs are cut
    /// The width of the terminal; empty = 80.
    std::function<std::size_t()> columns{};
};

}  // namespace pathology::proxycore::addons
