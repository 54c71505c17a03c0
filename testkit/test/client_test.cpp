#include <pathology/testkit/testkit.hpp>

#include "support/process.hpp"

namespace pathology::testkit {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Optional;
using testing::StartsWith;

class Requesting : public DaemonPerTest {
protected:
    Client client{{.port = daemon.port(), .time_limit = 5s}};
};

TEST_F(Requesting, SendsWhatItIsGivenAndReadsTheResponse) {
    auto const response = client.request("post:\"/p/201:m'Made':h'X'='y':b'done'\":b'hello'");
    EXPECT_THAT(response, AllOf(HasStatus(201U), HasReason("Made"), HasHeader("x", "y"), HasBody("done")));
    EXPECT_THAT(client.sent(), AllOf(StartsWith("POST /p/201"), EndsWith("\r\n\r\nhello")));
    EXPECT_THAT(daemon.take_request(10s),
                Optional(AllOf(HasMethod("POST"), HasBody("hello"), HasRawBytes(client.sent()))));
}

TEST_F(Requesting, KeepsItsConnection) {
    client.request("get:/p/200");
    client.request("get:/p/200");
    EXPECT_THAT(daemon.last_request(), Optional(AllOf(IsOnConnection(0U), HasIndex(1U))));
}

TEST_F(Requesting, Pipelines) {
    EXPECT_EQ(client.send("get:/p/200 get:/p/404"), "");
    EXPECT_THAT(client.receive(), HasStatus(200U));
    EXPECT_THAT(client.receive(), HasStatus(404U));
}

TEST_F(Requesting, ReportsWhyThereIsNoResponse) {
    EXPECT_THAT(client.request("get:'/p/200:d0'"), FailsWith(HasSubstr("Server disconnected")));
    EXPECT_THAT(client.request("get:'/p/200:d3'"),
                AllOf(FailsWith(HasSubstr("Invalid server response")), HasRawBytes("HTT")));
    EXPECT_THAT(client.request("get:'/p/200:b@100:d60'"),
                FailsWith(HasSubstr("unexpected end inside the body: 20 of 100 bytes")));
    EXPECT_THAT(client.request("nonsense"), FailsWith(HasSubstr("expected")));
}

TEST(ClientAlone, FindsNobody) {
    std::uint16_t port = 0;
    {
        Daemon const gone;
        port = gone.port();
    }
    EXPECT_THAT(Client({.port = port}).request("get:/"), FailsWith(HasSubstr(std::to_string(port))));
}

TEST(ClientAlone, GivesUpAfterItsTimeLimit) {
    Daemon const daemon({.on_hanging = ignore_hanging});
    Client client({.port = daemon.port(), .time_limit = 50ms});
    EXPECT_THAT(client.request("get:'/p/200:p0,f'"), FailsWith(HasSubstr("Timeout")));
}

TEST_F(Requesting, ReportsHowToSendTheSameAgain) {
    client.request("get:/p/200:b@10:ir,@1");
    auto const sent = client.sent();
    EXPECT_THAT(client.replay(), StartsWith("replay with: pathoc -p " + std::to_string(daemon.port()) + " 127.0.0.1 "));
    Client again({.port = daemon.port()});
    again.send(client.spec());
    EXPECT_EQ(again.sent(), sent);
}

TEST_F(Requesting, QuotesForAShellWhatItSent) {
    for (auto const* spec : {"get:/p/200", "get:'/a b':b'it\\'s $HOME \"here\" `now` \\\\!'"}) {
        client.request(spec);
        auto const replay = client.replay();
        auto const begin = replay.find("127.0.0.1 ") + 10;
        auto const word = replay.substr(begin, replay.rfind("  (seed") - begin);
        EXPECT_EQ(pathology::test::run("sh", {"-c", "printf %s " + word}).out, client.spec()) << replay;
    }
}

}  // namespace
}  // namespace pathology::testkit
