// A request by HTTP/2 and its response, from the first field to the end of the stream.
#pragma once

#include <chrono>
#include <optional>
#include <pathology/language/player.hpp>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <string_view>

#include "connection_logger.hpp"
#include "http2_act.hpp"
#include "received_request.hpp"
#include "responder.hpp"

namespace pathology::pathod {

/// The content of a plain answer is handed out by itself, under flow control; any other answer is an act.
class Http2Exchange final : public proxycore::http2::Content {
    static constexpr std::size_t block = 16U << 10U;  // a frame's worth, since a hundred may be at work
    language::Player player_{block};

public:
    explicit Http2Exchange(DaemonOptions const& options) : received(options), log_context(received) {}

    void begin(proxycore::http2::StreamId its_stream, proxycore::http2::Request const& request);
    /// Takes the answer and gets ready to send it.
    void take(OutgoingResponse its_response, std::size_t keep_bytes);

    // --- a plain answer ---
    /// Its parts; null: the answer is an act.
    language::Http2Parts const* parts() const { return response->rendition().parts(); }
    /// The head was sent, or is going to be with the next frame.
    void count_head();
    std::optional<Piece> peek(std::size_t limit) override;
    void consume(std::size_t size) override;

    // --- an act ---
    Http2Act act{player_};
    std::optional<std::chrono::steady_clock::time_point> wake;  ///< it pauses until then
    bool is_closed = false;                                     ///< the stream is over, and the act is not
    /// Bytes that were handed out.
    void count(std::string_view bytes);
    /// Whether it ends with its stream. Raw frames go on, since they may be for others.
    bool ends_with_stream() const;

    // --- either ---
    proxycore::http2::StreamId stream = 0;
    ReceivedHttp2 received;
    LogContext log_context;
    std::optional<OutgoingResponse> response;
    language::SendResult performance;
    language::CapturedBytes recording;
    bool is_told = false;  ///< its end is in the notes

private:
    std::string_view rest_;   // of what the player gave last
    std::uint64_t left_ = 0;  // content that was not consumed
    bool is_head_counted_ = false;
};

}  // namespace pathology::pathod
