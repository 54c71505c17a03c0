#include <pathology/proxycore/http2/frame_header.hpp>

namespace pathology::proxycore::http2 {
namespace {

constexpr std::uint32_t reserved_bit = 0x80000000;

std::uint32_t read_big_endian(std::string_view bytes) {
    std::uint32_t number = 0;
    for (char const c : bytes) number = number << 8 | static_cast<unsigned char>(c);
    return number;
}

}  // namespace

std::string encode(FrameHeader const& header) {
    auto const stream = (header.stream & FrameHeader::largest_stream) | (header.reserved ? reserved_bit : 0);
    auto const byte = [](std::uint32_t number, unsigned shift) { return static_cast<char>(number >> shift & 0xff); };
    return {byte(header.length, 16), byte(header.length, 8), byte(header.length, 0),
            byte(header.type, 0),    byte(header.flags, 0),  byte(stream, 24),
            byte(stream, 16),        byte(stream, 8),        byte(stream, 0)};
}

std::optional<FrameHeader> decode(std::string_view bytes) {
    if (bytes.size() < FrameHeader::size) return std::nullopt;
    auto const stream = read_big_endian(bytes.substr(5, 4));
    return FrameHeader{.length = read_big_endian(bytes.substr(0, 3)),
                       .type = static_cast<std::uint8_t>(bytes[3]),
                       .flags = static_cast<std::uint8_t>(bytes[4]),
                       .reserved = (stream & reserved_bit) != 0,
                       .stream = stream & FrameHeader::largest_stream};
}

}  // namespace pathology::proxycore::http2
