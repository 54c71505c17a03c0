#include "http2_response_player.hpp"

namespace pathology::pathod {

void Http2ResponsePlayer::start(RenderedResponse const& rendered, std::uint64_t seed, std::uint32_t stream) {
    rendered_ = &rendered;
    seed_ = seed;
    stream_ = stream;
    order_ = {};
    frames_.reset();
    is_playing_ = start_message();
}

/// Starts the next message. Returns false if none is left.
bool Http2ResponsePlayer::start_message() {
    auto const next = order_.next(rendered_->repetitions);
    if (!next) return false;
    auto const& message = rendered_->messages[*next];
    frames_.start(message.plan, {seed_of_item(seed_, *next), stream_, message.obeys_windows});
    return true;
}

Http2ResponsePlayer::Next Http2ResponsePlayer::advance(std::string& out, std::size_t limit) {
    while (is_playing_) {
        auto const next = frames_.advance(out, limit);
        if (next != Next::finished) return next;
        is_playing_ = start_message();
    }
    return Next::finished;
}

}  // namespace pathology::pathod
