#pragma once
// What resolving and planning need to know about the connection a message is sent on.

#include <cstdint>
#include <optional>
#include <pathology/language/files.hpp>
#include <string>

namespace pathology::language {

/// Which end of the connection sends.
enum class Role : std::uint8_t { server, client };

/// The protocol that a request or a response is laid out for.
enum class Protocol : std::uint8_t { http1, http2 };

/// The stream of a message in an HTTP/2 connection, and the settings of the peer.
struct Http2Place {
    std::uint32_t stream = 1;
    std::uint32_t max_frame_size = 16384;    ///< longer header blocks and bodies become several frames
    std::uint32_t header_table_size = 4096;  ///< of the peer's decoder; at most 4096 is used
    std::string scheme = "http";             ///< of requests
};

struct Settings {
    /// Frames of a client are masked unless the spec overrides it; frames of a server are not.
    Role role = Role::server;
    /// The protocol of requests and responses. Frames of WebSocket and HTTP/2 are the same bytes in both.
    Protocol protocol = Protocol::http1;
    Http2Place http2 = {};
    /// The host a request goes to, for its Host field or :authority; nullopt adds neither.
    std::optional<std::string> request_host = std::nullopt;
    /// The Sec-WebSocket-Key of the handshake that a `ws` response responds to.
    std::optional<std::string> websocket_key = std::nullopt;
    /// The files that values may load.
    FileAccess files = FileAccess::none();
    /// The maximum of generated data that freeze() spells out in one message, in bytes, with nested specs. A byte takes
    /// up to five characters, and the text has to stay below ParseLimits::max_length to be parsed again.
    std::uint64_t freeze_limit = 3U << 20U;
};

}  // namespace pathology::language
