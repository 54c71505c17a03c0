#include <pathology/language/run_seed.hpp>

#include <gtest/gtest.h>

namespace pathology::language {
namespace {

TEST(RunSeed, IsToldOnceWhenItWasDrawn) {
    RunSeed seed(std::nullopt);
    auto const number = std::to_string(seed.value());
    EXPECT_EQ(seed.note(), "seed " + number + " (replay with --seed " + number + ")\n");
    EXPECT_EQ(seed.note(), "");
}

TEST(RunSeed, IsNotToldToThoseWhoGaveIt) {
    RunSeed seed(7);
    EXPECT_EQ(seed.value(), 7U);
    EXPECT_EQ(seed.note(), "");
}

}  // namespace
}  // namespace pathology::language
