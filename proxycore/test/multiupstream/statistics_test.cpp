// Statistics as lines of a log and as metrics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <pathology/proxycore/multiupstream/statistics.hpp>

#include "multiupstream/upstreams.hpp"
#include "support/prometheus_text.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using namespace test;
using pathology::test::PrometheusText;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

nlohmann::json::array_t parsed(FolderStatistics const& folder) {
    nlohmann::json::array_t all;
    for (auto const& line : to_json_lines(folder)) {
        EXPECT_THAT(line, Not(HasSubstr("\n")));
        all.push_back(nlohmann::json::parse(line));
    }
    return all;
}

/// One upstream that was chosen twice and failed once, and one that is not used.
Balancer used_balancer() {
    Balancer balancer(by_weights({2, 1}));
    auto const first = balancer.ids()[0];
    balancer.choose(ask("x.com", 1), at(0s));
    balancer.choose(ask("x.com", 1), at(0s));
    balancer.opened(first);
    balancer.connected(first, 3ms, at(0s));
    balancer.connected(first, 40s, at(0s));
    balancer.failed(first, ask("x.com", 1), {.cause = Cause::tls, .detail = "no \"trust\""}, at(0s));
    balancer.retried(first);
    return balancer;
}

TEST(StatisticsLines, AreOneForEachUpstreamAndOneForTheRest) {
    auto balancer = used_balancer();
    balancer.choose(ask("x.com", 2), at(0s), balancer.ids());
    auto const lines = parsed({"config", balancer.statistics(at(0s))});
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0]["type"], "upstream");
    EXPECT_EQ(lines[0]["folder"], "config");
    EXPECT_EQ(lines[0]["name"], "a");
    EXPECT_EQ(lines[0]["chosen"], 2);
    EXPECT_EQ(lines[0]["open"], 1);
    EXPECT_EQ(lines[0]["retried"], 1);
    EXPECT_EQ(lines[0]["rests"], 1);
    EXPECT_EQ(lines[0]["health"], "resting");
    EXPECT_EQ(lines[0]["failed"], nlohmann::json::parse(R"({"TLS failed": 1})"));
    EXPECT_EQ(lines[0]["connected"]["count"], 2);
    EXPECT_EQ(lines[0]["connected"]["buckets"].size(), LatencyHistogram::bounds.size() + 1);
    EXPECT_EQ(lines[0]["connected"]["buckets"].back(), nlohmann::json::parse(R"({"count": 1})"));
    EXPECT_EQ(lines[1]["name"], "b");
    EXPECT_EQ(lines[2]["type"], "upstreams");
    EXPECT_EQ(lines[2]["unavailable"], 1);
}

TEST(StatisticsLines, HaveNoCharactersForTheTerminalAndNoPasswords) {
    Configuration configuration;
    configuration.upstreams.push_back(make_upstream("a\u202e"));
    Balancer const balancer(std::move(configuration));
    auto const lines = to_json_lines({"c\x9b\nd", balancer.statistics(at(0s))});
    EXPECT_THAT(lines[0], AllOf(HasSubstr("\\u202e"), Not(HasSubstr("\u202e")), Not(HasSubstr("\x9b")),
                                Not(HasSubstr("secret")), HasSubstr("user:***")));
    EXPECT_EQ(nlohmann::json::parse(lines[0])["name"], "a\u202e");
}

TEST(ActiveChecks, AreCountedApartFromRequests) {
    Balancer balancer(by_weights({1}));
    auto const id = balancer.ids()[0];
    EXPECT_FALSE(balancer.check_succeeded(id, 5ms, at(0s)));
    EXPECT_TRUE(balancer.check_failed(id, {.cause = Cause::refused}, at(1s)));
    EXPECT_FALSE(balancer.check_failed(id, {.cause = Cause::refused}, at(1500ms)));  // within the rest
    EXPECT_TRUE(balancer.check_succeeded(id, 5ms, at(1600ms)));
    auto const upstream = balancer.statistics(at(2s)).upstreams[0];
    EXPECT_EQ(upstream.counters.checks, 4U);
    EXPECT_EQ(upstream.counters.checks_failed, 2U);
    EXPECT_EQ(upstream.counters.failed_total(), 0U);
    EXPECT_EQ(upstream.counters.latency.total(), 0U);
    EXPECT_EQ(upstream.health.state, HealthState::available);
    EXPECT_THAT(to_text(balancer.statistics(at(2s))), HasSubstr("0 retried, 4 checks (2 failed), 5ms, available\n"));
}

TEST(ActiveChecks, ThatAreRefusedEndARest) {
    Balancer balancer(by_weights({1}));
    auto const id = balancer.ids()[0];
    balancer.check_failed(id, {.cause = Cause::refused}, at(0s));
    EXPECT_FALSE(balancer.check_failed(id, {.cause = Cause::credentials}, at(100ms)));
    EXPECT_EQ(balancer.statistics(at(100ms)).upstreams[0].health.state, HealthState::available);
}

TEST(Metrics, AreTheCounters) {
    auto const balancer = used_balancer();
    FolderStatistics const folder{"config", balancer.statistics(at(0s))};
    PrometheusText const text(to_prometheus({&folder, 1}));
    std::string const a = R"({folder="config",upstream="a"})", b = R"({folder="config",upstream="b"})";
    EXPECT_EQ(text.value("pathop_upstream_chosen_total" + a), 2);
    EXPECT_EQ(text.value("pathop_upstream_chosen_total" + b), 0);
    EXPECT_EQ(text.value("pathop_upstream_open" + a), 1);
    EXPECT_EQ(text.value("pathop_upstream_retried_total" + a), 1);
    EXPECT_EQ(text.value("pathop_upstream_resting" + a), 1);
    EXPECT_EQ(text.value("pathop_upstream_available" + a), 0);
    EXPECT_EQ(text.value("pathop_upstream_resting" + b), 0);
    EXPECT_EQ(text.value("pathop_upstream_available" + b), 1);
    EXPECT_EQ(text.value("pathop_upstream_rests_total" + a), 1);
    EXPECT_EQ(text.value("pathop_upstream_checks_total" + a), 0);
    EXPECT_EQ(text.value("pathop_upstream_weight" + a), 2);
    EXPECT_EQ(text.value(R"(pathop_upstream_failed_total{folder="config",upstream="a",cause="tls_failed"})"), 1);
    EXPECT_EQ(text.value(R"(pathop_upstream_failed_total{folder="config",upstream="a",cause="timed_out"})"), 0);
    EXPECT_EQ(text.value(R"(pathop_upstream_unmatched_total{folder="config"})"), 0);
    EXPECT_EQ(text.type_of("pathop_upstream_open"), "gauge");
    EXPECT_EQ(text.type_of("pathop_upstream_chosen_total"), "counter");
}

TEST(Metrics, HaveCumulativeBucketsInSeconds) {
    auto const balancer = used_balancer();
    FolderStatistics const folder{"config", balancer.statistics(at(0s))};
    PrometheusText const text(to_prometheus({&folder, 1}));
    std::string const prefix = R"(pathop_upstream_connect_seconds_bucket{folder="config",upstream="a",le=")";
    EXPECT_EQ(text.value(prefix + R"(0.002"})"), 0);
    EXPECT_EQ(text.value(prefix + R"(0.005"})"), 1);
    EXPECT_EQ(text.value(prefix + R"(30"})"), 1);
    EXPECT_EQ(text.value(prefix + R"(+Inf"})"), 2);
    EXPECT_EQ(text.value(R"(pathop_upstream_connect_seconds_count{folder="config",upstream="a"})"), 2);
    EXPECT_DOUBLE_EQ(text.value(R"(pathop_upstream_connect_seconds_sum{folder="config",upstream="a"})"), 40.003);
    EXPECT_EQ(text.type_of("pathop_upstream_connect_seconds"), "histogram");
}

TEST(Metrics, EscapeWhatNamesMayHave) {
    Configuration configuration;
    configuration.upstreams.push_back(make_upstream("a\"} 1\\b{,=\xC3\xA4"));
    configuration.upstreams.push_back(make_upstream("\xff"));
    Balancer const balancer(std::move(configuration));
    FolderStatistics const folder{"c\nd", balancer.statistics(at(0s))};
    PrometheusText const text(to_prometheus({&folder, 1}));
    EXPECT_EQ(text.value("pathop_upstream_open{folder=\"c\\nd\",upstream=\"a\\\"} 1\\\\b{,=\xC3\xA4\"}"), 0);
    EXPECT_EQ(text.value(R"(pathop_upstream_open{folder="c\nd",upstream="\\xff"})"), 0);
}

/// A proxy whose URL was changed is removed, and added with the same name.
TEST(Metrics, HaveOneUpstreamOfAName) {
    Balancer balancer(by_weights({1}));
    balancer.opened(balancer.ids()[0]);
    auto changed = by_weights({1});
    changed.upstreams[0].hops[0].address.port = 1;
    balancer.reload(std::move(changed));
    FolderStatistics const folder{"config", balancer.statistics(at(0s))};
    ASSERT_EQ(folder.statistics.upstreams.size(), 2U);
    PrometheusText const text(to_prometheus({&folder, 1}));  // fails for a sample that is there twice
    EXPECT_EQ(text.value(R"(pathop_upstream_open{folder="config",upstream="a"})"), 0);
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
