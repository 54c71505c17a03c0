// One thread with an io_context of its own, and the connections that live on it.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <exception>
#include <functional>
#include <list>
#include <pathology/proxycore/net/server.hpp>
#include <thread>

namespace pathology::proxycore::net {

/// Gives its place among the open connections back when it is destroyed.
using ConnectionPermit = std::shared_ptr<void>;

/// An accepted socket on its way to its worker.
struct AcceptedSocket {
    asio::ip::tcp::socket socket;
    asio::ip::tcp::endpoint remote;
    std::uint64_t id = 0;
    std::size_t listener = 0;
    std::optional<Endpoint> original{};
    ConnectionPermit permit{};
};

/// Thread: adopt(), cancel_all() and stop() may be called from any; all else happens on the worker's own.
class Worker {
public:
    using Report = std::function<void(std::exception_ptr)>;

    /// `handler` and `report` must outlive the worker. May throw boost::system::system_error: no descriptors to be had.
    Worker(unsigned index, Server::Handler const& handler, Report const& report);
    ~Worker();  ///< stop()
    Worker(Worker const&) = delete;
    Worker& operator=(Worker const&) = delete;

    void start();                 ///< may throw std::system_error: no thread to be had
    void adopt(AcceptedSocket accepted);  ///< runs the handler over it
    void cancel_all();            ///< emits terminal cancellation to every connection
    void stop();                  ///< ends and joins the thread; what still waits is destroyed with the worker

    asio::io_context& context() noexcept { return context_; }

private:
    /// Stands in the list from the start of a connection's coroutine to its end.
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
    Sessions sessions_;  // before the context: coroutines destroyed with it may still look at their slots
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> stay_{context_.get_executor()};
    std::thread thread_;
};

}  // namespace pathology::proxycore::net
