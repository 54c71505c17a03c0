#include "prepared_spec.hpp"

#include <gtest/gtest.h>

namespace pathology::pathod {
namespace {

PreparedSpecPtr prepared(std::string const& spec) { return PreparedSpec::read(spec, {}, false).value(); }

TEST(SpecCache, ForgetsTheOneUnusedLongest) {
    SpecCache cache(2);
    cache.keep("200", prepared("200"));
    cache.keep("201", prepared("201"));
    EXPECT_TRUE(cache.find("200"));
    cache.keep("202", prepared("202"));
    EXPECT_EQ(cache.size(), 2U);
    EXPECT_TRUE(cache.find("200"));
    EXPECT_FALSE(cache.find("201"));
    EXPECT_EQ(cache.find("202")->spec(), "202");
}

TEST(SpecCache, KeepsTheFirstOfEqualKeysAndNoHugeOnes) {
    SpecCache cache;
    auto const first = prepared("200");
    cache.keep("200", first);
    cache.keep("200", prepared("200"));
    cache.keep(std::string(SpecCache::max_key + 1, 'x'), prepared("200"));
    EXPECT_EQ(cache.size(), 1U);
    EXPECT_EQ(cache.find("200"), first);
}

}  // namespace
}  // namespace pathology::pathod
