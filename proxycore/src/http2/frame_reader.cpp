#include <pathology/proxycore/http2/frame_reader.hpp>

namespace pathology::proxycore::http2 {

void FrameReader::feed(std::string_view bytes) {
    buffer_.erase(0, used_);
    used_ = 0;
    buffer_.append(bytes);
}

Result<std::optional<Frame>> FrameReader::next() {
    auto const rest = buffered();
    auto const header = decode(rest);
    if (!header) return std::optional<Frame>();
    if (header->length > max_length_) {
        return Failure{ErrorCode::frame_size_error, "a frame of " + std::to_string(header->length) +
                                                        " bytes, where at most " + std::to_string(max_length_) +
                                                        " are allowed"};
    }
    if (rest.size() < FrameHeader::size + header->length) return std::optional<Frame>();
    used_ += FrameHeader::size + header->length;
    return std::optional(Frame{*header, rest.substr(FrameHeader::size, header->length)});
}

}  // namespace pathology::proxycore::http2
