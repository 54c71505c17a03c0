// Serves HTTP/2 to one client.
//
//   reading:  bytes ──▶ session ──▶ request, content, end ──▶ response ──▶ session or player
//                                                                            │
//   writing:  played responses that are ready ◀── frames of the session ◀───┘
//                └──────────────┬──────────────────┘
//                               ▼  whole frames, one after the other
//                           connection
//
// A Driver reads and writes. Plain responses belong to the session, which cuts and delays them as flow control
// requires. Any other response is played. While it writes, no other stream can; it yields between two frames, when it
// pauses, waits for flow control, or has written its share.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <pathology/proxycore/http2/driver.hpp>
#include <pathology/proxycore/http2/frame_follower.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "connection_logger.hpp"
#include "daemon_context.hpp"
#include "http2_exchange.hpp"
#include "http2_frame_logger.hpp"

namespace pathology::pathod {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;

/// The state of the connection before HTTP/2 begins.
struct Http2Start {
    std::uint64_t connection = 0;
    std::uint64_t index = 0;     ///< of the first request on the connection
    ConnectionCounts* counts{};  ///< of the connection, for anchors
};

class Http2Conversation final : proxycore::http2::Driver::Handler {
public:
    /// The arguments must outlive it.
    Http2Conversation(net::Stream& stream, WorkerContext& worker, ConnectionLogger& logger, Http2Start start);

    /// Begins with an HTTP/1.1 request with `Upgrade: h2c`. Returns false if its settings are invalid.
    bool upgrade(proxycore::http::RequestHead const& head);

    /// Serves until the connection ends, and closes it. `first` has the bytes that were read already.
    asio::awaitable<void> run(std::string first);

private:
    using Clock = std::chrono::steady_clock;
    using StreamId = proxycore::http2::StreamId;

    // --- for the driver ---
    void on_events() override;
    bool on_read_error(net::error_code ec) override;
    void on_write_error(net::error_code ec) override;
    bool is_finished() override;
    void on_writer_end() override;
    void on_received(std::string_view bytes) override { frame_logger_.received(bytes); }
    void on_sending(std::string_view bytes) override { frame_logger_.sent(bytes); }
    void on_turn(StreamId stream) override { playing_.push_back(find(stream)); }
    bool has_frames() const override { return next_ready() != nullptr; }
    asio::awaitable<void> write_frames() override;
    std::optional<Clock::time_point> next_deadline() const override;

    // --- exchanges: http2_conversation.cpp ---
    void on_event(proxycore::http2::SessionEvent const& event);
    void on_head(proxycore::http2::SessionEvent const& event);
    bool chooses_early(proxycore::http2::SessionEvent const& event, Http2Exchange const& exchange) const;
    void respond(Http2Exchange& exchange);
    void read_on(Http2Exchange& exchange);
    void reject(Http2Exchange& exchange, Rejection const& rejection);
    RequestDetails details_of(ReceivedHttp2 const& received) const;
    ResponseContext next_context(Http2Exchange& exchange);
    void send(Http2Exchange& exchange, OutgoingResponse response);
    void on_closed(proxycore::http2::SessionEvent const& event);
    void log_broken(proxycore::http2::SessionEvent const& event);
    void log_end(Http2Exchange& exchange);
    void remove(Http2Exchange& exchange);
    Http2Exchange* find(StreamId stream) const;
    void send_goaway();

    // --- played responses: http2_writing.cpp ---
    asio::awaitable<void> pause_inside_frame(Http2Exchange& exchange);
    asio::awaitable<void> end_connection(Http2Exchange& exchange);
    bool is_ready(Http2Exchange const& exchange) const;
    void await_place(Http2Exchange& exchange);
    void request_allowance(Http2Exchange const& exchange);
    void follow(std::string_view bytes);
    void end(Http2Exchange& exchange);
    Http2Exchange* next_ready() const;

    net::Stream& stream_;
    WorkerContext& worker_;
    DaemonOptions const& options_;
    ConnectionLogger& logger_;
    Http2Start start_;
    proxycore::http2::Session session_;
    Http2FrameLogger frame_logger_;
    proxycore::http2::FrameFollower played_;                 // the frames of played responses
    std::vector<std::unique_ptr<Http2Exchange>> exchanges_;  // of the streams that are open
    std::vector<Http2Exchange*> playing_;                    // played responses that have begun and not ended
    proxycore::http2::Driver driver_;
    net::error_code cause_;    // why unfinished exchanges end
    bool peer_ended_ = false;  // nothing more will arrive
    bool is_closing_ = false;  // the connection is about to end
    bool is_between_frames_ = true;
    bool is_half_closed_ = false;  // by a response; the client may still send
};

}  // namespace pathology::pathod
