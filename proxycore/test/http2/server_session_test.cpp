// What a server session promises beside the protocol itself: events, answers as given, taking over, limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/proxycore/http2/frame_follower.hpp>

#include "http2/server.hpp"
#include "support/for_each_split.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::http2 {
namespace {

using namespace test;
using pathology::test::for_each_split;
using testing::HasSubstr;

constexpr unsigned open_request = flag::end_headers;

std::string post(std::uint32_t stream, FieldList more = {}) {
    auto const all =
        block({{":method", "POST"}, {":scheme", "http"}, {":path", "/form"}, {":authority", "x"}}) + block(more);
    return headers(stream, std::string_view(all), open_request);
}

std::string drained(Session& session, std::size_t limit = 1U << 20U) {
    std::string wire;
    session.drain(wire, limit);
    return wire;
}

// --- events ----------------------------------------------------------------------------------------------------------

TEST(ServerSession, ReportsARequestInTheOrderOfItsParts) {
    auto const wire =
        hello() + post(1, {{"x-a", "1"}, {"x-a", "2"}}) + data(1, "abc") + data(1, "") + headers(1, {{"x-t", "9"}});
    for_each_split(
        wire, [] { return std::make_unique<Server>(); },
        [](std::unique_ptr<Server>& server, auto const& pieces) {
            for (auto const piece : pieces) server->feed(piece);
            EXPECT_THAT(server->log, HasSubstr("1 request POST /form x x-a=1 x-a=2\n"));
            EXPECT_THAT(server->log, HasSubstr("1 end x-t=9\n"));
            EXPECT_THAT(server->drain(), HasSubstr("DATA 1 END_STREAM 'ok'\n"));
            EXPECT_THAT(server->log, HasSubstr("1 closed\n"));
            EXPECT_EQ(server->session.streams(), 0U);
        });
}

TEST(ServerSession, GivesEventsThePointerOfTheirStream) {
    Session session(Role::server);
    auto const wire = hello() + get(1) + get(3);
    session.feed(wire);
    int one = 1, other = 3;
    auto const first = session.next();
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->user_data, nullptr);
    session.set_user_data(1, &one);
    session.set_user_data(3, &other);
    session.set_user_data(5, &other);  // there is no such stream
    while (auto const event = session.next()) EXPECT_EQ(event->user_data, event->stream == 1 ? &one : &other);
}

TEST(ServerSession, GivesThePointerOfAStreamThatIsResetAtOnce) {
    Session session(Role::server);
    auto const wire = hello() + get(1) + rst_stream(1, ErrorCode::cancel);
    session.feed(wire);
    int one = 1, events = 0;
    while (auto const event = session.next()) {
        if (event->type == SessionEvent::Type::head) session.set_user_data(1, &one);
        EXPECT_EQ(event->user_data, events++ == 0 ? nullptr : &one);
    }
    EXPECT_EQ(events, 3);  // head, end, closed
}

TEST(ServerSession, ReportsThatTheClientResetAStream) {
    Server server;
    server.exchange(hello() + post(1) + data(1, "abc") + rst_stream(1, ErrorCode::cancel));
    EXPECT_EQ(server.log, "1 request POST /form x\n1 data 'abc'\n1 closed CANCEL by client\n");
}

TEST(ServerSession, ReportsWhyItResetAStream) {
    Session session(Role::server);
    auto const wire = hello() + headers(1, {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {"Upper", "1"}});
    session.feed(wire);
    EXPECT_FALSE(session.next().has_value());
    drained(session);
    auto const closed = session.next();
    ASSERT_TRUE(closed.has_value());
    EXPECT_EQ(closed->type, SessionEvent::Type::closed);
    EXPECT_EQ(closed->error, ErrorCode::protocol_error);
    EXPECT_FALSE(closed->by_peer);
    EXPECT_THAT(std::string(closed->reason), HasSubstr("Upper"));
}

TEST(ServerSession, ReportsWhatTheClientDidWrong) {
    Server server;
    server.exchange(hello() + data(0, "x"));
    ASSERT_TRUE(server.session.failure().has_value());
    EXPECT_EQ(server.session.failure()->code, ErrorCode::protocol_error);
    EXPECT_THAT(server.session.failure()->message, HasSubstr("stream_id == 0"));
    EXPECT_TRUE(server.session.is_over());
}

TEST(ServerSession, EndsAtOnceWithoutThePreface) {
    Session session(Role::server);
    EXPECT_FALSE(session.feed("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    EXPECT_THAT(lines(drained(session)), HasSubstr("GOAWAY 0 PROTOCOL_ERROR\n"));
    EXPECT_TRUE(session.is_over());
    EXPECT_EQ(session.failure()->code, ErrorCode::protocol_error);
    EXPECT_FALSE(session.feed(hello()));
}

TEST(ServerSession, WantsSettingsBehindThePreface) {
    Server server;
    EXPECT_EQ(server.exchange(std::string(client_preface) + ping("12345678")), "GOAWAY 0 PROTOCOL_ERROR\n");
    EXPECT_TRUE(server.session.is_over());
}

TEST(BeginsWithPreface, IsKnownAsSoonAsItCanBe) {
    EXPECT_EQ(begins_with_preface(""), std::nullopt);
    EXPECT_EQ(begins_with_preface("PRI * HTTP/2.0\r\n"), std::nullopt);
    EXPECT_EQ(begins_with_preface("PRI"), std::nullopt);
    EXPECT_EQ(begins_with_preface("PUT"), false);
    EXPECT_EQ(begins_with_preface("PRI * HTTP/1.1"), false);
    EXPECT_EQ(begins_with_preface(hello()), true);
}

// --- answers ---------------------------------------------------------------------------------------------------------

TEST(ServerSession, WritesHeadsAsGivenOnTheStreamAsked) {
    Session session(Role::server);
    auto const wire = hello() + get(5);
    session.feed(wire);
    while (session.next()) continue;
    auto const head =
        headers(1, "\x88", flag::end_stream) + frame(FrameType::continuation, flag::end_headers, 1, "\x5f");
    session.respond(5, head, nullptr);
    EXPECT_THAT(lines(drained(session)), HasSubstr("HEADERS 5 END_STREAM\nCONTINUATION 5 END_HEADERS\n"));
    auto const closed = session.next();
    ASSERT_TRUE(closed.has_value());
    EXPECT_EQ(closed->error, ErrorCode::no_error);
}

TEST(ServerSession, LeavesOutNothingAndAddsNothingToContent) {
    std::string const body(100'000, 'x');
    Server server({}, body);
    server.feed(hello() + window_update(0, 1U << 20U) + get(1) + window_update(1, 1U << 20U));
    std::string wire;
    for (std::string part = drained(server.session, 20'000); !part.empty(); part = drained(server.session, 20'000)) {
        EXPECT_LT(part.size(), 40'000U);  // the limit, and at most one frame
        wire += part;
    }
    EXPECT_EQ(std::count(wire.begin(), wire.end(), 'x'), 100'000);
    EXPECT_THAT(lines(wire), HasSubstr("DATA 1 END_STREAM"));
}

TEST(ServerSession, WaitsForContentThatIsNotThereYet) {
    Session session(Role::server);
    auto const wire = hello() + get(1);
    session.feed(wire);
    while (session.next()) continue;
    TextContent content("a", false);
    auto const head = ok_head(true);
    session.respond(1, head, &content);
    EXPECT_THAT(lines(drained(session)), HasSubstr("DATA 1 'a'\n"));
    EXPECT_EQ(drained(session), "");
    content.add("b", true);
    session.resume(1);
    EXPECT_EQ(lines(drained(session)), "DATA 1 END_STREAM 'b'\n");
}

TEST(ServerSession, ResetsAStreamWhoseContentBreaks) {
    Session session(Role::server);
    auto const wire = hello() + get(1);
    session.feed(wire);
    while (session.next()) continue;
    TextContent content("a");
    content.is_broken = true;
    auto const head = ok_head(true);
    session.respond(1, head, &content);
    EXPECT_THAT(lines(drained(session)), HasSubstr("RST_STREAM 1 INTERNAL_ERROR\n"));
}

TEST(ServerSession, IgnoresAResponseToAStreamThatIsGone) {
    Server server;
    server.responses = false;
    server.feed(hello() + get(1) + rst_stream(1, ErrorCode::cancel));
    server.session.respond(1, "", nullptr);
    server.session.take_over(1);
    server.session.send_continue(1);
    server.session.finish(1);
    server.session.reset(1, ErrorCode::cancel);
    EXPECT_EQ(server.drain(), "SETTINGS ACK\n");
}

TEST(ServerSession, LetsAClientGoOnThatWaits) {
    Server server;
    server.exchange(hello() + post(1, {{"expect", "100-continue"}}));
    server.session.send_continue(1);
    EXPECT_EQ(server.drain(), "HEADERS 1 END_HEADERS\n");
    EXPECT_EQ(server.exchange(data(1, "x", flag::end_stream)), "HEADERS 1 END_HEADERS\nDATA 1 END_STREAM 'ok'\n");
}

// --- taking over -----------------------------------------------------------------------------------------------------

class TakenOver : public testing::Test {
protected:
    void begin(std::string_view client_settings = "") {
        wire_ = std::string(client_preface) + settings(client_settings) + get(1) + get(3);
        session.feed(wire_);
        while (session.next()) continue;
    }
    std::string next_closed() {
        std::string text;
        while (auto const event = session.next()) {
            if (event->type == SessionEvent::Type::closed)
                text += std::to_string(event->stream) + " " + name(event->error) + "\n";
        }
        return text;
    }

    Session session{Role::server};
    std::string wire_;
};

TEST_F(TakenOver, StopsAtTheStreamsTurn) {
    begin();
    auto const head = ok_head(false);
    session.take_over(1);
    session.respond(3, head, nullptr);
    std::string out;
    EXPECT_EQ(session.drain(out, 1U << 20U), StreamId{1});
    EXPECT_THAT(lines(out), testing::Not(HasSubstr("HEADERS")));
    out.clear();
    EXPECT_EQ(session.drain(out, 1U << 20U), std::nullopt);
    EXPECT_EQ(lines(out), "HEADERS 3 END_STREAM,END_HEADERS\n");
    EXPECT_EQ(next_closed(), "3 NO_ERROR\n");
    session.finish(1);
    EXPECT_EQ(drained(session), "");
    EXPECT_EQ(next_closed(), "1 NO_ERROR\n");
}

TEST_F(TakenOver, IsAllowedWhatTheWindowsLeave) {
    begin(setting(SettingId::initial_window_size, 10));
    session.take_over(1);
    EXPECT_EQ(session.allowance(1), 0U);
    session.request_allowance(1, 25);
    std::string out;
    EXPECT_EQ(session.drain(out, 1U << 20U), StreamId{1});
    drained(session);
    EXPECT_EQ(session.allowance(1), 10U);
    session.spend_allowance(1, 4);
    EXPECT_EQ(session.allowance(1), 6U);
    auto const more = window_update(1, 100);
    session.feed(more);
    EXPECT_EQ(drained(session), "");
    EXPECT_EQ(session.allowance(1), 21U);
    session.finish(1);
    EXPECT_EQ(drained(session), "");
    EXPECT_EQ(next_closed(), "1 NO_ERROR\n");
}

// --- frames of the owner ---------------------------------------------------------------------------------------------

struct SentByOwner {
    std::string_view name;
    std::string sent;    // by the owner
    std::string client;  // what the client sends then; stream 1 is open
    std::string reply;   // of the session
    SessionSettings settings = {};
};
void PrintTo(SentByOwner const& row, std::ostream* out) { *out << row.name; }

class FramesOfTheOwner : public testing::TestWithParam<SentByOwner> {};

void record(Session& session, std::string_view wire) {
    FrameFollower follower;
    while (!wire.empty()) {
        if (auto const frame = follower.next(wire)) session.record_sent(frame->header, frame->payload);
    }
}

TEST_P(FramesOfTheOwner, AllowWhatTheySay) {
    Server server(GetParam().settings);
    server.exchange(hello() + settings({}, flag::ack) + post(1));
    record(server.session, GetParam().sent);
    EXPECT_EQ(lines(drained(server.session)), "") << "sent twice";
    EXPECT_EQ(server.exchange(GetParam().client), GetParam().reply);
}

std::string one_setting(SettingId id, std::uint32_t value) { return settings(setting(id, value)); }
std::string upload(std::size_t size) { return data(1, std::string(size, 'x'), flag::end_stream); }
/// A GET on stream 3, whose block begins with a table of 8192 bytes (RFC 7541 §6.3).
std::string get_with_table() {
    auto const rest = block({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}});
    return headers(3, "\x3f\xe1\x3f" + rest);
}
std::string const ack = settings({}, flag::ack), pong = "PING ACK 12345678\n";
std::string const response_1 = "HEADERS 1 END_HEADERS\nDATA 1 END_STREAM 'ok'\n";
std::string const response_3 = "HEADERS 3 END_HEADERS\nDATA 3 END_STREAM 'ok'\n";

INSTANTIATE_TEST_SUITE_P(
    Acks, FramesOfTheOwner,
    testing::Values(SentByOwner{"Settings", settings(), ack + ping("12345678"), pong},
                    SentByOwner{"TwoSettings", settings() + settings(), ack + ack + ping("12345678"), pong},
                    SentByOwner{"MoreAcksThanSettings", settings(), ack + ack, "GOAWAY 1 PROTOCOL_ERROR\n"},
                    SentByOwner{"SettingsOnAStream", frame(FrameType::settings, 0, 1), ack,
                                "GOAWAY 1 PROTOCOL_ERROR\n"},
                    SentByOwner{"AnAck", ack, ack, "GOAWAY 1 PROTOCOL_ERROR\n"},
                    SentByOwner{"InvalidSettings", one_setting(SettingId::initial_window_size, 0x80000000),
                                ack + ping("12345678"), pong},
                    SentByOwner{"Ping", ping("12345678"), ping("12345678", flag::ack) + ping("12345678"), pong}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Limits, FramesOfTheOwner,
    testing::Values(
        SentByOwner{"LargerFrames", one_setting(SettingId::max_frame_size, 20000), ack + upload(20000), response_1},
        SentByOwner{"LargerFramesBeforeTheAck", one_setting(SettingId::max_frame_size, 20000), upload(20000),
                    "GOAWAY 1 FRAME_SIZE_ERROR\n"},
        SentByOwner{"LargerWindows",
                    one_setting(SettingId::initial_window_size, 20),
                    ack + upload(20),
                    response_1,
                    {.stream_window = 10}},
        SentByOwner{"SmallerWindows", one_setting(SettingId::initial_window_size, 5), ack + upload(6),
                    "RST_STREAM 1 FLOW_CONTROL_ERROR\n"},
        SentByOwner{"WindowUpdate", window_update(1, 10), upload(20), response_1, {.stream_window = 10}},
        SentByOwner{"WindowUpdateOfZero", window_update(1, 0), upload(10), response_1, {.stream_window = 10}},
        SentByOwner{
            "WindowUpdateOfTheConnection", window_update(0, 1U << 20U), upload(10), response_1, {.stream_window = 10}},
        SentByOwner{"LargerTable", one_setting(SettingId::header_table_size, 8192), ack + get_with_table(), response_3},
        SentByOwner{"LargerTableBeforeTheAck", one_setting(SettingId::header_table_size, 8192), get_with_table(),
                    "GOAWAY 3 COMPRESSION_ERROR\n"},
        SentByOwner{"MoreStreams",
                    one_setting(SettingId::max_concurrent_streams, 2),
                    ack + get(3),
                    response_3,
                    {.max_streams = 1}}),
    pathology::test::row_name);

/// Each takes memory until its ACK.
TEST(ServerSession, FollowsTenThousandSettingsAtOnce) {
    Server server;
    server.exchange(hello() + ack);
    for (std::size_t i = 0; i < Session::max_recorded + 1; ++i) record(server.session, settings());
    EXPECT_EQ(lines(drained(server.session)), "");
    std::string acks;
    for (std::size_t i = 0; i < Session::max_recorded; ++i) acks += ack;
    EXPECT_EQ(server.exchange(acks + ping("12345678")), pong);
    EXPECT_EQ(server.exchange(ack), "GOAWAY 0 PROTOCOL_ERROR\n");
}

// --- upgrade, shutting down ------------------------------------------------------------------------------------------

http::RequestHead upgrade_request() {
    http::RequestHead head;
    head.method = "GET";
    head.target = "/foo";
    head.fields = {{"Host", "x"}};
    return head;
}

TEST(ServerSession, BeginsWithARequestThatAskedToUpgrade) {
    Server server;
    ASSERT_TRUE(server.session.upgrade("AAMAAABkAAQAAP__", upgrade_request()).has_value());
    EXPECT_THAT(server.exchange(hello()), HasSubstr("HEADERS 1 END_HEADERS\nDATA 1 END_STREAM 'ok'\n"));
    EXPECT_THAT(server.log, HasSubstr("1 request GET /foo x Host=x\n1 end\n1 closed\n"));
    EXPECT_THAT(server.exchange(get(3)), HasSubstr("DATA 3 END_STREAM"));
}

TEST(ServerSession, RefusesToUpgradeWithSettingsThatAreNone) {
    for (auto const* settings : {"?", "A", "AAMAAABkAA"}) {
        Server server;
        EXPECT_TRUE(server.session.upgrade(settings, upgrade_request()).has_error()) << settings;
        EXPECT_EQ(server.session.streams(), 0U);
    }
}

TEST(ServerSession, LetsStreamsEndWhenItGoesAway) {
    Server server;
    server.exchange(hello() + post(1));
    server.session.go_away(ErrorCode::no_error);
    EXPECT_EQ(server.drain(), "GOAWAY 1 NO_ERROR\n");
    EXPECT_FALSE(server.session.is_over());
    EXPECT_EQ(server.exchange(get(3) + data(1, "", flag::end_stream)),
              "HEADERS 1 END_HEADERS\nDATA 1 END_STREAM 'ok'\n");
    EXPECT_TRUE(server.session.is_over());
    EXPECT_FALSE(server.session.failure().has_value());
}

// --- limits ----------------------------------------------------------------------------------------------------------

TEST(ServerSession, RefusesMoreStreamsThanAnnounced) {
    SessionSettings settings;
    settings.max_streams = 2;
    Server server(settings);
    server.responses = false;
    EXPECT_EQ(server.exchange(hello() + get(1) + get(3) + get(5)), "SETTINGS ACK\nRST_STREAM 5 REFUSED_STREAM\n");
    EXPECT_THAT(server.exchange(test::settings("", flag::ack) + get(7)), HasSubstr("GOAWAY"));
}

TEST(ServerSession, ResetsAStreamWithTooLargeAFieldSection) {
    SessionSettings settings;
    settings.max_header_list = 1000;
    Server server(settings);
    std::string fields = block({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}});
    for (int i = 0; i < 30; ++i) fields += block({{"x", "y"}});
    EXPECT_EQ(server.exchange(hello() + headers(1, std::string_view(fields))),
              "SETTINGS ACK\nRST_STREAM 1 ENHANCE_YOUR_CALM\n");
    EXPECT_EQ(server.log, "1 closed ENHANCE_YOUR_CALM\n");
    EXPECT_THAT(server.exchange(get(3)), HasSubstr("DATA 3 END_STREAM 'ok'"));
}

TEST(ServerSession, ResetsAStreamWithTooMuchContent) {
    SessionSettings settings;
    settings.max_content = 4;
    Server server(settings);
    EXPECT_EQ(server.exchange(hello() + post(1) + data(1, "abcd") + data(1, "e") + data(1, "f", flag::end_stream)),
              "SETTINGS ACK\nRST_STREAM 1 ENHANCE_YOUR_CALM\n");
    EXPECT_EQ(server.log, "1 request POST /form x\n1 data 'abcd'\n1 closed ENHANCE_YOUR_CALM\n");
}

TEST(ServerSession, GivesTheClientItsWindowBack) {
    SessionSettings settings;
    settings.stream_window = settings.connection_window = 65535;
    Session session(Role::server, settings);
    auto wire = hello() + post(1);
    session.feed(wire);
    for (int i = 0; i < 64; ++i) {  // a megabyte through a window of 64 KiB
        wire = data(1, std::string(16384, 'x'));
        ASSERT_TRUE(session.feed(wire)) << i;
        while (session.next()) continue;
        drained(session);
    }
    EXPECT_FALSE(session.failure().has_value());
}

/// Not even where nghttp2 returns a window by itself: for padding, and for content on streams that are closed.
TEST(ServerSession, SendsNoWindowUpdateIfItMayNot) {
    for (auto const updates : {WindowUpdates::when_consumed, WindowUpdates::never}) {
        SessionSettings settings;
        settings.connection_window = 65535;
        settings.window_updates = updates;
        Session session(Role::server, settings);
        auto const padded = data(1, std::string(1, '\xff') + std::string(15000, '\0'), flag::padded);
        auto sent = std::string();
        for (auto const& wire : {hello() + post(1) + padded + padded, padded}) {
            session.feed(wire);
            session.reset(1, ErrorCode::cancel);
            while (session.next()) continue;
            sent += lines(drained(session));
        }
        EXPECT_EQ(sent.find("WINDOW_UPDATE") == std::string::npos, updates == WindowUpdates::never) << sent;
    }
}

TEST(ServerSession, AllowsAsManyResetsAsItsSettings) {
    Server server({.reset_burst = 2, .reset_rate = 0});
    auto const reset = [](std::uint32_t stream) { return get(stream) + rst_stream(stream, ErrorCode::cancel); };
    EXPECT_THAT(server.exchange(hello() + reset(1) + reset(3) + ping("12345678")), HasSubstr(pong));
    EXPECT_FALSE(server.session.failure());
    EXPECT_THAT(server.exchange(reset(5)), HasSubstr("GOAWAY 5 ENHANCE_YOUR_CALM\n"));
    EXPECT_EQ(server.session.failure().value().message,
              "the client resets streams too often: more than 2 at once and 0 a second");
}

struct Flood {
    std::string_view name;
    std::string (*round)(std::uint32_t number);
    std::string_view code;
};
void PrintTo(Flood const& row, std::ostream* out) { *out << row.name; }

class Flooding : public testing::TestWithParam<Flood> {};

/// Many rounds, of which the server never gets to send anything: it has to give up, and to hold little until then.
TEST_P(Flooding, EndsTheConnection) {
    Server server;
    server.feed(hello());
    std::uint32_t round = 0;
    while (round < 100'000 && !server.session.failure() && !server.session.is_over()) {
        server.feed(GetParam().round(round));
        if (round % 64 == 0) server.drain();
        ++round;
    }
    EXPECT_LT(round, 100'000U);
    server.drain();
    ASSERT_TRUE(server.session.failure().has_value());
    EXPECT_EQ(name(server.session.failure()->code), GetParam().code);
}

std::string reset_at_once(std::uint32_t n) { return get(2 * n + 1) + rst_stream(2 * n + 1, ErrorCode::cancel); }
/// Makes the server do the resetting.
std::string made_you_reset(std::uint32_t n) {
    auto const too_much = window_update(2 * n + 1, 0x7fffffff);
    return get(2 * n + 1) + too_much;
}
std::string continuation_without_end(std::uint32_t n) {
    return n == 0 ? get(1, flag::end_stream) : frame(FrameType::continuation, 0, 1, block({{"x", "y"}}));
}
std::string empty_data(std::uint32_t n) { return n == 0 ? get(1, flag::end_headers) : data(1, ""); }
std::string padding(std::uint32_t n) {
    return n == 0 ? get(1, flag::end_headers) : data(1, std::string("\x02\0\0", 3), flag::padded);
}
std::string many_settings(std::uint32_t) {
    std::string all;
    for (int i = 0; i < 33; ++i) all += setting(SettingId{0x99}, 1);
    return test::settings(all);
}

INSTANTIATE_TEST_SUITE_P(Floods, Flooding,
                         testing::Values(Flood{"RapidReset", reset_at_once, "ENHANCE_YOUR_CALM"},
                                         Flood{"MadeYouReset", made_you_reset, "ENHANCE_YOUR_CALM"},
                                         Flood{"ContinuationWithoutEnd", continuation_without_end, "ENHANCE_YOUR_CALM"},
                                         Flood{"EmptyData", empty_data, "ENHANCE_YOUR_CALM"},
                                         Flood{"DataOfPaddingAlone", padding, "ENHANCE_YOUR_CALM"},
                                         Flood{"SettingsOfManyEntries", many_settings, "ENHANCE_YOUR_CALM"}),
                         [](auto const& row) { return std::string(row.param.name); });

struct Unread {
    std::string_view name;
    std::string frame;
};
class AcksThatNobodyReads : public testing::TestWithParam<Unread> {};

TEST_P(AcksThatNobodyReads, EndTheConnection) {
    Server server;
    server.feed(hello());
    for (int i = 0; i < 2000 && !server.session.failure(); ++i) server.feed(GetParam().frame);
    ASSERT_TRUE(server.session.failure().has_value());
    EXPECT_EQ(server.session.failure()->code, ErrorCode::enhance_your_calm);
    EXPECT_THAT(server.drain(), HasSubstr("GOAWAY 0 ENHANCE_YOUR_CALM\n"));
    EXPECT_TRUE(server.session.is_over());
}

INSTANTIATE_TEST_SUITE_P(Floods, AcksThatNobodyReads,
                         testing::Values(Unread{"Pings", ping("12345678")}, Unread{"Settings", test::settings()}),
                         [](auto const& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pathology::proxycore::http2
