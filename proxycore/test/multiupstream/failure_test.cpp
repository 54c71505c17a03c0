// Rests, probes and counters of upstreams.
#include <gmock/gmock.h>

#include <map>

#include "multiupstream/health.hpp"
#include "multiupstream/upstreams.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using namespace std::chrono_literals;
using test::ask, test::at, test::by_weights, test::client, test::name_of;

class FailureOf : public testing::Test {
protected:
    void fail(std::size_t position, Balancer::Time now, Cause cause = Cause::refused,
              std::chrono::nanoseconds elapsed = 0s) {
        balancer_.failed(id(position), ask("h.test"), {cause, "connect: refused", elapsed}, now);
    }
    UpstreamId id(std::size_t position) const { return balancer_.ids()[position]; }
    std::string choose(Balancer::Time now, std::uint8_t connection = 0) {
        return name_of(balancer_.choose(ask("h.test", connection), now));
    }
    HealthReport health(std::size_t position, Balancer::Time now) const {
        return balancer_.statistics(now).upstreams[position].health;
    }
    Counters counters(std::size_t position) const { return balancer_.statistics(at(0s)).upstreams[position].counters; }

    Balancer balancer_{by_weights({1, 1})};
};

struct CauseCase {
    std::string_view name;
    Cause cause;
    int failures;  // until it rests; 0 = never
};
class CauseOfARest : public testing::TestWithParam<CauseCase> {};

TEST_P(CauseOfARest, IsEnoughOfThem) {
    Balancer balancer(by_weights({1, 1}));
    auto const id = balancer.ids()[0];
    auto const rests = [&] { return balancer.statistics(at(0s)).upstreams[0].health.state == HealthState::resting; };
    auto const limit = GetParam().failures == 0 ? 10 : GetParam().failures;
    for (int i = 1; i <= limit; ++i) {
        balancer.failed(id, ask("h.test"), {.cause = GetParam().cause}, at(0s));
        EXPECT_EQ(rests(), i == GetParam().failures) << i;
    }
    EXPECT_EQ(balancer.statistics(at(0s)).upstreams[0].counters.failed_by(GetParam().cause), std::uint64_t(limit));
}

INSTANTIATE_TEST_SUITE_P(
    Table, CauseOfARest,
    testing::Values(CauseCase{"Refused", Cause::refused, 1}, CauseCase{"TimedOut", Cause::timed_out, 1},
                    CauseCase{"Unresolved", Cause::unresolved, 1}, CauseCase{"Tls", Cause::tls, 1},
                    CauseCase{"Protocol", Cause::protocol, 1}, CauseCase{"NoResponse", Cause::no_response, 3},
                    CauseCase{"Rejected", Cause::rejected, 0}, CauseCase{"Credentials", Cause::credentials, 0},
                    CauseCase{"Other", Cause::other, 0}),
    [](auto const& row) { return std::string(row.param.name); });

TEST_F(FailureOf, IsFollowedByLongerRests) {
    auto now = at(0s);
    for (auto const rest : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}) {
        fail(0, now);
        EXPECT_EQ(health(0, now).remaining, rest);
        EXPECT_EQ(health(0, now + rest - 1ns).state, HealthState::resting);
        EXPECT_EQ(health(0, now + rest).state, HealthState::due);
        now += rest;
    }
    EXPECT_EQ(health(0, now).failures, 9U);
    balancer_.connected(id(0), 1ms, now);
    EXPECT_EQ(health(0, now).state, HealthState::available);
    fail(0, now);
    EXPECT_EQ(health(0, now).remaining, 1s);
}

TEST_F(FailureOf, DoesNotOverflowARest) {
    auto now = at(0s);
    for (int i = 0; i < 100; ++i) {
        fail(0, now);
        EXPECT_GT(health(0, now).remaining, 0s);
        EXPECT_LE(health(0, now).remaining, 60s);
        now += 60s;
    }
}

TEST_F(FailureOf, AttemptsSideBySideCountOnce) {
    fail(0, at(0s));
    fail(0, at(100ms));
    fail(0, at(900ms));
    EXPECT_EQ(health(0, at(900ms)).failures, 1U);
    EXPECT_EQ(health(0, at(900ms)).remaining, 100ms);
    fail(0, at(5s), Cause::timed_out, 5s);  // it began with the others
    EXPECT_EQ(health(0, at(5s)).state, HealthState::due);
    EXPECT_EQ(counters(0).failed_by(Cause::refused), 3U);
    EXPECT_EQ(counters(0).rests, 1U);
}

TEST_F(FailureOf, AFailedUpstreamIsLeftOutUntilItsRestIsOver) {
    fail(0, at(0s));
    for (auto const time : {0ms, 1ms, 999ms}) EXPECT_EQ(choose(at(time)), "b");
    EXPECT_EQ(choose(at(1s)), "a");
}

TEST_F(FailureOf, OneRequestTriesIt) {
    fail(0, at(0s));
    auto const probe = balancer_.choose(ask("h.test"), at(1s));
    EXPECT_EQ(name_of(probe), "a");
    EXPECT_TRUE(probe.is_probe);
    EXPECT_EQ(health(0, at(1s)).state, HealthState::probing);
    EXPECT_EQ(choose(at(1s)), "b");
    EXPECT_EQ(choose(at(2s)), "b");
    balancer_.connected(id(0), 5ms, at(2s));
    EXPECT_EQ(choose(at(2s)), "b");  // its turn
    EXPECT_EQ(choose(at(2s)), "a");
    EXPECT_FALSE(balancer_.choose(ask("h.test"), at(2s)).is_probe);
}

TEST_F(FailureOf, AProbeThatFailsRestsLonger) {
    fail(0, at(0s));
    EXPECT_EQ(choose(at(1s)), "a");
    fail(0, at(1500ms), Cause::timed_out, 500ms);
    EXPECT_EQ(health(0, at(1500ms)).remaining, 2s);
    EXPECT_EQ(health(0, at(1500ms)).cause, Cause::timed_out);
}

TEST_F(FailureOf, AProbeWithoutAResultIsFollowedByAnother) {
    fail(0, at(0s));
    EXPECT_EQ(choose(at(1s), 1), "a");
    balancer_.opened(id(0));
    balancer_.released(id(0), ask("h.test", 2));  // of an older request of another client
    EXPECT_EQ(health(0, at(1s)).state, HealthState::probing);
    balancer_.released(id(0), ask("h.test", 1));
    EXPECT_EQ(health(0, at(1s)).state, HealthState::due);
}

TEST_F(FailureOf, AProbeThatTakesTooLongIsFollowedByAnother) {
    fail(0, at(0s));
    EXPECT_EQ(choose(at(1s)), "a");
    EXPECT_EQ(health(0, at(31s) - 1ns).state, HealthState::probing);
    EXPECT_EQ(health(0, at(31s)).state, HealthState::due);
}

TEST_F(FailureOf, AResponseEndsARest) {
    fail(0, at(0s));
    fail(0, at(1s), Cause::rejected);
    EXPECT_EQ(health(0, at(1s)).state, HealthState::available);
    fail(0, at(1s));
    balancer_.succeeded(id(0));
    EXPECT_EQ(health(0, at(1s)).state, HealthState::available);
}

TEST_F(FailureOf, ASuccessBetweenMissingResponsesBeginsAnew) {
    for (int i = 0; i < 10; ++i) {
        fail(0, at(0s), Cause::no_response);
        fail(0, at(0s), Cause::no_response);
        balancer_.succeeded(id(0));
    }
    EXPECT_EQ(health(0, at(0s)).state, HealthState::available);
}

TEST_F(FailureOf, MissingResponsesSideBySideCountOnce) {
    for (int i = 0; i < 10; ++i) fail(0, at(5s + i * 1ms), Cause::no_response, 5s);
    EXPECT_EQ(health(0, at(6s)).state, HealthState::available);
    fail(0, at(11s), Cause::no_response, 5s);
    fail(0, at(16s), Cause::no_response, 5s);
    EXPECT_EQ(health(0, at(16s)).state, HealthState::resting);
}

TEST_F(FailureOf, AProbeWithoutAResponseRestsAtOnce) {
    fail(0, at(0s));
    fail(0, at(1s), Cause::no_response);
    EXPECT_EQ(health(0, at(1s)).remaining, 2s);
}

TEST_F(FailureOf, AllRestIsSaidWithCausesAndTimes) {
    fail(0, at(0s));
    fail(1, at(500ms), Cause::timed_out);
    auto const decision = balancer_.choose(ask("h.test"), at(600ms));
    EXPECT_FALSE(decision);
    EXPECT_EQ(decision.reason, Reason::all_rest);
    auto const explanation = balancer_.explain(decision, ask("h.test"), at(600ms));
    ASSERT_EQ(explanation.candidates.size(), 2U);
    EXPECT_EQ(explanation.candidates[0].health.cause, Cause::refused);
    EXPECT_EQ(explanation.candidates[0].health.remaining, 400ms);
    EXPECT_EQ(explanation.candidates[1].health.cause, Cause::timed_out);
    EXPECT_EQ(explanation.candidates[1].health.remaining, 900ms);
    EXPECT_EQ(explanation.candidates[1].health.detail, "connect: refused");
    EXPECT_EQ(balancer_.statistics(at(0s)).unavailable, 1U);
}

TEST_F(FailureOf, OthersUseWhatIsProbedIfNothingElseIsLeft) {
    fail(0, at(0s));
    fail(1, at(0s));
    fail(1, at(1s));  // rests two seconds more
    EXPECT_EQ(choose(at(1s)), "a");
    EXPECT_EQ(choose(at(1s)), "a");
    EXPECT_EQ(balancer_.choose(ask("h.test"), at(1s)).reason, Reason::only_candidate);
}

TEST_F(FailureOf, DefaultsDoNotReplaceCandidatesThatRest) {
    balancer_.reload({{test::make_upstream("a", 1, {test::host_rule("h.test")}), test::make_upstream("b")}});
    fail(0, at(0s));
    EXPECT_EQ(balancer_.choose(ask("h.test"), at(0s)).reason, Reason::all_rest);
}

TEST_F(FailureOf, RestingOnesNeitherGainNorLoseTurns) {
    Balancer balancer(by_weights({1, 1, 1}));
    auto const c = balancer.ids()[2];
    EXPECT_EQ(name_of(balancer.choose(ask("x"), at(0s))), "a");  // sums are -2 1 1
    balancer.failed(c, ask("x"), {.cause = Cause::refused}, at(0s));
    for (int i = 0; i < 100; ++i) balancer.choose(ask("x"), at(0s));
    balancer.connected(c, 1ms, at(0s));
    std::map<std::string, int> counts;
    for (int i = 0; i < 300; ++i) ++counts[name_of(balancer.choose(ask("x"), at(0s)))];
    EXPECT_NEAR(counts["c"], 100, 1);  // it does not catch up
}

TEST_F(FailureOf, ActiveChecksDecideToo) {
    balancer_.check_failed(id(0), {.cause = Cause::timed_out}, at(0s));
    EXPECT_EQ(health(0, at(0s)).state, HealthState::resting);
    balancer_.check_failed(id(0), {.cause = Cause::timed_out}, at(500ms));  // within the rest
    EXPECT_EQ(health(0, at(500ms)).remaining, 500ms);
    EXPECT_EQ(counters(0).checks_failed, 2U);
    EXPECT_EQ(counters(0).failed_total(), 0U);
    balancer_.check_succeeded(id(0), 3ms, at(600ms));
    EXPECT_EQ(health(0, at(600ms)).state, HealthState::available);
    EXPECT_EQ(counters(0).latency.total(), 0U);
}

TEST_F(FailureOf, CountsWhatHappens) {
    auto const first = balancer_.choose(ask("h.test", 1), at(0s));
    balancer_.opened(*first.id);
    EXPECT_EQ(balancer_.statistics(at(0s)).upstreams[0].open, 1U);
    balancer_.connected(*first.id, 7ms, at(0s));
    balancer_.connected(*first.id, 10ms, at(0s));
    balancer_.connected(*first.id, 1h, at(0s));
    balancer_.released(*first.id, ask("h.test", 1));
    balancer_.retried(*first.id);
    EXPECT_EQ(balancer_.statistics(at(0s)).upstreams[0].open, 0U);
    balancer_.released(*first.id, ask("h.test", 1));  // once too often
    EXPECT_EQ(balancer_.statistics(at(0s)).upstreams[0].open, 0U);
    auto const counted = counters(0);
    EXPECT_EQ(counted.chosen, 1U);
    EXPECT_EQ(counted.retried, 1U);
    EXPECT_EQ(counted.latency.counts[3], 2U);  // up to 10 ms
    EXPECT_EQ(counted.latency.counts.back(), 1U);
    EXPECT_EQ(counted.latency.total(), 3U);
    EXPECT_EQ(counted.latency.sum, 1h + 17ms);
}

TEST(HealthReport, IsPrinted) {
    HealthReport report{HealthState::resting, 1500ms, 2, Cause::timed_out, "no\x1b SYN"};
    EXPECT_EQ(to_string(report), "resting for 1.5s after 2 failures: timed out (no\\x1b SYN)");
    report = {HealthState::due, 0ms, 1, Cause::refused, ""};
    EXPECT_EQ(to_string(report), "due after 1 failure: refused");
    EXPECT_EQ(to_string(HealthReport{}), "available");
}

TEST(Health, KeepsAPartOfALongDetail) {
    Health health;
    health.fail(Cause::refused, std::string(100'000, 'x'), test::at(0s), test::at(0s), {});
    EXPECT_EQ(health.report(test::at(0s)).detail.size(), 200U);
}

TEST(Health, HasSettings) {
    HealthSettings const settings{.first_rest = 3s, .max_rest = 10s, .max_probe = 1s};
    Health health;
    auto now = test::at(0s);
    for (auto const rest : {3s, 6s, 10s, 10s}) {
        health.fail(Cause::refused, "", now, now, settings);
        EXPECT_EQ(health.report(now).remaining, rest);
        now += rest;
    }
    health.begin_probe({}, now, settings);
    EXPECT_EQ(health.state(now + 1s - 1ns), HealthState::probing);
    EXPECT_EQ(health.state(now + 1s), HealthState::due);
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
