// What a server says by HTTP/2, sorted by streams; and what a client owes it for that: ACKs and windows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <pathology/pathoc/failure.hpp>
#include <pathology/pathoc/response.hpp>
#include <pathology/proxycore/http2/frame_reader.hpp>
#include <pathology/proxycore/http2/header_decoder.hpp>
#include <string>
#include <string_view>

namespace pathology::pathoc {

namespace http2 = proxycore::http2;

/// Reads a connection's frames. Takes what a server should not send as long as it knows what it would mean, and says
/// precisely what is wrong where it does not.
class Http2Replies {
public:
    Http2Replies(std::size_t body_limit, std::size_t raw_limit) : body_limit_(body_limit), raw_limit_(raw_limit) {}

    /// What a client says behind its preface: no pushes, and windows of a megabyte.
    static std::string greeting();

    /// A request was sent on a stream; call it before its reply is fed.
    void expect_reply_on(std::uint32_t stream, std::string_view method);

    /// Uses bytes of the server.
    void feed(std::string_view bytes);
    /// The server has ended its side.
    void end() { ended_ = true; }
    bool has_ended() const { return ended_; }
    /// Whether further requests may be answered.
    bool takes_requests() const { return !ended_ && !broken_ && !is_leaving_; }

    /// The reply on a stream, once it is whole or cannot be any more; nothing as long as it can. It is forgotten then.
    std::optional<Result<Response>> take(std::uint32_t stream);
    /// Whether take() would give something.
    bool is_settled(std::uint32_t stream) const;
    /// Whether its final head is there.
    bool has_head(std::uint32_t stream) const;
    /// The exact bytes that came for it, as many as are kept.
    std::string partial(std::uint32_t stream) const;

    /// Bytes owed to the server, to be sent between two frames.
    std::string take_debts() { return std::exchange(debts_, {}); }

    /// Bytes of content that flow control lets us send on a stream.
    std::size_t allowance(std::uint32_t stream) const;
    void spend(std::uint32_t stream, std::size_t size);

    /// Called with each frame as it comes.
    void watch(std::function<void(http2::Frame const&)> watcher) { watcher_ = std::move(watcher); }

private:
    struct Awaited {
        std::string method;
        Response reply;
        bool has_head = false, is_whole = false;
        std::optional<std::string> fault;
        std::int64_t sendable = 0;         // beyond the initial window
        std::uint64_t unacknowledged = 0;  // content whose window was not given back
    };

    void take(http2::Frame const& frame);
    void take_data(http2::Frame const& frame, Awaited* awaited);
    void take_headers(http2::Frame const& frame);
    void take_block(Awaited* awaited);
    void take_section(Awaited& awaited, http2::FieldSection const& section);
    void take_settings(http2::Frame const& frame);
    void take_push(http2::Frame const& frame);
    void take_window(http2::Frame const& frame, Awaited* awaited);
    void take_goaway(http2::Frame const& frame);
    void finish(Awaited& awaited);
    void give_back(std::uint32_t stream, std::uint64_t& unacknowledged);
    void owe(http2::FrameType type, std::uint8_t flags, std::uint32_t stream, std::string_view payload);
    void break_off(std::string why);

    std::size_t body_limit_, raw_limit_;
    http2::FrameReader frames_{16384};
    http2::HeaderDecoder fields_;
    std::map<std::uint32_t, Awaited> awaited_;
    std::string debts_;
    std::optional<std::string> broken_;         // why nothing can be read any more
    bool ended_ = false, is_leaving_ = false;   // the server ended its side; it said GOAWAY
    std::string block_;                         // of the field block that is being read
    std::optional<http2::FrameHeader> opened_;  // the frame that began it
    std::int64_t initial_window_ = 65535, connection_window_ = 65535;
    std::uint64_t unacknowledged_ = 0;
    std::function<void(http2::Frame const&)> watcher_;
};

/// A frame in words, with the numbers it carries: `GOAWAY 8 bytes: last stream 1, PROTOCOL_ERROR (1)`.
std::string describe_frame(http2::Frame const& frame);

}  // namespace pathology::pathoc
