#include "redis/url.hpp"

#include <gmock/gmock.h>

#include "support/row_name.hpp"

namespace pathology::proxycore::redis {
namespace {

struct GoodUrl {
    char const* name;
    char const* text;
    Url url;
    char const* printed;
};
void PrintTo(GoodUrl const& row, std::ostream* out) { *out << row.text; }

class P82_RedisUrl : public testing::TestWithParam<GoodUrl> {};

TEST_P(P82_RedisUrl, IsRead) {
    auto const parsed = parse_url(GetParam().text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, GetParam().url);
    EXPECT_EQ(to_string(*parsed), GetParam().printed);
}

INSTANTIATE_TEST_SUITE_P(
    Redis, P82_RedisUrl,
    testing::Values(
        GoodUrl{"HostAlone", "redis://h", {{"h", 6379}}, "redis://h:6379/0"},
        GoodUrl{"AnyCase", "Redis://h/", {{"h", 6379}}, "redis://h:6379/0"},
        GoodUrl{"PortAndDatabase", "redis://127.0.0.1:1/15", {{"127.0.0.1", 1}, "", {}, 15}, "redis://127.0.0.1:1/15"},
        GoodUrl{"IPv6", "redis://[::1]:7000", {{"::1", 7000}}, "redis://[::1]:7000/0"},
        GoodUrl{"PasswordAlone", "redis://:secret@h", {{"h", 6379}, "", "secret"}, "redis://:***@h:6379/0"},
        GoodUrl{"EmptyPassword", "redis://u:@h", {{"h", 6379}, "u", ""}, "redis://u:***@h:6379/0"},
        GoodUrl{"Encoded",
                "redis://a%40b:p%3A%2F%25:x@h/1",
                {{"h", 6379}, "a@b", "p:/%:x", 1},
                "redis://a%40b:***@h:6379/1"},
        GoodUrl{"LastDatabase", "redis://h/65535", {{"h", 6379}, "", {}, 65535}, "redis://h:6379/65535"}),
    pathology::test::row_name);

struct BadUrl {
    char const* name;
    char const* text;
    char const* message;
};
void PrintTo(BadUrl const& row, std::ostream* out) { *out << row.text; }

class P82_BadRedisUrl : public testing::TestWithParam<BadUrl> {};

TEST_P(P82_BadRedisUrl, IsRefusedWithoutItsPassword) {
    auto const parsed = parse_url(GetParam().text);
    ASSERT_FALSE(parsed);
    EXPECT_THAT(parsed.error().message, testing::HasSubstr(GetParam().message));
    EXPECT_THAT(parsed.error().message, testing::Not(testing::HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(Redis, P82_BadRedisUrl,
                         testing::Values(BadUrl{"Empty", "", "expected redis://"},
                                         BadUrl{"NoScheme", "u:secret@h", "expected redis://"},
                                         BadUrl{"Tls", "rediss://:secret@h", "expected redis://"},
                                         BadUrl{"NoHost", "redis://", "expected HOST"},
                                         BadUrl{"NoHostButCredentials", "redis://u:secret@", "expected HOST"},
                                         BadUrl{"NoHostButAPassword", "redis://u:secret", "expected HOST"},
                                         BadUrl{"PortZero", "redis://h:0", "a port from 1"},
                                         BadUrl{"BadPort", "redis://h:70000", "a port from 1"},
                                         BadUrl{"BareIPv6", "redis://::1", "in brackets"},
                                         BadUrl{"UserAlone", "redis://secret@h", "USER:PASSWORD"},
                                         BadUrl{"SlashInThePassword", "redis://:sec/secret@h", "%2F"},
                                         BadUrl{"AtInThePassword", "redis://:a@secret@h", "%40"},
                                         BadUrl{"DatabaseName", "redis://h/secret", "number of a database"},
                                         BadUrl{"DatabaseTooLarge", "redis://h/65536", "number of a database"},
                                         BadUrl{"DatabaseNegative", "redis://h/-1", "number of a database"},
                                         BadUrl{"Query", "redis://h/1?password=secret", "number of a database"},
                                         BadUrl{"Path", "redis://h/1/2", "number of a database"}),
                         pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::redis
