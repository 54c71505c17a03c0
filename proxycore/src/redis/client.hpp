// One connection to a Redis server that is opened again whenever it was lost, and that nobody waits for then.
//
//                run()            greeting: AUTH, SELECT, PING
//     pausing ─────────▶ connecting ─────────────────────────▶ ready ◀──────────────── late
//        ▲                    │                                  │   a reply was late ──▶ │
//        │ 0.1 s, 0.2 s … 10 s│ failed                           │ ended, invalid reply   │ no reply for 1 s
//        └────────────────────┴──────────────────────────────────┴────────────────────────┘
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/addons/log_entry.hpp>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>

#include "redis/reply.hpp"
#include "redis/url.hpp"

namespace pathology::proxycore::redis {

namespace asio = boost::asio;

struct ClientSettings {
    Url url{};
    net::Duration max_call = std::chrono::milliseconds(50);  ///< so long a call waits for its reply
    net::Duration max_silence = std::chrono::seconds(1);     ///< so long a late reply is waited for, by nobody
    net::Duration max_connect = std::chrono::seconds(5);     ///< to be connected, and again to be greeted
    net::Duration first_pause = std::chrono::milliseconds(100);
    net::Duration max_pause = std::chrono::seconds(10);
};

/// Sends commands in the order of the calls, without waiting for the replies of those before.
///
/// Bounds: 4096 commands without a reply; further ones are as if the server were not ready.
/// Log:    one warning when the server is lost, one line when it is there again, one for the first command of a connection
///         that the server rejects.
/// Thread: one, or one strand.
class Client {
public:
    using Log = std::function<void(addons::LogLevel, std::string)>;

    Client(ClientSettings settings, Log log);
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    /// Keeps the connection until it is cancelled (terminal). Once at a time; without it the client is never ready.
    asio::awaitable<void> run();

    /// Commands are sent, and replies come in time.
    bool is_ready() const { return is_connected_ && !is_late_; }

    /// std::nullopt if there is no reply within the limit: at once if the client is not ready.
    /// Cancel: terminal; the command may have an effect all the same.
    asio::awaitable<std::optional<Reply>> call(Command const& command);
    /// The same without waiting for the reply. Does nothing if the client is not ready.
    void send(Command const& command);

    /// Of the server, without the password.
    std::string name() const { return to_string(settings_.url); }

private:
    struct Pending {
        Reply reply{};
        bool is_done = false;
        bool has_reply = false;
        async::Event done{};
    };
    class Connected;

    asio::awaitable<std::string> use_one_connection();
    asio::awaitable<std::string> greet(net::Stream& stream, ReplyReader& replies) const;
    asio::awaitable<std::string> read_replies(net::Stream& stream, ReplyReader& replies);
    asio::awaitable<std::string> write_commands(net::Stream& stream);
    asio::awaitable<std::string> wait_for_silence();
    asio::awaitable<void> wait_while_late();
    static asio::awaitable<void> wait_for(std::shared_ptr<Pending> pending);

    std::shared_ptr<Pending> enqueue(Command const& command);
    bool accept(ReplyReader& replies);
    void welcome();
    void report_error(Reply const& error);
    void report_loss(std::string const& why);
    void forget_all();

    ClientSettings settings_;
    Log log_;
    std::deque<std::shared_ptr<Pending>> pending_;  // in the order in which replies come
    std::string output_;
    async::Event output_changed_, lateness_changed_;
    net::Duration next_pause_;
    bool is_connected_ = false;
    bool is_late_ = false;
    bool is_loss_reported_ = false;
    bool is_error_reported_ = false;
};

}  // namespace pathology::proxycore::redis
