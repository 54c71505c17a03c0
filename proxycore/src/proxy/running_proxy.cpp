// A proxy from its start to its stop:
//
//     constructor   settings from options, TLS, one listener for each mode; nothing runs
//     start()       net::Server binds and starts its thread ─▶ begin(): addon hooks, timer ─▶ welcome(): log
//     serve()       one coroutine for each connection
//     follow()      an option has changed: new settings for new connections
//     stop()        net::Server closes listeners and connections ─▶ end(): timer, replays, addon hooks
//
// Everything except start(), stop() and the counters runs on the thread of net::Server.

#include "proxy/running_proxy.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/run_on_loop.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/errors.hpp>
#include <utility>

#include "layers/exchange/replay.hpp"
#include "layers/layers.hpp"
#include "proxy/multi_upstream_settings.hpp"
#include "proxy/option_names.hpp"
#include "proxy/options.hpp"
#include "proxy/ourselves.hpp"
#include "thrown.hpp"

namespace pathology::proxycore::proxy {
namespace {

using namespace std::chrono_literals;
using addons::LogLevel;

constexpr auto between_ticks = 100ms;

std::shared_ptr<layers::Settings const> settings_of(addons::Options const& options) {
    options.expect_nothing_deferred();
    auto settings = std::make_shared<layers::Settings>(make_settings(options));
    if (!options.get<bool>(option::server)) settings->modes.clear();
    return settings;
}

std::vector<std::string> names_of(std::vector<modes::Mode> const& modes) {
    std::vector<std::string> names;
    names.reserve(modes.size());
    for (auto const& mode : modes) names.push_back(to_string(mode));
    return names;
}

MultiUpstreams::Log logger(addons::AddonChain& chain) {
    return [&chain](LogLevel level, std::string text) { chain.log({level, std::move(text)}); };
}

}  // namespace

RunningProxy::RunningProxy(addons::Options& options, addons::AddonChain& chain, SelectorOf selector_of)
    : options_(options),
      chain_(chain),
      first_settings_(settings_of(options)),
      mode_names_(names_of(first_settings_->modes)),
      multi_upstreams_(options, first_settings_->modes, logger(chain)),
      tls_(*first_settings_),
      services_{chain,
                tls_,
                [] { return flow::Time::clock::now(); },
                first_settings_,
                [this](Endpoint const& address) { return is_ourselves(listeners_, address); },
                with_own_selectors(std::move(selector_of))},
      server_(server_options(), [this](net::Connection connection) { return serve(std::move(connection)); }) {
    if (!multi_upstreams_.empty()) add_credentials_warning(chain);
}

RunningProxy::~RunningProxy() { stop(); }

/// A mode that has a selector of its own does not need another one.
RunningProxy::SelectorOf RunningProxy::with_own_selectors(SelectorOf selector_of) const {
    if (multi_upstreams_.empty()) return selector_of;
    return [this, given = std::move(selector_of)](modes::Mode const& mode) -> std::shared_ptr<upstream::Selector> {
        if (auto own = multi_upstreams_.of(mode)) return own;
        return given ? given(mode) : nullptr;
    };
}

net::ServerOptions RunningProxy::server_options() {
    net::ServerOptions result;
    result.listen.clear();
    for (auto const& mode : first_settings_->modes) {
        auto endpoint = modes::listen_endpoint(mode, first_settings_->listen);
        result.listen.push_back({std::move(endpoint), modes::traits_of(mode).is_redirected});
    }
    result.at_begin = [this](std::vector<Endpoint> endpoints) { return begin(std::move(endpoints)); };
    result.at_end = [this] { return end(); };
    result.on_error = [this](std::string_view line) { chain_.log({LogLevel::error, std::string(line)}); };
    result.on_long_turn = [this](std::chrono::nanoseconds busy) {
        auto const time = std::chrono::duration_cast<std::chrono::milliseconds>(busy).count();
        chain_.log({LogLevel::debug, "the event loop was busy for " + std::to_string(time) + " ms in one turn"});
    };
    if (!multi_upstreams_.empty()) result.on_hangup = [this] { multi_upstreams_.reload(); };
    return result;
}

// --- beginning and end -----------------------------------------------------------------------------------------------

void RunningProxy::start() {
    auto const started = server_.start();
    if (!started) throw ServerException(started.error().message);
    server_.perform([this] { welcome(); });
    listens_ = true;
}

/// Logs the warnings of TLS and the listeners.
void RunningProxy::welcome() {
    for (auto const& warning : tls_.warnings()) chain_.log({LogLevel::warn, warning});
    for (auto const& listener : listeners_) chain_.log({LogLevel::info, describe(listener)});
    multi_upstreams_.welcome();
    if (metrics_) chain_.log({LogLevel::info, "metrics of the upstream proxies at " + metrics_->url()});
}

/// Its thread asks this one for the counters, and makes the text itself.
void RunningProxy::make_metrics() {
    auto const where = metrics_endpoint(options_);
    if (!where) return;
    if (multi_upstreams_.empty()) {
        chain_.log({LogLevel::warn,
                    "option multiupstream_metrics: no listener is in multi-upstream mode, so there are "
                    "no metrics"});
        return;
    }
    auto const text = [this]() -> asio::awaitable<std::string> {
        auto const read = [this] { return multi_upstreams_.statistics(); };
        auto reading = async::run_on_loop(loop_, read);
        auto const statistics = co_await reading.wait();
        co_return multiupstream::to_prometheus(statistics);
    };
    auto const report = [this](std::string_view line) {
        auto const log = [this, text = std::string(line)] { chain_.log({LogLevel::error, text}); };
        async::run_on_loop(loop_, log);
    };
    metrics_.emplace(*where, text, report);
    if (auto const started = metrics_->start(); !started) {
        metrics_.reset();
        throw OptionsError("option " + std::string(option::multiupstream_metrics) + ": " + started.error().message);
    }
}

asio::awaitable<void> RunningProxy::start_chain() {
    make_metrics();
    auto const stop_metrics = [this]() -> asio::awaitable<void> {
        metrics_.reset();
        co_return;
    };
    co_await async::on_failure(chain_.start(), stop_metrics, std::nullopt);
}

asio::awaitable<void> RunningProxy::begin(std::vector<Endpoint> endpoints) {
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
        auto const& mode = first_settings_->modes[i];
        auto const wanted = modes::listen_endpoint(mode, first_settings_->listen);
        listeners_.push_back({mode, {wanted.host, endpoints[i].port}});
    }
    loop_ = co_await asio::this_coro::executor;
    co_await start_chain();
    listener_ = options_.add_listener([this](std::set<std::string> const& changed) { follow(changed); });
    ticking_.emplace(loop_);
    ticking_->start(tick_on());
    watching_.emplace(loop_);
    if (multi_upstreams_.empty()) co_return;
    watching_->start(multi_upstreams_.watch());
    multi_upstreams_.start_checks(loop_, services_);
    chain_.commands().add(multi_upstreams_.statistics_command());
}

asio::awaitable<void> RunningProxy::end() {
    co_await multi_upstreams_.stop_checks();
    for (auto* const task : {&ticking_, &watching_}) {
        (*task)->cancel();
        co_await (*task)->join();
        task->reset();
    }
    metrics_.reset();
    chain_.commands().remove("multiupstream.statistics");
    multi_upstreams_.report();
    replays_.cancel_all();
    co_await replays_.join();
    options_.remove_listener(*listener_);
    co_await async::with_timeout(services_.settings->times.stop, chain_.stop());
}

asio::awaitable<void> RunningProxy::tick_on() {
    for (;;) {
        co_await async::pause(between_ticks);
        if (chain_.wants(addons::Hook::tick)) co_await chain_.run(addons::hooks::tick);
    }
}

void RunningProxy::stop() {
    listens_ = false;
    server_.stop();
}

int RunningProxy::run_until_signal() {
    auto const signal = server_.run_until_signal();
    listens_ = false;
    return signal;
}

std::vector<Listener> RunningProxy::listeners() const { return listens_ ? listeners_ : std::vector<Listener>(); }

/// New settings are for new connections; running ones keep the old settings by a shared pointer.
void RunningProxy::follow(std::set<std::string> const& changed) {
    // An OptionsError makes Options restore the old values, since this runs as one of their listeners.
    auto settings = settings_of(options_);
    if (changed.contains(option::forwarder) || changed.contains(option::forwarder_env))
        throw OptionsError("the forwarder cannot be changed while the proxy runs");
    if (settings->modes != first_settings_->modes || settings->listen != first_settings_->listen)
        throw OptionsError("where and how the proxy listens cannot change while it runs");
    for (auto const& name : {option::multiupstream_metrics.text, option::multiupstream_check.text,
                             option::multiupstream_check_target.text})
        if (changed.contains(std::string(name)))
            throw OptionsError("option " + std::string(name) + ": cannot change while the proxy runs");
    bool const is_about_tls = std::any_of(changed.begin(), changed.end(), concerns_tls);
    if (is_about_tls) tls_.configure(*settings);
    services_.settings = std::move(settings);
}

// --- connections -----------------------------------------------------------------------------------------------------

asio::awaitable<void> RunningProxy::serve(net::Connection connection) {
    auto& stream = *connection.stream;
    auto client = std::make_shared<flow::Client>(stream.remote_endpoint(), stream.local_endpoint(), services_.now(),
                                                 chain_.flows().make_id());
    client->proxy_mode = mode_names_[connection.listener];
    layers::Context context(services_, first_settings_->modes[connection.listener], std::move(client));
    co_await serve_client(context, std::move(connection.stream), std::move(connection.original));
}

// --- replays ---------------------------------------------------------------------------------------------------------

std::future<void> RunningProxy::replay(std::shared_ptr<flow::HttpFlow> flow) {
    auto const done = std::make_shared<std::promise<void>>();
    auto future = done->get_future();
    perform([this, &flow, &done] { start_replay(std::move(flow), done); });
    return future;
}

/// Replays run in the mode of the first listener; a proxy without listeners uses regular mode.
void RunningProxy::start_replay(std::shared_ptr<flow::HttpFlow> flow, std::shared_ptr<std::promise<void>> done) {
    static modes::Mode const regular{};
    if (auto const obstacle = layers::find_obstacle_to_replay(*flow))
        throw ControlException("this flow cannot be replayed: " + *obstacle);
    auto const& modes = first_settings_->modes;
    auto const& mode = modes.empty() ? regular : modes.front();
    // The parameters live in the frame of the coroutine; captures of the lambda would be gone at its first suspension.
    auto const run = [](layers::Services& services, modes::Mode const& its_mode,
                        std::shared_ptr<flow::HttpFlow> its_flow,
                        std::shared_ptr<std::promise<void>> ended) -> asio::awaitable<void> {
        auto const notify = [ended]() -> asio::awaitable<void> {
            ended->set_value();
            co_return;
        };
        co_await async::finally(layers::replay(services, its_mode, std::move(its_flow)), notify, std::nullopt);
    };
    auto const log = [this](std::exception_ptr const& thrown) {
        if (thrown) chain_.log({LogLevel::error, "in a replay: " + message_of(thrown)});
    };
    replays_.add(loop_, run(services_, mode, std::move(flow), std::move(done)), log);
}

}  // namespace pathology::proxycore::proxy
