// The header of a WebSocket frame (RFC 6455 §5.2), and masking.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pathology::proxycore::websocket {

/// The longest payload of a control frame, in bytes (RFC 6455 §5.5).
inline constexpr std::size_t max_control_payload = 125;

/// The four bytes that mask a payload.
using MaskingKey = std::array<std::byte, 4>;

/// A frame header, valid or not: it may have a mask bit without a key, a key without the bit, or a wrong length, for
/// tests that send such frames.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-------+-+-------------+-------------------------------+
///     |F|R|R|R| opcode|M| payload len | extended length, 0, 16 or 64  |
///     |I|S|S|S|  (4)  |A|     (7)     | bits                          |
///     |N|V|V|V|       |S|             +-------------------------------+
///     | |1|2|3|       |K|             | masking key, 0 or 32 bits     |
///     +-+-+-+-+-------+-+-------------+-------------------------------+
struct FrameHeader {
    bool fin = true;
    bool rsv1 = false;
    bool rsv2 = false;
    bool rsv3 = false;
    std::uint8_t opcode = 1;  ///< 0 to 15
    bool masked = false;      ///< the mask bit
    std::uint64_t length = 0;
    std::optional<MaskingKey> key{};
    bool operator==(FrameHeader const&) const = default;
};

/// Returns the bytes of the header. The length takes 7 bits up to 125, 16 bits from 126, 64 bits from 65536.
std::string encode(FrameHeader const& header);

/// Appends the bytes of the header to `out`.
void append(std::string& out, FrameHeader const& header);

/// A header and its size in bytes.
struct DecodedHeader {
    FrameHeader header;
    std::size_t size = 0;
};

/// Parses the header at the start of `bytes`; std::nullopt if more bytes are needed (it has 2 to 14). Any 14 bytes are
/// a header, so this never fails; FrameReader checks the rules.
std::optional<DecodedHeader> decode(std::string_view bytes);

/// Masks or unmasks in place (RFC 6455 §5.3). `phase` is the position of `payload[0]` in the whole payload, so that a
/// payload may come in pieces.
void apply_mask(std::span<char> payload, MaskingKey const& key, std::uint64_t phase = 0);

}  // namespace pathology::proxycore::websocket
