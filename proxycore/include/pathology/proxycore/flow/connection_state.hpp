// Which directions of a connection are open.
//
//     closed ──connected──▶ active ──peer's FIN──▶ open|can_write ──our FIN──▶ closed
//                              └────our FIN──▶ open|can_read ──peer's FIN──▶ closed
#pragma once

#include <cstdint>
#include <string>

namespace pathology::proxycore::flow {

/// A set of flags; the numbers are those of the documented interface.
enum class ConnectionState : std::uint8_t { closed = 0, open = 1, can_read = 2, can_write = 4, active = 7 };

constexpr ConnectionState operator|(ConnectionState a, ConnectionState b) {
    return static_cast<ConnectionState>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr ConnectionState operator&(ConnectionState a, ConnectionState b) {
    return static_cast<ConnectionState>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
/// Whether `state` has every flag of `flags`.
constexpr bool has(ConnectionState state, ConnectionState flags) { return (state & flags) == flags; }

/// The peer has ended its direction.
constexpr ConnectionState after_peer_ended(ConnectionState state) {
    return has(state, ConnectionState::can_write) ? ConnectionState::open | ConnectionState::can_write
                                                  : ConnectionState::closed;
}
/// We have ended ours.
constexpr ConnectionState after_we_ended(ConnectionState state) {
    return has(state, ConnectionState::can_read) ? ConnectionState::open | ConnectionState::can_read
                                                 : ConnectionState::closed;
}

/// "CLOSED", "ACTIVE", "OPEN|CAN_WRITE".
std::string to_string(ConnectionState state);

}  // namespace pathology::proxycore::flow
