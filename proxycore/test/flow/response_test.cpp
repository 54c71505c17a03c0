#include <gmock/gmock.h>

#include <pathology/proxycore/flow/response.hpp>

namespace pathology::proxycore::flow {
namespace {

using http::Fields;
using testing::ElementsAre;

TEST(Response, P32_b_HasTheReasonOfTheTable) {
    auto const response = Response::make(404);
    EXPECT_EQ(response.reason, "Not Found");
    EXPECT_EQ(response.headers, (Fields{{"content-length", "0"}}));
    EXPECT_EQ(response.http_version, http::Version{});
    EXPECT_EQ(Response::make(299).reason, "");
    EXPECT_EQ(Response::make().status_code, 200U);
}

TEST(Response, IsMadeOfContentAndFields) {
    auto const response = Response::make(200, "text", {{"X", "1"}});
    EXPECT_EQ(response.raw_content, "text");
    EXPECT_EQ(response.headers, (Fields{{"X", "1"}, {"content-length", "4"}}));
}

TEST(Response, ComesBackAsAHead) {
    http::ResponseHead const head{{1, 0}, 418, "Other Words", {{"A", "b"}, {"a", "c"}}};
    EXPECT_EQ(Response::from_head(head).to_head(), head);
}

TEST(Reason, IsThatOfTheRegistry) {
    EXPECT_EQ(reason_of(100), "Continue");
    EXPECT_EQ(reason_of(413), "Content Too Large");
    EXPECT_EQ(reason_of(511), "Network Authentication Required");
    EXPECT_EQ(reason_of(0), "");
    EXPECT_EQ(reason_of(306), "");
    EXPECT_EQ(reason_of(999), "");
}

TEST(ResponseCookies, P36_AreAFieldEach) {
    auto response = Response::make();
    response.headers = {{"Set-Cookie", "a=b; Path=/, c=d"}, {"X", "1"}, {"set-cookie", "e=f; Secure"}};
    auto cookies = response.cookies();
    EXPECT_THAT(cookies, ElementsAre(SetCookie{"a", "b", {{"Path", "/"}}}, SetCookie{"c", "d"},
                                     SetCookie{"e", "f", {{"Secure", std::nullopt}}}));
    cookies[0].value = "x";
    response.set_cookies(cookies);
    EXPECT_EQ(
        response.headers,
        (Fields{{"Set-Cookie", "a=x; Path=/"}, {"X", "1"}, {"set-cookie", "c=d"}, {"set-cookie", "e=f; Secure"}}));
    EXPECT_EQ(response.cookies(), cookies);
}

}  // namespace
}  // namespace pathology::proxycore::flow
