#include "escape.hpp"

#include <pathology/language/print.hpp>

namespace pathology::language {
namespace {

// The escapes of Python 2 string literals, which the original decodes by. The n-th character stands for the n-th byte.
constexpr std::string_view simple_escapes = "nrtabfv\\'\"\n";
constexpr std::string_view simple_bytes = "\n\r\t\a\b\f\v\\'\"";  // backslash-newline stands for no byte

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// The byte of one to three octal digits at `i`; moves `i` behind them.
char octal(std::string_view text, std::size_t& i) {
    unsigned value = 0;
    for (int digits = 0; digits < 3 && i < text.size() && is_octal(text[i]); ++digits, ++i) {
        value = value * 8 + static_cast<unsigned>(text[i] - '0');
    }
    return static_cast<char>(static_cast<unsigned char>(value));
}

}  // namespace

char const* unescape(std::string_view text, std::string& out) {
    out.reserve(out.size() + text.size());
    for (std::size_t i = 0; i < text.size();) {
        auto const backslash = std::min(text.find('\\', i), text.size());
        out.append(text, i, backslash - i);
        if (backslash == text.size()) break;
        if (backslash + 1 == text.size()) return text.data() + backslash;
        auto const c = text[backslash + 1];
        i = backslash + 2;
        if (auto const known = simple_escapes.find(c); known != std::string_view::npos) {
            if (known < simple_bytes.size()) out += simple_bytes[known];
        } else if (c == 'x') {
            auto const high = i < text.size() ? hex_digit(text[i]) : -1;
            auto const low = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
            if (high < 0 || low < 0) return text.data() + backslash;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else if (is_octal(c)) {
            out += octal(text, --i);
        } else {
            out += '\\';
            out += c;
        }
    }
    return nullptr;
}

void append_hex(std::string& out, char byte) {
    static constexpr std::string_view digits = "0123456789abcdef";
    auto const value = static_cast<unsigned char>(byte);
    out += {'\\', 'x', digits[value >> 4U], digits[value & 15U]};
}

void append_escaped(std::string& out, char byte) {
    switch (byte) {
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        case '\\': out += "\\\\"; return;
        default: break;
    }
    if (byte >= ' ' && byte < '\x7F') {
        out += byte;
    } else {
        append_hex(out, byte);
    }
}

std::string escape(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + 8);
    for (char const byte : bytes) {
        if (byte == '\'') {
            append_hex(out, byte);
        } else {
            append_escaped(out, byte);
        }
    }
    return out;
}

}  // namespace pathology::language
