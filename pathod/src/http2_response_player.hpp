// A response over HTTP/2 that is sent as crafted: messages and raw frames with their pauses, injections and
// disconnects.
//
//     message ─▶ message ─▶ … ─▶ finished        each is a plan for the Http2Player
//        ▲ waits until its place in the request was read
#pragma once

#include <cstdint>
#include <pathology/language/http2_player.hpp>
#include <string>

#include "rendered_response.hpp"
#include "request_place.hpp"

namespace pathology::pathod {

/// Plays such a response: message after message, each repeated by its count.
class Http2ResponsePlayer {
public:
    using Next = language::Http2Player::Next;

    explicit Http2ResponsePlayer(language::Player& player) : frames_(player) {}

    /// `rendered` must outlive this object.
    void start(RenderedResponse const& rendered, std::uint64_t seed, std::uint32_t stream);

    /// As Http2Player::advance(), but `finished` is the end of the last message, and `pause` may be a message that waits
    /// for its place.
    Next advance(std::string& out, std::size_t limit);

    /// The player of the current message.
    language::Http2Player const& frames() const { return frames_; }
    void allow(std::size_t size) { frames_.allow(size); }

    /// How far the request was read.
    void set_progress(RequestProgress progress) { progress_ = progress; }
    /// Whether the next message waits for its place.
    bool is_waiting() const { return next_ && !is_playing_ && !has_reached(place(), progress_); }
    /// The place that holds the reading of the request: that of the current message, or of the next one.
    std::optional<language::WaitFor> const& place() const { return rendered_->messages[*next_].wait; }
    /// Whether all messages were sent.
    bool is_finished() const { return !next_; }
    /// The message, counted with repetitions, that place() is of.
    std::uint64_t message_number() const { return number_; }

private:
    void go_to_next();

    language::Http2Player frames_;
    RenderedResponse const* rendered_ = nullptr;
    std::uint64_t seed_ = 0;
    std::uint32_t stream_ = 0;
    language::MessageOrder order_;
    std::optional<std::size_t> next_;  // the current message, or the one that follows
    std::uint64_t number_ = 0;         // of messages that ended before it
    RequestProgress progress_{0, true};
    bool is_playing_ = false;
};

}  // namespace pathology::pathod
