#include "net/running_server.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <pathology/proxycore/net/pause.hpp>
#include <pathology/proxycore/net/token.hpp>

#include "net/resolve.hpp"

namespace pathology::proxycore::net {
namespace {

using namespace std::chrono_literals;
using Tcp = asio::ip::tcp;

constexpr auto tick_length = 50ms;
constexpr auto retry_after = 50ms;  // when the system gives no more descriptors

std::vector<std::unique_ptr<Worker>> make_workers(unsigned count, Server::Handler const& handler,
                                                  Worker::Report const& report) {
    std::vector<std::unique_ptr<Worker>> workers;
    for (unsigned i = 0; i < std::max(count, 1U); ++i) workers.push_back(std::make_unique<Worker>(i, handler, report));
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
    return "";
}

Failure cannot_listen(ServerOptions const& options, error_code ec) {
    auto message = "cannot listen on " + options.address + ":" + std::to_string(options.port) + ": " + describe(ec);
    return {ec, message.append(way_out(ec))};
}

}  // namespace

RunningServer::RunningServer(ServerOptions const& options, Server::Handler const& handler)
    : options_(options),
      report_([this](std::exception_ptr thrown) { report(thrown); }),
      workers_(make_workers(options.threads, handler, report_)),
      acceptor_(first().context()),
      room_(first().context()) {}

RunningServer::~RunningServer() { stop(); }

Result<void> RunningServer::start() {
    if (auto const ec = listen()) return cannot_listen(options_, ec);
    accepting_ = true;
    asio::co_spawn(first().context(), accept_all(), [this](std::exception_ptr thrown) {
        if (thrown) report(thrown);
        std::scoped_lock const lock(mutex_);
        accepting_ = false;
        changed_.notify_all();
    });
    if (options_.tick) asio::co_spawn(first().context(), tick_on(), asio::detached);
    try {
        for (auto& worker : workers_) worker->start();
    } catch (std::system_error const& no_thread) {
        for (auto& worker : workers_) worker->stop();
        accepting_ = false;
        return cannot_listen(options_, no_thread.code());
    }
    return {};
}

error_code RunningServer::listen() {
    error_code ec;
    auto endpoints = spelled_address(options_.address, options_.port);
    if (endpoints.empty()) endpoints = resolve_now(options_.address, options_.port, ec);
    if (endpoints.empty()) return ec;
    if (acceptor_.open(endpoints.front().protocol(), ec)) return ec;
    if (acceptor_.set_option(Tcp::acceptor::reuse_address(true), ec)) return ec;
    if (acceptor_.bind(endpoints.front(), ec)) return ec;
    if (acceptor_.listen(options_.backlog, ec)) return ec;
    local_ = acceptor_.local_endpoint(ec);
    return ec;
}

asio::awaitable<void> RunningServer::accept_all() {
    while (acceptor_.is_open()) {
        co_await wait_for_room();
        auto& worker = *workers_[accepted_ % workers_.size()];
        Tcp::socket socket(worker.context());
        Tcp::endpoint remote;
        auto const [ec] = co_await acceptor_.async_accept(socket, remote, as_values);
        if (!acceptor_.is_open()) break;
        if (ec) {
            co_await recover(ec);
            continue;
        }
        in_trouble_ = false;
        worker.adopt({std::move(socket), remote, accepted_++, take_seat()});
    }
}

asio::awaitable<void> RunningServer::wait_for_room() {
    while (open_ >= options_.max_connections && acceptor_.is_open()) {
        full_ = true;
        if (open_ < options_.max_connections) break;  // the last one may have left before it saw that we wait
        room_.expires_at(asio::steady_timer::time_point::max());
        co_await room_.async_wait(as_values);
    }
}

/// A client that gave up in the backlog is no matter; anything else is given time, so that it does not spin.
asio::awaitable<void> RunningServer::recover(error_code ec) {
    if (ec == asio::error::connection_aborted || ec == asio::error::connection_reset) co_return;
    if (!in_trouble_) say("cannot accept connections: " + describe(is_exhaustion(ec) ? Errc::out_of_descriptors : ec));
    in_trouble_ = true;
    co_await pause(retry_after);
}

asio::awaitable<void> RunningServer::tick_on() {
    for (;;) {
        co_await pause(tick_length);
        try {
            options_.tick();
        } catch (...) {
            report(std::current_exception());
        }
    }
}

Seat RunningServer::take_seat() {
    ++open_;
    return {this, [](void* server) { static_cast<RunningServer*>(server)->free_seat(); }};
}

void RunningServer::free_seat() {
    {
        std::scoped_lock const lock(mutex_);
        if (--open_ == 0) changed_.notify_all();
    }
    if (full_.exchange(false)) asio::post(first().context(), [this] { room_.cancel(); });
}

void RunningServer::stop() {
    std::scoped_lock const lock(stop_mutex_);
    if (std::exchange(stopped_, true)) return;
    stop_accepting();
    end_connections();
    for (auto& worker : workers_) worker->stop();
    if (options_.tick) options_.tick();
}

void RunningServer::stop_accepting() {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    if (!accepting_) return;
    asio::post(first().context(), [this] {
        error_code ignored;
        acceptor_.close(ignored);
        room_.cancel();
    });
    changed_.wait(lock, [this] { return !accepting_; });
}

/// A handler may swallow one cancellation and begin anew, so it is said again until all are gone.
void RunningServer::end_connections() {
    std::unique_lock lock(mutex_);
    auto const all_gone = [this] { return open_ == 0; };
    do {
        for (auto& worker : workers_) worker->cancel_all();
    } while (!changed_.wait_for(lock, tick_length, all_gone));
}

int RunningServer::wait_for_signal() {
    asio::signal_set signals(first().context(), SIGINT, SIGTERM);
    signals.async_wait([this](error_code ec, int number) {
        if (ec) return;
        std::scoped_lock const lock(mutex_);
        signal_ = number;
        changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return signal_ != 0 || stopping_; });
    return signal_;
}

bool RunningServer::wait_until_empty(Duration limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return open_ == 0; });
}

/// A cancelled coroutine ends by throwing operation_aborted from its next co_await; that is nobody's fault.
void RunningServer::report(std::exception_ptr thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (boost::system::system_error const& error) {
        if (error.code() != asio::error::operation_aborted) say(error.what());
    } catch (std::exception const& error) {
        say(error.what());
    } catch (...) {
        say("an exception of unknown type");
    }
}

void RunningServer::say(std::string_view line) {
    if (options_.on_error) options_.on_error(line);
}

}  // namespace pathology::proxycore::net
