// The messages of a WebSocket; part of the HTTP flow that opened it.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/proxycore/flow/time.hpp>
#include <pathology/proxycore/websocket/opcode.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::flow {

/// A whole message, decompressed and unmasked. Addons change its `content`, or drop it.
struct WebSocketMessage {
    websocket::Opcode type = websocket::Opcode::text;  ///< text or binary
    bool from_client = true;
    std::string content{};
    Time timestamp{};
    bool dropped = false;   ///< is not forwarded
    bool injected = false;  ///< was sent by the proxy

    bool is_text() const { return type == websocket::Opcode::text; }
    void drop() { dropped = true; }
    bool operator==(WebSocketMessage const&) const = default;

    /// See visit.hpp.
    template <class Self, class Visitor> static void visit_members(Self& self, Visitor&& visit) {
        visit("type", self.type);
        visit("from_client", self.from_client);
        visit("content", self.content);
        visit("timestamp", self.timestamp);
        visit("dropped", self.dropped);
        visit("injected", self.injected);
    }
};

struct WebSocketData {
    std::vector<WebSocketMessage> messages{};
    std::optional<bool> closed_by_client{};     ///< the sender of the first close frame; std::nullopt while open
    std::optional<std::uint16_t> close_code{};  ///< RFC 6455 §7.4; 1006 if the connection ended without one
    std::optional<std::string> close_reason{};
    MaybeTime timestamp_end{};
    bool operator==(WebSocketData const&) const = default;

    /// See visit.hpp.
    template <class Self, class Visitor> static void visit_members(Self& self, Visitor&& visit) {
        visit("messages", self.messages);
        visit("closed_by_client", self.closed_by_client);
        visit("close_code", self.close_code);
        visit("close_reason", self.close_reason);
        visit("timestamp_end", self.timestamp_end);
    }
};

}  // namespace pathology::proxycore::flow
