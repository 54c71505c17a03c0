#include <gtest/gtest.h>

#include <pathology/proxycore/multiupstream/policy.hpp>

namespace pathology::proxycore::multiupstream {
namespace {

struct GoodCase {
    std::string_view name, text;
    Policy policy;
};
class GoodPolicy : public testing::TestWithParam<GoodCase> {};

TEST_P(GoodPolicy, IsRead) {
    auto const policy = parse_policy(GetParam().text);
    ASSERT_TRUE(policy) << policy.error().message;
    EXPECT_EQ(*policy, GetParam().policy);
}

TEST_P(GoodPolicy, IsPrintedAsItWasRead) { EXPECT_EQ(to_string(GetParam().policy), GetParam().text); }

using Source = HashKey::Source;
INSTANTIATE_TEST_SUITE_P(
    Table, GoodPolicy,
    testing::Values(GoodCase{"Weighted", "weighted", {Policy::Kind::weighted, {}}},
                    GoodCase{"Random", "random", {Policy::Kind::random, {}}},
                    GoodCase{"LeastConnections", "least_connections", {Policy::Kind::least_connections, {}}},
                    GoodCase{"Latency", "latency", {Policy::Kind::latency, {}}},
                    GoodCase{"Host", "hash:host", {Policy::Kind::hash, {{Source::host, ""}}}},
                    GoodCase{"Client", "hash:client", {Policy::Kind::hash, {{Source::client, ""}}}},
                    GoodCase{"User", "hash:user", {Policy::Kind::hash, {{Source::user, ""}}}},
                    GoodCase{"Parameter", "hash:user:session", {Policy::Kind::hash, {{Source::parameter, "session"}}}},
                    GoodCase{"Header", "hash:header:X-Id", {Policy::Kind::hash, {{Source::header, "X-Id"}}}},
                    GoodCase{
                        "Several",
                        "hash:cookie:sid,header:X-Id,user",
                        {Policy::Kind::hash, {{Source::cookie, "sid"}, {Source::header, "X-Id"}, {Source::user, ""}}}}),
    [](auto const& row) { return std::string(row.param.name); });

struct BadCase {
    std::string_view name, text;
    PolicyErrc code;
    Span span;
};
class BadPolicy : public testing::TestWithParam<BadCase> {};

TEST_P(BadPolicy, IsRefusedAtItsPlace) {
    auto const policy = parse_policy(GetParam().text);
    ASSERT_FALSE(policy);
    EXPECT_EQ(policy.error().code, GetParam().code);
    EXPECT_EQ(policy.error().span, GetParam().span);
    EXPECT_FALSE(policy.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(Table, BadPolicy,
                         testing::Values(BadCase{"Empty", "", PolicyErrc::unknown_policy, {0, 0}},
                                         BadCase{"Unknown", "fastest", PolicyErrc::unknown_policy, {0, 7}},
                                         BadCase{"UpperCase", "Random", PolicyErrc::unknown_policy, {0, 6}},
                                         BadCase{"KeyOfAnotherPolicy", "random:host", PolicyErrc::unknown_key, {6, 11}},
                                         BadCase{"NoKey", "hash", PolicyErrc::missing_key, {4, 4}},
                                         BadCase{"EmptyKey", "hash:", PolicyErrc::unknown_key, {5, 5}},
                                         BadCase{"EmptySecondKey", "hash:host,", PolicyErrc::unknown_key, {10, 10}},
                                         BadCase{"UnknownKey", "hash:host,port", PolicyErrc::unknown_key, {10, 14}},
                                         BadCase{"HostWithName", "hash:host:x", PolicyErrc::unknown_key, {5, 11}},
                                         BadCase{"HeaderWithoutName", "hash:header", PolicyErrc::unknown_key, {5, 11}},
                                         BadCase{"HeaderWithEmptyName", "hash:header:", PolicyErrc::bad_name, {12, 12}},
                                         BadCase{"HeaderWithBlank", "hash:header:a b", PolicyErrc::bad_name, {12, 15}},
                                         BadCase{
                                             "ParameterWithHyphen", "hash:user:a-b", PolicyErrc::bad_name, {10, 13}}),
                         [](auto const& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pathology::proxycore::multiupstream
