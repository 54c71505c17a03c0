// The connections of one client to one target, and who waits for one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/layers/http1_server.hpp>
#include <pathology/proxycore/net/stream.hpp>

#include "layers/bell.hpp"

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// What connections have in common that serve the same requests.
struct Target {
    flow::Address address;
    bool is_secure = false;
    std::optional<flow::ServerSpec> via{};
    bool is_tunnel = false;  ///< through `via`, which does not read the requests
    bool operator==(Target const&) const = default;
};

class Lane;

/// A connection that is open. At most one of the two is there: none while a request is at work on it.
struct Link {
    Lane& lane;
    std::shared_ptr<flow::Server> record;
    std::unique_ptr<net::Stream> raw{};         ///< opened ahead, not used yet
    std::unique_ptr<Http1Server> connection{};  ///< idle between two requests

    bool is_idle() const { return raw != nullptr || connection != nullptr; }
};

/// Connections to one target: at most so many at once; who comes too late waits in a queue.
class Lane {
public:
    Lane(Target its_target, std::size_t most) : target(std::move(its_target)), most_(most) {}
    Lane(Lane const&) = delete;
    Lane& operator=(Lane const&) = delete;

    Link& add(std::shared_ptr<flow::Server> record);
    /// Takes a link out; somebody may open another one.
    void remove(Link& link);
    /// Null when there is none.
    Link* find_idle();
    Link* find(flow::Server const& record);
    std::list<Link>& links() { return links_; }

    bool has_room() const { return links_.size() + opening_ < most_; }
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

private:
    std::size_t most_;
    std::size_t opening_ = 0;
    std::list<Link> links_;  // they stay where they are in memory
    std::list<Bell*> waiting_;
};

}  // namespace pathology::proxycore::layers
