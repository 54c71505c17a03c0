// What both sides of an HTTP/2 connection may set: windows and limits.
#pragma once
#include <cstddef>
#include <cstdint>

namespace pathology::proxycore::http2 {

/// When a peer gets the window back that its content used (RFC 9113 §5.2).
enum class WindowUpdates {
    at_once,       ///< as soon as the content came: its reader is faster than any peer
    when_consumed  ///< when the reader says consume(): a slow one holds the peer back
};

/// What one side announces and how much it takes from the other.
struct SessionSettings {
    std::uint32_t stream_window = 1U << 20U;      ///< SETTINGS_INITIAL_WINDOW_SIZE: content in flight on one stream
    std::uint32_t connection_window = 8U << 20U;  ///< content in flight on all streams
    WindowUpdates window_updates = WindowUpdates::at_once;
    std::uint32_t max_header_list = 64U << 10U;  ///< SETTINGS_MAX_HEADER_LIST_SIZE; larger ones reset the stream
    std::uint64_t max_content = ~0ULL;           ///< bytes of a message's content; more reset the stream
    unsigned max_continuations = 16;             ///< CONTINUATION frames of one field block
    unsigned max_empty_data = 1000;              ///< DATA frames without content, one after the other
    std::size_t max_acks = 1000;                 ///< SETTINGS and PING of the peer that wait for our ACK
    std::uint32_t max_stream_errors = 100;       ///< streams a peer may break beyond those that it uses well
};

}  // namespace pathology::proxycore::http2
