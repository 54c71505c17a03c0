// Listens on addresses and runs one coroutine for each connection, until it is stopped.
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

/// Where a server listens.
struct ListenOptions {
    Endpoint endpoint{"127.0.0.1", 0};  ///< host: an address or a name, empty = all interfaces; port 0 = a free one
    bool is_redirected_to = false;      ///< a firewall rule sends packets here: Connection::original is looked up
};

struct ServerOptions {
    std::vector<ListenOptions> listen{{}};  ///< none = the workers run, and nobody can connect
    unsigned threads = 1;                   ///< workers; a connection lives and dies on one
    std::size_t max_connections = 65536;    ///< at this many, further ones wait in the backlog until one leaves
    int backlog = 4096;                     ///< connections the system holds ready; it may allow fewer
    /// Run by worker 0: before the first connection is accepted, and after the last one ended. start() and stop() wait
    /// for them; what the first one throws comes out of start(), which has then not happened.
    /// at_begin gets the endpoints listened on, as Server::local_endpoint() gives them later.
    std::function<asio::awaitable<void>(std::vector<Endpoint> endpoints)> at_begin{};
    std::function<asio::awaitable<void>()> at_end{};
    /// Called by worker 0 about every 50 ms while the server runs, and once more by stop(); empty = not at all.
    std::function<void()> tick;
    /// Told, by any worker, what would else go unseen: a handler that threw, descriptors that ran out. One line, no
    /// end.
    std::function<void(std::string_view)> on_error;
};

/// An accepted connection, handed to the handler that owns it from then on.
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

/// A TCP server: connections are dealt round-robin to workers of one thread each, so that no handler needs a lock for
/// what belongs to its connection alone.
///
/// Thread: every function may be called from any thread, but stop(), run_until_signal(), wait_until_empty() and the
///         destructor not from a handler or a tick: they wait for these.
/// Owns:   its threads and connections; none outlives stop().
class Server {
public:
    /// Serves one connection; its end closes the stream. What it throws ends this connection only and is told to
    /// ServerOptions::on_error. Called on the worker; must not block.
    using Handler = std::function<asio::awaitable<void>(Connection)>;

    Server(ServerOptions options, Handler handler);
    ~Server();  ///< stop()
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    /// Binds, listens and starts the workers: on return the port accepts. A stopped server may be started again.
    /// Errors: Errc::already_started; else why the address could not be had, naming address and port.
    Result<void> start();

    /// The one way to end: accept no more, cancel (terminal) every connection's coroutine, wait until all have ended,
    /// join the workers. Does nothing on a server that does not run; callers at the same time all wait for the end.
    void stop();

    /// For programs: waits for SIGINT or SIGTERM, then stops. Gives the signal's number, 0 when stop() came first or
    /// the server does not run.
    int run_until_signal();

    /// Of one of ServerOptions::listen: the port listened on, and the whole endpoint; 0 and empty while not running.
    std::uint16_t port(std::size_t listener = 0) const;
    Endpoint local_endpoint(std::size_t listener = 0) const;
    std::size_t connections() const;  ///< open now
    std::uint64_t accepted() const;   ///< since start(); the next connection's id

    /// Calls `work` on worker 0 and waits for its end; what it throws comes out.
    /// Errors: throws boost::system::system_error with Errc::stopped when the server does not run.
    void perform(std::function<void()> work);

    /// Waits until no connection is open; false when `limit` passed first.
    bool wait_until_empty(Duration limit) const;

private:
    ServerOptions options_;
    Handler handler_;
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::net
