// print_test.cpp asks of random messages that their frozen text replays; here is what it looks like.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/language/resolve.hpp>

#include "support/properties.hpp"
#include "support/spec.hpp"

namespace pathology::language {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

std::string frozen(std::string_view spec, test::Setting const& setting, std::uint64_t seed = 1) {
    auto const message = setting.parse(spec).value().front();
    auto const done = freeze(test::resolved(message, setting.settings, seed), setting.settings, seed);
    return done.has_value() ? print(*done) : "refused: " + done.error().message;
}

TEST(Freeze, SpellsOutGeneratedData) {
    EXPECT_THAT(frozen("200:b@5,digits", test::response_setting()),
                MatchesRegex("200:b'[0-9]{5}':h'Content-Length'='5'"));
    EXPECT_THAT(frozen("get:@3,octdigits:u@2,digits:ir,@1,ascii_lowercase", test::client_setting()),
                MatchesRegex("'GET':'[0-7]{3}':u'[0-9]{2}':i[0-9]+,'[a-z]':h'Host'='example.com'"));
}

TEST(Freeze, DependsOnTheSeed) {
    auto const setting = test::response_setting();
    EXPECT_EQ(frozen("200:b@20:ir,@9", setting, 3), frozen("200:b@20:ir,@9", setting, 3));
    EXPECT_NE(frozen("200:b@20:ir,@9", setting, 3), frozen("200:b@20:ir,@9", setting, 4));
}

TEST(Freeze, LeavesShortcutsAndFilesAsTheyAre) {
    EXPECT_EQ(frozen("get:/:r:ufirefox", test::client_setting()), "'GET':/:r:ufirefox");
    EXPECT_EQ(frozen("get:/:r:us", test::client_setting()), "'GET':/:r:us");
    EXPECT_EQ(frozen("get:/:r:u's'", test::client_setting()), "'GET':/:r:u's'");
    EXPECT_EQ(frozen("200:r:b<'x'", test::response_setting()), "200:r:b<'x'");
}

TEST(Freeze, ResolvesANestedResponseOnce) {
    auto const text = frozen("get:/p/:s'401:ir,@1,digits'", test::client_setting());
    EXPECT_THAT(text, MatchesRegex("'GET':/p/:s'401:i[0-9]+,\\\\x27[0-9]\\\\x27:h\\\\x27Content-Length\\\\x27=\\\\x270"
                                   "\\\\x27':h'Host'='example.com'"));
}

TEST(Freeze, LeavesANestedHandshakeToItsServer) {
    EXPECT_EQ(frozen("get:/p/:r:s'ws'", test::client_setting()), "'GET':/p/:r:s'ws'");
}

TEST(Freeze, KeepsTheRepetitionOfANestedFrame) {
    auto const text = frozen("wf:knone:f'wf:b@3,digits:x7'", test::client_setting());
    EXPECT_THAT(text, MatchesRegex("wf:knone:f'wf:b\\\\x27[0-9]{3}\\\\x27:x7':mask"));
}

struct NestedCase {
    std::string_view name, spec, frozen;
};
void PrintTo(NestedCase const& c, std::ostream* out) { *out << c.spec; }
class C3_NestedSpec : public testing::TestWithParam<NestedCase> {};

/// Frozen as the server would resolve it, and to itself with another seed.
TEST_P(C3_NestedSpec, IsFrozenAsItsServerSendsIt) {
    auto const& [name, spec, expected] = GetParam();
    auto const setting = test::client_setting();
    auto const text = frozen(spec, setting, 1);
    EXPECT_THAT(text, MatchesRegex(std::string(expected)));
    EXPECT_EQ(frozen(text, setting, 2), text);
}

// A backslash of the printed text is two in the regular expression, and four here.
#define Q "\\\\x27"
INSTANTIATE_TEST_SUITE_P(
    Freeze, C3_NestedSpec,
    testing::Values(
        NestedCase{"FrameHasNoMask", "wf:-mask:f'wf:fin:b\"yo\"'", "wf:-mask:f'wf:fin:b" Q "yo" Q "'"},
        NestedCase{"EmptyFrame", "wf:f'wf':-mask", "wf:f'wf':-mask"},
        NestedCase{"FrameWithMaskHasItsKey", "wf:-mask:f'wf:mask'", "wf:-mask:f'wf:mask:k" Q "[a-zA-Z0-9]{4}" Q "'"},
        NestedCase{"FrameWithKeyStays", "wf:-mask:f'wf:k\"abcd\":x0'", "wf:-mask:f'wf:k" Q "abcd" Q ":x0'"},
        NestedCase{"FrameOffsets", "wf:-mask:f'wf:b\"yo\":da:x2'", "wf:-mask:f'wf:b" Q "yo" Q ":d5:x2'"},
        NestedCase{"FrameThatTheServerRefuses", "wf:-mask:f'wf:k\"abc\"'", "wf:-mask:f'wf:k" Q "abc" Q "'"},
        NestedCase{"FileOfTheServerInAFrame", "wf:-mask:f'wf:b<\"x\":dr'", "wf:-mask:f'wf:b<" Q "x" Q ":dr'"},
        NestedCase{"FileOfTheServer", "get:/p/:s'200:b<\"x\":h@2,digits=<y:da':r",
                   "'GET':/p/:s'200:b<" Q "x" Q ":h" Q "[0-9]{2}" Q "=<" Q "y" Q ":da':r"},
        NestedCase{"Response", "get:/p/:s'200:b@2,digits:ir,@1,digits':r",
                   "'GET':/p/:s'200:b" Q "[0-9]{2}" Q ":i[0-9]+," Q "[0-9]" Q ":h" Q "Content-Length" Q "=" Q "2" Q
                   "':r"},
        NestedCase{"Handshake", "get:/p/:s'ws:c@1':r", "'GET':/p/:s'ws:c@1':r"},
        NestedCase{"RepeatedFrameAsResponse", "get:/p/:s'wf:b@1,digits:x3':r",
                   "'GET':/p/:s'wf:b" Q "[0-9]" Q ":x3':r"}),
    [](auto const& row) { return std::string(row.param.name); });
#undef Q

TEST(Freeze, RefusesWhatIsTooLargeToSpellOut) {
    auto setting = test::client_setting();
    setting.settings.freeze_limit = 10;
    EXPECT_THAT(frozen("get:/:b@10", setting), Not(HasSubstr("refused")));
    EXPECT_EQ(frozen("get:/:b@11", setting),
              "refused: the generated data has more than 10 bytes, too many to spell out; the same seed sends the same "
              "bytes again");
    EXPECT_THAT(frozen("get:/:b@6:h'a'=@5", setting), HasSubstr("refused"));
    EXPECT_THAT(frozen("get:/:b@1t", setting), HasSubstr("refused"));
    EXPECT_THAT(frozen("get:/:b@6:s'200:b@5'", setting), HasSubstr("refused")) << "nested data counts too";
}

TEST(Freeze, StaysShortEnoughToBeReadAgain) {
    auto const setting = test::client_setting();
    auto const text = frozen("get:/:s'200:b@3m'", setting);
    EXPECT_GT(text.size(), 3U << 20U);
    EXPECT_TRUE(setting.parse(text).has_value());
}

}  // namespace
}  // namespace pathology::language
