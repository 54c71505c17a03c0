#include "rendered_response.hpp"

#include <gtest/gtest.h>

#include <pathology/language/parse.hpp>
#include <pathology/language/player.hpp>

#include "support/row_name.hpp"

namespace pathology::pathod {
namespace {

constexpr std::uint64_t seed = 7;

RenderedResponse render_spec(std::string const& spec, RenderOptions options = {}, std::uint64_t with = seed) {
    return render(language::parse_response(spec).value(), {}, options, with).value();
}

std::string bytes_of(RenderedResponse const& rendered, std::uint64_t with = seed) {
    language::Player player;
    player.start(rendered.messages.front().plan, with);
    std::string bytes;
    EXPECT_TRUE(language::preview(player, [&](std::string_view block) { return bytes += block, true; }));
    return bytes;
}

TEST(Render, KeepsDisconnectsForHead) {
    EXPECT_TRUE(render_spec("200:b'abc':da", {.without_body = true}).messages.front().plan.disconnects);
}

TEST(Render, RepeatsWithTheSameSeed) {
    for (auto const* spec : {"200:b@100", "200:b@100:ir,'x'", "200:h@8,ascii_letters='x':dr"}) {
        EXPECT_EQ(bytes_of(render_spec(spec)), bytes_of(render_spec(spec))) << spec;
    }
    EXPECT_NE(bytes_of(render_spec("200:b@100")), bytes_of(render_spec("200:b@100"), seed + 1));
}

TEST(Render, ExplainsWhatIsSent) {
    for (auto const* spec : {"200:b@100", "200:b@20,digits:ir,@5:pr,0", "wf:b@20:k@4"}) {
        auto const plain = render_spec(spec);
        auto const frozen = render_spec(spec, {.explain = true});
        EXPECT_EQ(bytes_of(frozen), bytes_of(plain)) << spec;
        EXPECT_FALSE(frozen.messages.front().plan.generates) << spec;
        EXPECT_TRUE(frozen.is_random) << spec;
        EXPECT_EQ(bytes_of(render_spec(frozen.explained)), bytes_of(plain)) << frozen.explained;
    }
}

TEST(Render, ExplainsHugeOnesByTheirGenerator) {
    auto const rendered = render_spec("200:b@1g", {.explain = true});
    EXPECT_TRUE(rendered.messages.front().plan.generates);
    EXPECT_EQ(rendered.explained.find("200:b@1g:h'Content-Length'='1073741824'"), 0U) << rendered.explained;
}

struct RepeatedCase {
    std::string_view name, spec;
    language::Protocol protocol;
    std::string_view explained;
    std::uint64_t length;
};
void PrintTo(RepeatedCase const& row, std::ostream* out) { *out << row.spec; }
class C1_Repetition : public testing::TestWithParam<RepeatedCase> {};

TEST_P(C1_Repetition, IsExplainedRecordedAndCounted) {
    auto const& [name, spec, protocol, explained, length] = GetParam();
    language::Settings settings;
    settings.protocol = protocol;
    bool const is_http2 = protocol == language::Protocol::http2;
    auto const messages =
        is_http2 ? language::parse_http2_responses(spec).value() : std::vector{language::parse_response(spec).value()};
    auto const rendered = render(messages, settings, {.explain = true}, seed).value();
    EXPECT_EQ(rendered.explained, explained);
    EXPECT_EQ(rendered.record.spec, explained);
    EXPECT_EQ(rendered.length(), length);
}

INSTANTIATE_TEST_SUITE_P(
    Specs, C1_Repetition,
    testing::Values(RepeatedCase{"Http1Frame", "wf:b'hi':x3:k'abcd'", language::Protocol::http1, "wf:b'hi':k'abcd':x3",
                                 24},
                    RepeatedCase{"Http1None", "wf:x0", language::Protocol::http1, "wf:x0", 0},
                    RepeatedCase{"Http2Frame", "h2f:PING:x3", language::Protocol::http2, "h2f:PING:x3", 51},
                    RepeatedCase{"Http2None", "200:r h2f:PING:x0", language::Protocol::http2, "200:r h2f:PING:x0", 10},
                    RepeatedCase{"OffsetsAreOfOneRepetition", "h2f:PING:x2:ia,'x'", language::Protocol::http2,
                                 "h2f:PING:i18,'x':x2", 36},
                    RepeatedCase{"TooManyToCount", "h2f:PING:x18446744073709551615", language::Protocol::http2,
                                 "h2f:PING:x18446744073709551615", UINT64_MAX}),
    pathology::test::row_name);

TEST(Render, RecordsWhatIsKnownBeforeSending) {
    auto const record = render_spec("404:m'Nope':b'abc':d10").record;
    EXPECT_EQ(record.status_code, "404");
    EXPECT_EQ(record.reason, "Nope");
    EXPECT_EQ(record.body, "abc");
    EXPECT_EQ(record.body_size, 3U);
    EXPECT_EQ(record.spec, "404:m'Nope':b'abc':d10:h'Content-Length'='3'");
    EXPECT_TRUE(record.disconnect);
    auto const long_body = render_spec("200:b'" + std::string(2000, 'x') + "'").record;
    EXPECT_EQ(long_body.body->size(), 1024U);
    EXPECT_EQ(long_body.body_size, 2000U);
    EXPECT_FALSE(render_spec("200").record.body);
    EXPECT_EQ(render_spec("200").record.version, "HTTP/1.1");
    EXPECT_EQ(render_spec("200:v'HTTP/1.0'").record.version, "HTTP/1.0");
}

struct HeadersCase {
    std::string_view name, spec;
    language::Protocol protocol;
    proxycore::http::Fields headers;
};
void PrintTo(HeadersCase const& row, std::ostream* out) { *out << row.name; }
class RecordedHeaders : public testing::TestWithParam<HeadersCase> {};

TEST_P(RecordedHeaders, AreThoseThatAreSent) {
    language::Settings settings;
    settings.protocol = GetParam().protocol;
    auto const spec = GetParam().spec;
    bool const is_http2 = settings.protocol == language::Protocol::http2;
    auto const messages =
        is_http2 ? language::parse_http2_responses(spec).value() : std::vector{language::parse_response(spec).value()};
    EXPECT_EQ(render(messages, settings, {}, seed).value().record.headers, GetParam().headers);
}

INSTANTIATE_TEST_SUITE_P(
    Specs, RecordedHeaders,
    testing::Values(
        HeadersCase{"Added", "200:b'abc'", language::Protocol::http1, {{"Content-Length", "3"}}},
        HeadersCase{"Raw", "200:r:b'abc'", language::Protocol::http1, {}},
        HeadersCase{
            "InTheirOrder",
            "301:h'X'='\\xff':l'/x':h'X'='2':c'text/plain'",
            language::Protocol::http1,
            {{"X", "\xff"}, {"Location", "/x"}, {"X", "2"}, {"Content-Type", "text/plain"}, {"Content-Length", "0"}}},
        HeadersCase{"Repeated", "200:r:h'X'='1'*3", language::Protocol::http1, {{"X", "1"}, {"X", "1"}, {"X", "1"}}},
        HeadersCase{"Generated", "200:r:h'X'=@9,digits", language::Protocol::http1, {{"X", "@9,digits"}}},
        HeadersCase{"ByHttp2",
                    "301:l'/x':c'text/plain' h2f:GOAWAY",
                    language::Protocol::http2,
                    {{"location", "/x"}, {"content-type", "text/plain"}}}),
    pathology::test::row_name);

TEST(RecordedHeaders, AreCountedIfALineIsSentVeryOften) {
    auto const often = render_spec("200:r:h'A'='':h'X'='1'*6000").record;
    EXPECT_EQ(std::distance(often.headers.begin(), often.headers.end()), 1 + 64);
    EXPECT_EQ(often.header_count, 6001U);
    auto const long_ones = render_spec("200:r:h'X'='" + std::string(2000, 'x') + "'*9").record;
    EXPECT_EQ(std::distance(long_ones.headers.begin(), long_ones.headers.end()), 2);
    EXPECT_EQ(long_ones.header_count, 9U);
}

}  // namespace
}  // namespace pathology::pathod
