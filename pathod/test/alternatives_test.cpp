// Which alternative each request of a sequence gets.
#include "alternatives.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <pathology/language/parse.hpp>
#include <thread>

namespace pathology::pathod {
namespace {

Alternatives alternatives_of(std::string const& text, std::string_view name = "/") {
    auto const read = read_alternatives(text).value();
    std::vector<Alternative> all;
    for (auto const& [condition, spec] : read.alternatives)
        all.push_back({.condition = condition, .spec = text.substr(spec.begin, spec.end - spec.begin)});
    return Alternatives(std::move(all), read, name);
}

/// A request as a path, a client and a connection.
struct Asked {
    std::string path = "/", client = "192.0.2.1:40000";
    int connection = 0;
};

class Sequence {
public:
    explicit Sequence(std::string const& text, std::uint64_t seed = 1, std::string_view name = "/")
        : alternatives_(alternatives_of(text, name)), seed_(seed) {}

    std::optional<AlternativeChoice> choose(Asked const& asked) {
        return alternatives_.choose({.seed = seed_,
                                     .path = asked.path,
                                     .client = asked.client,
                                     .connection = static_cast<std::uint64_t>(asked.connection),
                                     .counts = &counts_[asked.connection]});
    }
    /// The first character of the spec of each; `-` where there is no alternative.
    std::string specs(std::vector<Asked> const& all) {
        std::string text;
        for (auto const& asked : all) {
            auto const choice = choose(asked);
            text += choice ? choice->alternative->spec.front() : '-';
        }
        return text;
    }
    std::string specs(std::size_t count) { return specs(std::vector<Asked>(count)); }
    std::string reason(Asked const& asked = {}) {
        auto const choice = choose(asked);
        return choice && choice->reason ? to_string(*choice->reason) : "none";
    }

private:
    Alternatives alternatives_;
    std::uint64_t seed_;
    std::map<int, ConnectionCounts> counts_;
};

struct OrderCase {
    std::string_view name;
    std::string text, specs;
};
void PrintTo(OrderCase const& row, std::ostream* out) { *out << row.name; }
class Order : public testing::TestWithParam<OrderCase> {};

TEST_P(Order, IsThatOfTheText) {
    EXPECT_EQ(Sequence(GetParam().text).specs(GetParam().specs.size()), GetParam().specs);
}

INSTANTIATE_TEST_SUITE_P(Texts, Order,
                         testing::Values(OrderCase{"TheLastStays", "5 | 4 | 2", "5422222"},
                                         OrderCase{"StartsOver", "5 | 4 | 2 | *", "54254254"},
                                         OrderCase{"OneStays", "2 | *", "222"},
                                         OrderCase{"EveryThird", "1/3 5 | 2", "225225225"},
                                         OrderCase{"TheConditionBehind", "2 | 1/3 5", "225225225"},
                                         OrderCase{"LastTwoOfFive", "2/5 5 | 2", "2225522255"},
                                         OrderCase{"Always", "1/1 5 | 2", "5555"},
                                         OrderCase{"TheFirstThatHolds", "1/4 5 | 1/2 4 | 2", "24252425"},
                                         OrderCase{"OrderBesideACondition", "1/2 5 | 1 | 2 | 3", "15253535"},
                                         OrderCase{"OrderStartsOverBesideACondition", "1/2 5 | 1 | 2 | *", "15251525"},
                                         OrderCase{"NothingWithoutACondition", "1/3 5", "--5--5"},
                                         OrderCase{"NoChance", "0% 5 | 2", "2222222222"},
                                         OrderCase{"EveryChance", "0% 5 | 100% 4 | 2", "4444444444"}),
                         [](auto const& row) { return std::string(row.param.name); });

// --- chances ---------------------------------------------------------------------------------------------------------

TEST(Chance, HasItsShareOfAllRequests) {
    auto const specs = Sequence("10% 5 | 30% 4 | 2").specs(10'000);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(specs, '5')), 1000, 150);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(specs, '4')), 3000, 250);
}

TEST(Chance, IsThatOfTheSeed) {
    std::string const text = "50% 5 | 2";
    auto const specs = Sequence(text, 7).specs(200);
    EXPECT_EQ(Sequence(text, 7).specs(200), specs);
    EXPECT_NE(Sequence(text, 8).specs(200), specs);
    EXPECT_NE(Sequence(text, 7, "/other").specs(200), specs) << "two anchors draw independently";
}

TEST(Chance, DoesNotDependOnTheConnections) {
    std::vector<Asked> apart(100), together(100);
    for (int i = 0; i < 100; ++i) apart[static_cast<std::size_t>(i)].connection = i;
    EXPECT_EQ(Sequence("50% 5 | 2").specs(apart), Sequence("50% 5 | 2").specs(together));
}

TEST(Chance, IsDrawnForEachPath) {
    std::vector<Asked> const one(100, {.path = "/a"}), other(100, {.path = "/b"});
    Sequence sequence("50% 5 | 2 | per path");
    auto const specs = sequence.specs(one);
    EXPECT_NE(sequence.specs(other), specs);
    EXPECT_EQ(Sequence("50% 5 | 2 | per path").specs(one), specs);
}

// --- what is counted together ----------------------------------------------------------------------------------------

TEST(Counted, ForTheAnchor) {
    EXPECT_EQ(Sequence("5 | 4 | 2").specs({{"/a"}, {"/b", "192.0.2.2:1"}, {"/c", "192.0.2.3:1", 7}}), "542");
}

TEST(Counted, PerPath) {
    EXPECT_EQ(Sequence("5 | 4 | 2 | per path").specs({{"/a"}, {"/b"}, {"/a"}, {"/a?"}, {"/b"}, {"/a"}}), "554542");
}

TEST(Counted, PerConnection) {
    EXPECT_EQ(Sequence("5 | 2 | per connection")
                  .specs({{"/a", "c:1", 1}, {"/b", "c:1", 1}, {"/a", "c:1", 2}, {"/a", "c:1", 1}}),
              "5252");
}

TEST(Counted, PerClientWhateverItsPort) {
    EXPECT_EQ(
        Sequence("5 | 2 | per client")
            .specs(
                {{"/", "192.0.2.1:1"}, {"/", "192.0.2.1:2"}, {"/", "192.0.2.2:1"}, {"/", "[::1]:1"}, {"/", "[::1]:2"}}),
        "52552");
}

TEST(Counted, ConditionsPerPath) {
    EXPECT_EQ(Sequence("1/2 5 | 2 | per path").specs({{"/a"}, {"/b"}, {"/a"}, {"/b"}, {"/b"}}), "22552");
}

TEST(Counted, LongPathsApart) {
    std::string const stem(60'000, 'x');
    EXPECT_EQ(Sequence("5 | 2 | per path").specs({{stem + "a"}, {stem + "b"}, {stem + "a"}}), "552");
}

TEST(Counted, ForgetsThePathThatWasUsedLeastRecently) {
    Sequence sequence("5 | 2 | per path");
    std::vector<Asked> paths;
    for (std::size_t i = 0; i < SharedCounts::max_keys; ++i) paths.push_back({"/" + std::to_string(i)});
    EXPECT_EQ(sequence.specs(paths), std::string(SharedCounts::max_keys, '5'));
    EXPECT_EQ(sequence.specs({{"/0"}}), "2") << "all of them are known";
    EXPECT_EQ(sequence.specs({{"/new"}, {"/0"}, {"/1"}}), "525");
}

TEST(Counted, ByManyThreadsAtOnce) {
    auto const alternatives = alternatives_of("1/3 5 | 1 | 2");
    std::atomic<int> thirds = 0, firsts = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int k = 0; k < 300; ++k) {
                auto const spec = alternatives.choose({})->alternative->spec;
                thirds += spec == "5" ? 1 : 0;
                firsts += spec == "1" ? 1 : 0;
            }
        });
    threads.clear();
    EXPECT_EQ(thirds, 400);
    EXPECT_EQ(firsts, 1);
}

// --- reasons ---------------------------------------------------------------------------------------------------------

TEST(Reason, IsThatOfTheChoice) {
    Sequence order("5 | 4 | per path");
    EXPECT_EQ(order.reason({"/a"}), "anchor : alternative 1 of 2, in order (request 1 of this path)");
    EXPECT_EQ(order.reason({"/a"}), "anchor : alternative 2 of 2, in order (request 2 of this path)");
    EXPECT_EQ(order.reason({"/a"}), "anchor : alternative 2 of 2, in order (request 3 of this path)");
    EXPECT_EQ(Sequence("2 | 1/1 5").reason(), "anchor : alternative 2 of 2, every 1st (request 1)");
    EXPECT_EQ(Sequence("3/3 5").reason(), "anchor : 3 of every 3 (request 1)");
    Sequence every("1/3 5 | 2");
    every.specs(2);
    EXPECT_EQ(every.reason(), "anchor : alternative 1 of 2, every 3rd (request 3)");
}

TEST(Reason, HasWhatWasDrawn) {
    Sequence of_two("20% 4 | 80% 5");
    auto const choice = of_two.choose({}).value();
    auto const drawn = choice.reason->drawn.value();
    EXPECT_EQ(choice.alternative->spec, drawn < 20 ? "4" : "5");
    EXPECT_THAT(choice.reason->reason, testing::StartsWith(drawn < 20 ? "20 %: drawn " : "80 %: drawn "));
    EXPECT_THAT(choice.reason->reason, testing::EndsWith(drawn < 20 ? " below 20" : " below 100"));
    auto const other = Sequence("0% 4 | 2").choose({}).value();
    EXPECT_TRUE(other.reason->drawn) << "also if no chance decided";
    EXPECT_THAT(other.reason->reason, testing::StartsWith("in order, drawn "));
    EXPECT_FALSE(Sequence("4 | 2").choose({})->reason->drawn);
}

TEST(Reason, IsNoneForOneResponse) {
    Alternatives const only(Alternative{.spec = "200"});
    EXPECT_EQ(only.choose({})->reason, nullptr);
    EXPECT_EQ(only.choose({})->alternative->spec, "200");
}

TEST(Reason, CountsInWords) {
    for (auto const& [of, word] : std::vector<std::pair<int, std::string>>{{2, "2nd"},
                                                                           {3, "3rd"},
                                                                           {4, "4th"},
                                                                           {11, "11th"},
                                                                           {12, "12th"},
                                                                           {13, "13th"},
                                                                           {21, "21st"},
                                                                           {112, "112th"}}) {
        Sequence sequence("1/" + std::to_string(of) + " 5 | 2");
        sequence.specs(static_cast<std::size_t>(of - 1));
        EXPECT_THAT(sequence.reason(), testing::HasSubstr(", every " + word + " ("));
    }
}

}  // namespace
}  // namespace pathology::pathod
