// The nine bytes that begin every HTTP/2 frame (RFC 9113 §4.1), and the bytes that begin a connection (§3.4).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pathology::proxycore::http2 {

/// What a client sends before its first frame.
inline constexpr std::string_view client_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A frame header as a writer may want it, true or not: the length need not be the payload's, the type need not exist.
///
///     +-----------------------------------------------+
///     |                 Length (24)                   |
///     +---------------+---------------+---------------+
///     |   Type (8)    |   Flags (8)   |
///     +-+-------------+---------------+-------------------------------+
///     |R|                 Stream Identifier (31)                      |
///     +=+=============================================================+
struct FrameHeader {
    static constexpr std::size_t size = 9;
    static constexpr std::uint32_t largest_length = 0xffffff;
    static constexpr std::uint32_t largest_stream = 0x7fffffff;

    std::uint32_t length = 0;  ///< the low 24 bits are sent
    std::uint8_t type = 0;
    std::uint8_t flags = 0;
    bool reserved = false;     ///< the bit R
    std::uint32_t stream = 0;  ///< the low 31 bits are sent
    bool operator==(FrameHeader const&) const = default;
};

/// The header's nine bytes.
std::string encode(FrameHeader const& header);

/// Reads a header from the start of `bytes`; nothing when there are fewer than nine. Every nine bytes are some header,
/// so this never fails; what is legal is for the caller to judge.
std::optional<FrameHeader> decode(std::string_view bytes);

}  // namespace pathology::proxycore::http2
