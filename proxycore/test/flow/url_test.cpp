#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/flow/url.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::flow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

struct UrlCase {
    std::string_view name, text;
    Url url;
    std::string_view printed;
};
void PrintTo(UrlCase const& row, std::ostream* out) { *out << row.name; }
class GoodUrl : public testing::TestWithParam<UrlCase> {};
TEST_P(GoodUrl, IsRead) { EXPECT_EQ(*parse_url(GetParam().text), GetParam().url); }
TEST_P(GoodUrl, IsPrintedWithoutDefaultPort) { EXPECT_EQ(to_string(GetParam().url), GetParam().printed); }
INSTANTIATE_TEST_SUITE_P(
    Table, GoodUrl,
    testing::Values(UrlCase{"Plain", "http://a/b", {"http", "a", 80, "/b"}, "http://a/b"},
                    UrlCase{"Tls", "HTTPS://a", {"https", "a", 443, "/"}, "https://a/"},
                    UrlCase{"Port", "http://a:8080/", {"http", "a", 8080, "/"}, "http://a:8080/"},
                    UrlCase{"DefaultPort", "https://a:443/x", {"https", "a", 443, "/x"}, "https://a/x"},
                    UrlCase{"OtherDefault", "http://a:443/x", {"http", "a", 443, "/x"}, "http://a:443/x"},
                    UrlCase{"Ipv6", "http://[::1]:81/", {"http", "::1", 81, "/"}, "http://[::1]:81/"},
                    UrlCase{"Ipv6WithoutPort", "http://[::1]/", {"http", "::1", 80, "/"}, "http://[::1]/"},
                    UrlCase{"QueryAndFragment", "http://a/b?c=d#e", {"http", "a", 80, "/b?c=d#e"}, "http://a/b?c=d#e"},
                    UrlCase{"QueryWithoutPath", "http://a?c", {"http", "a", 80, "/?c"}, "http://a/?c"}),
    test::row_name);

struct BadUrlCase {
    std::string_view name, text, message;
    std::size_t offset;
};
void PrintTo(BadUrlCase const& row, std::ostream* out) { *out << row.name; }
class BadUrl : public testing::TestWithParam<BadUrlCase> {};
TEST_P(BadUrl, IsRefusedAtItsPlace) {
    auto const url = parse_url(GetParam().text);
    ASSERT_TRUE(url.has_error());
    EXPECT_THAT(url.error().message, HasSubstr(GetParam().message));
    EXPECT_EQ(url.error().offset, GetParam().offset);
    EXPECT_THROW(url.value(), ProtocolException);
}
INSTANTIATE_TEST_SUITE_P(Table, BadUrl,
                         testing::Values(BadUrlCase{"Empty", "", "no scheme", 0},
                                         BadUrlCase{"Path", "/a", "no scheme", 0},
                                         BadUrlCase{"Ftp", "ftp://a/", "a scheme other than http and https", 0},
                                         BadUrlCase{"NoHost", "http:///a", "no valid host and port", 7},
                                         BadUrlCase{"PortWord", "http://a:b/", "no valid host and port", 7},
                                         BadUrlCase{"PortTooLarge", "http://a:65536/", "no valid host and port", 7},
                                         BadUrlCase{"UserInformation", "http://u@a/", "no valid host and port", 7},
                                         BadUrlCase{"Blank", "http://a/b c", "a blank or control character", 8},
                                         BadUrlCase{"LineEnd", "http://a/\r\nX: y", "a blank or control character", 8}),
                         test::row_name);

TEST(HostAndPort, LeavesTheDefaultOut) {
    EXPECT_EQ(host_and_port("http", "a", 80), "a");
    EXPECT_EQ(host_and_port("https", "a", 80), "a:80");
    EXPECT_EQ(host_and_port("tcp", "a", 80), "a:80");
    EXPECT_EQ(host_and_port("http", "::1", 80), "[::1]");
    EXPECT_EQ(host_and_port("http", "::1", 81), "[::1]:81");
}

TEST(UrlEncoded, ComesBack) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    EXPECT_EQ(parse_urlencoded(to_urlencoded({{all, all}})), (MultiDict{{all, all}}));
}

TEST(Urlencoded, KeepsBlankValuesAndOrder) {
    EXPECT_THAT(
        parse_urlencoded("x=1&x=2&y=&z&&=e&a+b=c%26d=").items(),
        ElementsAre(Pair("x", "1"), Pair("x", "2"), Pair("y", ""), Pair("z", ""), Pair("", "e"), Pair("a b", "c&d=")));
    EXPECT_THAT(parse_urlencoded("").items(), IsEmpty());
    EXPECT_EQ(to_urlencoded({{"a", "b c"}, {"d", "&"}}), "a=b+c&d=%26");
}

TEST(PathPieces, SplitAndJoin) {
    for (auto const path : {"/a", "/a?b", "/a#c", "/a?b#c", "/a?", "/a#", "?b", "", "/a?b?c#d#e", "/a#b?c"})
        EXPECT_EQ(join_path(split_path(path)), path);
    EXPECT_EQ(split_path("/a?b#c").query, "b");
    EXPECT_EQ(split_path("/a#b?c").query, std::nullopt);
    EXPECT_EQ(split_path("/a#b?c").fragment, "b?c");
}

TEST(PathComponents, AreDecodedSegments) {
    EXPECT_THAT(path_components("/a%20b//c/?x=/y"), ElementsAre("a b", "c"));
    EXPECT_THAT(path_components("*"), ElementsAre("*"));
    EXPECT_THAT(path_components("/"), IsEmpty());
    EXPECT_EQ(with_path_components("/old?q#f", {"x y", "z/w"}), "/x%20y/z%2Fw?q#f");
    EXPECT_EQ(with_path_components("/old?q", {}), "/?q");
}

}  // namespace
}  // namespace pathology::proxycore::flow
