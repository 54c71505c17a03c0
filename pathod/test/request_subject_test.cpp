// What filters of anchors match.
#include "request_subject.hpp"

#include <gtest/gtest.h>

#include <pathology/proxycore/content/encoder.hpp>
#include <pathology/proxycore/filter/filter.hpp>

namespace pathology::pathod {
namespace {

using proxycore::http::RequestHead;

struct Received {
    RequestHead head;
    RequestDetails details = {};
};

/// A POST as most of them are.
Received post() {
    return {{.method = "POST",
             .target = "/pay?x=1",
             .fields = {{"Host", "Shop.test:80"}, {"X-Test", "503"}, {"Content-Type", "text/plain"}}},
            {.body = "card=1", .body_size = 6, .client = "192.0.2.7:40000"}};
}

Received absolute() {
    return {{.method = "GET", .target = "http://origin.test:81/a", .fields = {{"Host", "named.test"}}}, {}};
}

Received without_host() { return {{.method = "GET", .target = "/a"}, {}}; }

Received over_http2() {
    return {{.method = "GET", .target = "/a", .version = {2, 0}},
            {.scheme = "https", .authority = "[2001:db8::1]:8443", .body_size = 0}};
}

Received handshake() {
    return {{.method = "GET",
             .target = "/chat",
             .version = {1, 1},
             .fields = {{"Host", "x"},
                        {"Connection", "Upgrade"},
                        {"Upgrade", "websocket"},
                        {"Sec-WebSocket-Version", "13"},
                        {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}}},
            {}};
}

Received long_content() {
    auto received = post();
    received.details.body_size = 7;  // one byte was not kept
    return received;
}

/// The POST with its content in a coding; `sent` in place of it if it is given.
Received coded(std::string_view content, std::string sent = {}) {
    static std::string encoded;
    encoded = sent.empty() ? proxycore::content::encode(content, "gzip").value() : std::move(sent);
    auto received = post();
    received.head.fields.add("Content-Encoding", "gzip");
    received.details.body = encoded;
    received.details.body_size = encoded.size();
    return received;
}

Received gzip() { return coded("card=1"); }
Received bomb() { return coded(std::string(1000, 'x')); }
Received broken_gzip() { return coded({}, "card"); }

std::string result_of(std::string const& text, Received const& received) {
    auto const filter = filter::Filter::parse(text, {.max_content = 60});
    if (!filter) return describe(filter.error(), text);
    auto const matched = filter->matches(RequestSubject(received.head, received.details));
    if (!matched) return matched.error().message;
    return *matched ? "yes" : "no";
}

struct MatchCase {
    std::string name, filter;
    Received (*received)();
    std::string result;
};
void PrintTo(MatchCase const& row, std::ostream* out) { *out << row.name; }
class AnchorFilter : public testing::TestWithParam<MatchCase> {};

TEST_P(AnchorFilter, Matches) { EXPECT_EQ(result_of(GetParam().filter, GetParam().received()), GetParam().result); }

std::string const too_long =
    "the filter '~bq card' was given up on the content of the request, which is longer than the limit of 60 bytes";

INSTANTIATE_TEST_SUITE_P(
    Requests, AnchorFilter,
    testing::Values(
        MatchCase{"Method", "~m POST", post, "yes"}, MatchCase{"OtherMethod", "~m GET", post, "no"},
        MatchCase{"All", "~m POST & ~u /pay & ~hq \"X-Test: 503\"", post, "yes"},
        MatchCase{"Url", R"(~u "^http://Shop.test/pay\\?x=1$")", post, "yes"},
        MatchCase{"UrlOfAnAbsoluteTarget", "~u ^http://named.test/a$", absolute, "yes"},
        MatchCase{"UrlWithoutAHost", "~u ^/a$", without_host, "yes"},
        MatchCase{"UrlOverTls", R"(~u "^https://\\[2001:db8::1\\]:8443/a$")", over_http2, "yes"},
        MatchCase{"HostOfTheTarget", "~d ^origin.test$", absolute, "yes"},
        MatchCase{"HostThatWasNamed", "~d ^named.test$", absolute, "yes"},
        MatchCase{"HostOfTheAuthority", "~d ^2001:db8::1$", over_http2, "yes"},
        MatchCase{"NoHost", "~d .", without_host, "no"}, MatchCase{"Header", "~h x-test", post, "yes"},
        MatchCase{"ResponseHeader", "~hs x-test", post, "no"}, MatchCase{"Type", "~tq plain", post, "yes"},
        MatchCase{"Content", "~bq ^card=1$", post, "yes"}, MatchCase{"EitherContent", "~b card", post, "yes"},
        MatchCase{"ResponseContent", "~bs card", post, "no"}, MatchCase{"NoContent", "~bq ^$", without_host, "yes"},
        MatchCase{"ContentThatWasNotKept", "~bq card", long_content, too_long},
        MatchCase{"DecodedContent", "~bq ^card=1$", gzip, "yes"},
        MatchCase{"LongDecodedContent", "~bq card", bomb, too_long},
        MatchCase{"ContentThatCannotBeDecoded", "~bq ^card$", broken_gzip, "yes"},
        MatchCase{"ContentThatDoesNotDecide", "~m GET & ~bq card", long_content, "no"},
        MatchCase{"Client", R"(~src "^192.0.2.7:40000$")", post, "yes"},
        MatchCase{"NoClient", "~src .", absolute, "no"}, MatchCase{"NoServer", "~dst .", post, "no"},
        MatchCase{"WithoutAResponse", "~q", post, "yes"},
        MatchCase{"WithAResponse", "~s | ~c 200 | ~a | ~e", post, "no"},
        MatchCase{"Http", "~http & !~tcp", post, "yes"}, MatchCase{"Websocket", "~websocket", handshake, "yes"},
        MatchCase{"NoWebsocket", "~websocket", post, "no"},
        MatchCase{"Record", "~marked | ~replay | ~comment . | ~meta .", post, "no"}),
    [](auto const& row) { return row.param.name; });

TEST(AnchorFilterUrl, OfAsteriskFormHasNoPath) {
    RequestHead const head{.method = "OPTIONS", .target = "*", .fields = {{"Host", "x.test"}}};
    RequestDetails const details;
    std::string buffer;
    EXPECT_EQ(RequestSubject(head, details).pretty_url(buffer), "http://x.test");
}

}  // namespace
}  // namespace pathology::pathod
