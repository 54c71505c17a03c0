// What a client session promises: requests as given, events in order, back-pressure, what may be sent again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http2/client.hpp"
#include "support/for_each_split.hpp"

namespace pathology::proxycore::http2 {
namespace {

using namespace test;
using pathology::test::for_each_split;
using testing::HasSubstr;

constexpr unsigned end_stream = flag::end_stream;

// --- requests --------------------------------------------------------------------------------------------------------

TEST(ClientSession, BeginsWithPrefaceAndSettings) {
    Session session(Role::client);
    std::string wire;
    session.drain(wire, 1U << 20U);
    ASSERT_TRUE(wire.starts_with(client_preface));
    EXPECT_EQ(lines(wire.substr(client_preface.size())), "SETTINGS\nWINDOW_UPDATE 8323073\n");
}

TEST(ClientSession, SendsARequestWithContentAndTrailers) {
    Client client;
    TextContent content("abc");
    content.after = {{"X-Sum", "9"}};
    EXPECT_EQ(client.send("POST", content), 1U);
    EXPECT_EQ(client.exchange(server_hello()),
              "HEADERS 1 END_HEADERS\nDATA 1 'abc'\nHEADERS 1 END_STREAM,END_HEADERS\n");
}

TEST(ClientSession, SendsTrailersOfContentThatTurnedOutEmpty) {
    Client client;
    TextContent content("", false);
    client.send("POST", content);
    client.exchange(server_hello());
    content.after = {{"x-sum", "0"}};
    content.add("", true);
    client.session.resume(1);
    EXPECT_THAT(client.drain(), HasSubstr("HEADERS 1 END_STREAM,END_HEADERS\n"));
}

TEST(ClientSession, WaitsForContentThatIsNotThereYet) {
    Client client;
    TextContent content("a", false);
    client.send("POST", content);
    EXPECT_EQ(client.exchange(server_hello()), "HEADERS 1 END_HEADERS\nDATA 1 'a'\n");
    content.add("b", true);
    client.session.resume(1);
    EXPECT_EQ(client.drain(), "DATA 1 END_STREAM 'b'\n");
}

TEST(ClientSession, SendsNoMoreThanTheServersWindowsAllow) {
    Client client;
    TextContent content("abcdef");
    client.send("POST", content);
    EXPECT_EQ(client.exchange(server_hello(setting(SettingId::initial_window_size, 4))),
              "HEADERS 1 END_HEADERS\nDATA 1 'abcd'\n");
    EXPECT_EQ(client.exchange(window_update(1, 1)), "DATA 1 'e'\n");
    EXPECT_EQ(client.exchange(window_update(1, 1)), "DATA 1 END_STREAM 'f'\n");
}

TEST(ClientSession, C17_SendsContentAsWindowsOfZeroAndOneOpen) {
    Client client;
    client.exchange(server_hello(setting(SettingId::initial_window_size, 0)));
    TextContent content("abcd");
    client.send("POST", content);
    EXPECT_EQ(client.drain(), "HEADERS 1 END_HEADERS\n");
    EXPECT_EQ(client.exchange(window_update(1, 1)), "DATA 1 'a'\n");
    EXPECT_EQ(client.exchange(settings(setting(SettingId::initial_window_size, 1))), "DATA 1 'b'\n");
    EXPECT_EQ(client.exchange(settings(setting(SettingId::initial_window_size, 0)) + window_update(1, 1)), "");
    EXPECT_EQ(client.exchange(window_update(1, 9)), "DATA 1 END_STREAM 'cd'\n");
}

TEST(ClientSession, SendsOnOtherStreamsWhileAWindowIsNegative) {
    Client client;
    client.exchange(server_hello(setting(SettingId::initial_window_size, 3)));
    TextContent one("abcd"), other("xyz");
    client.send("POST", one);
    EXPECT_EQ(client.drain(), "HEADERS 1 END_HEADERS\nDATA 1 'abc'\n");
    client.exchange(settings(setting(SettingId::initial_window_size, 0)));
    client.send("POST", other);
    EXPECT_EQ(client.drain(), "HEADERS 3 END_HEADERS\n");
    EXPECT_EQ(client.exchange(window_update(1, 3) + window_update(3, 3)), "DATA 3 END_STREAM 'xyz'\n");
    EXPECT_EQ(client.exchange(window_update(1, 1)), "DATA 1 END_STREAM 'd'\n");
}

TEST(ClientSession, ResetsAStreamWhoseContentBreaks) {
    Client client;
    TextContent content("a");
    content.is_broken = true;
    client.send("POST", content);
    EXPECT_THAT(client.exchange(server_hello()), HasSubstr("RST_STREAM 1 INTERNAL_ERROR\n"));
    EXPECT_THAT(client.log, HasSubstr("1 closed INTERNAL_ERROR"));
}

// --- responses -------------------------------------------------------------------------------------------------------

TEST(ClientSession, ReportsAResponseInTheOrderOfItsParts) {
    auto const wire = server_hello() + response(1, "103", {{"link", "a"}}) + response(1, "100") +
                      response(1, "200", {{"x-a", "1"}, {"x-a", "2"}}) + data(1, "abc") + data(1, "") +
                      headers(1, {{"x-t", "9"}});
    for_each_split(
        wire,
        [] {
            auto client = std::make_unique<Client>();
            client->submit();
            client->drain();
            return client;
        },
        [](std::unique_ptr<Client>& client, auto const& pieces) {
            for (auto const piece : pieces) client->feed(piece);
            EXPECT_EQ(client->log,
                      "1 interim 103 link=a\n1 interim 100\n1 response 200 x-a=1 x-a=2\n1 data 'abc'\n"
                      "1 end x-t=9\n1 closed\n");
            EXPECT_EQ(client->session.streams(), 0U);
            EXPECT_TRUE(client->session.accepts_requests());
        });
}

TEST(ClientSession, KnowsThatHeadHasNoContent) {
    Client client;
    client.submit("HEAD");
    client.drain();
    client.feed(server_hello() + response(1, "200", {{"content-length", "5"}}, end_stream));
    EXPECT_EQ(client.log, "1 response 200 content-length=5\n1 end\n1 closed\n");
}

TEST(ClientSession, TakesAResponseThatComesBeforeTheRequestEnds) {
    Client client;
    TextContent content("a", false);
    client.send("POST", content);
    client.exchange(server_hello());
    EXPECT_EQ(client.exchange(response(1, "413", {}, end_stream) + rst_stream(1, ErrorCode::no_error)), "");
    EXPECT_EQ(client.log, "1 response 413\n1 end\n1 closed\n");
}

TEST(ClientSession, ReportsInterimsOfManyStreamsEachWithItsOwn) {
    Client client;
    client.submit();
    client.submit();
    client.drain();
    client.feed(server_hello() + response(3, "103", {{"x", "three"}}) + response(1, "103", {{"x", "one"}}));
    EXPECT_EQ(client.log, "3 interim 103 x=three\n1 interim 103 x=one\n");
}

// --- back-pressure ---------------------------------------------------------------------------------------------------

class Held : public testing::Test {
protected:
    static SessionSettings settings() {
        SessionSettings result;
        result.stream_window = result.connection_window = 65535;
        result.window_updates = WindowUpdates::when_consumed;
        return result;
    }
    void SetUp() override {
        client.submit();
        client.drain();
        client.feed(server_hello() + response(1, "200"));
        all();
        for (int i = 0; i < 3; ++i) client.feed(data(1, std::string(16384, 'x')));
    }
    std::string all() {
        std::string wire;
        client.session.drain(wire, 1U << 20U);
        return lines(wire);
    }
    Client client{settings()};
};

TEST_F(Held, GivesNoWindowBackBeforeItIsConsumed) {
    EXPECT_EQ(all(), "");
    client.session.consume(1, 40'000);
    EXPECT_EQ(all(), "WINDOW_UPDATE 40000\nWINDOW_UPDATE 1 40000\n");
}

TEST_F(Held, ConsumesNoMoreThanCame) {
    client.session.consume(1, 1U << 30U);
    EXPECT_EQ(all(), "WINDOW_UPDATE 49152\nWINDOW_UPDATE 1 49152\n");
}

TEST_F(Held, GivesTheConnectionBackWhatAClosedStreamHeld) {
    client.feed(data(1, "", end_stream));
    EXPECT_EQ(all(), "WINDOW_UPDATE 49152\n");
    client.session.consume(1, 100);  // of no effect
    EXPECT_EQ(all(), "");
}

TEST_F(Held, DropsWhatComesForAStreamItReset) {
    client.session.reset(1, ErrorCode::cancel);
    client.feed(data(1, std::string(16383, 'x')));
    EXPECT_THAT(all(), HasSubstr("RST_STREAM 1 CANCEL\n"));
    client.take_events();
    EXPECT_EQ(all(), "WINDOW_UPDATE 65535\n");
}

TEST_F(Held, ReportsToAServerThatDoesNotMind) {
    client.feed(data(1, std::string(16384, 'x')) + data(1, std::string(16384, 'x')));
    EXPECT_THAT(all(), HasSubstr("FLOW_CONTROL_ERROR"));
}

// --- what may be sent again ------------------------------------------------------------------------------------------

std::string goaway(std::uint32_t last, ErrorCode code, std::string_view more = {}) {
    return frame(FrameType::goaway, 0, 0, number(last) + number(static_cast<std::uint32_t>(code)) + std::string(more));
}

TEST(ClientSession, ReportsStreamsThatTheServerNeverLookedAt) {
    Client client;
    client.submit();
    client.submit();
    client.drain();
    client.feed(server_hello() + goaway(1, ErrorCode::no_error, "bye"));
    EXPECT_EQ(client.log, "3 closed REFUSED_STREAM unprocessed: GOAWAY: last stream 1, NO_ERROR, \"bye\"\n");
    EXPECT_FALSE(client.session.accepts_requests());
    EXPECT_EQ(client.submit(), 0U);
    ASSERT_TRUE(client.session.peer_goaway().has_value());
    EXPECT_EQ(client.session.peer_goaway()->code, ErrorCode::no_error);
    EXPECT_FALSE(client.session.is_over());
    client.feed(response(1, "200", {}, end_stream));
    EXPECT_THAT(client.log, HasSubstr("1 closed\n"));
    client.drain();
    EXPECT_TRUE(client.session.is_over());
}

TEST(ClientSession, ReportsARefusedStream) {
    Client client;
    client.submit();
    client.drain();
    client.feed(server_hello() + rst_stream(1, ErrorCode::refused_stream));
    EXPECT_EQ(client.log, "1 closed REFUSED_STREAM by server unprocessed\n");
}

TEST(ClientSession, CallsNothingUnprocessedThatTheServerReset) {
    Client client;
    client.submit();
    client.drain();
    client.feed(server_hello() + rst_stream(1, ErrorCode::internal_error));
    EXPECT_EQ(client.log, "1 closed INTERNAL_ERROR by server\n");
}

TEST(ClientSession, WaitsWhileTheServerWorksOnAsManyAsItAllows) {
    Client client;
    client.drain();
    client.feed(server_hello(setting(SettingId::max_concurrent_streams, 1)));
    EXPECT_EQ(client.session.peer_max_streams(), 1U);
    client.submit();
    client.submit();
    EXPECT_EQ(client.drain(), "HEADERS 1 END_STREAM,END_HEADERS\n");
    EXPECT_EQ(client.session.streams(), 2U);
    EXPECT_EQ(client.exchange(response(1, "200", {}, end_stream)), "HEADERS 3 END_STREAM,END_HEADERS\n");
}

TEST(ClientSession, GivesEventsThePointerOfTheirRequest) {
    Session session(Role::client);
    int one = 1;
    auto const stream = session.submit(request_for(), nullptr, &one);
    ASSERT_TRUE(stream.has_value());
    session.reset(*stream, ErrorCode::cancel, "no longer needed");  // before it is sent
    auto const closed = session.next();
    ASSERT_TRUE(closed.has_value());
    EXPECT_EQ(closed->user_data, &one);
    EXPECT_EQ(closed->reason, "no longer needed");
    EXPECT_TRUE(closed->is_unprocessed);
}

TEST(ClientSession, NeverSendsAWaitingRequestThatIsReset) {
    Client client;
    client.drain();
    client.feed(server_hello(setting(SettingId::max_concurrent_streams, 1)));
    TextContent content("abc");
    client.submit();
    client.send("POST", content);
    client.submit();
    client.session.reset(3, ErrorCode::cancel);
    EXPECT_EQ(client.drain(), "HEADERS 1 END_STREAM,END_HEADERS\n");
    EXPECT_EQ(client.log, "3 closed CANCEL unprocessed\n");
    EXPECT_EQ(client.exchange(response(1, "200", {}, end_stream)), "HEADERS 5 END_STREAM,END_HEADERS\n");
    EXPECT_EQ(client.session.streams(), 1U);
}

TEST(ClientSession, GivesUpWaitingRequestsWhenTheServerGoes) {
    Client client;
    client.drain();
    client.feed(server_hello(setting(SettingId::max_concurrent_streams, 1)));
    client.submit();
    client.submit();
    client.drain();
    client.exchange(goaway(1, ErrorCode::no_error));
    EXPECT_THAT(client.log, HasSubstr("3 closed REFUSED_STREAM unprocessed: "));
}

TEST(ClientSession, ClosesAllStreamsWhenTheConnectionIsLost) {
    Client client;
    client.drain();
    client.feed(server_hello(setting(SettingId::max_concurrent_streams, 1)));
    client.submit();
    client.submit();
    client.drain();
    client.session.abandon("the connection was reset");
    client.take_events();
    EXPECT_EQ(client.log,
              "3 closed CANCEL unprocessed: the connection was reset\n1 closed CANCEL: the connection was reset\n");
    EXPECT_TRUE(client.session.is_over());
    EXPECT_EQ(client.session.streams(), 0U);
    EXPECT_EQ(client.submit(), 0U);
    EXPECT_FALSE(client.session.feed(response(1, "200")));
}

// --- settings, ping, going away --------------------------------------------------------------------------------------

TEST(ClientSession, KnowsWhatTheServerAnnounced) {
    Client client;
    EXPECT_FALSE(client.session.has_peer_settings());
    EXPECT_EQ(client.session.peer_max_streams(), 100U);
    EXPECT_FALSE(client.session.peer_allows_extended_connect());
    client.feed(
        server_hello(setting(SettingId::max_concurrent_streams, 7) + setting(SettingId::enable_connect_protocol, 1)));
    EXPECT_TRUE(client.session.has_peer_settings());
    EXPECT_EQ(client.session.peer_max_streams(), 7U);
    EXPECT_TRUE(client.session.peer_allows_extended_connect());
}

TEST(ClientSession, CountsThePingsThatAreNotAcknowledged) {
    Client client;
    client.drain();
    client.feed(server_hello());
    client.session.ping();
    EXPECT_EQ(client.drain(), "PING \\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\n");
    EXPECT_EQ(client.session.unacknowledged_pings(), 1U);
    client.feed(ping(std::string(8, '\0'), flag::ack) + ping("not mine", flag::ack));
    EXPECT_EQ(client.session.unacknowledged_pings(), 0U);
}

TEST(ClientSession, LetsStreamsEndWhenItGoesAway) {
    Client client;
    client.submit();
    client.drain();
    client.feed(server_hello());
    client.session.go_away(ErrorCode::no_error);
    EXPECT_EQ(client.drain(), "GOAWAY 0 NO_ERROR\n");
    EXPECT_FALSE(client.session.accepts_requests());
    EXPECT_FALSE(client.session.is_over());
    client.exchange(response(1, "200", {}, end_stream));
    EXPECT_EQ(client.log, "1 response 200\n1 end\n1 closed\n");
    EXPECT_TRUE(client.session.is_over());
}

}  // namespace
}  // namespace pathology::proxycore::http2
