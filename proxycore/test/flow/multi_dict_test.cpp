#include <gmock/gmock.h>

#include <pathology/proxycore/flow/multi_dict.hpp>

namespace pathology::proxycore::flow {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

MultiDict const sample{{"a", "1"}, {"b", "2"}, {"a", "3"}, {"A", "4"}};

TEST(MultiDict, ReadsTheFirstValue) {
    EXPECT_EQ(sample.get("a"), "1");
    EXPECT_EQ(sample.get("A"), "4");
    EXPECT_EQ(sample.get("c"), std::nullopt);
    EXPECT_THAT(sample.get_all("a"), ElementsAre("1", "3"));
    EXPECT_THAT(sample.get_all("c"), IsEmpty());
    EXPECT_TRUE(sample.contains("b"));
}

TEST(MultiDict, ListsKeysOnceAndItemsAll) {
    EXPECT_THAT(sample.keys(), ElementsAre("a", "b", "A"));
    EXPECT_EQ(sample.size(), 4U);
    EXPECT_THAT(sample.to_map(), ElementsAre(Pair("A", ElementsAre("4")), Pair("a", ElementsAre("1", "3")),
                                             Pair("b", ElementsAre("2"))));
}

TEST(MultiDict, SetKeepsThePlace) {
    auto items = sample;
    items.set("a", "x");
    EXPECT_THAT(items.items(), ElementsAre(Pair("a", "x"), Pair("b", "2"), Pair("A", "4")));
    items.set_all("b", {"y", "z"});
    EXPECT_THAT(items.items(), ElementsAre(Pair("a", "x"), Pair("b", "y"), Pair("A", "4"), Pair("b", "z")));
    items.set_all("b", {});
    EXPECT_THAT(items.items(), ElementsAre(Pair("a", "x"), Pair("A", "4")));
}

TEST(MultiDict, AddsInsertsAndRemoves) {
    MultiDict items;
    items.add("b", "2");
    items.insert(0, "a", "1");
    items.insert(9, "c", "3");
    EXPECT_THAT(items.items(), ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("c", "3")));
    EXPECT_EQ(items.remove("b"), 1U);
    EXPECT_EQ(items.remove("b"), 0U);
    EXPECT_THAT(items.keys(), ElementsAre("a", "c"));
}

TEST(MultiDictView, P33_StoresEveryChangeAtOnce) {
    MultiDict parent = sample;
    MultiDictView view([&] { return parent; }, [&](MultiDict const& items) { parent = items; });
    view.set("a", "x");
    EXPECT_THAT(parent.items(), ElementsAre(Pair("a", "x"), Pair("b", "2"), Pair("A", "4")));
    view.add("c", "5");
    view.insert(0, "d", "6");
    EXPECT_THAT(parent.keys(), ElementsAre("d", "a", "b", "A", "c"));
    EXPECT_EQ(view.remove("A"), 1U);
    view.set_all("c", {"7", "8"});
    EXPECT_THAT(view.get_all("c"), ElementsAre("7", "8"));
    parent = MultiDict{{"fresh", "1"}};
    EXPECT_EQ(view.get("fresh"), "1");
    EXPECT_EQ(view.size(), 1U);
    view.assign({});
    EXPECT_TRUE(parent.empty());
    EXPECT_TRUE(view.empty());
}

}  // namespace
}  // namespace pathology::proxycore::flow
