// Frames out of bytes, whatever they are: nothing is judged but the length.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/http2/failure.hpp>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::http2 {

/// A frame, its payload seen.
struct Frame {
    FrameHeader header;
    std::string_view payload;  ///< `header.length` bytes; padding and priority fields still in it
};

/// Cuts what a peer sends into frames (RFC 9113 §4.1). Takes unknown types, wrong lengths and streams as they come.
///
/// Views:  a payload lives until the next call that is not const.
/// Errors: FRAME_SIZE_ERROR when a frame announces more than the limit; every later call returns it again.
class FrameReader {
public:
    explicit FrameReader(std::uint32_t max_length = FrameHeader::largest_length) : max_length_(max_length) {}

    void feed(std::string_view bytes);

    /// Accepts frames of this length, if the limit was lower.
    void allow(std::uint32_t max_length) { max_length_ = std::max(max_length_, max_length); }

    /// The next whole frame; nothing = more bytes are needed.
    Result<std::optional<Frame>> next();

    /// The bytes that were fed and not returned yet: part of a frame, when next() returned nothing.
    std::string_view buffered() const { return std::string_view(buffer_).substr(used_); }

private:
    std::uint32_t max_length_;
    std::string buffer_;
    std::size_t used_ = 0;  // bytes at the front that were returned
};

}  // namespace pathology::proxycore::http2
