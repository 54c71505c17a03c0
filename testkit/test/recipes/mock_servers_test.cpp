// The right column of doc/mock-servers.md; document_test.cpp looks for each of its cells here.

#include <pathology/testkit/testkit.hpp>

#include "fetch.hpp"

namespace recipes {
namespace {

using namespace pathology::testkit;
using namespace std::chrono_literals;

class Mock : public DaemonPerTest {
protected:
    Fetched get(std::string const& path = "/") const { return fetch(daemon.url(path)); }
};

TEST_F(Mock, RespondsToEverything) {
    daemon.on({}, "404");
    EXPECT_EQ(fetch(daemon.url("/")).status, 404);
    EXPECT_TRUE(daemon.take_request(1s));
    EXPECT_EQ(daemon.requests().size(), 1U);
    EXPECT_TRUE(daemon.verify());
    EXPECT_EQ(daemon.unmatched().size(), 0U);
    daemon.forget();
    EXPECT_EQ(daemon.requests().size(), 0U);
    EXPECT_EQ(daemon.url() + "/", daemon.url("/"));
}

TEST_F(Mock, RespondsInOrder) {
    daemon.on({}, {"503", "503", "200:b'ok'"});
    for (int const status : {503, 503, 200, 200}) EXPECT_EQ(get().status, status);
    daemon.on({.path = "/job"}, {"202", "202", "200"});
    for (int const status : {202, 202, 200}) EXPECT_EQ(get("/job").status, status);
    daemon.on({}, {"200", "404"});
    for (int const status : {200, 404}) EXPECT_EQ(get("/job").status, status);
    daemon.on({}, "503 | 200 | *");
    for (int const status : {503, 200, 503}) EXPECT_EQ(get().status, status);
}

TEST_F(Mock, Computes) {
    daemon.on({}, [](Request const& request) { return request.path == "/a" ? "200" : "404"; });
    EXPECT_EQ(get("/a").status, 200);
    EXPECT_EQ(get("/b").status, 404);
    daemon.on({}, [](Request const& request) { return respond(200).body(request.path); });
    EXPECT_EQ(get("/a").body, "/a");
}

TEST_F(Mock, SendsSlowlyAndInChunks) {
    daemon.on({}, "200:k'hello ':k'world'");
    EXPECT_EQ(get().body, "hello world");
    daemon.on({}, respond(200).delay(300ms));
    EXPECT_TRUE(fetch(daemon.url("/"), 100ms).timed_out);
    daemon.on({}, "200:b'late':pbody,300ms");
    EXPECT_TRUE(fetch(daemon.url("/"), 100ms).timed_out);
    daemon.on({}, "200:p0,0.1-0.3");
    EXPECT_TRUE(fetch(daemon.url("/"), 50ms).timed_out);
    daemon.on({}, "200:b@2k:tbody,1k");
    EXPECT_TRUE(fetch(daemon.url("/"), 100ms).timed_out);
    daemon.on({}, "200:b@500:tbody,100/0.2");
    EXPECT_TRUE(fetch(daemon.url("/"), 100ms).timed_out);
    EXPECT_TRUE(daemon.wait_until_idle(10s));
}

TEST_F(Mock, BreaksResponses) {
    daemon.on({}, respond(200).closes_after(0));
    EXPECT_FALSE(get().complete);
    daemon.on({}, respond(200).resets_after(0));
    EXPECT_FALSE(get().complete);
    daemon.on({}, "200:b@1k:dbody+512");
    EXPECT_EQ(get().body.size(), 512U);
    daemon.on({}, "200:k'zz'='garbage':da");
    EXPECT_FALSE(get().complete);
    daemon.on({}, "raw:@100:da");
    EXPECT_FALSE(get().complete);
    daemon.on({}, "200:b'ok':da");
    EXPECT_EQ(get().body, "ok");
    daemon.on({}, respond(200).stalls_after(0));
    EXPECT_TRUE(fetch(daemon.url("/"), 100ms).timed_out);
    EXPECT_TRUE(daemon.wait_until_idle(10s));
}

TEST_F(Mock, SpeaksFirst) {
    daemon.on({}, websocket().sends("wf:fin:b'hello'").closes(1000));
    Client client({.port = daemon.port()});
    EXPECT_THAT(client.request("ws:/"), HasStatus(101));
    EXPECT_THAT(client.receive_frame(), HasPayload("hello"));
    EXPECT_THAT(client.receive_frame(), HasType("close"));
}

TEST_F(Mock, Matches) {
    daemon.on({.method = "GET", .path = "/pay"}, "200:b'paid'");
    EXPECT_EQ(get("/pay").body, "paid");
    daemon.on({.method = "GET", .path = "/x"}, respond(200).body("hi"));
    EXPECT_EQ(get("/x").body, "hi");
    daemon.on({.path = regex("/users/[0-9]+")}, "200");
    EXPECT_EQ(get("/users/7").status, 200);
    daemon.on({.path = [](std::string_view path) { return path.size() > 3; }}, "200");
    EXPECT_EQ(get("/long").status, 200);
    daemon.on({.query = {{"id", "7"}}}, "200");
    EXPECT_EQ(get("/q?id=7").status, 200);
    daemon.on({}, respond(200).header("X-Test", "1"));
    EXPECT_TRUE(get("/").complete);
}

TEST_F(Mock, MatchesHeadersAndBodies) {
    Client client({.port = daemon.port()});
    daemon.on({.headers = {{"Accept", contains("json")}}}, "200");
    EXPECT_THAT(client.request("get:/:h'Accept'='application/json'"), HasStatus(200));
    daemon.on({.body = contains("amount")}, "200");
    EXPECT_THAT(client.request("post:/:b'amount=1'"), HasStatus(200));
}

TEST_F(Mock, Expects) {
    daemon.on({}, "200");
    daemon.expect({.method = "POST", .path = "/pay"}).times(2);
    daemon.expect({.path = "/pay"}).at_most(2);
    Client client({.port = daemon.port()});
    for (int i = 0; i < 2; ++i) EXPECT_THAT(client.request("post:/pay"), HasStatus(200));
    EXPECT_TRUE(daemon.verify());
}

TEST_F(Mock, ExpectsTwice) {
    daemon.on({}, "200");
    daemon.expect({.path = "/x"}).times(2);
    daemon.expect({.path = "/x"});
    for (int i = 0; i < 2; ++i) get("/x");
    EXPECT_TRUE(daemon.verify());
}

TEST_F(Mock, ExpectsNothing) {
    daemon.on({}, "200");
    daemon.expect({.path = "/x"}).never();
    get("/y");
    EXPECT_TRUE(daemon.verify());
}

TEST_F(Mock, IsBehindAProxy) {
    daemon.on({}, "200:b'behind'");
    Proxy proxy({.mode = "reverse:" + daemon.url()});
    EXPECT_EQ(fetch(proxy.url("/")).body, "behind");
}

TEST(MockConnection, EndsAtTheStart) {
    Daemon daemon({.on_accept = "raw:d0"});
    EXPECT_FALSE(fetch(daemon.url("/")).complete);
}

TEST(MockConnection, IsNeverAccepted) {
    Daemon daemon({.accept_delay = "f"});
    EXPECT_TRUE(fetch(daemon.url("/"), 100ms).timed_out);
}

TEST(MockConnection, FailsInTheHandshake) {
    Daemon daemon({.tls = DaemonTls{.fault = "d0"}});
    EXPECT_FALSE(fetch_trusting(daemon.authority_file(), daemon.url("/")).complete);
}

TEST(MockConnection, IsSecure) {
    Daemon daemon({.tls = DaemonTls{}});
    daemon.on({}, "200:b'safe'");
    EXPECT_EQ(fetch_trusting(daemon.authority_file(), daemon.url("/")).body, "safe");
}

TEST(MockConnection, IsPlain) {
    Daemon daemon;
    daemon.on({}, "200:b'plain'");
    EXPECT_EQ(fetch(daemon.url("/")).body, "plain");
}

}  // namespace
}  // namespace recipes
