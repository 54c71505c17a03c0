#include "http2_response_player.hpp"

namespace pathology::pathod {

void Http2ResponsePlayer::start(RenderedResponse const& rendered, std::uint64_t seed, std::uint32_t stream) {
    rendered_ = &rendered;
    seed_ = seed;
    stream_ = stream;
    order_ = {};
    number_ = 0;
    is_playing_ = false;
    frames_.reset();
    next_ = order_.next(rendered.repetitions);
}

void Http2ResponsePlayer::go_to_next() {
    is_playing_ = false;
    ++number_;
    next_ = order_.next(rendered_->repetitions);
}

Http2ResponsePlayer::Next Http2ResponsePlayer::advance(std::string& out, std::size_t limit) {
    while (next_) {
        if (is_waiting()) return Next::pause;
        if (!is_playing_) {
            auto const& message = rendered_->messages[*next_];
            frames_.start(message.plan, {seed_of_item(seed_, *next_), stream_, message.obeys_windows});
            is_playing_ = true;
        }
        auto const next = frames_.advance(out, limit);
        if (next != Next::finished) return next;
        go_to_next();
    }
    return Next::finished;
}

}  // namespace pathology::pathod
