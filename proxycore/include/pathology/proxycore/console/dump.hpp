// The two ways in which data that went over the wire is shown to a person.
#pragma once

#include <string>
#include <string_view>

namespace pathology::proxycore::console {

/// Each line of data behind a tab and ended by a newline. Bytes that are not printable ASCII show as `.`, but tabs and
/// carriage returns stay. Data that ends with a newline has an empty last line.
std::string dump_text(std::string_view data);

/// Sixteen bytes a line: a tab, the offset in ten hexadecimal digits, the bytes in hexadecimal padded to 47 columns,
/// and as text with `.` for what is not printable ASCII. No data, no line.
std::string dump_hex(std::string_view data);

}  // namespace pathology::proxycore::console
