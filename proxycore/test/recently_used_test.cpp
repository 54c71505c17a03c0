#include <pathology/proxycore/recently_used.hpp>

#include <gtest/gtest.h>

namespace pathology::proxycore {
namespace {

TEST(RecentlyUsed, ForgetsTheOneNotAskedForLongest) {
    RecentlyUsed<int> cache(2);
    cache.keep("one", 1);
    cache.keep("two", 2);
    EXPECT_NE(cache.find("one"), nullptr);
    cache.keep("three", 3);
    EXPECT_EQ(cache.size(), 2U);
    EXPECT_EQ(cache.find("two"), nullptr);
    ASSERT_NE(cache.find("one"), nullptr);
    EXPECT_EQ(*cache.find("one"), 1);
    EXPECT_EQ(*cache.find("three"), 3);
}

TEST(RecentlyUsed, ValuesStayWhereTheyAre) {
    RecentlyUsed<std::string> cache(3);
    auto& kept = cache.keep("kept", "a");
    cache.keep("another", "b");
    kept += "bc";
    EXPECT_EQ(cache.find("kept"), &kept);
    EXPECT_EQ(*cache.find("kept"), "abc");
}

TEST(RecentlyUsed, HasRoomForOneAtLeast) {
    RecentlyUsed<int> cache(0);
    EXPECT_EQ(cache.keep("one", 1), 1);
    EXPECT_EQ(cache.keep("two", 2), 2);
    EXPECT_EQ(cache.size(), 1U);
    EXPECT_EQ(cache.find("one"), nullptr);
}

}  // namespace
}  // namespace pathology::proxycore
