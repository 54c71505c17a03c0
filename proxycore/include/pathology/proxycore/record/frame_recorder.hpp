// WebSocket frames for logs. Rules of the protocol are not checked.
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

/// Limits for the stored part of each frame.
struct FrameKeep {
    std::size_t payload = 0;  ///< bytes of its payload
    std::size_t raw = 0;      ///< bytes of the frame, header included
    /// A payload with this prefix is kept up to the other limit. The prefix is no longer than `payload`.
    std::string_view leader = {};
    std::size_t payload_after_leader = 0;
};

/// Records one frame after another, in bounded memory.
class FrameRecorder {
public:
    explicit FrameRecorder(FrameKeep keep) : keep_(keep) {}

    void feed(std::string_view bytes);

    /// Returns the next frame; std::nullopt if more bytes are needed.
    std::optional<RecordedFrame> next();

    /// Returns true if the bytes so far end with a complete frame.
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

/// The record of a sent frame: `bytes` are its first bytes, `size` is the number of all, header included. The length in
/// its header may be false. std::nullopt if the header is incomplete.
std::optional<RecordedFrame> frame_of(std::string_view bytes, std::uint64_t size, FrameKeep keep);

/// `ws frame:text:fin|mask:key=b'abcd' 15b`: opcode, flags that are set, key, size unless it is 0.
std::string describe(RecordedFrame const& frame);

}  // namespace pathology::proxycore::record
