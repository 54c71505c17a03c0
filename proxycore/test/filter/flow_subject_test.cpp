// What the match table does not have: records, HTTP/2, IPv6, limits of a flow.

#include <pathology/proxycore/filter/flow_subject.hpp>

#include <gmock/gmock.h>

#include <ctime>
#include <pathology/proxycore/filter/filter.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>

#include "filter/sample_flows.hpp"

namespace pathology::proxycore::filter {
namespace {

using flow::HttpFlow;
using testing::HasSubstr;
using testing::Not;

HttpFlow& http_of(flow::Flow& flow) { return dynamic_cast<HttpFlow&>(flow); }

Matched match(std::string_view text, flow::Flow const& flow) {
    return Filter::parse(text).value().matches(FlowSubject(flow));
}

/// F1, to be changed.
struct Page {
    HttpFlow& operator*() { return http_of(*flow); }
    HttpFlow* operator->() { return &**this; }
    bool matches(std::string_view text) { return match(text, *flow).value(); }

    std::unique_ptr<flow::Flow> flow = std::move(make_sample_flows()[0]);
};

TEST(FlowSubject, P50_HasTheRecordOfTheFlow) {
    Page page;
    page->comment = "first\nsecond";
    page->is_replay = flow::Replay::response;
    page->metadata = {
        {"count", std::int64_t{3}}, {"done", true}, {"list", std::vector<std::string>{"a", "b"}}, {"none", {}}};
    for (auto const* const text : {"~comment ^second$", "~replay", "~replays", R"(~meta "^count: 3$")",
                                   R"(~meta "^done: True$")", R"(~meta "^list: a, b$")", R"(~meta "^none: None$")"})
        EXPECT_TRUE(page.matches(text)) << text;
    for (auto const* const text : {"~replayq", "~comment first.second", "~meta count.*done", "~marked"})
        EXPECT_FALSE(page.matches(text)) << text;
}

TEST(FlowSubject, P50_HasTheAuthorityOfHttp2) {
    Page page;
    page->request.http_version = {2, 0};
    page->request.headers.remove("host");
    page->request.authority = "shop.test:8080";
    EXPECT_TRUE(page.matches("~d ^shop.test$"));
    EXPECT_TRUE(page.matches("~u ^http://shop.test:8080/index"));
    EXPECT_EQ(page->request.pretty_url(), "http://shop.test:8080/index.html?q=1");
}

TEST(FlowSubject, P50_HasAddressesOfIpv6InBrackets) {
    Page page;
    page->client_conn->peername = Endpoint{"::1", 4242};
    page->request.headers.set("Host", "[2001:db8::1]:81");
    EXPECT_TRUE(page.matches(R"(~src "^\\[::1\\]:4242$")"));
    EXPECT_TRUE(page.matches(R"(~u "^http://\\[2001:db8::1\\]:81/")"));
}

TEST(FlowSubject, P50_HasNoAddressesWithoutConnections) {
    HttpFlow const flow(nullptr, nullptr, flow::Time{});
    EXPECT_FALSE(match(R"(~src "" | ~dst "")", flow).value());
    HttpFlow const unknown(std::make_shared<flow::Client>(), std::make_shared<flow::Server>(), flow::Time{});
    EXPECT_FALSE(match(R"(~src "" | ~dst "")", unknown).value());
}

TEST(FlowSubject, P50_SearchesContentAsItIsKept) {
    Page page;
    page->response->headers.set("content-encoding", "gzip");  // which it is not
    EXPECT_TRUE(page.matches("~bs Hello"));
    page->response->raw_content.reset();
    EXPECT_FALSE(page.matches(R"(~bs "")"));
}

TEST(FlowSubject, P50_SearchesEveryContentType) {
    Page page;
    page->response->headers.add("content-type", "text/plain");
    EXPECT_TRUE(page.matches("~ts plain"));
    EXPECT_TRUE(page.matches("~ts ^text/html"));
}

TEST(FlowSubject, P50_KnowsAssetsByTheirType) {
    Page page;
    for (auto const* const type : {"text/javascript", "Application/JavaScript;a=b", "application/x-javascript",
                                   "text/css", "image/png", "font/woff2", "application/font-woff"}) {
        page->response->headers.set("content-type", type);
        EXPECT_TRUE(page.matches("~a")) << type;
    }
    for (auto const* const type : {"text/html", "application/json", "text/css2", "", "x-image/png"}) {
        page->response->headers.set("content-type", type);
        EXPECT_FALSE(page.matches("~a")) << type;
    }
}

// --- limits ----------------------------------------------------------------------------------------------------------

TEST(FilterMatch, P50_d_ACostlyPatternIsAnErrorWithinASecond) {
    Page page;
    for (auto const* const pattern : {"(a+)+$", "(?:a|aa)+$", "(?:a|b)*[0-9]", "(.*)*x"}) {
        page->response->raw_content = std::string(1U << 20U, 'a') + "!";
        std::string text = "~bs \"";
        auto const filter = Filter::parse(text.append(pattern).append("\"")).value();
        auto const before = std::clock();
        auto const matched = filter.matches(FlowSubject(*page));
        EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC) << pattern;
        ASSERT_TRUE(matched.has_error()) << pattern;
        EXPECT_EQ(matched.error().code, MatchErrc::given_up);
        EXPECT_THAT(matched.error().message, HasSubstr("on the content of the response (1048577 bytes): "));
    }
}

TEST(FilterMatch, P50_d_AFailureIsReportedOnceForAFilter) {
    Page page;
    page->response->raw_content = std::string(100'000, 'a') + "!";
    auto const filter = Filter::parse(R"(~bs "(a+)+$")").value();
    std::vector<std::string> messages;
    Filter::Report const report = [&](MatchFailure const& failure) { messages.push_back(failure.message); };
    for (auto const& copy : std::vector{filter, filter, filter})
        EXPECT_FALSE(copy.matches_or_reports(FlowSubject(*page), report));
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_THAT(messages.front(), HasSubstr(R"(the filter '~bs "(a+)+$"' was given up)"));
}

TEST(FilterMatch, P50_d_AFailureDoesNotQuoteTheTraffic) {
    Page page;
    page->request.headers.set("Authorization", "Basic secret" + std::string(100'000, 'a') + "!");
    auto const matched = match(R"(~hq "(a+)+$")", *page);
    ASSERT_TRUE(matched.has_error());
    EXPECT_THAT(matched.error().message, HasSubstr("header section of the request"));
    EXPECT_THAT(matched.error().message, Not(HasSubstr("secret")));
}

TEST(FilterMatch, P50_d_IsKnownWithoutTheCostlyTest) {
    Page page;
    page->response->raw_content = std::string(100'000, 'a') + "!";
    EXPECT_FALSE(match(R"(~m POST & ~bs "(a+)+$")", *page).value());
    EXPECT_TRUE(match(R"(~m GET | ~bs "(a+)+$")", *page).value());
    EXPECT_TRUE(match(R"(!~bs "(a+)+$")", *page).has_error());
}

TEST(FilterMatch, P50_d_LongContentIsAnError) {
    Page page;
    auto const filter = Filter::parse("~bs Hello", {.max_content = 1'000}).value();
    page->response->set_content("Hello" + std::string(995, 'a'));
    EXPECT_TRUE(filter.matches(FlowSubject(*page)).value());
    page->response->set_content("Hello" + std::string(996, 'a'));
    ASSERT_TRUE(filter.matches(FlowSubject(*page)).has_error());
    page->response->headers.set("content-encoding", "gzip");
    page->response->set_content("Hello" + std::string(100'000, 'a'));
    ASSERT_LT(page->response->raw_content->size(), 1'000U);
    auto const matched = filter.matches(FlowSubject(*page));
    ASSERT_TRUE(matched.has_error());
    EXPECT_EQ(matched.error().code, MatchErrc::content_too_long);
    EXPECT_EQ(matched.error().message,
              "the filter '~bs Hello' was given up on the content of the response, which is "
              "longer than the limit of 1000 bytes");
}

}  // namespace
}  // namespace pathology::proxycore::filter
