// What a sender of HTTP/2 is given: whole messages, and their parts where flow control may cut them.

#include <pathology/language/http2.hpp>

#include <gtest/gtest.h>

#include <pathology/proxycore/http2/frame_header.hpp>
#include <pathology/proxycore/http2/names.hpp>

#include "support/folder.hpp"
#include "support/properties.hpp"
#include "support/spec.hpp"

namespace pathology::language {
namespace {

namespace http2 = proxycore::http2;

Settings const settings = test::http2_response_setting().settings;

Message message(std::string_view spec) { return parse_http2_responses(spec).value().front(); }

struct Made {
    Plan whole;
    std::optional<Http2Parts> parts;
};
Made plan(std::string_view spec, Settings const& with = settings) {
    auto const resolved = test::resolved(message(spec), with);
    return {make_plan(resolved, with).value(), make_http2_parts(resolved, with).value()};
}

std::vector<http2::FrameHeader> frames(std::string_view bytes) {
    std::vector<http2::FrameHeader> found;
    while (auto const header = http2::decode(bytes)) {
        found.push_back(*header);
        bytes.remove_prefix(std::min(bytes.size(), http2::FrameHeader::size + header->length));
    }
    return found;
}

// --- regular messages ------------------------------------------------------------------------------------------------

TEST(Http2Plan, GivesARegularMessageInParts) {
    auto const made = plan("200:b'hello'");
    ASSERT_TRUE(made.parts.has_value());
    EXPECT_EQ(test::play(made.parts->body, 1).bytes, "hello");
    EXPECT_EQ(made.parts->body.length, 5U);
    auto const head = frames(made.parts->head);
    ASSERT_EQ(head.size(), 1U);
    EXPECT_EQ(head.front().flags, http2::flag::end_headers);
    EXPECT_TRUE(test::play(made.whole, 1).bytes.starts_with(made.parts->head));
}

TEST(Http2Plan, EndsTheStreamInTheHeadOfAMessageWithoutBody) {
    for (auto const* spec : {"200", "200:b''", "200:r", "200:b@0"}) {
        auto const made = plan(spec);
        ASSERT_TRUE(made.parts.has_value()) << spec;
        EXPECT_EQ(frames(made.parts->head).front().flags, http2::flag::end_headers | http2::flag::end_stream) << spec;
        EXPECT_EQ(made.parts->body.length, 0U) << spec;
        EXPECT_EQ(test::play(made.whole, 1).bytes, made.parts->head) << spec;
    }
}

TEST(Http2Plan, SendsTheSameGeneratedBodyWholeAndInParts) {
    auto const made = plan("200:b@50000,digits");
    ASSERT_TRUE(made.parts.has_value());
    EXPECT_TRUE(made.parts->body.generates);
    auto const whole = test::play(made.whole, 7).bytes;
    std::string body;
    for (std::size_t at = 0; at < whole.size();) {
        auto const header = http2::decode(std::string_view(whole).substr(at)).value();
        at += http2::FrameHeader::size;
        if (header.type == 0) body += whole.substr(at, header.length);
        at += header.length;
    }
    EXPECT_EQ(body, test::play(made.parts->body, 7).bytes);
    EXPECT_EQ(body.size(), 50000U);
}

TEST(Http2Plan, HasNoPartsWhereFlowControlMustNotMeddle) {
    for (auto const* spec : {"200:b'x':p0,1", "200:da", "200:i3,'x'", "h2f:PING", "h2p", "200:h'a'=@5000"})
        EXPECT_FALSE(plan(spec).parts.has_value()) << spec;
}

TEST(Http2Plan, RefusesWhatHttp2HasNot) {
    for (auto const* spec : {"200:m'x'", "ws:200"}) {
        EXPECT_EQ(make_plan(test::response(spec), settings).error().code, SpecErrc::wrong_protocol) << spec;
        EXPECT_EQ(make_http2_parts(test::response(spec), settings).error().code, SpecErrc::wrong_protocol) << spec;
        Rng rng(1);
        EXPECT_EQ(resolve(test::response(spec), settings, rng).error().code, SpecErrc::wrong_protocol) << spec;
    }
    EXPECT_EQ(make_http2_parts(test::response("200:m'x'"), settings).error().span, (SourceSpan{4, 8}));
}

// --- frames ----------------------------------------------------------------------------------------------------------

struct FrameCase {
    std::string_view name, spec;
    std::vector<http2::FrameHeader> frames;
};
void PrintTo(FrameCase const& row, std::ostream* out) { *out << row.spec; }
class FramesOf : public testing::TestWithParam<FrameCase> {};

TEST_P(FramesOf, AreCutToTheSizeOfThePlace) {
    auto small = settings;
    small.http2.max_frame_size = 10;
    EXPECT_EQ(frames(test::play(plan(GetParam().spec, small).whole, 1).bytes), GetParam().frames);
}

constexpr std::uint8_t headers = 1;
constexpr std::uint8_t continuation = 9;
INSTANTIATE_TEST_SUITE_P(
    OfTenBytes, FramesOf,
    testing::Values(FrameCase{"OneDataFrame", "200:r:b'0123456789'", {{1, headers, 4, false, 3}, {10, 0, 1, false, 3}}},
                    FrameCase{"TwoDataFrames",
                              "200:r:b'0123456789a'",
                              {{1, headers, 4, false, 3}, {10, 0, 0, false, 3}, {1, 0, 1, false, 3}}},
                    FrameCase{"GeneratedData",
                              "200:r:b@41",
                              {{1, headers, 4, false, 3},
                               {10, 0, 0, false, 3},
                               {10, 0, 0, false, 3},
                               {10, 0, 0, false, 3},
                               {10, 0, 0, false, 3},
                               {1, 0, 1, false, 3}}},
                    FrameCase{"Continuation",
                              "200:r:h'a'='bbbbbbbbbbbbbbbbb'",
                              {{10, headers, 1, false, 3}, {8, continuation, 4, false, 3}}},
                    FrameCase{"RawFrameOfAnySize", "h2f:DATA:1:@41", {{41, 0, 0, false, 1}}}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Http2Plan, TakesNoMemoryForTheFramesOfALongBody) {
    auto const made = plan("200:b@1t");
    EXPECT_LE(made.whole.steps.size(), 4U);
    auto const frames_needed = (1ULL << 40U) / 16384;
    EXPECT_EQ(made.whole.length, (1ULL << 40U) + 9 * (frames_needed + 1) + made.parts->head.size() - 9);
}

TEST(Http2Plan, TakesNoMemoryForALongHeader) {
    auto const made = plan("200:h'bomb'=@1g");
    EXPECT_LE(made.whole.steps.size(), 8U);
    EXPECT_GT(made.whole.length, 1ULL << 30U);
}

TEST(Http2Plan, ReadsABodyFromAFileInFrames) {
    pathology::test::Folder const folder;
    std::string content(40000, '\0');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7 / 3);
    folder.write("body", content);
    auto with = settings;
    with.files = FileAccess::below(folder.path());
    auto const made = plan("200:b<body", with);
    EXPECT_EQ(test::play(made.parts->body, 1).bytes, content);
    auto const whole = test::play(made.whole, 1, 1000).bytes;
    EXPECT_EQ(whole, test::play(made.whole, 1).bytes);
    EXPECT_EQ(whole.substr(made.parts->head.size() + 9, 16384), content.substr(0, 16384));
    EXPECT_EQ(whole.substr(made.parts->head.size() + 9 + 16384 + 9, 16384), content.substr(16384, 16384));
}

TEST(Http2Plan, AnnouncesASmallerHeaderTable) {
    auto with = settings;
    with.http2.header_table_size = 0;
    EXPECT_EQ(plan("200:r", with).parts->head.substr(9), "\x20\x88");
    with.http2.header_table_size = 65536;  // no need to use all of it
    EXPECT_EQ(plan("200:r", with).parts->head.substr(9), "\x88");
}

// --- pauses ----------------------------------------------------------------------------------------------------------

TEST(Http2Plan, KnowsWhichPausesStandBetweenFrames) {
    auto with = settings;
    with.http2.max_frame_size = 10;
    // HEADERS takes bytes 0 to 10; DATA begins at 10, 29 and 48, and the message ends at 58.
    auto const made = plan("200:r:b@21:p0,1:p5,1:p10,1:p12,1:p29,1:p30,1:p48,1:p50,1:p58,1:p999,1", with);
    std::vector<bool> seen;
    for (auto const& step : made.whole.steps) {
        if (auto const* pause = std::get_if<Pause>(&step)) seen.push_back(pause->between_frames);
    }
    EXPECT_EQ(seen, (std::vector<bool>{true, false, true, false, true, false, true, false, true, true}));
    auto const plain = test::plan(test::response("200:p0,1"));
    EXPECT_FALSE(std::get<Pause>(plain.steps.front()).between_frames) << "HTTP/1 has no frames";
}

// --- streams ---------------------------------------------------------------------------------------------------------

TEST(SetStream, MovesEveryFrameOfAHead) {
    auto with = settings;
    with.http2.max_frame_size = 10;
    auto head = plan("200:r:h'a'='bbbbbbbbbbbbbbbbb'", with).parts->head;
    set_stream(head, 77);
    auto moved = with;
    moved.http2.stream = 77;
    EXPECT_EQ(head, plan("200:r:h'a'='bbbbbbbbbbbbbbbbb'", moved).parts->head);
}

TEST(ClientStreams, GiveRequestsOddNumbersAndWhatFollowsThemTheSame) {
    auto const script = parse_http2_requests("h2p h2f:SETTINGS get:/ h2f:DATA get:/ h2f:RST_STREAM get:/").value();
    ClientStreams streams;
    std::vector<std::uint32_t> given;
    for (auto const& one : script) given.push_back(streams.next(one));
    EXPECT_EQ(given, (std::vector<std::uint32_t>{1, 1, 1, 1, 3, 3, 5}));
}

TEST(ClientStreams, C6_CountRepetitionsOfRequestsAndOfFramesAfterThem) {
    struct Row {
        std::string_view spec;
        std::vector<std::uint32_t> streams;
    };
    for (auto const& row :
         {Row{"get:/:x3 h2f:RST_STREAM:x3", {1, 3, 5, 1, 3, 5}}, Row{"get:/:x3 h2f:RST_STREAM", {1, 3, 5, 5}},
          Row{"get:/ h2f:RST_STREAM:x3", {1, 1, 1, 1}}, Row{"get:/:x2 h2f:RST_STREAM:x3", {1, 3, 1, 3, 3}},
          Row{"get:/ get:/:x2 h2f:RST_STREAM:x2 get:/ h2f:DATA", {1, 3, 5, 3, 5, 7, 7}},
          Row{"h2f:DATA:x2 get:/", {1, 1, 1}}, Row{"h2f:HEADERS:next get:/ h2f:DATA:this", {1, 3, 3}},
          Row{"get:/ h2f:HEADERS:next:x3 h2f:RST_STREAM:this:x3 h2f:PING:this-2", {1, 3, 5, 7, 3, 5, 7, 7}}}) {
        ClientStreams streams;
        std::vector<std::uint32_t> given;
        for (auto const& message : parse_http2_requests(row.spec).value()) {
            for (std::uint64_t i = 0; i < times(message); ++i) given.push_back(streams.next(message, i));
        }
        EXPECT_EQ(given, row.streams) << row.spec;
    }
}

TEST(Http2Frame, UsesTheStreamOfItsPlace) {
    for (auto const& [spec, stream] : {std::pair<std::string_view, std::uint32_t>{"h2f:DATA", 3},
                                       {"h2f:RST_STREAM", 3},
                                       {"h2f:WINDOW_UPDATE", 3},
                                       {"h2f::0x99", 3},
                                       {"h2f:SETTINGS", 0},
                                       {"h2f:PING", 0},
                                       {"h2f:GOAWAY", 0},
                                       {"h2f:PING:9", 9}})
        EXPECT_EQ(http2::decode(test::play(plan(spec).whole, 1).bytes)->stream, stream) << spec;
}

struct RelativeCase {
    std::string_view name, spec;
    std::uint32_t stream;  ///< of the place
    std::string_view resolved;
};
void PrintTo(RelativeCase const& row, std::ostream* out) { *out << row.spec; }
class RelativeStreamOf : public testing::TestWithParam<RelativeCase> {};

TEST_P(RelativeStreamOf, BecomesANumberThatReplays) {
    auto setting = test::http2_client_setting();
    setting.settings.http2.stream = GetParam().stream;
    auto const resolved = test::resolved(parse_http2_requests(GetParam().spec).value().front(), setting.settings);
    EXPECT_EQ(print(resolved), GetParam().resolved);
    EXPECT_EQ(test::broken_property(GetParam().spec, setting, 1), "");
}

INSTANTIATE_TEST_SUITE_P(
    Http2Frame, RelativeStreamOf,
    testing::Values(
        RelativeCase{"This", "h2f:RST_STREAM:this:ENHANCE_YOUR_CALM", 7, "h2f:RST_STREAM:7:ENHANCE_YOUR_CALM"},
        RelativeCase{"Behind", "h2f:SETTINGS:this+2", 7, "h2f:SETTINGS:9"},
        RelativeCase{"Before", "h2f:DATA:1:this-2:'x'", 7, "h2f:DATA:1:5:'x'"},
        RelativeCase{"WithTheReservedBit", "h2f:PING:this+0x80000000", 7, "h2f:PING:2147483655"},
        RelativeCase{"BelowZero", "h2f:PING:this-9", 7, "h2f:PING:0"},
        RelativeCase{"AboveAll", "h2f:PING:this+4294967295", 7, "h2f:PING:4294967295"},
        RelativeCase{"New", "h2f:HEADERS:next:':method'='GET'", 7, "h2f:HEADERS:7:':method'='GET'"},
        RelativeCase{"WithoutType", "h2f:this:'x'", 7, "h2f:DATA:7:'x'"},
        RelativeCase{"BehindALength", "h2f:5:this:'x'", 7, "h2f:5:DATA:7:'x'"},
        RelativeCase{"BehindFlags", "h2f:END_STREAM:this", 7, "h2f:END_STREAM:7"},
        RelativeCase{"BeforeASetting", "h2f:SETTINGS:this:3=5", 7, "h2f:SETTINGS:7:3=5"},
        RelativeCase{"LastStream", "h2f:GOAWAY:LAST_STREAM=this-2,CANCEL", 7, "h2f:GOAWAY:LAST_STREAM=5,CANCEL"},
        RelativeCase{"LastStreamBelowZero", "h2f:GOAWAY:LAST_STREAM=this-2", 1, "h2f:GOAWAY:LAST_STREAM=0"},
        RelativeCase{"Promised", "h2f:PUSH_PROMISE:PROMISED=this+1", 7, "h2f:PUSH_PROMISE:PROMISED=8"},
        RelativeCase{"Dependency", "h2f:PRIORITY:this-2:DEPENDENCY=this+0x80000000,WEIGHT=1", 7,
                     "h2f:PRIORITY:5:DEPENDENCY=2147483655,WEIGHT=1"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Http2Frame, RefusesARelativeStreamWhereThereIsNone) {
    struct Row {
        std::string_view spec;
        test::Setting setting;
        SourceSpan span;
    };
    for (auto const& row : {Row{"h2f:RST_STREAM:this", test::response_setting(), {15, 19}},
                            Row{"h2f:GOAWAY:LAST_STREAM=this-2", test::response_setting(), {11, 29}},
                            Row{"h2f:HEADERS:next", test::client_setting(), {12, 16}},
                            Row{"h2f:HEADERS:next", test::http2_response_setting(), {12, 16}}}) {
        Rng rng(1);
        auto const resolved = resolve(row.setting.parse(row.spec).value().front(), row.setting.settings, rng);
        ASSERT_TRUE(resolved.has_error()) << row.spec;
        EXPECT_EQ(resolved.error().code, SpecErrc::wrong_protocol) << row.spec;
        EXPECT_EQ(resolved.error().span, row.span) << row.spec;
    }
}

// --- randomness ------------------------------------------------------------------------------------------------------

TEST(Http2Message, DrawsHeaderTextWhenItIsResolved) {
    auto const random = message("200:h@5,digits='x':b@5");
    EXPECT_TRUE(resolves_randomly(random, settings));
    EXPECT_NE(print(test::resolved(random, settings, 1)), print(test::resolved(random, settings, 2)));
    EXPECT_TRUE(has_generated_data(test::resolved(random, settings))) << "the body is made while it is sent";
    EXPECT_FALSE(resolves_randomly(message("200:b@5"), settings));
    EXPECT_FALSE(resolves_randomly(random, Settings{})) << "HTTP/1 makes headers while they are sent";
    EXPECT_TRUE(resolves_randomly(message("h2f:HEADERS:'a'=@5"), Settings{}));
}

TEST(Http2Message, ReplaysWhereHeaderTextGrowsTooLongToBeKnown) {
    auto const setting = test::http2_response_setting();
    for (auto const* size : {"4095", "4096", "4097", "20000"}) {
        for (auto const* spec : {"200:h'a'=@", "200:l@", "h2f:HEADERS:a=@", "h2f:HEADERS:'b'='c',@"})
            EXPECT_EQ(test::broken_property(spec + std::string(size), setting, 5), "") << spec << size;
    }
}

}  // namespace
}  // namespace pathology::language
