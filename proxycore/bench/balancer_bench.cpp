// What the choice of an upstream costs, by the number of upstreams and rules.
#include <benchmark/benchmark.h>

#include <pathology/proxycore/multiupstream/balancer.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::multiupstream {
namespace {

using Kind = Rule::Kind;

/// A rule of a kind that only the upstream with this number has.
Rule make_rule(std::string_view pattern, int number) {
    auto text = std::string(pattern);
    auto const mark = text.find('#');
    return {Kind::host_pattern, text.replace(mark, 1, std::to_string(number)), 0};
}

Configuration make_configuration(int upstreams, std::string_view pattern) {
    Configuration configuration;
    for (int number = 0; number < upstreams; ++number) {
        auto const name = "proxy" + std::to_string(number);
        auto const rule = pattern.empty() ? Rule{Kind::by_default, {}, 0} : make_rule(pattern, number);
        configuration.upstreams.push_back({name,
                                           {{.address = {name + ".test", 3128}, .name = name}},
                                           static_cast<std::uint32_t>(number % 5 + 1),
                                           {rule}});
    }
    return configuration;
}

Question ask(std::string_view host) { return {.host = host, .port = 443, .client_address = "192.0.2.1"}; }

/// Each upstream has a rule of its own; `targets` hosts are asked for in turn. More than are kept: each one is matched.
void BM_Rules(benchmark::State& state, std::string_view pattern, std::string_view host, int targets) {
    auto const upstreams = static_cast<int>(state.range(0));
    Balancer balancer(make_configuration(upstreams, pattern));
    std::vector<std::string> hosts;
    for (int i = 0; i < targets; ++i) {
        auto text = std::string(host);
        text.replace(text.find('#'), 1, std::to_string(i % upstreams));
        if (targets > upstreams) text = "n" + std::to_string(i) + text;
        hosts.push_back(std::move(text));
    }
    std::size_t next = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(balancer.choose(ask(hosts[next]), {}));
        if (++next == hosts.size()) next = 0;
    }
}
#define FOR_SIZES ->Arg(1)->Arg(10)->Arg(1000)
BENCHMARK_CAPTURE(BM_Rules, exact, "host#.test", "host#.test", 100) FOR_SIZES;
BENCHMARK_CAPTURE(BM_Rules, suffix, "*.host#.test", "www.host#.test", 100) FOR_SIZES;
BENCHMARK_CAPTURE(BM_Rules, infix, "w*host#.test", "www.host#.test", 100) FOR_SIZES;
BENCHMARK_CAPTURE(BM_Rules, suffix_not_kept, "*.host#.test", "w.host#.test", 10'000) FOR_SIZES;
BENCHMARK_CAPTURE(BM_Rules, infix_not_kept, "n*host#.test", "w.host#.test", 10'000) FOR_SIZES;

/// All upstreams are candidates.
void BM_Policy(benchmark::State& state, std::string_view policy) {
    Balancer balancer(make_configuration(static_cast<int>(state.range(0)), ""), {.policy = *parse_policy(policy)});
    for (auto _ : state) benchmark::DoNotOptimize(balancer.choose(ask("www.example.com"), {}));
}
BENCHMARK_CAPTURE(BM_Policy, weighted, "weighted") FOR_SIZES;
BENCHMARK_CAPTURE(BM_Policy, random, "random") FOR_SIZES;
BENCHMARK_CAPTURE(BM_Policy, least_connections, "least_connections") FOR_SIZES;
BENCHMARK_CAPTURE(BM_Policy, latency, "latency") FOR_SIZES;
BENCHMARK_CAPTURE(BM_Policy, hash, "hash:client") FOR_SIZES;

/// The same while one upstream rests.
void BM_PolicyWithARest(benchmark::State& state, std::string_view policy) {
    Balancer balancer(make_configuration(static_cast<int>(state.range(0)), ""), {.policy = *parse_policy(policy)});
    balancer.check_failed(balancer.ids().back(), {.cause = Cause::refused}, {});
    for (auto _ : state) benchmark::DoNotOptimize(balancer.choose(ask("www.example.com"), {}));
}
BENCHMARK_CAPTURE(BM_PolicyWithARest, weighted, "weighted") FOR_SIZES;
BENCHMARK_CAPTURE(BM_PolicyWithARest, hash, "hash:client") FOR_SIZES;

/// A client connection that has used it, among many others.
void BM_Affinity(benchmark::State& state) {
    Balancer balancer(make_configuration(10, ""));
    auto question = ask("www.example.com");
    for (int i = 0; i < state.range(0); ++i) {
        question.client.bytes = {1, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)};
        balancer.choose(question, {});
    }
    for (auto _ : state) benchmark::DoNotOptimize(balancer.choose(question, {}));
}
BENCHMARK(BM_Affinity)->Arg(1)->Arg(10'000);

/// A client connection from its first request to its end.
void BM_ClientLife(benchmark::State& state) {
    Balancer balancer(make_configuration(10, ""));
    auto question = ask("www.example.com");
    question.client.bytes = {1};
    for (auto _ : state) {
        auto const decision = balancer.choose(question, {});
        balancer.opened(*decision.id);
        balancer.released(*decision.id, question);
        balancer.client_gone(question.client);
    }
}
BENCHMARK(BM_ClientLife);

}  // namespace
}  // namespace pathology::proxycore::multiupstream
