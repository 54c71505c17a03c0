// A client and a server that speak WebSocket through the proxy, each by a script of frames.
#include <gmock/gmock.h>
#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <functional>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <vector>

#include "layers/layers.hpp"
#include "layers/own_tls_service.hpp"
#include "support/play.hpp"
#include "support/row_name.hpp"
#include "support/streams.hpp"
#include "websocket/transcript.hpp"

namespace pathology::proxycore::layers {
namespace {

using namespace boost::asio::experimental::awaitable_operators;
using proxycore::test::play;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::Optional;
using websocket::test::closing;
using websocket::test::masked;
using websocket::test::plain;
using websocket::test::shown_frames;
using Played = asio::awaitable<void>;

/// Says something when it has seen something, and ends the connection where told to.
struct Turn {
    std::string wait_for;  ///< in the frames that came, as shown_frames() shows them
    std::string send;
    std::optional<net::CloseMode> close{};
};
using Script = std::vector<Turn>;

Played act(net::Stream& stream, Script const& script, std::string& received) {
    for (auto const& turn : script) {
        while (!shown_frames(received).ends_with(turn.wait_for)) {
            std::array<char, 4096> bytes{};
            auto const [ec, n] = co_await stream.read_some(asio::buffer(bytes));
            if (ec) co_return stream.close(net::CloseMode::fin);
            received.append(bytes.data(), n);
        }
        co_await net::send(stream, turn.send);
        if (turn.close) stream.close(*turn.close);
    }
    co_await proxycore::test::read_to_end(stream, received);
    stream.close(net::CloseMode::fin);
}

/// Notes the hooks, and does what the test wants with each message.
class Recorder final : public addons::Addon {
public:
    std::string name() const override { return "recorder"; }
    Played websocket_start(flow::HttpFlow& /*flow*/) override {
        calls += "start";
        co_return;
    }
    Played websocket_message(flow::HttpFlow& flow) override {
        auto& message = flow.websocket->messages.back();
        calls += message.from_client ? " >" : " <";
        if (on_message) on_message(flow, message);
        co_return;
    }
    Played websocket_end(flow::HttpFlow& /*flow*/) override {
        calls += " end";
        co_return;
    }

    std::string calls;
    std::function<void(flow::HttpFlow&, flow::WebSocketMessage&)> on_message;
};

class RelayWebsocket : public testing::Test {
protected:
    RelayWebsocket() { flow.websocket.emplace(); }

    /// Plays both scripts against the relay.
    void play(Script client, Script server, std::size_t max_per_read = 65536) {
        if (recorder) chain.add(recorder);
        flow.response = flow::Response::make(101, "", response);
        flow.live = true;
        proxycore::test::play([&]() -> Played {
            auto const executor = co_await asio::this_coro::executor;
            auto near = net::make_memory_pipe(executor, {.max_per_read = max_per_read});
            auto far = net::make_memory_pipe(executor, {.max_per_read = max_per_read});
            auto all = relay_websocket(context, flow, std::move(near.far), std::move(far.near)) &&
                       act(*near.near, client, client_got) && act(*far.far, server, server_got);
            co_await std::move(all);
        });
    }
    std::string client_saw() const { return shown_frames(client_got); }
    std::string server_saw() const { return shown_frames(server_got); }

    http::Fields response{};
    std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();
    std::string client_got, server_got;
    std::vector<std::string> log;

    addons::Options options{};
    addons::AddonChain chain{options, [this](addons::LogEntry const& entry) { log.push_back(entry.message); }};
    Services services{.addons = chain,
                      .tls = test::own_tls_service(),
                      .now = [] { return flow::from_seconds(1); },
                      .settings = std::make_shared<Settings const>(),
                      .is_ourselves = [](Endpoint const&) { return false; }};
    modes::Mode const mode{};
    Context context{services, mode, std::make_shared<flow::Client>(flow::Client::make_dummy({"192.0.2.1", 4711})),
                    [](Context&) { return std::unique_ptr<ServerConnections>(); }};
    flow::HttpFlow flow{context.client, context.server, flow::from_seconds(0)};
};

Script const client_closes_normally{{"", masked(8, closing(1000, "bye"))}};
Script const server_responds_to_close{{"close 1000 bye", plain(8, closing(1000))}};

Script const client_sends_three{{"", masked(1, "Hello") + masked(2, "\x01\x02") + masked(1, "")},
                                {"text back", masked(8, closing(1000, "bye"))}};
Script const server_sends_one{{"text", plain(1, "back")}, {"close 1000 bye", plain(8, closing(1000))}};

TEST_F(RelayWebsocket, P16_d_CarriesMessagesBothWays) {
    play(client_sends_three, server_sends_one, 1);
    EXPECT_EQ(server_saw(), "text Hello | binary \\x01\\x02 | text | close 1000 bye");
    EXPECT_EQ(client_saw(), "text back | close 1000");
    EXPECT_EQ(flow.websocket->messages.size(), 4U);
    EXPECT_THAT(flow.websocket->close_code, Optional(1000));
    EXPECT_THAT(flow.websocket->close_reason, Optional(std::string("bye")));
    EXPECT_THAT(flow.websocket->closed_by_client, Optional(true));
    EXPECT_TRUE(flow.websocket->timestamp_end);
}

TEST_F(RelayWebsocket, KeepsNoMessagesThatNobodyWants) {
    recorder.reset();
    play(client_sends_three, server_sends_one);
    EXPECT_EQ(server_saw(), "text Hello | binary \\x01\\x02 | text | close 1000 bye");
    EXPECT_EQ(client_saw(), "text back | close 1000");
    EXPECT_TRUE(flow.websocket->messages.empty());
    EXPECT_THAT(flow.websocket->close_code, Optional(1000));
}

TEST_F(RelayWebsocket, P16_d_CarriesAMebibyteInItsFragments) {
    std::string const quarter(1 << 18, 'x');
    play({{"", masked(2, quarter, false) + masked(0, quarter, false) + masked(0, quarter, false) + masked(0, quarter)},
          {"", masked(8, closing(1000, "bye"))}},
         server_responds_to_close);
    EXPECT_EQ(server_saw(),
              "binary... of 262144 | continue... of 262144 | continue... of 262144 | "
              "continue of 262144 | close 1000 bye");
    ASSERT_EQ(flow.websocket->messages.size(), 1U);
    EXPECT_EQ(flow.websocket->messages[0].content.size(), 4 * quarter.size());
}

TEST_F(RelayWebsocket, P16_e_SendsAChangedMessageInFragmentsOfItsOwn) {
    recorder->on_message = [](flow::HttpFlow&, flow::WebSocketMessage& message) {
        message.content = std::string(9000, 'y');
    };
    play({{"", masked(1, "short")}, {"", masked(8, closing(1000, "bye"))}}, server_responds_to_close);
    EXPECT_EQ(server_saw(), "text... of 4000 | continue... of 4000 | continue of 1000 | close 1000 bye");
}

TEST_F(RelayWebsocket, P16_f_DropsWhatAnAddonDrops) {
    recorder->on_message = [](flow::HttpFlow&, flow::WebSocketMessage& message) {
        if (message.content == "secret") message.drop();
    };
    play({{"", masked(1, "secret") + masked(1, "open") + masked(8, closing(1000, "bye"))}}, server_responds_to_close);
    EXPECT_EQ(server_saw(), "text open | close 1000 bye");
    EXPECT_TRUE(flow.websocket->messages.at(0).dropped);
}

TEST_F(RelayWebsocket, P16_g_InjectsMessages) {
    recorder->on_message = [](flow::HttpFlow& its_flow, flow::WebSocketMessage& message) {
        if (message.content != "go") return;
        its_flow.inject_websocket({.from_client = false, .content = "from nobody"});
    };
    play({{"", masked(1, "go")}, {"text from nobody", masked(8, closing(1000, "bye"))}}, server_responds_to_close);
    EXPECT_EQ(client_saw(), "text from nobody | close 1000");
    ASSERT_EQ(flow.websocket->messages.size(), 2U);
    EXPECT_TRUE(flow.websocket->messages[1].injected);
    EXPECT_FALSE(flow.websocket->messages[0].injected);
    EXPECT_FALSE(flow.inject_websocket);
}

TEST_F(RelayWebsocket, P16_h_LeavesPingsToThePeer) {
    play({{"", masked(9, "are you there")}, {"pong yes", masked(8, closing(1000, "bye"))}},
         {{"ping are you there", plain(10, "yes")}, server_responds_to_close[0]});
    EXPECT_EQ(client_saw(), "pong yes | close 1000");
    EXPECT_TRUE(flow.websocket->messages.empty());
}

TEST_F(RelayWebsocket, P16_i_PassesCloseCodesBothWays) {
    play({{"close 4001 enough", masked(8, closing(4002, "me too"))}}, {{"", plain(8, closing(4001, "enough"))}});
    EXPECT_EQ(client_saw(), "close 4001 enough");
    EXPECT_EQ(server_saw(), "close 4002 me too");
    EXPECT_THAT(flow.websocket->close_code, Optional(4001));
    EXPECT_THAT(flow.websocket->closed_by_client, Optional(false));
}

TEST_F(RelayWebsocket, P16_i_ACloseFrameGetsOneBackWhereTheOtherSideJustLeaves) {  // RFC 6455 §5.5.1
    struct Row {
        Script client, server;
        std::string client_saw, server_saw;
    };
    for (auto const how : {net::CloseMode::fin, net::CloseMode::half_close, net::CloseMode::reset}) {
        Script const leaves_when_notified{{"close 4001 bye", "", how}};
        std::array const rows{
            Row{{{"", masked(8, closing(4001, "bye"))}}, leaves_when_notified, "close 4001", "close 4001 bye"},
            Row{leaves_when_notified, {{"", plain(8, closing(4001, "bye"))}}, "close 4001 bye", "close 4001"}};
        for (auto const& row : rows) {
            flow.websocket.emplace();
            client_got.clear();
            server_got.clear();
            play(row.client, row.server);
            recorder.reset();  // it stays in the chain, where it was added
            EXPECT_EQ(client_saw(), row.client_saw);
            EXPECT_EQ(server_saw(), row.server_saw);
        }
    }
}

TEST_F(RelayWebsocket, P16_CloseWithoutACodeIs1005) {
    play({{"", masked(8, "")}}, {{"close", plain(8, "")}});
    EXPECT_EQ(server_saw(), "close");
    EXPECT_THAT(flow.websocket->close_code, Optional(1005));
}

TEST_F(RelayWebsocket, P16_j_AnAbruptEndIs1006) {
    for (auto const how : {net::CloseMode::fin, net::CloseMode::reset}) {
        flow.websocket.emplace();
        server_got.clear();
        play({{"", masked(1, "x"), how}}, {});
        recorder.reset();  // it stays in the chain, where it was added
        EXPECT_THAT(flow.websocket->close_code, Optional(1006));
        EXPECT_THAT(flow.websocket->closed_by_client, Optional(true));
    }
}

TEST_F(RelayWebsocket, P16_k_ShowsCompressedMessagesPlain) {
    response.add("Sec-WebSocket-Extensions", "permessage-deflate; client_no_context_takeover");
    using namespace std::string_literals;
    auto const hello = "\xf2\x48\xcd\xc9\xc9\x07\0"s;  // RFC 7692 §7.2.3.1
    play({{"", websocket::test::masked_with(0x40, 1, hello)}, {"", masked(8, closing(1000, "bye"))}},
         server_responds_to_close);
    ASSERT_EQ(flow.websocket->messages.size(), 1U);
    EXPECT_EQ(flow.websocket->messages[0].content, "Hello");
    EXPECT_EQ(server_saw(), "text Hello | close 1000 bye");  // too short to be worth compressing again
}

TEST_F(RelayWebsocket, P16_PassesFramesWithUnknownExtensionsUnread) {
    response.add("Sec-WebSocket-Extensions", "x-private");
    auto const odd = websocket::test::masked_with(0x20, 1, "Hello");
    play({{"", odd, net::CloseMode::half_close}}, {{"text Hello", plain(1, "back"), net::CloseMode::half_close}});
    EXPECT_EQ(server_got, odd);
    EXPECT_EQ(client_saw(), "text back");
    EXPECT_EQ(recorder->calls, "start end");
    EXPECT_TRUE(flow.websocket->timestamp_end);
    EXPECT_FALSE(flow.websocket->close_code);
}

TEST_F(RelayWebsocket, P16_m_ClosesWith1007OnBadText) {
    play({{"", masked(1, "\xff")}}, {{"close 1007 text message that is no UTF-8", plain(8, closing(1007))}});
    EXPECT_EQ(client_saw(), "close 1007 text message that is no UTF-8");
    EXPECT_EQ(server_saw(), "close 1007 text message that is no UTF-8");
    EXPECT_THAT(flow.websocket->close_code, Optional(1007));
    EXPECT_THAT(log, ElementsAre(HasSubstr("violation by the client: text message that is no UTF-8")));
}

TEST_F(RelayWebsocket, P16_AViolationDoesNotOvertakeWhatWasSentBefore) {
    play({{"", masked(1, "Hello") + masked(3, "")}},
         {{"text Hello | close 1002 reserved opcode 0x3", plain(1, "one") + plain(9, "two") + plain(1, "three")},
          {"", plain(8, closing(1002))}});
    EXPECT_EQ(client_saw(), "text one | ping two | text three | close 1002 reserved opcode 0x3");
    EXPECT_THAT(flow.websocket->close_code, Optional(1002));
    EXPECT_THAT(flow.websocket->closed_by_client, Optional(true));
}

struct Violation {
    std::string name;
    std::string frames;  ///< of a client, behind a text that is echoed
    std::string close;   ///< what both sides are told
};
class P16_Violation : public RelayWebsocket, public testing::WithParamInterface<Violation> {};

TEST_P(P16_Violation, IsReportedToBothSidesAfterTheEcho) {
    for (std::size_t const max_per_read : {65536u, 1u}) {
        flow.websocket.emplace();
        client_got.clear();
        server_got.clear();
        auto const& [name, frames, close] = GetParam();
        play({{"", masked(1, "before") + frames}},
             {{"text before | " + close, plain(1, "before")}, {"", plain(8, closing(1000))}}, max_per_read);
        recorder.reset();  // it stays in the chain, where it was added
        EXPECT_EQ(server_saw(), "text before | " + close);
        EXPECT_EQ(client_saw(), "text before | " + close);
        EXPECT_THAT(flow.websocket->closed_by_client, Optional(true));
        ASSERT_EQ(flow.websocket->messages.size(), 2U);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Rfc6455, P16_Violation,
    testing::Values(
        Violation{"ReservedBit", websocket::test::masked_with(0x20, 1, "x"), "close 1002 RSV2 in a text frame"},
        Violation{"CompressedWithoutAgreement", websocket::test::masked_with(0x40, 1, "x"),
                  "close 1002 RSV1 in a text frame"},
        Violation{"ReservedOpcode", masked(11, "x"), "close 1002 reserved opcode 0xb"},
        Violation{"FragmentedPing", masked(9, "x", false), "close 1002 fragmented ping frame"},
        Violation{"LongPing", masked(9, std::string(126, 'x')), "close 1002 ping frame of 126 bytes"},
        Violation{"ContinuationOfNothing", masked(0, "x"), "close 1002 continuation of no message"},
        Violation{"TextInsideOfAMessage", masked(1, "x", false) + masked(1, "y"),
                  "close 1002 text frame inside a fragmented message"},
        Violation{"Unmasked", plain(1, "x"), "close 1002 unmasked text frame of a client"},
        Violation{"LongerLengthThanNeeded",
                  std::string("\x82\xfe\x00\x01"
                              "abcd"
                              "x",
                              9),
                  "close 1002 length 1 in a longer form than needed"},
        Violation{"CloseOfOneByte", masked(8, "x"), "close 1002 close frame of one byte"},
        Violation{"CloseThatMustNotBeSent", masked(8, closing(1006)), "close 1002 close code 1006 must not be sent"},
        Violation{"CloseWithBadReason", masked(8, closing(1000, "\xff")), "close 1007 close reason that is no UTF-8"},
        Violation{"BadTextAcrossFragments", masked(1, "\xe2\x82", false) + masked(0, "\x28"),
                  "close 1007 text message that is no UTF-8"},
        Violation{"TextThatEndsInsideOfACharacter", masked(1, "\xe2\x82"), "close 1007 text message that is no UTF-8"}),
    pathology::test::row_name);

struct Fine {
    std::string name, frames, seen;
};
class P16_Fine : public RelayWebsocket, public testing::WithParamInterface<Fine> {};

TEST_P(P16_Fine, Passes) {
    play({{"", GetParam().frames + masked(8, closing(1000, "bye"))}}, server_responds_to_close, 1);
    EXPECT_EQ(server_saw(), GetParam().seen + " | close 1000 bye");
    EXPECT_EQ(client_saw(), "close 1000");
    EXPECT_THAT(log, testing::Each(testing::Not(HasSubstr("violation"))));
}

INSTANTIATE_TEST_SUITE_P(
    Rfc6455, P16_Fine,
    testing::Values(Fine{"PingBetweenFragments", masked(1, "a", false) + masked(9, "p") + masked(0, "b"),
                         "ping p | text... a | continue b"},
                    Fine{"CharacterAcrossFragments", masked(1, "\xe2\x82", false) + masked(0, "\xac"),
                         R"(text... \xe2\x82 | continue \xac)"},
                    Fine{"EmptyFragments", masked(2, "", false) + masked(0, "", false) + masked(0, ""),
                         "binary... | continue... | continue"},
                    Fine{"UnaskedPong", masked(10, "x"), "pong x"},
                    Fine{"LongestPing", masked(9, std::string(125, 'x')), "ping of 125"}),
    pathology::test::row_name);

TEST_F(RelayWebsocket, P16_AViolationOfTheServerIsReportedToItLast) {
    play({{"close 1002 masked text frame of a server", masked(1, "late") + masked(8, closing(1000))}},
         {{"", masked(1, "x")}});
    EXPECT_EQ(server_saw(), "text late | close 1002 masked text frame of a server");
    EXPECT_THAT(flow.websocket->closed_by_client, Optional(false));
}

TEST_F(RelayWebsocket, P16_AViolationIsReportedWhereTheOtherSideJustLeaves) {
    for (auto const how : {net::CloseMode::fin, net::CloseMode::half_close}) {
        flow.websocket.emplace();
        client_got.clear();
        server_got.clear();
        play({{"", masked(3, "")}}, {{"close 1002 reserved opcode 0x3", "", how}});
        recorder.reset();  // it stays in the chain, where it was added
        EXPECT_EQ(client_saw(), "close 1002 reserved opcode 0x3");
    }
}

TEST_F(RelayWebsocket, P16_AViolationIsReportedSoonWhereTheOtherSideSendsNothing) {  // RFC 6455 §7.1.7
    auto const begin = std::chrono::steady_clock::now();
    play({{"", masked(3, "")}}, {});
    EXPECT_EQ(client_saw(), "close 1002 reserved opcode 0x3");
    EXPECT_EQ(server_saw(), "close 1002 reserved opcode 0x3");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(RelayWebsocket, P40_CallsItsHooksInOrder) {
    play({{"", masked(1, "a") + masked(1, "b")}, {"text c", masked(8, closing(1000, "bye"))}},
         {{"text b", plain(1, "c")}, server_responds_to_close[0]});
    EXPECT_EQ(recorder->calls, "start > > < end");
}

TEST_F(RelayWebsocket, P31_c_AKilledFlowEndsBothSides) {
    recorder->on_message = [](flow::HttpFlow& its_flow, flow::WebSocketMessage&) {
        its_flow.kill(flow::from_seconds(2));
    };
    play({{"", masked(1, "x")}}, {});
    EXPECT_EQ(recorder->calls, "start > end");
    EXPECT_THAT(flow.websocket->close_code, Optional(1006));
}

}  // namespace
}  // namespace pathology::proxycore::layers
