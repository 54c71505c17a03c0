// Both sessions, joined in memory: what a proxy needs of them. Each step shows the events of the other side.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http2/client.hpp"
#include "http2/server.hpp"

namespace pathology::proxycore::http2 {
namespace {

using namespace test;
using testing::HasSubstr;

SessionSettings held_windows() {
    SessionSettings settings;
    settings.stream_window = settings.connection_window = 65535;
    settings.window_updates = WindowUpdates::when_consumed;
    return settings;
}

class Relay : public testing::Test {
protected:
    static SessionSettings server_settings() {
        SessionSettings settings = held_windows();
        settings.extended_connect = true;
        return settings;
    }
    Relay() { server.responses = false; }

    /// Carries bytes both ways until both sides are silent.
    void carry() {
        for (bool moved = true; moved;) {
            std::string up, down;
            client.session.drain(up, 1U << 20U);
            server.feed(up);
            server.session.drain(down, 1U << 20U);
            client.feed(down);
            server.feed({});
            moved = !up.empty() || !down.empty();
        }
    }
    static http::ResponseHead head(unsigned status, http::Fields fields = {}) {
        http::ResponseHead result;
        result.status = status;
        result.fields = std::move(fields);
        return result;
    }

    Client client{held_windows()};
    Server server{server_settings()};
};

TEST_F(Relay, CarriesARequestAndItsResponseWithAllTheirParts) {
    TextContent question("ping"), response("pong");
    question.after = {{"X-Q", "1"}};
    response.after = {{"X-A", "2"}};
    auto request = request_for("PUT", {{"Cookie", "a=1"}, {"B", "2"}, {"cookie", "c=3"}});
    request.authority = "origin.test:8080";
    ASSERT_TRUE(client.session.submit(request, &question).has_value());
    carry();
    EXPECT_EQ(server.log, "1 request PUT / origin.test:8080 cookie=a=1 b=2 cookie=c=3\n1 data 'ping'\n1 end x-q=1\n");
    server.session.send_interim(1, head(103, {{"Link", "x"}}));
    server.session.respond(1, head(200, {{"Server", "s"}, {"set-cookie", "1"}, {"Set-Cookie", "2"}}), &response);
    carry();
    EXPECT_EQ(client.log,
              "1 interim 103 link=x\n1 response 200 server=s set-cookie=1 set-cookie=2\n1 data 'pong'\n1 end x-a=2\n"
              "1 closed\n");
    EXPECT_THAT(server.log, HasSubstr("1 closed\n"));
}

struct Bodiless {
    std::string_view name, method;
    unsigned status;
    std::string_view reported;
};
void PrintTo(Bodiless const& row, std::ostream* out) { *out << row.name; }

class WithoutContent : public Relay, public testing::WithParamInterface<Bodiless> {};

TEST_P(WithoutContent, EndsWithTheHead) {
    client.submit(GetParam().method);
    carry();
    server.session.respond(1, head(GetParam().status, {{"content-length", "5"}}), nullptr);
    carry();
    EXPECT_EQ(client.log, GetParam().reported);
}

INSTANTIATE_TEST_SUITE_P(
    Responses, WithoutContent,
    testing::Values(Bodiless{"Head", "HEAD", 200, "1 response 200 content-length=5\n1 end\n1 closed\n"},
                    Bodiless{"NotModified", "GET", 304, "1 response 304 content-length=5\n1 end\n1 closed\n"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST_F(Relay, ContinuesAClientThatWaits) {
    TextContent question("", false);
    client.send("POST", question);
    carry();
    server.session.send_continue(1);
    carry();
    EXPECT_EQ(client.log, "1 interim 100\n");
    server.session.respond(1, head(204), nullptr);
    carry();
    EXPECT_THAT(client.log, HasSubstr("1 response 204\n1 end\n"));
}

// --- back-pressure ---------------------------------------------------------------------------------------------------

TEST_F(Relay, HoldsAClientBackWhoseContentNobodyConsumes) {
    TextContent question(std::string(200'000, 'z'));
    client.send("POST", question);
    carry();
    EXPECT_EQ(std::count(server.log.begin(), server.log.end(), 'z'), 65535);
    server.session.consume(1, 60'000);
    carry();
    EXPECT_EQ(std::count(server.log.begin(), server.log.end(), 'z'), 65535 + 60'000);
}

TEST_F(Relay, HoldsAServerBackWhoseContentNobodyConsumes) {
    TextContent response(std::string(200'000, 'y'));
    client.submit();
    carry();
    server.session.respond(1, head(200), &response);
    carry();
    EXPECT_EQ(std::count(client.log.begin(), client.log.end(), 'y'), 65535);
    client.session.consume(1, 65535);
    carry();
    EXPECT_EQ(std::count(client.log.begin(), client.log.end(), 'y'), 2 * 65535);
}

TEST_F(Relay, LetsOtherStreamsPassOneThatStands) {
    TextContent slow(std::string(40'000, 'y')), quick("quick");
    client.submit();
    client.submit();
    carry();
    server.session.respond(1, head(200), &slow);
    server.session.respond(3, head(200), &quick);
    carry();
    EXPECT_THAT(client.log, HasSubstr("3 data 'quick'\n"));
}

// --- ends ------------------------------------------------------------------------------------------------------------

TEST_F(Relay, StopsAClientWhoseContentNobodyWants) {
    TextContent question("abc", false);
    client.send("POST", question);
    carry();
    server.session.ignore_content(1);
    TextContent response("no");
    server.session.respond(1, head(413), &response);
    carry();
    EXPECT_EQ(client.log, "1 response 413\n1 data 'no'\n1 end\n1 closed\n");
    EXPECT_THAT(server.log, HasSubstr("1 closed\n"));
}

TEST_F(Relay, StopsAClientThatHasItsResponseAlready) {
    TextContent question("abc", false);
    client.send("POST", question);
    carry();
    server.session.respond(1, head(204), nullptr);
    carry();
    EXPECT_EQ(client.log, "1 response 204\n1 end\n");
    server.session.ignore_content(1);
    carry();
    EXPECT_THAT(client.log, HasSubstr("1 closed\n"));
}

TEST_F(Relay, DropsContentThatNobodyWantsAndLetsItEnd) {
    TextContent question(std::string(200'000, 'z'));
    client.send("POST", question);
    carry();
    auto const before = std::count(server.log.begin(), server.log.end(), 'z');
    server.session.ignore_content(1);
    carry();
    EXPECT_EQ(std::count(server.log.begin(), server.log.end(), 'z'), before);
    EXPECT_THAT(server.log, HasSubstr("1 end\n"));
    server.session.respond(1, head(204), nullptr);
    carry();
    EXPECT_EQ(client.log, "1 response 204\n1 end\n1 closed\n");
}

TEST_F(Relay, StopsAServerWhoseContentNobodyWants) {
    client.submit();
    carry();
    TextContent response("abc", false);
    server.session.respond(1, head(200), &response);
    carry();
    client.session.ignore_content(1);
    carry();
    EXPECT_THAT(server.log, HasSubstr("1 closed CANCEL by client\n"));
}

TEST_F(Relay, PassesResetsToTheOtherSide) {
    client.submit();
    client.submit();
    carry();
    client.session.reset(1, ErrorCode::cancel);
    server.session.reset(3, ErrorCode::refused_stream);
    carry();
    EXPECT_THAT(client.log, HasSubstr("1 closed CANCEL\n"));
    EXPECT_THAT(client.log, HasSubstr("3 closed REFUSED_STREAM by server unprocessed\n"));
    EXPECT_THAT(server.log, HasSubstr("1 closed CANCEL by client\n"));
}

TEST_F(Relay, ClosesTheServersStreamsWhenTheConnectionIsLost) {
    client.submit();
    client.submit();
    carry();
    server.session.abandon("gone");
    server.feed({});
    EXPECT_THAT(server.log, HasSubstr("1 closed CANCEL\n3 closed CANCEL\n"));
    EXPECT_EQ(server.session.streams(), 0U);
    EXPECT_TRUE(server.session.is_over());
}

TEST_F(Relay, AsksForSignsOfLife) {
    server.session.ping();
    EXPECT_EQ(server.session.unacknowledged_pings(), 1U);
    carry();
    EXPECT_EQ(server.session.unacknowledged_pings(), 0U);
}

// --- tunnels ---------------------------------------------------------------------------------------------------------

struct Tunnel {
    std::string_view name;
    Request request;
    std::string_view reported;
};
void PrintTo(Tunnel const& row, std::ostream* out) { *out << row.name; }

Request connect_to(std::string_view authority) {
    Request request;
    request.head.method = "CONNECT";
    request.authority = authority;
    return request;
}

Request websocket() {
    auto request = connect_to("x");
    request.head.target = "/chat";
    request.scheme = "https";
    request.protocol = "websocket";
    return request;
}

class Tunnelled : public Relay, public testing::WithParamInterface<Tunnel> {};

TEST_P(Tunnelled, CarriesBothWaysUntilBothEnd) {
    carry();
    TextContent there("", false), back("", false);
    ASSERT_TRUE(client.session.submit(GetParam().request, &there).has_value());
    carry();
    EXPECT_EQ(server.log, GetParam().reported);
    server.session.respond(1, head(200), &back);
    carry();
    there.add("marco", false);
    client.session.resume(1);
    carry();
    back.add("polo", true);
    server.session.resume(1);
    carry();
    EXPECT_THAT(server.log, HasSubstr("1 data 'marco'\n"));
    EXPECT_EQ(client.log, "1 response 200\n1 data 'polo'\n1 end\n");
    there.add("", true);
    client.session.resume(1);
    carry();
    EXPECT_THAT(server.log, HasSubstr("1 end\n1 closed\n"));
}

INSTANTIATE_TEST_SUITE_P(Connect, Tunnelled,
                         testing::Values(Tunnel{"Plain", connect_to("origin.test:443"),
                                                "1 request CONNECT  origin.test:443\n"},
                                         Tunnel{"Extended", websocket(), "1 request CONNECT /chat x\n"}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST_F(Relay, KnowsThatTheServerTakesExtendedConnect) {
    carry();
    EXPECT_TRUE(client.session.peer_allows_extended_connect());
    ASSERT_TRUE(client.session.submit(websocket(), nullptr).has_value());
    carry();
    EXPECT_THAT(server.log, HasSubstr("1 request CONNECT /chat x\n"));
}

}  // namespace
}  // namespace pathology::proxycore::http2
