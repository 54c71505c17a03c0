// What a hook costs: when no addon takes part in it, and for each one that does.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <pathology/proxycore/addons/chain.hpp>
#include <pathology/proxycore/flow/registry.hpp>

namespace pathology::proxycore::addons {
namespace {

class Idle : public Addon {
public:
    explicit Idle(std::int64_t number) : name_("idle" + std::to_string(number)) {}
    std::string name() const override { return name_; }

private:
    std::string name_;
};

class Busy final : public Idle {
public:
    using Idle::Idle;
    asio::awaitable<void> request(flow::HttpFlow& flow) override {
        benchmark::DoNotOptimize(flow.request.path.data());
        co_return;
    }
};

/// The `request` hook of a chain of as many addons as the argument says.
template <class Kind> void BM_Request(benchmark::State& state) {
    Options options;
    AddonChain chain(options, [](LogEntry const&) {});
    for (std::int64_t number = 0; number < state.range(0); ++number) chain.add(std::make_shared<Kind>(number));
    flow::HttpFlow flow(nullptr, nullptr, flow::Time{});
    asio::io_context context(1);
    auto const conversation = [&]() -> asio::awaitable<void> {
        for (auto _ : state) {
            benchmark::DoNotOptimize(&chain);
            if (chain.wants(Hook::request)) co_await chain.run(hooks::request, flow);
        }
    };
    asio::co_spawn(context, conversation, asio::detached);
    context.run();
    state.SetItemsProcessed(state.iterations());
}
/// A flow from its begin to its end, in a registry that keeps as many as the argument says; 0 = none.
void BM_LiveFlow(benchmark::State& state) {
    asio::io_context context(1);
    flow::Registry registry;
    registry.keep({.max_flows = static_cast<std::size_t>(state.range(0))});
    auto const client = std::make_shared<flow::Client>();
    auto const server = std::make_shared<flow::Server>();
    for (auto _ : state) {
        flow::LiveFlow<flow::HttpFlow> const live(registry, context.get_executor(), client, server, flow::Time{});
        live->live = true;
        if (registry.is_watched()) registry.record_change(*live);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_LiveFlow)->Arg(0)->Arg(1000);

/// What it is compared with: one that nothing but its frame owns.
void BM_PlainFlow(benchmark::State& state) {
    auto const client = std::make_shared<flow::Client>();
    auto const server = std::make_shared<flow::Server>();
    for (auto _ : state) {
        flow::HttpFlow plain(client, server, flow::Time{});
        plain.live = true;
        benchmark::DoNotOptimize(&plain);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_PlainFlow);

BENCHMARK(BM_Request<Idle>)->Arg(0)->Arg(20);
BENCHMARK(BM_Request<Busy>)->Arg(1)->Arg(8);

}  // namespace
}  // namespace pathology::proxycore::addons
