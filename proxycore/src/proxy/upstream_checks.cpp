#include "proxy/upstream_checks.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/console/units.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <utility>
#include <vector>

#include "multiupstream/failure_cause.hpp"
#include "upstream/route_connector.hpp"

namespace pathology::proxycore::proxy {
namespace {

using addons::LogLevel;
using multiupstream::Cause;

auto now() { return std::chrono::steady_clock::now(); }

}  // namespace

/// One attempt, by values: a reload may remove the upstream meanwhile.
struct UpstreamChecks::Connection {
    std::string name;
    std::vector<tunnel::Hop> hops;
    std::shared_ptr<flow::Server> server;
    std::optional<layers::Failure> failure{};
};

UpstreamChecks::UpstreamChecks(std::shared_ptr<multiupstream::Selector> selector, CheckSettings settings, Log log)
    : selector_(std::move(selector)),
      settings_(std::move(settings)),
      log_(std::move(log)),
      no_addons_(no_options_, [](addons::LogEntry const&) {}) {
    follow();
}

// --- when ------------------------------------------------------------------------------------------------------------

void UpstreamChecks::follow() {
    auto const ids = selector_->balancer().ids();
    std::unordered_set<UpstreamId> added(ids.begin(), ids.end());
    std::erase_if(failing_, [&](auto const& entry) { return !added.contains(entry.first); });
    std::erase_if(due_, [&](auto const& entry) { return added.erase(entry.second) == 0; });
    auto const begin = now();
    std::size_t position = 0;
    for (auto const id : ids)
        if (added.contains(id)) due_.emplace(begin + settings_.interval * position++ / added.size(), id);
    changed_.notify();
}

asio::awaitable<void> UpstreamChecks::run(layers::Services& services) {
    auto const stop = [this]() -> asio::awaitable<void> {
        tasks_.cancel_all();
        co_await tasks_.join();
    };
    co_await async::finally(run_all(services), stop, std::nullopt);
}

asio::awaitable<void> UpstreamChecks::run_all(layers::Services& services) {
    auto const loop = co_await asio::this_coro::executor;
    for (;;) {
        co_await wait_for_next();
        auto const [due, id] = *due_.begin();
        due_.erase(due_.begin());
        due_.emplace(std::max(due + settings_.interval, now()), id);
        if (running_.insert(id).second) tasks_.add(loop, check(services, id));
    }
}

/// Returns when a check is due and may begin.
asio::awaitable<void> UpstreamChecks::wait_for_next() {
    for (;;) {
        bool const may_begin = !due_.empty() && running_.size() < settings_.max_running;
        auto const left = may_begin ? due_.begin()->first - now() : Time::duration(0);
        if (may_begin && left.count() <= 0) co_return;
        auto waiting = changed_.wait();
        co_await async::with_timeout(may_begin ? async::TimeLimit(left) : std::nullopt, std::move(waiting));
    }
}

// --- one check -------------------------------------------------------------------------------------------------------

asio::awaitable<void> UpstreamChecks::check(layers::Services& services, UpstreamId id) {
    struct Place {
        UpstreamChecks& checks;
        UpstreamId id;
        ~Place() {
            checks.running_.erase(id);
            checks.changed_.notify();
        }
    } const place{*this, id};
    auto const* const checked = selector_->balancer().upstream(id);
    if (checked == nullptr) co_return;
    Connection connection{checked->name, checked->hops, std::make_shared<flow::Server>(settings_.target)};
    auto const begin = now();
    auto connecting = connect(services, connection);
    auto const limit = services.settings->times.connect;
    auto const done = co_await async::with_timeout(limit, std::move(connecting));
    // A connection that is cancelled may have failed in order.
    auto const state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return;
    if (!done) {
        connection.failure = upstream::unreachable("Upstream proxy " + connection.name + ": no connection within " +
                                                   console::format(limit));
        bool const is_reached = connection.server->timestamp_tcp_setup.has_value();
        connection.failure->proxy_fault = is_reached ? layers::ProxyFault::closed : layers::ProxyFault::timed_out;
    }
    report(id, connection, now() - begin);
}

/// Returns true; whether it is connected is in `connection`.
asio::awaitable<bool> UpstreamChecks::connect(layers::Services& services, Connection& connection) {
    layers::Services quiet{no_addons_, services.tls, services.now, services.settings, services.is_ourselves};
    modes::Mode const mode{};
    layers::Context context(quiet, mode, std::make_shared<flow::Client>());
    upstream::RouteConnector connector(context, *connection.server, &connection.hops.front());
    auto const& last = connection.hops.back().address;
    auto const target = settings_.target.value_or(last);
    auto const extent = settings_.target ? tunnel::Extent::target : tunnel::Extent::last_hop;
    auto stream = co_await connector.connect(connection.hops, target, extent);
    if (!stream) connection.failure = std::move(stream.error());
    co_return true;
}

void UpstreamChecks::report(UpstreamId id, Connection const& connection, std::chrono::nanoseconds elapsed) {
    if (selector_->balancer().upstream(id) == nullptr) return;  // removed meanwhile
    if (!connection.failure) return on_passed(id, connection.name, selector_->on_check_succeeded(id, elapsed));
    auto const& why = *connection.failure;
    auto const cause = multiupstream::cause_of(why).value_or(Cause::other);
    on_failed(id, why.message, selector_->on_check_failed(id, {cause, why.message, elapsed}));
}

// --- the log ---------------------------------------------------------------------------------------------------------

void UpstreamChecks::on_passed(UpstreamId id, std::string const& name, bool has_rested) {
    bool const has_failed = failing_.erase(id) > 0;
    if (has_failed || has_rested)
        log_(LogLevel::info, "upstream proxy " + http::terminal_text(name) + " passes its checks again");
}

void UpstreamChecks::on_failed(UpstreamId id, std::string const& why, bool rests) {
    auto const [known, is_new] = failing_.try_emplace(id, false);
    bool const begins_to_rest = rests && !std::exchange(known->second, true);
    if (!is_new && !begins_to_rest) return;
    log_(LogLevel::warn, "check failed: " + http::terminal_text(why) + (rests ? "; the upstream proxy rests" : ""));
}

}  // namespace pathology::proxycore::proxy
