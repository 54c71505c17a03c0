// Forwards each request through the proxy that a backend chooses for it, if its user may use it and its URL is not on the
// backend's blacklist, and reports it to the backend. doc/forwarder.md has the interface of the backend.
//
//     requestheaders   token? ─ no ─▶ 401        URL blocked? ─ yes ─▶ 403
//          │
//        select        a slot ─ none in time ─▶ 504        GET /proxy ─▶ 401, 403, 502, 504, or the route
//          │
//     response, error  the slot is released ─▶ POST /activity
//
//     auto const forwarder = std::make_shared<forwarder::Forwarder>(forwarder::read_settings(…));
//     proxy.options().apply({{"connection_strategy", "lazy"}, {"upstream_cert", "false"}});
//     proxy.addons().add(forwarder, addons::Place::after("revocations"));      // before those that print or keep flows
//     proxy.set_selector(forwarder);
//
// A proxy::Proxy does this by itself if its option `forwarder` is set.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/forwarder/settings.hpp>
#include <pathology/proxycore/upstream/selector.hpp>
#include <set>
#include <string>

namespace pathology::proxycore::forwarder {

/// An addon and a selector, which belong together.
///
/// Tokens: while the addon is loaded, outputs show `Authorization` and `Proxy-Authorization` of requests as `Bearer ***`.
///         The target does not get the user's token unless Settings::forwards_token; in the flow the field is there again
///         from the hooks `response` and `error` on.
/// Thread: the event loop of the proxy.
/// Owns:   its connections to the backend, until `done`.
class Forwarder final : public addons::Addon, public upstream::Selector {
public:
    /// The warnings are logged when the addon runs.
    /// Errors: throws OptionsError if the trusted authorities cannot be read.
    explicit Forwarder(LoadedSettings loaded);
    ~Forwarder() override;

    /// What it does now. Thread: see above.
    struct Statistics {
        std::size_t forwarded = 0;             ///< requests that have a slot
        std::size_t waiting = 0;               ///< requests that wait for one
        std::size_t patterns = 0;              ///< of the blacklist
        std::uint64_t dropped_activities = 0;  ///< because the backend took them too slowly
    };
    Statistics statistics() const;

    // --- the addon ---
    std::string name() const override { return "forwarder"; }
    void load(addons::Host& host) override;
    /// Errors: throws OptionsError if connections to servers may be opened before a request.
    void configure(addons::Options const& options, std::set<std::string> const& changed) override;
    boost::asio::awaitable<void> running() override;
    boost::asio::awaitable<void> done() override;
    boost::asio::awaitable<void> http_connect(flow::HttpFlow& flow) override;
    boost::asio::awaitable<void> requestheaders(flow::HttpFlow& flow) override;
    boost::asio::awaitable<void> responseheaders(flow::HttpFlow& flow) override;
    boost::asio::awaitable<void> response(flow::HttpFlow& flow) override;
    boost::asio::awaitable<void> error(flow::HttpFlow& flow) override;
    boost::asio::awaitable<void> websocket_end(flow::HttpFlow& flow) override;
    boost::asio::awaitable<void> server_disconnected(addons::ServerConnectionData& data) override;

    // --- the selector ---
    boost::asio::awaitable<upstream::Route> select(upstream::RouteRequest const& request) override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::forwarder
