// The opcodes of RFC 6455 §5.2 and their names.
#pragma once
#include <cstdint>
#include <string>

namespace pathology::proxycore::websocket {

/// The type of a frame. Other numbers are reserved, and possible values.
enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Control frames may come between the fragments of a message (RFC 6455 §5.5).
constexpr bool is_control(std::uint8_t opcode) { return (opcode & 0x8) != 0; }

/// Returns true for the reserved opcodes 3 to 7 and 11 to 15.
constexpr bool is_reserved(std::uint8_t opcode) { return (opcode & 0x7) > 2; }

/// The word of the spec language: `continue`, `text`, `binary`, `close`, `ping`, `pong`; `0x3` for a reserved one.
std::string name_of(std::uint8_t opcode);

}  // namespace pathology::proxycore::websocket
