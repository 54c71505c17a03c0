#include <gtest/gtest.h>

#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <stdexcept>
#include <string>

namespace pathology::proxycore::multiupstream {
namespace {

struct RuleCase {
    std::string name;
    Rule rule;
    std::string text;
};

class RuleText : public testing::TestWithParam<RuleCase> {};

TEST_P(RuleText, NamesKindAndValue) { EXPECT_EQ(to_string(GetParam().rule), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(
    Rules, RuleText,
    testing::Values(RuleCase{"HostPattern", {Rule::Kind::host_pattern, "*.example.com"}, "host_pattern *.example.com"},
                    RuleCase{"Port", {Rule::Kind::port, {}, 443}, "port 443"},
                    RuleCase{"Default", {Rule::Kind::by_default}, "default"}),
    [](auto const& row) { return row.param.name; });

struct MistakeCase {
    std::string name;
    Mistake mistake;
    std::string text;
};

class MistakeText : public testing::TestWithParam<MistakeCase> {};

TEST_P(MistakeText, NamesThePlaceFirst) { EXPECT_EQ(to_string(GetParam().mistake), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(
    Places, MistakeText,
    testing::Values(
        MistakeCase{"Field", {"proxies.yaml", 12, "proxies[1].url", "bad"}, "proxies.yaml:12: proxies[1].url: bad"},
        MistakeCase{"Line", {"a.json", 3, "", "bad"}, "a.json:3: bad"},
        MistakeCase{"File", {"a.json", 0, "", "bad"}, "a.json: bad"},
        MistakeCase{"Control", {"a\x1b.json", 1, "a\nb", "c\x07"}, "a\\x1b.json:1: a\\nb: c\\x07"},
        MistakeCase{"Utf8", {"ä.json", 0, "", "bad"}, "ä.json: bad"}),
    [](auto const& row) { return row.param.name; });

TEST(Mistakes, AreLines) {
    Mistakes const mistakes{{{"a", 1, "", "x"}, {"b", 0, "f", "y"}}};
    EXPECT_EQ(to_string(mistakes), "a:1: x\nb: f: y");
}

TEST(Mistakes, AreThrownByValue) {
    boost::system::result<Loaded, Mistakes> const failed = Mistakes{{{"a", 1, "", "x"}}};
    try {
        static_cast<void>(failed.value());
        FAIL() << "nothing was thrown";
    } catch (std::runtime_error const& error) {
        EXPECT_STREQ(error.what(), "a:1: x");
    }
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
