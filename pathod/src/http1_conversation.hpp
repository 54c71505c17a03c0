// Serves HTTP/1 to one client, from the first request to the end of the connection or to a tunnel.
//
//        ┌─────────────────── next request ────────────────────┐
//        ▼                                                     │
//   read a request ──▶ CONNECT? ── yes ──▶ 200 ────────────────┼─▶ TLS is expected inside: return
//        │                │ no                                 │
//        │                ▼                                    │
//        │            respond ──▶ log ──▶ keep-alive? ─────────┤
//        │                                       │ no          └─▶ after `ws`: WebsocketConversation
//        ▼                                       ▼
//   no request: log why ──────────────────────▶ close
//        └─ with --strict ──▶ respond ───────────▶ close when the client has ended its side
//
// A response with places in the request (`w`) is chosen with the head; each message is sent when its place was read.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <pathology/language/paced_reads.hpp>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/net/server.hpp>
#include <string_view>

#include "connection_logger.hpp"
#include "daemon_context.hpp"
#include "received_request.hpp"
#include "strictness.hpp"

namespace pathology::pathod {

namespace asio = boost::asio;
namespace net = proxycore::net;

/// The state of the connection before this layer.
struct ConversationContext {
    std::uint64_t index = 0;     ///< of the next request; requests outside of the tunnel count
    LoggedTls tls{};             ///< the innermost one
    ConnectionCounts* counts{};  ///< of the connection, for anchors
};

/// `worker` is the context of the connection's worker, and must outlive it.
class Http1Conversation {
public:
    Http1Conversation(net::Connection connection, WorkerContext& worker, ConversationContext context);

    /// Returns when the connection ends, or when a tunnel() was opened.
    asio::awaitable<void> run();

    /// The host of the CONNECT, if another conversation continues inside the tunnel.
    std::optional<std::string> const& tunnel() const { return tunnel_; }
    std::uint64_t index() const { return index_; }  ///< of the next request
    /// Gives up the connection after run(). Reading from it returns first what was read ahead.
    net::Connection release();

private:
    enum class Next { read, send_continue, send_early, respond, reject, serve_http2, close };

    /// Why the input is refused with --strict, and what the log says of it.
    struct Refusal {
        Rejection rejection;
        record::Exchange::Type type = record::Exchange::Type::error;
        std::string log_line{};  // of bytes that are no request; else the request is logged
    };

    /// A response whose messages have places in the request: it is chosen with the head, and sent while the rest is
    /// read.
    struct EarlyResponse {
        OutgoingResponse response;
        language::MessageOrder order{};
        std::optional<std::size_t> next{};  // the message that is sent next; std::nullopt: all were sent
        language::ReadPacer pacer{};        // of reading up to its place
    };

    Next next_step();
    std::size_t read_size() const;
    asio::awaitable<void> read_to_place();
    void handle_read(net::ReadResult result);
    asio::awaitable<void> send(std::string_view text);
    asio::awaitable<void> respond();
    bool chooses_early();
    void begin_early_response();
    void await_next_early_message();
    bool has_reached_place() const;
    asio::awaitable<void> send_early();
    asio::awaitable<void> finish_early_response();
    bool end_response(OutgoingResponse const& response);
    asio::awaitable<void> continue_behind(OutgoingResponse const& response);
    bool may_refuse() const;
    asio::awaitable<void> reject();
    asio::awaitable<void> write(OutgoingResponse const& response);
    asio::awaitable<void> play(OutgoingResponse const& response);
    bool opens_websocket(OutgoingResponse const& response) const;
    asio::awaitable<void> serve_websocket(OutgoingResponse const& response);
    bool requests_http2() const;
    asio::awaitable<void> upgrade_to_http2();
    asio::awaitable<void> serve_http2(proxycore::http::RequestHead const* upgraded);
    bool keeps_alive(OutgoingResponse const& response) const;
    ResponseContext next_context();
    ResponseContext context_of_head() const;
    std::uint64_t next_seed();

    net::Connection connection_;
    net::Stream& stream_;
    WorkerContext& worker_;
    DaemonOptions const& options_;
    proxycore::http1::RequestReader reader_;
    ReceivedHttp1 received_;
    ConnectionLogger logger_;
    LogContext log_context_;             // of the current request
    language::SendResult performance_;   // of the last response
    language::CapturedBytes recording_;  // of the last response, if it is shown
    ConnectionCounts* counts_;
    std::uint64_t index_;                 // of the next request
    std::optional<Refusal> refusal_;      // of --strict
    std::optional<EarlyResponse> early_;  // of the current request
    std::optional<std::string> tunnel_;
    bool is_open_ = true;
    bool peer_ended_ = false;  // the client has ended its side
    bool in_body_ = false;
    bool is_fresh_ = true;  // nothing was received yet, on the connection or in this tunnel
};

}  // namespace pathology::pathod
