#include "multiupstream/rule_index.hpp"

#include <gmock/gmock.h>

#include <random>

#include "multiupstream/candidates.hpp"
#include "multiupstream/upstreams.hpp"
#include "multiupstream/wildcard.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using test::default_rule, test::host_rule, test::make_upstream, test::port_rule;
using testing::ElementsAre, testing::IsEmpty;

struct MatchCase {
    std::string_view name, host;
    std::uint16_t port;
    std::vector<std::uint32_t> positions;
    bool by_default = false;
};

Configuration const& configuration() {
    static Configuration const configuration{
        {make_upstream("0", 1, {host_rule("www.a.test"), default_rule()}),
         make_upstream("1", 1, {host_rule("*.a.test")}), make_upstream("2", 1, {port_rule(443), host_rule("*.test")}),
         make_upstream("3", 1, {default_rule()}), make_upstream("4", 1, {host_rule("w*.b.net"), host_rule("www.*")}),
         make_upstream("5", 1, {host_rule("*.B.net"), host_rule("2001:db8::1")})}};
    return configuration;
}

class RuleMatch : public testing::TestWithParam<MatchCase> {};

TEST_P(RuleMatch, HasTheCandidatesOfItsTier) {
    auto const found = RuleIndex(configuration()).match(host_form(GetParam().host), GetParam().port);
    EXPECT_EQ(found.positions, GetParam().positions);
    EXPECT_EQ(found.by_default, GetParam().by_default);
}

INSTANTIATE_TEST_SUITE_P(Table, RuleMatch,
                         testing::Values(MatchCase{"NameAndSuffixes", "www.a.test", 80, {0, 1, 2, 4}},
                                         MatchCase{"DeepSuffix", "x.y.a.test", 80, {1, 2}},
                                         MatchCase{"NotTheDomainItself", "a.test", 80, {2}},
                                         MatchCase{"EachOnce", "www.b.net", 80, {4, 5}},
                                         MatchCase{"PortAlone", "c.org", 443, {2}},
                                         MatchCase{"PortBesideHost", "x.b.net", 443, {2, 5}},
                                         MatchCase{"Ipv6", "2001:DB8:0::1", 80, {5}},
                                         MatchCase{"DefaultsOnlyWithoutOthers", "c.org", 80, {0, 3}, true}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(RuleIndex, HasNoCandidatesWithoutADefaultRule) {
    RuleIndex const index({{make_upstream("a", 1, {host_rule("a.test")})}});
    auto const found = index.match("b.test", 80);
    EXPECT_THAT(found.positions, IsEmpty());
    EXPECT_FALSE(found.by_default);
}

TEST(RuleIndex, MatchesAHostThatIsTooLongOnlyWithEverything) {
    RuleIndex const index({{make_upstream("a", 1, {host_rule("*a")}), make_upstream("b", 1, {host_rule("*")})}});
    EXPECT_THAT(index.match(std::string(max_host, 'a'), 80).positions, ElementsAre(0, 1));
    EXPECT_THAT(index.match(std::string(max_host + 1, 'a'), 80).positions, ElementsAre(1));
}

TEST(MatchingRules, AreThoseOfTheTier) {
    std::vector<Rule> const rules{default_rule(), host_rule("*.A.test"), port_rule(443), host_rule("*")};
    EXPECT_THAT(matching_rules(rules, "x.a.test", 80, false), ElementsAre(host_rule("*.A.test"), host_rule("*")));
    EXPECT_THAT(matching_rules(rules, "b.net", 443, false), ElementsAre(port_rule(443), host_rule("*")));
    EXPECT_THAT(matching_rules(std::span(rules).first(1), "b.net", 80, true), ElementsAre(default_rule()));
}

std::string random_text(std::mt19937& random, std::string_view characters, std::size_t max_size) {
    std::string text(random() % max_size + 1, ' ');
    for (auto& c : text) c = characters[random() % characters.size()];
    return text;
}

TEST(RuleIndex, FindsWhatTheRulesSayOneByOne) {
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        Configuration some;
        for (int i = 0; i < 6; ++i) {
            auto const rule = random() % 5 == 0   ? default_rule()
                              : random() % 5 == 0 ? port_rule(static_cast<std::uint16_t>(random() % 3 + 1))
                                                  : host_rule(random_text(random, "ab.*", 5));
            some.upstreams.push_back(make_upstream(std::to_string(i), 1, {rule}));
        }
        auto const host = random_text(random, "ab.", 6);
        auto const port = static_cast<std::uint16_t>(random() % 3 + 1);
        auto const collect = [&](bool by_default) {
            std::vector<std::uint32_t> positions;
            for (std::uint32_t i = 0; i < some.upstreams.size(); ++i)
                if (!matching_rules(some.upstreams[i].rules, host_form(host), port, by_default).empty())
                    positions.push_back(i);
            return positions;
        };
        auto const specific = collect(false);
        auto const found = RuleIndex(some).match(host_form(host), port);
        ASSERT_EQ(found.positions, specific.empty() ? collect(true) : specific) << host << " round " << round;
    }
}

// --- the cache ---------------------------------------------------------------------------------------------------------

TEST(CandidateCache, SharesTheSetOfTargetsWithTheSameCandidates) {
    CandidateCache cache(configuration());
    auto const first = cache.find("x.a.test", 80, configuration()).set;
    EXPECT_EQ(cache.find("y.A.test.", 80, configuration()).set, first);
    EXPECT_EQ(cache.find("x.a.test", 8080, configuration()).set, first);
    EXPECT_NE(cache.find("www.a.test", 80, configuration()).set, first);
    EXPECT_EQ(cache.find("c.org", 80, configuration()).set, cache.find("d.org", 81, configuration()).set);
}

TEST(CandidateCache, KeepsASetWhoseTargetsAreForgotten) {
    CandidateCache cache(configuration());
    auto* const first = cache.find("x.a.test", 80, configuration()).set.get();
    first->gains[0] = 42;
    for (int i = 0; i < 10'000; ++i) cache.find("host" + std::to_string(i) + ".org", 80, configuration());
    EXPECT_EQ(cache.find("x.a.test", 80, configuration()).set.get(), first);
    EXPECT_EQ(first->gains[0], 42);
}

TEST(CandidateCache, DividesTargetsByPort) {
    CandidateCache cache(configuration());
    EXPECT_THAT(cache.find("c.org", 443, configuration()).set->positions, ElementsAre(2));
    EXPECT_THAT(cache.find("c.org", 80, configuration()).set->positions, ElementsAre(0, 3));
    EXPECT_THAT(cache.find("c.org", 443 - 256, configuration()).set->positions, ElementsAre(0, 3));
}

TEST(CandidateCache, PreviewsACopy) {
    CandidateCache cache(configuration());
    auto const set = cache.find("c.org", 80, configuration()).set;
    set->gains[0] = 7;
    auto const copy = cache.preview("d.org", 80, configuration());
    EXPECT_TRUE(copy.by_default);
    EXPECT_NE(copy.set, set);
    EXPECT_EQ(copy.set->gains, set->gains);
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
