#include "multiupstream/hash_key.hpp"

#include <gtest/gtest.h>

#include "multiupstream/upstreams.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

struct ParameterCase {
    std::string_view name, user, parameter, value;
};
class UserParameter : public testing::TestWithParam<ParameterCase> {};

TEST_P(UserParameter, IsFound) { EXPECT_EQ(parameter_of(GetParam().user, GetParam().parameter), GetParam().value); }

INSTANTIATE_TEST_SUITE_P(Table, UserParameter,
                         testing::Values(ParameterCase{"First", "bob-session-x1", "session", "x1"},
                                         ParameterCase{"Second", "bob-country-de-session-x1", "session", "x1"},
                                         ParameterCase{"UpToTheNext", "bob-session-x1-country-de", "session", "x1"},
                                         ParameterCase{"UserWithHyphen", "mary-ann-session-x1", "session", "x1"},
                                         ParameterCase{"Absent", "bob-country-de", "session", ""},
                                         ParameterCase{"WithoutValue", "bob-session", "session", ""},
                                         ParameterCase{"WithEmptyValue", "bob-session-", "session", ""},
                                         ParameterCase{"NameOfTheUserIsNone", "session-x1", "session", ""},
                                         ParameterCase{"NoParameters", "bob", "session", ""},
                                         ParameterCase{"NoUser", "", "session", ""},
                                         ParameterCase{"OnlyTheWholeName", "bob-mysession-x1", "session", ""}),
                         [](auto const& row) { return std::string(row.param.name); });

struct KeyCase {
    std::string_view name, policy, found;
};
class FoundKeyOf : public testing::TestWithParam<KeyCase> {};

TEST_P(FoundKeyOf, IsTheFirstThatIsPresent) {
    auto request = *flow::Request::make("GET", "http://Example.COM/", "", {{"X-Id", "7"}, {"Empty", ""}});
    request.headers.add("Cookie", "a=b; sid=s1");
    auto question = test::ask("Example.COM.");
    question.user = "bob-session-x1";
    question.request = &request;
    auto const found = find_key(*parse_policy(GetParam().policy), question);
    EXPECT_EQ(to_string(found.key) + "=" + found.value, GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(Table, FoundKeyOf,
                         testing::Values(KeyCase{"Host", "hash:host", "host=example.com"},
                                         KeyCase{"Client", "hash:client", "client=192.0.2.1"},
                                         KeyCase{"User", "hash:user", "user=bob-session-x1"},
                                         KeyCase{"Parameter", "hash:user:session", "user:session=x1"},
                                         KeyCase{"Header", "hash:header:x-id", "header:x-id=7"},
                                         KeyCase{"Cookie", "hash:cookie:sid", "cookie:sid=s1"},
                                         KeyCase{"Second", "hash:cookie:no,header:X-Id", "header:X-Id=7"},
                                         KeyCase{"EmptyIsAbsent", "hash:header:Empty,user:session", "user:session=x1"},
                                         KeyCase{"ClientWithoutAny", "hash:cookie:no,user:no", "client=192.0.2.1"}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(FoundKey, NeedsNoRequest) {
    auto const found = find_key(*parse_policy("hash:cookie:sid,header:X-Id,user"), test::ask("a.test"));
    EXPECT_EQ(to_string(found), "client=192.0.2.1");
}

TEST(FoundKey, IsPrintedWithoutValuesThatMayBeCredentials) {
    EXPECT_EQ(to_string(FoundKey{{HashKey::Source::cookie, "sid"}, "s1"}), "cookie:sid=***");
    EXPECT_EQ(to_string(FoundKey{{HashKey::Source::header, "Authorization"}, "s1"}), "header:Authorization=***");
    EXPECT_EQ(to_string(FoundKey{{HashKey::Source::host, ""}, "a\x1b"}), "host=a\\x1b");
}

TEST(StableHash, IsTheSameEverywhere) {
    EXPECT_EQ(mix(0), 0U);
    EXPECT_EQ(mix(1), 0xb456bcfc34c2cb2cULL);                 // MurmurHash3's fmix64 of 1
    EXPECT_EQ(stable_hash("a"), mix(0xaf63dc4c8601ec8cULL));  // the published FNV-1a of "a"
    EXPECT_EQ(stable_hash("foobar"), mix(0x85944171f73967e8ULL));
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
