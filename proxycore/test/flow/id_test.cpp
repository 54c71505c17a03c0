#include <gtest/gtest.h>

#include <pathology/proxycore/flow/id.hpp>
#include <unordered_set>

namespace pathology::proxycore::flow {
namespace {

TEST(Id, IsOfVersionFour) {
    auto const text = to_string(Id::make());
    ASSERT_EQ(text.size(), 36U);
    EXPECT_EQ(text[14], '4');
    EXPECT_NE(std::string_view("89ab").find(text[19]), std::string_view::npos);
}

TEST(Id, IsNeverTheSame) {
    std::unordered_set<Id> ids;
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(ids.insert(Id::make()).second);
}

TEST(Id, ComesBackFromText) {
    auto const id = Id::make();
    EXPECT_EQ(parse_id(to_string(id)), id);
    auto const parsed = parse_id("F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(to_string(*parsed), "f81d4fae-7dec-41d0-a765-00a0c91e6bf6");
}

TEST(Id, IsNothingElse) {
    for (auto const text : {"", "f81d4fae-7dec-41d0-a765-00a0c91e6bf", "f81d4fae-7dec-41d0-a765-00a0c91e6bf67",
                            "f81d4fae07dec-41d0-a765-00a0c91e6bf6", "f81d4fae-7dec-41d0-a765-00a0c91e6bfg"})
        EXPECT_EQ(parse_id(text), std::nullopt) << text;
}

}  // namespace
}  // namespace pathology::proxycore::flow
