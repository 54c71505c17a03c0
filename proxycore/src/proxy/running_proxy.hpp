// A proxy from its start to its stop.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <pathology/proxycore/addons/chain.hpp>
#include <pathology/proxycore/async/task.hpp>
#include <pathology/proxycore/async/task_group.hpp>
#include <pathology/proxycore/net/server.hpp>
#include <pathology/proxycore/proxy/proxy.hpp>
#include <vector>

#include "layers/context.hpp"
#include "layers/tls/tls_service.hpp"
#include "proxy/metrics_endpoint.hpp"
#include "proxy/multi_upstreams.hpp"

namespace pathology::proxycore::proxy {

namespace asio = boost::asio;

class RunningProxy {
public:
    using SelectorOf = std::function<std::shared_ptr<upstream::Selector>(modes::Mode const&)>;

    /// Options and chain must outlive it. Does not start anything.
    /// Errors: throws OptionsError.
    RunningProxy(addons::Options& options, addons::AddonChain& chain, SelectorOf selector_of);
    ~RunningProxy();  ///< stop()
    RunningProxy(RunningProxy const&) = delete;
    RunningProxy& operator=(RunningProxy const&) = delete;

    void start();
    void stop();
    int run_until_signal();
    std::vector<Listener> listeners() const;
    /// On the thread of the proxy, or while it does not run.
    std::vector<multiupstream::FolderStatistics> upstream_statistics() const { return multi_upstreams_.statistics(); }
    /// On the thread of the proxy.
    tls::Authority const& authority() const { return tls_.authority(); }
    std::size_t connections() const { return server_.connections(); }
    bool wait_until_empty(net::Duration limit) const { return server_.wait_until_empty(limit); }
    void perform(std::function<void()> work) { server_.perform(std::move(work)); }
    std::future<void> replay(std::shared_ptr<flow::HttpFlow> flow);

private:
    using Settings = std::shared_ptr<layers::Settings const>;

    net::ServerOptions server_options();
    SelectorOf with_own_selectors(SelectorOf selector_of) const;
    asio::awaitable<void> begin(std::vector<Endpoint> endpoints);
    asio::awaitable<void> start_chain();
    void make_metrics();
    asio::awaitable<void> end();
    asio::awaitable<void> tick_on();
    asio::awaitable<void> serve(net::Connection connection);
    void start_replay(std::shared_ptr<flow::HttpFlow> flow, std::shared_ptr<std::promise<void>> done);
    void welcome();
    void follow(std::set<std::string> const& changed);

    addons::Options& options_;
    addons::AddonChain& chain_;
    Settings const first_settings_;  // of the listeners; they do not change
    std::vector<std::string> const mode_names_;
    MultiUpstreams multi_upstreams_;
    layers::TlsService tls_;
    layers::Services services_;
    std::optional<std::size_t> listener_;  // of options_; removed at the end
    asio::any_io_executor loop_;           // from begin() on
    std::optional<async::Task> ticking_;
    std::optional<async::Task> watching_;  // of multi_upstreams_
    async::TaskGroup replays_;
    std::vector<Listener> listeners_;  // from begin() on
    std::atomic<bool> listens_ = false;
    net::Server server_;
    std::optional<MetricsEndpoint> metrics_;  // between begin() and end(), as it uses loop_
};

}  // namespace pathology::proxycore::proxy
