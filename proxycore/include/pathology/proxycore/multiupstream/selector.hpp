// The selector of `--mode multiupstream:FOLDER`: routes by the decisions of a Balancer.
//
//     auto selector = std::make_shared<multiupstream::Selector>(configuration);
//     proxy.set_selector(selector);
//     …
//     log(to_text(selector->statistics()));                // on the thread of the proxy
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/addons/log_entry.hpp>
#include <pathology/proxycore/multiupstream/balancer.hpp>
#include <pathology/proxycore/multiupstream/shared_state.hpp>
#include <pathology/proxycore/upstream/selector.hpp>
#include <string>
#include <unordered_map>
#include <vector>

namespace pathology::proxycore::multiupstream {

namespace asio = boost::asio;

struct SelectorSettings {
    BalancerSettings balancer{};
    /// What a target gets that no rule matches: a response 502 that says so, or a direct connection.
    enum class NoMatch : std::uint8_t { refuse, direct } no_match = NoMatch::refuse;
    /// So many other upstreams get a request of which nothing was sent. Within the affinity of a WebSocket, none does.
    std::uint32_t max_retries = 5;
    /// Attaches an Explanation to each flow, and logs it at debug. It lists every candidate, each time.
    bool explains = false;
};

class SharedChoice;

/// One for a listener, for all of its clients.
///
/// Thread: that of the proxy.
class Selector final : public upstream::Selector {
public:
    using Log = std::function<void(addons::LogLevel, std::string)>;

    /// `log` gets failures of upstreams, and what no upstream was found for.
    explicit Selector(Configuration configuration, SelectorSettings settings = {}, Log log = {});
    ~Selector() override;

    asio::awaitable<upstream::Route> select(upstream::RouteRequest const& request) override;
    std::optional<upstream::Route> select_now(upstream::RouteRequest const& request) override;
    asio::awaitable<std::optional<upstream::Route>> select_again(
        upstream::RouteRequest const& request, std::vector<upstream::FailedRoute> const& failed) override;
    void on_joined(upstream::RouteUse const& use, flow::HttpFlow& flow) override;
    void on_chosen(upstream::RouteUse const& use) override;
    void on_connected(upstream::RouteUse const& use, Latency latency) override;
    void on_failed(upstream::RouteUse const& use, layers::Failure const& why, Latency elapsed) override;
    void on_released(upstream::RouteUse const& use) override;
    void on_websocket_opened(upstream::RouteUse const& use) override;
    void on_websocket_closed(upstream::RouteUse const& use) override;
    void on_client_gone(flow::Client const& client) override;

    /// From now on requests of clients that have used no upstream yet wait for the state, as long as it is available.
    /// Several selectors may have the same one.
    void share(std::shared_ptr<SharedState> state);

    /// The result of an active check, for the Balancer and for what is shared. Returns whether a rest ended.
    bool on_check_succeeded(UpstreamId id, Latency latency);
    /// Returns whether a rest began.
    bool on_check_failed(UpstreamId id, Failure const& failure);

    /// Replaces the configuration. Open connections stay, and with them what clients have been using, where an upstream
    /// has the same name and hops as before.
    ReloadReport reload(Configuration configuration);

    Balancer& balancer() { return balancer_; }
    Statistics statistics() const;

    /// What select() found for the flow; nullptr if the settings want no explanations, or an addon chose the route.
    static std::shared_ptr<Explanation const> explanation_of(flow::Flow const& flow);

private:
    struct Use;
    class Routes;

    upstream::Route choose(upstream::RouteRequest const& request, std::optional<Agreement> const& agreed);
    upstream::Route refuse(upstream::RouteRequest const& request, Decision const& decision, Explanation const& why);
    void record(flow::HttpFlow* flow, std::shared_ptr<Explanation const> explanation) const;
    void log(addons::LogLevel level, std::string text) const;

    SelectorSettings settings_;
    Log log_;
    Balancer balancer_;
    std::unique_ptr<Routes> routes_;
    std::unique_ptr<SharedChoice> shared_;  // nullptr = the selector decides alone
};

}  // namespace pathology::proxycore::multiupstream
