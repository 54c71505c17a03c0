#include "http2_response_player.hpp"

namespace pathology::pathod {

void Http2ResponsePlayer::start(RenderedResponse const& rendered, std::uint64_t seed, std::uint32_t stream) {
    rendered_ = &rendered;
    seed_ = seed;
    stream_ = stream;
    item_ = 0;
    played_ = 0;
    frames_.reset();
    is_playing_ = start_item();
}

/// Starts the next message. Returns false if none is left; a message may have a count of zero (`x0`).
bool Http2ResponsePlayer::start_item() {
    for (; item_ < rendered_->http2.size(); ++item_, played_ = 0) {
        if (played_ == item().times) continue;
        ++played_;
        frames_.start(item().plan, {seed_of_item(seed_, item_), stream_, item().obeys_windows});
        return true;
    }
    return false;
}

Http2ResponsePlayer::Next Http2ResponsePlayer::advance(std::string& out, std::size_t limit) {
    while (is_playing_) {
        auto const next = frames_.advance(out, limit);
        if (next != Next::finished) return next;
        is_playing_ = start_item();
    }
    return Next::finished;
}

}  // namespace pathology::pathod
