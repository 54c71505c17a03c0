#include "net/connect_to_any.hpp"

#include <sys/socket.h>
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <chrono>
#include <list>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <utility>

#include "net/tcp_stream.hpp"

namespace pathology::proxycore::net {
namespace {

using Socket = asio::ip::tcp::socket;

/// How long an attempt has the network for itself (RFC 8305 §5, Connection Attempt Delay).
constexpr std::chrono::milliseconds attempt_delay{250};

/// The addresses in the order of getaddrinfo (RFC 6724), but with the families in turn (RFC 8305 §4).
Endpoints interleaved(Endpoints const& endpoints) {
    auto const is_of_first = [&](auto const& one) { return one.protocol() == endpoints.front().protocol(); };
    Endpoints first, second, all;
    for (auto const& one : endpoints) (is_of_first(one) ? first : second).push_back(one);
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) all.push_back(first[i]);
        if (i < second.size()) all.push_back(second[i]);
    }
    return all;
}

/// Sets non-blocking mode here, which saves a system call later. The window scale is chosen in the handshake, so the buffer
/// has to be set before.
error_code open_anew(Socket& socket, asio::ip::tcp::endpoint const& endpoint, std::optional<int> receive_buffer) {
    error_code ec;
    socket.open(endpoint.protocol(), ec);
    if (!ec) socket.non_blocking(true, ec);
    if (!ec && receive_buffer) socket.set_option(asio::socket_base::receive_buffer_size(*receive_buffer), ec);
    return ec;
}

/// Calls connect() twice: on loopback the handshake is over when the first call returns, and waiting for the reactor
/// would cost more than the connection. Returns in_progress if it is not over.
error_code connect_at_once(Socket& socket, asio::ip::tcp::endpoint const& endpoint) {
    for (int turn = 0; turn < 2; ++turn) {
        if (::connect(socket.native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) return {};
        error_code const ec(errno, boost::system::system_category());
        if (ec == asio::error::already_connected) return {};
        if (ec != asio::error::in_progress && ec != asio::error::already_started) return ec;
    }
    return asio::error::in_progress;
}

/// connect(2), EINPROGRESS: SO_ERROR has the result of the handshake.
error_code result_of(Socket& socket) {
    int outcome = 0;
    socklen_t size = sizeof outcome;
    ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &outcome, &size);
    return {outcome, boost::system::system_category()};
}

/// Attempts to connect to several addresses, of which the first that succeeds ends the others (RFC 8305):
///
///     begin(1) ── attempt_delay, or its failure ──▶ begin(2) ── … ──▶ the first that is connected, or all have failed
///
/// Callbacks of the reactor keep it alive; sockets are closed with `attempts`.
class Race : public std::enable_shared_from_this<Race> {
public:
    Race(asio::any_io_executor executor, std::optional<int> receive_buffer)
        : executor_(std::move(executor)), receive_buffer_(receive_buffer) {}

    void begin(asio::ip::tcp::endpoint const& endpoint);
    /// Closes the sockets of those that are not connected.
    void end() { attempts_.clear(); }

    std::unique_ptr<Stream> stream;
    error_code ec;  ///< of the attempt that failed last
    std::size_t pending = 0;
    async::Event changed;

private:
    void finish(std::list<Socket>::iterator attempt, asio::ip::tcp::endpoint const& endpoint, error_code result);

    asio::any_io_executor executor_;
    std::optional<int> receive_buffer_;
    std::list<Socket> attempts_;
};

void Race::begin(asio::ip::tcp::endpoint const& endpoint) {
    auto const attempt = attempts_.emplace(attempts_.end(), executor_);
    auto result = open_anew(*attempt, endpoint, receive_buffer_);
    if (!result) result = connect_at_once(*attempt, endpoint);
    if (result != asio::error::in_progress) return finish(attempt, endpoint, result);
    ++pending;
    // The socket becomes writable at the end of the handshake.
    auto const self = shared_from_this();
    attempt->async_wait(asio::socket_base::wait_write, [self, attempt, endpoint](error_code why) {
        if (why == asio::error::operation_aborted) return;  // end() has destroyed the attempt
        --self->pending;
        self->finish(attempt, endpoint, why ? why : result_of(*attempt));
        self->changed.notify();
    });
}

void Race::finish(std::list<Socket>::iterator attempt, asio::ip::tcp::endpoint const& endpoint, error_code result) {
    if (result) {
        ec = result;
    } else if (stream == nullptr) {
        stream = std::make_unique<TcpStream>(std::move(*attempt), endpoint);
    }
    attempts_.erase(attempt);
}

asio::awaitable<void> run(std::shared_ptr<Race> race, Endpoints endpoints, Endpoints& tried) {
    for (auto const& endpoint : endpoints) {
        if (race->stream != nullptr) co_return;
        tried.push_back(endpoint);
        auto const pending_before = race->pending;
        race->begin(endpoint);
        bool const has_failed = race->pending == pending_before;
        if (race->stream != nullptr || has_failed) continue;
        auto waiting = race->changed.wait();
        co_await async::with_timeout(attempt_delay, std::move(waiting));
    }
    while (race->stream == nullptr && race->pending > 0) co_await race->changed.wait();
}

}  // namespace

asio::awaitable<ConnectOutcome> connect_to_any(Endpoints endpoints, std::optional<int> receive_buffer) {
    ConnectOutcome made;
    auto const race = std::make_shared<Race>(co_await asio::this_coro::executor, receive_buffer);
    struct End {  // also if the coroutine is cancelled
        ~End() { race->end(); }
        std::shared_ptr<Race> const& race;
    } const end{race};
    auto all = interleaved(endpoints);
    co_await run(race, std::move(all), made.tried);
    made.stream = std::move(race->stream);
    made.ec = race->ec;
    co_return made;
}

}  // namespace pathology::proxycore::net
