#include <pathology/language/http2_player.hpp>
#include <pathology/proxycore/http2/names.hpp>

namespace pathology::language {

namespace http2 = proxycore::http2;

void Http2Player::start(Plan const& whole, Http2Playing playing) {
    playing_ = playing;
    rest_ = {};
    player_.start(whole, playing.seed);
}

void Http2Player::reset() {
    rest_ = {};
    scanner_.reset();
    held_.clear();
    was_cut_ = false;
    needed_ = 0;
    failure_.reset();
}

Http2Player::Next Http2Player::advance(std::string& out, std::size_t limit) {
    for (;;) {
        if (needed_ > 0) return Next::allowance;
        if (held_.size() == http2::FrameHeader::size) release(out);  // it was allowed
        if (rest_.empty()) {
            if (auto const next = fetch(out)) return *next;
        } else if (out.size() >= limit) {
            return Next::bytes;
        } else {
            take(out, limit - out.size());
        }
    }
}

/// Gets more bytes, or says what is next in their place.
std::optional<Http2Player::Next> Http2Player::fetch(std::string& out) {
    auto action = player_.next();
    if (!action) {
        failure_ = action.error();
        return Next::broken;
    }
    if (auto const* send = std::get_if<Send>(&*action)) {
        rest_ = {send->bytes.data(), send->bytes.size()};
        return std::nullopt;
    }
    cut(out);
    if (std::holds_alternative<Finished>(*action)) return Next::finished;
    if (std::holds_alternative<Disconnect>(*action)) return Next::disconnect;
    pause_ = std::get<Pause>(*action);
    return Next::pause;
}

/// Headers are held back until they are whole, because of the wait that may have to come before them.
void Http2Player::take(std::string& out, std::size_t limit) {
    bool const in_payload = scanner_.is_in_payload();
    auto const step = scanner_.advance(rest_.substr(0, limit));
    (in_payload ? out : held_).append(rest_.substr(0, step.size));
    rest_.remove_prefix(step.size);
    if (!step.header) return;
    if (!was_cut_ && waits_for(*step.header)) {
        needed_ = step.header->length;
    } else {
        release(out);
    }
    was_cut_ = false;
}

void Http2Player::release(std::string& out) {
    out += held_;
    held_.clear();
}

/// Lets go of part of a header, since it is here that the plan pauses or ends.
void Http2Player::cut(std::string& out) {
    was_cut_ = was_cut_ || !held_.empty();
    release(out);
}

bool Http2Player::waits_for(http2::FrameHeader const& header) const {
    return playing_.obeys_windows && header.type == static_cast<std::uint8_t>(http2::FrameType::data) &&
           header.stream == playing_.stream && header.length > 0;
}

}  // namespace pathology::language
