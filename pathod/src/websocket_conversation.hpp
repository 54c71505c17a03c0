// The conversation of pathod with one client after a WebSocket handshake.
//
//   frame ──▶ note it ──┬─ listening: `pathod!` and specs in it? ── yes ──▶ send those frames
//                       │                                           no ──▶ say nothing, whatever it was
//                       └─ echoing (--ws-echo): by the book, messages come back
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/record/frame_recorder.hpp>
#include <pathology/proxycore/websocket/session.hpp>
#include <string>
#include <string_view>

#include "service.hpp"
#include "websocket_notes.hpp"

namespace pathology::pathod {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;
namespace websocket = proxycore::websocket;

/// Where a conversation takes over from HTTP.
struct WebsocketStart {
    std::uint64_t connection = 0;
    std::uint64_t messages = 0;                           ///< answered on this connection before, for the seeds
    std::optional<websocket::DeflateParameters> deflate;  ///< what our handshake agreed on, for the echo
};

/// One such conversation. Stream, desk and notes must outlive it.
class WebsocketConversation {
public:
    WebsocketConversation(net::Stream& stream, Desk& desk, Notes& notes, WebsocketStart start);

    /// Listens or echoes until either side ends it. `first` came together with the handshake.
    ///
    /// Cancel: terminal; an echo says goodbye (1001) then, and waits a moment for the answer.
    asio::awaitable<void> run(std::string first);

private:
    asio::awaitable<void> listen(std::string room);
    asio::awaitable<void> take_leave();
    asio::awaitable<void> take(std::string_view bytes);
    asio::awaitable<void> reflect(std::string_view specs, bool is_whole);
    asio::awaitable<void> serve(language::Message const& frame);
    asio::awaitable<void> play(std::string const& spec, Rendition const& rendition, std::uint64_t seed);
    asio::awaitable<void> echo(std::string_view bytes);
    asio::awaitable<void> flush();
    asio::awaitable<void> hear_out();
    void give_up(std::string message);

    net::Stream& stream_;
    Desk& desk_;
    DaemonOptions const& options_;
    WebsocketStart start_;
    WebsocketNotes notes_;
    proxycore::record::FrameRecorder recorder_;
    std::optional<websocket::Session> session_;  // when echoing
    bool is_writing_ = false;                      // frames of the echo, and some of them may have gone already
    bool is_open_ = true;
};

}  // namespace pathology::pathod
