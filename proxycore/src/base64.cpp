#include "base64.hpp"

#include <cstdint>

namespace pathology::proxycore {
namespace {

constexpr std::string_view standard_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Without padding: a group of one, two or three bytes becomes two, three or four symbols.
std::string encode(std::string_view bytes, std::string_view alphabet) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t bits = 0;
    unsigned held = 0;  // bits that are not yet written
    for (char const c : bytes) {
        bits = bits << 8U | static_cast<unsigned char>(c);
        for (held += 8; held >= 6; held -= 6) text += alphabet[bits >> (held - 6) & 63U];
    }
    if (held > 0) text += alphabet[bits << (6 - held) & 63U];
    return text;
}

std::optional<std::string> decode(std::string_view text, std::string_view alphabet) {
    if (text.size() % 4 == 1) return std::nullopt;  // six bits are not a byte
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (char const c : text) {
        auto const symbol = alphabet.find(c);
        if (symbol == std::string_view::npos) return std::nullopt;
        bits = bits << 6U | static_cast<std::uint32_t>(symbol);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>(bits >> held & 0xFFU);
    }
    // RFC 4648 §3.5: non-zero pad bits may be rejected. Otherwise several texts would decode to the same bytes.
    bool const has_stray_bits = (bits & ((1U << held) - 1U)) != 0;
    if (has_stray_bits) return std::nullopt;
    return bytes;
}

}  // namespace

std::string encode_base64(std::string_view bytes) {
    auto text = encode(bytes, standard_alphabet);
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::string encode_base64url(std::string_view bytes) { return encode(bytes, url_alphabet); }

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    return decode(text, standard_alphabet);
}

std::optional<std::string> decode_base64url(std::string_view text) { return decode(text, url_alphabet); }

}  // namespace pathology::proxycore
