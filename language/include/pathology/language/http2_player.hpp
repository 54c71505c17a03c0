#pragma once
// Plays the frames of HTTP/2 messages, and knows where one ends and when flow control has a say.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <pathology/language/player.hpp>
#include <pathology/proxycore/http2/frame_scanner.hpp>
#include <string>
#include <string_view>

namespace pathology::language {

/// How the frames of a plan are played.
struct Http2Playing {
    std::uint64_t seed = 0;     ///< of the generated data
    std::uint32_t stream = 1;   ///< that the message is for
    bool obeys_windows = true;  ///< its DATA frames wait for flow control; raw frames do not
};

/// Hands out the bytes of plans made for HTTP/2, one plan after the other, up to the next thing that is not a byte.
/// Knows no connection and no clock.
///
/// Owns: nothing but a frame header; player and plan must outlive the playing.
class Http2Player {
public:
    explicit Http2Player(Player& player) : player_(player) {}

    /// Begins a plan behind the one before, which may have ended inside a frame.
    void start(Plan const& whole, Http2Playing playing);
    /// Forgets what was played before: a frame begins here.
    void reset();

    enum class Next {
        bytes,       ///< `out` is full: send, and go on
        allowance,   ///< flow control has to allow needed() bytes before allow() and going on
        pause,       ///< wait for pause_length()
        disconnect,  ///< close the connection, after the bytes
        finished,    ///< the plan was played
        broken,      ///< it cannot go on: failure()
    };
    /// Appends bytes to `out` until it holds `limit` or something else is next.
    Next advance(std::string& out, std::size_t limit);

    std::size_t needed() const { return needed_; }
    void allow() { needed_ = 0; }
    std::optional<std::chrono::seconds> pause_length() const { return pause_.length; }
    /// Whether what was handed out are whole frames, as the peer has to read them, so that others may stand here.
    bool is_between_frames() const { return scanner_.is_at_boundary() || needed_ > 0; }
    SpecFailure const& failure() const { return *failure_; }

private:
    std::optional<Next> fetch(std::string& out);
    void take(std::string& out, std::size_t limit);
    void release(std::string& out);
    void cut(std::string& out);
    bool waits_for(proxycore::http2::FrameHeader const& header) const;

    Player& player_;
    Http2Playing playing_;
    std::string_view rest_;  // of what the player gave last
    proxycore::http2::FrameScanner scanner_;
    std::string held_;      // bytes of a frame header that were not handed out yet
    bool was_cut_ = false;  // others of this header were
    std::size_t needed_ = 0;
    Pause pause_;
    std::optional<SpecFailure> failure_;
};

}  // namespace pathology::language
