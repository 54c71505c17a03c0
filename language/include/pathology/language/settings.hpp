#pragma once
// What resolving a spec needs to know of the place it is used in.

#include <cstdint>
#include <optional>
#include <pathology/language/files.hpp>
#include <string>

namespace pathology::language {

enum class Side : std::uint8_t { server, client };

struct Settings {
    /// Client frames are masked unless they say otherwise; server frames are not.
    Side side = Side::server;
    /// The host a request goes to, for its Host header; without one none is added.
    std::optional<std::string> request_host = std::nullopt;
    /// The Sec-WebSocket-Key of the handshake that a `ws` response answers.
    std::optional<std::string> websocket_key = std::nullopt;
    /// The files that values may load.
    FileAccess files = FileAccess::none();
    /// The most bytes of generated data that `freeze` spells out in one message, nested specs included. A byte takes up
    /// to five characters, and the text has to stay below ParseLimits::length to be read again.
    std::uint64_t freeze_limit = 3U << 20U;
};

}  // namespace pathology::language
