// A server from a successful start to its stop: the acceptor, the workers, and who waits for what.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "net/worker.hpp"

namespace pathology::proxycore::net {

class RunningServer {
public:
    /// Both must outlive it. Nothing runs yet.
    RunningServer(ServerOptions const& options, Server::Handler const& handler);
    ~RunningServer();  ///< stop()

    Result<void> start();
    void stop();
    int wait_for_signal();
    bool wait_until_empty(Duration limit);

    asio::ip::tcp::endpoint local_endpoint() const { return local_; }
    std::size_t connections() const { return open_; }
    std::uint64_t accepted() const { return accepted_; }

private:
    error_code listen();
    asio::awaitable<void> accept_all();
    asio::awaitable<void> wait_for_room();
    asio::awaitable<void> recover(error_code ec);
    asio::awaitable<void> tick_on();
    Seat take_seat();
    void free_seat();
    void stop_accepting();
    void end_connections();
    void report(std::exception_ptr thrown);
    void say(std::string_view line);
    Worker& first() { return *workers_.front(); }

    ServerOptions const& options_;
    Worker::Report const report_;
    std::vector<std::unique_ptr<Worker>> workers_;
    asio::ip::tcp::acceptor acceptor_;  // this and room_ belong to worker 0
    asio::steady_timer room_;           // rings when a connection left
    asio::ip::tcp::endpoint local_;
    bool in_trouble_ = false;  // accepting fails, and that has been said

    std::atomic<std::size_t> open_ = 0;
    std::atomic<std::uint64_t> accepted_ = 0;
    std::atomic<bool> full_ = false;  // the acceptor waits for room_

    std::mutex stop_mutex_;  // one stop at a time; the others wait for it
    bool stopped_ = false;   // under stop_mutex_
    std::mutex mutex_;       // of what follows, and of open_'s way to 0
    std::condition_variable changed_;
    bool accepting_ = false, stopping_ = false;
    int signal_ = 0;
};

}  // namespace pathology::proxycore::net
