// How content is shown: as text or as a hex dump, and its size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pathology::proxycore::addons {

/// Returns true if `bytes` should be printed as a hex dump, by their first 100 bytes.
bool is_mostly_binary(std::string_view bytes);

/// "0b", "1023b", "1.5k", "100k": one decimal below 99.95, powers of 1024.
std::string human_size(std::uint64_t bytes);

}  // namespace pathology::proxycore::addons
