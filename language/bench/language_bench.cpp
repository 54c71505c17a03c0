// What a spec costs from text to bytes, each step alone.

#include <benchmark/benchmark.h>

#include <pathology/language/craft.hpp>
#include <pathology/language/generator.hpp>
#include <pathology/language/http2.hpp>
#include <pathology/language/parse.hpp>
#include <pathology/language/player.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>
#include <string>

namespace pathology::language {
namespace {

constexpr std::string_view specs[] = {
    "200",
    "200:b@100",
    "404:m'Nope':h'Etag'='\"x\"':b@1k,ascii:d500",
    "200:c'text/html':h'Cache-Control'='no-store':b'<p>hello</p>':p20,1:i30,'\\r\\n':dr",
};
constexpr std::string_view request_specs[] = {"get:/", "post:'/a/b?c':uchrome:h'Accept'='*/*':b@100,digits:ir,@1"};

void BM_ParseResponse(benchmark::State& state) {
    auto const spec = specs[state.range(0)];
    for (auto _ : state) benchmark::DoNotOptimize(parse_response(spec));
    state.SetItemsProcessed(state.iterations());
    state.SetLabel(std::string(spec));
}
BENCHMARK(BM_ParseResponse)->DenseRange(0, 3);

void BM_ParseRequest(benchmark::State& state) {
    auto const spec = request_specs[state.range(0)];
    for (auto _ : state) benchmark::DoNotOptimize(parse_requests(spec));
    state.SetItemsProcessed(state.iterations());
    state.SetLabel(std::string(spec));
}
BENCHMARK(BM_ParseRequest)->DenseRange(0, 1);

void BM_ResolveAndPlan(benchmark::State& state) {
    auto const message = parse_response(specs[state.range(0)]).value();
    Settings const settings;
    Rng rng(1);
    for (auto _ : state) {
        auto const resolved = resolve(message, settings, rng);
        benchmark::DoNotOptimize(make_plan(*resolved, settings));
    }
    state.SetItemsProcessed(state.iterations());
    state.SetLabel(std::string(specs[state.range(0)]));
}
BENCHMARK(BM_ResolveAndPlan)->DenseRange(0, 3);

void BM_ParseResolveAndPlan(benchmark::State& state) {
    Settings const settings;
    Rng rng(1);
    for (auto _ : state) {
        auto const message = parse_response(specs[state.range(0)]);
        auto const resolved = resolve(*message, settings, rng);
        benchmark::DoNotOptimize(make_plan(*resolved, settings));
    }
    state.SetItemsProcessed(state.iterations());
    state.SetLabel(std::string(specs[state.range(0)]));
}
BENCHMARK(BM_ParseResolveAndPlan)->DenseRange(0, 3);

// As the daemon prepares a response, each time it is sent: resolved, planned, and in parts for flow control.
void BM_MakeHttp2Plan(benchmark::State& state) {
    Settings settings;
    settings.protocol = Protocol::http2;
    auto const message = parse_http2_responses(state.range(0) == 0 ? "200:b@100" : "200:b@64m").value().front();
    std::uint64_t seed = 0;
    for (auto _ : state) benchmark::DoNotOptimize(craft(message, settings, seed++).value());
    state.SetItemsProcessed(state.iterations());
    state.SetLabel(print(message));
}
BENCHMARK(BM_MakeHttp2Plan)->DenseRange(0, 1);

void BM_Print(benchmark::State& state) {
    auto const message = parse_response(specs[state.range(0)]).value();
    for (auto _ : state) benchmark::DoNotOptimize(print(message));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Print)->DenseRange(0, 3);

void BM_Generate(benchmark::State& state) {
    auto const type = static_cast<DataType>(state.range(0));
    std::string block(64U << 10U, '\0');
    std::uint64_t from = 0;
    for (auto _ : state) {
        generate(type, 1, from, block);
        benchmark::ClobberMemory();
        from += block.size();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(from));
    state.SetLabel(std::string(name(type)));
}
BENCHMARK(BM_Generate)->DenseRange(0, static_cast<int>(DataType::bytes));

void play(benchmark::State& state, std::string_view spec, Protocol protocol = Protocol::http1) {
    Settings settings;
    settings.protocol = protocol;
    Rng rng(1);
    auto const resolved = resolve(parse_response(spec).value(), settings, rng).value();
    auto const plan = make_plan(resolved, settings).value();
    Player player;
    std::uint64_t seed = 0;
    std::int64_t bytes = 0;
    for (auto _ : state) {
        player.start(plan, seed++);
        for (;;) {
            auto const action = player.next();
            auto const* send = std::get_if<Send>(&*action);
            if (send == nullptr) break;
            benchmark::DoNotOptimize(send->bytes.data());
            bytes += static_cast<std::int64_t>(send->bytes.size());
        }
    }
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(bytes);
    state.SetLabel(std::string(spec));
}
void BM_PlaySmall(benchmark::State& state) { play(state, "200:b@100"); }
void BM_PlayLarge(benchmark::State& state) { play(state, "200:b@64m"); }
void BM_PlayLiteral(benchmark::State& state) { play(state, "200:b'hello, world'"); }
void BM_PlayLargeInFrames(benchmark::State& state) { play(state, "200:b@64m", Protocol::http2); }
BENCHMARK(BM_PlayLargeInFrames);
BENCHMARK(BM_PlaySmall);
BENCHMARK(BM_PlayLarge);
BENCHMARK(BM_PlayLiteral);

}  // namespace
}  // namespace pathology::language
