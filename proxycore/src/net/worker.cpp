// A thread with its event loop and the sessions on it. A session is a list node with the signal that cancels its
// coroutine:
//
//      adopt() by the acceptor ─▶ serve(): handler_ makes the coroutine ─▶ sessions_ ─▶ end(): node erased, permit free
//
// Sessions are used by the thread of the worker only; other threads post to its context.

#include "net/worker.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "async/timer_wheel.hpp"
#include "net/tcp_stream.hpp"

namespace pathology::proxycore::net {

Worker::Worker(unsigned index, Server::Handler const& handler, Report const& report,
               async::LongTurn const& on_long_turn)
    : index_(index), handler_(handler), report_(report), on_long_turn_(on_long_turn) {
    asio::use_service<async::TimerWheel>(
        context_);  // opens its descriptors now, where a failure is an error of start()
}

Worker::~Worker() { stop(); }

void Worker::start() {
    thread_ = std::thread([this] { run(); });
}

/// A handler that throws before its first co_await throws through run(). It is reported, and the loop goes on.
void Worker::run() {
    for (;;) {
        try {
            async::run_turns(context_, on_long_turn_);
            return;
        } catch (...) {
            report_(std::current_exception());
        }
    }
}

void Worker::adopt(AcceptedSocket accepted) {
    asio::post(context_, [this, accepted = std::move(accepted)]() mutable { serve(std::move(accepted)); });
}

void Worker::serve(AcceptedSocket accepted) {
    auto stream = std::make_unique<TcpStream>(std::move(accepted.socket), accepted.remote);
    Connection connection(std::move(stream), accepted.id, index_);
    connection.listener = accepted.listener;
    connection.original = std::move(accepted.original);
    auto conversation = handler_(std::move(connection));
    auto const session = sessions_.emplace(sessions_.end());
    // The permit counts against max_connections until the node is erased.
    session->permit = std::move(accepted.permit);
    auto at_end = [this, session](std::exception_ptr thrown) { end(session, thrown); };
    asio::co_spawn(context_, std::move(conversation),
                   // The slot of the signal is in a list node: its address is stable until end() erases it.
                   asio::bind_cancellation_slot(session->cancel.slot(), std::move(at_end)));
}

void Worker::end(Sessions::iterator session, std::exception_ptr thrown) {
    sessions_.erase(session);
    if (thrown) report_(thrown);
}

void Worker::cancel_all() {
    asio::post(context_, [this] {
        // Cancelled operations complete through the queue of the context: no coroutine ends in this loop, so the list
        // does not change.
        for (auto& session : sessions_) session.cancel.emit(asio::cancellation_type::terminal);
    });
}

void Worker::stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
}

}  // namespace pathology::proxycore::net
