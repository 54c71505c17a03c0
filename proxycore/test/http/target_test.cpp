#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/http/target.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::http {

static void PrintTo(Target const& target, std::ostream* out) {
    *out << to_string(target.form) << " scheme=" << target.scheme << " host=" << target.host << " port=" << target.port
         << " path=" << target.path;
}

namespace {

struct TargetCase {
    std::string_view name, wire;
    Target target;
};
void PrintTo(TargetCase const& row, std::ostream* out) { *out << row.name; }
class RequestTarget : public testing::TestWithParam<TargetCase> {};

TEST_P(RequestTarget, IsTakenApart) { EXPECT_EQ(parse_target(GetParam().wire), GetParam().target); }

constexpr auto origin = TargetForm::origin;
constexpr auto absolute = TargetForm::absolute;
constexpr auto authority = TargetForm::authority;
constexpr Target none{};

INSTANTIATE_TEST_SUITE_P(
    Rfc9112, RequestTarget,
    testing::Values(TargetCase{"Origin", "/a/b?c=d", {origin, "", "", "", "/a/b?c=d"}},
                    TargetCase{"OriginWithTwoSlashes", "//x", {origin, "", "", "", "//x"}},
                    TargetCase{"OriginWithUrlInside", "/p/http://a", {origin, "", "", "", "/p/http://a"}},
                    TargetCase{"Absolute", "http://a.b/c?d", {absolute, "http", "a.b", "", "/c?d"}},
                    TargetCase{"AbsoluteWithPort", "https://a:8443/", {absolute, "https", "a", "8443", "/"}},
                    TargetCase{"AbsoluteWithEmptyPort", "http://a:/x", {absolute, "http", "a", "", "/x"}},
                    TargetCase{"AbsoluteWithoutPath", "http://a", {absolute, "http", "a", "", "/"}},
                    TargetCase{"AbsoluteWithQueryOnly", "http://a?b", {absolute, "http", "a", "", "?b"}},
                    TargetCase{"AbsoluteIpv6", "http://[::1]:80/x", {absolute, "http", "::1", "80", "/x"}},
                    TargetCase{"AbsoluteOtherScheme", "ws+x://a/", {absolute, "ws+x", "a", "", "/"}},
                    TargetCase{"Authority", "a.b:443", {authority, "", "a.b", "443", ""}},
                    TargetCase{"AuthorityIpv6", "[fe80::1]:443", {authority, "", "fe80::1", "443", ""}},
                    TargetCase{"Asterisk", "*", {TargetForm::asterisk, "", "", "", ""}}, TargetCase{"Empty", "", none},
                    TargetCase{"HostAndPath", "foo.com/p/200", none}, TargetCase{"HostAlone", "foo.com", none},
                    TargetCase{"HostWithEmptyPort", "foo.com:", none}, TargetCase{"PortZero", "a:0", none},
                    TargetCase{"PortTooBig", "a:65536", none}, TargetCase{"PortNoNumber", "a:b", none},
                    TargetCase{"PortTooLong", "a:000443", none}, TargetCase{"OpenBracket", "[::1:443", none},
                    TargetCase{"EmptyBrackets", "[]:443", none}, TargetCase{"TextAfterBrackets", "[::1]x:443", none},
                    TargetCase{"NoHost", "http:///x", none}, TargetCase{"PortWithoutHost", ":443", none},
                    TargetCase{"UserInformation", "http://u:p@a/", none},
                    TargetCase{"SchemeWithDigitFirst", "1http://a/", none}, TargetCase{"NoScheme", "://a/", none},
                    TargetCase{"TwoAsterisks", "**", none}, TargetCase{"SchemeWithoutAuthority", "mailto:a", none}),
    test::row_name);

TEST(Authority, MayBeEmptyAsInAHostField) {
    EXPECT_TRUE(parse_authority("").valid);
    EXPECT_TRUE(parse_authority("a").valid);
    EXPECT_EQ(parse_authority("a:80").port, "80");
    EXPECT_FALSE(parse_authority("a b").valid);
    EXPECT_FALSE(parse_authority("a,b/").valid);
}

}  // namespace
}  // namespace pathology::proxycore::http
