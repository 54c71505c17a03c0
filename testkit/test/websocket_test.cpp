// WebSockets in the test kit: the client against the daemon, frame by frame.
#include <pathology/testkit/testkit.hpp>

#include <sstream>

namespace pathology::testkit {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(WebSocket, RemembersTheFramesOfClients) {
    Daemon daemon;
    Client client({.port = daemon.port()});
    ASSERT_THAT(client.request("ws:/chat"), HasStatus(101));
    EXPECT_EQ(client.send("wf:fin:b'hello' wf:fin:cping:b'there' wf:cbinary:b@1k"), "");
    auto const frames = daemon.wait_for_frames(3, 10s);
    EXPECT_THAT(frames, ElementsAre(AllOf(HasType("text"), HasPayload("hello")), HasType("ping"), HasType("binary")));
    EXPECT_TRUE(frames[0].masked);
    EXPECT_FALSE(frames[2].fin);
    EXPECT_EQ(frames[2].payload_size, 1024U);
    EXPECT_THAT(daemon.requests(), ElementsAre(HasPath("/chat"))) << "a frame is no request";
    daemon.forget();
    EXPECT_THAT(daemon.frames(), IsEmpty());
}

TEST(WebSocket, EchoesWhenConfigured) {
    Daemon daemon({.websocket_echo = true});
    Client client({.port = daemon.port()});
    ASSERT_THAT(client.request("ws:/echo"), HasStatus(101));
    EXPECT_EQ(client.send("wf:fin:b'hello' wf:fin:cping:b'?'"), "");
    EXPECT_THAT(client.receive_frame(), AllOf(HasType("text"), HasPayload("hello")));
    EXPECT_THAT(client.receive_frame(), AllOf(HasType("pong"), HasPayload("?")));
}

TEST(WebSocket, RespondsWithCraftedFrames) {
    Daemon daemon;
    Client client({.port = daemon.port()});
    ASSERT_THAT(client.request("ws:/p/ws"), HasStatus(101));
    EXPECT_EQ(client.send("wf:f'wf:fin:cclose:b@2,ascii_letters'"), "");
    auto const frame = client.receive_frame();
    EXPECT_THAT(frame, HasType("close"));
    EXPECT_EQ(frame.payload.size(), 2U);
}

TEST(WebSocket, ReportsWhyThereIsNoFrame) {
    Daemon daemon;
    Client client({.port = daemon.port()});
    EXPECT_THAT(client.receive_frame().failure, HasSubstr("no WebSocket is open"));
    ASSERT_THAT(client.request("ws:/chat"), HasStatus(101));
    daemon.stop();
    auto const frame = client.receive_frame();
    EXPECT_FALSE(frame);
    EXPECT_THAT(frame, Not(HasType("text")));
    testing::StringMatchResultListener listener;
    EXPECT_FALSE(HasPayload("x").MatchAndExplain(frame, &listener));
    EXPECT_EQ(listener.str(), "there is no frame: " + frame.failure);
}

TEST(Frame, CanBeRead) {
    Frame frame;
    frame.opcode = 1;
    frame.masked = true;
    frame.payload = "hi\n";
    frame.payload_size = 3;
    EXPECT_EQ(testing::PrintToString(frame), "unfinished masked text frame of 3 bytes: \"hi\\n\"");
    frame.failure = "Timeout";
    EXPECT_EQ(testing::PrintToString(frame), "no frame: Timeout");
}

}  // namespace
}  // namespace pathology::testkit
