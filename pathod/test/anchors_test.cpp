#include "anchors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "request_subject.hpp"
#include "support/folder.hpp"

namespace pathology::pathod {
namespace {

using testing::HasSubstr;

/// What a GET of a path gets.
Anchors::Result<AlternativeChoice> choice_of(Anchors const& anchors, std::string const& path) {
    proxycore::http::RequestHead const head{.method = "GET", .target = path};
    RequestDetails const details;
    RequestSubject const subject(head, details);
    IncomingRequest const incoming{.subject = subject, .target = path, .path = path};
    return anchors.find({incoming, {.path = path}});
}

/// Its spec; why there is none.
std::string spec_at(Anchors const& anchors, std::string const& path) {
    auto const choice = choice_of(anchors, path);
    if (!choice) return choice.error().message;
    return choice->alternative == nullptr ? "none" : choice->alternative->spec;
}

TEST(Anchors, ThatComeLaterComeFirst) {
    std::vector<std::string> const first{"/a=201", "/b=202"};
    AnchorOptions const options;
    auto read = Anchors::read(first, options);
    ASSERT_TRUE(read);
    auto& anchors = *read;
    auto const before = choice_of(anchors, "/a");
    ASSERT_TRUE(anchors.add("/a=203", options));
    ASSERT_TRUE(anchors.add("/a/x=204", options));
    auto const moved = std::move(anchors);
    EXPECT_EQ(spec_at(moved, "/a/x"), "204");
    EXPECT_EQ(spec_at(moved, "/a"), "203");
    EXPECT_EQ(spec_at(moved, "/b"), "202");
    EXPECT_EQ(before->alternative->spec, "201") << "an answer on its way keeps its anchor";
    EXPECT_EQ(spec_at(moved, "/c"), "none");
}

TEST(Anchors, ThatComeLaterAreCheckedAsWell) {
    Anchors anchors;
    EXPECT_THAT(anchors.add("/a", {}).error().message, HasSubstr("expected PATTERN=SPEC"));
    EXPECT_THAT(anchors.add("/(=200", {}).error().message, HasSubstr("Invalid regex in anchor"));
    EXPECT_THAT(anchors.add("/a=200:z", {}).error().message, HasSubstr("\n200:z\n    ^"));
    EXPECT_EQ(spec_at(anchors, "/a"), "none");
}

class AnchorsTest : public testing::Test {
protected:
    auto read(std::vector<std::string> const& arguments) { return Anchors::read(arguments, options); }
    std::string refusal(std::string const& argument) {
        auto const anchors = read({argument});
        return anchors ? "taken" : anchors.error().message;
    }
    AnchorOptions options;
};

TEST_F(AnchorsTest, FirstMatchWins) {
    auto const anchors = read({"/foo=200", "/f=404", "/.*=500"});
    ASSERT_TRUE(anchors);
    EXPECT_EQ(spec_at(*anchors, "/foo"), "200");
    EXPECT_EQ(spec_at(*anchors, "/far"), "404");
    EXPECT_EQ(spec_at(*anchors, "/x"), "500");
    EXPECT_EQ(spec_at(*anchors, "*"), "none");
}

TEST_F(AnchorsTest, APatternThatIsGivenUpIsAnErrorBeforeLaterAnchors) {
    auto anchors = read({"/ok=200", "/(a+)+$=200", "/=404"});
    ASSERT_TRUE(anchors);
    auto const endless = "/" + std::string(60, 'a') + "!";
    EXPECT_THAT(spec_at(*anchors, endless), HasSubstr("'/(a+)+$' was given up"));
    EXPECT_EQ(spec_at(*anchors, "/ok"), "200");
    EXPECT_EQ(spec_at(*anchors, "/b"), "404");
    ASSERT_TRUE(anchors->add("/[a!]*=201", options));
    EXPECT_EQ(spec_at(*anchors, endless), "201");
    ASSERT_TRUE(anchors->add("/(a|aa)+$=202", options));
    EXPECT_THAT(spec_at(*anchors, endless), HasSubstr("'/(a|aa)+$' was given up"));
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
    options.settings.files = language::FileAccess::below(folder.path());
    auto const anchors = read({"/plain=" + spec, "/plus=+spec.txt"});
    ASSERT_TRUE(anchors) << anchors.error().message;
    EXPECT_EQ(choice_of(*anchors, "/plain")->alternative->http1->line(), "crafting spec: 201:b'x'\n");
    EXPECT_EQ(choice_of(*anchors, "/plus")->alternative->http1->line(), "crafting spec: 201:b'x'\n");
}

// --- alternatives ----------------------------------------------------------------------------------------------------

/// The specs of several requests for `/a`.
std::string specs_of(Anchors const& anchors, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += (i > 0 ? " " : "") + spec_at(anchors, "/a");
    return text;
}

TEST_F(AnchorsTest, GiveTheirAlternativesInOrder) {
    auto const anchors = read({"/a=503 | 404:b'x | y' | 200"});
    ASSERT_TRUE(anchors) << anchors.error().message;
    EXPECT_EQ(specs_of(*anchors, 4), "503 404:b'x | y' 200 200");
    EXPECT_EQ(to_string(*choice_of(*anchors, "/a")->reason), "anchor /a: alternative 3 of 3, in order (request 5)");
}

TEST_F(AnchorsTest, WithOneSpecHaveNoReason) {
    auto const anchors = read({"/a=200:b'x | y'"});
    ASSERT_TRUE(anchors);
    EXPECT_EQ(spec_at(*anchors, "/a"), "200:b'x | y'");
    EXPECT_EQ(choice_of(*anchors, "/a")->reason, nullptr);
}

TEST_F(AnchorsTest, LeaveTheRequestToTheNextWhereNoConditionHolds) {
    auto anchors = read({"/a=1/3 503", "/=200"});
    ASSERT_TRUE(anchors);
    EXPECT_EQ(specs_of(*anchors, 6), "200 200 503 200 200 503");
    ASSERT_TRUE(anchors->add("/a=1/2 404", options));
    EXPECT_EQ(specs_of(*anchors, 4), "200 404 200 404");
    auto const alone = read({"/a=0% 503"});
    EXPECT_EQ(spec_at(*alone, "/a"), "none");
}

TEST_F(AnchorsTest, HaveAlternativesForOneProtocolEach) {
    auto const anchors = read({"/a=200:m'Yes' | 200 h2f:PING"});
    ASSERT_TRUE(anchors) << anchors.error().message;
    auto const first = choice_of(*anchors, "/a"), second = choice_of(*anchors, "/a");
    EXPECT_NE(first->alternative->http1, nullptr);
    EXPECT_EQ(first->alternative->http2, nullptr);
    EXPECT_EQ(second->alternative->http1, nullptr);
    EXPECT_NE(second->alternative->http2, nullptr);
}

TEST_F(AnchorsTest, ReadAlternativesFromFiles) {
    pathology::test::Folder const folder;
    auto const list = folder.write("list", "# a comment with a | bar\n503\n# another\n| 10% 404:b'a'\n| 200 | *\n");
    auto const one = folder.write("one.spec", "# a comment\n201\n");
    folder.write("two.spec", "202");
    options.settings.files = language::FileAccess::below(folder.path());
    auto const anchors = read({"/list=" + list, "/a=+two.spec | " + one + " | 203"});
    ASSERT_TRUE(anchors) << anchors.error().message;
    EXPECT_EQ(choice_of(*anchors, "/list")->reason->alternatives, 3U);
    EXPECT_EQ(spec_at(*anchors, "/a"), "202");
    EXPECT_EQ(choice_of(*anchors, "/a")->alternative->http1->line(), "crafting spec: 201\n");
    EXPECT_EQ(specs_of(*anchors, 1), "203");
}

struct RefusedCase {
    std::string_view name;
    std::string argument, end;
};
void PrintTo(RefusedCase const& row, std::ostream* out) { *out << row.name; }
class RefusedAnchor : public AnchorsTest, public testing::WithParamInterface<RefusedCase> {};

TEST_P(RefusedAnchor, IsShownAtItsPlace) {
    EXPECT_THAT(refusal(GetParam().argument), testing::StartsWith("Invalid spec in anchor: " + GetParam().argument));
    EXPECT_THAT(refusal(GetParam().argument), testing::EndsWith(GetParam().end));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, RefusedAnchor,
    testing::Values(RefusedCase{"SecondSpec", "/a=503 | 2x", "\n503 | 2x\n       ^"},
                    RefusedCase{"SpecBehindACondition", "/a=10% 503:z | 200", "\n10% 503:z | 200\n        ^"},
                    RefusedCase{"Condition", "/a=503 | 200% 404", "\n503 | 200% 404\n      ^"},
                    RefusedCase{"Setting", "/a=503 | per stream", "\n503 | per stream\n      ^"},
                    RefusedCase{"Empty", "/a=503 |", "\n503 |\n     ^"},
                    RefusedCase{"NoBlankBefore", "/a=503| 200",
                                "\nhint: a | between two alternatives has white space on both sides"},
                    RefusedCase{"NoBlankBehind", "/a=503 | 404 |200",
                                "\nhint: a | between two alternatives has white space on both sides"},
                    RefusedCase{"FileThatDoesNotExist", "/a=503 | my.spec",
                                "\nhint: there is no regular file 'my.spec', so it was read as a spec"},
                    RefusedCase{"FileThatIsNotRead", "/a=503 | +gone", "\n503 | +gone\n      ^"}),
    [](auto const& row) { return std::string(row.param.name); });

// --- filters ---------------------------------------------------------------------------------------------------------

class FilterAnchors : public AnchorsTest {
protected:
    /// What a request gets, and why.
    static std::string given(Anchors const& anchors, std::string method, std::string target, std::string body = {}) {
        proxycore::http::RequestHead const head{
            .method = std::move(method), .target = std::move(target), .fields = {{"Host", "x"}, {"X-Test", "503"}}};
        RequestDetails const details{.body = body, .body_size = body.size()};
        RequestSubject const subject(head, details);
        IncomingRequest const incoming{.subject = subject, .target = head.target, .path = head.target};
        auto const choice = anchors.find({incoming, {.path = head.target}});
        if (!choice) return choice.error().message;
        if (choice->alternative == nullptr) return "none";
        return choice->alternative->spec + (choice->reason ? ", " + to_string(*choice->reason) : "");
    }
};

TEST_F(FilterAnchors, SelectByTheRequest) {
    auto const anchors = read({"~m POST & ~u /pay & ~hq X-Test=503", "!(~m GET | ~m POST)=405", "/=200"});
    ASSERT_TRUE(anchors) << anchors.error().message;
    EXPECT_EQ(given(*anchors, "POST", "/pay"), "503, anchor ~m POST & ~u /pay & ~hq X-Test: its filter matches");
    EXPECT_EQ(given(*anchors, "GET", "/pay"), "200");
    EXPECT_EQ(given(*anchors, "POST", "/"), "200");
    EXPECT_EQ(given(*anchors, "PUT", "/"), "405, anchor !(~m GET | ~m POST): its filter matches");
}

TEST_F(FilterAnchors, HaveAlternatives) {
    auto const anchors = read({"~m POST=503 | 200"});
    ASSERT_TRUE(anchors);
    EXPECT_EQ(given(*anchors, "GET", "/"), "none");
    EXPECT_EQ(given(*anchors, "POST", "/"), "503, anchor ~m POST: alternative 1 of 2, in order (request 1)");
    EXPECT_EQ(given(*anchors, "POST", "/"), "200, anchor ~m POST: alternative 2 of 2, in order (request 2)");
}

TEST_F(FilterAnchors, TakeAnEqualsSignInQuotes) {
    auto const anchors = read({"~u \"a=1\"=201"});
    ASSERT_TRUE(anchors);
    EXPECT_THAT(given(*anchors, "GET", "/?a=1"), testing::StartsWith("201"));
    EXPECT_EQ(given(*anchors, "GET", "/?a"), "none");
    Anchors apart;
    ASSERT_TRUE(apart.add(PathAnchor{"~u a=1", "202"}, options)) << "a filter that is given apart may have it anywhere";
    EXPECT_THAT(given(apart, "GET", "/?a=1"), testing::StartsWith("202"));
}

TEST_F(FilterAnchors, ThatAreGivenUpAreAnError) {
    options.max_content = 3;
    auto const anchors = read({"~m POST & ~bq x=503", "/=200"});
    ASSERT_TRUE(anchors);
    EXPECT_THAT(given(*anchors, "POST", "/", "abx"), testing::StartsWith("503"));
    EXPECT_EQ(
        given(*anchors, "POST", "/", "abcx"),
        "the filter '~bq x' was given up on the content of the request, which is longer than the limit of 3 bytes");
    EXPECT_EQ(given(*anchors, "GET", "/", "abcx"), "200");
}

TEST_F(FilterAnchors, AreRefusedWithTheirPlace) {
    EXPECT_EQ(refusal("~m POST & ~c abc=200"),
              "Invalid filter expression: '~m POST & ~c abc'\nfilter:1:14: expected a status code, in decimal digits, "
              "after ~c\n~m POST & ~c abc\n             ^");
    EXPECT_THAT(refusal("~zzz=200"), HasSubstr("unknown operator ~zzz"));
    EXPECT_THAT(
        refusal("~u /x?a=1=200"),
        testing::EndsWith("\nhint: the filter is '~u /x?a'; an = in an argument of a filter has to be in quotes"));
    EXPECT_THAT(refusal("~m POST=20x"), testing::EndsWith("\n20x\n  ^")) << "without a hint";
}

}  // namespace
}  // namespace pathology::pathod
