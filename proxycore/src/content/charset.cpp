#include <pathology/proxycore/content/charset.hpp>

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/escaped.hpp>

#include "byte_order_mark.hpp"
#include "websocket/utf8.hpp"

namespace pathology::proxycore::content {
namespace {

constexpr char utf8_name[] = "utf-8";

/// Owns an iconv descriptor of the C library.
class Converter {
public:
    Converter(char const* to, char const* from) : handle_(iconv_open(to, from)) {}
    ~Converter() {
        if (is_open()) iconv_close(handle_);
    }
    Converter(Converter const&) = delete;
    Converter& operator=(Converter const&) = delete;

    /// Returns true if both charsets are supported.
    bool is_open() const { return reinterpret_cast<std::intptr_t>(handle_) != -1; }

    /// Converts `input` and removes the converted part, up to the first invalid byte. `input` is empty if all was
    /// valid.
    void convert(std::string_view& input, std::string& out);
    /// Appends the bytes that return to the initial shift state (ISO-2022-JP).
    void finish(std::string& out);

private:
    using Block = std::array<char, 4096>;

    iconv_t handle_;
};

void Converter::convert(std::string_view& input, std::string& out) {
    Block block;
    for (;;) {
        auto* from = const_cast<char*>(input.data());  // iconv() reads it only; POSIX lacks the const
        auto left = input.size();
        auto* to = block.data();
        auto room = block.size();
        auto const outcome = ::iconv(handle_, &from, &left, &to, &room);
        bool const is_full = outcome == static_cast<std::size_t>(-1) && errno == E2BIG;
        out.append(block.data(), block.size() - room);
        input.remove_prefix(input.size() - left);
        if (!is_full) return;
    }
}

void Converter::finish(std::string& out) {
    Block block;
    auto* to = block.data();
    auto room = block.size();
    ::iconv(handle_, nullptr, nullptr, &to, &room);
    out.append(block.data(), block.size() - room);
}

// --- escapes: U+DC00 + byte, as UTF-8 would write it: ED B0..B3 80..BF -----------------------------------------------

void append_escape(std::string& out, char c) {
    auto const code = 0xDC00U + static_cast<unsigned char>(c);
    out += {static_cast<char>(0xED), static_cast<char>(0x80U | ((code >> 6U) & 0x3FU)),
            static_cast<char>(0x80U | (code & 0x3FU))};
}

/// The position of the next escape; npos if there is none.
std::size_t find_escape(std::string_view text) {
    for (auto at = text.find('\xED'); at != std::string_view::npos; at = text.find('\xED', at + 1)) {
        if (at + 3 > text.size()) break;
        auto const second = static_cast<unsigned char>(text[at + 1]);
        if (second >= 0xB0 && second <= 0xB3) return at;
    }
    return std::string_view::npos;
}

char escaped_byte(std::string_view escape) {
    return static_cast<char>(((static_cast<unsigned char>(escape[1]) & 0x3U) << 6U) |
                             (static_cast<unsigned char>(escape[2]) & 0x3FU));
}

// --- failures --------------------------------------------------------------------------------------------------------

Failure unknown(std::string_view charset) {
    return {{Errc::unknown_charset, "unknown charset " + http::quoted(charset)}, std::string(charset)};
}

Failure malformed(std::string_view charset, std::size_t offset, std::string_view what) {
    auto message = std::string(what) + " at byte " + std::to_string(offset) + " in " + http::quoted(charset);
    return {{Errc::malformed_text, std::move(message)}, std::string(charset), offset};
}

// --- byte-order marks ------------------------------------------------------------------------------------------------

std::string_view without_mark(std::string_view bytes, std::string_view charset) {
    for (auto const& mark : byte_order_marks)
        if (bytes.starts_with(mark.bytes) && mark.charset == charset) return bytes.substr(mark.bytes.size());
    return bytes;
}

/// iconv accepts suffixes such as `//TRANSLIT`, which would change the conversion; a name from the network must not.
bool is_plain_name(std::string_view charset) {
    return !charset.empty() && std::all_of(charset.begin(), charset.end(), [](char c) {
        return ascii::is_alphanumeric(c) || std::string_view("-_:.+").find(c) != std::string_view::npos;
    });
}

}  // namespace

bool is_known_charset(std::string_view charset) {
    return is_plain_name(charset) && Converter(utf8_name, std::string(charset).c_str()).is_open();
}

Result<std::string> decode_text(std::string_view bytes, std::string_view charset, Strictness strictness) {
    Converter converter(utf8_name, std::string(charset).c_str());
    if (!is_plain_name(charset) || !converter.is_open()) return unknown(charset);
    auto rest = without_mark(bytes, charset);
    if (charset == utf8_name && websocket::is_utf8(rest)) return std::string(rest);  // the usual case: no conversion
    std::string text;
    text.reserve(rest.size());
    for (;;) {
        converter.convert(rest, text);
        if (rest.empty()) return text;
        if (strictness == Strictness::strict)
            return malformed(charset, bytes.size() - rest.size(), "bytes that are no text");
        // Lenient: one byte is escaped, and the conversion goes on after it.
        append_escape(text, rest.front());
        rest.remove_prefix(1);
    }
}

Result<std::string> encode_text(std::string_view text, std::string_view charset) {
    Converter converter(std::string(charset).c_str(), utf8_name);
    if (!is_plain_name(charset) || !converter.is_open()) return unknown(charset);
    std::string bytes;
    bytes.reserve(text.size());
    for (auto rest = text;;) {
        auto const escape = std::min(find_escape(rest), rest.size());
        auto piece = rest.substr(0, escape);
        converter.convert(piece, bytes);
        if (!piece.empty()) {
            auto const offset = text.size() - rest.size() + escape - piece.size();
            return malformed(charset, offset, "a character that has no code");
        }
        // The escaped byte must not be read in a shifted state.
        converter.finish(bytes);
        if (escape == rest.size()) return bytes;
        bytes += escaped_byte(rest.substr(escape, 3));
        rest.remove_prefix(escape + 3);
    }
}

}  // namespace pathology::proxycore::content
