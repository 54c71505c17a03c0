// Judges a server for a client that writes every frame itself, crafted ones among them.
//
//     bytes of the client ──▶ record_sent ──▶ ┌─────────┐ ──▶ violations: frame, rule, section
//     bytes of the server ──▶ feed ─────────▶ │ Session │ ──▶ output: the RST_STREAM or GOAWAY that they require
//                                             └─────────┘
#pragma once
#include <cstddef>
#include <cstdint>
#include <pathology/proxycore/http2/frame_follower.hpp>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <pathology/proxycore/http2/frame_scanner.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <pathology/proxycore/http2/violation.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pathology::proxycore::http2 {

/// Follows both directions of one connection, and reports where the server breaks RFC 9113, RFC 7541 or a limit of a
/// session. It has the strictness of a Session with Role::client, which does the work.
///
/// Errors: after a connection error nothing is judged any more.
class ServerChecker {
public:
    /// The header sections of a server may be large, since a test client shows them.
    static constexpr std::uint32_t max_header_list = 4U << 20U;

    ServerChecker();

    /// The client sends these bytes: the connection preface, frames, or pieces of them, in order.
    void record_sent(std::string_view bytes);
    /// The server has sent these bytes.
    void feed(std::string_view bytes);

    /// Moves out the violations so far.
    std::vector<Violation> take_violations() { return std::exchange(violations_, {}); }
    /// Moves out frames for the server, to be sent between two others. They need not be passed to record_sent().
    std::string take_output() { return std::exchange(output_, {}); }
    /// A connection error has occurred.
    bool is_broken() const { return is_broken_; }

private:
    void judge(std::string_view bytes);
    void collect();
    void add(bool ends_connection, StreamId stream, ErrorCode code, std::string_view reason);

    Session session_;
    std::vector<Violation> violations_;
    std::string output_;
    bool is_broken_ = false;
    bool can_follow_ = true;  // what was sent

    // --- of the server ---
    FrameScanner scanner_;
    FrameHeader frame_;     // the one that is being read
    std::string held_;      // its first bytes, until the session may read them
    bool is_held_ = false;  // up to its end

    // --- of the client ---
    FrameFollower sent_;
};

}  // namespace pathology::proxycore::http2
