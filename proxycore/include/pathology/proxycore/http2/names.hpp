// The registered numbers of HTTP/2 and their names: frame types, flags, error codes, settings.
//
// The numbers are plain enumerations over the whole range of their field, since peers and crafted messages use others
// too. Names are spelled as the RFCs print them; a number without a name is spelled `0x99`.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pathology::proxycore::http2 {

/// RFC 9113 §6; ALTSVC is RFC 7838's, ORIGIN RFC 8336's, PRIORITY_UPDATE RFC 9218's.
enum class FrameType : std::uint8_t {
    data = 0x0,
    headers = 0x1,
    priority = 0x2,
    rst_stream = 0x3,
    settings = 0x4,
    push_promise = 0x5,
    ping = 0x6,
    goaway = 0x7,
    window_update = 0x8,
    continuation = 0x9,
    altsvc = 0xa,
    origin = 0xc,
    priority_update = 0x10
};

/// The bits of a frame's flags (RFC 9113 §6). What a bit means depends on the type: 0x1 is ACK in SETTINGS and PING.
namespace flag {
inline constexpr std::uint8_t ack = 0x1;
inline constexpr std::uint8_t end_stream = 0x1;
inline constexpr std::uint8_t end_headers = 0x4;
inline constexpr std::uint8_t padded = 0x8;
inline constexpr std::uint8_t priority = 0x20;
}  // namespace flag

/// Why a stream or a connection ends (RFC 9113 §7).
enum class ErrorCode : std::uint32_t {
    no_error = 0x0,
    protocol_error = 0x1,
    internal_error = 0x2,
    flow_control_error = 0x3,
    settings_timeout = 0x4,
    stream_closed = 0x5,
    frame_size_error = 0x6,
    refused_stream = 0x7,
    cancel = 0x8,
    compression_error = 0x9,
    connect_error = 0xa,
    enhance_your_calm = 0xb,
    inadequate_security = 0xc,
    http_1_1_required = 0xd
};

/// The settings of a peer (RFC 9113 §6.5.2; RFC 8441 §3, RFC 9218 §2.1).
enum class SettingId : std::uint16_t {
    header_table_size = 0x1,
    enable_push = 0x2,
    max_concurrent_streams = 0x3,
    initial_window_size = 0x4,
    max_frame_size = 0x5,
    max_header_list_size = 0x6,
    enable_connect_protocol = 0x8,
    no_rfc7540_priorities = 0x9
};

/// `HEADERS`, `CANCEL`, `MAX_FRAME_SIZE`, or the number in hexadecimal.
std::string name(FrameType type);
std::string name(ErrorCode code);
std::string name(SettingId id);

/// The flags of a frame of some type, joined by commas: `END_STREAM,PADDED`, `ACK`, `END_HEADERS,0x40`; empty for none.
std::string flag_names(FrameType type, std::uint8_t flags);

/// The number a name stands for, upper case as printed; nothing for other words, numbers included.
std::optional<FrameType> frame_type(std::string_view name);
std::optional<ErrorCode> error_code(std::string_view name);
std::optional<SettingId> setting_id(std::string_view name);
/// The bit a name stands for in the frames that have it: `ACK`, `END_STREAM`, `END_HEADERS`, `PADDED`, `PRIORITY`.
std::optional<std::uint8_t> flag_bit(std::string_view name);

}  // namespace pathology::proxycore::http2
