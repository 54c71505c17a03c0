// Follows the frames in a stream of bytes without keeping any of them.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <string_view>

namespace pathology::proxycore::http2 {

/// Knows of a connection where its frames begin, as its reader will see them: also when what is written was made to
/// mislead, the boundaries are those that the headers on the wire announce.
class FrameScanner {
public:
    /// What one step found.
    struct Step {
        std::size_t size = 0;               ///< bytes of the input that it covers
        std::optional<FrameHeader> header;  ///< the header that is whole with the last of these bytes
    };

    /// Goes through `bytes` up to the end of the next header, the end of a payload, or the end of the bytes, whichever
    /// comes first. Covers at least one byte unless there is none.
    Step advance(std::string_view bytes);

    /// Whether a new frame begins here: the last one is whole.
    bool is_at_boundary() const { return held_ == 0 && left_ == 0; }

    /// Whether the next byte belongs to a payload, and not to a header.
    bool is_in_payload() const { return left_ > 0; }

    /// Begins anew, at a boundary.
    void reset() { held_ = left_ = 0; }

private:
    std::array<char, FrameHeader::size> head_{};
    std::size_t held_ = 0;    // bytes of a header that are in `head_`
    std::uint32_t left_ = 0;  // bytes of the payload to come
};

}  // namespace pathology::proxycore::http2
