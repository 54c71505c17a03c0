// Daemons that are scripted: what requests get, what is expected of them, and the texts of failures.
#include <pathology/testkit/testkit.hpp>

#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace pathology::testkit {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Collects failures in place of the test framework.
class Failures {
public:
    Failures()
        : before_(kit::set_failure_handler([this](kit::Failure const& failure) {
              std::scoped_lock const lock(mutex_);
              all_.push_back(failure);
          })) {}
    ~Failures() { kit::set_failure_handler(before_); }
    Failures(Failures const&) = delete;
    Failures& operator=(Failures const&) = delete;

    std::vector<kit::Failure> all() const {
        std::scoped_lock const lock(mutex_);
        return all_;
    }
    std::vector<std::string> texts() const {
        std::vector<std::string> texts;
        for (auto const& failure : all()) texts.push_back(failure.text);
        return texts;
    }

private:
    mutable std::mutex mutex_;
    std::vector<kit::Failure> all_;
    kit::FailureHandler before_;
};

std::vector<unsigned> statuses(Daemon const& daemon, std::string const& path, int n) {
    std::vector<unsigned> all;
    Client client({.port = daemon.port()});
    for (int i = 0; i < n; ++i) all.push_back(client.request("get:" + path).status);
    return all;
}

// --- matches --------------------------------------------------------------------------------------------------------

struct Row {
    std::string name;
    RequestMatch match;
    std::string request;  // of pathoc
    bool is_meant;
};
void PrintTo(Row const& row, std::ostream* out) { *out << row.match << " and " << row.request; }

class Match : public testing::TestWithParam<Row> {};

TEST_P(Match, MeansRequests) {
    Daemon daemon({.on_unmatched = ignore_unmatched});
    daemon.on(GetParam().match, "204");
    auto& expectation = daemon.expect(GetParam().match).at_least(0);
    EXPECT_THAT(Client({.port = daemon.port()}).request(GetParam().request),
                HasStatus(GetParam().is_meant ? 204 : 800));
    EXPECT_EQ(expectation.count(), GetParam().is_meant ? 1U : 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Match,
    testing::Values(
        Row{"Everything", {}, "get:/x", true}, Row{"Method", {.method = "PUT"}, "put:/x", true},
        Row{"OtherMethod", {.method = "PUT"}, "get:/x", false}, Row{"Path", {.path = "/x"}, "get:/x?a=1", true},
        Row{"LongerPath", {.path = "/x"}, "get:/xy", false},
        Row{"Regex", {.path = regex("/users/\\d+|/x")}, "get:/users/17", true},
        Row{"RegexOfAPart", {.path = regex("/users/\\d+|/x")}, "get:/users/17a", false},
        Row{"Query", {.query = {{"id", "7 8"}}}, "get:'/x?a&id=7+8'", true},
        Row{"SecondValueOfAQuery", {.query = {{"i=", "8"}}}, "get:'/x?i%3d=7&i%3D=8'", true},
        Row{"NoQuery", {.query = {{"id", ""}}}, "get:'/x?idx=7'", false},
        Row{"Header", {.headers = {{"x-test", contains("5")}}}, "get:/:h'X-Test'='1':h'X-Test'='152'", true},
        Row{"OtherHeader", {.headers = {{"x-test", contains("5")}}}, "get:/:h'X-Test'='1'", false},
        Row{"Body", {.body = starts_with("am")}, "post:/:b'amount'", true},
        Row{"OtherBody", {.body = starts_with("mo")}, "post:/:b'amount'", false},
        Row{"Function", {.path = [](std::string_view text) { return text.size() == 3; }}, "get:/ab", true},
        Row{"Filter", {.filter = "~m POST & ~u /pay"}, "post:/pay", true},
        Row{"OtherFilter", {.filter = "~m POST & ~u /pay"}, "get:/pay", false}),
    [](auto const& row) { return row.param.name; });

TEST(Match, RefusesWhatIsNoPatternAndNoFilter) {
    Daemon daemon;
    EXPECT_THROW((void)regex("("), std::invalid_argument);
    EXPECT_THROW(daemon.on({.filter = "~m ("}, "200"), DaemonError);
    EXPECT_THROW(daemon.on({.path = "/"}, "200:x"), DaemonError);
    EXPECT_THROW(daemon.expect({.filter = "~zz"}), DaemonError);
}

// --- responses ------------------------------------------------------------------------------------------------------

TEST(Script, RespondsInOrderEveryThirdAndPerConnection) {
    Daemon daemon({.seed = 1});
    daemon.on({.method = "GET", .path = "/pay"}, {"503", "503", "200:b'a | b'"});
    EXPECT_THAT(statuses(daemon, "/pay", 4), ElementsAre(503, 503, 200, 200));
    daemon.on({.path = "/third"}, every(3, "503", respond(200)));
    EXPECT_THAT(statuses(daemon, "/third", 6), ElementsAre(200, 200, 503, 200, 200, 503));
    daemon.on({.path = "/each"}, Responses{"401", "200"}.per_connection());
    EXPECT_THAT(statuses(daemon, "/each", 2), ElementsAre(401, 200));
    EXPECT_THAT(statuses(daemon, "/each", 2), ElementsAre(401, 200));
    daemon.on({.path = "/again"}, Responses{"401", "200"}.starting_over());
    EXPECT_THAT(statuses(daemon, "/again", 3), ElementsAre(401, 200, 401));
    daemon.on({.path = "/text"}, "503 | 200");
    EXPECT_THAT(statuses(daemon, "/text", 2), ElementsAre(503, 200));
}

TEST(Script, RespondsByChanceFromTheSeed) {
    auto const run = [](std::uint64_t seed) {
        Daemon daemon({.seed = seed});
        daemon.on({.path = "/"}, chance(0.5, "503", "200"));
        return statuses(daemon, "/", 40);
    };
    EXPECT_EQ(run(1), run(1));
    EXPECT_NE(run(1), run(2));
    EXPECT_THROW((void)chance(1.5, "503", "200"), DaemonError);
}

TEST(Script, ComputesTheResponse) {
    Daemon daemon;
    daemon.on({.path = "/sum"}, [](Request const& request) { return "200:b'" + request.body + "'"; });
    daemon.on({.path = "/echo"}, [](Request const& request) { return respond(201).body(request.method + "'\n"); });
    Client client({.port = daemon.port()});
    EXPECT_THAT(client.request("post:/sum:b'3'"), AllOf(HasStatus(200), HasBody("3")));
    EXPECT_THAT(client.request("put:/echo"), AllOf(HasStatus(201), HasBody("PUT'\n")));
}

TEST(Script, FailsTheTestIfAFunctionThrows) {
    Failures failures;
    Daemon daemon;
    daemon.on({.path = "/throw"}, [](Request const&) -> std::string { throw std::runtime_error("no idea"); });
    daemon.on({.path = "/bad"}, [](Request const&) { return "200:x"; });
    Client client({.port = daemon.port()});
    EXPECT_THAT(client.request("get:/throw"), AllOf(HasStatus(500), HasBody("pathod error: exception: no idea\n")));
    EXPECT_THAT(client.request("get:/bad"), HasStatus(800));
    ASSERT_THAT(failures.texts(), SizeIs(2));
    EXPECT_EQ(failures.texts()[0], "the function for path \"/throw\" threw: no idea");
    EXPECT_THAT(failures.texts()[1], HasSubstr("the function for path \"/bad\" returned no valid spec\n"));
    EXPECT_THAT(failures.texts()[1], HasSubstr("\n200:x\n    ^"));
    EXPECT_THAT(failures.all()[0].where.file_name(), testing::EndsWith("script_test.cpp"));
}

TEST(Script, WritesTheSpecOfAResponse) {
    EXPECT_EQ(respond(503).header("Retry-After", "1").body("it's\n").delay(500ms).spec(),
              "503:h'Retry-After'='1':b'it\\x27s\\n':p0,0.5s");
    EXPECT_EQ(respond(200).reason("Fine").stalls_after(7).spec(), "200:m'Fine':p7,f");
    EXPECT_EQ(respond(200).resets_after(7).spec(), "200:d7,rst");
    EXPECT_EQ(respond(413).early().closes_after(20).spec(), "413:whead:d20");
}

TEST(Script, SpeaksFirstOnAWebSocketAndCloses) {
    Daemon daemon;
    daemon.on({.path = "/ws"}, websocket().sends("wf:fin:b'hello'").sends("wf:fin:rsv2:b'bad'").closes(1000));
    Client client({.port = daemon.port()});
    ASSERT_THAT(client.request("ws:/ws"), HasStatus(101));
    EXPECT_THAT(client.receive_frame(), HasPayload("hello"));
    EXPECT_TRUE(client.receive_frame().rsv2);
    EXPECT_THAT(client.receive_frame(), AllOf(HasType("close"), HasPayload("\x03\xe8")));
    EXPECT_TRUE(daemon.wait_until_idle(10s));
}

// --- expectations ---------------------------------------------------------------------------------------------------

TEST(Expectation, CountsBeyondTheLog) {
    Daemon daemon({.log_capacity = 2});
    auto& expectation = daemon.expect({.path = "/x"}).times(5);
    daemon.on({.path = "/x"}, "200");
    (void)statuses(daemon, "/x", 5);
    EXPECT_EQ(expectation.count(), 5U);
    auto const verdict = daemon.verify();
    EXPECT_TRUE(verdict);
    EXPECT_EQ(verdict.message(), "all 1 expectations came true");
}

TEST(Expectation, ShowsTheNearestMiss) {
    Failures failures;
    {
        Daemon daemon({.seed = 7, .on_unmatched = ignore_unmatched});
        daemon.on({.path = "/pay"}, "503");
        daemon.expect({.method = "POST", .path = "/pay", .query = {{"id", "7"}}}).times(2);
        (void)statuses(daemon, "/other", 1);
        (void)statuses(daemon, "/pay?id=8", 1);
    }
    EXPECT_THAT(failures.texts(), ElementsAre(R"(expected: method "POST", path "/pay", query id "7"
  how often: exactly 2 times; it came never
  the nearest other request: GET /pay?id=8
    method
      expected: "POST"
      got:      "GET"
    query id
      expected: "7"
      got:      "8"
    answered by 503:h'Content-Length'='0'
    repeat with: pathod --seed 7 -a '/pay$=503:h'\''Content-Length'\''='\''0'\''')"));
}

TEST(Expectation, LimitsHowOften) {
    Failures failures;  // before the daemon, whose end reports them, too
    Daemon daemon;
    daemon.on({}, "200");
    daemon.expect({.path = "/never"}).never();
    daemon.expect({.path = "/most"}).at_most(1);
    daemon.expect({.path = "/some"}).at_least(1).at_most(2);
    (void)statuses(daemon, "/some", 1);
    EXPECT_TRUE(daemon.verify());
    (void)statuses(daemon, "/never", 1);
    (void)statuses(daemon, "/most", 2);
    (void)statuses(daemon, "/some", 2);
    auto const text = daemon.verify().message();
    EXPECT_THAT(text, HasSubstr("how often: never; it came once\n"));
    EXPECT_THAT(text, HasSubstr("how often: at most once; it came 2 times\n"));
    EXPECT_THAT(text, HasSubstr("how often: from 1 to 2 times; it came 3 times\n"));
    daemon.stop();
}

TEST(Expectation, KeepsAnOrder) {
    Failures failures;
    {
        Daemon daemon;
        daemon.on({}, "200");
        Order right, wrong;
        daemon.expect({.path = "/a"}).in_order(right);
        daemon.expect({.path = "/b"}).in_order(right);
        daemon.expect({.path = "/a"}).in_order(right);
        daemon.expect({.path = "/b"}).in_order(wrong);
        daemon.expect({.path = "/a"}).in_order(wrong);
        for (auto const* path : {"/a", "/b", "/a"}) (void)statuses(daemon, path, 1);
    }
    ASSERT_THAT(failures.texts(), SizeIs(1));
    EXPECT_THAT(failures.texts()[0], HasSubstr("\n  order: it came before: path \"/b\"\n"));
}

TEST(Expectation, FailsAtItsLine) {
    Failures failures;
    std::uint32_t line = 0;
    {
        Daemon daemon;
        line = __LINE__ + 1;
        daemon.expect({.path = "/x"});
    }
    ASSERT_THAT(failures.all(), SizeIs(1));
    EXPECT_EQ(failures.all()[0].where.line(), line);
    EXPECT_EQ(failures.all()[0].text,
              "expected: path \"/x\"\n  how often: at least once; it came never\n  no other request came");
}

TEST(Expectation, GoesWithADaemonThatIsMoved) {
    Failures failures;
    std::vector<Daemon> daemons;
    {
        Daemon daemon;
        daemon.on({.path = "/x"}, [](Request const& request) { return respond(200).body(request.path); });
        daemon.expect({.path = "/x"}).times(1);
        daemons.push_back(std::move(daemon));
    }
    auto const url = daemons[0].url();
    EXPECT_THAT(statuses(daemons[0], "/x", 2), ElementsAre(200, 200));
    EXPECT_THAT(failures.texts(), IsEmpty());
    daemons[0] = Daemon();  // ends the one that was there
    EXPECT_NE(daemons[0].url(), url);
    EXPECT_THAT(failures.texts(), ElementsAre(HasSubstr("how often: exactly once; it came 2 times")));
    EXPECT_THAT(statuses(daemons[0], "/p/201", 1), ElementsAre(201));
}

// --- unmatched requests ---------------------------------------------------------------------------------------------

TEST(Unmatched, FailsAScriptedTest) {
    Failures failures;
    {
        Daemon daemon;
        daemon.on({.path = "/x"}, "200");
        daemon.expect({.path = "/expected"});
        for (auto const* path : {"/x", "/p/200", "/expected", "/y?z"}) (void)statuses(daemon, path, 1);
        EXPECT_THAT(daemon.unmatched(), ElementsAre(HasPath("/y?z")));
    }
    EXPECT_THAT(failures.texts(), ElementsAre("1 request matched no response and no expectation (see "
                                              "DaemonOptions::on_unmatched):\n  GET /y?z"));
}

TEST(Unmatched, IsIgnoredWithoutAScriptAndReportedOnDemand) {
    Failures failures;
    std::string report;
    { (void)statuses(Daemon(), "/y", 1); }
    EXPECT_THAT(failures.texts(), IsEmpty());
    {
        Daemon const daemon({.on_unmatched = [&](std::string const& text) { report = text; }});
        (void)statuses(daemon, "/y", 2);
    }
    EXPECT_THAT(report, testing::StartsWith("2 requests matched"));
    EXPECT_THAT(failures.texts(), IsEmpty());
}

}  // namespace
}  // namespace pathology::testkit
