#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/filter/filter.hpp>
#include <pathology/proxycore/filter/flow_subject.hpp>

#include "filter/sample_flows.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::filter {
namespace {

struct MatchRow {
    std::string_view name, filter;
    std::string_view flows;   ///< that match: the digits of F1 to F6
    std::string_view lost{};  ///< those that do not match if case counts
};
void PrintTo(MatchRow const& row, std::ostream* out) { *out << row.filter; }

/// The digits of the flows that match.
std::string matching(std::string_view text, pattern::Case letters) {
    auto const filter = Filter::parse(text, {.letters = letters}).value();
    auto const flows = make_sample_flows();
    std::string digits;
    for (std::size_t i = 0; i < flows.size(); ++i)
        if (filter.matches(FlowSubject(*flows[i])).value()) digits += std::to_string(i + 1);
    return digits;
}

std::string without(std::string_view digits, std::string_view lost) {
    std::string rest(digits);
    std::erase_if(rest, [lost](char c) { return lost.find(c) != lost.npos; });
    return rest;
}

class P50_b_Filter : public testing::TestWithParam<MatchRow> {};
TEST_P(P50_b_Filter, MatchesTheseFlows) {
    EXPECT_EQ(matching(GetParam().filter, pattern::Case::any), GetParam().flows);
}
TEST_P(P50_b_Filter, MatchesTheseFlowsIfCaseCounts) {
    EXPECT_EQ(matching(GetParam().filter, pattern::Case::exact), without(GetParam().flows, GetParam().lost));
}

MatchRow const rows[] = {
    {"All", "~all", "123456"},
    {"Http", "~http", "12346"},
    {"Tcp", "~tcp", "5"},
    {"WebSocket", "~websocket", "6"},
    {"Request", "~q", "24"},
    {"Response", "~s", "136"},
    {"Error", "~e", "4"},
    {"Asset", "~a", "3"},
    {"NoResponse", "!~s", "245"},
    {"Marked", "~marked", "6"},
    {"Status200", "~c 200", "1"},
    {"Status404", "~c 404", "3"},
    {"Method", "~m GET", "136"},
    {"MethodInAnyCase", "~m get", "136"},
    {"MethodStart", "~m ^P", "2"},
    {"Domain", R"(~d example\.com)", "126"},
    {"DomainWhole", R"(~d ^example\.com$)", "1"},
    {"DomainInAnyCase", "~d EXAMPLE", "1236"},
    {"DomainPretty", "~d cdn", "3"},
    {"DomainAddress", R"(~d 10\.0)", "3"},
    {"Url", "~u index", "1"},
    {"UrlInAnyCase", "~u INDEX", "1", "1"},
    {"Text", "index", "1"},
    {"UrlDefaultPort", R"(~u ":443")", ""},
    {"UrlScheme", "~u https://api", "2"},
    {"UrlQuery", R"(~u \?q=1)", "1"},
    {"UrlEnd", "~u /$", "4"},
    {"UrlPretty", R"(~u cdn\.example\.org)", "3"},
    {"UrlAddress", R"(~u 10\.0)", ""},
    {"Header", "~h nginx", "1"},
    {"HeaderRequest", "~hq nginx", ""},
    {"HeaderResponse", "~hs nginx", "1"},
    {"HeaderLineFeed", "~hs nginx$", ""},
    {"HeaderLineEnd", R"(~hs "nginx.?$")", "1"},
    {"HeaderType", R"(~h "Content-Type: text")", "13"},
    {"HeaderTypeInAnyCase", R"(~h "content-type: text")", "13", "13"},
    {"HeaderLineStart", "~h ^Server", "1"},
    {"HeaderOfRequestStart", R"(~hq "^User-Agent: curl")", "1"},
    {"Type", "~t html", "1"},
    {"TypeOfEither", "~t json", "2"},
    {"TypeOfRequest", "~tq json", "2"},
    {"TypeOfResponse", "~ts json", ""},
    {"TypeOfResponseCss", "~ts css", "3"},
    {"Body", "~b Hello", "1"},
    {"BodyInAnyCase", "~b hello", "1", "1"},
    {"BodyDot", R"(~b "Hello.World")", "1"},
    {"BodyDotLineFeed", R"(~b "World.second")", "1"},
    {"BodyDecoded", "~b color", "3"},
    {"BodyOfRequest", "~bq Test", "2"},
    {"BodyOfResponse", "~bs Test", ""},
    {"BodyOfTcp", "~b PING", "5"},
    {"BodyFromServer", "~bq PONG", ""},
    {"BodyFromServerOfTcp", "~bs PONG", "5"},
    {"BodyOfWebSocket", "~b hi", "6"},
    {"BodyFromClient", "~bq hi", "6"},
    {"BodyNotFromServer", "~bs hi", ""},
    {"BodyEmptyPattern", R"(~b "")", "123456"},
    {"UrlEmptyPattern", R"(~u "")", "12346"},
    {"TextEmpty", R"("")", "12346"},
    {"TextDot", ".", "12346"},
    {"TextAny", ".*", "12346"},
    {"Source", "~src 127.0.0.1:50001", "1"},
    {"SourcePort", "~src 50005", "5"},
    {"DestinationPort", "~dst 7000", "5"},
    {"Destination", R"(~dst example\.com:80)", "1"},
    {"DestinationStart", R"(~dst ^10\.)", "35"},
    {"SourceAndDestination", "~src 127 ~dst 443", "26"},
    {"And", "~q & ~m post", "2"},
    {"Juxtaposition", "~q ~m post", "2"},
    {"NotAnd", "!~q & ~c 200", "1"},
    {"Or", "~c 200 | ~c 404", "13"},
    {"NotOr", "!(~c 200 | ~c 404)", "2456"},
    {"ResponseOfType", "~s & ~t css", "3"},
    {"ErrorOrRequest", "~e | ~q", "24"},
    {"HttpWithoutResponse", "~http & !~s", "24"},
    // Beyond the table.
    {"LookAhead", R"x(~u "\\.[a-z]+/(?!chat)")x", "1234"},
    {"NamedGroup", R"x(~b "(?P<letter>l)(?P=letter)")x", "1"},
    {"InlineFlag", R"x(~b "(?-i)hello")x", "", ""},
    {"UrlHasOneLine", "~u ^/index", ""},
    {"NoUdp", "~udp | ~dns", ""},
    {"NoReplay", "~replay | ~replayq | ~replays", ""},
    {"Marker", "~marker default", "6"},
    {"StatusBeyondAll", "~c 99999999999999999999", ""},
};
INSTANTIATE_TEST_SUITE_P(Table, P50_b_Filter, testing::ValuesIn(rows), test::row_name);

}  // namespace
}  // namespace pathology::proxycore::filter
