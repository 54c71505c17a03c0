#include <gtest/gtest.h>

#include <pathology/proxycore/endpoint.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore {
namespace {

struct PrintCase {
    std::string_view name;
    Endpoint endpoint;
    std::string_view text, listening;
};
class EndpointText : public testing::TestWithParam<PrintCase> {};

TEST_P(EndpointText, HasBracketsAroundIpv6) {
    EXPECT_EQ(to_string(GetParam().endpoint), GetParam().text);
    EXPECT_EQ(listening_text(GetParam().endpoint), GetParam().listening);
}
INSTANTIATE_TEST_SUITE_P(
    Row, EndpointText,
    testing::Values(PrintCase{"Name", {"origin.test", 80}, "origin.test:80", "origin.test:80"},
                    PrintCase{"Ipv4", {"127.0.0.1", 65535}, "127.0.0.1:65535", "127.0.0.1:65535"},
                    PrintCase{"Ipv6", {"::1", 1}, "[::1]:1", "[::1]:1"},
                    PrintCase{"Ipv6WithZone", {"fe80::1%eth0", 80}, "[fe80::1%eth0]:80", "[fe80::1%eth0]:80"},
                    PrintCase{"MappedIpv4", {"::ffff:10.0.0.1", 80}, "[::ffff:10.0.0.1]:80", "[::ffff:10.0.0.1]:80"},
                    PrintCase{"Empty", {}, ":0", "*:0"}, PrintCase{"EveryInterface", {"", 8080}, ":8080", "*:8080"}),
    test::row_name);

struct GoodCase {
    std::string_view name, text;
    HostPort parsed;
};
class ParseHostPort : public testing::TestWithParam<GoodCase> {};

TEST_P(ParseHostPort, SplitsAtThePort) {
    auto const parsed = parse_host_port(GetParam().text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, GetParam().parsed);
    EXPECT_EQ(to_string(parsed->with_default(9)), std::string(GetParam().text) + (parsed->port ? "" : ":9"));
}
INSTANTIATE_TEST_SUITE_P(Good, ParseHostPort,
                         testing::Values(GoodCase{"Name", "localhost", {"localhost", {}}},
                                         GoodCase{"NameAndPort", "localhost:9999", {"localhost", 9999}},
                                         GoodCase{"Underscore", "my_host:1", {"my_host", 1}},
                                         GoodCase{"Ipv4", "127.0.0.1", {"127.0.0.1", {}}},
                                         GoodCase{"Ipv4AndPort", "127.0.0.1:65535", {"127.0.0.1", 65535}},
                                         GoodCase{"Ipv6", "[::1]", {"::1", {}}},
                                         GoodCase{"Ipv6AndPort", "[fe80::1]:1", {"fe80::1", 1}},
                                         GoodCase{"Zone", "[fe80::1%eth0]", {"fe80::1%eth0", {}}},
                                         GoodCase{"ZoneAndPort", "[fe80::1%2]:80", {"fe80::1%2", 80}}),
                         test::row_name);

struct BadCase {
    std::string_view name, text, message;
    Span span;
};
class ParseBadHostPort : public testing::TestWithParam<BadCase> {};

TEST_P(ParseBadHostPort, NamesWhatIsWrong) {
    auto const parsed = parse_host_port(GetParam().text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().message, GetParam().message);
    EXPECT_EQ(parsed.error().span, GetParam().span);
    EXPECT_THROW(parsed.value(), std::runtime_error);
}
constexpr auto no_port = "expected a port, a number from 1 to 65535";
INSTANTIATE_TEST_SUITE_P(
    Bad, ParseBadHostPort,
    testing::Values(
        BadCase{"Empty", "", "expected a host", {0, 0}}, BadCase{"NoHost", ":80", "expected a host", {0, 0}},
        BadCase{"NoPort", "a:", no_port, {2, 2}}, BadCase{"PortZero", "a:0", no_port, {2, 3}},
        BadCase{"PortTooLarge", "a:65536", no_port, {2, 7}}, BadCase{"PortFarTooLarge", "a:99999999", no_port, {2, 10}},
        BadCase{"PortWord", "a:b", no_port, {2, 3}}, BadCase{"PortSigned", "a:-1", no_port, {2, 4}},
        BadCase{"PortWithBlank", "a:1 ", no_port, {2, 4}},
        BadCase{"OpenBracket", "[::1", "expected a host, not \"[:\"; an IPv6 address is written in brackets", {0, 2}},
        BadCase{"EmptyBrackets", "[]:80", "expected a host, not \"[]\"", {0, 2}},
        BadCase{"NameInBrackets", "[a]:80", "expected a host, not \"[a]\"", {0, 3}},
        BadCase{
            "EmptyZone", "[::1%]", "expected a host, not \"[::1%]\"; an IPv6 address is written in brackets", {0, 6}},
        BadCase{"AfterBracket",
                "[::1]80",
                "expected a host, not \"[::1]80\"; an IPv6 address is written in brackets",
                {0, 7}},
        BadCase{"NoBrackets", "::1", "expected a host, not \":\"; an IPv6 address is written in brackets", {0, 1}},
        BadCase{"NoBracketsButPort",
                "fe80::1:80",
                "expected a host, not \"fe80::1\"; an IPv6 address is written in brackets",
                {0, 7}},
        BadCase{"Url", "http://a", no_port, {5, 8}}, BadCase{"Path", "a/b", "expected a host, not \"a/b\"", {0, 3}},
        BadCase{"B8_Password",
                "me:secret@a:80",
                "expected a host, not \"me:******@a\"; credentials have an option of their own",
                {0, 11}},
        BadCase{"UserInfo", "me@a", "expected a host, not \"me@a\"; credentials have an option of their own", {0, 4}}),
    test::row_name);

TEST(ParsePort, ChecksTheRange) {
    EXPECT_EQ(parse_port("0"), 0);
    EXPECT_EQ(parse_port("0", 1), std::nullopt);
    EXPECT_EQ(parse_port("65535", 1), 65535);
    for (auto const* const bad : {"", "65536", "-1", "+1", " 1", "1x", "0x1"}) EXPECT_EQ(parse_port(bad), std::nullopt);
}

TEST(ParseHostPort, TakesPortZeroForAListener) {
    EXPECT_EQ(*parse_host_port("a:0", 0), (HostPort{"a", 0}));
    EXPECT_EQ(parse_host_port("a:x", 0).error().message, "expected a port, a number from 0 to 65535");
}

}  // namespace
}  // namespace pathology::proxycore
