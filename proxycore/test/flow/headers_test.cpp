#include <gmock/gmock.h>

#include <pathology/proxycore/flow/headers.hpp>

namespace pathology::proxycore::flow {
namespace {

using http::Field;
using http::Fields;
using testing::ElementsAre;
using testing::Pair;

Fields const worked_example{{"Host", "x"}, {"Accept", "a"}, {"X", "1"}, {"accept", "b"}};

pattern::Pattern to_pattern(std::string_view text) { return pattern::Pattern::compile(text).value(); }

TEST(Headers, P33_a_JoinsWhatHasOneName) {
    EXPECT_EQ(header(worked_example, "ACCEPT"), "a, b");
    EXPECT_EQ(worked_example.names().size(), 3U);
    EXPECT_THAT(worked_example.all("accept"), ElementsAre("a", "b"));
}

TEST(Headers, P33_a_SetAllKeepsPlaceAndSpelling) {
    auto fields = worked_example;
    std::string_view const values[] = {"p", "q", "r"};
    fields.set_all("Accept", values);
    EXPECT_THAT(fields, ElementsAre(Field{"Host", "x"}, Field{"Accept", "p"}, Field{"X", "1"}, Field{"accept", "q"},
                                    Field{"Accept", "r"}));
    fields.set("accept", "z");
    EXPECT_THAT(fields, ElementsAre(Field{"Host", "x"}, Field{"Accept", "z"}, Field{"X", "1"}));
}

TEST(Headers, P33_NameWhatIsMissing) {
    try {
        static_cast<void>(header(worked_example, "Via"));
        FAIL() << "nothing was thrown";
    } catch (std::out_of_range const& error) {
        EXPECT_STREQ(error.what(), "no header field \"Via\"");
    }
}

TEST(Headers, P33_FoldOnlyWhenAsked) {
    EXPECT_THAT(folded(worked_example), ElementsAre(Pair("Host", "x"), Pair("Accept", "a, b"), Pair("X", "1")));
    EXPECT_EQ(worked_example.size(), 4U);
}

TEST(Headers, P33_AreLinesAsBytes) {
    EXPECT_EQ(to_bytes(worked_example), "Host: x\r\nAccept: a\r\nX: 1\r\naccept: b\r\n");
    EXPECT_EQ(to_bytes({}), "");
}

TEST(Headers, P33_ReplaceWithinLines) {
    auto fields = worked_example;
    EXPECT_EQ(replace(fields, to_pattern("(?i)accept: "), "Via: "), 2U);
    EXPECT_THAT(fields, ElementsAre(Field{"Host", "x"}, Field{"Via", "a"}, Field{"X", "1"}, Field{"Via", "b"}));
    EXPECT_EQ(replace(fields, to_pattern("nothing"), "x"), 0U);
}

TEST(Headers, P33_ReplaceLeavesLinesThatWouldBreak) {
    Fields fields{{"A", "1"}, {"B", "2"}};
    EXPECT_EQ(replace(fields, to_pattern("A: "), "A"), 0U);
    EXPECT_EQ(fields, (Fields{{"A", "1"}, {"B", "2"}}));
}

TEST(Headers, P33_KeywordsGetDashes) {
    EXPECT_EQ(fields_of({{"content_type", "text/html"}, {"X", "a_b"}}),
              (Fields{{"content-type", "text/html"}, {"X", "a_b"}}));
}

}  // namespace
}  // namespace pathology::proxycore::flow
