// Serves WebSocket to one client, after a handshake.
//
//   frame ──▶ log ──┬─ listening: payload is `pathod!` and specs? ── yes ──▶ send those frames
//                   │                                              no ──▶ no response
//                   └─ echoing (--ws-echo): RFC 6455 is enforced, and messages are sent back
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/record/frame_recorder.hpp>
#include <pathology/proxycore/websocket/session.hpp>
#include <string>
#include <string_view>

#include "daemon_context.hpp"
#include "websocket_logger.hpp"

namespace pathology::pathod {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;
namespace websocket = proxycore::websocket;

/// The state of the connection before WebSocket begins.
struct WebsocketStart {
    std::uint64_t connection = 0;
    std::uint64_t messages = 0;                           ///< of the next message; it decides the seed
    std::optional<websocket::DeflateParameters> deflate;  ///< negotiated by the handshake, for the echo
};

/// Stream, worker and logger must outlive it.
class WebsocketConversation {
public:
    WebsocketConversation(net::Stream& stream, WorkerContext& worker, ConnectionLogger& logger, WebsocketStart start);

    /// Listens or echoes until either side ends the connection. `first` are bytes read together with the handshake.
    ///
    /// Cancel: terminal. An echo sends a close frame (1001) then, and waits up to a second for the close frame of the
    /// client.
    asio::awaitable<void> run(std::string first);

private:
    asio::awaitable<void> listen(std::string buffer);
    asio::awaitable<void> close_gracefully();
    asio::awaitable<void> receive(std::string_view bytes);
    asio::awaitable<void> send_requested(std::string_view specs, bool is_whole);
    asio::awaitable<void> send_frame(language::Message const& frame);
    asio::awaitable<void> play(std::string const& spec, RenderedResponse const& rendered, std::uint64_t seed);
    asio::awaitable<void> echo(std::string_view bytes);
    asio::awaitable<void> flush();
    asio::awaitable<void> discard_input();
    void fail(std::string message);

    net::Stream& stream_;
    WorkerContext& worker_;
    DaemonOptions const& options_;
    WebsocketStart start_;
    WebsocketLogger logger_;
    proxycore::record::FrameRecorder recorder_;
    std::optional<websocket::Session> session_;  // if echoing
    bool is_writing_ = false;                    // a frame of the echo may be partly written
    bool is_open_ = true;
};

}  // namespace pathology::pathod
