// Printing of bytes: as text and as a hex dump.
#pragma once

#include <string>
#include <string_view>

namespace pathology::proxycore::console {

/// Each line is indented by a tab and ends with a newline. Bytes that are not printable ASCII become `.`, except for
/// tabs and the carriage returns of line ends. Data that ends with a newline has an empty last line.
std::string dump_text(std::string_view data);

/// Sixteen bytes a line: a tab, the offset in ten hexadecimal digits, the bytes in hexadecimal padded to 47 columns,
/// and the text with `.` for other bytes than printable ASCII. Empty for no data.
std::string dump_hex(std::string_view data);

}  // namespace pathology::proxycore::console
