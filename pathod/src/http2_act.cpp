#include "http2_act.hpp"

#include <pathology/proxycore/http2/names.hpp>

namespace pathology::pathod {

namespace http2 = proxycore::http2;

void Http2Act::start(Rendition const& rendition, std::uint64_t seed, std::uint32_t stream) {
    rendition_ = &rendition;
    seed_ = seed;
    stream_ = stream;
    item_ = 0;
    repeated_ = 0;
    rest_ = {};
    scanner_.reset();
    held_.clear();
    was_cut_ = false;
    needed_ = 0;
    failure_.reset();
    if (skip_items()) player_.start(item().plan.whole, seed_of_item(seed_, item_));
}

/// Goes on to a message that is sent at all (`x0` is not); false at the end.
bool Http2Act::skip_items() {
    while (item_ < rendition_->http2.size() && item().times == 0) ++item_;
    return item_ < rendition_->http2.size();
}

Http2Act::Next Http2Act::advance(std::string& out, std::size_t limit) {
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
std::optional<Http2Act::Next> Http2Act::fetch(std::string& out) {
    if (item_ == rendition_->http2.size()) return Next::finished;
    auto action = player_.next();
    if (!action) {
        failure_ = action.error();
        return Next::broken;
    }
    if (auto const* send = std::get_if<language::Send>(&*action)) {
        rest_ = {send->bytes.data(), send->bytes.size()};
        return std::nullopt;
    }
    if (auto const* pause = std::get_if<language::Pause>(&*action)) {
        cut(out);
        pause_ = *pause;
        return Next::pause;
    }
    if (std::holds_alternative<language::Finished>(*action)) return start_next(out);
    cut(out);
    return Next::disconnect;
}

std::optional<Http2Act::Next> Http2Act::start_next(std::string& out) {
    if (++repeated_ == item().times) {
        repeated_ = 0;
        ++item_;
    }
    if (!skip_items()) {
        cut(out);
        return Next::finished;
    }
    player_.start(item().plan.whole, seed_of_item(seed_, item_));
    return std::nullopt;
}

/// Headers are held back until they are whole, because of the wait that may have to come before them.
void Http2Act::take(std::string& out, std::size_t limit) {
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

void Http2Act::release(std::string& out) {
    out += held_;
    held_.clear();
}

/// Lets go of part of a header, since it is here that the answer pauses or ends.
void Http2Act::cut(std::string& out) {
    was_cut_ = was_cut_ || !held_.empty();
    release(out);
}

bool Http2Act::waits_for(http2::FrameHeader const& header) const {
    return item().obeys_windows && header.type == static_cast<std::uint8_t>(http2::FrameType::data) &&
           header.stream == stream_ && header.length > 0;
}

}  // namespace pathology::pathod
