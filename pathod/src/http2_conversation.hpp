// The conversation of pathod with one client by HTTP/2.
//
//   reading:  bytes ──▶ session ──▶ request, content, end ──▶ answer ──▶ session or act
//                                                                            │
//   writing:  acts whose turn or time has come ◀── session's frames ◀────────┘
//                └──────────────┬──────────────────────┘
//                               ▼  frames one behind the other
//                            the wire
//
// One coroutine reads and one writes. Plain answers belong to the session, which cuts and delays them as flow control
// wants. Any other answer is an act: at its turn it has the wire for itself, and gives it to others where it stands
// between two frames and pauses, waits for flow control, or has had its share.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <pathology/proxycore/http2/session.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http2_exchange.hpp"
#include "http2_transcript.hpp"
#include "notes.hpp"
#include "service.hpp"

namespace pathology::pathod {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;

/// How a conversation by HTTP/2 begins.
struct Http2Start {
    std::uint64_t connection = 0;
    std::uint64_t index = 0;  ///< of the first request on the connection
};

class Http2Conversation {
public:
    /// All must outlive it.
    Http2Conversation(net::Stream& stream, Desk& desk, Notes& notes, Http2Start start);

    /// Begins with a request that came by HTTP/1.1 and asked for `h2c`; false when its settings are none.
    bool upgrade(proxycore::http::RequestHead const& head);

    /// Speaks to the end, and closes the stream. `first` are bytes that came already.
    asio::awaitable<void> run(std::string first);

private:
    using Clock = std::chrono::steady_clock;
    using StreamId = proxycore::http2::StreamId;
    using Act = Http2Exchange;

    // --- reading ---
    asio::awaitable<void> read();
    void take(std::string_view bytes);
    void end_input(net::error_code ec);
    void take_events();
    void take(proxycore::http2::SessionEvent const& event);
    void begin(proxycore::http2::SessionEvent const& event);
    void answer(Http2Exchange& exchange);
    void close(proxycore::http2::SessionEvent const& event);
    void tell_broken(proxycore::http2::SessionEvent const& event);

    // --- writing ---
    asio::awaitable<void> write();
    asio::awaitable<void> flush();
    asio::awaitable<void> play(Act& act);
    asio::awaitable<void> hold(Act& act);
    asio::awaitable<void> wait(Clock::time_point until);
    bool is_ready(Act const& act) const;
    void ask_for(Act const& act);
    void end(Act& act);
    Act* next_ready() const;
    bool is_over() const;
    void finish();

    Http2Exchange* find(StreamId stream) const;
    void tell(Http2Exchange& exchange);
    void remove(Http2Exchange& exchange);
    void part();
    void ring() { bell_.cancel(); }

    net::Stream& stream_;
    Desk& desk_;
    DaemonOptions const& options_;
    Notes& notes_;
    Http2Start start_;
    proxycore::http2::Session session_;
    Http2Transcript transcript_;
    std::vector<std::unique_ptr<Http2Exchange>> exchanges_;  // of the streams that are open
    std::vector<Act*> acts_;   // those whose turn has come, and which are not at their end
    asio::steady_timer bell_;  // wakes the writer
    asio::steady_timer room_;  // wakes the reader
    std::string out_;
    net::error_code cause_;    // of the end of what is unfinished
    bool broken_ = false;      // nothing can be written any more
    bool is_cut_ = false;      // an act closes the connection
    bool peer_ended_ = false;  // nothing more will come
    bool is_closing_ = false;  // the connection is to end
    bool is_writing_ = false;  // the client takes its time
    bool is_between_frames_ = true;
};

}  // namespace pathology::pathod
