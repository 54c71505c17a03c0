#pragma once
// What resolving a spec needs to know of the place it is used in.

#include <cstdint>
#include <optional>
#include <pathology/language/files.hpp>
#include <string>

namespace pathology::language {

enum class Side : std::uint8_t { server, client };

/// What a request or a response is laid out for.
enum class Protocol : std::uint8_t { http1, http2 };

/// The place of a message in an HTTP/2 connection, and what the peer's settings say of it.
struct Http2Place {
    std::uint32_t stream = 1;
    std::uint32_t max_frame_size = 16384;    ///< longer header blocks and bodies are cut into several frames
    std::uint32_t header_table_size = 4096;  ///< of the peer's decoder; more than 4096 is not made use of
    std::string scheme = "http";             ///< of requests
};

struct Settings {
    /// Client frames are masked unless they say otherwise; server frames are not.
    Side side = Side::server;
    /// What requests and responses are laid out for; frames of either kind are bytes in both.
    Protocol protocol = Protocol::http1;
    Http2Place http2 = {};
    /// The host a request goes to, for its Host header or its :authority; without one none is added.
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
