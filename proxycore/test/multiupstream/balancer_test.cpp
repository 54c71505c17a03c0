#include <gmock/gmock.h>

#include <map>

#include "multiupstream/upstreams.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using namespace std::chrono_literals;
using test::ask, test::at, test::by_weights, test::client, test::default_rule, test::host_rule, test::make_upstream,
    test::name_of, test::port_rule;

/// Choices of `count` client connections with one request each.
std::map<std::string, int> choose_for_clients(Balancer& balancer, int count) {
    std::map<std::string, int> counts;
    for (int i = 0; i < count; ++i) {
        auto question = ask("h.test");
        question.client.bytes = {1, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)};
        ++counts[name_of(balancer.choose(question, at(0s)))];
        balancer.client_gone(question.client);
    }
    return counts;
}

TEST(Balancer, P81_a_DividesConnectionsByWeightExactly) {
    Balancer balancer(by_weights({3, 1}));
    EXPECT_EQ(choose_for_clients(balancer, 400), (std::map<std::string, int>{{"a", 300}, {"b", 100}}));
}

TEST(Balancer, P81_a_DividesConnectionsByWeightAtRandom) {
    Balancer balancer(by_weights({3, 1}), {.policy = {Policy::Kind::random, {}}, .seed = 4});
    EXPECT_NEAR(choose_for_clients(balancer, 400)["a"], 300, 28);
}

TEST(Balancer, KeepsTheTurnsOfEachCandidateSet) {
    Balancer balancer({{make_upstream("a"), make_upstream("b"), make_upstream("c", 1, {host_rule("*.c.test")}),
                        make_upstream("d", 1, {host_rule("*.c.test")})}});
    std::string names;
    for (auto const* host : {"x", "1.c.test", "y", "2.c.test", "x", "1.c.test"})
        names += name_of(balancer.choose(ask(host), at(0s)));
    EXPECT_EQ(names, "acbdac");
}

struct RuleCase {
    std::string_view name;
    std::vector<std::vector<Rule>> rules;  // of the upstreams a, b, …
    std::string_view host;
    std::uint16_t port;
    std::string_view chosen;
};
class BalancerRule : public testing::TestWithParam<RuleCase> {};

TEST_P(BalancerRule, P81_b_DecidesByItsTier) {
    Configuration configuration;
    for (auto const& rules : GetParam().rules) {
        auto const letter = static_cast<char>('a' + configuration.upstreams.size());
        configuration.upstreams.push_back(make_upstream(std::string(1, letter), 1, rules));
    }
    Balancer balancer(configuration);
    std::string chosen;
    for (std::size_t i = 0; i < GetParam().chosen.size(); ++i)
        chosen += name_of(balancer.choose(ask(GetParam().host, 0, GetParam().port), at(0s)));
    EXPECT_EQ(chosen, GetParam().chosen);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BalancerRule,
    testing::Values(
        RuleCase{"HostBeatsDefault", {{default_rule()}, {host_rule("*.b.test")}}, "x.b.test", 80, "bb"},
        RuleCase{"PortBeatsDefault", {{default_rule()}, {port_rule(443)}}, "x.test", 443, "bb"},
        RuleCase{"HostAndPortAreEqual", {{host_rule("x.*")}, {port_rule(443)}}, "x.test", 443, "abab"},
        RuleCase{"RulesAreAlternatives", {{host_rule("y.*"), port_rule(443)}, {default_rule()}}, "x.test", 443, "aa"},
        RuleCase{"SeveralDefaultsShare", {{default_rule()}, {default_rule()}}, "x.test", 80, "abab"},
        RuleCase{"DefaultBesideOtherRules",
                 {{host_rule("*.google.com"), default_rule()}, {host_rule("*.baidu.com")}},
                 "x.google.com",
                 80,
                 "aa"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Balancer, P81_c_APortRuleNamesItsPortAlone) {
    Balancer balancer({{make_upstream("a", 1, {port_rule(443)}), make_upstream("b")}});
    EXPECT_EQ(name_of(balancer.choose(ask("x.test", 0, 443), at(0s))), "a");
    EXPECT_EQ(name_of(balancer.choose(ask("x.test", 0, 80), at(0s))), "b");
    EXPECT_EQ(name_of(balancer.choose(ask("x.test", 0, 8443), at(0s))), "b");
}

TEST(Balancer, P81_e_SendsUnknownHostsToTheDefault) {
    Balancer balancer({{make_upstream("proxy1", 1, {host_rule("*.google.com"), default_rule()}),
                        make_upstream("proxy2", 2, {host_rule("*.baidu.com")})}});
    EXPECT_EQ(name_of(balancer.choose(ask("unknown.test"), at(0s))), "proxy1");
    EXPECT_EQ(name_of(balancer.choose(ask("x.baidu.com"), at(0s))), "proxy2");
    EXPECT_EQ(name_of(balancer.choose(ask("baidu.com"), at(0s))), "proxy1");
}

TEST(Balancer, P81_f_SaysThatNoRuleMatches) {
    Balancer balancer({{make_upstream("a", 1, {host_rule("*.a.test")})}});
    auto const decision = balancer.choose(ask("b.test"), at(0s));
    EXPECT_FALSE(decision);
    EXPECT_EQ(decision.reason, Reason::no_rule);
    EXPECT_EQ(balancer.statistics(at(0s)).unmatched, 1U);
}

TEST(Balancer, HasNoUpstreamWithoutAConfiguration) {
    Balancer balancer(Configuration{});
    EXPECT_EQ(balancer.choose(ask("b.test"), at(0s)).reason, Reason::no_rule);
}

TEST(Balancer, SaysWhichTierDecided) {
    Balancer balancer({{make_upstream("a", 1, {host_rule("x.test"), default_rule()})}});
    EXPECT_FALSE(balancer.choose(ask("x.test"), at(0s)).by_default);
    EXPECT_TRUE(balancer.choose(ask("y.test"), at(0s)).by_default);
}

TEST(Balancer, LeavesOutTheUpstreamsOfEarlierAttempts) {
    Balancer balancer(by_weights({1, 1, 1}));
    auto const ids = balancer.ids();
    std::vector<UpstreamId> excluded{ids[0]};
    EXPECT_EQ(name_of(balancer.choose(ask("x"), at(0s), excluded)), "b");
    excluded.push_back(ids[2]);
    auto const last = balancer.choose(ask("x"), at(0s), excluded);
    EXPECT_EQ(name_of(last), "b");
    EXPECT_EQ(last.reason, Reason::only_candidate);
    excluded.push_back(ids[1]);
    EXPECT_EQ(balancer.choose(ask("x"), at(0s), excluded).reason, Reason::all_excluded);
}

TEST(Balancer, LeastConnectionsFollowsOpenUses) {
    Balancer balancer(by_weights({1, 1}), {.policy = {Policy::Kind::least_connections, {}}});
    auto const a = balancer.choose(ask("x"), at(0s)), b = balancer.choose(ask("x"), at(0s));
    balancer.opened(*a.id);
    balancer.opened(*b.id);
    balancer.opened(*a.id);
    EXPECT_EQ(name_of(balancer.choose(ask("x"), at(0s))), "b");
    balancer.released(*a.id, ask("x"));
    balancer.released(*a.id, ask("x"));
    EXPECT_EQ(name_of(balancer.choose(ask("x"), at(0s))), "a");
    balancer.websocket_opened(*a.id, test::ask_websocket("x", 1));
    balancer.websocket_opened(*a.id, test::ask_websocket("x", 2));
    EXPECT_EQ(name_of(balancer.choose(ask("x"), at(0s))), "b");
}

TEST(Balancer, LatencyFollowsMeasurements) {
    Balancer balancer(by_weights({1, 1}), {.policy = {Policy::Kind::latency, {}}});
    auto const ids = balancer.ids();
    balancer.connected(ids[0], 30ms, at(0s));
    EXPECT_EQ(name_of(balancer.choose(ask("x"), at(0s))), "b");  // unmeasured
    balancer.connected(ids[1], 80ms, at(0s));
    EXPECT_EQ(name_of(balancer.choose(ask("x"), at(0s))), "a");
    balancer.check_succeeded(ids[1], 0ms, at(1s));
    balancer.check_succeeded(ids[1], 0ms, at(1s));
    balancer.check_succeeded(ids[1], 0ms, at(1s));
    balancer.check_succeeded(ids[1], 0ms, at(1s));
    EXPECT_EQ(name_of(balancer.choose(ask("x"), at(1s))), "b");
    EXPECT_EQ(name_of(balancer.choose(ask("x"), at(30s) + 500ms)), "a");  // its measurement is forgotten
}

TEST(Balancer, HashKeepsAKeyAtItsUpstream) {
    Balancer balancer(by_weights({1, 1, 1}), {.policy = *parse_policy("hash:user:session")});
    auto const choose = [&](std::string_view user) {
        auto question = ask("x");
        question.user = user;
        return name_of(balancer.choose(question, at(0s)));
    };
    std::map<std::string, int> counts;
    for (int session = 0; session < 300; ++session) {
        auto const user = "bob-session-x" + std::to_string(session);
        auto const name = choose(user);
        ++counts[name];
        EXPECT_EQ(choose("ann-country-de-session-x" + std::to_string(session)), name);
    }
    for (auto const& [name, count] : counts) EXPECT_NEAR(count, 100, 40) << name;
}

TEST(Balancer, HashReturnsAKeyWhenItsUpstreamReturns) {
    Balancer balancer(by_weights({1, 1, 1}), {.policy = *parse_policy("hash:host")});
    auto const first = balancer.choose(ask("k.test"), at(0s));
    balancer.failed(*first.id, ask("k.test"), {.cause = Cause::refused}, at(0s));
    auto const other = balancer.choose(ask("k.test"), at(0s));
    EXPECT_NE(other.id, first.id);
    balancer.check_succeeded(*first.id, 1ms, at(1s));
    EXPECT_EQ(balancer.choose(ask("k.test"), at(1s)).id, first.id);
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
