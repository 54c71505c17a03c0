// Whole frames out of bytes that are being sent, with as much of their payload as matters.
#pragma once
#include <cstddef>
#include <optional>
#include <pathology/proxycore/http2/frame_reader.hpp>
#include <pathology/proxycore/http2/frame_scanner.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::http2 {

/// Follows what one side sends, for a session that has to know it. The frames are those that the reader will see, as with
/// FrameScanner, which it uses.
class FrameFollower {
public:
    static constexpr std::size_t max_kept = 16384;  ///< bytes of a payload; the frames that matter are smaller

    /// Removes bytes from the front of `bytes` up to the end of a frame, and returns the frame; std::nullopt if all bytes
    /// were removed and it is not whole. The payload is cut after `max_kept` bytes, empty for DATA, and valid until the
    /// next call.
    std::optional<Frame> next(std::string_view& bytes);

    /// A new frame begins here: the last one is whole.
    bool is_at_boundary() const { return scanner_.is_at_boundary(); }

private:
    FrameScanner scanner_;
    FrameHeader header_;
    std::string payload_;
};

}  // namespace pathology::proxycore::http2
