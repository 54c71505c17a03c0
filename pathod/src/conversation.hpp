// The conversation of pathod with one client, from the first request to the end of the connection.
//
//        ┌─────────────────── next request ────────────────────┐
//        ▼                                                     │
//   read a request ──▶ CONNECT? ── yes ──▶ established ────────┤
//        │                │ no                                 │
//        │                ▼                                    │
//        │            answer it ──▶ note it ──▶ may go on? ────┤
//        │                                         │ no        └─▶ after `ws`: WebsocketConversation
//        ▼                                         ▼
//   no request: note why ───────────────────────▶ close
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/language/perform.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/net/server.hpp>
#include <string_view>

#include "notes.hpp"
#include "received_http1.hpp"
#include "service.hpp"

namespace pathology::pathod {

namespace asio = boost::asio;
namespace net = proxycore::net;

/// Serves a connection to its end. `desk` is that of the connection's worker and outlives it.
asio::awaitable<void> converse(net::Connection connection, Desk& desk);

/// One conversation; converse() runs it.
class Conversation {
public:
    Conversation(net::Connection connection, Desk& desk);

    asio::awaitable<void> run();

private:
    enum class Next { read, send_continue, answer, close };

    Next take_next();
    void take_arrival(net::ReadResult arrival);
    asio::awaitable<void> send(std::string_view text);
    asio::awaitable<void> answer();
    asio::awaitable<void> play(Answer const& answer);
    bool opens_websocket(Answer const& answer) const;
    asio::awaitable<void> speak_websocket(Answer const& answer);
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
    language::Performance performance_;  // of the last answer
    language::Recording recording_;      // of the last answer, when it is to be shown
    std::uint64_t index_ = 0;            // of the next request
    bool is_open_ = true;
    bool peer_ended_ = false;  // nothing more will come
    bool in_body_ = false;
};

}  // namespace pathology::pathod
