// The proxy as an object: options, addons, listeners.
//
//     proxy::Proxy proxy;
//     proxy.options().apply({{"mode", "reverse:http://localhost:8000"}, {"listen_port", "0"}});
//     proxy.addons().add(std::make_shared<Greeter>());
//     proxy.start();                                      // proxy.port() accepts
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <pathology/proxycore/addons/chain.hpp>
#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/modes/mode.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/upstream/selector.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::multiupstream {
struct FolderStatistics;  // multiupstream/statistics.hpp
}

namespace pathology::proxycore::proxy {

/// A listener could not start.
class ServerException : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// A mode and the address that it listens on.
struct Listener {
    modes::Mode mode;
    Endpoint endpoint;
};

/// `HTTP(S) proxy listening at *:8080.`
std::string describe(Listener const& listener);

/// A proxy with the standard addons. All connections and addons run on one thread of its own.
///
/// Thread: start(), stop(), run_until_signal(), wait_until_empty(), perform() and const functions may be called from
///         any thread, the first five not from an addon. Options and addons belong to the caller before start(), then
///         to the proxy's thread: see perform().
class Proxy {
public:
    /// `sink` gets each line of the log, on the thread that logs it; empty = the log is discarded.
    explicit Proxy(addons::LogSink sink = {});
    ~Proxy();  ///< stop()
    Proxy(Proxy const&) = delete;
    Proxy& operator=(Proxy const&) = delete;

    addons::Options& options();
    addons::AddonChain& addons();
    /// The running and the kept flows, and their listeners. The rules for threads are those of options and addons.
    flow::Registry& flows();

    /// Chooses the routes of all requests and connections; the function chooses for each mode, and may return nullptr
    /// if the mode has a single route. To be called before start().
    /// Errors: throws ControlException if the proxy runs.
    void set_selector(std::shared_ptr<upstream::Selector> selector);
    void set_selector(std::function<std::shared_ptr<upstream::Selector>(modes::Mode const&)> selector_of);

    /// Listens, runs `configure` and `running`, and logs a line for each listener. Without the option `server` nothing
    /// listens.
    /// Errors: throws OptionsError; ServerException if it cannot listen at an address; ControlException if the proxy
    ///         runs or has run already. Nothing runs then.
    void start();

    /// Closes the listeners, ends every connection with its hooks, runs `done`, and releases the addons: a proxy runs
    /// once. Does nothing if the proxy does not run.
    void stop();

    /// For programs: waits for SIGINT, SIGTERM, SIGHUP or stop(), then stops. Returns the number of the signal, or 0.
    int run_until_signal();

    std::vector<Listener> listeners() const;             ///< empty if it does not listen
    std::uint16_t port(std::size_t listener = 0) const;  ///< 0 if it does not listen
    std::size_t connections() const;                     ///< of clients, open now
    bool wait_until_empty(net::Duration limit) const;    ///< false if one is still open after `limit`

    /// The counters of the upstream proxies of each folder of multi-upstream mode; of the last run after stop().
    /// Thread: while the proxy runs, only that of the proxy: see perform().
    std::vector<multiupstream::FolderStatistics> upstream_statistics() const;

    /// Calls `work` on the proxy's thread and waits until it returns; its exceptions are rethrown. For changes of
    /// options and addons while the proxy runs.
    void perform(std::function<void()> work);

    /// Sends the request of `flow` again through the whole stack: hooks, selector and limits, in the mode of the first
    /// listener, on a new server connection. The flow is changed in place: its response and error are replaced, and its
    /// state from before becomes its backup. The future is ready when the exchange has ended; until then the flow
    /// belongs to the proxy's thread. Not to be called on that thread.
    /// Errors: throws ControlException if the proxy does not run or the flow cannot be replayed: it is live or
    ///         intercepted, its request body was not kept, or it is a WebSocket or a tunnel (P57).
    std::future<void> replay(std::shared_ptr<flow::HttpFlow> flow);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::proxy
