// The public handle of a proxy: options and addons, which exist before it starts and after it stopped, and the running
// part.
//
//      constructed ─▶ options, addons ─▶ start() ─▶ running ─▶ stop() ─▶ stopped, not started again
//
// Any thread may call it. start() holds the mutex; other calls take a reference by now() and wait without it.

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <mutex>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/multiupstream/statistics.hpp>
#include <pathology/proxycore/proxy/proxy.hpp>
#include <utility>

#include "addons/block.hpp"
#include "addons/onboarding.hpp"
#include "addons/proxy_auth.hpp"
#include "addons/revocations.hpp"
#include "proxy/forwarding.hpp"
#include "proxy/option_names.hpp"
#include "proxy/options.hpp"
#include "proxy/running_proxy.hpp"

namespace pathology::proxycore::proxy {
namespace {

constexpr std::size_t workers_for_hooks = 4;

addons::LogSink or_nobody(addons::LogSink sink) {
    if (sink) return sink;
    return [](addons::LogEntry const&) {};
}

}  // namespace

std::string describe(Listener const& listener) {
    return modes::describe(listener.mode) + " listening at " + listening_text(listener.endpoint) + ".";
}

struct Proxy::State {
    explicit State(addons::LogSink sink)
        : workers(workers_for_hooks), chain(options, or_nobody(std::move(sink)), workers.get_executor()) {
        declare_options(options);
        chain.on_stop([this] { stop_soon(); });
        // The order of the calls: an address is checked before credentials, and credentials before the site responds.
        chain.add(std::make_shared<addons::Block>());
        chain.add(std::make_shared<addons::ProxyAuth>());
        auto const authority = [this] { return serving->authority(); };
        chain.add(std::make_shared<addons::Onboarding>(authority));
        chain.add(std::make_shared<addons::Revocations>(authority));
    }

    /// stop() joins the thread of the proxy and takes the mutex of start(). An addon runs on that thread, maybe inside
    /// start(), so a worker has to call it.
    void stop_soon() {
        boost::asio::post(workers, [this] {
            if (auto const running_now = now()) running_now->stop();
        });
    }

    /// Of the embedder, or the forwarder by its option.
    RunningProxy::SelectorOf selector() {
        if (!options.get<bool>(option::forwarder)) return selector_of;
        if (selector_of) throw OptionsError("option forwarder: the proxy has another selector; set one of them");
        if (chain.find("forwarder")) throw OptionsError("option forwarder: the proxy has a forwarder already");
        auto const own = make_forwarder(options, forwarder::process_environment());
        chain.add(own, addons::Place::after("revocations"));
        return [own](modes::Mode const&) { return own; };
    }

    std::shared_ptr<RunningProxy> now() const {
        std::scoped_lock const lock(mutex);
        return running;
    }

    addons::Options options;
    boost::asio::thread_pool workers;
    addons::AddonChain chain;
    std::function<std::shared_ptr<upstream::Selector>(modes::Mode const&)> selector_of;
    RunningProxy const* serving = nullptr;  // set before its thread begins, so addons may use it without the mutex
    mutable std::mutex mutex;
    std::shared_ptr<RunningProxy> running;  // under the mutex, from the first start() that succeeds
};

Proxy::Proxy(addons::LogSink sink) : state_(std::make_unique<State>(std::move(sink))) {}

Proxy::~Proxy() {
    stop();
    // stop_soon() may have posted work that uses the state.
    state_->workers.join();
}

addons::Options& Proxy::options() { return state_->options; }
addons::AddonChain& Proxy::addons() { return state_->chain; }
flow::Registry& Proxy::flows() { return state_->chain.flows(); }

void Proxy::set_selector(std::shared_ptr<upstream::Selector> selector) {
    set_selector([selector = std::move(selector)](modes::Mode const&) { return selector; });
}

void Proxy::set_selector(std::function<std::shared_ptr<upstream::Selector>(modes::Mode const&)> selector_of) {
    std::scoped_lock const lock(state_->mutex);
    if (state_->running) throw ControlException("the selector cannot change while the proxy runs");
    state_->selector_of = std::move(selector_of);
}

void Proxy::start() {
    std::scoped_lock const lock(state_->mutex);
    if (state_->running) throw ControlException("this proxy runs or has run already; make another one");
    auto running = std::make_shared<RunningProxy>(state_->options, state_->chain, state_->selector());
    // Before start(): addons run in it, and the mutex is held here.
    state_->serving = running.get();
    auto forget = [this](RunningProxy*) { state_->serving = nullptr; };
    std::unique_ptr<RunningProxy, decltype(forget)> failed(running.get(), forget);
    running->start();
    failed.release();
    state_->running = std::move(running);
}

void Proxy::stop() {
    if (auto const running = state_->now()) running->stop();
}

int Proxy::run_until_signal() {
    auto const running = state_->now();
    return running ? running->run_until_signal() : 0;
}

std::vector<Listener> Proxy::listeners() const {
    auto const running = state_->now();
    return running ? running->listeners() : std::vector<Listener>();
}

std::uint16_t Proxy::port(std::size_t listener) const {
    auto const all = listeners();
    return listener < all.size() ? all[listener].endpoint.port : std::uint16_t{0};
}

std::size_t Proxy::connections() const {
    auto const running = state_->now();
    return running ? running->connections() : 0;
}

bool Proxy::wait_until_empty(net::Duration limit) const {
    auto const running = state_->now();
    return !running || running->wait_until_empty(limit);
}

std::vector<multiupstream::FolderStatistics> Proxy::upstream_statistics() const {
    if (state_->serving == nullptr) return {};
    return state_->serving->upstream_statistics();
}

void Proxy::perform(std::function<void()> work) {
    auto const running = state_->now();
    // Nothing runs concurrently before the start.
    if (!running) return work();
    running->perform(std::move(work));
}

std::future<void> Proxy::replay(std::shared_ptr<flow::HttpFlow> flow) {
    auto const running = state_->now();
    if (!running) throw ControlException("this proxy does not run, so it cannot replay a flow");
    return running->replay(std::move(flow));
}

}  // namespace pathology::proxycore::proxy
