// What went over a WebSocket, as part of the HTTP flow that began it.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/proxycore/flow/time.hpp>
#include <pathology/proxycore/websocket/opcode.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::flow {

/// A whole message, decompressed and unmasked. An addon changes `content` to change it, and drops it by drop().
struct WebSocketMessage {
    websocket::Opcode type = websocket::Opcode::text;  ///< text or binary
    bool from_client = true;
    std::string content{};
    Time timestamp{};
    bool dropped = false;   ///< not to be passed on
    bool injected = false;  ///< sent by none of the two

    bool is_text() const { return type == websocket::Opcode::text; }
    void drop() { dropped = true; }
    bool operator==(WebSocketMessage const&) const = default;
};

struct WebSocketData {
    std::vector<WebSocketMessage> messages{};
    std::optional<bool> closed_by_client{};     ///< who sent the first close frame; nothing while open
    std::optional<std::uint16_t> close_code{};  ///< RFC 6455 §7.4; 1006 when the connection just ended
    std::optional<std::string> close_reason{};
    MaybeTime timestamp_end{};
    bool operator==(WebSocketData const&) const = default;
};

}  // namespace pathology::proxycore::flow
