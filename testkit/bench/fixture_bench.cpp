// What a daemon or a proxy costs a test that has one of its own.

#include <benchmark/benchmark.h>

#include <pathology/kit/daemon.hpp>
#include <pathology/kit/proxy.hpp>

namespace pathology::kit {
namespace {

void BM_DaemonConstructedReadyDestroyed(benchmark::State& state) {
    for (auto _ : state) {
        Daemon const daemon;
        benchmark::DoNotOptimize(daemon.port());
    }
}
BENCHMARK(BM_DaemonConstructedReadyDestroyed)->Unit(benchmark::kMicrosecond)->UseRealTime();

/// The first one of a program makes the authority that the others share.
void BM_ProxyConstructedReadyDestroyed(benchmark::State& state) {
    for (auto _ : state) {
        Proxy const proxy;
        benchmark::DoNotOptimize(proxy.port());
    }
}
BENCHMARK(BM_ProxyConstructedReadyDestroyed)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace pathology::kit
