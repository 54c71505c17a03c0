#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/flow/cookies.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::flow {
namespace {

using testing::ElementsAre;

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

struct CookieCase {
    std::string_view name, field;
    MultiDict cookies;
};
void PrintTo(CookieCase const& row, std::ostream* out) { *out << row.name; }
class P36_CookieField : public testing::TestWithParam<CookieCase> {};
TEST_P(P36_CookieField, IsRead) { EXPECT_EQ(parse_cookies(GetParam().field), GetParam().cookies); }
TEST_P(P36_CookieField, ComesBackFromPrint) {
    EXPECT_EQ(parse_cookies(to_cookie_field(GetParam().cookies)), GetParam().cookies);
}
INSTANTIATE_TEST_SUITE_P(Table, P36_CookieField,
                         testing::Values(CookieCase{"Empty", "", {}}, CookieCase{"One", "a=b", {{"a", "b"}}},
                                         CookieCase{"Two", "a=b; c=d", {{"a", "b"}, {"c", "d"}}},
                                         CookieCase{"Quoted", R"(a="b c"; d=e)", {{"a", "b c"}, {"d", "e"}}},
                                         CookieCase{"Escapes", R"(a="b\"c\\"; d=e)", {{"a", R"(b"c\)"}, {"d", "e"}}},
                                         CookieCase{"Comma", "SID=x,y; z=1", {{"SID", "x,y"}, {"z", "1"}}},
                                         CookieCase{"Twice", "a=1; a=2", {{"a", "1"}, {"a", "2"}}},
                                         CookieCase{"NoValue", "a; b=c", {{"a", ""}, {"b", "c"}}},
                                         CookieCase{"NoName", "=b; c=d", {{"", "b"}, {"c", "d"}}},
                                         CookieCase{"Blanks", "a=b;   c=d", {{"a", "b"}, {"c", "d"}}},
                                         CookieCase{"EqualsSigns", "a=b=c", {{"a", "b=c"}}},
                                         CookieCase{"OpenQuote", R"(a="b; c)", {{"a", "b; c"}}},
                                         CookieCase{"TextAfterQuote", R"(a="b"x; c=d)", {{"a", "b"}, {"c", "d"}}},
                                         CookieCase{"NoAscii", "a=\xc3\xa4", {{"a", "\xc3\xa4"}}},
                                         CookieCase{"EmptyParts", ";;a=b;", {{"a", "b"}}},
                                         CookieCase{
                                             "NamedLikeAnAttribute", R"(Expires="; w=x")", {{"Expires", "; w=x"}}}),
                         test::row_name);

TEST(CookieField, QuotesWhatWouldNotComeBack) {
    EXPECT_EQ(to_cookie_field({{"a", "b"}, {"c", "d e"}, {"f", R"(")"}, {"g", "x;y"}, {"h", ""}}),
              R"(a=b; c="d e"; f="\""; g="x;y"; h=)");
}

struct SetCookieCase {
    std::string_view name, field;
    std::vector<SetCookie> cookies;
};
void PrintTo(SetCookieCase const& row, std::ostream* out) { *out << row.name; }
class P36_SetCookieField : public testing::TestWithParam<SetCookieCase> {};
TEST_P(P36_SetCookieField, IsRead) { EXPECT_EQ(parse_set_cookie(GetParam().field), GetParam().cookies); }
TEST_P(P36_SetCookieField, ComesBackFromPrint) {
    for (auto const& cookie : GetParam().cookies)
        EXPECT_THAT(parse_set_cookie(to_set_cookie_field(cookie)), ElementsAre(cookie));
}
constexpr auto none = std::nullopt;
INSTANTIATE_TEST_SUITE_P(
    Table, P36_SetCookieField,
    testing::Values(
        SetCookieCase{"Empty", "", {}}, SetCookieCase{"One", "a=b", {{"a", "b"}}},
        SetCookieCase{"Attributes",
                      "a=b; Path=/; Secure; HttpOnly",
                      {{"a", "b", {{"Path", "/"}, {"Secure", none}, {"HttpOnly", none}}}}},
        SetCookieCase{"Two", "a=b; Path=/, c=d; Secure", {{"a", "b", {{"Path", "/"}}}, {"c", "d", {{"Secure", none}}}}},
        SetCookieCase{"Expires",
                      "a=b; Expires=Wed, 21-Oct-15 16:55:55 GMT; Path=/",
                      {{"a", "b", {{"Expires", "Wed, 21-Oct-15 16:55:55 GMT"}, {"Path", "/"}}}}},
        SetCookieCase{"FullWeekday",
                      "a=b; expires=Wednesday, 21-Oct-15 16:55:55 GMT, c=d",
                      {{"a", "b", {{"expires", "Wednesday, 21-Oct-15 16:55:55 GMT"}}}, {"c", "d"}}},
        SetCookieCase{"DateWithoutComma",
                      "a=b; Expires=Wed 21 Oct 2015 16:55:55 GMT, c=d",
                      {{"a", "b", {{"Expires", "Wed 21 Oct 2015 16:55:55 GMT"}}}, {"c", "d"}}},
        SetCookieCase{
            "ThreeWithDates",
            "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT, b=2, c=3; Max-Age=0",
            {{"a", "1", {{"Expires", "Thu, 01 Jan 1970 00:00:00 GMT"}}}, {"b", "2"}, {"c", "3", {{"Max-Age", "0"}}}}},
        SetCookieCase{"Quoted", R"(a="b, c; d"; Path="/x")", {{"a", "b, c; d", {{"Path", "/x"}}}}},
        SetCookieCase{"QuotedPath", R"(Path="a, b"; Path="/x;y")", {{"Path", "a, b", {{"Path", "/x;y"}}}}},
        SetCookieCase{"NoValue", "a; Secure", {{"a", "", {{"Secure", none}}}}},
        SetCookieCase{"EmptyValue", "a=; Domain=", {{"a", "", {{"Domain", ""}}}}}),
    test::row_name);

TEST(SetCookieField, KeepsTheSpellingOfAttributes) {
    EXPECT_EQ(to_set_cookie_field({"a", "b c", {{"EXPIRES", "Wed, 21 Oct 2015"}, {"path", "/a b"}, {"secure", none}}}),
              R"(a="b c"; EXPIRES=Wed, 21 Oct 2015; path=/a b; secure)");
}

TEST(CookieAttributes, P33_CompareInAnyCaseAndTakeTheLast) {
    CookieAttributes attributes{{"Path", "/a"}, {"Secure", none}, {"path", "/b"}};
    EXPECT_EQ(attributes.get("PATH"), "/b");
    EXPECT_TRUE(attributes.contains("secure"));
    EXPECT_EQ(attributes.get("secure"), none);
    EXPECT_EQ(attributes.get("domain"), none);
    attributes.set("PATH", "/c");
    EXPECT_EQ(attributes, (CookieAttributes{{"Path", "/c"}, {"Secure", none}}));
    attributes.set("Domain", "x");
    EXPECT_EQ(attributes.items().size(), 3U);
    EXPECT_EQ(attributes.remove("secure"), 1U);
    EXPECT_FALSE(attributes.contains("Secure"));
}

// --- expiry ----------------------------------------------------------------------------------------------------------

struct ExpiryCase {
    std::string_view name;
    CookieAttributes attributes;
    MaybeTime expiry;
    bool is_expired;
};
void PrintTo(ExpiryCase const& row, std::ostream* out) { *out << row.name; }
class P36_Expiry : public testing::TestWithParam<ExpiryCase> {};
TEST_P(P36_Expiry, FollowsTheAttributes) {
    auto const now = at(1'000'000'000);
    EXPECT_EQ(expiry(GetParam().attributes, now), GetParam().expiry);
    EXPECT_EQ(is_expired(GetParam().attributes, now), GetParam().is_expired);
}
INSTANTIATE_TEST_SUITE_P(
    Table, P36_Expiry,
    testing::Values(
        ExpiryCase{"Session", {}, none, false}, ExpiryCase{"MaxAge", {{"Max-Age", "10"}}, at(1'000'000'010), false},
        ExpiryCase{"MaxAgeZero", {{"max-age", "0"}}, at(1'000'000'000), true},
        ExpiryCase{"MaxAgeNegative", {{"Max-Age", "-5"}}, at(999'999'995), true},
        ExpiryCase{"MaxAgeWord", {{"Max-Age", "x"}}, none, false},
        ExpiryCase{"MaxAgeFraction", {{"Max-Age", "1.5"}}, none, false},
        ExpiryCase{"MaxAgeWithoutValue", {{"Max-Age", none}}, none, false},
        ExpiryCase{"Past", {{"Expires", "Thu, 01 Jan 1970 00:00:00 GMT"}}, at(0), true},
        ExpiryCase{"Future", {{"Expires", "Wed, 21 Oct 2015 07:28:00 GMT"}}, at(1'445'412'480), false},
        ExpiryCase{
            "ExpiresFirst", {{"Max-Age", "0"}, {"Expires", "Wed, 21 Oct 2015 07:28:00 GMT"}}, at(1'445'412'480), false},
        ExpiryCase{"UnparsableExpires", {{"Expires", "whenever"}, {"max-age", "0"}}, none, false}),
    test::row_name);

TEST(Expiry, SurvivesAnyNumber) {
    for (auto const text : {"9223372036854775807", "99999999999999999999999", "-99999999999999999999999"}) {
        auto const end = expiry({{"Max-Age", text}}, at(1'000'000'000));
        ASSERT_TRUE(end) << text;
        EXPECT_EQ(*end > at(1'000'000'000), text[0] != '-');
    }
}

struct DateCase {
    std::string_view name, text;
    MaybeTime time;
};
void PrintTo(DateCase const& row, std::ostream* out) { *out << row.name; }
class Date : public testing::TestWithParam<DateCase> {};
TEST_P(Date, IsRead) { EXPECT_EQ(parse_date(GetParam().text), GetParam().time); }
INSTANTIATE_TEST_SUITE_P(Rfc6265, Date,
                         testing::Values(DateCase{"ImfFixdate", "Sun, 06 Nov 1994 08:49:37 GMT", at(784'111'777)},
                                         DateCase{"Rfc850", "Sunday, 06-Nov-94 08:49:37 GMT", at(784'111'777)},
                                         DateCase{"Asctime", "Sun Nov  6 08:49:37 1994", at(784'111'777)},
                                         DateCase{"TwoDigitsOfThisCentury", "06-Nov-15 08:49:37", at(1'446'799'777)},
                                         DateCase{"OneDigitEach", "1 Jan 2000 1:2:3", at(946'688'523)},
                                         DateCase{"LeapDay", "29 Feb 2016 00:00:00", at(1'456'704'000)},
                                         DateCase{"NoLeapDay", "29 Feb 2015 00:00:00", none},
                                         DateCase{"Hour24", "1 Jan 2000 24:00:00", none},
                                         DateCase{"Year1600", "1 Jan 1600 00:00:00", none},
                                         DateCase{"NoTime", "1 Jan 2000", none},
                                         DateCase{"NoYear", "1 Jan 00:00:00", none},
                                         DateCase{"NoMonth", "1 2000 00:00:00", none}, DateCase{"Empty", "", none},
                                         DateCase{"Word", "tomorrow", none}),
                         test::row_name);

TEST(Date, BeyondTheClockIsItsEnd) {
    auto const time = parse_date("Fri, 31 Dec 9999 23:59:59 GMT");
    ASSERT_TRUE(time);
    EXPECT_GT(*time, at(9'000'000'000));
    auto const first = parse_date("1 Jan 1601 00:00:00");
    ASSERT_TRUE(first);
    EXPECT_LT(*first, at(-9'000'000'000));
}

}  // namespace
}  // namespace pathology::proxycore::flow
