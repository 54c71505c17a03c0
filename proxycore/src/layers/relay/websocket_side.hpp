// One side of a WebSocket that is relayed: its frames, and the stream they travel on.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/websocket/endpoint.hpp>
#include <string>
#include <string_view>
#include <utility>

#include <pathology/proxycore/async/event.hpp>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// What the proxy is towards this peer: a server for the client, a client for the server. Pings and close frames are
/// left to the other side.
class WebSocketSide {
public:
    WebSocketSide(net::Stream& stream, websocket::Role role, std::optional<websocket::DeflateParameters> const& deflate,
                  std::string_view name);

    /// Reads once. The events are in endpoint() then.
    asio::awaitable<net::error_code> read();
    /// Writes what endpoint() has to say. When another coroutine is writing, it takes this along, and both wait.
    asio::awaitable<net::error_code> flush();

    /// Says that it is over, for `why`, or for the rule that it broke.
    void close(websocket::Close const& why);
    /// It broke a rule. It is told so when what is on its way to it has come.
    void blame(websocket::Close why) { owed_ = Owed{std::move(why), true}; }
    /// It said that it is over. It is answered in the other side's stead if that does not do so (RFC 6455 §5.5.1).
    void owe_answer(websocket::Close const& to);
    /// It broke a rule, and does not know yet.
    bool is_to_blame() const { return owed_ && owed_->is_fault; }
    /// Says what is owed.
    asio::awaitable<void> pay();
    /// Nothing more is to be read, or to be said.
    bool is_over() const { return endpoint_.is_over() && !owed_; }

    websocket::Endpoint& endpoint() { return endpoint_; }
    net::Stream& stream() { return stream_; }
    bool is_client() const { return role_ == websocket::Role::server; }
    std::string_view name() const { return name_; }  ///< "client", "server"

private:
    struct Owed {
        websocket::Close why;
        bool is_fault;
    };

    net::Stream& stream_;
    websocket::Role role_;
    websocket::Endpoint endpoint_;
    std::optional<Owed> owed_{};
    std::string_view name_;
    std::string being_written_;
    async::Event written_;
    bool is_writing_ = false;
    net::error_code write_error_;
};

}  // namespace pathology::proxycore::layers
