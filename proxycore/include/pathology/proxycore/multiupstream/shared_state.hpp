// What several proxies with the same upstreams know together: which upstream a client has been using, and which rest.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <pathology/proxycore/flow/id.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::multiupstream {

/// What clients of one address have been using for one target. The name is at most 350 bytes long.
struct SharedAffinity {
    std::string name;           ///< `192.0.2.1 example.com:443`, of WebSockets without the port
    bool is_websocket = false;  ///< it ends with the last WebSocket of all proxies
    bool operator==(SharedAffinity const&) const = default;
};

/// An upstream that does not get requests.
struct SharedRest {
    std::string upstream;  ///< its fingerprint
    std::chrono::milliseconds remaining{};
};

/// What the proxies know at one time.
struct SharedView {
    std::string upstream;  ///< the fingerprint of what is used for the affinity; empty = none
    std::vector<SharedRest> rests;
};

/// Upstreams are named by fingerprints, 16 hexadecimal digits of name and hops without passwords.
///
/// Errors: none. What the state does not tell in time is std::nullopt, and the proxy decides alone then.
/// Cancel: terminal; what was told to the state may have an effect all the same.
/// Thread: the event loop of the proxy. Nothing blocks.
class SharedState {
public:
    SharedState() = default;
    SharedState(SharedState const&) = delete;
    SharedState& operator=(SharedState const&) = delete;
    virtual ~SharedState() = default;

    /// False: look_up() and claim() return std::nullopt at once.
    virtual bool is_available() const = 0;
    /// std::nullopt as `affinity`: the rests alone.
    virtual boost::asio::awaitable<std::optional<SharedView>> look_up(std::optional<SharedAffinity> affinity) = 0;
    /// Binds the affinity to `upstream`, unless it is bound to another one than `replaced`. Returns what it is bound to.
    virtual boost::asio::awaitable<std::optional<std::string>> claim(SharedAffinity affinity, std::string upstream,
                                                                     std::string replaced) = 0;

    /// The affinity ends some time after nobody holds it any more, in any proxy. A client connection holds an affinity of
    /// WebSockets once for each WebSocket, another one once.
    virtual void hold(flow::Id const& client, SharedAffinity const& affinity, std::string const& upstream) = 0;
    virtual void release(flow::Id const& client, SharedAffinity const& affinity) = 0;
    /// Releases everything that the client connection holds.
    virtual void forget_client(flow::Id const& client) = 0;
    /// Ends the affinity if it is bound to this upstream.
    virtual void drop(SharedAffinity const& affinity, std::string const& upstream) = 0;

    virtual void begin_rest(std::string const& upstream, std::chrono::milliseconds length) = 0;
    virtual void end_rest(std::string const& upstream) = 0;
};

}  // namespace pathology::proxycore::multiupstream
