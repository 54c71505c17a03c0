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
    EXPECT_THAT(text, MatchesRegex("wf:knone:f'wf:b\\\\x27[0-9]{3}\\\\x27:mask:x7':mask"));
}

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
