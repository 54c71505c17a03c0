#include <pathology/testkit/testkit.hpp>

#include <thread>

#include "support/curl.hpp"

namespace pathology::testkit {
namespace {

using namespace std::chrono_literals;
using test::Curl;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;

TEST(Daemon, RespondsAsSoonAsItIsThere) {
    for (int i = 0; i < 100; ++i) {
        Daemon const daemon;
        ASSERT_EQ(Curl().get(daemon.url_for("204")).status, 204) << "daemon number " << i;
    }
}

TEST(Daemon, RefusesABadAnchorWithACaret) {
    try {
        Daemon const daemon({.anchors = {{"/foo", "200:x"}}});
        FAIL() << "it started";
    } catch (DaemonError const& error) {
        EXPECT_THAT(error.what(), HasSubstr("\n200:x\n    ^"));
    }
}

TEST(Daemon, SaysSomethingBeforeItIsAsked) {
    Daemon const daemon({.on_accept = "raw:'220 ready\\r\\n'"});
    Client client({.port = daemon.port()});
    EXPECT_THAT(client.request("get:/").failure, HasSubstr("220 ready"));
}

TEST(Daemon, ResetsWhoeverConnects) {
    Daemon const daemon({.on_accept = "raw:d0,rst"});
    EXPECT_THAT(Client({.port = daemon.port()}).request("get:/").failure, HasSubstr("eset"));
}

TEST(Daemon, RefusesConnections) {
    Daemon const daemon({.listening = Listening::refuse});
    EXPECT_THAT(Client({.port = daemon.port()}).request("get:/").failure, HasSubstr("refused"));
}

TEST(Daemon, AcceptsLate) {
    Daemon const daemon({.accept_delay = "f"});
    Client client({.port = daemon.port(), .time_limit = 100ms});
    EXPECT_THAT(client.request("get:/").failure, HasSubstr("Timeout"));
}

TEST(Daemon, SendsSeveralMessagesAndRespondsEarly) {
    Daemon const daemon({.anchors = {{"/", "103:h'Link'='</a>':whead 200:b'ok':whead"}}});
    Client client({.port = daemon.port()});
    auto const response = client.request("post:/:h'Content-Length'='5':b'hello'");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "ok");
}

TEST(Daemon, TakesAnEqualsSignInAPattern) {
    Daemon const daemon({.anchors = {{"/q\\?a=1", "201"}, {"/q", "202"}}});
    EXPECT_EQ(Curl().get(daemon.url("/q?a=1")).status, 201);
    EXPECT_EQ(Curl().get(daemon.url("/q?a=2")).status, 202);
}

TEST(Daemon, D3_TakesAnyPattern) {
    Daemon daemon(
        {.anchors = {{"/(?=foo)f", "201"}, {"/[(]=", "202"}, {"/\\Q(=\\Ex", "203"}, {"/(?<!=)end=$", "204"}}});
    Curl curl;
    EXPECT_EQ(curl.get(daemon.url("/foo")).status, 201);
    EXPECT_EQ(curl.get(daemon.url("/(=")).status, 202);
    EXPECT_EQ(curl.get(daemon.url("/end=")).status, 204);
    EXPECT_EQ(curl.get(daemon.url("/fob")).status, 800);
    daemon.on("/(?=bar)b", "205");
    daemon.on("/\\Q(=\\E", "206");
    EXPECT_EQ(curl.get(daemon.url("/bar")).status, 205);
    EXPECT_EQ(curl.get(daemon.url("/(=x")).status, 206);
}

TEST(Daemon, D2_RefusesABadSpecOfAUrlWithACaret) {
    Daemon const daemon;
    try {
        auto const url = daemon.url_for("200:b@1k:d500:z");
        FAIL() << url;
    } catch (DaemonError const& error) {
        EXPECT_THAT(error.what(), testing::StartsWith("Invalid spec\nspec:1:15: "));
        EXPECT_THAT(error.what(), testing::EndsWith("\n200:b@1k:d500:z\n              ^"));
    }
    EXPECT_THROW((void)daemon.url_for("wf:k'abc'"), DaemonError);
    // Valid for one version of HTTP, with a handshake, or with a file that may come later.
    for (auto const* spec : {"200", "wf:b'x'", "ws", "200:m'x'", "200:b'x' h2f:PING", "200:b<later", "+later"})
        EXPECT_THAT(daemon.url_for(spec), testing::StartsWith(daemon.url("/p/"))) << spec;
}

TEST(Daemon, LearnsWhatToRespondWhileItRuns) {
    Daemon daemon({.anchors = {{"/a", "201"}}});
    Curl curl;
    EXPECT_EQ(curl.get(daemon.url("/a")).status, 201);
    daemon.on("/a", "202");
    daemon.on("/b=", "203");
    EXPECT_EQ(curl.get(daemon.url("/a")).status, 202);
    EXPECT_EQ(curl.get(daemon.url("/b=1")).status, 203);
    daemon.on("/a", "204");
    EXPECT_EQ(curl.get(daemon.url("/a")).status, 204);
}

TEST(Daemon, RespondsInOrderAndToWhatAFilterMatches) {
    Daemon daemon({.anchors = {{"/pay", "503 | 503:b'again' | 200:b'a | b'"}, {"~m PUT & ~u x=1", "405 | 204 | *"}}});
    EXPECT_EQ(Curl().get(daemon.url("/pay")).status, 503);
    EXPECT_EQ(Curl().get(daemon.url("/pay")).body, "again");
    EXPECT_EQ(Curl().get(daemon.url("/pay")).body, "a | b");
    EXPECT_EQ(Curl().get(daemon.url("/pay")).status, 200);
    EXPECT_EQ(daemon.last_request()->choice->request, 4U);
    daemon.on("/pay", "404 | 201");
    EXPECT_EQ(Curl().get(daemon.url("/pay")).status, 404);
    EXPECT_EQ(Curl().get(daemon.url("/pay")).status, 201);
    EXPECT_EQ(Curl().get(daemon.url("/?x=1")).status, 800) << "another method";
    EXPECT_EQ(Curl().put(daemon.url("/?x=1"), "a").status, 405);
    EXPECT_EQ(Curl().put(daemon.url("/?x=1"), "a").status, 204);
    EXPECT_EQ(Curl().put(daemon.url("/?x=1"), "a").status, 405);
    EXPECT_THROW(daemon.on("/pay", "404 | 2x"), DaemonError);
}

TEST(Daemon, LearnsWhileManyAsk) {
    Daemon daemon({.threads = 2});
    std::thread client([&] {
        Curl curl;
        for (int i = 0; i < 200; ++i) EXPECT_THAT(curl.get(daemon.url("/x")).status, testing::AnyOf(200, 800));
    });
    for (int i = 0; i < 50; ++i) daemon.on("/x", "200:b@10");
    client.join();
    EXPECT_THROW(daemon.on("/x", "200:y"), DaemonError);
    EXPECT_EQ(Curl().get(daemon.url("/x")).status, 200);
}

TEST(Daemon, GivesRequestsInTheOrderOfTheirArrival) {
    Daemon daemon;
    Curl curl;
    for (auto const* spec : {"200", "201", "202"}) curl.get(daemon.url_for(spec));
    EXPECT_THAT(daemon.take_request(10s), Optional(AllOf(HasPath("/p/200"), IsOnConnection(0U), HasIndex(0U))));
    EXPECT_THAT(daemon.take_request(10s), Optional(AllOf(HasPath("/p/201"), IsOnConnection(0U), HasIndex(1U))));
    EXPECT_THAT(daemon.take_request(10s), Optional(HasPath("/p/202")));
    EXPECT_EQ(daemon.take_request(0s), std::nullopt);
    EXPECT_THAT(daemon.requests(), SizeIs(3));
}

TEST(Daemon, WaitsForARequestOnlySoLong) {
    Daemon daemon;
    auto const begin = std::chrono::steady_clock::now();
    EXPECT_EQ(daemon.take_request(50ms), std::nullopt);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 50ms);
}

TEST(Daemon, WakesWhoWaitsForARequest) {
    Daemon daemon;
    std::thread client([&] { Curl().put(daemon.url_for("200"), "late"); });
    EXPECT_THAT(daemon.take_request(10s), Optional(HasBody("late")));
    client.join();
}

TEST(Daemon, CollectsTheRequestsOfManyClients) {
    Daemon const daemon({.threads = 2});
    std::vector<std::thread> clients(8);
    for (auto& client : clients) {
        client = std::thread([&] {
            Curl curl;
            for (int k = 0; k < 5; ++k) curl.get(daemon.url_for("200:b@1k"));
        });
    }
    EXPECT_THAT(daemon.wait_for_requests(40, 10s), SizeIs(40));
    for (auto& client : clients) client.join();
    EXPECT_THAT(daemon.wait_for_requests(41, 0s), SizeIs(40));
}

TEST(Daemon, ShowsATruncatedBodyToTheClient) {
    Daemon daemon;
    auto const fetched = Curl().get(daemon.url_for("200:b@1k:d500"));
    EXPECT_EQ(fetched.code, CURLE_PARTIAL_FILE);
    EXPECT_LT(fetched.body.size(), 500U);
    EXPECT_THAT(daemon.take_request(10s), Optional(AnsweredBy("200:b@1k:d500")));
}

TEST(Daemon, EndsAPauseForEverWhenItEnds) {
    std::string report;
    std::thread client;
    {
        Daemon daemon({.on_hanging = [&](std::string const& text) { report = text; }});
        client = std::thread([url = daemon.url_for("200:b'abc':p5,f")] { Curl().get(url); });
        auto const request = daemon.take_request(10s);
        ASSERT_TRUE(request.has_value());
        EXPECT_TRUE(request->unfinished);
        EXPECT_THAT(daemon.unfinished(), SizeIs(1));
        EXPECT_FALSE(daemon.wait_until_idle(10ms));
    }
    client.join();
    EXPECT_THAT(report, HasSubstr("GET /p/200:b'abc':p5,f on connection 0"));
}

TEST(Daemon, ReportsWhatIsStillOpen) {
    Daemon daemon({.on_hanging = ignore_hanging});
    Client client({.port = daemon.port()});
    EXPECT_EQ(client.send("get:'/p/200:p0,f'"), "");
    ASSERT_TRUE(daemon.take_request(10s).has_value());
    auto const silence = daemon.wait_until_idle(1ms);
    EXPECT_THAT(silence.message(), AllOf(HasSubstr("1 connections are still open"), HasSubstr("/p/200:p0,f")));
    daemon.stop();
    EXPECT_TRUE(daemon.wait_until_idle(0s));
}

TEST(Daemon, IsSilentOnceTheClientHasGone) {
    Daemon daemon;
    Curl().get(daemon.url_for("200"));  // its connection ends with it
    EXPECT_TRUE(daemon.wait_until_idle(10s));
    EXPECT_EQ(daemon.connections(), 0U);
}

TEST(Daemon, IsSilentOnceTheClientLeavesAPauseForEver) {
    Daemon daemon({.on_hanging = fail_on_hanging});
    {
        Client client({.port = daemon.port()});
        EXPECT_EQ(client.send("get:'/p/200:p5,f'"), "");
        ASSERT_TRUE(daemon.take_request(10s).has_value());
    }
    EXPECT_TRUE(daemon.wait_until_idle(10s));
    EXPECT_EQ(daemon.last_request()->error, "Disconnect");
}

TEST(Daemon, ReportsWhatIsNoRequest) {
    Daemon daemon;
    Client client({.port = daemon.port()});
    client.request("'foo bar':'nothing':r");
    ASSERT_TRUE(daemon.wait_until_idle(10s));
    EXPECT_THAT(daemon.protocol_errors(), ElementsAre(HasSubstr("Bad HTTP request line")));
    EXPECT_THAT(daemon.requests(), IsEmpty());
}

TEST(Daemon, KeepsOnlyAsManyRequestsAsConfigured) {
    Daemon daemon({.log_capacity = 3});
    Curl curl;
    for (int i = 0; i < 5; ++i) curl.get(daemon.url("/" + std::to_string(i)));
    EXPECT_THAT(daemon.requests(), ElementsAre(HasPath("/2"), HasPath("/3"), HasPath("/4")));
    daemon.forget();
    EXPECT_THAT(daemon.requests(), IsEmpty());
    EXPECT_EQ(daemon.last_request(), std::nullopt);
}

TEST(Daemon, RepeatsItselfForTheSameSeed) {
    std::string const spec = "200:b@500:h@9,digits='x'";
    auto const body_of = [&](std::uint64_t seed) {
        Daemon const daemon({.seed = seed});
        return Curl().get(daemon.url_for(spec)).body;
    };
    EXPECT_EQ(body_of(1), body_of(1));
    EXPECT_NE(body_of(1), body_of(2));
}

TEST(Daemon, LivesBesideAnother) {
    Daemon first, second;
    EXPECT_NE(first.port(), second.port());
    Curl curl;
    curl.get(first.url_for("200"));
    curl.get(second.url_for("404"));
    EXPECT_THAT(first.requests(), ElementsAre(AnsweredBy("200")));
    EXPECT_THAT(second.requests(), ElementsAre(AnsweredBy("404")));
}

}  // namespace
}  // namespace pathology::testkit
