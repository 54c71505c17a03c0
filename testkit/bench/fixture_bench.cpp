// What a daemon costs a test that has one of its own.

#include <benchmark/benchmark.h>

#include <pathology/testkit/daemon.hpp>

namespace pathology::testkit {
namespace {

void BM_DaemonConstructedReadyDestroyed(benchmark::State& state) {
    for (auto _ : state) {
        Daemon const daemon;
        benchmark::DoNotOptimize(daemon.port());
    }
}
BENCHMARK(BM_DaemonConstructedReadyDestroyed)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace pathology::testkit
