#include <pathology/proxycore/http2/frame_follower.hpp>

#include <algorithm>
#include <pathology/proxycore/http2/names.hpp>

namespace pathology::proxycore::http2 {

std::optional<Frame> FrameFollower::next(std::string_view& bytes) {
    while (!bytes.empty()) {
        bool const is_kept = scanner_.is_in_payload() && FrameType{header_.type} != FrameType::data;
        auto const step = scanner_.advance(bytes);
        if (is_kept) payload_.append(bytes.substr(0, step.size), 0, max_kept - std::min(max_kept, payload_.size()));
        bytes.remove_prefix(step.size);
        if (step.header) {
            header_ = *step.header;
            payload_.clear();
        }
        if (scanner_.is_at_boundary()) return Frame{header_, payload_};
    }
    return std::nullopt;
}

}  // namespace pathology::proxycore::http2
