// From a successful start to the stop. Worker 0 has the listeners, the tick and at_begin/at_end; a connection belongs
// to the worker that it was posted to.
//
//     start():  listen ─▶ start workers ─▶ at_begin ─▶ accept
//     stop():   close listeners ─▶ cancel connections until none is open ─▶ at_end ─▶ stop workers
//
// Both run on the thread of the caller and wait for each step. The order of stop() matters: without accept no
// connection can be added, and at_end may rely on the end of all connections.

#include "net/running_server.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <exception>
#include <pathology/proxycore/async/as_values.hpp>
#include <pathology/proxycore/async/cancellation.hpp>
#include <pathology/proxycore/async/run_on_loop.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/net/blocked_signals.hpp>

#include "net/original_destination.hpp"
#include "net/tcp_stream.hpp"

namespace pathology::proxycore::net {
namespace {

using namespace std::chrono_literals;
using Tcp = asio::ip::tcp;

constexpr auto tick_length = 50ms;
constexpr auto retry_after = 50ms;  // while the limit of open files is reached

std::vector<std::unique_ptr<Worker>> make_workers(ServerOptions const& options, Server::Handler const& handler,
                                                  Worker::Report const& report) {
    std::vector<std::unique_ptr<Worker>> workers;
    for (unsigned i = 0; i < std::max(options.threads, 1U); ++i)
        workers.push_back(std::make_unique<Worker>(i, handler, report, options.on_long_turn));
    return workers;
}

bool is_exhaustion(error_code ec) {
    using namespace boost::system::errc;
    return ec == too_many_files_open || ec == too_many_files_open_in_system || ec == no_buffer_space ||
           ec == not_enough_memory;
}

std::string_view way_out(error_code ec) {
    if (ec == asio::error::address_in_use) return " (port 0 picks a free one)";
    if (ec == asio::error::access_denied) return " (ports below 1024 need privileges)";
    if (ec == asio::error::operation_not_supported)
        return " (this system lets more connections in than a backlog has places)";
    return "";
}

Failure cannot_listen(Endpoint const& endpoint, error_code ec) {
    return {ec, "cannot listen on " + listening_text(endpoint) + ": " + describe(ec) + std::string(way_out(ec))};
}

}  // namespace

RunningServer::RunningServer(ServerOptions const& options, Server::Handler const& handler)
    : options_(options),
      report_([this](std::exception_ptr thrown) { report(thrown); }),
      workers_(make_workers(options, handler, report_)) {}

RunningServer::~RunningServer() { stop(); }

asio::ip::tcp::endpoint RunningServer::local_endpoint(std::size_t listener) const {
    return listener < listeners_.size() ? listeners_[listener]->local : Tcp::endpoint();
}

std::vector<Endpoint> RunningServer::endpoints() const {
    std::vector<Endpoint> endpoints;
    for (auto const& listener : listeners_) endpoints.push_back(endpoint_of(listener->local));
    return endpoints;
}

async::Completion<> RunningServer::begin(std::function<void()> work) {
    return async::run_on_loop(first().context().get_executor(), std::move(work), Errc::stopped);
}

// --- starting --------------------------------------------------------------------------------------------------------

Result<void> RunningServer::start() {
    if (auto listening = listen(); !listening) return listening;
    try {
        start_workers();
    } catch (std::system_error const& no_thread) {
        return Failure{no_thread.code(), std::string("cannot start: ") + no_thread.what()};
    }
    // Clients may already connect: they wait in the backlog.
    if (options_.at_begin) run_to_end(options_.at_begin(endpoints()));
    has_begun_ = true;
    accept();
    if (options_.tick) asio::co_spawn(first().context(), tick_on(), asio::detached);
    return {};
}

Result<void> RunningServer::listen() {
    for (auto const& options : options_.listen) {
        auto const& listener =
            listeners_.emplace_back(std::make_unique<Listener>(first().context().get_executor(), options));
        if (auto const ec = listener->open(options_.backlog)) return cannot_listen(options.endpoint, ec);
    }
    return {};
}

void RunningServer::start_workers() {
    try {
        for (auto& worker : workers_) worker->start();
    } catch (std::system_error const&) {
        for (auto& worker : workers_) worker->stop();
        throw;
    }
}

/// Runs `work` on worker 0 and waits for its end. Throws what it throws.
void RunningServer::run_to_end(asio::awaitable<void> work) {
    auto const start = [&work]() { return std::move(work); };
    async::run_on_loop(first().context().get_executor(), start).get();
}

// --- accepting -------------------------------------------------------------------------------------------------------

void RunningServer::accept() {
    accepting_ =
        static_cast<std::size_t>(std::ranges::count_if(listeners_, [](auto const& each) { return each->accepts(); }));
    for (std::size_t listener = 0; listener < listeners_.size(); ++listener) {
        if (!listeners_[listener]->accepts()) continue;
        asio::co_spawn(first().context(), accept_all(listener), [this](std::exception_ptr thrown) {
            if (thrown) report(thrown);
            std::scoped_lock const lock(mutex_);
            --accepting_;
            changed_.notify_all();
        });
    }
}

asio::awaitable<void> RunningServer::accept_all(std::size_t listener) {
    auto& acceptor = listeners_[listener]->acceptor;
    while (acceptor.is_open()) {
        co_await wait_for_room(acceptor);
        if (options_.accept_delay) {
            auto const delay = options_.accept_delay(accepted_);
            co_await listeners_[listener]->wait_until_due(delay, room_);
        }
        if (!acceptor.is_open()) break;
        // The socket is made with the context of its worker, as it cannot change its context later.
        auto& worker = *workers_[accepted_ % workers_.size()];
        Tcp::socket socket(worker.context());
        Tcp::endpoint remote;
        auto const [ec] = co_await acceptor.async_accept(socket, remote, async::as_values);
        if (!acceptor.is_open()) break;
        if (ec) {
            co_await recover(ec);
            continue;
        }
        is_failing_ = false;
        worker.adopt(admit(std::move(socket), remote, listener));
    }
}

AcceptedSocket RunningServer::admit(Tcp::socket socket, Tcp::endpoint const& remote, std::size_t listener) {
    std::optional<Endpoint> original;
    if (listeners_[listener]->options.is_redirected_to) {
        if (auto const destination = original_destination(socket)) original = endpoint_of(*destination);
    }
    return {std::move(socket), remote, accepted_++, listener, std::move(original), acquire_permit()};
}

asio::awaitable<void> RunningServer::wait_for_room(Tcp::acceptor const& acceptor) {
    while (open_ >= options_.max_connections && acceptor.is_open()) {
        full_ = true;
        if (open_ < options_.max_connections) break;  // the last one may have ended before it saw full_
        co_await room_.wait();
    }
}

/// Ignores a connection that ended in the backlog. After other errors it waits: accept(2) would fail again at once, and
/// the loop would spin. An error that lasts is reported once.
asio::awaitable<void> RunningServer::recover(error_code ec) {
    if (ec == asio::error::connection_aborted || ec == asio::error::connection_reset) co_return;
    if (!is_failing_)
        report_line("cannot accept connections: " + describe(is_exhaustion(ec) ? Errc::out_of_descriptors : ec));
    is_failing_ = true;
    co_await async::pause(retry_after);
}

asio::awaitable<void> RunningServer::tick_on() {
    for (;;) {
        co_await async::pause(tick_length);
        try {
            options_.tick();
        } catch (...) {
            report(std::current_exception());
        }
    }
}

ConnectionPermit RunningServer::acquire_permit() {
    ++open_;
    return {this, [](void* server) { static_cast<RunningServer*>(server)->release_permit(); }};
}

void RunningServer::release_permit() {
    {
        std::scoped_lock const lock(mutex_);
        // Under the mutex: a waiter that has just seen open_ > 0 must not miss the notification.
        if (--open_ == 0) changed_.notify_all();
    }
    // Any worker may release a permit; the event belongs to worker 0.
    if (full_.exchange(false)) asio::post(first().context(), [this] { room_.notify(); });
}

// --- stopping --------------------------------------------------------------------------------------------------------

void RunningServer::stop() {
    std::scoped_lock const lock(stop_mutex_);
    if (std::exchange(stopped_, true)) return;
    stop_accepting();
    end_connections();
    run_at_end();
    for (auto& worker : workers_) worker->stop();
    if (options_.tick) options_.tick();
}

void RunningServer::stop_accepting() {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    if (accepting_ == 0) return;
    asio::post(first().context(), [this] {
        error_code ignored;
        for (auto const& listener : listeners_) listener->acceptor.close(ignored);
        room_.notify();
    });
    changed_.wait(lock, [this] { return accepting_ == 0; });
}

/// Cancels repeatedly until all have ended, because a handler may catch a cancellation and go on.
void RunningServer::end_connections() {
    std::unique_lock lock(mutex_);
    auto const all_gone = [this] { return open_ == 0; };
    do {
        for (auto& worker : workers_) worker->cancel_all();
    } while (!changed_.wait_for(lock, tick_length, all_gone));
}

void RunningServer::run_at_end() {
    if (!has_begun_ || !options_.at_end) return;
    try {
        run_to_end(options_.at_end());
    } catch (...) {
        report(std::current_exception());
    }
}

int RunningServer::wait_for_signal() {
    auto signals = std::make_shared<asio::signal_set>(first().context());
    for (int const number : ending_signals()) signals->add(number);
    if (options_.on_hangup) signals->add(SIGHUP);
    wait_on(std::move(signals));
    BlockedSignals::unblock();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return signal_ != 0 || stopping_; });
    return signal_;
}

/// The set belongs to its handler: the worker may be in it while wait_for_signal() returns.
void RunningServer::wait_on(std::shared_ptr<asio::signal_set> signals) {
    auto& set = *signals;
    set.async_wait([this, signals = std::move(signals)](error_code ec, int number) {
        if (ec) return;
        if (number == SIGHUP && options_.on_hangup) {
            options_.on_hangup();
            return wait_on(signals);
        }
        std::scoped_lock const lock(mutex_);
        signal_ = number;
        changed_.notify_all();
    });
}

bool RunningServer::wait_until_empty(Duration limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return open_ == 0; });
}

/// Does not report cancellation: a cancelled coroutine ends by throwing from its next co_await.
void RunningServer::report(std::exception_ptr thrown) {
    if (async::is_cancellation(thrown)) return;
    try {
        std::rethrow_exception(thrown);
    } catch (asio::multiple_exceptions const& several) {
        report(several.first_exception());
    } catch (std::exception const& error) {
        report_line(error.what());
    } catch (...) {
        report_line("an exception of unknown type");
    }
}

void RunningServer::report_line(std::string_view line) {
    if (options_.on_error) options_.on_error(line);
}

}  // namespace pathology::proxycore::net
