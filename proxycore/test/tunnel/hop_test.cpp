#include <pathology/proxycore/tunnel/hop.hpp>

#include <gmock/gmock.h>

#include <ostream>

#include "support/row_name.hpp"

namespace pathology::proxycore::tunnel {
namespace {

using pathology::test::row_name;
using testing::HasSubstr;
using testing::Not;

constexpr auto http = Hop::Protocol::http;
constexpr auto socks5 = Hop::Protocol::socks5;

struct GoodHops {
    char const* name;
    std::string_view text;
    std::vector<Hop> hops;
    std::string_view printed;
};
void PrintTo(GoodHops const& row, std::ostream* out) { *out << row.name; }
class HopsText : public testing::TestWithParam<GoodHops> {};

TEST_P(HopsText, IsReadAndPrinted) {
    auto const& row = GetParam();
    auto const hops = parse_hops(row.text);
    ASSERT_TRUE(hops) << hops.error().message;
    EXPECT_EQ(*hops, row.hops);
    EXPECT_EQ(to_string(*hops), row.printed);
    EXPECT_EQ(*parse_hops(to_urls(*hops)), row.hops);
}

INSTANTIATE_TEST_SUITE_P(
    , HopsText,
    testing::Values(
        GoodHops{"HostAlone", "proxy.test", {{http, false, {"proxy.test", 80}}}, "http://proxy.test:80"},
        GoodHops{"HostAndPort", "proxy.test:3128", {{http, false, {"proxy.test", 3128}}}, "http://proxy.test:3128"},
        GoodHops{"Https", "HTTPS://h", {{http, true, {"h", 443}}}, "https://h:443"},
        GoodHops{"Socks", "socks5://h", {{socks5, false, {"h", 1080}}}, "socks5://h:1080"},
        GoodHops{"SocksByItsOtherName", "socks5h://h:9", {{socks5, false, {"h", 9}}}, "socks5://h:9"},
        GoodHops{"Ipv6", "socks5://[::1]", {{socks5, false, {"::1", 1080}}}, "socks5://[::1]:1080"},
        GoodHops{"SlashAtTheEnd", "http://h:1/", {{http, false, {"h", 1}}}, "http://h:1"},
        GoodHops{"UserAlone", "http://me@h", {{http, false, {"h", 80}, Credentials{"me", ""}}}, "http://me:***@h:80"},
        GoodHops{
            "EmptyPassword", "http://me:@h", {{http, false, {"h", 80}, Credentials{"me", ""}}}, "http://me:***@h:80"},
        GoodHops{"Encoded",
                 "http://a%40b:p%3Aw%2F%C3%A4%25@h:1",
                 {{http, false, {"h", 1}, Credentials{"a@b", "p:w/\xC3\xA4%"}}},
                 "http://a%40b:***@h:1"},
        GoodHops{"AtAndColonAsTheyAre",
                 "http://me:a@b:c@h:1",
                 {{http, false, {"h", 1}, Credentials{"me", "a@b:c"}}},
                 "http://me:***@h:1"},
        GoodHops{"WithoutScheme",
                 "me:secret@h:1",
                 {{http, false, {"h", 1}, Credentials{"me", "secret"}}},
                 "http://me:***@h:1"},
        GoodHops{
            "Chain",
            "http://a,socks5://me:x%2Cy@[::1]:9/,https://c",
            {{http, false, {"a", 80}}, {socks5, false, {"::1", 9}, Credentials{"me", "x,y"}}, {http, true, {"c", 443}}},
            "http://a:80,socks5://me:***@[::1]:9,https://c:443"},
        GoodHops{"SocksUserWithColon",
                 "socks5://a%3Ab:c@h",
                 {{socks5, false, {"h", 1080}, Credentials{"a:b", "c"}}},
                 "socks5://a%3Ab:***@h:1080"}),
    row_name);

struct BadHops {
    char const* name;
    std::string text;
    HopErrc code;
    std::string_view marked;
    std::string_view message;
};
void PrintTo(BadHops const& row, std::ostream* out) { *out << row.name; }
class BadHopsText : public testing::TestWithParam<BadHops> {};

TEST_P(BadHopsText, FailsAtItsPlaceWithoutThePassword) {
    auto const& row = GetParam();
    auto const hops = parse_hops(row.text);
    ASSERT_FALSE(hops) << to_string(*hops);
    auto const& failure = hops.error();
    EXPECT_EQ(failure.code, row.code);
    EXPECT_EQ(row.text.substr(failure.span.begin, failure.span.end - failure.span.begin), row.marked);
    EXPECT_THAT(failure.message, HasSubstr(row.message));
    EXPECT_THAT(failure.message, Not(HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(
    , BadHopsText,
    testing::Values(
        BadHops{"Empty", "", HopErrc::bad_host, "", "expected a host"},
        BadHops{"EmptyHop", "http://a,,http://b", HopErrc::bad_host, "", "expected a host"},
        BadHops{"CommaAtTheEnd", "http://a,", HopErrc::bad_host, "", "expected a host"},
        BadHops{"Ftp", "http://a,ftp://b", HopErrc::bad_scheme, "ftp", "one of the schemes http, https, socks5"},
        BadHops{"Socks4", "socks4://b", HopErrc::bad_scheme, "socks4", "one of the schemes"},
        BadHops{"Port", "http://a:1,b:x", HopErrc::bad_port, "x", "a number from 1 to 65535"},
        BadHops{"PortZero", "socks5://b:0", HopErrc::bad_port, "0", "a number from 1 to 65535"},
        BadHops{"Host", "http://a b", HopErrc::bad_host, "a b", "expected a host, not \"a b\""},
        BadHops{"Ipv6WithoutBrackets", "http://::1", HopErrc::bad_host, ":", "an IPv6 address is written in brackets"},
        BadHops{"NoUser", "http://:secret@h", HopErrc::bad_credentials, "", "expected a user"},
        BadHops{"UserWithColon", "http://a%3Ab:secret@h", HopErrc::bad_credentials, "a%3Ab", "a user with a colon"},
        BadHops{"LongSocksPassword", "socks5://me:" + std::string(256, 'x') + "@h", HopErrc::bad_credentials, "me",
                "up to 255 bytes"},
        BadHops{"Path", "http://h/p", HopErrc::unexpected_path, "/p", "without a path"},
        BadHops{"Query", "http://h?p", HopErrc::unexpected_path, "?p", "without a path"},
        BadHops{"SlashInPassword", "http://me:a/secret@h", HopErrc::unexpected_path, "/secret@h", "as %2F"}),
    row_name);

TEST(HopLabel, HasTheName) {
    Hop hop{http, false, {"::1", 3128}};
    EXPECT_EQ(label_of(hop), "[::1]:3128");
    hop.name = "office";
    EXPECT_EQ(label_of(hop), "office ([::1]:3128)");
}

}  // namespace
}  // namespace pathology::proxycore::tunnel
