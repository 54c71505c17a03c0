#include "multiupstream/wildcard.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace pathology::proxycore::multiupstream {
namespace {

struct WildcardCase {
    std::string_view name, pattern, host;
    bool matches;
};

void PrintTo(WildcardCase const& row, std::ostream* out) { *out << row.pattern << " of " << row.host; }

class P81_d_Wildcard : public testing::TestWithParam<WildcardCase> {};

TEST_P(P81_d_Wildcard, MatchesAWholeName) {
    EXPECT_EQ(matches(host_form(GetParam().pattern), host_form(GetParam().host)), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Table, P81_d_Wildcard,
    testing::Values(
        WildcardCase{"Subdomain", "*.google.com", "www.google.com", true},
        WildcardCase{"NotTheDomainItself", "*.google.com", "google.com", false},
        WildcardCase{"NotAnotherDomainBehind", "*.google.com", "www.google.com.evil.net", false},
        WildcardCase{"NotALongerLabel", "*.google.com", "www.notgoogle.com", false},
        WildcardCase{"AnyCaseOfTheHost", "*.google.com", "WWW.GOOGLE.COM", true},
        WildcardCase{"AnyCaseOfThePattern", "*.GOOGLE.com", "www.google.com", true},
        WildcardCase{"OnlyAsciiHasCases", "\xc3\x84.test", "\xc3\xa4.test", false},
        WildcardCase{"Infix", "a*c.test", "abbc.test", true}, WildcardCase{"EmptyRun", "a*c.test", "ac.test", true},
        WildcardCase{"RunWithDots", "a*c.test", "a.b.c.test", true},
        WildcardCase{"InfixHasBothEnds", "a*c.test", "abbc.testx", false},
        WildcardCase{"SeveralRuns", "*a*b*", "xxaxxbxx", true},
        WildcardCase{"SeveralRunsInOrder", "*a*b*", "xxbxxaxx", false},
        WildcardCase{"EndsDoNotOverlap", "ab*ba", "aba", false}, WildcardCase{"NeedsToGoBack", "*aab", "aaaaab", true},
        WildcardCase{"NeedsToGoBackTwice", "*ab*cd", "abxabxcxcd", true},
        WildcardCase{"TwoStarsAreOne", "a**b", "ab", true}, WildcardCase{"Everything", "*", "x.test", true},
        WildcardCase{"EverythingHasNone", "*", "", true}, WildcardCase{"EmptyHost", "a*", "", false},
        WildcardCase{"EmptyPattern", "", "a", false}, WildcardCase{"Exact", "a.test", "a.test", true},
        WildcardCase{"ExactIsWhole", "a.test", "aa.test", false},
        WildcardCase{"NoQuestionMark", "a?.test", "ab.test", false},
        WildcardCase{"QuestionMarkItself", "a?.test", "a?.test", true},
        WildcardCase{"NoBrackets", "[ab].test", "a.test", false}, WildcardCase{"NoBackslash", "\\*", "*", false},
        WildcardCase{"StarInTheHost", "a*c", "a*c", true},
        WildcardCase{"LastDotOfTheHost", "*.a.test", "x.a.test.", true},
        WildcardCase{"LastDotOfThePattern", "x.test.", "x.test", true},
        WildcardCase{"OnlyOneLastDot", "x.test", "x.test..", false},
        WildcardCase{"Ipv4", "192.0.2.*", "192.0.2.7", true}, WildcardCase{"Ipv6", "2001:db8::1", "2001:db8::1", true},
        WildcardCase{"Ipv6InBrackets", "[2001:db8::1]", "2001:db8::1", true},
        WildcardCase{"Ipv6HostInBrackets", "2001:db8::1", "[2001:DB8::1]", true},
        WildcardCase{"Ipv6OtherSpelling", "2001:DB8:0:0::0001", "2001:db8::1", true},
        WildcardCase{"Ipv6Prefix", "2001:db8:*", "2001:0DB8::1", true},
        WildcardCase{"Ipv6OtherPrefix", "2001:db8:*", "2001:db9::1", false},
        WildcardCase{"Ipv6Zone", "fe80::1%eth0", "FE80::1%eth0", true}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Wildcard, TakesNoExponentialTime) {
    std::string pattern, host(10'000, 'a');
    for (int i = 0; i < 100; ++i) pattern += "*a";
    pattern += "*b";
    auto const began = std::chrono::steady_clock::now();
    EXPECT_FALSE(matches(pattern, host));
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

/// The meaning of a pattern, word by word.
bool matches_by_definition(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) return text.empty();
    if (pattern.front() != '*')
        return !text.empty() && text.front() == pattern.front() &&
               matches_by_definition(pattern.substr(1), text.substr(1));
    for (std::size_t taken = 0; taken <= text.size(); ++taken)
        if (matches_by_definition(pattern.substr(1), text.substr(taken))) return true;
    return false;
}

/// All texts of up to `size` of these characters.
std::vector<std::string> all_texts(std::string_view characters, std::size_t size) {
    std::vector<std::string> texts{""};
    for (std::size_t from = 0; texts[from].size() < size; ++from)
        for (auto const c : characters) texts.push_back(texts[from] + c);
    return texts;
}

TEST(Wildcard, IsAsDefinedForAllShortTexts) {
    auto const patterns = all_texts("ab*", 5), texts = all_texts("ab", 5);
    for (auto const& pattern : patterns)
        for (auto const& text : texts)
            ASSERT_EQ(matches(pattern, text), matches_by_definition(pattern, text)) << pattern << " of " << text;
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
