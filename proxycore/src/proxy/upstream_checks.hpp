// Active checks: connects to each upstream from time to time, so that one that is down is known before a request meets it,
// and one that works again is used at once.
//
//     due_ ─ first, when its time has come and a place is free ─▶ check ─▶ Balancer::check_succeeded() or check_failed()
//       ▲                                                           │
//       └───────────────────── again after the interval ◀───────────┘
//
// The first checks of upstreams that are added together are spread over one interval; later ones keep their distance.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <pathology/proxycore/addons/chain.hpp>
#include <pathology/proxycore/addons/log_entry.hpp>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/async/task_group.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/multiupstream/selector.hpp>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "layers/context.hpp"
#include "proxy/multi_upstream_settings.hpp"

namespace pathology::proxycore::proxy {

namespace asio = boost::asio;

/// Checks the upstreams of one selector. Logs when an upstream begins to fail its checks, begins to rest, or passes again.
///
/// Bounds: CheckSettings::max_running checks at a time, one of each upstream; each ends after `connect_timeout`.
/// Hooks:  none. No addon sees a check.
/// Thread: that of the proxy.
class UpstreamChecks {
public:
    using Log = std::function<void(addons::LogLevel, std::string)>;

    UpstreamChecks(std::shared_ptr<multiupstream::Selector> selector, CheckSettings settings, Log log);

    /// Checks until it is cancelled, with the settings that `services` has at the time of each check.
    asio::awaitable<void> run(layers::Services& services);
    /// The selector has another configuration: upstreams that were added are checked too, removed ones no longer.
    void follow();

private:
    using Time = multiupstream::Balancer::Time;
    using UpstreamId = multiupstream::UpstreamId;
    struct Connection;

    asio::awaitable<void> run_all(layers::Services& services);
    asio::awaitable<void> wait_for_next();
    asio::awaitable<void> check(layers::Services& services, UpstreamId id);
    asio::awaitable<bool> connect(layers::Services& services, Connection& connection);
    void report(UpstreamId id, Connection const& connection, std::chrono::nanoseconds elapsed);
    void on_passed(UpstreamId id, std::string const& name, bool has_rested);
    void on_failed(UpstreamId id, std::string const& why, bool rests);

    std::shared_ptr<multiupstream::Selector> selector_;
    CheckSettings settings_;
    Log log_;
    addons::Options no_options_;
    addons::AddonChain no_addons_;  // what checks report goes nowhere
    std::multimap<Time, UpstreamId> due_;
    std::unordered_set<UpstreamId> running_;
    std::unordered_map<UpstreamId, bool> failing_;  // whether it rested, as of the last line of the log
    async::TaskGroup tasks_;
    async::Event changed_;  // due_ or running_
};

}  // namespace pathology::proxycore::proxy
