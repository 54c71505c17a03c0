// A megabyte of anything is refused, or accepted and played, in linear time and shallow stack. The time limit of the
// test is the guard: what takes quadratic time does not come back.

#include <gtest/gtest.h>

#include "support/properties.hpp"
#include "support/spec.hpp"

namespace pathology::language {
namespace {

enum class Outcome { refused, accepted };

void PrintTo(Outcome outcome, std::ostream* out) { *out << (outcome == Outcome::refused ? "refused" : "accepted"); }

struct HostileCase {
    std::string_view name;
    test::Setting (*setting)();
    std::string_view start, repeated, end;
    Outcome outcome;
};

void PrintTo(HostileCase const& c, std::ostream* out) { *out << c.name; }

class HostileSpec : public testing::TestWithParam<HostileCase> {};

TEST_P(HostileSpec, IsDealtWithAtOnce) {
    auto const& c = GetParam();
    std::string spec(c.start);
    while (spec.size() < 1U << 20U) spec += c.repeated;
    spec += c.end;
    auto const setting = c.setting();
    auto parsed = setting.parse(spec);
    ASSERT_EQ(parsed.has_value() ? Outcome::accepted : Outcome::refused, c.outcome);
    if (parsed.has_error()) {
        EXPECT_LE(parsed.error().hint.size(), test::max_sentence);
        EXPECT_LE(describe(parsed.error(), spec).size(), test::max_description);
        return;
    }
    // Messages are resolved and played one by one, so the first of them show what each costs.
    constexpr std::size_t max_played = 10'000;
    if (parsed->size() > max_played) parsed->resize(max_played);
    for (auto const& message : *parsed) {
        Rng rng(1);
        auto const resolved = resolve(message, setting.settings, rng);
        if (resolved.has_error()) continue;
        auto const plan = make_plan(*resolved, setting.settings);
        ASSERT_TRUE(plan.has_value());
        EXPECT_EQ(test::play(*plan, 1).error, "");
        EXPECT_TRUE(freeze(*resolved, setting.settings, 1).has_value());
        EXPECT_FALSE(print(*resolved).empty());
    }
}

constexpr auto responses = test::response_setting;
constexpr auto client = test::client_setting;
constexpr auto session = test::session_setting;
constexpr auto http2_responses = test::http2_response_setting;
constexpr auto http2_client = test::http2_client_setting;
HostileCase const hostile_cases[] = {
    {"Parentheses", responses, "", "(", "", Outcome::refused},
    {"Colons", responses, "200", ":", "", Outcome::refused},
    {"Quotes", responses, "200:b", "'", "", Outcome::refused},
    {"OpenQuote", responses, "200:b'", "x", "", Outcome::refused},
    {"Backslashes", responses, "200:b'", "\\", "", Outcome::refused},
    {"EscapedQuotes", responses, "200:b'", "\\'", "'", Outcome::accepted},
    {"BareBackslashes", responses, "200:b", "\\\\", "", Outcome::accepted},
    {"QuotedSpecs", responses, "", "200:b'", "", Outcome::refused},
    {"Digits", responses, "", "9", "", Outcome::accepted},
    {"DigitsOfASize", responses, "200:b@", "9", "", Outcome::refused},
    {"ZerosOfASize", responses, "200:b@", "0", "1", Outcome::accepted},
    {"Sizes", responses, "200", "@9", "", Outcome::refused},
    {"Blanks", responses, "", " ", "", Outcome::refused},
    {"BlanksInside", responses, "200", "\n", ":r", Outcome::accepted},
    {"BlankedFeatures", responses, "200", "  :  ", "", Outcome::refused},
    {"Hashes", responses, "", "#", "", Outcome::refused},
    {"Headers", responses, "200:", "h'a'='b'", "", Outcome::accepted},
    {"GeneratedHeaders", responses, "200", ":h@1=@1,digits", "", Outcome::accepted},
    {"OpenHeaders", responses, "200", ":h'a'=", "", Outcome::refused},
    {"Pauses", responses, "200:b@100000", ":p9,1", "", Outcome::accepted},
    {"PausesInAPlanOfBytes", responses, "200", ":p20,1:c'xx'", "", Outcome::accepted},
    {"RandomInjections", responses, "200", ":ir,@1", "", Outcome::accepted},
    {"Injections", responses, "200", ":i9,'x'", "", Outcome::accepted},
    {"RawFlags", responses, "200", ":r", "", Outcome::refused},
    {"Requests", client, "", "get:/ ", "", Outcome::accepted},
    {"RequestsWithoutSpace", client, "", "get:/:r", "", Outcome::accepted},
    {"RequestsThatEndBadly", client, "", "get:/ ", "get:", Outcome::refused},
    {"WebSocketRequests", client, "", "ws:/ ", "", Outcome::accepted},
    {"LettersOfAMethod", client, "put", "S", ":/x", Outcome::refused},
    {"LettersOfAUserAgent", client, "get:/:ul", "y", "", Outcome::refused},
    {"HalfRequests", client, "", "ws:get:", "", Outcome::refused},
    {"NestedQuotes", client, "get:/:s'200:b", "\\'", "'", Outcome::refused},
    {"NestedBackslashes", client, "get:/:s'200:b\"", "\\\\\\\\", "\"'", Outcome::accepted},
    {"NestedResponses", client, "", "get:/:s'200:b\"x\"' ", "", Outcome::accepted},
    {"NestedFrames", client, "", "wf:f'wf:b\"x\"' ", "", Outcome::accepted},
    {"Frames", session, "", "wf:", "", Outcome::accepted},
    {"FramesInARow", session, "", "wf ", "", Outcome::accepted},
    {"Flags", session, "wf", ":-", "", Outcome::refused},
    {"HighBytes", session, "wf:b'", "\xff", "'", Outcome::accepted},
    {"Http2Frames", http2_responses, "", "h2f ", "", Outcome::accepted},
    {"Http2FramesWithoutSpace", http2_responses, "", "h2f", "", Outcome::accepted},
    {"Http2FramesAsBytes", client, "", "h2f:PING ", "", Outcome::accepted},
    {"Http2Prefaces", http2_client, "", "h2p", "", Outcome::accepted},
    {"Http2Slots", http2_client, "h2f", ":", "", Outcome::refused},
    {"Http2Digits", http2_client, "h2f:", "9", "", Outcome::refused},
    {"Http2ZerosOfALength", http2_client, "h2f:", "0", "", Outcome::accepted},
    {"Http2HexadecimalDigits", http2_client, "h2f:0x", "f", "", Outcome::refused},
    {"Http2Capitals", http2_client, "h2f:", "A", "", Outcome::refused},
    {"Http2Flags", http2_client, "h2f:ACK", ",ACK", "", Outcome::accepted},
    {"Http2FlagsThatEndBadly", http2_client, "h2f:0:0:ACK", ",8", ",", Outcome::refused},
    {"Http2NumbersForFlags", http2_client, "h2f:0:0:8", ",8", "", Outcome::accepted},
    {"Http2Distances", http2_client, "h2f:this+", "9", "", Outcome::refused},
    {"Http2ZerosOfADistance", http2_client, "h2f:this+", "0", "", Outcome::accepted},
    {"Http2WordsOfStreams", http2_client, "h2f:", "this", "", Outcome::refused},
    {"Http2RelativeNumbers", http2_client, "h2f:GOAWAY", ":LAST_STREAM=this", "", Outcome::refused},
    {"Http2Settings", http2_client, "h2f:SETTINGS:1=1", ",1=1", "", Outcome::accepted},
    {"Http2Errors", http2_client, "h2f:CANCEL", ",CANCEL", "", Outcome::accepted},
    {"Http2Fields", http2_client, "h2f:HEADERS:a=b", ",'a'='b'", "", Outcome::accepted},
    {"Http2FieldsOfTheirOwn", http2_client, "h2f:HEADERS:a=b", ",@3=@3", "", Outcome::accepted},
    {"Http2FieldsWithoutValues", http2_client, "h2f:HEADERS", ",a=", "", Outcome::refused},
    {"Http2Values", http2_client, "h2f:'x'", ",@1", "", Outcome::accepted},
    {"Http2Pauses", http2_client, "h2f:@100000", ":p9,1", "", Outcome::accepted},
    {"Http2Requests", http2_client, "", "get:/ ", "", Outcome::accepted},
    {"Http2Headers", http2_responses, "200", ":h'a'='b'", "", Outcome::accepted},
    {"Http2DrawnHeaders", http2_responses, "200", ":h@9=@9,digits", "", Outcome::accepted},
    {"Http2PausesAmongFrames", http2_responses, "200:b@1m", ":p9999,1", "", Outcome::accepted},
    {"ZeroBytes", session, "", std::string_view("\0", 1), "", Outcome::refused},
    {"ZeroBytesInAnOpenQuote", session, "wf:b'", std::string_view("\0", 1), "", Outcome::refused},
};
INSTANTIATE_TEST_SUITE_P(Language, HostileSpec, testing::ValuesIn(hostile_cases),
                         [](auto const& row) { return std::string(row.param.name); });

// A body of half a megabyte that is cut at a hundred thousand places.
TEST(HostileSpec, CutsABodyOftenWithoutCopyingItOften) {
    std::string spec = "200:b'" + std::string(500000, 'x') + "'";
    for (int at = 0; at < 100000; ++at) spec += ":p" + std::to_string(at * 5) + ",1";
    auto const played = test::played(test::response(spec));
    EXPECT_EQ(played.pauses.size(), 100000U);
    EXPECT_GT(played.bytes.size(), 500000U);
}

TEST(HostileSpec, RepeatsForNothing) {
    auto const message = test::request("get:/:x18446744073709551615");
    EXPECT_EQ(test::played(message), test::played(test::request("get:/")));
    EXPECT_EQ(test::frame("wf:x9999999999:b'a'"), test::frame("wf:x9999999999:b'a'"));
}

TEST(HostileSpec, HasSizesThatAddUpPastAllNumbers) {
    auto const plan =
        test::plan(test::response("200:b@16777215t:h'a'=@16777215t:p16000000000000000000,1:ia,@16777215t:da"));
    EXPECT_EQ(plan.base_length, UINT64_MAX);
    EXPECT_EQ(plan.length, UINT64_MAX);
    Player player;
    player.start(plan, 1);
    EXPECT_EQ(std::get<Send>(*player.next()).bytes.size(), Player::default_block);
}

}  // namespace
}  // namespace pathology::language
