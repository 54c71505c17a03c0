#include <pathology/proxycore/http/escaped.hpp>

#include <algorithm>
#include <array>

#include "websocket/utf8.hpp"

namespace pathology::proxycore::http {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

void append_hex(std::string& out, char32_t number, unsigned digit_count) {
    while (digit_count-- > 0) out += digits[(number >> (4 * digit_count)) & 15];
}

constexpr bool is_printable_ascii(char c) { return c >= ' ' && c <= '~'; }

/// As in a Python literal of bytes.
void append_byte(std::string& out, char c) {
    if (c == '\r' || c == '\n' || c == '\t') {
        out += {'\\', c == '\r' ? 'r' : c == '\n' ? 'n' : 't'};
    } else {
        append_hex(out += "\\x", static_cast<unsigned char>(c), 2);
    }
}

}  // namespace

std::string escaped(std::string_view bytes, char quote) {
    std::string out;
    for (char const c : bytes) {
        if (c == '\\' || (quote != '\0' && c == quote)) {
            out += {'\\', c};
        } else if (is_printable_ascii(c)) {
            out += c;
        } else {
            append_byte(out, c);
        }
    }
    return out;
}

std::string quoted(std::string_view bytes, std::size_t limit) {
    return '"' + escaped(bytes.substr(0, limit), '"') + (bytes.size() > limit ? "...\"" : "\"");
}

// --- text for a terminal ---------------------------------------------------------------------------------------------

namespace {

struct Range {
    char32_t first, last;
};

/// Categories Cc (beyond ASCII), Cf, Zl and Zp of Unicode 15.1, in order. Unassigned characters of the blocks that are
/// ignored by default (U+2065, plane 14) are included.
constexpr std::array hidden{
    Range{0x80, 0x9f},       Range{0xad, 0xad},       Range{0x600, 0x605},     Range{0x61c, 0x61c},
    Range{0x6dd, 0x6dd},     Range{0x70f, 0x70f},     Range{0x890, 0x891},     Range{0x8e2, 0x8e2},
    Range{0x180e, 0x180e},   Range{0x200b, 0x200f},   Range{0x2028, 0x202e},   Range{0x2060, 0x206f},
    Range{0xfeff, 0xfeff},   Range{0xfff0, 0xfffb},   Range{0x110bd, 0x110bd}, Range{0x110cd, 0x110cd},
    Range{0x13430, 0x1343f}, Range{0x1bca0, 0x1bca3}, Range{0x1d173, 0x1d17a}, Range{0xe0000, 0xe00ff},
};

bool is_hidden(char32_t character) {
    auto const* const range = std::lower_bound(hidden.begin(), hidden.end(), character,
                                               [](Range const& one, char32_t c) { return one.last < c; });
    return range != hidden.end() && character >= range->first;
}

/// The bytes of the first character beyond ASCII; empty if the text does not begin with one.
std::string_view first_character(std::string_view text) {
    auto const lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return {};
    auto const bytes = text.substr(0, lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);
    return websocket::is_utf8(bytes) ? bytes : std::string_view();
}

/// The character of valid UTF-8 (RFC 3629 §3): 5, 4 or 3 bits of the first byte, 6 of each other.
char32_t number_of(std::string_view bytes) {
    char32_t number = static_cast<unsigned char>(bytes.front()) & (0xffU >> (bytes.size() + 1));
    for (char const c : bytes.substr(1)) number = number << 6 | (static_cast<unsigned char>(c) & 0x3f);
    return number;
}

/// Escapes of terminal_text().
struct PythonSpelling {
    static void append_byte(std::string& out, char c) { http::append_byte(out, c); }
    static void append_character(std::string& out, char32_t character) {
        bool const is_short = character < 0x10000;
        append_hex(out += is_short ? "\\u" : "\\U", character, is_short ? 4 : 8);
    }
};

/// Escapes of terminal_json() (RFC 8259 §7): a character beyond the first plane is a pair of surrogates.
struct JsonSpelling {
    static void append_byte(std::string& out, char c) { append_character(out, static_cast<unsigned char>(c)); }
    static void append_character(std::string& out, char32_t character) {
        if (character < 0x10000) return append_hex(out += "\\u", character, 4);
        append_hex(out += "\\u", 0xd800 + ((character - 0x10000) >> 10), 4);
        append_hex(out += "\\u", 0xdc00 + ((character - 0x10000) & 0x3ff), 4);
    }
};

bool is_kept(std::string_view text, WhiteSpace kept) {
    if (kept == WhiteSpace::blanks) return false;
    return text.front() == '\t' || text.front() == '\n' || text.starts_with("\r\n");
}

template <class Spelling> void append_safe(std::string& out, std::string_view text, WhiteSpace kept) {
    while (!text.empty()) {
        auto const plain = std::find_if_not(text.begin(), text.end(), is_printable_ascii) - text.begin();
        out.append(text.substr(0, static_cast<std::size_t>(plain)));
        text.remove_prefix(static_cast<std::size_t>(plain));
        if (text.empty()) return;
        auto const character = first_character(text);
        if (!character.empty() && is_hidden(number_of(character))) {
            Spelling::append_character(out, number_of(character));
        } else if (!character.empty()) {
            out.append(character);
        } else if (is_kept(text, kept)) {
            out += text.front();
        } else {
            Spelling::append_byte(out, text.front());
        }
        text.remove_prefix(std::max<std::size_t>(character.size(), 1));
    }
}

}  // namespace

void append_terminal_text(std::string& out, std::string_view text, WhiteSpace kept) {
    append_safe<PythonSpelling>(out, text, kept);
}

std::string terminal_text(std::string_view text, WhiteSpace kept) {
    std::string out;
    append_terminal_text(out, text, kept);
    return out;
}

std::string terminal_json(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    append_safe<JsonSpelling>(out, json, WhiteSpace::lines);
    return out;
}

}  // namespace pathology::proxycore::http
