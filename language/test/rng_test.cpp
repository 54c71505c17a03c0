#include <pathology/language/rng.hpp>

#include <gtest/gtest.h>

#include <set>

namespace pathology::language {
namespace {

static_assert(Rng(1).below(1) == 0);  // usable where the compiler runs it

TEST(Rng, GivesTheSameNumbersOnEveryMachine) {
    Rng rng(42);
    std::array<std::uint64_t, 4> drawn{};
    for (auto& number : drawn) number = rng();
    EXPECT_EQ(drawn, (std::array<std::uint64_t, 4>{0xd0764d4f4476689fULL, 0x519e4174576f3791ULL, 0xfbe07cfb0c24ed8cULL,
                                                   0xb37d9f600cd835b8ULL}));
    EXPECT_EQ(mix(1), 0x5692161d100b05e5ULL);
    EXPECT_EQ(derive_seed(42, 7), 0xccf635ee9e9e2fa4ULL);
}

TEST(Rng, CopiesGoOnAlike) {
    Rng first(3);
    (void)first();
    Rng second = first;
    EXPECT_EQ(first(), second());
}

TEST(Rng, DrawsEveryNumberBelowABound) {
    Rng rng(1);
    std::array<unsigned, 7> seen{};
    for (int i = 0; i < 7000; ++i) ++seen.at(rng.below(7));
    for (unsigned const times : seen) EXPECT_NEAR(times, 1000, 150);
    EXPECT_EQ(rng.below(0), 0U);
}

TEST(DeriveSeed, GivesStreamsOfTheirOwn) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        for (std::uint64_t stream = 0; stream < 100; ++stream) seen.insert(derive_seed(seed, stream));
    }
    EXPECT_EQ(seen.size(), 10000U);
}

TEST(DrawSeed, DiffersFromDrawToDraw) { EXPECT_NE(draw_seed(), draw_seed()); }

TEST(RunSeed, GivesItsReplayHintOnceIfItWasDrawn) {
    RunSeed seed(std::nullopt);
    auto const number = std::to_string(seed.value());
    EXPECT_EQ(seed.replay_hint(), "seed " + number + " (replay with --seed " + number + ")\n");
    EXPECT_EQ(seed.replay_hint(), "");
}

TEST(RunSeed, GivesNoReplayHintIfItWasGiven) {
    RunSeed seed(7);
    EXPECT_EQ(seed.value(), 7U);
    EXPECT_EQ(seed.replay_hint(), "");
}

}  // namespace
}  // namespace pathology::language
