// Bytes made readable, for messages and logs.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace pathology::proxycore::http {

/// Printable ASCII stays; a backslash, `quote` and the rest are escaped as in a Python literal: `\\`, `\n`, `\x00`.
std::string escaped(std::string_view bytes, char quote = '\0');

/// Escaped, in double quotes; longer than `limit` bytes is cut and ends in `...`.
std::string quoted(std::string_view bytes, std::size_t limit = 80);

}  // namespace pathology::proxycore::http
