// Which rule of RFC 9113 a frame broke.
#pragma once
#include <pathology/proxycore/http2/frame_header.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::http2 {

/// A rule in words, and where it stands; without a section it is a limit of ours.
struct BrokenRule {
    std::string text;
    std::string section;
};

/// Finds the rule for a frame that nghttp2 or a Session rejected with `code`; `reason` is what they say of it, and may
/// be empty. `max_frame` is the longest frame that the server may send.
BrokenRule broken_rule(FrameHeader const& frame, ErrorCode code, std::string_view reason, std::uint32_t max_frame);

}  // namespace pathology::proxycore::http2
