// A server from a successful start to its stop: listeners, workers and their shutdown.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <pathology/proxycore/async/completion.hpp>
#include <pathology/proxycore/async/event.hpp>
#include <vector>

#include "net/listener.hpp"
#include "net/worker.hpp"

namespace pathology::proxycore::net {

class RunningServer {
public:
    /// Both arguments must outlive it. Does not start anything.
    RunningServer(ServerOptions const& options, Server::Handler const& handler);
    ~RunningServer();  ///< stop()

    Result<void> start();
    void stop();
    int wait_for_signal();
    bool wait_until_empty(Duration limit);

    /// Empty if there is no such listener.
    asio::ip::tcp::endpoint local_endpoint(std::size_t listener) const;
    /// Runs `work` on worker 0. The completion throws Errc::stopped if the server is destroyed before.
    async::Completion<> begin(std::function<void()> work);
    std::size_t connections() const { return open_; }
    std::uint64_t accepted() const { return accepted_; }

private:
    std::vector<Endpoint> endpoints() const;
    Result<void> listen();
    void start_workers();
    void accept();
    asio::awaitable<void> accept_all(std::size_t listener);
    AcceptedSocket admit(asio::ip::tcp::socket socket, asio::ip::tcp::endpoint const& remote, std::size_t listener);
    void run_to_end(asio::awaitable<void> work);
    void wait_on(std::shared_ptr<asio::signal_set> signals);
    asio::awaitable<void> wait_for_room(asio::ip::tcp::acceptor const& acceptor);
    asio::awaitable<void> recover(error_code ec);
    asio::awaitable<void> tick_on();
    ConnectionPermit acquire_permit();
    void release_permit();
    void stop_accepting();
    void end_connections();
    void run_at_end();
    void report(std::exception_ptr thrown);
    void report_line(std::string_view line);
    Worker& first() { return *workers_.front(); }

    ServerOptions const& options_;
    Worker::Report const report_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<std::unique_ptr<Listener>> listeners_;  // of ServerOptions::listen; they belong to worker 0
    async::Event room_;        // of worker 0: a connection has ended, or the listeners are closed
    bool is_failing_ = false;  // accept fails, and that was reported
    bool has_begun_ = false;   // at_begin has returned

    std::atomic<std::size_t> open_ = 0;
    std::atomic<std::uint64_t> accepted_ = 0;
    std::atomic<bool> full_ = false;  // an acceptor waits for room_

    std::mutex stop_mutex_;  // held by the one stop() that works; others wait for it
    bool stopped_ = false;   // under stop_mutex_
    std::mutex mutex_;       // of what follows, and of the change of open_ to 0
    std::condition_variable changed_;
    std::size_t accepting_ = 0;  // listeners that accept
    bool stopping_ = false;
    int signal_ = 0;
};

}  // namespace pathology::proxycore::net
