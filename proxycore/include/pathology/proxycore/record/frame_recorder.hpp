// WebSocket frames as a log keeps them. What is legal is not judged here.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/record/exchange.hpp>
#include <pathology/proxycore/websocket/frame_reader.hpp>
#include <span>
#include <string>
#include <string_view>

namespace pathology::proxycore::record {

/// What is kept of each frame.
struct FrameKeep {
    std::size_t payload = 0;  ///< bytes of its payload
    std::size_t raw = 0;      ///< bytes as they came
    /// A payload that begins so is kept up to the other limit; no longer than `payload`.
    std::string_view leader = {};
    std::size_t payload_after_leader = 0;
};

/// Records one frame after another out of bytes, in bounded memory.
class FrameRecorder {
public:
    explicit FrameRecorder(FrameKeep keep) : keep_(keep) {}

    void feed(std::string_view bytes);

    /// The next frame; nothing when more bytes are needed.
    std::optional<RecordedFrame> next();

    /// Whether the bytes so far end with a whole frame.
    bool is_between_frames() const { return used_ == buffer_.size() && reader_.is_between_frames(); }

private:
    void take(std::span<char> payload);
    void keep_payload(std::string_view bytes);
    void keep_raw(std::string_view bytes);

    FrameKeep keep_;
    websocket::FrameReader reader_;
    std::string buffer_;
    std::size_t used_ = 0;
    RecordedFrame frame_;
    std::uint64_t index_ = 0;
};

/// A frame of which `bytes` are the first and `size` were sent in all, header included, whatever its header says of its
/// length: what a writer of untrue frames records. Nothing when the header is not whole.
std::optional<RecordedFrame> frame_of(std::string_view bytes, std::uint64_t size, FrameKeep keep);

/// `ws frame:text:fin|mask:key=b'abcd' 15b`: opcode, flags that are set, key, size unless it is 0.
std::string describe(RecordedFrame const& frame);

}  // namespace pathology::proxycore::record
