// An HTTP/2 request and its response, from the first field to the end of the stream.
#pragma once

#include <chrono>
#include <optional>
#include <pathology/language/paced_reads.hpp>
#include <pathology/language/pacer.hpp>
#include <pathology/language/player.hpp>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <string_view>

#include "connection_logger.hpp"
#include "http2_response_player.hpp"
#include "received_request.hpp"
#include "responder.hpp"

namespace pathology::pathod {

/// A plain response is content that the session reads under flow control. Any other response is played.
///
///     begin() ─▶ receiving ─▶ take() ─┬─ parts(): peek(), consume() … ─▶ closed
///                                     └─ player: advance() … ─▶ ended
///     Exchanges are pooled: begin() resets every member.
class Http2Exchange final : public proxycore::http2::Content {
    static constexpr std::size_t block = 16U << 10U;  // one frame; a hundred streams may be active
    language::Player player_{block};

public:
    explicit Http2Exchange(DaemonOptions const& options) : received(options), log_context(received) {}

    void begin(proxycore::http2::StreamId its_stream, proxycore::http2::Request const& request);
    /// Stores the response and prepares to send it.
    void take(OutgoingResponse its_response, std::size_t keep_bytes);

    // --- the content of the request ---
    /// Content that arrived. Nothing of it counts as read before read_on().
    void receive(std::string_view data);
    void receive_end() { has_end_ = true; }
    /// Reads as much as the response allows, at its rate. Returns the bytes that were read now.
    std::size_t read_on();
    /// The end of the pause before more is read; std::nullopt if there is none.
    std::optional<std::chrono::steady_clock::time_point> next_read() const { return next_read_; }

    // --- a plain response ---
    /// Its parts; nullptr: the response is played.
    language::Http2Parts const* parts() const { return is_early ? nullptr : response->rendered_response().parts(); }
    /// Counts the head as sent; to be called with its first content, or at the end.
    void count_head();
    std::optional<Piece> peek(std::size_t limit) override;
    void consume(std::size_t size) override;

    // --- played ---
    Http2ResponsePlayer player{player_};
    std::optional<std::chrono::steady_clock::time_point> wake;  ///< the end of its pause
    bool is_awaiting_place = false;  ///< `wake` ends a wait for a place in the request, not a pause
    language::Pacer pacer;
    bool is_closed = false;  ///< the stream is closed, but the response has not ended
    /// Counts sent bytes.
    void count(std::string_view bytes);
    /// Returns true if the played response ends with its stream. Raw frames go on, since they may be for other streams.
    bool ends_with_stream() const;

    // --- either ---
    proxycore::http2::StreamId stream = 0;
    ReceivedHttp2 received;
    LogContext log_context;
    std::optional<OutgoingResponse> response;
    language::SendResult performance;
    language::CapturedBytes recording;
    bool is_logged = false;  ///< its end was logged
    bool is_early = false;   ///< the response was chosen with the head; its messages have places in the request

private:
    std::string_view rest_;   // of the last block of the player
    std::uint64_t left_ = 0;  // content that was not consumed
    bool is_head_counted_ = false;
    RequestProgress read_;         // of the request
    std::uint64_t unread_ = 0;     // content that arrived and was not read
    bool has_end_ = false;         // it is all that comes
    language::ReadPacer reading_;  // up to the place of the message reading_for_
    std::uint64_t reading_for_ = UINT64_MAX;
    std::optional<std::chrono::steady_clock::time_point> next_read_;
};

}  // namespace pathology::pathod
