// One side of a relayed WebSocket: its frames and its stream.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/websocket/session.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// The proxy's end towards one peer: Role::server towards the client, Role::client towards the server. Pings and close
/// frames are passed to the other peer, which responds to them.
///
///     open ──close()──▶ closing (session_.is_over() once both close frames have passed)
///       └─ owe_close() / owe_violation() ─▶ owed ──send_owed() or close()──▶ closing
class WebSocketSide {
public:
    WebSocketSide(net::Stream& stream, websocket::Role role, std::optional<websocket::DeflateParameters> const& deflate,
                  std::string_view name);

    /// Reads once; session() then has the events.
    asio::awaitable<net::error_code> read();
    /// Writes the output of session(). If another coroutine is writing, that one writes this too and both wait for it.
    asio::awaitable<net::error_code> flush();

    /// Completes the large message that session() has begun to send.
    asio::awaitable<void> send_rest();

    /// Sends a close frame with `why`, or with the violation that is owed.
    void close(websocket::Close const& why);
    /// This peer violated the protocol. Its close frame is sent later, behind the data on its way to it.
    void owe_violation(websocket::Close why) { owed_ = Owed{std::move(why), true}; }
    /// This peer sent a close frame. It gets one from here if the other peer does not send one in time (RFC 6455
    /// §5.5.1).
    void owe_close(websocket::Close const& to);
    /// Returns true if a violation is owed.
    bool is_violator() const { return owed_ && owed_->is_violation; }
    /// Sends the close frame that is owed, if there is one.
    asio::awaitable<void> send_owed();
    /// Returns true if nothing more is to be read or sent.
    bool is_over() const { return session_.is_over() && !owed_; }

    websocket::Session& session() { return session_; }
    net::Stream& stream() { return stream_; }
    bool is_client() const { return role_ == websocket::Role::server; }
    std::string_view name() const { return name_; }  ///< "client", "server"

private:
    struct Owed {
        websocket::Close why;
        bool is_violation;
    };

    net::Stream& stream_;
    websocket::Role role_;
    websocket::Session session_;
    std::optional<Owed> owed_{};
    std::string_view name_;
    std::string being_written_;
    async::Event written_;
    bool is_writing_ = false;
    net::error_code write_error_;
};

}  // namespace pathology::proxycore::layers
