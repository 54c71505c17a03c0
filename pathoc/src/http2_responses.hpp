// Responses over HTTP/2 by stream, and the frames that a client has to send in response: ACKs and WINDOW_UPDATE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <pathology/pathoc/failure.hpp>
#include <pathology/pathoc/response.hpp>
#include <pathology/pathoc/session.hpp>
#include <pathology/proxycore/http2/frame_reader.hpp>
#include <pathology/proxycore/http2/header_decoder.hpp>
#include <string>
#include <string_view>

#include "receive_window.hpp"

namespace pathology::pathoc {

namespace http2 = proxycore::http2;

/// Reads the frames of a connection. Accepts violations that have a clear meaning, and describes the others. It is an
/// http2::ServerChecker that reports them all.
class Http2Responses {
public:
    Http2Responses(std::size_t body_limit, std::size_t raw_limit, GivenWindows windows = {})
        : body_limit_(body_limit), raw_limit_(raw_limit), windows_(windows) {}

    /// The frames after the connection preface: SETTINGS without pushes, and the windows.
    std::string initial_frames();

    /// The client has sent a frame: ours or one of a spec. SETTINGS and WINDOW_UPDATE change the windows.
    void record_sent(http2::FrameHeader const& header, std::string_view payload);

    /// To be called for each request, before its response is fed.
    void expect_response_on(std::uint32_t stream, std::string_view method);
    /// The client has reset a stream: no response is expected.
    void forget(std::uint32_t stream) { awaited_.erase(stream); }
    bool is_awaited(std::uint32_t stream) const { return awaited_.contains(stream); }

    /// Consumes bytes of the server.
    void feed(std::string_view bytes);
    /// The server has ended its side.
    void end() { ended_ = true; }
    bool has_ended() const { return ended_; }
    /// Returns true if further requests may get a response.
    bool accepts_requests() const { return !ended_ && !broken_ && !is_leaving_; }

    /// Moves out the response on a stream if it is complete, or its failure. std::nullopt while it may still complete.
    std::optional<Result<Response>> take(std::uint32_t stream);
    /// Returns true if take() would return a response or a failure.
    bool is_settled(std::uint32_t stream) const;
    /// Returns true if its final head is complete.
    bool has_head(std::uint32_t stream) const;
    /// The raw bytes received for it, up to the limit.
    std::string partial(std::uint32_t stream) const;

    /// Moves out the frames to be sent to the server, between two frames of ours.
    std::string take_output() { return std::exchange(output_, {}); }

    /// The content that flow control allows to be sent on a stream, in bytes.
    std::size_t allowance(std::uint32_t stream) const;
    void spend(std::uint32_t stream, std::size_t size);

    /// Sets a function that is called with each received frame.
    void watch(std::function<void(http2::Frame const&)> watcher) { watcher_ = std::move(watcher); }

private:
    struct Awaited {
        std::string method;
        Response response;
        bool has_head = false, is_whole = false;
        std::optional<std::string> fault;
        std::int64_t sendable = 0;  // difference to the initial window of the server
        ReceiveWindow receiving;
    };

    void record_settings(std::string_view payload);
    void handle_frame(http2::Frame const& frame);
    void handle_data(http2::Frame const& frame, Awaited* awaited);
    void handle_headers(http2::Frame const& frame);
    void handle_field_block(Awaited* awaited);
    void handle_section(Awaited& awaited, http2::FieldSection const& section);
    void handle_settings(http2::Frame const& frame);
    void handle_window_update(http2::Frame const& frame, Awaited* awaited);
    void handle_goaway(http2::Frame const& frame);
    void finish(Awaited& awaited);
    void restore(std::uint32_t stream, ReceiveWindow& window, std::int64_t initial, std::int64_t target);
    void queue_frame(http2::FrameType type, std::uint8_t flags, std::uint32_t stream, std::string_view payload);
    void fail(std::string why);

    static constexpr std::int64_t default_window = 65535;  // RFC 9113 §6.9.2

    std::size_t body_limit_, raw_limit_;
    http2::FrameReader frames_{16384};
    http2::HeaderDecoder fields_;
    std::map<std::uint32_t, Awaited> awaited_;
    std::string output_;
    std::optional<std::string> broken_;         // why the connection cannot be read any more
    bool ended_ = false, is_leaving_ = false;   // the server ended its side; it sent GOAWAY
    std::string block_;                         // of the field block that is being read
    std::optional<http2::FrameHeader> opened_;  // the frame that began it
    std::int64_t initial_window_ = default_window, connection_window_ = default_window;
    GivenWindows windows_;
    std::int64_t given_initial_ = default_window, given_connection_ = default_window;  // what windows are restored to
    ReceiveWindow receiving_;                                                          // of the connection
    std::function<void(http2::Frame const&)> watcher_;
};

/// Describes a frame and its numbers: `GOAWAY 8 bytes: last stream 1, PROTOCOL_ERROR (1)`.
std::string describe_frame(http2::Frame const& frame);

}  // namespace pathology::pathoc
