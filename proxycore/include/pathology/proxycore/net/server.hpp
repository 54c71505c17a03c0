// A TCP server: one coroutine per connection, several worker threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/net/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pathology::proxycore::net {

/// What a listener does in place of accepting connections.
enum class ListenFault {
    none,
    refused,  ///< binds the port and does not listen: the system refuses connections
    full,     ///< fills its backlog with connections of its own: handshakes of others do not end
};

/// Where a server listens.
struct ListenOptions {
    Endpoint endpoint{"127.0.0.1", 0};  ///< host: an address or a name, empty = all interfaces; port 0 = a free one
    bool is_redirected_to = false;      ///< a firewall rule sends packets here: Connection::original is looked up
    ListenFault fault = ListenFault::none;
    /// SO_RCVBUF of accepted connections in bytes, which bounds the window of the peer; the system may use more or less.
    /// std::nullopt: the system adapts it.
    std::optional<int> receive_buffer{};
};

struct ServerOptions {
    std::vector<ListenOptions> listen{{}};  ///< empty: the workers run without a listener
    unsigned threads = 1;                   ///< workers; a connection stays on one
    std::size_t max_connections = 65536;    ///< further ones wait in the backlog until one ends
    int backlog = 4096;                     ///< of listen(2); the system may allow less
    /// How long a connection waits in the backlog, by its number, before it is accepted, to 10 ms; std::nullopt: it is
    /// never accepted, nor are those behind it. Empty: no connection waits. Called by worker 0.
    std::function<TimeLimit(std::uint64_t connection)> accept_delay{};
    /// Worker 0 runs at_begin before the first connection is accepted, and at_end after the last one has ended. start()
    /// and stop() wait for them. If at_begin throws, start() throws that and the server does not run.
    /// at_begin is called with the endpoints of the listeners, those of Server::local_endpoint().
    std::function<asio::awaitable<void>(std::vector<Endpoint> endpoints)> at_begin{};
    std::function<asio::awaitable<void>()> at_end{};
    /// Called by worker 0 about every 50 ms while the server runs, and once more by stop(); may be empty.
    std::function<void()> tick;
    /// Called by worker 0 for each SIGHUP while run_until_signal() waits, which SIGHUP then does not end, also if the
    /// program was started to ignore it. Empty: SIGHUP is an ending signal.
    std::function<void()> on_hangup{};
    /// Called by any worker with an error that no caller sees: a handler threw, the limit of open files is reached. One
    /// line, without a line end.
    std::function<void(std::string_view)> on_error;
    /// Called by a worker after a turn of its loop that was longer than async::max_turn, in builds that measure turns.
    std::function<void(std::chrono::nanoseconds busy)> on_long_turn{};
};

/// An accepted connection. The handler owns it.
struct Connection {
    Connection(std::unique_ptr<Stream> its_stream, std::uint64_t its_id, unsigned its_worker)
        : stream(std::move(its_stream)), id(its_id), worker(its_worker) {}

    std::unique_ptr<Stream> stream;
    std::uint64_t id;          ///< counts up from 0 in the order of accept
    unsigned worker;           ///< index below ServerOptions::threads, for state that each worker has of its own
    std::size_t listener = 0;  ///< index in ServerOptions::listen
    /// Where the client connected to before the firewall redirected it; std::nullopt if unknown.
    std::optional<Endpoint> original{};
};

/// Distributes connections round-robin to workers of one thread each. State of one connection needs no lock.
///
///     listeners (worker 0) ──accept──▶ AcceptedSocket ──post──▶ worker n: TcpStream, handler coroutine
///           ▲ waits at max_connections                               │ its end releases the permit
///           └────────────────────── ConnectionPermit ◀───────────────┘
///
/// Thread: every function may be called from any thread; stop(), run_until_signal(), wait_until_empty() and the
///         destructor not from a handler or a tick, because they wait for those.
/// Owns:   its threads and connections; none outlives stop().
class Server {
public:
    /// Serves one connection; the stream is closed when it returns. An exception ends this connection only and is
    /// reported to ServerOptions::on_error. Called on the worker; must not block.
    using Handler = std::function<asio::awaitable<void>(Connection)>;

    Server(ServerOptions options, Handler handler);
    ~Server();  ///< stop()
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    /// Binds, listens and starts the workers. On return the port accepts connections. A stopped server may be started
    /// again.
    /// Errors: Errc::already_started; else why listening failed, with address and port.
    Result<void> start();

    /// Stops accepting, cancels (terminal) the coroutine of every connection, waits until all have ended, and joins the
    /// workers. Does nothing if the server does not run. Concurrent callers all wait for the end.
    void stop();

    /// Waits for one of ending_signals(), then stops. Returns the signal's number; 0 if stop() was called first or the server
    /// does not run.
    int run_until_signal();

    /// The port and the endpoint of a listener, by its index in ServerOptions::listen; 0 and empty while not running.
    std::uint16_t port(std::size_t listener = 0) const;
    Endpoint local_endpoint(std::size_t listener = 0) const;
    std::size_t connections() const;  ///< open now
    std::uint64_t accepted() const;   ///< since start(); the next connection's id

    /// Calls `work` on worker 0 and waits for its end. Throws what it throws.
    /// Errors: throws boost::system::system_error with Errc::stopped if the server does not run, or stops before.
    void perform(std::function<void()> work);

    /// Waits until no connection is open. Returns false if `limit` passed first.
    bool wait_until_empty(Duration limit) const;

private:
    ServerOptions options_;
    Handler handler_;
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::net
