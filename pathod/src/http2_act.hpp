// An answer that goes over HTTP/2 as it is: messages and raw frames with their pauses, injections and disconnects.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/language/player.hpp>
#include <pathology/proxycore/http2/frame_scanner.hpp>
#include <string>
#include <string_view>

#include "rendition.hpp"

namespace pathology::pathod {

/// Hands out the bytes of such an answer up to the next thing that is not a byte. Knows no connection and no clock.
class Http2Act {
public:
    explicit Http2Act(language::Player& player) : player_(player) {}

    /// `rendition` must outlive the act.
    void start(Rendition const& rendition, std::uint64_t seed, std::uint32_t stream);

    enum class Next {
        bytes,       ///< `out` is full: send, and go on
        allowance,   ///< flow control has to allow needed() bytes before allow() and going on
        pause,       ///< wait for pause_length()
        disconnect,  ///< close the connection, after the bytes
        finished,    ///< the answer was sent
        broken,      ///< it cannot go on: failure()
    };
    /// Appends bytes to `out` until it holds `limit` or something else is next.
    Next advance(std::string& out, std::size_t limit);

    std::size_t needed() const { return needed_; }
    void allow() { needed_ = 0; }
    std::optional<std::chrono::seconds> pause_length() const { return pause_.length; }
    /// Whether what was handed out are whole frames, as the client has to read them, so that others may stand here.
    bool is_between_frames() const { return scanner_.is_at_boundary() || needed_ > 0; }
    language::SpecFailure const& failure() const { return *failure_; }

private:
    std::optional<Next> fetch(std::string& out);
    std::optional<Next> start_next(std::string& out);
    void take(std::string& out, std::size_t limit);
    void release(std::string& out);
    void cut(std::string& out);
    bool waits_for(proxycore::http2::FrameHeader const& header) const;
    bool skip_items();
    Http2Item const& item() const { return rendition_->http2[item_]; }

    language::Player& player_;
    Rendition const* rendition_ = nullptr;
    std::uint64_t seed_ = 0;
    std::uint32_t stream_ = 0;
    std::size_t item_ = 0;
    std::uint64_t repeated_ = 0;
    std::string_view rest_;  // of what the player gave last
    proxycore::http2::FrameScanner scanner_;
    std::string held_;      // bytes of a frame header that nobody has seen yet
    bool was_cut_ = false;  // bytes of this header were seen before
    std::size_t needed_ = 0;
    language::Pause pause_;
    std::optional<language::SpecFailure> failure_;
};

}  // namespace pathology::pathod
