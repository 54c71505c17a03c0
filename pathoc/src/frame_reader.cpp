#include "frame_reader.hpp"

#include <algorithm>
#include <utility>

namespace pathology::pathoc {

namespace websocket = proxycore::websocket;

std::optional<proxycore::record::RecordedFrame> FrameReader::next() {
    if (!header_ && !begin()) return std::nullopt;
    auto const here = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), header_->length - seen_));
    auto const kept = std::min(here, payload_limit_ - payload_.size());
    payload_.append(buffer_, 0, kept);
    buffer_.erase(0, here);
    seen_ += here;
    if (seen_ < header_->length) return std::nullopt;

    proxycore::record::RecordedFrame frame;
    auto const header = *std::exchange(header_, std::nullopt);
    if (header.key) websocket::apply_mask(payload_, *header.key);
    frame.opcode = header.opcode;
    frame.fin = header.fin;
    frame.rsv1 = header.rsv1;
    frame.rsv2 = header.rsv2;
    frame.rsv3 = header.rsv3;
    frame.masked = header.masked;
    if (header.key) frame.key.emplace(reinterpret_cast<char const*>(header.key->data()), header.key->size());
    frame.payload = std::exchange(payload_, {});
    frame.payload_size = std::exchange(seen_, 0);
    return frame;
}

bool FrameReader::begin() {
    auto const decoded = websocket::decode(buffer_);
    if (!decoded) return false;
    header_ = decoded->header;
    buffer_.erase(0, decoded->size);
    return true;
}

}  // namespace pathology::pathoc
