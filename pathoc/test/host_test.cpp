#include <gtest/gtest.h>

#include <pathology/pathoc/host.hpp>

#include "support/row_name.hpp"

namespace pathology::pathoc {
namespace {

using pathology::test::row_name;

struct HostCase {
    std::string_view name, text, host;
    std::optional<std::uint16_t> port;
};
class ParseHost : public testing::TestWithParam<HostCase> {};

TEST_P(ParseHost, TakesNameAndPortApart) {
    auto const host = parse_host(GetParam().text);
    ASSERT_TRUE(host) << host.error().message;
    EXPECT_EQ(host->name, GetParam().host);
    EXPECT_EQ(host->port, GetParam().port);
}
INSTANTIATE_TEST_SUITE_P(Good, ParseHost,
                         testing::Values(HostCase{"Name", "localhost", "localhost", {}},
                                         HostCase{"NameAndPort", "localhost:9999", "localhost", 9999},
                                         HostCase{"Address", "127.0.0.1:1", "127.0.0.1", 1},
                                         HostCase{"BareIpv6", "::1", "::1", {}},
                                         HostCase{"BracketedIpv6", "[::1]", "::1", {}},
                                         HostCase{"BracketedIpv6AndPort", "[fe80::1]:65535", "fe80::1", 65535}),
                         row_name);

struct BadHostCase {
    std::string_view name, text, message;
};
class ParseBadHost : public testing::TestWithParam<BadHostCase> {};

TEST_P(ParseBadHost, SaysWhatIsWrong) {
    auto const host = parse_host(GetParam().text);
    ASSERT_FALSE(host);
    EXPECT_EQ(host.error().message, GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(Bad, ParseBadHost,
                         testing::Values(BadHostCase{"Empty", "", "Invalid host spec: "},
                                         BadHostCase{"NoName", ":80", "Invalid host spec: :80"},
                                         BadHostCase{"NoPort", "a:", "Invalid port in host spec: a:"},
                                         BadHostCase{"PortZero", "a:0", "Invalid port in host spec: a:0"},
                                         BadHostCase{"PortTooLarge", "a:65536", "Invalid port in host spec: a:65536"},
                                         BadHostCase{"PortNoNumber", "a:b", "Invalid port in host spec: a:b"},
                                         BadHostCase{"OpenBracket", "[::1", "Invalid host spec: [::1"},
                                         BadHostCase{"AfterBracket", "[::1]80", "Invalid host spec: [::1]80"},
                                         BadHostCase{"Url", "http://a", "Invalid port in host spec: http://a"},
                                         BadHostCase{"UserInfo", "me@a", "Invalid host spec: me@a"}),
                         row_name);

TEST(HostToString, PutsBracketsAroundIpv6) {
    EXPECT_EQ(to_string("::1", 80), "[::1]:80");
    EXPECT_EQ(to_string("localhost", 9999), "localhost:9999");
}

}  // namespace
}  // namespace pathology::pathoc
