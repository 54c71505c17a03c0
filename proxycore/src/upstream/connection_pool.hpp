// The connections of one client to servers: open ones for the next request, and who waits for one.
//
//                 connect                  try_use              request
//     (nothing) ───────────▶ Opening ─┬───▶ Ahead ──┬─ HTTP/1 ─▶ Idle ◀──────▶ InUse ──▶ taken over: removed
//                                     │             └─ HTTP/2 ─▶ Shared (any number of requests)
//                                     ▼                │            │
//                                   failed             ▼            ▼
//                                                      closed: removed, server_disconnected
//
// A connection belongs to the pool of its endpoint from the end of Opening to its removal.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/async/task_group.hpp>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/upstream/route.hpp>
#include <string>
#include <variant>
#include <vector>

#include "layers/http1/server.hpp"
#include "layers/http2/server.hpp"
#include "upstream/connection_events.hpp"
#include "upstream/idle_monitor.hpp"
#include "upstream/route_lease.hpp"

namespace pathology::proxycore::upstream {

/// Connections with equal keys serve the same requests.
struct EndpointKey {
    Endpoint address;
    bool is_secure = false;
    std::string tls_name{};                ///< the name that TLS asks for and verifies; empty without TLS
    flow::SharedList<tunnel::Hop> hops{};  ///< with their credentials
    bool is_tunnel = false;                ///< the last hop does not read the requests
    bool is_http1_only = false;            ///< for WebSockets that the server does not accept over HTTP/2
    /// The first proxy of the route; std::nullopt for a direct connection.
    std::optional<flow::ServerSpec> via() const {
        return hops.empty() ? std::nullopt : std::optional(spec_of(hops.front()));
    }
    bool operator==(EndpointKey const&) const = default;
};

class EndpointPool;

/// An open connection.
class PooledConnection {
public:
    struct InUse {};  ///< one HTTP/1 request has the connection
    struct Ahead {    ///< opened before a request needed it; the protocol may be settled by ALPN
        std::unique_ptr<net::Stream> stream;
    };
    struct Idle {  ///< HTTP/1 between two requests
        std::unique_ptr<layers::Http1Server> connection;
    };
    struct Shared {  ///< HTTP/2
        std::unique_ptr<layers::Http2Server> connection;
        bool is_confirmed = true;  ///< false until a server that ALPN did not ask has sent SETTINGS
    };

    PooledConnection(EndpointPool& its_endpoint, std::shared_ptr<flow::Server> its_record,
                     std::unique_ptr<net::Stream> stream, asio::any_io_executor const& executor)
        : endpoint(its_endpoint), record(std::move(its_record)), monitor(executor), state(Ahead{std::move(stream)}) {}
    ~PooledConnection();
    PooledConnection(PooledConnection const&) = delete;
    PooledConnection& operator=(PooledConnection const&) = delete;

    /// nullptr if the connection is in another state.
    net::Stream* ahead() const;
    layers::Http2Server* shared() const;
    /// Takes the stream of Ahead out.
    std::unique_ptr<net::Stream> release_stream();

    std::size_t room() const;  ///< for how many other requests, now
    bool is_available() const { return room() > 0; }
    bool is_unused() const;  ///< no request is under way
    bool is_ended() const;   ///< no request is under way and none can be

    EndpointPool& endpoint;
    std::shared_ptr<flow::Server> const record;
    IdleMonitor monitor;  ///< of Ahead and Idle
    std::variant<InUse, Ahead, Idle, Shared> state;
};

/// The connections of one key. At most `max_connections` are open or opening; further requests wait in order.
class EndpointPool {
public:
    EndpointPool(EndpointKey its_key, std::size_t max_connections)
        : key(std::move(its_key)), max_connections_(max_connections) {}
    EndpointPool(EndpointPool const&) = delete;
    EndpointPool& operator=(EndpointPool const&) = delete;

    PooledConnection& add(std::shared_ptr<flow::Server> record, std::unique_ptr<net::Stream> stream,
                          asio::any_io_executor const& executor);
    /// Destroys the connection and wakes the first waiter.
    void remove(PooledConnection& connection);

    // nullptr if there is none
    PooledConnection* find_available();
    PooledConnection* find_unused();
    PooledConnection* find_shared();
    PooledConnection* find_ended();
    PooledConnection* find(flow::Server const& record);
    std::list<PooledConnection>& connections() { return connections_; }

    /// Whether another connection may be opened. While one is opening that may speak HTTP/2, it is waited for.
    bool may_open() const { return connections_.size() + opening_ < max_connections_ && !(opening_ > 0 && may_share); }
    bool has_waiters() const { return !waiters_.empty(); }
    /// A request would not wait: it uses a connection, opens one, or fails.
    bool is_ready() { return failed_ || find_available() != nullptr || may_open(); }
    /// Waits behind all earlier waiters until is_ready().
    /// Cancel: terminal; the next waiter is woken.
    asio::awaitable<void> wait_until_ready();
    /// Wakes the first waiters, as many as there may be room for; they test is_ready() again, in order. To be called
    /// whenever is_ready() may have become true. If each woke only its next one, at most one would be served in a turn of
    /// the loop, and an HTTP/2 connection with room for a hundred would get requests one by one.
    void wake();

    /// A place in the order of those that wait, until it is destroyed; then the next waiter is woken.
    class Place {
    public:
        /// `event` is notified when this place is the first and is_ready() may have become true.
        Place(EndpointPool& endpoint, async::Event& event)
            : endpoint_(endpoint), own_(endpoint.waiters_.insert(endpoint.waiters_.end(), &event)) {}
        ~Place() {
            endpoint_.waiters_.erase(own_);
            endpoint_.wake_first();  // it may be the turn of the next one, which this one held up
        }
        Place(Place const&) = delete;
        Place& operator=(Place const&) = delete;

        bool is_first() const { return own_ == endpoint_.waiters_.begin(); }

    private:
        EndpointPool& endpoint_;
        std::list<async::Event*>::iterator own_;
    };

    /// Counts a connection that is being opened.
    class Opening {
    public:
        explicit Opening(EndpointPool& endpoint) : endpoint_(endpoint) { ++endpoint_.opening_; }
        ~Opening() {
            --endpoint_.opening_;
            endpoint_.wake();
        }
        Opening(Opening const&) = delete;
        Opening& operator=(Opening const&) = delete;

    private:
        EndpointPool& endpoint_;
    };

    /// Opening a connection failed now: for the requests that began before, which waited for its end.
    void fail(Failure why, flow::Time now) { failed_ = Failed{std::move(why), now}; }
    /// The failure for a request that began at that time; nullptr if there is none. A later request tries again, so the
    /// failure is forgotten.
    Failure const* failure_for(flow::Time begun);

    EndpointKey const key;
    bool may_share = false;              ///< the server may speak HTTP/2
    std::optional<bool> speaks_http2{};  ///< without TLS, by prior knowledge (RFC 9113 §3.3); known after one attempt

private:
    struct Failed {
        Failure why;
        flow::Time at;
    };
    template <class Predicate> PooledConnection* find_if(Predicate predicate);
    void wake_first();

    std::optional<Failed> failed_{};
    std::size_t max_connections_;
    std::size_t opening_ = 0;
    std::list<PooledConnection> connections_;  // others hold references
    std::list<async::Event*> waiters_;
};

/// All endpoints of one client, and the records of all connections that may be open, pooled or not. Connections are
/// found by the id of a record, so that of a flow will do.
class ConnectionPool {
public:
    ConnectionPool(ConnectionEvents& events, std::size_t max_connections_per_endpoint)
        : events_(events), max_connections_(max_connections_per_endpoint) {}

    /// Makes the pool of an endpoint if there is none.
    EndpointPool& at(EndpointKey const& key);
    PooledConnection* find(flow::Server const& record);
    void drop_ended(EndpointPool& endpoint);
    /// Drops an unused connection if too many endpoints have one. The one of `kept` stays.
    void make_room(flow::Server const& kept);
    /// Closes the connection; server_disconnected runs in the background.
    void drop(PooledConnection& connection);
    /// The end of a connection that stays in the pool because its input was not read yet.
    void report_end(std::shared_ptr<flow::Server> const& record);
    /// A shared connection accepts another stream again, or has ended. Called from inside the connection.
    void handle_change(PooledConnection& connection);

    /// Registers the record of a connection that is being opened. `place` lasts until forget(), `lease` until that or
    /// drop_lease().
    void add(std::shared_ptr<flow::Server> record, std::shared_ptr<RouteLease> lease, std::shared_ptr<void> place);
    /// Returns the registered record of the connection; nullptr if it is not registered any more.
    std::shared_ptr<flow::Server> forget(flow::Server const& record);
    /// A request has a lease of its own.
    void drop_lease(flow::Server const& record);
    /// The route of a registered record; nullptr without a selector.
    std::shared_ptr<RouteUse const> use_of(flow::Server const& record) const;

    /// To be called before the first add().
    void set_executor(asio::any_io_executor executor) { executor_ = std::move(executor); }
    asio::any_io_executor const& executor() const { return *executor_; }

    /// Closes everything, and waits for the hooks in the background.
    asio::awaitable<void> close_all();

private:
    struct Open {
        std::shared_ptr<flow::Server> record;
        std::shared_ptr<RouteLease> lease;
        std::shared_ptr<RouteUse const> use;
        std::shared_ptr<void> place;  ///< among the connections for the client's address
    };

    asio::awaitable<void> close_shared();
    asio::awaitable<void> drop_if_unused(std::shared_ptr<flow::Server> record);
    void run_in_background(asio::awaitable<void> work);

    ConnectionEvents& events_;
    std::size_t max_connections_;
    std::list<EndpointPool> endpoints_;
    std::vector<Open> open_;
    std::optional<asio::any_io_executor> executor_;
    async::TaskGroup background_;
    bool is_closing_ = false;
};

}  // namespace pathology::proxycore::upstream
