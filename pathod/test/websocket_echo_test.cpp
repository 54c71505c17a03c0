// The daemon as an echo by the book: RFC 6455 and RFC 7692 over the wire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <pathology/pathod/daemon.hpp>

#include "support/client.hpp"
#include "support/row_name.hpp"
#include "support/websocket_outcome.hpp"
#include "websocket/talk.hpp"

namespace pathology::pathod {
namespace {

using namespace std::string_literals;
using proxycore::record::Exchange;
using proxycore::websocket::test::closing;
using proxycore::websocket::test::masked;
using proxycore::websocket::test::shown_frames;
using test::Client;
using test::handshake;
using test::outcome_of;
using testing::HasSubstr;
using testing::StartsWith;

struct EchoCase {
    std::string_view name;
    std::string sent, said;
    DaemonOptions options = {};
};
void PrintTo(EchoCase const& row, std::ostream* out) { *out << row.name; }
class Echo : public testing::TestWithParam<EchoCase> {};

TEST_P(Echo, IsByTheBook) {
    auto options = GetParam().options;
    options.websocket_echo = true;
    for (bool const in_pieces : {false, true}) {
        auto const outcome = outcome_of(options, GetParam().sent, handshake(), in_pieces);
        EXPECT_EQ(shown_frames(outcome.frames), GetParam().said);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Messages, Echo,
    testing::Values(
        EchoCase{"Text", masked(1, "Hello"), "text Hello"},
        EchoCase{"Fragments", masked(2, "Hel", false) + masked(9, "!") + masked(0, "lo"), "pong ! | binary Hello"},
        EchoCase{"NoReflection", masked(1, "pathod!wf:b'x'"), "text pathod!wf:b'x'"},
        EchoCase{"Close", masked(1, "a") + masked(8, closing(1000, "bye")) + masked(1, "b"), "text a | close 1000"},
        EchoCase{"Violation", masked(1, "a") + masked(3, "") + masked(1, "b"),
                 "text a | close 1002 reserved opcode 0x3"},
        EchoCase{"NoUtf8", masked(1, "\xed\xa0", false), "close 1007 text message that is no UTF-8"},
        EchoCase{"TooLarge",
                 masked(1, std::string(200, 'x')),
                 "close 1009 text frame of 200 bytes, more than the 125 that are allowed",
                 {.max_message = 4}}),
    pathology::test::row_name);

TEST(EchoLog, HasEachFrameAsItCame) {
    auto const outcome = outcome_of({.websocket_echo = true, .show_responses = true},
                                    masked(1, "Hel", false) + masked(0, "lo") + masked(3, ""));
    EXPECT_THAT(outcome.out, StartsWith("ws frame:text:mask:key=b'abcd' 3b\nPayload:\nHel\n"
                                        "ws frame:continue:fin|mask:key=b'abcd' 2b\nPayload:\nlo\n"));
    EXPECT_THAT(outcome.out, HasSubstr("WebSocket violation: reserved opcode 0x3\n"));
    EXPECT_THAT(outcome.out, HasSubstr("Bytes written:\n\t..Hello"));
    ASSERT_EQ(outcome.log.size(), 4u);
    EXPECT_EQ(outcome.log.back().message, "WebSocket violation: reserved opcode 0x3");
}

TEST(EchoHandshake, AgreesOnCompressionAndASubprotocol) {
    auto const request = handshake("/chat",
                                   "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n"
                                   "Sec-WebSocket-Protocol: a, b\r\n");
    auto const outcome = outcome_of({.websocket_echo = true}, masked(1, std::string(100, 'a')), request);
    EXPECT_THAT(outcome.head, HasSubstr("Sec-WebSocket-Protocol: a\r\n"));
    EXPECT_THAT(outcome.head,
                HasSubstr("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n"));
    EXPECT_THAT(outcome.head, testing::Not(HasSubstr("Content-Length")));
    EXPECT_THAT(shown_frames(outcome.frames), StartsWith("text+rsv1 "));
}

TEST(EchoHandshake, IsJudgedStrictly) {
    auto const bad =
        "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"s;
    auto const outcome = outcome_of({.websocket_echo = true}, "", bad);
    EXPECT_THAT(outcome.head, StartsWith("HTTP/1.1 426 Upgrade Required\r\n"));
    EXPECT_THAT(outcome.head, HasSubstr("Sec-WebSocket-Version: 13\r\n"));
    EXPECT_EQ(outcome.frames, "pathod error: bad WebSocket handshake: Sec-WebSocket-Version: 8");
}

TEST(EchoHandshake, LeavesSpecsAlone) {
    auto const outcome = outcome_of({.websocket_echo = true}, masked(1, "hi"), handshake("/p/ws:h'X'='y'"));
    EXPECT_THAT(outcome.head, HasSubstr("X: y\r\n"));
    EXPECT_EQ(shown_frames(outcome.frames), "text hi");
}

// --- stopping --------------------------------------------------------------------------------------------------------

class EchoStops : public testing::TestWithParam<bool> {};

/// The daemon waits for the client's answer, so stopping takes a thread of its own.
TEST_P(EchoStops, WithAWordToTheClient) {
    bool const answers = GetParam();
    Daemon daemon({.websocket_echo = true});
    daemon.start().value();
    Client client(daemon.port());
    client.send(handshake() + masked(1, "hi"));
    EXPECT_THAT(test::read_until(client, "hi"), StartsWith("HTTP/1.1 101 "));
    auto stopping = std::async(std::launch::async, [&daemon] { daemon.stop(); });
    auto const goodbye = client.read(2 + 2 + std::string_view("the daemon stops").size());
    EXPECT_EQ(shown_frames(goodbye), "close 1001 the daemon stops");
    if (answers) client.send(masked(8, closing(1001)));
    EXPECT_EQ(client.read_to_end(), "");
    stopping.get();
    EXPECT_EQ(daemon.log().last()->type, Exchange::Type::inbound);
    EXPECT_EQ(daemon.log().last()->frame->opcode, answers ? 8 : 1);
}

INSTANTIATE_TEST_SUITE_P(Clients, EchoStops, testing::Bool(),
                         [](auto const& row) { return std::string(row.param ? "ThatAnswer" : "ThatDoNot"); });

}  // namespace
}  // namespace pathology::pathod
