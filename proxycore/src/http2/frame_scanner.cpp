#include <pathology/proxycore/http2/frame_scanner.hpp>

#include <algorithm>

namespace pathology::proxycore::http2 {

FrameScanner::Step FrameScanner::advance(std::string_view bytes) {
    if (left_ > 0) {
        auto const size = std::min<std::size_t>(left_, bytes.size());
        left_ -= static_cast<std::uint32_t>(size);
        return {size, std::nullopt};
    }
    auto const size = std::min(head_.size() - held_, bytes.size());
    bytes.copy(head_.data() + held_, size);
    held_ += size;
    if (held_ < head_.size()) return {size, std::nullopt};
    auto const header = decode({head_.data(), head_.size()});
    held_ = 0;
    left_ = header->length;
    return {size, header};
}

}  // namespace pathology::proxycore::http2
