// Violations of RFC 6455 and RFC 7692 by a peer, and the close codes for them.
#pragma once
#include <boost/system/result.hpp>
#include <cstdint>
#include <string>

namespace pathology::proxycore::websocket {

/// The status codes of RFC 6455 §7.4.1 and of the IANA registry. Other numbers are possible values.
enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported_data = 1003,
    no_status = 1005,  ///< never on the wire: a close frame without a code
    abnormal = 1006,   ///< never on the wire: the connection ended without a close frame
    invalid_payload = 1007,
    policy_violation = 1008,
    message_too_big = 1009,
    mandatory_extension = 1010,
    internal_error = 1011,
    service_restart = 1012,
    try_again_later = 1013,
    bad_gateway = 1014,
    tls_handshake = 1015,  ///< never on the wire
};

/// One code for each broken rule.
enum class Errc {
    bad_masking = 1,          ///< an unmasked frame of a client, or a masked one of a server (§5.1)
    reserved_bits,            ///< a bit that no extension defines (§5.2), or RSV1 where RFC 7692 §6 forbids it
    reserved_opcode,          ///< opcodes 3 to 7 and 11 to 15 (§5.2)
    fragmented_control,       ///< a control frame without FIN (§5.5)
    long_control,             ///< a control frame of more than 125 bytes (§5.5)
    bad_length,               ///< not the shortest form, or its highest bit set (§5.2)
    unexpected_continuation,  ///< a continuation without a message (§5.4)
    expected_continuation,    ///< a new message inside another one (§5.4)
    bad_close,                ///< a close frame of one byte, or with a code that must not be sent (§7.4)
    bad_utf8,                 ///< text or a close reason that is no UTF-8 (§8.1)
    bad_compression,          ///< data that does not decompress (RFC 7692 §7.2.2)
    too_large,                ///< larger than the limit of this endpoint
};

/// A broken rule. The connection is to be failed with `close_code` (RFC 6455 §7.1.7).
struct Violation {
    Errc code;
    CloseCode close_code = CloseCode::protocol_error;
    std::string message;  ///< a sentence for the log: `reserved opcode 0x3`
};

/// Makes `result::value()` throw std::runtime_error with the message.
[[noreturn]] void throw_exception_from_error(Violation const& violation, boost::source_location const& where);

}  // namespace pathology::proxycore::websocket
