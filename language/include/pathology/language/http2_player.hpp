#pragma once
// Plays the frames of HTTP/2 messages: stops before DATA frames that flow control has to allow, and knows frame
// boundaries.

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
struct Http2PlayOptions {
    std::uint64_t seed = 0;     ///< of the generated data
    std::uint32_t stream = 1;   ///< that the message is for
    bool obeys_windows = true;  ///< its DATA frames wait for flow control; raw frames do not
};

/// Gives the bytes of plans made for HTTP/2, one plan after the other, up to the next thing that is not a byte. It has
/// no connection and no clock.
///
/// A frame header is kept back until it is complete, because the player may have to wait for flow control before it:
///
///     bytes of the plan ──▶ header_ (up to 9 bytes) ──▶ complete? ──▶ DATA of this stream? ──▶ wait for allow()
///                      └──▶ payload ──▶ out                      └──────────────▶ out ◀────────────┘
///
/// A DATA frame that is larger than the windows allow is divided (RFC 9113 §6.9): each part gets a header of its own,
/// and the last part the flags. Offsets of pauses and injections do not count the headers that this adds.
///
/// Owns: a frame header; player and plan must outlive it.
class Http2Player {
public:
    explicit Http2Player(Player& player) : player_(player) {}

    /// Starts a plan after the one before, which may have ended inside a frame.
    void start(Plan const& whole, Http2PlayOptions options);
    /// Forgets what was played before. The next byte begins a frame.
    void reset();

    enum class Next {
        bytes,       ///< `out` is full: send it and call advance() again
        allowance,   ///< wait until flow control allows at least least_allowance() bytes, then call allow()
        pause,       ///< wait for the end of pause()
        disconnect,  ///< end the connection as ending() says, after the bytes
        finished,    ///< the plan has ended
        broken,      ///< the plan cannot continue: failure()
    };
    /// Appends bytes to `out` until it holds `limit` of them or something else is next.
    Next advance(std::string& out, std::size_t limit);

    /// The bytes of content that wait for flow control; 0 if none do.
    std::size_t needed() const { return needed_; }
    /// The allowance with which the player can go on: 1, or all of a frame with padding, which cannot be divided.
    std::size_t least_allowance() const;
    /// Allows `size` bytes, at least least_allowance(), at most needed().
    void allow(std::size_t size);
    void allow() { allow(needed_); }
    Pause const& pause() const { return pause_; }
    Ending ending() const { return ending_; }
    /// Whether whole frames were given out, as the peer reads them. Frames of others may be sent here.
    bool is_between_frames() const { return (scanner_.is_at_boundary() && !rest_) || needed_ > 0; }
    SpecFailure const& failure() const { return *failure_; }

private:
    std::optional<Next> fetch(std::string& out);
    void consume(std::string& out, std::size_t limit);
    void end_part();
    void flush_header(std::string& out);
    void flush_partial_header(std::string& out);
    bool waits_for(proxycore::http2::FrameHeader const& header) const;

    Player& player_;
    Http2PlayOptions options_;
    std::string_view input_;  // the rest of what the player gave last
    proxycore::http2::FrameScanner scanner_;
    std::string header_;       // bytes of a frame header that were not given out yet
    bool is_partial_ = false;  // earlier bytes of this header were
    std::size_t needed_ = 0;
    std::optional<proxycore::http2::FrameHeader> rest_;  // of the DATA frame that is divided, after this part
    std::size_t part_left_ = 0;                          // bytes of this part to come
    Pause pause_;
    Ending ending_ = Ending::fin;
    std::optional<SpecFailure> failure_;
};

}  // namespace pathology::language
