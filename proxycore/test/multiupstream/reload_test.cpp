#include <gmock/gmock.h>

#include "multiupstream/upstreams.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using namespace std::chrono_literals;
using test::ask, test::ask_websocket, test::at, test::client, test::default_rule, test::host_rule, test::make_upstream,
    test::name_of;
using testing::ElementsAre, testing::IsEmpty;

class ReloadOf : public testing::Test {
protected:
    UpstreamId id(std::string_view name) const {
        for (auto const id : balancer_.ids())
            if (balancer_.upstream(id)->name == name) return id;
        return {};
    }
    UpstreamStatistics statistics(std::string_view name) const {
        for (auto const& upstream : balancer_.statistics(at(0s)).upstreams)
            if (upstream.name == name) return upstream;
        return {};
    }
    static Upstream moved(std::string name) {
        auto upstream = make_upstream(std::move(name));
        upstream.hops[0].address.port = 8080;
        return upstream;
    }

    Balancer balancer_{{{make_upstream("a"), make_upstream("b")}}};
};

TEST_F(ReloadOf, P80_e_KeepsHealthCountersAndOpenUses) {
    balancer_.choose(ask("h.test"), at(0s));
    balancer_.opened(id("a"));
    balancer_.failed(id("a"), ask("h.test"), {.cause = Cause::refused}, at(0s));
    auto const old = id("a");
    auto const report = balancer_.reload({{make_upstream("c"), make_upstream("a", 5, {host_rule("*.test")})}});
    EXPECT_EQ(report.kept, 1U);
    EXPECT_THAT(report.added, ElementsAre("c"));
    EXPECT_THAT(report.removed, ElementsAre("b"));
    EXPECT_EQ(id("a"), old);
    EXPECT_EQ(statistics("a").open, 1U);
    EXPECT_EQ(statistics("a").counters.chosen, 1U);
    EXPECT_EQ(statistics("a").health.state, HealthState::resting);
    EXPECT_EQ(balancer_.choose(ask("h.test"), at(0s)).reason, Reason::all_rest);
    EXPECT_EQ(name_of(balancer_.choose(ask("h.net"), at(0s))), "c");
}

TEST_F(ReloadOf, P80_e_KeepsAffinitiesWhateverTheRulesAre) {
    EXPECT_EQ(name_of(balancer_.choose(ask("h.test", 1), at(0s))), "a");
    balancer_.reload({{make_upstream("b"), make_upstream("a", 1, {host_rule("other.test")})}});
    auto const decision = balancer_.choose(ask("h.test", 1), at(0s));
    EXPECT_EQ(name_of(decision), "a");
    EXPECT_EQ(decision.reason, Reason::affinity);
    EXPECT_EQ(name_of(balancer_.choose(ask("h.test", 2), at(0s))), "b");
}

TEST_F(ReloadOf, DropsAffinitiesToWhatIsGone) {
    EXPECT_EQ(name_of(balancer_.choose(ask("h.test", 1), at(0s))), "a");
    EXPECT_EQ(name_of(balancer_.choose(ask("h.test", 2), at(0s))), "b");
    auto const websocket = balancer_.choose(ask_websocket("h.test", 3), at(0s));
    EXPECT_EQ(name_of(websocket), "a");
    balancer_.reload({{make_upstream("b")}});
    EXPECT_EQ(balancer_.statistics(at(0s)).affinities, 1U);
    EXPECT_EQ(balancer_.statistics(at(0s)).websocket_affinities, 0U);
    EXPECT_EQ(name_of(balancer_.choose(ask("h.test", 1), at(0s))), "b");
    balancer_.released(*websocket.id, ask_websocket("h.test", 3));
    for (std::uint8_t number = 1; number <= 3; ++number) balancer_.client_gone(client(number));
    EXPECT_EQ(balancer_.statistics(at(0s)).clients, 0U);
}

TEST_F(ReloadOf, TakesOtherHopsForAnotherUpstream) {
    balancer_.choose(ask("h.test", 1), at(0s));
    auto const old = id("a");
    auto const report = balancer_.reload({{moved("a"), make_upstream("b")}});
    EXPECT_THAT(report.added, ElementsAre("a"));
    EXPECT_THAT(report.removed, ElementsAre("a"));
    EXPECT_NE(id("a"), old);
    EXPECT_EQ(balancer_.upstream(old), nullptr);
    EXPECT_EQ(statistics("a").counters.chosen, 0U);
    EXPECT_EQ(balancer_.statistics(at(0s)).affinities, 0U);
}

TEST_F(ReloadOf, CountsWhatWasRemovedUntilItIsNotUsed) {
    auto const old = id("a");
    balancer_.opened(old);
    balancer_.reload({{make_upstream("b")}});
    EXPECT_TRUE(statistics("a").is_removed);
    EXPECT_EQ(balancer_.find("a", make_upstream("a").hops), old);
    EXPECT_THAT(balancer_.reload({{make_upstream("b")}}).removed, IsEmpty());  // it was before
    balancer_.failed(old, ask("h.test"), {.cause = Cause::refused}, at(0s));
    EXPECT_EQ(statistics("a").counters.failed_total(), 1U);
    balancer_.released(old, ask("h.test"));
    EXPECT_EQ(statistics("a").name, "");
    balancer_.reload({{make_upstream("b")}});
    EXPECT_EQ(balancer_.find("a", make_upstream("a").hops), std::nullopt);
    balancer_.released(old, ask("h.test"));
    balancer_.connected(old, 1ms, at(0s));
}

TEST_F(ReloadOf, CountsAWebSocketThatOpensAfterIt) {
    auto const question = ask_websocket("h.test", 1);
    auto const id = *balancer_.choose(question, at(0s)).id;
    balancer_.opened(id);
    balancer_.released(id, question);
    balancer_.reload({{make_upstream("b")}});
    balancer_.websocket_opened(id, question);
    EXPECT_EQ(statistics("a").open, 1U);
    EXPECT_EQ(balancer_.statistics(at(0s)).websocket_affinities, 0U);
    balancer_.websocket_closed(id, question);
    EXPECT_EQ(statistics("a").name, "");
}

TEST_F(ReloadOf, ReturnsWhatIsStillUsed) {
    auto const old = id("a");
    balancer_.opened(old);
    balancer_.reload({{make_upstream("b")}});
    auto const report = balancer_.reload({{make_upstream("b"), make_upstream("a")}});
    EXPECT_EQ(report.kept, 2U);
    EXPECT_EQ(id("a"), old);
    EXPECT_EQ(statistics("a").open, 1U);
    EXPECT_FALSE(statistics("a").is_removed);
}

TEST_F(ReloadOf, AppliesTheNewRulesAtOnce) {
    EXPECT_EQ(name_of(balancer_.choose(ask("h.test"), at(0s))), "a");
    balancer_.reload({{make_upstream("a"), make_upstream("b", 1, {host_rule("h.test")})}});
    EXPECT_EQ(name_of(balancer_.choose(ask("h.test"), at(0s))), "b");
    balancer_.reload({});
    EXPECT_EQ(balancer_.choose(ask("h.test"), at(0s)).reason, Reason::no_rule);
}

TEST_F(ReloadOf, FindsUpstreamsByNameAndHops) {
    EXPECT_EQ(balancer_.find("b", make_upstream("b").hops), id("b"));
    EXPECT_EQ(balancer_.find("b", moved("b").hops), std::nullopt);
    EXPECT_EQ(balancer_.find("c", make_upstream("b").hops), std::nullopt);
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
