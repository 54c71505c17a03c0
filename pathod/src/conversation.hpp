// The conversation of pathod with one client over HTTP/1, from the first request to the end of the connection or to a
// tunnel.
//
//        ┌─────────────────── next request ────────────────────┐
//        ▼                                                     │
//   read a request ──▶ CONNECT? ── yes ──▶ established ────────┼─▶ TLS is expected inside: leave
//        │                │ no                                 │
//        │                ▼                                    │
//        │            answer it ──▶ note it ──▶ may go on? ────┤
//        │                                         │ no        └─▶ after `ws`: WebsocketConversation
//        ▼                                         ▼
//   no request: note why ───────────────────────▶ close
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/net/server.hpp>
#include <string_view>

#include "notes.hpp"
#include "received_http1.hpp"
#include "service.hpp"

namespace pathology::pathod {

namespace asio = boost::asio;
namespace net = proxycore::net;

/// What a conversation finds on the connection it is held over.
struct Setting {
    std::uint64_t index = 0;  ///< how many requests were answered before, outside of the tunnel
    std::shared_ptr<record::RecordedTls const> tls{};  ///< the innermost TLS; none = there is none
};

/// One conversation. `desk` is that of the connection's worker and outlives it.
class Conversation {
public:
    Conversation(net::Connection connection, Desk& desk, Setting setting);

    /// Ends with the connection, or when tunnel() has been established.
    asio::awaitable<void> run();

    /// The host that CONNECT asked for, when what follows is no longer this conversation's.
    std::optional<std::string> const& tunnel() const { return tunnel_; }
    std::uint64_t index() const { return index_; }  ///< of the next request
    /// The connection, for who goes on with it after run(); what was read ahead comes out of it first.
    net::Connection release();

private:
    enum class Next { read, send_continue, answer, speak_http2, close };

    Next take_next();
    void take_arrival(net::ReadResult arrival);
    asio::awaitable<void> send(std::string_view text);
    asio::awaitable<void> answer();
    asio::awaitable<void> play(Answer const& answer);
    bool opens_websocket(Answer const& answer) const;
    asio::awaitable<void> speak_websocket(Answer const& answer);
    bool asks_for_http2() const;
    asio::awaitable<void> upgrade_to_http2();
    asio::awaitable<void> speak_http2(proxycore::http::RequestHead const* upgraded);
    bool may_go_on(Answer const& answer) const;
    std::uint64_t next_seed();

    net::Connection connection_;
    net::Stream& stream_;
    Desk& desk_;
    DaemonOptions const& options_;
    proxycore::http1::RequestReader reader_;
    ReceivedHttp1 received_;
    Notes notes_;
    Noted noted_;                        // the request that is being answered
    language::SendResult performance_;   // of the last answer
    language::CapturedBytes recording_;  // of the last answer, when it is to be shown
    std::uint64_t index_;                // of the next request
    std::optional<std::string> tunnel_;
    bool is_open_ = true;
    bool peer_ended_ = false;  // nothing more will come
    bool in_body_ = false;
    bool is_fresh_ = true;  // nothing was said yet, here or in this tunnel
};

}  // namespace pathology::pathod
