// What a filter costs for one flow: F1 of the match table, an HTTP exchange with a short body.
#include <benchmark/benchmark.h>

#include <pathology/proxycore/filter/filter.hpp>
#include <pathology/proxycore/filter/flow_subject.hpp>

#include "filter/sample_flows.hpp"

namespace pathology::proxycore::filter {
namespace {

void BM_Match(benchmark::State& state, char const* text) {
    auto const filter = Filter::parse(text).value();
    auto const flows = make_sample_flows();
    for (auto _ : state) benchmark::DoNotOptimize(filter.matches(FlowSubject(*flows[0])));
}
BENCHMARK_CAPTURE(BM_Match, status, "~c 404");
BENCHMARK_CAPTURE(BM_Match, method, "~m GET");
BENCHMARK_CAPTURE(BM_Match, url, "~u x");
BENCHMARK_CAPTURE(BM_Match, request_header, "~hq x-test");
BENCHMARK_CAPTURE(BM_Match, body, "~b needle");
BENCHMARK_CAPTURE(BM_Match, anchor, "~m POST & ~u /pay & ~hq X-Test");

void BM_Parse(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(Filter::parse("~m POST & ~u /pay & ~hq X-Test"));
}
BENCHMARK(BM_Parse);

}  // namespace
}  // namespace pathology::proxycore::filter
