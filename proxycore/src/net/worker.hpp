// A thread with an io_context of its own, and the connections that it serves.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <exception>
#include <functional>
#include <list>
#include <pathology/proxycore/async/turns.hpp>
#include <pathology/proxycore/net/server.hpp>
#include <thread>

namespace pathology::proxycore::net {

/// Counts a connection as open until it is destroyed.
using ConnectionPermit = std::shared_ptr<void>;

/// An accepted socket on its way from the listener to a worker.
struct AcceptedSocket {
    asio::ip::tcp::socket socket;
    asio::ip::tcp::endpoint remote;
    std::uint64_t id = 0;
    std::size_t listener = 0;
    std::optional<Endpoint> original{};
    ConnectionPermit permit{};
};

/// Thread: adopt(), cancel_all() and stop() may be called from any thread; everything else runs on the worker's own.
class Worker {
public:
    using Report = std::function<void(std::exception_ptr)>;

    /// The references must outlive the worker. Throws boost::system::system_error if no descriptors are left.
    Worker(unsigned index, Server::Handler const& handler, Report const& report, async::LongTurn const& on_long_turn);
    ~Worker();  ///< stop()
    Worker(Worker const&) = delete;
    Worker& operator=(Worker const&) = delete;

    void start();                         ///< throws std::system_error if no thread can be started
    void adopt(AcceptedSocket accepted);  ///< runs the handler for it
    void cancel_all();                    ///< emits terminal cancellation to every connection
    void stop();  ///< stops the loop, joins the thread; coroutines are destroyed with the worker

    asio::io_context& context() noexcept { return context_; }

private:
    /// A connection whose coroutine runs.
    struct Session {
        asio::cancellation_signal cancel;
        ConnectionPermit permit;
    };
    using Sessions = std::list<Session>;

    void run();
    void serve(AcceptedSocket accepted);
    void end(Sessions::iterator session, std::exception_ptr thrown);

    unsigned index_;
    Server::Handler const& handler_;
    Report const& report_;
    async::LongTurn const& on_long_turn_;
    Sessions sessions_;  // before the context: coroutines destroyed with it may still use their cancellation slots
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> stay_{context_.get_executor()};
    std::thread thread_;
};

}  // namespace pathology::proxycore::net
