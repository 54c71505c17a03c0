// WebSocket frames as a log keeps them. What is legal is not judged here.
#pragma once
#include <cstddef>
#include <optional>
#include <pathology/proxycore/record/exchange.hpp>
#include <pathology/proxycore/websocket/frame_reader.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::record {

/// Records one frame after another out of bytes, in bounded memory.
class FrameRecorder {
public:
    /// Keeps the first `payload_limit` bytes of each payload.
    explicit FrameRecorder(std::size_t payload_limit) : payload_limit_(payload_limit) {}

    void feed(std::string_view bytes);

    /// The next frame; nothing when more bytes are needed.
    std::optional<RecordedFrame> next();

    /// Whether the bytes so far end with a whole frame.
    bool is_between_frames() const { return used_ == buffer_.size() && reader_.is_between_frames(); }

private:
    std::size_t payload_limit_;
    websocket::FrameReader reader_;
    std::string buffer_;
    std::size_t used_ = 0;
    RecordedFrame frame_;
};

/// `ws frame:text:fin|mask:key=b'abcd' 15b`: opcode, flags that are set, key, size unless it is 0.
std::string describe(RecordedFrame const& frame);

}  // namespace pathology::proxycore::record
