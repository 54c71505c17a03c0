// Bytes both ways between a client and a server, half-closes and breaks included.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <string_view>

#include <pathology/proxycore/async/mutex.hpp>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// Ends when both sides have ended, one broke, or neither moved for the time limit. The records, those of the context's
/// connections unless told otherwise, follow what happens to the streams. Streams and records must outlive it.
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

    /// Gives what to send in place of what was read; nothing = end it all. Empty = bytes pass as they are.
    std::function<asio::awaitable<std::optional<std::string>>(bool from_client, std::string_view bytes)> on_message{};

    asio::awaitable<void> run();
    /// Sends bytes between those that pass. What comes after the end of that side is not sent.
    asio::awaitable<void> send_between(bool to_server, std::string_view bytes);
    /// Ends both sides, for a reason that counts if it is the first.
    void break_off(std::string why, net::CloseMode how);
    /// Why it ended before its time; empty when both sides ended in order.
    std::string const& error() const { return error_; }

private:
    struct Side {
        net::Stream& stream;
        flow::Connection& record;
        std::string_view name;
        async::Mutex writing{};
        bool is_ended = false;  // by us
    };
    asio::awaitable<void> pump(Side& from, Side& to);
    asio::awaitable<bool> pass(Side& from, Side& to, std::string_view bytes);
    asio::awaitable<bool> send(Side& to, std::string_view bytes);
    void end(Side& from, Side& to);

    Side client_, server_;
    std::string error_;
    std::uint64_t moved_ = 0;  // pieces that came, and pieces that went on, either way
    unsigned waiting_ = 0;     // pumps that do something else than read
};

/// The records that follow the streams of an exchange that was upgraded: those of its connections, and nobody's where
/// a connection has other streams beside this one. The flow must outlive it.
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
