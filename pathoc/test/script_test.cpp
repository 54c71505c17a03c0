#include "script.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace pathology::pathoc {
namespace {

using language::Freezing;

language::Settings settings() {
    language::Settings settings;
    settings.role = language::Role::client;
    settings.request_host = "example.com";
    return settings;
}

Script script(std::string_view text, Freezing freezing = Freezing::none) {
    return read_script(text, settings(), freezing).value();
}

TEST(MessageSequence, RepeatsEachMessageInPlace) {
    std::array const scripts{script("get:/a:x2 get:/b"), script("get:/c:x0 get:/d")};
    MessageSequence messages(scripts);
    std::string reported;
    while (auto const* message = messages.next()) reported += *message->craft(0).value().spec + " ";
    EXPECT_EQ(reported, "'GET':/a 'GET':/a 'GET':/b 'GET':/d ");
    EXPECT_EQ(messages.next(), nullptr);
    EXPECT_EQ(count_messages(scripts), 4U);
}

TEST(MessageSequence, C6_RepeatsAllScripts) {
    std::array const scripts{script("get:/a:x2"), script("get:/b")};
    MessageSequence messages(scripts, 2);
    std::string reported;
    while (auto const* message = messages.next())
        reported += *message->craft(0).value().spec + "#" + std::to_string(messages.repetition()) + " ";
    EXPECT_EQ(reported, "'GET':/a#0 'GET':/a#1 'GET':/b#0 'GET':/a#0 'GET':/a#1 'GET':/b#0 ");
    EXPECT_EQ(messages.next(), nullptr);
    std::array const none{script("get:/:x0")};
    EXPECT_EQ(MessageSequence(none, std::numeric_limits<std::uint64_t>::max()).next(), nullptr);
    EXPECT_EQ(MessageSequence(scripts, 0).next(), nullptr);
}

TEST(MessageSequence, RepeatsABillionTimesWithoutKeepingThem) {
    std::array const scripts{script("get:/:x1000000000")};
    MessageSequence messages(scripts);
    auto const* const first = messages.next();
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(messages.next(), first);
    EXPECT_EQ(count_messages(scripts), 1000000000U);
}

TEST(CountMessages, KnowsWhenItCannot) {
    std::array const scripts{script("get:/:x18446744073709551615 get:/")};
    EXPECT_EQ(count_messages(scripts), std::nullopt);
}

TEST(PreparedMessage, PlansAConstantMessageOnce) {
    auto const parsed = script("get:/:b'x'");
    auto const one = parsed.messages[0].craft(1).value();
    auto const other = parsed.messages[0].craft(2).value();
    EXPECT_FALSE(one.random);
    EXPECT_EQ(one.plan, other.plan);
}

TEST(PreparedMessage, DrawsEverythingRandomFromTheSeed) {
    auto const parsed = script("get:/:b@10,digits:ir,@1", Freezing::always);
    auto const spelled = [&](std::uint64_t seed) { return *parsed.messages[0].craft(seed).value().spec; };
    EXPECT_TRUE(parsed.messages[0].craft(1)->random);
    EXPECT_EQ(spelled(1), spelled(1));
    EXPECT_NE(spelled(1), spelled(2));
}

TEST(PreparedMessage, RefusesAtOnceWhatCannotBeSent) {
    EXPECT_EQ(read_script("get:/:b<nowhere", settings(), Freezing::none).error().code, language::SpecErrc::file_access);
    EXPECT_EQ(read_script("get:/:b@1g", settings(), Freezing::always).error().code, language::SpecErrc::too_large);
    EXPECT_TRUE(read_script("get:/:b@1g", settings(), Freezing::none));
}

TEST(PreparedMessage, C9_ReportsTheGeneratorOfWhatIsTooLargeToSpellOut) {
    auto const large = script("get:/:b@1g", Freezing::where_it_fits).messages[0].craft(1).value();
    EXPECT_EQ(*large.spec, "'GET':/:b@1g:h'Content-Length'='1073741824':h'Host'='example.com'");
    EXPECT_EQ(large.note, language::too_large_note);
    EXPECT_NE(large.identity(), script("get:/:b@1g", Freezing::where_it_fits).messages[0].craft(2)->identity());
    auto const small = script("get:/:b@1", Freezing::where_it_fits).messages[0].craft(1).value();
    EXPECT_EQ(small.note, "");
    EXPECT_EQ(small.identity(), *small.spec);
}

TEST(PreparedMessage, KnowsWhatTheResponseDependsOn) {
    auto const parsed = script("head:/ 'PATCH':/ ws:/ wf");
    EXPECT_EQ(parsed.messages[0].method(), "HEAD");
    EXPECT_EQ(parsed.messages[1].method(), "PATCH");
    EXPECT_TRUE(parsed.messages[2].is_handshake());
    EXPECT_TRUE(parsed.messages[3].is_frame());
}

TEST(PreparedMessage, BytesHaveAResponseUnlessOthersFollow) {
    auto const parsed = script("raw:'a' raw:'b' get:/ raw:'c' wf");
    std::vector<bool> found;
    for (auto const& message : parsed.messages) found.push_back(message.has_response());
    EXPECT_EQ(found, (std::vector{false, true, true, true, false}));
}

TEST(MessageSequence, RepeatsGroups) {
    std::array const scripts{script("(get:/a:x2 get:/b )x2 get:/c")};
    MessageSequence messages(scripts);
    std::string reported;
    while (auto const* message = messages.next()) reported += *message->craft(0).value().spec + " ";
    EXPECT_EQ(reported, "'GET':/a 'GET':/a 'GET':/b 'GET':/a 'GET':/a 'GET':/b 'GET':/c ");
    EXPECT_EQ(count_messages(scripts), 7U);
}

TEST(MessageSequence, EndsAGroupWithoutMessages) {
    std::array const scripts{script("(get:/a:x0 )x18446744073709551615 (get:/b )x0 get:/c")};
    MessageSequence messages(scripts);
    EXPECT_EQ(*messages.next()->craft(0).value().spec, "'GET':/c");
    EXPECT_EQ(messages.next(), nullptr);
    EXPECT_EQ(count_messages(scripts), 1U);
}

TEST(CountMessages, KnowsThatAGroupIsTooMany) {
    std::array const scripts{script("(get:/:x4294967296 )x4294967296")};
    EXPECT_EQ(count_messages(scripts), std::nullopt);
}

TEST(LoadScript, C11_HintsAtAFileThatDoesNotExist) {
    auto const refused = load_script("my.spec", settings(), Freezing::none);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().text.ends_with("hint: there is no regular file 'my.spec', so it was read as a spec\n"))
        << refused.error().text;
    EXPECT_EQ(load_script("get:/a.b:z", settings(), Freezing::none).error().text.find("regular file"),
              std::string::npos);
}

TEST(LoadScript, C16_TakesComments) {
    EXPECT_EQ(load_script("# two\nget:/a\n# and\nget:/b", settings(), Freezing::none)->messages.size(), 2U);
}

TEST(LoadScript, ShowsTheLineAndACaret) {
    auto const refused = load_script("get:/:p1,x", settings(), Freezing::none);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text.rfind("spec:1:", 0), 0U) << refused.error().text;
    EXPECT_NE(refused.error().text.find("\nget:/:p1,x\n"), std::string::npos) << refused.error().text;
    EXPECT_TRUE(refused.error().text.ends_with("^\n")) << refused.error().text;
}

TEST(LoadScript, C13_SaysWhichProtocolASpecNeeds) {
    auto const refusal = [](std::string const& spec, language::Protocol protocol) {
        auto with = settings();
        with.protocol = protocol;
        auto const script = load_script(spec, with, Freezing::none);
        return script ? std::string() : script.error().text;
    };
    auto const http2 = language::Protocol::http2, http1 = language::Protocol::http1;
    EXPECT_EQ(refusal("wf:b'x'", http2).rfind("spec:1:1: this spec is for HTTP/1 and WebSocket", 0), 0U)
        << refusal("wf:b'x'", http2);
    EXPECT_EQ(refusal("get:/:z", http2).find("HTTP/1"), std::string::npos);
    EXPECT_EQ(refusal("get:/ h2f:PING", http1), "") << "sent as bytes";
    EXPECT_EQ(refusal("get:/ h2f:PING", http2), "");
}

}  // namespace
}  // namespace pathology::pathoc
