// The connections of one client to one target, and who waits for one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/layers/http1/server.hpp>
#include <pathology/proxycore/layers/http2/server.hpp>
#include <pathology/proxycore/net/stream.hpp>

#include "upstream/idle_monitor.hpp"

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// What connections have in common that serve the same requests.
struct Target {
    Endpoint address;
    bool is_secure = false;
    std::optional<flow::ServerSpec> via{};
    bool is_tunnel = false;      ///< through `via`, which does not read the requests
    bool is_http1_only = false;  ///< for what an HTTP/2 server did not want to take
    bool operator==(Target const&) const = default;
};

class Lane;

/// A connection that is open. At most one of the three is there: none while a request is at work on it alone.
struct Link {
    Link(Lane& its_lane, std::shared_ptr<flow::Server> its_record, asio::any_io_executor const& executor)
        : lane(its_lane), record(std::move(its_record)), watch(executor) {}
    ~Link();
    Link(Link const&) = delete;
    Link& operator=(Link const&) = delete;

    Lane& lane;
    std::shared_ptr<flow::Server> record;
    IdleWatch watch;                            ///< of `raw` or `connection`
    std::unique_ptr<net::Stream> raw{};         ///< opened ahead, not used yet
    std::unique_ptr<Http1Server> connection{};  ///< idle between two requests

    std::unique_ptr<Http2Server> shared{};  ///< by any number of requests

    bool has_room() const { return (raw && !is_gone()) || connection || (shared && shared->has_room()); }
    bool is_unused() const { return raw || connection || (shared && shared->streams() == 0); }
    /// Nobody uses it, and nobody can.
    bool is_gone() const {
        if (raw) return record->timestamp_end.has_value();
        return shared && shared->streams() == 0 && !shared->takes_requests();
    }
};

/// Connections to one target: at most so many at once; who comes too late waits in a queue.
class Lane {
public:
    Lane(Target its_target, std::size_t most) : target(std::move(its_target)), most_(most) {}
    Lane(Lane const&) = delete;
    Lane& operator=(Lane const&) = delete;

    Link& add(std::shared_ptr<flow::Server> record, asio::any_io_executor const& executor);
    /// Takes a link out; somebody may open another one.
    void remove(Link& link);
    /// One that takes a request now; one that nobody uses; one that is shared; one that is of no more use; the one of a
    /// record. Null without.
    Link* find_room();
    Link* find_unused();
    Link* find_shared();
    Link* find_gone();
    Link* find(flow::Server const& record);
    std::list<Link>& links() { return links_; }

    /// Whether another connection may be opened. One that may come to be shared is waited for.
    bool may_open() const { return links_.size() + opening_ < most_ && !(opening_ > 0 && may_share); }
    bool is_waited_for() const { return !waiting_.empty(); }
    /// Waits behind all others until `is_ready`.
    asio::awaitable<void> wait_until(std::function<bool()> is_ready);
    /// Lets the first one that waits look again; to be called when something changed.
    void wake();

    /// Keeps a place while a connection is being opened.
    class Opening {
    public:
        explicit Opening(Lane& lane) : lane_(lane) { ++lane_.opening_; }
        ~Opening() {
            --lane_.opening_;
            lane_.wake();
        }
        Opening(Opening const&) = delete;
        Opening& operator=(Opening const&) = delete;

    private:
        Lane& lane_;
    };

    Target const target;
    std::optional<Failure> failure{};  ///< why no other connection is tried
    bool may_share = false;            ///< the server may speak HTTP/2

private:
    template <class Predicate> Link* find_if(Predicate predicate);

    std::size_t most_;
    std::size_t opening_ = 0;
    std::list<Link> links_;  // they stay where they are in memory
    std::list<async::Event*> waiting_;
};

}  // namespace pathology::proxycore::layers
