// Bytes made readable, for messages and logs.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pathology::proxycore::http {

/// Printable ASCII stays; a backslash, `quote` and the rest are escaped as in a Python literal: `\\`, `\n`, `\x00`.
std::string escaped(std::string_view bytes, char quote = '\0');

/// Escaped, in double quotes; longer than `limit` bytes is cut and ends in `...`.
std::string quoted(std::string_view bytes, std::size_t limit = 80);

// --- text for a terminal ---------------------------------------------------------------------------------------------

/// Which white space terminal_text() keeps.
enum class WhiteSpace : std::uint8_t {
    blanks,  ///< U+0020 alone: the result is one line
    lines,   ///< tabs and line ends, LF or CR LF, too
};

/// Text that may be shown on a terminal, whatever a peer has put into it: it moves no cursor, begins no escape sequence,
/// and looks like what it is. Characters of UTF-8 stay, except for
///
///   control characters        C0, DEL, C1                                              \n \x1b \u009b
///   format characters         Unicode category Cf: bidirectional controls, zero        \u202e \U000e0041
///                             width, soft hyphen, tags
///   separators                of lines and paragraphs                                  \u2028
///   bytes that are not UTF-8                                                           \xff
///
/// which are escaped as in a Python literal. A backslash stays, so text that needs no escape comes back as it is.
std::string terminal_text(std::string_view text, WhiteSpace kept = WhiteSpace::blanks);
void append_terminal_text(std::string& out, std::string_view text, WhiteSpace kept = WhiteSpace::blanks);

/// JSON text of the same value in which these characters are escaped as `\u202e`. `json` is valid JSON.
std::string terminal_json(std::string_view json);

}  // namespace pathology::proxycore::http
