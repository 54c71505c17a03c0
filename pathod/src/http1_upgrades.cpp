// The changes of protocol of an HTTP/1 connection: to WebSocket, and to HTTP/2 by `Upgrade: h2c` or by its preface.
#include <pathology/proxycore/websocket/handshake.hpp>

#include "http1_conversation.hpp"
#include "http2_conversation.hpp"
#include "websocket_conversation.hpp"

namespace pathology::pathod {

/// Returns true if the client switches to WebSocket: after `ws`, after a literal 101 for a handshake, or, with
/// --verbatim, after any response to a handshake.
bool Http1Conversation::opens_websocket(OutgoingResponse const& response) const {
    if (performance_.failed() || performance_.ending || response.origin == ResponseOrigin::policy) return false;
    if (response.prepared->is_websocket()) return true;
    if (!proxycore::websocket::is_handshake(reader_.head())) return false;
    return options_.verbatim || response.rendered_response().record.status_code == "101";
}

/// `Upgrade: h2c` with all it requires (RFC 7540 §3.2); not over TLS.
bool Http1Conversation::requests_http2() const {
    auto const& fields = reader_.head().fields;
    return options_.http2 && !logger_.has_tls() && fields.contains("HTTP2-Settings") &&
           fields.has_token("Upgrade", "h2c") && fields.has_token("Connection", "upgrade") && reader_.body_size() == 0;
}

asio::awaitable<void> Http1Conversation::upgrade_to_http2() {
    co_await send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    if (is_open_) co_await serve_http2(&reader_.head());
}

/// Serves the rest of the connection. `upgraded` is the request with `Upgrade: h2c`, nullptr after a preface.
asio::awaitable<void> Http1Conversation::serve_http2(proxycore::http::RequestHead const* upgraded) {
    Http2Start const start{connection_.id, index_, counts_};
    Http2Conversation conversation(stream_, worker_, logger_, start);
    is_open_ = false;
    if (upgraded != nullptr && !conversation.upgrade(*upgraded)) {
        logger_.log_failure(record::Exchange::Type::error, "Bad HTTP2-Settings");
        co_return;
    }
    co_await conversation.run(reader_.take_buffered());
}

asio::awaitable<void> Http1Conversation::serve_websocket(OutgoingResponse const& response) {
    WebsocketStart const start{connection_.id, index_, response.deflate};
    WebsocketConversation conversation(stream_, worker_, logger_, start);
    co_await conversation.run(reader_.take_buffered());
    is_open_ = false;
}

}  // namespace pathology::pathod
