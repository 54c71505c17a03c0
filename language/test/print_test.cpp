#include <pathology/language/print.hpp>

#include <gtest/gtest.h>

#include <pathology/proxycore/percent.hpp>

#include "support/properties.hpp"
#include "support/random_message.hpp"
#include "support/spec.hpp"

namespace pathology::language {
namespace {

struct PrintedValueCase {
    std::string_view name;
    Value value;
    std::string_view text;
};

void PrintTo(PrintedValueCase const& c, std::ostream* out) { *out << c.text; }

class PrintedValue : public testing::TestWithParam<PrintedValueCase> {};

TEST_P(PrintedValue, IsCanonical) { EXPECT_EQ(print(GetParam().value), GetParam().text); }

PrintedValueCase const printed_values[] = {
    {"Literal", Literal{"it's \"x\"", false}, "'it\\x27s \"x\"'"},
    {"EmptyLiteral", Literal{"", false}, "''"},
    {"Word", Literal{"/a=b", true}, "/a=b"},
    {"WordWithOddBytes", Literal{"a b:c,@'\"\n", true}, "a\\x20b\\x3ac\\x2c\\x40\\x27\\x22\\n"},
    {"WordThatLooksLikeAFile", Literal{"<x", true}, "\\x3cx"},
    {"Generated", Generated{10, SizeUnit::b, DataType::bytes}, "@10"},
    {"GeneratedWithAll", Generated{3, SizeUnit::k, DataType::ascii_letters}, "@3k,ascii_letters"},
    {"File", FileValue{"a/b c"}, "<'a/b c'"},
    {"FileWithAQuote", FileValue{"it's"}, "<\"it's\""},
};
INSTANTIATE_TEST_SUITE_P(Print, PrintedValue, testing::ValuesIn(printed_values),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(Print, LeavesTheRepetitionToPrintWithTimes) {
    auto const message = test::request("get:/:x3:r");
    EXPECT_EQ(print(message), "'GET':/:r");
    EXPECT_EQ(print_with_times(message), "'GET':/:x3:r");
}

TEST(Print, GivesTheWholeOfAMessage) {
    std::string_view const text = "'GET':/:h'a'='b':c'x':ufirefox:u'me':r:b@2k,digits:s'200:b\"x\"':pr,f:d1:ia,<'f'";
    EXPECT_EQ(print(test::request(text)), text);
    std::string_view const response = "ws:200:l/next:m'Fine':p1,2";
    EXPECT_EQ(print(test::response(response)), response);
    std::string_view const frame = "wf:cping:fin:-mask:l5:k'abcd':r'x'";
    EXPECT_EQ(print(test::frame(frame)), frame);
}

struct UrlCase {
    std::string_view name, spec, target;
};
void PrintTo(UrlCase const& c, std::ostream* out) { *out << c.spec; }
class C4_Target : public testing::TestWithParam<UrlCase> {};

TEST_P(C4_Target, CarriesANestedSpecThroughTheUrl) {
    auto const bytes = test::played(test::request("get:/p/:r:s" + std::string(GetParam().spec))).bytes;
    EXPECT_EQ(bytes, "GET /p/" + std::string(GetParam().target) + " HTTP/1.1\r\n\r\n");
}

INSTANTIATE_TEST_SUITE_P(
    Print, C4_Target,
    testing::Values(UrlCase{"Blank", R"('200:b"a b"')", R"(200:b'a\x20b')"},
                    UrlCase{"BlankInAHeader", R"('200:h"A"=" "')", R"(200:h'A'='\x20')"},
                    UrlCase{"Escape", R"('200:b"a%20b"')", R"(200:b'a\x2520b')"},
                    UrlCase{"EscapeInAWord", R"('200:l/a%2fb')", R"(200:l/a\x252fb)"},
                    UrlCase{"LonePercent", R"('200:b"100%"')", "200:b'100%'"},
                    UrlCase{"Percents", R"('200:b"%%41"')", R"(200:b'%\x2541')"},
                    UrlCase{"Fragment", R"('200:l"/a#b"')", R"(200:l'/a\x23b')"},
                    UrlCase{"FragmentInAWord", R"('200:l/a#b')", R"(200:l/a\x23b)"},
                    UrlCase{"Query", R"('200:l/a?b=c&d')", "200:l/a?b=c&d"},
                    UrlCase{"Plus", R"('200:b"a+b"')", "200:b'a+b'"},
                    UrlCase{"Whitespace", R"('200:b"\t\n\r\v\f"')", R"(200:b'\t\n\r\x0b\x0c')"},
                    UrlCase{"LessThanAtTheEndOfALiteral", R"('200:b"a<":c" %41"')", R"(200:b'a<':c'\x20\x2541')"},
                    UrlCase{"FilePath", R"('200:b<"a b#%41"')", "200:b<'a%20b%23%2541'"},
                    UrlCase{"FilePathWithAQuote", R"("200:b<\"it's %\":c' '")", R"(200:b<"it's%20%25":c'\x20')"},
                    UrlCase{"FrameThatIsRepeated", R"('wf:b" ":x3')", R"(wf:b'\x20':x3)"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(C4_Target, HasTheNestedSpecOfEveryResponse) {
    for (bool const http2 : {false, true}) {
        auto const protocol = http2 ? Protocol::http2 : Protocol::http1;
        for (std::uint64_t seed = 0; seed < 3000; ++seed) {
            test::RandomMessages messages(seed, {.http2 = http2});
            auto const message = seed % 4 == 0 ? messages.server_frame() : messages.response();
            if (http2 && std::holds_alternative<Frame>(message)) continue;
            auto const in_url = print_for_url(message);
            for (char const c : in_url) ASSERT_TRUE(c > ' ' && c < '\x7f' && c != '#') << in_url;
            auto const again = parse_nested_response(proxycore::percent_decode(in_url), protocol);
            ASSERT_TRUE(again.has_value()) << in_url << "\n" << again.error().message;
            ASSERT_EQ(*again, message) << in_url;
        }
    }
}

struct RandomCase {
    std::string_view name;
    Message (test::RandomMessages::*draw)();
    test::Setting (*setting)();
};

void PrintTo(RandomCase const& c, std::ostream* out) { *out << c.name; }

class RandomMessage : public testing::TestWithParam<RandomCase> {};

TEST_P(RandomMessage, PrintsWhatParsesToItself) {
    auto const setting = GetParam().setting();
    for (std::uint64_t seed = 0; seed < 5000; ++seed) {
        test::RandomMessages messages(seed, {.http2 = setting.settings.protocol == Protocol::http2});
        auto const message = (messages.*GetParam().draw)();
        auto const text = print_with_times(message);
        auto const again = setting.parse(text);
        ASSERT_TRUE(again.has_value()) << "seed " << seed << "\n" << describe(again.error(), text);
        ASSERT_EQ(again->size(), 1U) << "seed " << seed << " " << text;
        ASSERT_EQ(again->front(), message) << "seed " << seed << " " << text;
    }
}

TEST_P(RandomMessage, KeepsEveryPromise) {
    auto const setting = GetParam().setting();
    for (std::uint64_t seed = 0; seed < 1500; ++seed) {
        test::RandomMessages messages(seed, {.files = false,
                                             .http2 = setting.settings.protocol == Protocol::http2,
                                             .huge_sizes = seed % 8 == 0,
                                             .nested_files = true});
        auto const message = (messages.*GetParam().draw)();
        ASSERT_EQ(test::broken_property(message, setting, seed), "")
            << "seed " << seed << " " << print_with_times(message);
    }
}

RandomCase const random_cases[] = {
    {"Response", &test::RandomMessages::response, test::response_setting},
    {"WaitingResponse", &test::RandomMessages::waiting_response, test::response_setting},
    {"WaitingHttp2Response", &test::RandomMessages::waiting_response, test::http2_response_setting},
    {"Request", &test::RandomMessages::request, test::client_setting},
    {"ClientFrame", &test::RandomMessages::client_frame, test::client_setting},
    {"ServerFrame", &test::RandomMessages::server_frame, test::session_setting},
    {"Http2Response", &test::RandomMessages::response, test::http2_response_setting},
    {"Http2Request", &test::RandomMessages::request, test::http2_client_setting},
    {"Http2Frame", &test::RandomMessages::http2_frame, test::http2_response_setting},
    {"Http2FrameOfAClient", &test::RandomMessages::http2_frame, test::http2_client_setting},
    {"Http2FrameAsBytes", &test::RandomMessages::http2_frame, test::client_setting},
    {"Http2Preface", &test::RandomMessages::http2_preface, test::http2_client_setting},
    {"Http2PrefaceAsBytes", &test::RandomMessages::http2_preface, test::response_setting},
    {"RawResponse", &test::RandomMessages::raw_response, test::response_setting},
    {"RawRequest", &test::RandomMessages::raw_request, test::client_setting},
    {"RawResponseOverHttp2", &test::RandomMessages::raw_response, test::http2_response_setting},
    {"RawRequestOverHttp2", &test::RandomMessages::raw_request, test::http2_client_setting},
};
INSTANTIATE_TEST_SUITE_P(Messages, RandomMessage, testing::ValuesIn(random_cases),
                         [](auto const& row) { return std::string(row.param.name); });

struct ListCase {
    std::string_view name;
    std::vector<Message (test::RandomMessages::*)()> draws;
    test::Setting (*setting)();
};

void PrintTo(ListCase const& c, std::ostream* out) { *out << c.name; }

class RandomMessageList : public testing::TestWithParam<ListCase> {};

/// `ws` alone takes the code of the response behind it.
bool takes_code(Message const& message) {
    auto const* response = std::get_if<Response>(&message);
    return response != nullptr && response->websocket && !response->code && response->features.empty();
}

TEST_P(RandomMessageList, PrintsWhatParsesToItself) {
    auto const setting = GetParam().setting();
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        test::RandomMessages random(seed, {.http2 = setting.settings.protocol == Protocol::http2});
        Rng rng(seed);
        std::vector<Message> messages;
        for (auto left = 1 + rng.below(4); left > 0; --left) {
            auto message = (random.*GetParam().draws[rng.below(GetParam().draws.size())])();
            if (!takes_code(message)) messages.push_back(std::move(message));
        }
        if (messages.empty()) continue;
        if (rng.below(2) == 0) {
            auto const size = 1 + rng.below(messages.size());
            features(messages[size - 1]).emplace_back(GroupEnd{size, rng.below(3)});
        }
        auto const text = print(messages);
        auto const again = setting.parse(text);
        ASSERT_TRUE(again.has_value()) << "seed " << seed << "\n" << describe(again.error(), text);
        ASSERT_EQ(again->size(), messages.size()) << "seed " << seed << " " << text;
        ASSERT_EQ(print(*again), text) << "seed " << seed;
    }
}

ListCase const list_cases[] = {
    {"Responses",
     {&test::RandomMessages::response, &test::RandomMessages::server_frame, &test::RandomMessages::raw_response},
     test::response_setting},
    {"WaitingResponses",
     {&test::RandomMessages::waiting_response, &test::RandomMessages::response},
     test::response_setting},
    {"WaitingHttp2Responses",
     {&test::RandomMessages::waiting_response, &test::RandomMessages::http2_frame},
     test::http2_response_setting},
    {"Requests",
     {&test::RandomMessages::request, &test::RandomMessages::client_frame, &test::RandomMessages::raw_request},
     test::client_setting},
    {"Http2Responses",
     {&test::RandomMessages::response, &test::RandomMessages::http2_frame, &test::RandomMessages::raw_response},
     test::http2_response_setting},
    {"Http2Requests",
     {&test::RandomMessages::request, &test::RandomMessages::http2_frame, &test::RandomMessages::raw_request},
     test::http2_client_setting},
};
INSTANTIATE_TEST_SUITE_P(Messages, RandomMessageList, testing::ValuesIn(list_cases),
                         [](auto const& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pathology::language
