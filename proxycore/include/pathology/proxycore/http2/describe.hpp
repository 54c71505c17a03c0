// Frames in words, for logs.
#pragma once
#include <pathology/proxycore/http2/frame_header.hpp>
#include <string>

namespace pathology::proxycore::http2 {

/// `HEADERS stream 1 END_STREAM,END_HEADERS 20 bytes`, `SETTINGS ACK 0 bytes`.
std::string describe(FrameHeader const& header);

}  // namespace pathology::proxycore::http2
