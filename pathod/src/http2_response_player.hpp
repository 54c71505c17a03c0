// A response over HTTP/2 that is sent as crafted: messages and raw frames with their pauses, injections and
// disconnects.
//
//     message ─▶ message ─▶ … ─▶ finished        each is a plan for the Http2Player
#pragma once

#include <cstdint>
#include <pathology/language/http2_player.hpp>
#include <string>

#include "rendered_response.hpp"

namespace pathology::pathod {

/// Plays such a response: message after message, each repeated by its count.
class Http2ResponsePlayer {
public:
    using Next = language::Http2Player::Next;

    explicit Http2ResponsePlayer(language::Player& player) : frames_(player) {}

    /// `rendered` must outlive this object.
    void start(RenderedResponse const& rendered, std::uint64_t seed, std::uint32_t stream);

    /// As Http2Player::advance(), but `finished` is the end of the last message.
    Next advance(std::string& out, std::size_t limit);

    /// The player of the current message.
    language::Http2Player const& frames() const { return frames_; }
    void allow(std::size_t size) { frames_.allow(size); }

private:
    bool start_message();

    language::Http2Player frames_;
    RenderedResponse const* rendered_ = nullptr;
    std::uint64_t seed_ = 0;
    std::uint32_t stream_ = 0;
    language::MessageOrder order_;
    bool is_playing_ = false;
};

}  // namespace pathology::pathod
