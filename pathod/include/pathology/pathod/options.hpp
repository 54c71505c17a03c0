// The options of a daemon; each member is one option of the program pathod.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <pathology/pathod/request_function.hpp>
#include <pathology/pathod/tls_options.hpp>
#include <pathology/proxycore/record/clock.hpp>
#include <string>
#include <vector>

namespace pathology::pathod {

/// An anchor whose pattern or filter and whose specs are given apart, so that the pattern may have an `=` anywhere.
struct PathAnchor {
    std::string pattern, spec;
};

/// What a daemon does with connections to its port.
enum class Listening {
    accept,
    refuse,        ///< the port is bound, and connections to it are refused
    full_backlog,  ///< the backlog is full of connections of the daemon: handshakes of clients do not end
};

/// Address, responses, limits and logging of a daemon. A plain value with the defaults of the
/// program, except for the port, which the system chooses.
struct DaemonOptions {
    // --- listening ---
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: the system chooses one
    unsigned threads = 1;    ///< workers; each connection stays on one

    Listening listening = Listening::accept;
    /// The number of connections that may wait to be accepted; the system may have fewer places, and has one more.
    /// std::nullopt: 4096, and 0 for full_backlog.
    std::optional<int> backlog = std::nullopt;
    /// How long each connection waits before it is accepted: a time as in the pauses of specs, such as `500ms`, `1-3s`,
    /// or `f`: no connection is accepted.
    std::optional<std::string> accept_delay = std::nullopt;
    /// A spec, FILE or `+PATH`: sent to each connection when it is accepted, before TLS and before anything is read.
    std::optional<std::string> on_accept = std::nullopt;
    /// Bytes of the receive buffer of each connection; the system may use more or less. std::nullopt: it adapts the
    /// size.
    std::optional<std::uint64_t> receive_buffer = std::nullopt;

    // --- responses ---
    /// `PATTERN=SPEC`, `PATTERN=FILE` or `PATTERN=+PATH`, matched in this order against the start of each path. PATTERN
    /// is a Perl-compatible regular expression, or a filter that begins with `~`; it ends at the first `=` that is
    /// neither escaped nor inside brackets or parentheses, nor inside the quotes of a filter. SPEC may be several
    /// alternatives, `503 | 200`. doc/pathod.md has the rules.
    std::vector<std::string> anchors = {};
    std::vector<PathAnchor> path_anchors = {};  ///< further ones, matched after `anchors`
    std::string craft_prefix = "/p/";           ///< the rest of a path after it is a percent-encoded spec
    /// The folder that `<path` and `+path` read from; std::nullopt: specs cannot read files.
    std::optional<std::string> files_folder = std::nullopt;
    /// Decides everything random; std::nullopt: drawn at random, and printed to standard error when it is used.
    std::optional<std::uint64_t> seed = std::nullopt;

    /// Judge requests as the RFCs require: what is malformed gets a response with a status of HTTP, and over HTTP/1 the
    /// connection is closed after it. Otherwise such a connection is closed without a response.
    bool strict = false;
    /// Behave as pathod 0.18: responses to HEAD have a body, and HTTP/1.0 and `Connection: close` do not close the
    /// connection.
    bool verbatim = false;

    /// WebSocket handshakes without a spec are checked strictly and messages are echoed as RFC 6455 and RFC 7692
    /// specify. Otherwise frames are logged, without a response.
    bool websocket_echo = false;

    /// HTTP/2 for clients that choose it: by ALPN, by the connection preface, or by `Upgrade: h2c`.
    bool http2 = true;
    std::uint32_t http2_window = 1U << 20U;  ///< bytes of content on each stream: SETTINGS_INITIAL_WINDOW_SIZE
    /// WINDOW_UPDATE, at the start for the connection and as content arrives. Otherwise large uploads stall.
    bool http2_window_updates = true;

    /// Sees each request, and the response that was chosen for it.
    RequestObserver observer = {};

    // --- limits ---
    bool craft = true;                                       ///< false: specs in paths are refused, anchors still work
    bool nohang = false;                                     ///< specs with a pause are refused
    std::optional<std::uint64_t> size_limit = std::nullopt;  ///< bytes of a response; specs of larger ones are refused
    /// Idle timeout while a request is read or a response written; std::nullopt: none. Pauses of specs do not count.
    std::optional<std::chrono::nanoseconds> time_limit = std::chrono::seconds(60);
    std::size_t max_connections = 65536;  ///< further ones wait in the backlog until one ends
    std::size_t max_header = 64 * 1024;   ///< bytes of a request's head, which bounds the number of its fields too
    std::uint64_t max_body = std::uint64_t(1) << 40U;  ///< bytes of a request's content
    std::size_t max_message = 64U << 20U;              ///< bytes of a WebSocket message that is echoed

    TlsOptions tls = {};

    // --- logging ---
    bool explain = false;         ///< specs are frozen before they are sent, and the frozen spec is printed
    bool show_requests = false;   ///< the bytes read are printed and kept in the log
    bool show_responses = false;  ///< the bytes written are printed and kept in the log
    bool hex = false;             ///< prints both as a hex dump
    bool show_frames = false;     ///< prints the header of each HTTP/2 frame read or written
    bool json = false;            ///< prints one JSON object per log entry instead of text
    bool timestamps = true;       ///< prints the time in front of each block of text
    std::optional<std::string> log_file = std::nullopt;  ///< the output is appended to this file too

    // --- the log ---
    std::size_t log_capacity = 500;       ///< entries
    bool enter_early = false;             ///< makes entries before the first byte of a response, not after the last
    std::size_t keep_body = 64 * 1024;    ///< bytes of each request's content
    std::size_t keep_bytes = 64 * 1024;   ///< raw bytes kept or printed of each request and response
    proxycore::record::Clock clock = {};  ///< the clock for the times of entries
};

}  // namespace pathology::pathod
