// WebSocket frames out of bytes, as a client keeps them. What is legal is not judged here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/record/exchange.hpp>
#include <pathology/proxycore/websocket/frame_header.hpp>
#include <string>
#include <string_view>

namespace pathology::pathoc {

/// Reads one frame after another in bounded memory.
class FrameReader {
public:
    /// Keeps the first `payload_limit` bytes of each payload.
    explicit FrameReader(std::size_t payload_limit) : payload_limit_(payload_limit) {}

    void feed(std::string_view bytes) { buffer_ += bytes; }

    /// The next frame; nothing when more bytes are needed.
    std::optional<proxycore::record::RecordedFrame> next();

private:
    bool begin();

    std::size_t payload_limit_;
    std::string buffer_;
    std::optional<proxycore::websocket::FrameHeader> header_;
    std::uint64_t seen_ = 0;  // bytes of the payload
    std::string payload_;
};

}  // namespace pathology::pathoc
