// The daemon as an echo by the book: RFC 6455 and RFC 7692 over the wire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <pathology/pathod/daemon.hpp>
#include <pathology/proxycore/websocket/deflate.hpp>
#include <pathology/proxycore/websocket/session.hpp>
#include <random>

#include "support/client.hpp"
#include "support/row_name.hpp"
#include "support/websocket_outcome.hpp"
#include "websocket/transcript.hpp"

namespace pathology::pathod {
namespace {

using namespace std::string_literals;
namespace websocket = proxycore::websocket;
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
    std::string sent, sent_bytes;
    DaemonOptions options = {};
};
void PrintTo(EchoCase const& row, std::ostream* out) { *out << row.name; }
class Echo : public testing::TestWithParam<EchoCase> {};

TEST_P(Echo, IsByTheBook) {
    auto options = GetParam().options;
    options.websocket_echo = true;
    for (bool const in_pieces : {false, true}) {
        auto const outcome = outcome_of(options, GetParam().sent, handshake(), in_pieces);
        EXPECT_EQ(shown_frames(outcome.frames), GetParam().sent_bytes);
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

// --- much ------------------------------------------------------------------------------------------------------------

/// A client by the book, which knows what the handshake agreed on.
class Peer {
public:
    Peer(std::uint16_t port, std::string_view offer) : client_(port) {
        auto const field = offer.empty() ? ""s : "Sec-WebSocket-Extensions: " + std::string(offer) + "\r\n";
        client_.send(handshake("/", field));
        head_ = test::read_until(client_, "\r\n\r\n");
        websocket::SessionSettings settings;
        settings.role = websocket::Role::client;
        settings.masking_key = [] { return websocket::MaskingKey{std::byte{'a'}, std::byte{'b'}, std::byte{'c'}}; };
        settings.deflate = agreed();
        session_ = websocket::Session(std::move(settings));
    }

    /// What the daemon's handshake says of extensions.
    std::string response() const {
        constexpr std::string_view name = "Sec-WebSocket-Extensions: ";
        auto const at = head_.find(name);
        if (at == head_.npos) return "";
        auto const begin = at + name.size();
        return head_.substr(begin, head_.find('\r', begin) - begin);
    }

    /// Sends a message in frames of this many bytes, and gives what comes back.
    std::string echo_of(std::string const& text, bool is_text, std::size_t fragment) {
        std::vector<std::size_t> sizes(text.size() / fragment, fragment);
        sizes.push_back(text.size() % fragment);
        session_.send({is_text, text, sizes});
        client_.send(session_.outgoing());
        session_.clear_outgoing();
        for (;;) {
            auto const event = session_.next();
            if (!event) return "violation: " + event.error().message;
            if (*event) {
                auto const* message = std::get_if<websocket::Message>(&**event);
                if (message == nullptr || message->is_text != is_text) return "something else";
                return std::string(message->payload);
            }
            auto const more = client_.read(1);
            if (more.empty()) return "nothing";
            session_.feed(more);
        }
    }

private:
    std::optional<websocket::DeflateParameters> agreed() const {
        proxycore::http::Fields fields;
        if (!response().empty()) fields.add("Sec-WebSocket-Extensions", response());
        auto const extensions = websocket::parse_extensions(fields);
        if (!extensions || extensions->empty()) return std::nullopt;
        return websocket::parse_deflate(extensions->front());
    }

    Client client_;
    std::string head_;
    websocket::Session session_;
};

struct MuchCase {
    std::string_view name;
    std::size_t size, fragment;  ///< bytes
    std::string_view offer, response;
    std::uint64_t seed = 0;  ///< of the bytes; 0 = text that repeats itself
};
void PrintTo(MuchCase const& row, std::ostream* out) { *out << row.name; }
class EchoOfMuch : public testing::TestWithParam<MuchCase> {};

std::string content_of(MuchCase const& row) {
    std::string content;
    content.reserve(row.size);
    std::mt19937_64 random(row.seed);
    while (content.size() < row.size) {
        if (row.seed == 0) {
            content += "line " + std::to_string(content.size() / 16) + ", \xce\xba\xe1\xbd\xb9\n";
        } else {
            content += static_cast<char>(random() & 0xffU);
        }
    }
    if (row.seed != 0) content.resize(row.size);
    return content;
}

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

TEST_P(EchoOfMuch, IsTheSameAgainAndAgain) {
    auto const& row = GetParam();
    Daemon daemon({.websocket_echo = true, .log_capacity = 4, .keep_body = 16});
    daemon.start().value();
    Peer peer(daemon.port(), row.offer);
    EXPECT_EQ(peer.response(), row.response);
    auto const content = content_of(row);
    bool const is_text = row.seed == 0;
    int const times = row.size > mebibyte ? 1 : 3;  // with what the compression remembers of those before
    for (int i = 0; i < times; ++i) {
        auto const echo = peer.echo_of(content, is_text, row.fragment);
        ASSERT_TRUE(echo == content) << echo.size() << " bytes, " << echo.substr(0, 80);
    }
}

constexpr std::size_t in_one_frame = std::size_t{1} << 30U;
INSTANTIATE_TEST_SUITE_P(
    Messages, EchoOfMuch,
    testing::Values(
        MuchCase{"Text", 16 * mebibyte, in_one_frame, "", ""},
        MuchCase{"Binary", 16 * mebibyte, in_one_frame, "", "", 1},
        MuchCase{"Fragments", 16 * mebibyte, 64 * 1024, "", ""}, MuchCase{"SmallFragments", mebibyte, 64, "", ""},
        MuchCase{"OddFragments", mebibyte, 127, "", "", 2},
        MuchCase{"Compressed", 4 * mebibyte, in_one_frame, "permessage-deflate", "permessage-deflate"},
        MuchCase{"CompressedNoise", 4 * mebibyte, in_one_frame, "permessage-deflate", "permessage-deflate", 3},
        MuchCase{"CompressedFragments", mebibyte, 100, "permessage-deflate", "permessage-deflate"},
        MuchCase{"NoTakeover", mebibyte, 4000,
                 "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
                 "permessage-deflate; server_no_context_takeover; client_no_context_takeover"},
        MuchCase{"ServerWindow", mebibyte, 4000, "permessage-deflate; server_max_window_bits=9",
                 "permessage-deflate; server_max_window_bits=9"},
        MuchCase{"SmallestServerWindow", 65536, 4000, "permessage-deflate; server_max_window_bits=8",
                 "permessage-deflate; server_max_window_bits=8"},
        MuchCase{"ClientWindow", mebibyte, 4000, "permessage-deflate; client_max_window_bits=9", "permessage-deflate"},
        MuchCase{"WindowsAndNoTakeover", mebibyte, 4000,
                 "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9; server_no_context_takeover",
                 "permessage-deflate; server_no_context_takeover; server_max_window_bits=9", 4},
        MuchCase{"SecondOffer", mebibyte, 4000,
                 "permessage-deflate; server_max_window_bits=7, permessage-deflate; client_no_context_takeover",
                 "permessage-deflate; client_no_context_takeover"},
        MuchCase{"UnknownExtension", mebibyte, 4000, "x-webkit-deflate-frame", ""}),
    pathology::test::row_name);

// --- stopping --------------------------------------------------------------------------------------------------------

class EchoStops : public testing::TestWithParam<bool> {};

/// The daemon waits for the client's answer, so stopping takes a thread of its own.
TEST_P(EchoStops, WithAWordToTheClient) {
    bool const responses = GetParam();
    Daemon daemon({.websocket_echo = true});
    daemon.start().value();
    Client client(daemon.port());
    client.send(handshake() + masked(1, "hi"));
    EXPECT_THAT(test::read_until(client, "\x02hi"), StartsWith("HTTP/1.1 101 "));
    auto stopping = std::async(std::launch::async, [&daemon] { daemon.stop(); });
    auto const goodbye = client.read(2 + 2 + std::string_view("the daemon stops").size());
    EXPECT_EQ(shown_frames(goodbye), "close 1001 the daemon stops");
    if (responses) client.send(masked(8, closing(1001)));
    EXPECT_EQ(client.read_to_end(), "");
    stopping.get();
    EXPECT_EQ(daemon.log().last()->type, Exchange::Type::inbound);
    EXPECT_EQ(daemon.log().last()->frame->opcode, responses ? 8 : 1);
}

INSTANTIATE_TEST_SUITE_P(Clients, EchoStops, testing::Bool(),
                         [](auto const& row) { return std::string(row.param ? "ThatResponse" : "ThatDoNot"); });

}  // namespace
}  // namespace pathology::pathod
