#include <pathology/proxycore/console/dump.hpp>

#include <algorithm>
#include <cstddef>

namespace pathology::proxycore::console {
namespace {

constexpr std::size_t row_length = 16;
constexpr std::size_t byte_columns = 3 * row_length - 1;
constexpr std::size_t offset_digits = 10;

constexpr char hex_digit(std::size_t value) { return "0123456789abcdef"[value & 0xF]; }

constexpr bool is_printable(char byte) { return byte >= ' ' && byte <= '~'; }

/// A carriage return alone would let the text behind it overwrite the line.
constexpr bool is_spacing(std::string_view data, std::size_t at) {
    auto const byte = data[at];
    return byte == '\t' || byte == '\n' || (byte == '\r' && at + 1 < data.size() && data[at + 1] == '\n');
}

void append_offset(std::string& out, std::size_t offset) {
    for (auto digit = offset_digits; digit-- > 0;) out += hex_digit(offset >> (4 * digit));
}

// The format of the original, for scripts that parse it.
void append_row(std::string& out, std::size_t offset, std::string_view row) {
    out += '\t';
    append_offset(out, offset);
    auto const bytes_at = out.size();
    for (char const byte : row) {
        auto const value = static_cast<unsigned char>(byte);
        out += ' ';
        out += hex_digit(value >> 4);
        out += hex_digit(value);
    }
    // Pads a short last row, so that the text column is aligned.
    out.resize(bytes_at + 1 + byte_columns, ' ');
    out += ' ';
    for (char const byte : row) out += is_printable(byte) ? byte : '.';
    out += '\n';
}

}  // namespace

std::string dump_text(std::string_view data) {
    std::string out = "\t";
    out.reserve(data.size() + data.size() / 16 + 2);
    for (std::size_t at = 0; at < data.size(); ++at) {
        auto const byte = data[at];
        out += is_printable(byte) || is_spacing(data, at) ? byte : '.';
        // Each line begins with a tab, which separates the dump from the log around it.
        if (byte == '\n') out += '\t';
    }
    out += '\n';
    return out;
}

std::string dump_hex(std::string_view data) {
    std::string out;
    for (std::size_t offset = 0; offset < data.size(); offset += row_length) {
        append_row(out, offset, data.substr(offset, row_length));
    }
    return out;
}

}  // namespace pathology::proxycore::console
