// The first bytes of a websocket frame (RFC 6455 §5.2), and the masking of what follows them.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pathology::proxycore::websocket {

/// The four bytes that mask a payload.
using MaskingKey = std::array<std::byte, 4>;

/// A frame header as a writer may want it, true or not: a mask bit without a key, a key without the bit, a length that
/// is not the payload's.
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

/// The header's bytes; the length takes 7 bits up to 125, 16 bits from 126, 64 bits from 65536.
std::string encode(FrameHeader const& header);

/// The same at the end of `out`.
void append(std::string& out, FrameHeader const& header);

/// A header read, and how many bytes it took.
struct DecodedHeader {
    FrameHeader header;
    std::size_t size = 0;
};

/// Reads a header from the start of `bytes`; nothing when more bytes are needed (it takes 2 to 14). Every 14 bytes are
/// some header, so this never fails; what is legal is for the caller to judge.
std::optional<DecodedHeader> decode(std::string_view bytes);

/// Masks or unmasks in place (RFC 6455 §5.3). `phase` is the position of `payload[0]` in the whole payload, so that a
/// payload may come in pieces.
void apply_mask(std::span<char> payload, MaskingKey const& key, std::uint64_t phase = 0);

}  // namespace pathology::proxycore::websocket
