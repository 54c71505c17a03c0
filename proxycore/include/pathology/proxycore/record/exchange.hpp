// An exchange as a value, for logs, --json output and recorded requests.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/http/target.hpp>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <pathology/proxycore/record/choice.hpp>
#include <pathology/proxycore/record/relay.hpp>
#include <pathology/proxycore/record/tls.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::http2 {
struct Violation;
}

namespace pathology::proxycore::record {

/// A request as it was received. Text is bytes as sent, not checked for any encoding.
struct RecordedRequest {
    std::string method{};
    std::string target{};  ///< as sent
    std::string path{};    ///< path and query, those of the URL for a request to a proxy
    http::TargetForm form = http::TargetForm::none;
    std::string http_version = "HTTP/1.1";
    http::Fields headers{};
    std::string body{};           ///< the first bytes of the decoded body, up to the limit of the recorder
    std::uint64_t body_size = 0;  ///< all of them counted
    std::string raw{};            ///< the exact bytes read, as many as the recorder keeps
    std::uint64_t raw_size = 0;   ///< all of them counted
    Endpoint remote_address{};
    std::uint64_t connection = 0;           ///< number of the connection, counting up from 0
    std::uint64_t index = 0;                ///< number of the request on its connection, counting up from 0
    std::optional<std::uint32_t> stream{};  ///< of a request by HTTP/2, whose `headers` begin with pseudo-header fields
    std::vector<http2::FrameHeader> frames{};  ///< by HTTP/2: those of its stream, and those of stream 0 before it
    std::uint64_t frame_count = 0;             ///< all of them counted; the recorder keeps the first ones

    bool body_truncated() const { return body.size() < body_size; }
    bool raw_truncated() const { return raw.size() < raw_size; }
};

/// A response, crafted or received.
struct RecordedResponse {
    std::string status_code{};            ///< digits as sent: "200", "00200"
    std::optional<std::string> reason{};  ///< std::nullopt if a crafted response uses the table
    std::string version = "HTTP/1.1";
    /// Of a line that is sent very often, the first ones.
    http::Fields headers{};
    std::uint64_t header_count = 0;     ///< of a crafted response: all header lines counted
    std::optional<std::string> body{};  ///< the first bytes; std::nullopt without a body
    std::uint64_t body_size = 0;
    std::string spec{};               ///< resolved spec of a crafted response; empty for a received one
    bool disconnect = false;          ///< the spec ended the connection
    std::uint64_t bytes_written = 0;  ///< on the wire, heads and framing included
    std::string raw{};                ///< the exact bytes, as many as the recorder keeps; empty when not kept
};

/// A WebSocket frame.
struct RecordedFrame {
    std::uint8_t opcode = 1;
    bool fin = false, rsv1 = false, rsv2 = false, rsv3 = false, masked = false;
    std::optional<std::string> key{};  ///< four bytes
    std::string payload{};             ///< the first bytes, unmasked
    std::uint64_t payload_size = 0;    ///< all of them counted
    std::string raw{};                 ///< the exact bytes, with header and mask, up to the limit of the recorder
    std::uint64_t raw_size = 0;        ///< all of them counted; 0 when raw bytes are not recorded
    std::uint64_t connection = 0;      ///< number of the connection, counting up from 0
    std::uint64_t index = 0;           ///< number of the frame among those of its direction, counting up from 0
};

/// One entry of a log.
struct Exchange {
    enum class Type {
        crafted,   ///< a request and its response (also a frame sent in response to a frame)
        received,  ///< a request and its response, recorded by the client
        inbound,   ///< a received WebSocket frame
        relayed,   ///< by a proxy: a request and its response, or a connection
        error,     ///< a failure, see `message`
        timeout,   ///< the peer sent nothing for the time limit
    };
    std::uint64_t id = 0;
    Type type = Type::crafted;
    std::string protocol = "http";  ///< "http", "http2", "websockets", "tcp"
    std::chrono::system_clock::time_point started{};
    std::chrono::nanoseconds duration{};
    std::optional<RecordedRequest> request{};
    std::optional<RecordedResponse> response{};
    std::optional<RecordedFrame> frame{};
    std::shared_ptr<RecordedTls const> tls{};    ///< the TLS connection; nullptr = none
    std::vector<RecordedTlsFault> tls_faults{};  ///< what was done on the TLS connection so far, also before this entry
    std::shared_ptr<RecordedRelay const> relay{};  ///< by a proxy: client, server and route
    /// By a server: the choice among the alternatives of an anchor, or by its filter; nullptr = there was none.
    std::shared_ptr<RecordedChoice const> choice{};
    std::string message{};  ///< the failure; empty if there was none
    /// The rule of HTTP/2 that the peer broke, if that is the failure.
    std::shared_ptr<http2::Violation const> violation{};
    bool finished = true;  ///< false while its response is being written, also after the daemon has stopped
    std::string spec{};    ///< what a client sent, in the spec language; empty in a server's log
};

}  // namespace pathology::proxycore::record
