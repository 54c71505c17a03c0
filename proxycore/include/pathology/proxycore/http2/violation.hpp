// A rule of HTTP/2 that a peer broke, in full: for people and for programs.
#pragma once
#include <pathology/proxycore/http2/frame_header.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <string>

namespace pathology::proxycore::http2 {

/// A connection error or a stream error (RFC 9113 §5.4) that a peer caused.
struct Violation {
    ErrorCode code{};              ///< of the GOAWAY or RST_STREAM that the error requires
    bool ends_connection = false;  ///< a connection error
    std::uint32_t stream = 0;      ///< the stream of a stream error; of a connection error that of the frame
    FrameHeader frame{};           ///< the frame that broke the rule
    std::string rule{};            ///< what is wrong: `the stream is 0`
    std::string section{};         ///< where the rule is: `RFC 9113 section 6.1`; empty for limits of our own
};

/// `connection error PROTOCOL_ERROR (1): DATA 2 bytes: the stream is 0 (RFC 9113 section 6.1)`;
/// `stream 1: error PROTOCOL_ERROR (1): HEADERS stream 1 …`.
std::string describe(Violation const& violation);

}  // namespace pathology::proxycore::http2
