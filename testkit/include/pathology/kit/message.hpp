// Requests, responses and WebSocket frames that daemons and clients of the test kit received.
#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>
#include <string_view>

namespace pathology::kit {

/// Fields in the order and spelling in which they were sent. `first("host")` ignores case.
using Headers = proxycore::http::Fields;

/// A request as a daemon received it (`method`, `target`, `path`, `headers`, `body`, `raw` and the other members of the
/// base), and the response sent to it.
///
/// Owns: all its text. It is a copy that outlives the daemon.
struct Request : proxycore::record::RecordedRequest {
    std::uint64_t id = 0;  ///< its number in the log, counting up from 0

    /// The response sent: `response.spec` is its resolved spelling, `response.disconnect` is true if the spec closes
    /// the connection.
    proxycore::record::RecordedResponse response;
    /// The TLS connection it came over: `tls->sni`, `tls->alpn`, `tls->version`, `tls->client_certificate`. nullptr
    /// without TLS.
    std::shared_ptr<proxycore::record::RecordedTls const> tls;
    /// Which alternative of an anchor it got, and why: `choice->alternative`, `choice->reason`. nullptr if there was no
    /// choice.
    std::shared_ptr<proxycore::record::RecordedChoice const> choice;
    /// True if the response was still being written, or pausing, when this copy was made.
    bool unfinished = false;
    /// Why the response was not written completely, in a line: `Disconnect`, `Timeout`. Empty if it was.
    std::string error;

    /// The value of the first field of that name, ignoring case. std::nullopt if there is none.
    std::optional<std::string> header(std::string_view name) const;

    bool operator==(Request const& other) const { return id == other.id && raw == other.raw; }
};

/// Prints start line, connection, response, headers and body for failure messages.
std::ostream& operator<<(std::ostream& out, Request const& request);

/// The response of a server under test, or why there was none.
///
/// Owns: all its text.
struct Response {
    /// Why there is no complete response, in a line: `Timeout`, `Invalid server response: …`. Empty if there is one.
    std::string failure;

    // After a failure all but `raw` and `tls` are empty or 0.
    unsigned status = 0;
    std::string reason;
    std::string http_version;  ///< "HTTP/1.1"
    Headers headers;
    std::string body;             ///< decoded; its first bytes, at most ClientOptions::keep_bytes
    std::uint64_t body_size = 0;  ///< of the whole body, in bytes
    Headers trailers;             ///< after a chunked body
    std::string raw;              ///< exact bytes, interim responses first
    bool keep_alive = false;      ///< whether the connection may carry another exchange
    std::chrono::nanoseconds duration{};
    /// The TLS connection it came over: `tls->version`, `tls->server_certificates`. nullptr without TLS.
    std::shared_ptr<proxycore::record::RecordedTls const> tls;

    bool ok() const { return failure.empty(); }
    explicit operator bool() const { return ok(); }

    /// The value of the first field of that name, ignoring case. std::nullopt if there is none.
    std::optional<std::string> header(std::string_view name) const;
};

/// Prints status line, headers and body, or the failure.
std::ostream& operator<<(std::ostream& out, Response const& response);

/// A WebSocket frame as it was received (`fin`, `masked`, `opcode`, `payload` unmasked, and the other members of the
/// base), or why a client received none.
///
/// Owns: all its text.
struct Frame : proxycore::record::RecordedFrame {
    std::string failure;  ///< why there is no frame, in a line: `Server disconnected`; empty if there is one

    bool ok() const { return failure.empty(); }
    explicit operator bool() const { return ok(); }

    /// `text`, `binary`, `close`, `ping`, `pong`, `continue`; `0x3` for a reserved opcode.
    std::string type() const;
};

/// Prints type, flags and payload, or the failure.
std::ostream& operator<<(std::ostream& out, Frame const& frame);

}  // namespace pathology::kit
