#include "multiupstream/selection.hpp"

#include <gmock/gmock.h>

#include <numeric>

#include "multiupstream/hash_key.hpp"
#include "multiupstream/upstreams.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

CandidateSet make_set(std::vector<std::uint32_t> const& weights) {
    std::vector<std::uint32_t> positions(weights.size());
    std::iota(positions.begin(), positions.end(), 0U);
    return {positions, test::by_weights(weights)};
}

/// The members that are chosen one after the other, as letters.
template <class Choose> std::string sequence(int choices, Choose choose) {
    std::string letters;
    for (int i = 0; i < choices; ++i) letters += static_cast<char>('a' + choose());
    return letters;
}

// --- weighted ----------------------------------------------------------------------------------------------------------

struct TurnCase {
    std::string_view name;
    std::vector<std::uint32_t> weights;
    std::string_view sequence;
};
class WeightedTurns : public testing::TestWithParam<TurnCase> {};

TEST_P(WeightedTurns, AreSmoothAndExact) {
    auto set = make_set(GetParam().weights);
    auto const choices = static_cast<int>(GetParam().sequence.size());
    EXPECT_EQ(sequence(choices, [&] { return choose_weighted(set, {}); }), GetParam().sequence);
}

INSTANTIATE_TEST_SUITE_P(Table, WeightedTurns,
                         testing::Values(TurnCase{"One", {5}, "aaa"}, TurnCase{"Equal", {1, 1}, "abab"},
                                         TurnCase{"EqualOfThree", {2, 2, 2}, "abcabc"},
                                         TurnCase{"ThreeToOne", {3, 1}, "aabaaaba"},
                                         TurnCase{"OneToThree", {1, 3}, "babbbabb"},
                                         TurnCase{"FiveOneOne", {5, 1, 1}, "aabacaaaabacaa"}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(ChooseWeighted, HoldsWithTheLargestWeights) {
    auto set = make_set(std::vector<std::uint32_t>(3, 4'294'967'295U));
    EXPECT_EQ(sequence(6, [&] { return choose_weighted(set, {}); }), "abcabc");
}

TEST(ChooseWeighted, LeavesTheSumsOfThoseThatAreLeftOut) {
    auto set = make_set({1, 1, 1});
    EXPECT_EQ(choose_weighted(set, {}), 0U);  // sums are -2 1 1
    std::vector<std::uint8_t> const without_b{1, 0, 1};
    EXPECT_EQ(sequence(4, [&] { return choose_weighted(set, without_b); }), "ccac");
    EXPECT_EQ(set.gains[1], 1);
    EXPECT_EQ(std::accumulate(set.gains.begin(), set.gains.end(), std::int64_t{0}), 0);
}

// --- random ------------------------------------------------------------------------------------------------------------

TEST(ChooseRandom, GoesByWeightAndIsReproducible) {
    auto const set = make_set({3, 1, 4});
    std::mt19937_64 engine(11), again(11);
    std::vector<int> counts(3);
    for (int i = 0; i < 8000; ++i) {
        auto const member = choose_random(set, {}, engine);
        EXPECT_EQ(choose_random(set, {}, again), member);
        ++counts[member];
    }
    EXPECT_NEAR(counts[0], 3000, 200);
    EXPECT_NEAR(counts[1], 1000, 200);
    EXPECT_NEAR(counts[2], 4000, 200);
}

TEST(ChooseRandom, LeavesOut) {
    auto const set = make_set({3, 1, 4, 2});
    std::mt19937_64 engine(11);
    std::vector<std::uint8_t> const usable{0, 1, 1, 0};
    std::vector<int> counts(4);
    for (int i = 0; i < 5000; ++i) ++counts[choose_random(set, usable, engine)];
    EXPECT_EQ(counts[0] + counts[3], 0);
    EXPECT_NEAR(counts[1], 1000, 200);
}

// --- by load -----------------------------------------------------------------------------------------------------------

struct OpenCase {
    std::string_view name;
    std::vector<std::uint32_t> weights, open;
    std::vector<std::uint8_t> usable;
    std::string_view sequence;  // while nothing opens
};
class LeastConnections : public testing::TestWithParam<OpenCase> {};

TEST_P(LeastConnections, IsForItsWeight) {
    auto set = make_set(GetParam().weights);
    std::vector<Load> loads;
    for (auto const open : GetParam().open) loads.push_back({.open = open});
    auto const choices = static_cast<int>(GetParam().sequence.size());
    EXPECT_EQ(sequence(choices, [&] { return choose_least_connections(set, GetParam().usable, loads); }),
              GetParam().sequence);
}

INSTANTIATE_TEST_SUITE_P(Table, LeastConnections,
                         testing::Values(OpenCase{"Fewest", {1, 1, 1}, {2, 1, 3}, {}, "bb"},
                                         OpenCase{"EqualsInTurn", {1, 1, 1}, {1, 2, 1}, {}, "acac"},
                                         OpenCase{"EqualsByWeight", {1, 3}, {0, 0}, {}, "babb"},
                                         OpenCase{"ForTheWeight", {4, 1}, {3, 1}, {}, "aa"},
                                         OpenCase{"EqualForTheWeight", {3, 1}, {6, 2}, {}, "aaba"},
                                         OpenCase{"LeavesOut", {1, 1, 1}, {0, 1, 2}, {0, 1, 1}, "bb"},
                                         OpenCase{"Many", {4'294'967'295U, 1}, {4'294'967'295U, 2}, {}, "aa"}),
                         [](auto const& row) { return std::string(row.param.name); });

struct LatencyCase {
    std::string_view name;
    std::vector<std::uint32_t> weights;
    std::vector<Load> loads;
    std::vector<std::uint8_t> usable;
    std::string_view sequence;
};
class LowestLatency : public testing::TestWithParam<LatencyCase> {};

TEST_P(LowestLatency, IsChosen) {
    auto set = make_set(GetParam().weights);
    Circumstances const circumstances{.loads = GetParam().loads, .name_hashes = {}, .key = 0, .now = test::at(10s)};
    auto const choices = static_cast<int>(GetParam().sequence.size());
    EXPECT_EQ(sequence(choices, [&] { return choose_by_latency(set, GetParam().usable, circumstances); }),
              GetParam().sequence);
}

Load measured(std::chrono::nanoseconds latency, std::uint32_t open = 0, Load::Time when = test::at(9s)) {
    return {.open = open, .latency = latency, .measured_at = when};
}
Load unmeasured(std::uint32_t open = 0) { return {.open = open}; }

INSTANTIATE_TEST_SUITE_P(
    Table, LowestLatency,
    testing::Values(LatencyCase{"Fastest", {1, 1, 1}, {measured(30ms), measured(10ms), measured(20ms)}, {}, "bb"},
                    LatencyCase{"OpenUsesCount", {1, 1}, {measured(10ms, 3), measured(30ms)}, {}, "bb"},
                    LatencyCase{"WeightCounts", {4, 1}, {measured(30ms), measured(10ms)}, {}, "aa"},
                    LatencyCase{"EqualsInTurn", {1, 1}, {measured(10ms), measured(10ms)}, {}, "abab"},
                    LatencyCase{"UnmeasuredFirst", {1, 1}, {measured(1ms), unmeasured()}, {}, "bb"},
                    LatencyCase{"UnmeasuredInTurn", {1, 2}, {unmeasured(), unmeasured()}, {}, "bab"},
                    LatencyCase{"ButOnlyOneUseOfIt", {1, 1}, {measured(1ms), unmeasured(1)}, {}, "aa"},
                    LatencyCase{"UnmeasuredByUses", {1, 1}, {unmeasured(2), unmeasured(1)}, {}, "bb"},
                    LatencyCase{"ForgottenIsUnmeasured",
                                {1, 1},
                                {measured(1ms), measured(500ms, 0, test::at(10s) - Load::latency_memory - 1ns)},
                                {},
                                "bb"},
                    LatencyCase{"LeavesOut", {1, 1}, {measured(1ms), measured(2ms)}, {0, 1}, "bb"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Latency, IsAnAverageOfWhichTheNewestIsAQuarter) {
    Load load;
    EXPECT_FALSE(load.is_measured(test::at(0s)));
    load.measure(100ms, test::at(0s));
    EXPECT_EQ(load.latency, 100ms);
    load.measure(20ms, test::at(1s));
    EXPECT_EQ(load.latency, 80ms);
    load.measure(0ms, test::at(1s) + Load::latency_memory);
    EXPECT_EQ(load.latency, 60ms);
    load.measure(10ms, test::at(2s) + 2 * Load::latency_memory);
    EXPECT_EQ(load.latency, 10ms);
}

// --- hash --------------------------------------------------------------------------------------------------------------

class Rendezvous : public testing::Test {
protected:
    Rendezvous() {
        for (auto const* name : {"a", "b", "c", "d"}) hashes_.push_back(stable_hash(name));
    }
    std::size_t choose(CandidateSet const& set, int key, Usable usable = {}) const {
        Circumstances const circumstances{
            .loads = {}, .name_hashes = hashes_, .key = stable_hash("key" + std::to_string(key)), .now = {}};
        return choose_by_hash(set, usable, circumstances);
    }
    std::vector<std::uint64_t> hashes_;
};

TEST_F(Rendezvous, DividesKeysByWeight) {
    auto const set = make_set({1, 2, 3, 4});
    std::vector<int> counts(4);
    for (int key = 0; key < 10'000; ++key) ++counts[choose(set, key)];
    for (std::size_t member = 0; member < 4; ++member)
        EXPECT_NEAR(counts[member], 1000 * (static_cast<int>(member) + 1), 250) << member;
}

TEST_F(Rendezvous, MovesOnlyTheKeysOfWhatIsLeftOut) {
    auto const set = make_set({1, 2, 3, 4});
    std::vector<std::uint8_t> const without_c{1, 1, 0, 1};
    std::vector<int> moved(4);
    for (int key = 0; key < 2000; ++key) {
        auto const before = choose(set, key), after = choose(set, key, without_c);
        EXPECT_TRUE(before == after || before == 2);
        EXPECT_NE(after, 2U);
        if (before == 2) ++moved[after];
    }
    EXPECT_GT(std::min({moved[0], moved[1], moved[3]}), 20);  // to all of the others
}

TEST_F(Rendezvous, MovesKeysOnlyToWhatGainsWeight) {
    auto const before = make_set({1, 1, 1, 1}), after = make_set({1, 1, 3, 1});
    for (int key = 0; key < 2000; ++key) {
        auto const old = choose(before, key), now = choose(after, key);
        EXPECT_TRUE(old == now || now == 2);
    }
}

TEST_F(Rendezvous, IsTheSameEverywhere) {
    auto const set = make_set({1, 1, 1, 1});
    EXPECT_EQ(sequence(16, [&, key = 0]() mutable { return choose(set, key++); }), "badabacdccdbcaca");
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
