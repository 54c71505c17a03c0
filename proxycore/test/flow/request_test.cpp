#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/flow/request.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::flow {
namespace {

using http::Field;
using http::Fields;
using http::TargetForm;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

Request request_for(std::string_view url) { return Request::make("GET", url).value(); }

// --- P32 -------------------------------------------------------------------------------------------------------------

TEST(Request, P32_IsMadeOfAUrl) {
    auto const request = *Request::make("post", "http://origin.test:81/a?b", "text", {{"X", "1"}});
    EXPECT_EQ(request.method(), "POST");
    EXPECT_EQ(request.raw_method, "post");
    EXPECT_EQ(request.scheme(), "http");
    EXPECT_EQ(request.host(), "origin.test");
    EXPECT_EQ(request.port(), 81);
    EXPECT_EQ(request.path, "/a?b");
    EXPECT_EQ(request.raw_content, "text");
    EXPECT_EQ(request.headers, (Fields{{"X", "1"}, {"content-length", "4"}}));
    EXPECT_EQ(request.http_version, http::Version{});
    EXPECT_TRUE(Request::make("GET", "origin.test").has_error());
}

TEST(Request, P32_a_SettingTheHostKeepsTheHostFieldTrue) {
    auto request = request_for("http://origin.test/");
    request.set_host("other.test");
    EXPECT_FALSE(request.headers.contains("Host"));
    request.headers.add("Host", "other.test");
    request.set_host("third.test");
    EXPECT_EQ(request.headers.first("Host"), "third.test");
    request.set_port(8080);
    EXPECT_EQ(request.headers.first("Host"), "third.test:8080");
    request.set_port(80);
    EXPECT_EQ(request.headers.first("Host"), "third.test");
    EXPECT_EQ(request.authority, "");
    request.authority = "third.test";
    request.set_host("::1");
    EXPECT_EQ(request.authority, "[::1]");
    EXPECT_EQ(request.headers.first("Host"), "[::1]");
}

struct TargetCase {
    std::string_view name;
    http::RequestHead head;
    std::string_view scheme, host;
    unsigned port;
    std::string_view authority, path;
    TargetForm form;
    std::string_view url;
};
void PrintTo(TargetCase const& row, std::ostream* out) { *out << row.name; }
class P32_RequestTarget : public testing::TestWithParam<TargetCase> {};
TEST_P(P32_RequestTarget, IsTakenApart) {
    auto const& row = GetParam();
    auto const request = Request::from_head(row.head).value();
    EXPECT_EQ(request.scheme(), row.scheme);
    EXPECT_EQ(request.host(), row.host);
    EXPECT_EQ(request.port(), row.port);
    EXPECT_EQ(request.authority, row.authority);
    EXPECT_EQ(request.path, row.path);
    EXPECT_EQ(request.first_line_format(), row.form);
    if (!row.url.empty()) {
        EXPECT_EQ(request.url(), row.url);
    }
}
TEST_P(P32_RequestTarget, ComesBackAsAHead) {
    EXPECT_EQ(Request::from_head(GetParam().head)->to_head(), GetParam().head);
}
INSTANTIATE_TEST_SUITE_P(
    Table, P32_RequestTarget,
    testing::Values(
        TargetCase{"Origin", {"GET", "/a?b", {1, 1}, {{"A", "b"}}}, "", "", 0, "", "/a?b", TargetForm::origin, ""},
        TargetCase{"Absolute",
                   {"GET", "http://h:81/a", {1, 0}, {}},
                   "http",
                   "h",
                   81,
                   "h:81",
                   "/a",
                   TargetForm::absolute,
                   "http://h:81/a"},
        TargetCase{"AbsoluteTls",
                   {"GET", "https://h/", {1, 1}, {}},
                   "https",
                   "h",
                   443,
                   "h",
                   "/",
                   TargetForm::absolute,
                   "https://h/"},
        TargetCase{"AbsoluteDefaultPort",
                   {"GET", "http://h:80/", {1, 1}, {}},
                   "http",
                   "h",
                   80,
                   "h:80",
                   "/",
                   TargetForm::absolute,
                   "http://h/"},
        TargetCase{
            "Authority", {"CONNECT", "h:443", {1, 1}, {}}, "", "h", 443, "h:443", "", TargetForm::authority, "h:443"},
        TargetCase{"AuthorityIpv6",
                   {"CONNECT", "[::1]:443", {1, 1}, {}},
                   "",
                   "::1",
                   443,
                   "[::1]:443",
                   "",
                   TargetForm::authority,
                   "[::1]:443"},
        TargetCase{"Asterisk", {"OPTIONS", "*", {1, 1}, {}}, "", "", 0, "", "*", TargetForm::asterisk, ""}),
    test::row_name);

TEST(Request, RefusesTargetsOfNoForm) {
    for (auto const target : {"origin.test", "", "ftp://h/x", "http:///x"}) {
        auto const request = Request::from_head({"GET", target, {}, {}});
        ASSERT_TRUE(request.has_error()) << target;
        EXPECT_THAT(request.error().message, HasSubstr("no request target that the proxy can forward"));
    }
}

// --- P34 -------------------------------------------------------------------------------------------------------------

TEST(RequestUrl, P34_LeavesOutTheDefaultPortAndTheAsterisk) {
    EXPECT_EQ(request_for("https://origin.test:443/a").url(), "https://origin.test/a");
    EXPECT_EQ(request_for("https://origin.test:80/a").url(), "https://origin.test:80/a");
    auto asterisk = request_for("http://origin.test/");
    asterisk.path = "*";
    EXPECT_EQ(asterisk.url(), "http://origin.test");
}

TEST(RequestUrl, B1_IsEmptyWhileTheServerIsUnknown) {
    for (auto const& [method, target] : {std::pair{"GET", "/p/201"}, std::pair{"OPTIONS", "*"}}) {
        auto const request = Request::from_head({method, target, {}, {}}).value();
        EXPECT_EQ(request.url(), "") << target;
        EXPECT_EQ(request.to_head().target, target);
    }
    Request connect;
    connect.raw_method = "CONNECT";
    connect.authority = "origin.test";
    connect.set_destination("", {});
    EXPECT_EQ(connect.url(), "");
    EXPECT_EQ(connect.pretty_url(), "origin.test");
    auto without_port = request_for("http://origin.test/a");
    without_port.set_destination("gopher", {"::1", 0});
    EXPECT_EQ(without_port.url(), "gopher://[::1]/a");
}

TEST(RequestUrl, P34_IsSetInPieces) {
    auto request = request_for("http://origin.test/");
    request.headers.add("Host", "origin.test");
    EXPECT_TRUE(request.set_url("https://other.test:81/a?b#c").has_value());
    EXPECT_EQ(request.scheme(), "https");
    EXPECT_EQ(request.host(), "other.test");
    EXPECT_EQ(request.port(), 81);
    EXPECT_EQ(request.path, "/a?b#c");
    EXPECT_EQ(request.headers.first("Host"), "other.test:81");
    EXPECT_TRUE(request.set_url("nonsense").has_error());
    EXPECT_EQ(request.host(), "other.test");
}

TEST(PrettyUrl, P34_b_ShowsTheNameOfTheHostField) {
    auto request = request_for("https://10.99.0.1/a");
    EXPECT_EQ(request.pretty_host(), "10.99.0.1");
    EXPECT_EQ(request.pretty_url(), "https://10.99.0.1/a");
    request.headers.add("Host", "origin.test:8443");
    EXPECT_EQ(request.pretty_host(), "origin.test");
    EXPECT_EQ(request.pretty_url(), "https://origin.test:8443/a");
    EXPECT_EQ(request.url(), "https://10.99.0.1/a");
    request.headers.set("Host", "not a host");
    EXPECT_EQ(request.pretty_host(), "10.99.0.1");
    EXPECT_EQ(request.pretty_url(), "https://10.99.0.1/a");
}

TEST(HostHeader, P34_IsTheAuthorityInHttp2) {
    auto request = request_for("https://10.99.0.1/");
    request.http_version = {2, 0};
    request.set_host_header("origin.test");
    EXPECT_EQ(request.authority, "origin.test");
    EXPECT_FALSE(request.headers.contains("Host"));
    EXPECT_EQ(request.pretty_host(), "origin.test");
    request.headers.add("Host", "lie.test");
    EXPECT_EQ(request.host_header(), "origin.test");
    request.http_version = {1, 1};
    EXPECT_EQ(request.host_header(), "lie.test");
    request.set_host_header("third.test");
    EXPECT_EQ(request.headers.first("host"), "third.test");
}

TEST(Query, P34_a_IsReadAndWritten) {
    auto request = request_for("http://example.com:8080/a%20b/c?x=1&x=2&y=&z#f");
    EXPECT_THAT(request.path_components(), ElementsAre("a b", "c"));
    EXPECT_THAT(request.query().items(), ElementsAre(Pair("x", "1"), Pair("x", "2"), Pair("y", ""), Pair("z", "")));
    request.query().set("x", "9");
    EXPECT_EQ(request.path, "/a%20b/c?x=9&y=&z=#f");
    request.query().assign({{"a", "b c"}, {"d", "&"}});
    EXPECT_EQ(request.path, "/a%20b/c?a=b+c&d=%26#f");
    request.set_path_components({"x y", "z/w"});
    EXPECT_EQ(request.path, "/x%20y/z%2Fw?a=b+c&d=%26#f");
    request.query().assign({});
    EXPECT_EQ(request.path, "/x%20y/z%2Fw#f");
}

TEST(RequestCookies, P36_AreOneFieldWhenWritten) {
    auto request = request_for("http://origin.test/");
    EXPECT_TRUE(request.cookies().empty());
    request.headers.add("Cookie", "a=b; c=d");
    request.headers.add("cookie", "e=f");
    EXPECT_THAT(request.cookies().items(), ElementsAre(Pair("a", "b"), Pair("c", "d"), Pair("e", "f")));
    request.cookies().set("c", "x y");
    EXPECT_THAT(request.headers.all("cookie"), ElementsAre(R"(a=b; c="x y"; e=f)"));
    request.cookies().assign({});
    EXPECT_FALSE(request.headers.contains("cookie"));
}

TEST(UrlencodedForm, P34_IsEmptyForOtherTypes) {
    auto request = *Request::make("POST", "http://origin.test/", "a=b");
    EXPECT_TRUE(request.urlencoded_form().empty());
    request.headers.set("Content-Type", "APPLICATION/x-www-form-urlencoded; charset=utf-8");
    EXPECT_EQ(request.urlencoded_form().get("a"), "b");
}

TEST(UrlencodedForm, P34_SetsTypeAndContent) {
    auto request = request_for("http://origin.test/");
    request.urlencoded_form().add("a", "b c");
    request.urlencoded_form().add("a", "&");
    EXPECT_EQ(request.raw_content, "a=b+c&a=%26");
    EXPECT_EQ(request.headers.first("Content-Type"), "application/x-www-form-urlencoded");
    EXPECT_EQ(request.headers.first("Content-Length"), "11");
}

TEST(MultipartForm, P34_IsEmptyForOtherTypes) {
    auto request = *Request::make("POST", "http://origin.test/",
                                  "--X\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--X--\r\n");
    EXPECT_TRUE(request.multipart_form().empty());
    request.headers.set("Content-Type", "multipart/form-data; boundary=X");
    EXPECT_EQ(request.multipart_form().get("a"), "b");
    request.headers.set("Content-Type", "multipart/form-data");
    EXPECT_TRUE(request.multipart_form().empty());
}

TEST(MultipartForm, P34_KeepsItsBoundaryWhileItCan) {
    auto request = request_for("http://origin.test/");
    request.multipart_form().add("a", "b");
    EXPECT_THAT(std::string(request.headers.first("Content-Type").value()),
                HasSubstr("multipart/form-data; boundary="));
    EXPECT_EQ(request.multipart_form().get("a"), "b");
    request.headers.set("Content-Type", "multipart/form-data; boundary=X");
    request.multipart_form().assign({{"c", "d"}});
    EXPECT_EQ(request.headers.first("Content-Type"), "multipart/form-data; boundary=X");
    request.multipart_form().add("e", "--X--");
    EXPECT_EQ(request.multipart_form().get("e"), "--X--");
    EXPECT_THAT(request.multipart_form().keys(), ElementsAre("c", "e"));
}

TEST(Request, P34_AsksForFreshContent) {
    auto request = request_for("http://origin.test/");
    request.headers = {{"If-Modified-Since", "x"}, {"A", "b"}, {"if-none-match", "y"}};
    request.anticache();
    EXPECT_EQ(request.headers, (Fields{{"A", "b"}}));
}

TEST(Request, P34_AsksForContentWithoutCoding) {
    auto request = request_for("http://origin.test/");
    request.headers = {{"Accept-Encoding", "gzip, br"}};
    request.anticomp();
    EXPECT_EQ(request.headers, (Fields{{"Accept-Encoding", "identity"}}));
    request.headers = {};
    request.anticomp();
    EXPECT_EQ(request.headers, (Fields{{"accept-encoding", "identity"}}));
}

struct AcceptCase {
    std::string_view name, accepts, constrained;
};
void PrintTo(AcceptCase const& row, std::ostream* out) { *out << row.name; }
class P34_ConstrainEncoding : public testing::TestWithParam<AcceptCase> {};
TEST_P(P34_ConstrainEncoding, KeepsWhatCanBeDecoded) {
    auto request = request_for("http://origin.test/");
    request.headers = {{"Accept-Encoding", GetParam().accepts}};
    request.constrain_encoding();
    EXPECT_THAT(request.headers, ElementsAre(Field{"Accept-Encoding", GetParam().constrained}));
}
INSTANTIATE_TEST_SUITE_P(Table, P34_ConstrainEncoding,
                         testing::Values(AcceptCase{"Known", "gzip, deflate, br, zstd", "gzip, deflate, br, zstd"},
                                         AcceptCase{"Unknown", "gzip, sdch, br;q=0.5", "gzip, br;q=0.5"},
                                         AcceptCase{"UnknownAlone", "compress", ""}, AcceptCase{"Empty", "", ""}),
                         test::row_name);

TEST(Request, P34_ConstrainingLeavesAnAbsentFieldAbsent) {
    auto request = request_for("http://origin.test/");
    request.headers = {};
    request.constrain_encoding();
    EXPECT_THAT(request.headers, IsEmpty());
}

TEST(Request, ReplacesInPathFieldsAndContent) {
    auto request = *Request::make("POST", "http://origin.test/foo", "foo", {{"X", "foo"}});
    EXPECT_EQ(request.replace(pattern::Pattern::compile("foo").value(), "bar"), 3U);
    EXPECT_EQ(request.path, "/bar");
    EXPECT_EQ(request.headers.first("X"), "bar");
    EXPECT_EQ(request.raw_content, "bar");
}

}  // namespace
}  // namespace pathology::proxycore::flow
