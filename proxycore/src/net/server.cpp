// The public handle of a server. The running server is separate, so that a call from another thread keeps it alive
// while stop() drops it; a server that was stopped can be started again, with new workers.

#include <pathology/proxycore/net/server.hpp>

#include <boost/system/system_error.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "net/running_server.hpp"
#include "net/tcp_stream.hpp"

namespace pathology::proxycore::net {

// The shared pointer keeps the running server alive during a call from another thread, while stop() drops it here. The
// mutex is not held during waits.
struct Server::State {
    mutable std::mutex mutex;
    std::shared_ptr<RunningServer> running;

    std::shared_ptr<RunningServer> now() const {
        std::scoped_lock const lock(mutex);
        return running;
    }
};

Server::Server(ServerOptions options, Handler handler)
    : options_(std::move(options)), handler_(std::move(handler)), state_(std::make_unique<State>()) {}

Server::~Server() { stop(); }

Result<void> Server::start() {
    std::scoped_lock const lock(state_->mutex);
    if (state_->running) {
        auto const where = to_string(endpoint_of(state_->running->local_endpoint(0)));
        return Failure{Errc::already_started, "cannot start: the server listens on " + where + " already"};
    }
    try {
        auto running = std::make_shared<RunningServer>(options_, handler_);
        auto started = running->start();
        if (started) state_->running = std::move(running);
        return started;
        // An io_context throws if it cannot open its descriptors; for the caller that is one more failure to start.
    } catch (boost::system::system_error const& no_descriptors) {
        return Failure{no_descriptors.code(), std::string("cannot start: ") + describe(no_descriptors.code())};
    }
}

void Server::stop() {
    auto const running = state_->now();
    if (!running) return;
    running->stop();
    std::scoped_lock const lock(state_->mutex);
    // start() of another thread may have replaced it meanwhile.
    if (state_->running == running) state_->running.reset();
}

int Server::run_until_signal() {
    auto const running = state_->now();
    if (!running) return 0;
    auto const signal = running->wait_for_signal();
    stop();
    return signal;
}

std::uint16_t Server::port(std::size_t listener) const {
    auto const running = state_->now();
    return running ? running->local_endpoint(listener).port() : std::uint16_t{0};
}

Endpoint Server::local_endpoint(std::size_t listener) const {
    auto const running = state_->now();
    return running && listener < options_.listen.size() ? endpoint_of(running->local_endpoint(listener)) : Endpoint();
}

std::size_t Server::connections() const {
    auto const running = state_->now();
    return running ? running->connections() : 0;
}

std::uint64_t Server::accepted() const {
    auto const running = state_->now();
    return running ? running->accepted() : 0;
}

void Server::perform(std::function<void()> work) {
    std::optional<async::Completion<>> done;
    if (auto const running = state_->now()) done = running->begin(std::move(work));
    if (!done) throw boost::system::system_error(Errc::stopped);
    done->get();  // without a reference to the server: its destruction ends the wait
}

bool Server::wait_until_empty(Duration limit) const {
    auto const running = state_->now();
    return !running || running->wait_until_empty(limit);
}

}  // namespace pathology::proxycore::net
