#include <pathology/language/http2_player.hpp>

#include <algorithm>
#include <pathology/proxycore/http2/names.hpp>

namespace pathology::language {

namespace http2 = proxycore::http2;

void Http2Player::start(Plan const& whole, Http2PlayOptions options) {
    options_ = options;
    input_ = {};
    player_.start(whole, options.seed);
}

void Http2Player::reset() {
    input_ = {};
    scanner_.reset();
    header_.clear();
    is_partial_ = false;
    needed_ = 0;
    rest_.reset();
    failure_.reset();
}

std::size_t Http2Player::least_allowance() const {
    auto const header = http2::decode(header_);
    bool const is_padded = header && (header->flags & http2::flag::padded) != 0;
    return is_padded ? needed_ : std::min<std::size_t>(needed_, 1);
}

void Http2Player::allow(std::size_t size) {
    if (size < needed_) {
        auto part = *http2::decode(header_);
        rest_ = part;
        rest_->length = static_cast<std::uint32_t>(needed_ - size);
        part.length = static_cast<std::uint32_t>(size);
        part.flags &= static_cast<std::uint8_t>(~http2::flag::end_stream);
        header_ = encode(part);
        part_left_ = size;
    }
    needed_ = 0;
}

/// The rest of a divided frame begins with a header of its own, and waits again.
void Http2Player::end_part() {
    needed_ = rest_->length;
    header_ = encode(*rest_);
    rest_.reset();
}

Http2Player::Next Http2Player::advance(std::string& out, std::size_t limit) {
    for (;;) {
        // A DATA header is held back until the windows allow some of its payload.
        if (needed_ > 0) return Next::allowance;
        if (header_.size() == http2::FrameHeader::size) flush_header(out);  // allow() was called
        if (input_.empty()) {
            if (auto const next = fetch(out)) return *next;
        } else if (out.size() >= limit) {
            return Next::bytes;
        } else {
            consume(out, limit - out.size());
        }
    }
}

/// Gets more input, or returns what comes next instead.
std::optional<Http2Player::Next> Http2Player::fetch(std::string& out) {
    auto action = player_.next();
    if (!action) {
        failure_ = action.error();
        return Next::broken;
    }
    if (auto const* send = std::get_if<Send>(&*action)) {
        input_ = {send->bytes.data(), send->bytes.size()};
        return std::nullopt;
    }
    flush_partial_header(out);
    if (std::holds_alternative<Finished>(*action)) return Next::finished;
    if (auto const* disconnect = std::get_if<Disconnect>(&*action)) {
        ending_ = disconnect->how;
        return Next::disconnect;
    }
    pause_ = std::get<Pause>(*action);
    return Next::pause;
}

/// Holds a frame header until it is complete, because the player may have to wait before it.
void Http2Player::consume(std::string& out, std::size_t limit) {
    bool const in_payload = scanner_.is_in_payload();
    auto const step = scanner_.advance(input_.substr(0, rest_ ? std::min(limit, part_left_) : limit));
    (in_payload ? out : header_).append(input_.substr(0, step.size));
    input_.remove_prefix(step.size);
    if (rest_) part_left_ -= step.size;
    if (rest_ && part_left_ == 0) return end_part();
    if (!step.header) return;
    if (!is_partial_ && waits_for(*step.header)) {
        needed_ = step.header->length;
    } else {
        flush_header(out);
    }
    is_partial_ = false;
}

void Http2Player::flush_header(std::string& out) {
    out += header_;
    header_.clear();
}

/// Writes a part of a header, because the plan pauses or ends inside it. The frame then does not wait for flow control:
/// its first bytes are sent already.
void Http2Player::flush_partial_header(std::string& out) {
    is_partial_ = is_partial_ || !header_.empty();
    flush_header(out);
}

bool Http2Player::waits_for(http2::FrameHeader const& header) const {
    return options_.obeys_windows && header.type == static_cast<std::uint8_t>(http2::FrameType::data) &&
           header.stream == options_.stream && header.length > 0;
}

}  // namespace pathology::language
