// Makes text from the network safe for a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pathology::proxycore::addons {

/// Appends `text` with a `.` for each control character, including C1. In text that is not UTF-8 also for every byte
/// outside printable ASCII. `keeps_lines` keeps tabs and line feeds.
void append_printable(std::string& out, std::string_view text, bool keeps_lines = false);

/// Returns true if `bytes` should be printed as a hex dump, by their first 100 bytes.
bool is_mostly_binary(std::string_view bytes);

/// "0b", "1023b", "1.5k", "100k": one decimal below 99.95, powers of 1024.
std::string human_size(std::uint64_t bytes);

}  // namespace pathology::proxycore::addons
