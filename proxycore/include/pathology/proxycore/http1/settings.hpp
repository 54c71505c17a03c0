// Limits and leniency of a reader.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>

namespace pathology::proxycore::http1 {

/// Limits on one message. Beyond them the reader fails; it never holds more than `head` plus one read in memory.
struct Limits {
    std::size_t head = 64 * 1024;                                    ///< bytes of start line and fields
    std::size_t fields = 256;                                        ///< field lines, not counting trailers
    std::size_t chunk_line = 4 * 1024;                               ///< bytes of a chunk size with its extensions
    std::uint64_t body = std::numeric_limits<std::uint64_t>::max();  ///< decoded bytes
};

/// What is accepted beyond RFC 9112. All off = strict. Only `any_framing` makes the length of a message ambiguous.
struct Leniency {
    bool bare_line_feed = false;    ///< LF alone ends a line of the head
    bool any_version = false;       ///< any `HTTP/x.y`; otherwise HTTP/1.x only
    bool any_host = false;          ///< Host may be missing, repeated or malformed
    bool hostless_connect = false;  ///< Host may be missing in CONNECT, whose target has it; some proxies send that
    bool raw_target = false;    ///< what browsers send although RFC 3986 forbids it in a target: `|{}^"`, but no `#`
    bool any_target = false;    ///< any visible bytes in a target; `*` with any method
    bool no_reason = false;     ///< `HTTP/1.1 200` without the last space
    bool any_status = false;    ///< status codes of 1 to 9 digits, from 0; otherwise 100 to 999
    bool line_folding = false;  ///< a field may continue in the next line (obs-fold, §5.2); read as one space
    /// Content-Length and Transfer-Encoding may contradict each other: `chunked` wins over a length, the first valid
    /// length over others; other values are ignored. For inspecting such messages; unsafe in front of servers
    /// (RFC 9112 §11.2). Field and trailer names need not be tokens. With `bare_line_feed`, LF alone ends the lines of
    /// chunks and trailers too, which is refused otherwise (§7.1, erratum 7633).
    bool any_framing = false;
    /// White space between a field name and its colon in a response, which is removed (RFC 9112 §5.1).
    bool space_before_colon = false;

    /// What the original programs accepted.
    static constexpr Leniency all() { return {true, true, true, true, true, true, true, true, false, false, false}; }
};

}  // namespace pathology::proxycore::http1
