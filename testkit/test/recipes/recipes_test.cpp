// The code of doc/testkit.md; document_test.cpp compares the two.

#include <pathology/testkit/testkit.hpp>

#include "fetch.hpp"  // your client

using namespace pathology::testkit;
using namespace std::chrono_literals;

TEST(Fetch, NoticesThatABodyBreaksOff) {
    Daemon daemon;  // listens on a free port of loopback as long as it lives
    auto const fetched = fetch(daemon.url_for("200:b@1k:d500"));
    EXPECT_FALSE(fetched.complete);
    EXPECT_THAT(daemon.take_request(10s), testing::Optional(HasMethod("GET")));
}

namespace recipes {

namespace proxycore = pathology::proxycore;

using testing::AllOf;
using testing::AnyOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;
using testing::StartsWith;

class Fetching : public DaemonPerTest {};

TEST_F(Fetching, GivesUpOnAServerThatNeverResponds) {
    auto const fetched = fetch(daemon.url_for("200:p0,f"), 1s);
    EXPECT_TRUE(fetched.timed_out);
    EXPECT_TRUE(daemon.wait_until_idle(10s));  // it let its connection go, too
}

TEST_F(Fetching, GivesUpOnABodyThatStalls) {
    auto const fetched = fetch(daemon.url_for("200:b@1k:p500,f"), 1s);
    EXPECT_TRUE(fetched.timed_out);
    EXPECT_LT(fetched.body.size(), 500U);  // the head is among the 500 bytes
}

TEST_F(Fetching, IsPatientWithASlowBody) {
    auto const fetched = fetch(daemon.url_for("200:b'slowly':p40,1"), 20s);
    EXPECT_EQ(fetched.body, "slowly");
}

struct Cut {
    std::string name, spec;
};
class FetchingWhatIsCut : public WithDaemonPerTest<testing::TestWithParam<Cut>> {};

TEST_P(FetchingWhatIsCut, IsNoSuccess) { EXPECT_FALSE(fetch(daemon.url_for(GetParam().spec)).complete); }

INSTANTIATE_TEST_SUITE_P(Cuts, FetchingWhatIsCut,
                         testing::Values(Cut{"BeforeAnyByte", "200:d0"}, Cut{"InTheStatusLine", "200:d7"},
                                         Cut{"BeforeTheLastByte", "200:b'abc':d40"}),
                         [](auto const& row) { return row.param.name; });

TEST_F(Fetching, NoticesThatABodyIsShort) {
    EXPECT_FALSE(fetch(daemon.url_for("200:h'Content-Length'='10':b'short':da")).complete);
}

TEST_F(Fetching, TakesNoMoreThanContentLengthSays) {
    Session session;
    EXPECT_EQ(session.fetch(daemon.url_for("200:h'Content-Length'='3':b'longer'")).body, "lon");
    EXPECT_EQ(session.fetch(daemon.url_for("200:b'next'")).body, "next");
    EXPECT_THAT(daemon.requests(),
                ElementsAre(IsOnConnection(0), IsOnConnection(1)));  // what is left over is no response
}

TEST_F(Fetching, TriesThreeTimes) {
    EXPECT_EQ(fetch_with_retries(daemon.url_for("503"), 3).status, 503);
    EXPECT_THAT(daemon.wait_for_requests(3, 10s), SizeIs(3));
    EXPECT_EQ(daemon.take_request(0s), daemon.requests().front());
}

TEST_F(Fetching, UsesOneConnectionForAll) {
    Session session;
    session.fetch(daemon.url_for("200"));
    session.fetch(daemon.url_for("404:b'not here'"));
    EXPECT_THAT(daemon.requests(),
                ElementsAre(AnsweredBy("200"), AllOf(AnsweredBy("404:b'not here'"), IsOnConnection(0), HasIndex(1))));
}

TEST_F(Fetching, ConnectsAgainAfterTheServerHasClosed) {
    Session session;
    session.fetch(daemon.url_for("200:da"));
    EXPECT_TRUE(session.fetch(daemon.url_for("200")).complete);
    EXPECT_THAT(daemon.last_request(), Optional(IsOnConnection(1)));
}

TEST_F(Fetching, SendsWhatItIsGiven) {
    Session().upload(daemon.url_for("201"), "a body");
    EXPECT_THAT(daemon.last_request(),
                Optional(AllOf(HasMethod("PUT"), HasHeader("Content-Length", "6"), HasNoHeader("Transfer-Encoding"),
                               HasBody("a body"), HasRawBytes(StartsWith("PUT /p/201 HTTP/1.1\r\n")))));
}

class Login : public DaemonPerSuite {
public:
    static void SetUpTestSuite() {
        start_daemon({.anchors = {{"/login$", "302:l'/home'"}, {"/home$", "200:b'welcome'"}}});
    }
};

TEST_F(Login, LeadsHome) {
    EXPECT_EQ(fetch(daemon.url("/login")).body, "welcome");
    EXPECT_THAT(daemon.requests(), ElementsAre(HasPath("/login"), HasPath("/home")));
}

TEST_F(Login, KnowsNothingElse) {
    EXPECT_EQ(fetch(daemon.url("/logout")).status, 800);
    EXPECT_THAT(daemon.requests(), SizeIs(1));  // those of the other tests are forgotten
}

TEST_F(Fetching, RetriesAPayment) {
    daemon.on({.method = "GET", .path = "/pay"}, {"503", "503", "200:b'paid'"});  // then the last stays
    EXPECT_EQ(fetch_with_retries(daemon.url("/pay"), 3).body, "paid");
}

TEST_F(Fetching, ReadsComputedResponses) {
    daemon.on({.path = regex("/users/[0-9]+"), .query = {{"full", "1"}}},
              [](Request const& request) { return respond(200).header("X-Test", "1").body(request.path); });
    EXPECT_EQ(fetch(daemon.url("/users/7?full=1")).body, "/users/7?full=1");
}

TEST_F(Fetching, WaitsForASlowResponse) {
    daemon.on({.path = "/slow"}, respond(200).body("late").delay(300ms));
    EXPECT_EQ(fetch(daemon.url("/slow")).body, "late");
    daemon.on({.path = "/cut"}, respond(200).body("never whole").resets_after(45));
    EXPECT_FALSE(fetch(daemon.url("/cut")).complete);
}

TEST_F(Fetching, TriesExactlyTwice) {
    daemon.on({.path = "/flaky"}, {"503", "200"});
    daemon.expect({.method = "GET", .path = "/flaky"}).times(2);
    daemon.expect({.method = "POST"}).never();
    fetch_with_retries(daemon.url("/flaky"), 5);
    EXPECT_TRUE(daemon.verify());  // at the latest the end of the test does so
}

TEST_F(Fetching, LogsInBeforeItReads) {
    Order order;
    daemon.on({.path = "/login"}, "302:l'/news'");
    daemon.on({.path = "/news"}, "200:b'news'");
    daemon.expect({.path = "/login"}).in_order(order);
    daemon.expect({.path = "/news"}).in_order(order);
    EXPECT_EQ(fetch(daemon.url("/login")).body, "news");
}

TEST(FetchingSafely, TrustsWhomItIsConfiguredTo) {
    Daemon daemon({.tls = DaemonTls{}});
    EXPECT_EQ(fetch_trusting(daemon.authority_file(), daemon.url_for("200:b'safe'")).body, "safe");
    EXPECT_THAT(daemon.take_request(10s), Optional(HasTlsVersion(AnyOf("TLSv1.2", "TLSv1.3"))));
}

TEST(FetchingSafely, TrustsNobodyElse) {
    Daemon daemon({.tls = DaemonTls{}});
    EXPECT_FALSE(fetch(daemon.url_for("200:b'secret'")).complete);
    EXPECT_THAT(daemon.requests(), IsEmpty());
}

TEST(FetchingSafely, NoticesACertificateForSomebodyElse) {
    Daemon daemon({.tls = DaemonTls{.names = {"somebody.else"}}});
    EXPECT_FALSE(fetch_trusting(daemon.authority_file(), daemon.url_for("200")).complete);
}

TEST(FetchingByHttp2, UsesOneConnectionForAll) {
    Daemon daemon({.tls = DaemonTls{}});
    Session session;
    session.trust(daemon.authority_file());
    session.prefer_http2();
    session.fetch(daemon.url_for("200:b@100k"));
    session.fetch(daemon.url_for("404"));
    EXPECT_THAT(daemon.requests(), Each(AllOf(HasAlpn("h2"), ReceivedFrame("HEADERS"), IsOnConnection(0))));
}

class MyServer : public testing::Test {
protected:
    Daemon server{{.anchors = {{"/", "200:b'hello'"}}}};  // in your tests: the server you test
    Client client{{.port = server.port(), .time_limit = 3s, .seed = 7}};
};

TEST_F(MyServer, Answers) {
    EXPECT_THAT(client.request("get:/"), AllOf(HasStatus(200), HasHeader("content-length", "5"), HasBody("hello")));
}

TEST_F(MyServer, RespondsToAPipelineInOrder) {
    EXPECT_EQ(client.send("get:/:x3"), "");
    for (int i = 0; i < 3; ++i) EXPECT_THAT(client.receive(), HasStatus(200)) << "response " << i;
}

TEST_F(MyServer, SurvivesARequestThatBreaksOff) {
    EXPECT_THAT(client.request("post:/:b@1k:d300"), FailsWith(HasSubstr("after 300 bytes")));
    EXPECT_THAT(client.request("get:/"), HasStatus(200));
}

TEST(MySafeServer, ShowsAGoodCertificate) {
    Daemon server({.tls = DaemonTls{.names = {"origin.test", "127.0.0.1"}}});  // in your tests: the server you test
    Client client({.port = server.port(), .tls = ClientTls{.trust = server.authority_file(), .sni = "origin.test"}});
    auto const response = client.request("get:/p/200");
    EXPECT_THAT(response, AllOf(HasStatus(200), HasTlsVersion("TLSv1.3")));
    EXPECT_EQ(response.tls->server_certificates.at(0).common_name, "origin.test");
}

TEST(MyChat, EchoesAMessageInPieces) {
    Daemon server({.websocket_echo = true});  // in your tests: the server you test
    Client client({.port = server.port()});
    ASSERT_THAT(client.request("ws:/chat"), HasStatus(101));
    EXPECT_EQ(client.send("wf:b'in ' wf:ccontinue:fin:b'pieces'"), "");
    EXPECT_THAT(client.receive_frame(), AllOf(HasType("text"), HasPayload("in pieces")));
    EXPECT_THAT(server.wait_for_frames(2, 10s), ElementsAre(HasPayload("in "), HasType("continue")));
}

TEST_F(MyServer, SurvivesAnyOneByteAnywhere) {
    for (int i = 0; i < 20; ++i) {
        client.request("get:/:ir,@1");  // any response is accepted
        auto const replay = client.replay();
        client.close();
        EXPECT_THAT(client.request("get:/"), HasStatus(200)) << replay;
    }
}

class Between : public testing::Test {
protected:
    Between() {
        session.use_proxy(proxy.url());
        session.trust(proxy.authority_file());
    }

    Daemon server{{.tls = DaemonTls{}}};
    Proxy proxy{{.settings = {"ssl_verify_upstream_trusted_ca=" + server.authority_file()}}};
    Session session;
};

TEST_F(Between, SeesBothSides) {
    EXPECT_EQ(session.fetch(server.url_for("404:b'gone'")).body, "gone");
    auto const flow = proxy.take_flow(10s);
    ASSERT_TRUE(flow);
    EXPECT_EQ(flow->url, server.url("/p/404:b'gone'"));
    EXPECT_THAT(flow->request, AllOf(HasMethod("GET"), HasNoHeader("Cookie"), HasTlsVersion("TLSv1.3")));
    EXPECT_THAT(flow->response, AllOf(HasStatus(404), HasBody("gone")));
}

TEST_F(Between, SeesThatAResponseBreaksOff) {
    EXPECT_EQ(session.fetch(server.url_for("200:b@1k:d500")).status, 502);
    EXPECT_THAT(proxy.take_flow(10s)->error, HasSubstr("ended the connection"));
}

TEST(BetweenTheTwo, RespondsWhenTheServerDoesNot) {
    Proxy proxy({.on_request = [](auto& flow) { flow.response = proxycore::flow::Response::make(503, "down"); }});
    Session session;
    session.use_proxy(proxy.url());
    EXPECT_EQ(session.fetch("http://api.example.org/").status, 503);  // no server is contacted
}

TEST(BetweenTheTwo, ChangesWhatPasses) {
    Daemon server;
    Proxy proxy({.mode = "reverse:" + server.url(),
                 .on_response = [](auto& flow) { flow.response->headers.set("Retry-After", "1"); }});
    fetch(proxy.url("/p/503"));
    EXPECT_THAT(proxy.take_flow(10s)->response, HasHeader("Retry-After", "1"));
    EXPECT_THAT(server.take_request(10s), Optional(HasTarget("/p/503")));
}

TEST(Options, MakeADaemonRepeatItself) {
    auto const body_of = [](std::uint64_t seed) {
        Daemon const daemon({.seed = seed, .on_hanging = fail_on_hanging});
        return fetch(daemon.url_for("200:b@100")).body;
    };
    EXPECT_EQ(body_of(7), body_of(7));
    EXPECT_NE(body_of(7), body_of(8));
}

}  // namespace recipes
