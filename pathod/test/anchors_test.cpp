#include "anchors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/folder.hpp"

namespace pathology::pathod {
namespace {

using testing::HasSubstr;

struct SplitCase {
    std::string_view name, argument, pattern, spec;
};
class SplitAnchor : public testing::TestWithParam<SplitCase> {};

TEST_P(SplitAnchor, TakesTheFirstBareEqualsSign) {
    auto const parts = split_anchor(GetParam().argument);
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->pattern, GetParam().pattern);
    EXPECT_EQ(parts->spec, GetParam().spec);
}

INSTANTIATE_TEST_SUITE_P(Arguments, SplitAnchor,
                         testing::Values(SplitCase{"Plain", "/foo=200", "/foo", "200"},
                                         SplitCase{"SpecWithEquals", "/foo=200:h'a'='b'", "/foo", "200:h'a'='b'"},
                                         SplitCase{"Escaped", R"(/foo\?a\=b=200)", R"(/foo\?a\=b)", "200"},
                                         SplitCase{"InClass", "/[a=]=200", "/[a=]", "200"},
                                         SplitCase{"LookAhead", "/(?=foo)f=200", "/(?=foo)f", "200"},
                                         SplitCase{"ParenthesisInClass", "/[(]=200", "/[(]", "200"},
                                         SplitCase{"OpenParenthesis", "/(foo=200", "/(foo", "200"},
                                         SplitCase{"EmptyPattern", "=200", "", "200"}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(Anchors, ThatComeLaterComeFirst) {
    std::vector<std::string> const first{"/a=201", "/b=202"};
    language::Settings const settings;
    auto read = Anchors::read(first, settings, false);
    ASSERT_TRUE(read);
    auto& anchors = *read;
    auto const* const before = anchors.find("/a").value();
    ASSERT_TRUE(anchors.add("/a=203", settings, false));
    ASSERT_TRUE(anchors.add("/a/x=204", settings, false));
    auto const moved = std::move(anchors);
    EXPECT_EQ(moved.find("/a/x").value()->spec, "204");
    EXPECT_EQ(moved.find("/a").value()->spec, "203");
    EXPECT_EQ(moved.find("/b").value()->spec, "202");
    EXPECT_EQ(before->spec, "201") << "an answer on its way keeps its anchor";
    EXPECT_EQ(moved.find("/c").value(), nullptr);
}

TEST(Anchors, ThatComeLaterAreCheckedAsWell) {
    Anchors anchors;
    EXPECT_THAT(anchors.add("/a", {}, false).error().message, HasSubstr("expected PATTERN=SPEC"));
    EXPECT_THAT(anchors.add("/(=200", {}, false).error().message, HasSubstr("Invalid regex in anchor"));
    EXPECT_THAT(anchors.add("/a=200:z", {}, false).error().message, HasSubstr("\n200:z\n    ^"));
    EXPECT_EQ(anchors.find("/a").value(), nullptr);
}

TEST(SplitAnchor, WantsAnEqualsSign) { EXPECT_FALSE(split_anchor("/foo")); }

class AnchorsTest : public testing::Test {
protected:
    auto read(std::vector<std::string> const& arguments) { return Anchors::read(arguments, settings, false); }
    std::string refusal(std::string const& argument) {
        auto const anchors = read({argument});
        return anchors ? "taken" : anchors.error().message;
    }
    language::Settings settings;
};

TEST_F(AnchorsTest, FirstMatchWins) {
    auto const anchors = read({"/foo=200", "/f=404", "/.*=500"});
    ASSERT_TRUE(anchors);
    EXPECT_EQ(anchors->find("/foo").value()->http1->spec(), "200");
    EXPECT_EQ(anchors->find("/far").value()->http1->spec(), "404");
    EXPECT_EQ(anchors->find("/x").value()->http1->spec(), "500");
    EXPECT_EQ(anchors->find("*").value(), nullptr);
}

TEST_F(AnchorsTest, APatternThatIsGivenUpIsAnErrorBeforeLaterAnchors) {
    auto anchors = read({"/ok=200", "/(a+)+$=200", "/=404"});
    ASSERT_TRUE(anchors);
    auto const endless = "/" + std::string(60, 'a') + "!";
    EXPECT_THAT(anchors->find(endless).error().message, HasSubstr("'/(a+)+$' was given up"));
    EXPECT_EQ(anchors->find("/ok").value()->spec, "200");
    EXPECT_EQ(anchors->find("/b").value()->spec, "404");
    ASSERT_TRUE(anchors->add("/[a!]*=201", settings, false));
    EXPECT_EQ(anchors->find(endless).value()->spec, "201");
    ASSERT_TRUE(anchors->add("/(a|aa)+$=202", settings, false));
    EXPECT_THAT(anchors->find(endless).error().message, HasSubstr("'/(a|aa)+$' was given up"));
}

TEST_F(AnchorsTest, RefusesWhatCannotWork) {
    EXPECT_THAT(refusal("/foo"), HasSubstr("Invalid anchor specification: /foo"));
    EXPECT_THAT(refusal("/fo(o=200"), HasSubstr("Invalid regex in anchor: /fo(o\npattern:1:6: missing closing"));
    EXPECT_THAT(refusal("/foo=2x"), HasSubstr("Invalid spec in anchor: /foo=2x\nspec:1:2: "));
    EXPECT_THAT(refusal("/foo=2x"), testing::EndsWith("\n2x\n ^"));
    EXPECT_THAT(refusal("/foo=wf:k'abc'"), HasSubstr("Invalid spec in anchor"));
    EXPECT_THAT(refusal("/foo=+gone"), HasSubstr("gone"));
}

TEST_F(AnchorsTest, C11_HintsAtAFileThatDoesNotExist) {
    EXPECT_THAT(refusal("/foo=my.spec"),
                testing::EndsWith("my.spec\n^\nhint: there is no regular file 'my.spec', so it "
                                  "was read as a spec"));
    EXPECT_THAT(refusal("/foo=200.spec"), HasSubstr("hint: there is no regular file '200.spec'"));
    EXPECT_THAT(refusal("/foo=/"), HasSubstr("hint: there is no regular file '/'")) << "a folder";
    EXPECT_THAT(refusal("/foo=200:b'a.b':z"), testing::Not(HasSubstr("hint"))) << "certainly a spec";
}

TEST_F(AnchorsTest, AcceptsWhatDependsOnTheRequest) {
    EXPECT_TRUE(read({"/foo=200:b<later"}));
    EXPECT_TRUE(read({"/foo=ws"}));
}

TEST_F(AnchorsTest, ReadsSpecsFromFiles) {
    pathology::test::Folder const folder;
    auto const spec = folder.write("spec.txt", "# a comment\n201\n:b'x'\n");
    settings.files = language::FileAccess::below(folder.path());
    auto const anchors = read({"/plain=" + spec, "/plus=+spec.txt"});
    ASSERT_TRUE(anchors) << anchors.error().message;
    EXPECT_EQ(anchors->find("/plain").value()->http1->line(), "crafting spec: 201:b'x'\n");
    EXPECT_EQ(anchors->find("/plus").value()->http1->line(), "crafting spec: 201:b'x'\n");
}

}  // namespace
}  // namespace pathology::pathod
