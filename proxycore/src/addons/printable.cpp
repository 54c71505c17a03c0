#include "addons/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "websocket/utf8.hpp"

namespace pathology::proxycore::addons {
namespace {

constexpr bool is_control(unsigned char byte) { return byte < 0x20 || byte == 0x7f; }
constexpr bool is_spacing(unsigned char byte) { return byte == '\t' || byte == '\n'; }

constexpr std::size_t sample_size = 100;
constexpr double max_binary_share = 0.3;  // of the bytes; with more, it is shown as binary

}  // namespace

bool is_mostly_binary(std::string_view bytes) {
    auto const sample = bytes.substr(0, sample_size);
    // The sample may end inside a character; a valid beginning counts as text.
    auto const is_text = websocket::Utf8Validator().take(sample);
    auto const binary = std::count_if(sample.begin(), sample.end(), [&](char c) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte >= 0x80) return !is_text;
        return is_control(byte) && !is_spacing(byte) && byte != '\r' && byte != '\f' && byte != '\v';
    });
    return static_cast<double>(binary) > max_binary_share * static_cast<double>(sample.size());
}

std::string human_size(std::uint64_t bytes) {
    if (bytes < 1024) return std::to_string(bytes) + "b";
    auto size = static_cast<double>(bytes) / 1024;
    std::string_view units = "kmgt";
    for (; size >= 1024 && units.size() > 1; units.remove_prefix(1)) size /= 1024;
    std::array<char, 32> text{};
    auto const length = std::snprintf(text.data(), text.size(), size < 99.95 ? "%.1f%c" : "%.0f%c", size, units[0]);
    return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace pathology::proxycore::addons
