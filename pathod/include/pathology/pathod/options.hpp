// What a daemon can be told before it starts; each member is one option of the program pathod.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <pathology/pathod/tls_options.hpp>
#include <string>
#include <vector>

namespace pathology::pathod {

/// Where a daemon listens, what it serves, what it refuses, and what it tells. A plain value; the defaults are those of
/// the program, except that the port is picked by the system unless said otherwise.
struct DaemonOptions {
    // --- where ---
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0 = the system picks one
    unsigned threads = 1;    ///< workers; a connection lives and dies on one

    // --- what ---
    /// `PATTERN=SPEC`, `PATTERN=FILE` or `PATTERN=+PATH`, tried in this order at the start of each request's path.
    /// PATTERN is a Perl-style regular expression; it ends at the first `=` that is not escaped and stands outside of
    /// brackets and parentheses.
    std::vector<std::string> anchors = {};
    std::string craft_prefix = "/p/";  ///< what follows it in a path is a spec, percent-encoded
    std::optional<std::string> files_folder =
        std::nullopt;  ///< the folder that `<path` and `+path` read from; nothing = no files
    std::optional<std::uint64_t> seed =
        std::nullopt;  ///< decides all that is random; nothing = drawn, and told on stderr

    /// Serve as the releases of the original did: HEAD gets the body, HTTP/1.0 and `Connection: close` keep the
    /// connection.
    bool verbatim = false;

    /// WebSocket handshakes that ask for no spec are judged strictly, and what is said after a handshake comes back as
    /// RFC 6455 and RFC 7692 have it; otherwise frames are noted and not answered.
    bool websocket_echo = false;

    /// HTTP/2 for clients that ask for it: by ALPN, by their preface, or by `Upgrade: h2c`.
    bool http2 = true;

    // --- what not ---
    bool craft = true;                                       ///< false: crafting paths are refused, anchors still work
    bool nohang = false;                                     ///< specs that pause are refused
    std::optional<std::uint64_t> size_limit = std::nullopt;  ///< bytes; specs whose message is larger are refused
    /// The longest silence while a request is read or an answer written; nothing = for ever. Pauses do not count.
    std::optional<std::chrono::nanoseconds> time_limit = std::chrono::seconds(60);
    std::size_t max_connections = 65536;               ///< further ones wait until one leaves
    std::size_t max_header = 64 * 1024;                ///< bytes of a request before its body
    std::uint64_t max_body = std::uint64_t(1) << 40U;  ///< bytes of a request's body
    std::size_t max_message = 64U << 20U;              ///< bytes of a WebSocket message that is echoed

    TlsOptions tls = {};

    // --- what it tells ---
    bool explain = false;         ///< random values are spelled out before they are sent, and shown
    bool show_requests = false;   ///< the bytes read are shown and kept in the log
    bool show_responses = false;  ///< the bytes written are shown and kept in the log
    bool hex = false;             ///< both as a hex dump
    bool show_frames = false;     ///< the header of each HTTP/2 frame read or written is shown
    bool json = false;            ///< one JSON object for each log entry instead of text
    bool timestamps = true;       ///< in front of each block of text
    std::optional<std::string> log_file = std::nullopt;  ///< the same text is appended to this file

    // --- what it keeps ---
    std::size_t log_capacity = 500;      ///< entries of the log
    bool enter_early = false;            ///< entries are made before the first byte of an answer is sent, not after
    std::size_t keep_body = 64 * 1024;   ///< bytes of each request's body kept in the log
    std::size_t keep_bytes = 64 * 1024;  ///< raw bytes kept or shown of each request and response
};

}  // namespace pathology::pathod
