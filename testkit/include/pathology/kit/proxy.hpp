// An intercepting proxy inside a test.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <pathology/kit/flow.hpp>
#include <pathology/kit/taken.hpp>
#include <pathology/kit/verdict.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/multiupstream/statistics.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::addons {
struct AddonHandle;
}

namespace pathology::proxycore::upstream {
class Selector;
}

namespace pathology::kit {

/// Why a proxy did not start, or which option is invalid.
class ProxyError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Reads and changes a flow; called on the thread of the proxy.
using FlowHook = std::function<void(proxycore::flow::HttpFlow& flow)>;

/// Receives what an addon threw, in a line: `kit::Proxy: addon test, in response: bad optional access`.
using ExceptionReport = std::function<void(std::string const& report)>;

void fail_on_exception(std::string const& report);  ///< fails the test
void ignore_exception(std::string const& report);   ///< log() has the line anyway

/// Every member has a default: `Proxy proxy({.mode = "socks5", .settings = {"ssl_insecure"}});`
struct ProxyOptions {
    std::string mode = "regular";            ///< as for `pathop --mode`; a free port unless it names one
    std::vector<std::string> settings = {};  ///< as for `pathop --set`, "name=value"
    FlowHook on_request = {};                ///< with the whole request; a response set here is sent to the client
    FlowHook on_response = {};               ///< with the whole response, before it is forwarded
    std::shared_ptr<proxycore::upstream::Selector> selector = {};  ///< chooses routes; nullptr: the mode does
    std::size_t flow_capacity = 500;                               ///< flows kept; the oldest are dropped
    /// Called on the thread of the proxy if one of these functions, or an addon of add(), throws. The exchange goes on.
    ExceptionReport on_exception = fail_on_exception;
};

/// Listens on a free port of 127.0.0.1, forwards requests, and records the flows.
///
///     pathology::kit::Proxy proxy({.on_response = [](auto& flow) { flow.response->status_code = 503; }});
///     my_client.use_proxy(proxy.url());
///     EXPECT_EQ(my_client.fetch(daemon.url("/")).status, 503);
///     EXPECT_THAT(proxy.take_flow(2s)->request, HasMethod("GET"));
///
/// A flow is recorded before the last byte of its response is sent: once a client has the whole response, the flow is
/// here, unless the response was streamed. Certificates for clients come from an authority that all proxies of a
/// program share.
///
/// Thread: every function may be called from any thread, but not from a hook.
/// Owns:   its threads and connections, which end with it.
class Proxy {
public:
    using Limit = std::chrono::steady_clock::duration;

    /// Starts; on return connections are accepted.
    /// Errors: throws ProxyError naming the invalid mode or option, or the address that is not available.
    explicit Proxy(ProxyOptions options = {});
    ~Proxy();
    /// The proxy runs on, with its clients and records. Of the source only assignment and destruction are allowed then.
    Proxy(Proxy&& other) noexcept;
    Proxy& operator=(Proxy&& other) noexcept;  ///< stops the proxy that was here

    // --- address ---
    std::uint16_t port() const;
    std::string address() const;  ///< "127.0.0.1:40001"
    /// "http://127.0.0.1:40001", "socks5://127.0.0.1:40001"; of a reverse proxy with the scheme of its server. No slash at
    /// the end.
    std::string url() const;
    std::string url(std::string_view path) const;  ///< url() and the path, for a reverse proxy

    // --- TLS ---
    std::string authority_pem() const;   ///< the certificate of the authority, as PEM
    std::string authority_file() const;  ///< a file with it

    // --- addons and options ---
    /// Appends an addon.
    /// Errors: throws ProxyError if its name is taken.
    void add(proxycore::addons::AddonHandle const& addon);
    /// Changes an option, "name=value", for later connections.
    /// Errors: throws ProxyError naming the option, and changes nothing.
    void set(std::string_view setting);

    // --- records ---
    /// Waits for the oldest flow not taken yet. Empty after `limit`; access throws NothingTaken then, which says what
    /// came instead.
    [[nodiscard]] Taken<Flow> take_flow(Limit limit);
    /// Waits until `n` flows are recorded, at most for `limit`. Returns all there are then, oldest first.
    [[nodiscard]] std::vector<Flow> wait_for_flows(std::size_t n, Limit limit) const;
    std::vector<Flow> flows() const;       ///< all recorded, oldest first
    std::vector<std::string> log() const;  ///< its lines: "error: …", "info: 127.0.0.1:4000: client connect"
    void forget();                         ///< drops flows, taken or not, and the log

    /// The counters of the upstream proxies as they are now, of each folder of multi-upstream mode; of a
    /// multiupstream::Selector in ProxyOptions::selector with an empty folder. After stop(), those of the end.
    std::vector<proxycore::multiupstream::FolderStatistics> upstream_statistics() const;

    std::size_t connections() const;  ///< open connections of clients
    /// Waits until every client connection was closed by either side. Fails after `limit`.
    [[nodiscard]] Verdict wait_until_idle(Limit limit) const;

    /// Closes all connections and stops listening; records are kept. The second call does nothing.
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pathology::kit
