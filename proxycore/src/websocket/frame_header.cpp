#include <bit>
#include <cstring>
#include <pathology/proxycore/websocket/frame_header.hpp>

namespace pathology::proxycore::websocket {
namespace {

constexpr unsigned mask_bit = 0x80;

void append_big_endian(std::string& out, std::uint64_t number, unsigned bytes) {
    while (bytes-- > 0) out += static_cast<char>(number >> (8 * bytes) & 0xff);
}

std::uint64_t read_big_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (char const c : bytes) number = number << 8 | static_cast<unsigned char>(c);
    return number;
}

unsigned first_byte(FrameHeader const& header) {
    return (header.fin ? 0x80u : 0) | (header.rsv1 ? 0x40u : 0) | (header.rsv2 ? 0x20u : 0) |
           (header.rsv3 ? 0x10u : 0) | (header.opcode & 0x0fu);
}

}  // namespace

void append(std::string& out, FrameHeader const& header) {
    out += static_cast<char>(first_byte(header));
    unsigned const mask = header.masked ? mask_bit : 0;
    // RFC 6455 §5.2: the shortest form that holds the length.
    if (header.length < 126) {
        out += static_cast<char>(mask | static_cast<unsigned>(header.length));
    } else if (header.length < 65536) {
        out += static_cast<char>(mask | 126);
        append_big_endian(out, header.length, 2);
    } else {
        out += static_cast<char>(mask | 127);
        append_big_endian(out, header.length, 8);
    }
    if (header.key) out.append(std::bit_cast<std::array<char, 4>>(*header.key).data(), 4);
}

std::string encode(FrameHeader const& header) {
    std::string out;
    append(out, header);
    return out;
}

std::optional<DecodedHeader> decode(std::string_view bytes) {
    if (bytes.size() < 2) return std::nullopt;
    auto const first = static_cast<unsigned char>(bytes[0]);
    auto const second = static_cast<unsigned char>(bytes[1]);
    std::size_t const extended = (second & 0x7f) == 127 ? 8 : (second & 0x7f) == 126 ? 2 : 0;
    bool const masked = (second & mask_bit) != 0;
    std::size_t const size = 2 + extended + (masked ? 4 : 0);
    // The size is known after two bytes; the caller waits for the rest.
    if (bytes.size() < size) return std::nullopt;
    FrameHeader header{.fin = (first & 0x80) != 0,
                       .rsv1 = (first & 0x40) != 0,
                       .rsv2 = (first & 0x20) != 0,
                       .rsv3 = (first & 0x10) != 0,
                       .opcode = static_cast<std::uint8_t>(first & 0x0f),
                       .masked = masked,
                       .length = extended != 0 ? read_big_endian(bytes.substr(2, extended)) : second & 0x7fu,
                       .key = std::nullopt};
    if (masked) std::memcpy(header.key.emplace().data(), bytes.data() + 2 + extended, 4);
    return DecodedHeader{header, size};
}

// Eight bytes at a time in the machine's own order: the key is rotated once to the phase, so the loop body is one xor,
// which the compiler turns into vector instructions.
void apply_mask(std::span<char> payload, MaskingKey const& key, std::uint64_t phase) {
    std::array<char, 8> pattern{};
    for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<char>(key[(phase + i) % 4]);
    auto const mask = std::bit_cast<std::uint64_t>(pattern);
    std::size_t const words = payload.size() / 8;
    for (std::size_t i = 0; i < words; ++i) {
        std::uint64_t word = 0;
        std::memcpy(&word, payload.data() + 8 * i, 8);
        word ^= mask;
        std::memcpy(payload.data() + 8 * i, &word, 8);
    }
    for (std::size_t i = words * 8; i < payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ pattern[i % 8]);
}

}  // namespace pathology::proxycore::websocket
