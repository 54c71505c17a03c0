// The role, windows and limits of one side of an HTTP/2 connection.
#pragma once
#include <cstddef>
#include <cstdint>

namespace pathology::proxycore::http2 {

/// Which side of the connection a session plays. Its peer plays the other one.
enum class Role { client, server };

/// When the peer gets back the window that its content used (RFC 9113 §5.2).
enum class WindowUpdates {
    at_once,        ///< as soon as the content has arrived: its reader is faster than any peer
    when_consumed,  ///< when the reader calls consume(): a slow reader holds the peer back
    never           ///< not at all: the session sends no WINDOW_UPDATE
};

/// What a session announces to its peer, and how much it accepts from it.
struct SessionSettings {
    // --- both roles ---
    std::uint32_t stream_window = 1U << 20U;      ///< SETTINGS_INITIAL_WINDOW_SIZE: content in flight on one stream
    std::uint32_t connection_window = 8U << 20U;  ///< content in flight on all streams
    WindowUpdates window_updates = WindowUpdates::at_once;
    std::uint32_t max_header_list = 64U << 10U;  ///< SETTINGS_MAX_HEADER_LIST_SIZE; larger ones reset the stream
    std::uint64_t max_content = ~0ULL;           ///< bytes of a message's content; more reset the stream
    unsigned max_continuations = 16;             ///< CONTINUATION frames of one field block
    unsigned max_empty_data = 1000;              ///< DATA frames without content in a row
    std::size_t max_acks = 1000;                 ///< SETTINGS and PING of the peer that wait for our ACK
    bool padded_values = false;                  ///< accept field values with white space at an end (RFC 9113 §8.2.1)
    std::uint32_t max_stream_errors = 100;       ///< streams that the peer may break beyond those that it uses well

    // --- Role::server ---
    std::uint32_t max_streams = 100;   ///< SETTINGS_MAX_CONCURRENT_STREAMS
    bool extended_connect = false;     ///< SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441)
    std::uint64_t reset_burst = 1000;  ///< RST_STREAM that the client may send at once
    std::uint64_t reset_rate = 33;     ///< further ones per second

    // --- Role::client ---
    unsigned max_interims = 100;  ///< interim responses (1xx) to one request; more reset the stream
    /// The owner writes every frame itself and passes it to record_sent(). The session only judges the server: drain()
    /// gives nothing but RST_STREAM and GOAWAY, and no setting of this struct is announced.
    bool is_observer = false;
};

}  // namespace pathology::proxycore::http2
