// An intercepting proxy inside a test.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/testkit/flow.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::addons {
struct AddonHandle;
}

namespace pathology::testkit {

/// Why a proxy did not start, or refused an option; what() names it.
class ProxyError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Looks at a flow, and changes it; called on the proxy's thread.
using FlowHook = std::function<void(proxycore::flow::HttpFlow& flow)>;

/// A plain value; every member may be left out: `Proxy proxy({.mode = "socks5", .settings = {"ssl_insecure"}});`
struct ProxyOptions {
    std::string mode = "regular";  ///< as `pathop --mode` takes it; the port is a free one unless it names one
    std::vector<std::string> settings = {};  ///< options as `pathop --set` takes them, "name=value"
    FlowHook on_request = {};                ///< the request is whole; a response set here is the answer
    FlowHook on_response = {};               ///< the response is whole, and not sent on yet
    std::size_t flow_capacity = 500;         ///< flows kept; older ones fall out
};

/// Listens on a free port of 127.0.0.1, passes on what clients ask for, and remembers it.
///
///     pathology::testkit::Proxy proxy({.on_response = [](auto& flow) { flow.response->status_code = 503; }});
///     my_client.use_proxy(proxy.url());
///     EXPECT_EQ(my_client.fetch(daemon.url("/")).status, 503);
///     EXPECT_THAT(proxy.take_flow(2s)->request, HasMethod("GET"));
///
/// A flow is remembered before the last byte of its answer is sent: a client that has seen the whole answer finds it
/// here, unless the answer was streamed. Certificates for clients come from an authority that all proxies of a program
/// share, and that ends with the program.
///
/// Thread: every function may be called from any thread, but not from a hook.
/// Owns:   its threads and connections; they end with it.
class Proxy {
public:
    using Limit = std::chrono::steady_clock::duration;

    /// Starts; on return connections are accepted.
    /// Errors: ProxyError naming the mode, the option, or the address that cannot be had.
    explicit Proxy(ProxyOptions options = {});
    ~Proxy();
    Proxy(Proxy const&) = delete;
    Proxy& operator=(Proxy const&) = delete;

    // --- where it is ---
    std::uint16_t port() const;
    std::string address() const;                   ///< "127.0.0.1:40001"
    std::string url() const;                       ///< "http://127.0.0.1:40001"; no slash at the end
    std::string url(std::string_view path) const;  ///< url() and the path: what a reverse proxy is asked for

    // --- whom to trust ---
    std::string authority_pem() const;   ///< the certificate of the authority, as PEM
    std::string authority_file() const;  ///< the name of a file that holds it

    // --- what it does ---
    /// Puts an addon behind those there are.
    /// Errors: ProxyError for a name that is taken.
    void add(proxycore::addons::AddonHandle const& addon);
    /// Changes an option, "name=value", for connections from now on.
    /// Errors: ProxyError naming the option; nothing is changed.
    void set(std::string_view setting);

    // --- what passed ---
    /// Waits for the oldest flow that was not taken yet; nothing when `limit` passed first.
    [[nodiscard]] std::optional<Flow> take_flow(Limit limit);
    /// Waits until `n` flows are remembered and gives them, oldest first; when `limit` passes first, those there are.
    [[nodiscard]] std::vector<Flow> wait_for_flows(std::size_t n, Limit limit) const;
    std::vector<Flow> flows() const;       ///< all that are remembered, oldest first
    std::vector<std::string> log() const;  ///< its lines: "error: …", "info: 127.0.0.1:4000: client connect"
    void forget();                         ///< flows, taken or not, and the log

    std::size_t connections() const;  ///< of clients, open now
    /// Waits until every client's connection was closed, by either side.
    [[nodiscard]] testing::AssertionResult wait_for_silence(Limit limit) const;

    /// Ends all connections and stops listening; what passed stays. Does nothing the second time.
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pathology::testkit
