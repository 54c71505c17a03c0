// Relays bytes both ways between a client and a server, with half-closes and resets.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <string_view>

#include <pathology/proxycore/async/mutex.hpp>

#include "layers/context.hpp"

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Ends when both sides have ended, one failed, or neither sent for the time limit. The records of the connections
/// (those of the context by default) follow the state of the streams. Streams and records must outlive it.
///
///     client ──▶ pump ──▶ [on_message] ──▶ server        one pump for each direction; the end of one side is passed on
///     client ◀── [on_message] ◀── pump ◀── server        behind its bytes, by carry_end(); a broken side ends both
///
/// Cancel: terminal.
class Relay {
public:
    Relay(Context& context, net::Stream& client, net::Stream& server);
    struct Records {
        flow::Connection& client;
        flow::Connection& server;
    };
    Relay(Context& context, net::Stream& client, net::Stream& server, Records records);

    /// Returns the bytes to send in place of those read; std::nullopt ends the relay. Without it bytes pass unchanged.
    std::function<asio::awaitable<std::optional<std::string>>(bool from_client, std::string_view bytes)> on_message{};

    asio::awaitable<void> run();
    /// Sends bytes between those that pass; nothing after the end of that side was sent.
    asio::awaitable<void> send_between(bool to_server, std::string_view bytes);
    /// Closes both sides. The first reason is kept.
    void break_off(std::string why, net::CloseMode how);
    /// Why the relay was cut, or which side did not end in order; empty if both did.
    std::string const& error() const { return error_; }

private:
    struct Side {
        net::Stream& stream;
        flow::Connection& record;
        std::string_view name;
        async::Mutex writing{};
        bool is_ended = false;  // we ended our sending side
    };
    asio::awaitable<void> pump(Side& from, Side& to);
    asio::awaitable<bool> pass(Side& from, Side& to, std::string_view bytes);
    asio::awaitable<bool> send(Side& to, std::string_view bytes);
    asio::awaitable<void> pass_end(Side& from, Side& to, net::error_code ec);
    asio::awaitable<void> lose(Side& lost, net::error_code ec);
    void record_error(Side const& side, net::error_code ec);
    Side& other(Side const& side) { return &side == &client_ ? server_ : client_; }

    Side client_, server_;
    std::string error_;
    std::uint64_t moved_ = 0;  // pieces read and pieces sent, both ways
    unsigned waiting_ = 0;     // pumps that are not reading
    bool is_over_ = false;     // one side is broken, or the relay was cut
};

/// The records for the streams of an upgraded exchange: those of its connections, or scratch copies if a connection has
/// other streams too. The flow must outlive it.
class UpgradedRecords {
public:
    explicit UpgradedRecords(flow::HttpFlow const& flow);
    Relay::Records records();

private:
    flow::HttpFlow const& flow_;
    flow::Client client_;
    flow::Server server_;
};

}  // namespace pathology::proxycore::layers
