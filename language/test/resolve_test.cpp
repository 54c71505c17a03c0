#include <pathology/language/resolve.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "support/folder.hpp"
#include "support/properties.hpp"
#include "support/spec.hpp"

namespace pathology::language {
namespace {

using testing::MatchesRegex;

TEST(Pauses, AreWhatKeepsThePeerWaiting) {
    for (auto const* spec : {"200:p0,0", "200:pr,f", "200:t0,1k", "200:t0,1/0.1", "200:d0,hold"})
        EXPECT_TRUE(pauses(test::response(spec))) << spec;
    for (auto const* spec : {"200", "200:t0,1/0", "200:t0,full", "200:d0", "200:d0,rst", "200:i0,'x'"})
        EXPECT_FALSE(pauses(test::response(spec))) << spec;
}

struct ResolveCase {
    std::string_view name;
    test::Setting (*setting)();
    std::string_view spec, resolved;
};

void PrintTo(ResolveCase const& c, std::ostream* out) { *out << c.spec; }

class Resolve : public testing::TestWithParam<ResolveCase> {};

TEST_P(Resolve, AddsWhatTheOriginalAdds) {
    auto const setting = GetParam().setting();
    auto const message = setting.parse(GetParam().spec).value().front();
    EXPECT_EQ(print(test::resolved(message, setting.settings)), GetParam().resolved);
}

constexpr auto responses = test::response_setting;
constexpr auto client = test::client_setting;
constexpr auto session = test::session_setting;
ResolveCase const resolve_cases[] = {
    {"EmptyResponse", responses, "200", "200:h'Content-Length'='0'"},
    {"Body", responses, "200:b@1k", "200:b@1k:h'Content-Length'='1024'"},
    {"RawBody", responses, "200:r:b'x'", "200:r:b'x'"},
    {"LengthGiven", responses, "200:h'content-LENGTH'='7'", "200:h'content-LENGTH'='7'"},
    {"LengthGivenTwice", responses, "200:h'Content-Length'='7':h'Content-Length'='8'",
     "200:h'Content-Length'='7':h'Content-Length'='8'"},
    {"WebSocketResponse", responses, "ws",
     "ws:101:h'connection'='upgrade':h'upgrade'='websocket':"
     "h'sec-websocket-accept'='s3pPLMBiTxaQ9kYGzzhZRbK+xOo=':h'Content-Length'='0'"},
    {"RawWebSocketResponse", responses, "ws:200:r:h'Upgrade'='x'",
     "ws:200:r:h'Upgrade'='x':h'connection'='upgrade':h'sec-websocket-accept'='s3pPLMBiTxaQ9kYGzzhZRbK+xOo='"},
    {"Request", client, "get:/", "'GET':/:h'Host'='example.com'"},
    {"RequestWithBody", client, "get:/:b'abc'", "'GET':/:b'abc':h'Content-Length'='3':h'Host'='example.com'"},
    {"HostGiven", client, "get:/:h'HOST'='x'", "'GET':/:h'HOST'='x'"},
    {"HostOfTheUrl", client, "get:'http://Other.test:81/x'", "'GET':'http://Other.test:81/x':h'Host'='other.test'"},
    {"RawRequest", client, "get:/:r:b'x'", "'GET':/:r:b'x'"},
    {"RepetitionIsGone", client, "get:/:x7", "'GET':/:h'Host'='example.com'"},
    {"OffsetAtTheEnd", responses, "200:r:da", "200:r:d20"},
    {"OffsetPastTheEnd", responses, "200:r:d9999", "200:r:d9999"},
    {"ServerFrame", session, "wf:b'hi'", "wf:b'hi'"},
    {"KeyAlone", session, "wf:b'hi':k'abcd'", "wf:b'hi':k'abcd'"},
    {"ClientFrameWithKey", client, "wf:b'hi':k'abcd'", "wf:b'hi':k'abcd':mask"},
    {"ClientFrameWithoutKey", client, "wf:b'hi':knone", "wf:b'hi':knone:mask"},
    {"ClientFrameWithoutMask", client, "wf:b'hi':-mask", "wf:b'hi':-mask"},
};
INSTANTIATE_TEST_SUITE_P(Messages, Resolve, testing::ValuesIn(resolve_cases),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(Resolve, DrawsKeysOfLettersAndDigits) {
    auto const settings = client().settings;
    EXPECT_THAT(print(test::resolved(test::frame("wf"), settings)), MatchesRegex("wf:mask:k'[A-Za-z0-9]{4}'"));
    EXPECT_THAT(print(test::resolved(test::frame("wf:mask"))), MatchesRegex("wf:mask:k'[A-Za-z0-9]{4}'"));
    EXPECT_THAT(print(test::resolved(test::frame("wf:k@4,digits"))), MatchesRegex("wf:k'[0-9]{4}'"));
    EXPECT_THAT(print(test::resolved(test::request("ws:/"), settings)),
                MatchesRegex("ws:'GET':/:.*h'sec-websocket-version'='13':h'sec-websocket-key'='.{22}==':.*"));
}

TEST(Resolve, DrawsRandomOffsetsInsideTheMessage) {
    auto const message = test::response("200:r:dr");
    std::set<std::uint64_t> seen;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        auto const resolved = test::resolved(message, {}, seed);
        seen.insert(find<DisconnectAt>(features(resolved))->at.number);
    }
    EXPECT_EQ(seen.size(), 19U) << "every place of HTTP/1.1 200 OK and two line ends";
    EXPECT_EQ(*seen.begin(), 0U);
    EXPECT_EQ(*seen.rbegin(), 18U);
}

TEST(Resolve, DependsOnTheSeedAlone) {
    for (auto const* spec : {"wf", "ws:/:ir,@3", "get:/:b@100:dr"}) {
        auto const settings = client().settings;
        auto const message = test::request(spec);
        EXPECT_EQ(test::played(message, settings, 5), test::played(message, settings, 5)) << spec;
        EXPECT_NE(test::played(message, settings, 5), test::played(message, settings, 6)) << spec;
    }
}

// --- what is refused -------------------------------------------------------------------------------------------------

struct RefusedMessageCase {
    std::string_view name;
    test::Setting (*setting)();
    std::string_view spec, says;
};

void PrintTo(RefusedMessageCase const& c, std::ostream* out) { *out << c.spec; }

class RefusedMessage : public testing::TestWithParam<RefusedMessageCase> {};

TEST_P(RefusedMessage, GivesPlaceAndReason) {
    pathology::test::Folder const folder;
    folder.write("five", "12345");
    auto setting = GetParam().setting();
    setting.settings.files = FileAccess::below(folder.path());
    if (setting.settings.role == Role::server) setting.settings.websocket_key.reset();
    auto const message = setting.parse(GetParam().spec).value().front();
    Rng rng(1);
    auto const resolved = resolve(message, setting.settings, rng);
    auto const plan = resolved.has_error() ? resolved.error() : make_plan(*resolved, setting.settings).error();
    auto const described = describe(plan, GetParam().spec);
    EXPECT_EQ(described.substr(0, described.find('\n')), "spec:" + std::string(GetParam().says));
}

#define NO_FILE "cannot load file 'x': No such file or directory"
RefusedMessageCase const refused_messages[] = {
    {"NoHandshake", responses, "ws", "1:1: ws responds to a WebSocket handshake, and the request is not one"},
    {"ShortKey", session, "wf:k'abc'", "1:4: a masking key has exactly 4 bytes, this one has 3"},
    {"LongGeneratedKey", client, "wf:b'x':k@5t", "1:9: a masking key has exactly 4 bytes, this one has 5497558138880"},
    {"LongKeyFile", session, "wf:k<five", "1:4: a masking key has exactly 4 bytes, this one has 5"},
    {"KeyFile", session, "wf:k<x", "1:4: " NO_FILE},
    {"Body", responses, "200:b<x", "1:5: " NO_FILE},
    {"BodyOfARawMessage", responses, "200:r:b<x", "1:7: " NO_FILE},
    {"HeaderName", responses, "200:h<'x'='a'", "1:5: " NO_FILE},
    {"HeaderValue", responses, "200\n:r:h'a'=<x", "2:4: " NO_FILE},
    {"Reason", responses, "200:m<x", "1:5: " NO_FILE},
    {"Version", responses, "200:v<x", "1:5: " NO_FILE},
    {"UserAgent", client, "get:/:u<x", "1:7: " NO_FILE},
    {"Injection", responses, "200:i1,'a':i0,<x", "1:12: " NO_FILE},
    {"Payload", session, "wf:b<x", "1:4: " NO_FILE},
    {"RawPayload", session, "wf:r<x", "1:4: " NO_FILE},
    {"Path", client, "get:<x", "1:1: " NO_FILE},
};
INSTANTIATE_TEST_SUITE_P(Messages, RefusedMessage, testing::ValuesIn(refused_messages),
                         [](auto const& row) { return std::string(row.param.name); });

struct WrongKeyCase {
    std::string_view name, spec;
};

void PrintTo(WrongKeyCase const& c, std::ostream* out) { *out << c.spec; }

class WrongKey : public testing::TestWithParam<WrongKeyCase> {};

TEST_P(WrongKey, IsRefusedBeforeAnythingIsPlanned) {
    Rng rng(1);
    auto const resolved = resolve(test::frame(GetParam().spec), {}, rng);
    ASSERT_TRUE(resolved.has_error());
    EXPECT_EQ(resolved.error().code, SpecErrc::bad_key);
}

WrongKeyCase const wrong_keys[] = {
    {"Word", "wf:r@10,digits:kno:mask:x3:d2:i0,@2"},
    {"Empty", "wf:k''"},
    {"GeneratedShort", "wf:k@3"},
    {"GeneratedLong", "wf:-mask:k@5"},
};
INSTANTIATE_TEST_SUITE_P(Keys, WrongKey, testing::ValuesIn(wrong_keys),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(MakePlan, RefusesOffsetsThatWereNotResolved) {
    auto const plan = make_plan(test::response("200:r:dr"), {});
    ASSERT_TRUE(plan.has_error());
    EXPECT_EQ(plan.error().code, SpecErrc::out_of_range);
}

// --- what callers may rely on ----------------------------------------------------------------------------------------

struct QualityCase {
    std::string_view name;
    test::Setting (*setting)();
    std::string_view spec;
    bool resolves_randomly, generates, loads;
};

void PrintTo(QualityCase const& c, std::ostream* out) { *out << c.spec; }

class Quality : public testing::TestWithParam<QualityCase> {};

TEST_P(Quality, IsKnownBeforeAnythingIsSent) {
    auto const& c = GetParam();
    auto const setting = c.setting();
    auto const message = setting.parse(c.spec).value().front();
    EXPECT_EQ(resolves_randomly(message, setting.settings), c.resolves_randomly);
    EXPECT_EQ(has_generated_data(message), c.generates);
    EXPECT_EQ(loads_files(message), c.loads);
}

QualityCase const quality_cases[] = {
    {"Constant", responses, "200:b'x':p1,2:da", false, false, false},
    {"Generated", responses, "200:b@1", false, true, false},
    {"GeneratedInjection", responses, "200:i1,@1", false, true, false},
    {"GeneratedUserAgent", client, "get:/:u@3", false, true, false},
    {"GeneratedPath", client, "get:@3", false, true, false},
    {"RandomOffset", responses, "200:pr,1", true, false, false},
    {"File", responses, "200:h'a'=<x", false, false, true},
    {"Handshake", client, "ws:/", true, false, false},
    {"ClientFrame", client, "wf", true, false, false},
    {"ClientFrameWithKey", client, "wf:k'abcd'", false, false, false},
    {"ClientFrameWithoutKey", client, "wf:knone", false, false, false},
    {"UnmaskedClientFrame", client, "wf:-mask", false, false, false},
    {"ServerFrame", session, "wf", false, false, false},
    {"MaskedServerFrame", session, "wf:mask", true, false, false},
    {"GeneratedKey", session, "wf:k@4", true, true, false},
};
INSTANTIATE_TEST_SUITE_P(Messages, Quality, testing::ValuesIn(quality_cases),
                         [](auto const& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pathology::language
