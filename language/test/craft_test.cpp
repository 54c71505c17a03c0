#include <pathology/language/craft.hpp>

#include <gmock/gmock.h>

#include <pathology/language/print.hpp>

#include "support/properties.hpp"
#include "support/spec.hpp"

namespace pathology::language {
namespace {

using testing::MatchesRegex;

constexpr std::uint64_t seed = 7;

Crafted crafted(std::string_view spec, CraftOptions options = {},
                test::Setting const& setting = test::response_setting()) {
    return craft(setting.parse(spec).value().front(), setting.settings, seed, options).value();
}

std::string bytes_of(Crafted const& crafted) { return test::play(crafted.plan, seed).bytes; }

TEST(Craft, GivesTheSameBytesForTheSameSeed) {
    for (auto const* spec : {"200:b@100", "200:b@100:ir,'x'", "200:h@8,ascii_letters='x':dr"}) {
        EXPECT_EQ(bytes_of(crafted(spec)), bytes_of(crafted(spec))) << spec;
        auto const other = craft(test::response(spec), {}, seed + 1).value();
        EXPECT_NE(bytes_of(crafted(spec)), test::play(other.plan, seed + 1).bytes) << spec;
    }
}

TEST(Craft, SpellsOutWhatItSends) {
    for (auto const* spec : {"200:b@100", "200:b@20,digits:ir,@5:pr,0"}) {
        auto const frozen = crafted(spec, {.freezing = Freezing::always});
        EXPECT_TRUE(frozen.is_frozen);
        EXPECT_FALSE(frozen.plan.generates) << spec;
        EXPECT_EQ(bytes_of(frozen), bytes_of(crafted(spec))) << spec;
        EXPECT_EQ(bytes_of(crafted(print(frozen.message))), bytes_of(frozen)) << print(frozen.message);
    }
}

TEST(Craft, LeavesWhatIsTooLargeToItsGenerator) {
    auto const large = crafted("200:b@1g", {.freezing = Freezing::where_it_fits});
    EXPECT_FALSE(large.is_frozen);
    EXPECT_TRUE(large.plan.generates);
    EXPECT_EQ(print(large.message), "200:b@1g:h'Content-Length'='1073741824'");
    auto const refused = craft(test::response("200:b@1g"), {}, seed, {.freezing = Freezing::always});
    EXPECT_EQ(refused.error().code, SpecErrc::too_large);
}

struct ChanceCase {
    std::string_view name, spec;
    bool is_random, is_random_when_frozen;
};
void PrintTo(ChanceCase const& row, std::ostream* out) { *out << row.spec; }
class Chance : public testing::TestWithParam<ChanceCase> {};

TEST_P(Chance, IsReportedIfAnotherSeedWouldChangeTheBytes) {
    auto const setting = test::client_setting();
    auto const [name, spec, is_random, is_random_when_frozen] = GetParam();
    EXPECT_EQ(crafted(spec, {}, setting).is_random, is_random);
    EXPECT_EQ(crafted(spec, {.freezing = Freezing::always}, setting).is_random, is_random_when_frozen);
}

INSTANTIATE_TEST_SUITE_P(Craft, Chance,
                         testing::Values(ChanceCase{"Constant", "get:/:b'x'", false, false},
                                         ChanceCase{"Generated", "get:/:b@3", true, true},
                                         ChanceCase{"Offset", "get:/:ir,'x'", true, true},
                                         ChanceCase{"Nested", "get:/:s'200:b@3'", false, true},
                                         ChanceCase{"Masked", "wf:b'x'", true, true},
                                         ChanceCase{"Unmasked", "wf:-mask:b'x'", false, false}),
                         [](auto const& row) { return std::string(row.param.name); });

struct HeadCase {
    std::string_view name, spec, bytes;
};
void PrintTo(HeadCase const& row, std::ostream* out) { *out << row.spec; }
class WithoutBody : public testing::TestWithParam<HeadCase> {};

TEST_P(WithoutBody, EndsAtTheEmptyLine) {
    auto const [name, spec, bytes] = GetParam();
    EXPECT_EQ(bytes_of(crafted(spec, {.without_body = true})), bytes);
}

INSTANTIATE_TEST_SUITE_P(
    Craft, WithoutBody,
    testing::Values(HeadCase{"Body", "200:b'abc'", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"},
                    HeadCase{"NoBody", "200", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
                    HeadCase{"InjectionInHead", "200:b'abc':i0,'x'", "xHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"},
                    HeadCase{"InjectionInBody", "200:b'abc':ia,'x'", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nx"},
                    HeadCase{"Raw", "200:r:b'abc'", "HTTP/1.1 200 OK\r\n\r\n"},
                    HeadCase{"Cut", "200:b'abc':d8", "HTTP/1.1"}),
    [](auto const& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    C8_Injected, WithoutBody,
    testing::Values(
        HeadCase{"AtTheEnd", "200:ia,'tail'", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\ntail"},
        HeadCase{"PastTheEnd", "200:b'abc':i9999,'x'", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nx"},
        HeadCase{"InTheBody", "200:b'abc':i39,'x'", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nx"},
        HeadCase{"InBoth", "200:b'abc':ia,'y':i0,'x'", "xHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ny"},
        HeadCase{"InTheOrderOfTheBody", "200:b'abcdef':ia,'3':i40,'2':i39,'1'",
                 "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n123"},
        HeadCase{"AtOnePlaceAsGiven", "200:b'abc':ia,'1':ia,'2'", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n12"},
        HeadCase{"BehindADisconnectInTheBody", "200:b'abcdef':ia,'x':d39:i38,'y'",
                 "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ny"},
        HeadCase{"NotModified", "304:ia,'tail'", "HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\ntail"},
        HeadCase{"NoContent", "204:r:b'abc':ia,'tail'", "HTTP/1.1 204 No Content\r\n\r\ntail"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Craft, C8_SendsInjectedBytesOverHttp2) {
    auto const setting = test::http2_response_setting();
    auto const head = bytes_of(crafted("200:b'abc'", {.without_body = true}, setting));
    EXPECT_EQ(bytes_of(crafted("200:b'abc':ia,'tail'", {.without_body = true}, setting)), head + "tail");
    EXPECT_EQ(bytes_of(crafted("200:b'abc':i0,'x'", {.without_body = true}, setting)), "x" + head);
}

TEST(Craft, GivesThePlanAndThePartsOfAnHttp2Message) {
    auto const setting = test::http2_response_setting();
    for (auto const* spec :
         {"200:b'hello'", "200:b@70k:h'a'=@9", "200", "200:h'big'=@5k", "200:b'x':p3,1", "h2f:PING"}) {
        auto const made = crafted(spec, {}, setting);
        auto const plan = make_plan(made.message, setting.settings).value();
        auto const parts = make_http2_parts(made.message, setting.settings).value();
        EXPECT_EQ(test::play(made.plan, seed), test::play(plan, seed)) << spec;
        ASSERT_EQ(made.http2_parts.has_value(), parts.has_value()) << spec;
        if (!parts) continue;
        EXPECT_EQ(made.http2_parts->head, parts->head) << spec;
        EXPECT_EQ(test::play(made.http2_parts->body, seed), test::play(parts->body, seed)) << spec;
    }
}

TEST(Craft, MeasuresRandomOffsetsAndPlansAlike) {
    for (auto const* spec : {"200:b'abc':da", "200:b@20:pr,1:ia,'x':ir,'y'"}) {
        auto const made = crafted(spec);
        EXPECT_EQ(test::play(made.plan, seed), test::play(make_plan(made.message, {}).value(), seed)) << spec;
    }
}

TEST(Craft, LeavesFramesTheirPayload) {
    EXPECT_EQ(bytes_of(crafted("wf:-mask:b'hi'", {.without_body = true}, test::session_setting())), "\x01\x02hi");
}

TEST(Craft, AnnouncesOverHttp2HowLongTheBodyWouldBe) {
    auto const head = crafted("200:b'abc'", {.without_body = true}, test::http2_response_setting());
    EXPECT_EQ(print(head.message), "200:h'content-length'='3'");
}

}  // namespace
}  // namespace pathology::language
