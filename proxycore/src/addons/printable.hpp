// Text that comes from the network, made safe for a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pathology::proxycore::addons {

/// Appends `text` with a `.` for each control character, those of C1 included. Text that is no UTF-8 keeps its
/// printable ASCII alone. `keeps_lines` lets tabs and line feeds stay.
void append_printable(std::string& out, std::string_view text, bool keeps_lines = false);

/// Whether the beginning of `bytes` is rather something for a hex dump.
bool is_mostly_binary(std::string_view bytes);

/// "0b", "1023b", "1.5k", "100k": one decimal below 99.95, powers of 1024.
std::string human_size(std::uint64_t bytes);

}  // namespace pathology::proxycore::addons
