// A listening socket, and the faults of one: refused connections, a full backlog, connections that are accepted late.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <deque>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/net/server.hpp>
#include <vector>

namespace pathology::proxycore::net {

/// Thread: that of its executor, after open().
class Listener {
public:
    /// The options must outlive it.
    Listener(asio::any_io_executor const& executor, ListenOptions const& its_options)
        : options(its_options), acceptor(executor) {}

    /// Binds, and listens unless the options refuse connections. A full backlog is full when it returns.
    error_code open(int backlog);

    /// Returns false if no connection is ever accepted.
    bool accepts() const { return options.fault == ListenFault::none; }

    /// Waits until a connection has been in the backlog for `delay`; std::nullopt: until the listener is closed and
    /// `closed` is notified. accept() then gives that connection.
    asio::awaitable<void> wait_until_due(TimeLimit delay, async::Event& closed);

    ListenOptions const& options;
    asio::ip::tcp::acceptor acceptor;
    asio::ip::tcp::endpoint local{};

private:
    using Clock = std::chrono::steady_clock;

    std::size_t waiting();
    void record_arrivals();
    error_code fill(int backlog);

    std::deque<Clock::time_point> arrived_;                 // of those that wait in the backlog, the oldest first
    std::vector<asio::ip::tcp::socket> own_connections_{};  // which fill the backlog
};

}  // namespace pathology::proxycore::net
