// Responses that are sent before the end of their request: what the client gets, and when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/pathod/daemon.hpp>
#include <string>
#include <string_view>

#include "http2/frames.hpp"
#include "support/client.hpp"
#include "support/row_name.hpp"
#include "support/websocket_outcome.hpp"

namespace pathology::pathod {
namespace {

using test::Client;

std::string post(std::string_view path, std::string_view more, std::string_view body = "") {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(more) + "\r\n" + std::string(body);
}

/// The client sends a part of a request, gets a response, sends the rest, and gets the rest.
struct PlaceCase {
    std::string_view name;
    std::string spec, sent, received, sent_then, received_then;
};
void PrintTo(PlaceCase const& row, std::ostream* out) { *out << row.name; }

class Place : public testing::TestWithParam<PlaceCase> {
protected:
    void SetUp() override { daemon.start().value(); }

    Daemon daemon{DaemonOptions{.anchors = {"/=" + GetParam().spec}}};
};

TEST_P(Place, IsWhereTheResponseIsSent) {
    Client client(daemon.port());
    for (char const c : GetParam().sent) client.send({&c, 1});
    EXPECT_EQ(client.read(GetParam().received.size()), GetParam().received);
    EXPECT_EQ(client.ask(GetParam().sent_then), GetParam().received_then);
}

TEST_P(Place, IsHeldByARequestInOnePiece) {
    Client client(daemon.port());
    EXPECT_EQ(client.ask(GetParam().sent + GetParam().sent_then), GetParam().received + GetParam().received_then);
}

constexpr std::string_view five = "Content-Length: 5\r\n";
constexpr std::string_view expects = "Content-Length: 5\r\nExpect: 100-continue\r\n";
constexpr std::string_view chunked = "Transfer-Encoding: chunked\r\n";
std::string const ok = "HTTP/1.1 200 OK\r\n\r\n";
std::string const go_on = "HTTP/1.1 100 Continue\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Http1, Place,
    testing::Values(
        PlaceCase{"BehindTheHead", "200:r:whead", post("/", five), ok, "hello", ""},
        PlaceCase{"BehindTheHeadOfChunks", "200:r:whead", post("/", chunked), ok, "5\r\nhello\r\n0\r\n\r\n", ""},
        PlaceCase{"InTheBody", "200:r:wbody+3", post("/", five, "hel"), ok, "lo", ""},
        PlaceCase{"InTheBodyOfChunks", "200:r:wbody+3", post("/", chunked, "2\r\nhe\r\n3\r\nl"), ok, "lo\r\n0\r\n\r\n",
                  ""},
        PlaceCase{"BehindTheEndOfTheBody", "200:r:wbody+9", post("/", five), "", "hello", ok},
        PlaceCase{"AtTheEnd", "200:r:wa", post("/", five), "", "hello", ok},
        PlaceCase{"AtTheEndWithoutContinue", "200:r:wa", post("/", expects), "", "hello", ok},
        PlaceCase{"Continue", "100:whead 200:r", post("/", expects), go_on, "hello", ok},
        PlaceCase{"ContinueTwice", "(100:whead )x2 200:r", post("/", expects), go_on + go_on, "hello", ok},
        PlaceCase{"ContinueInTheBody", "100:wbody+2 200:r", post("/", expects, "he"), go_on, "llo", ok},
        PlaceCase{"BrokenContinue", R"(raw:'HTTP/1.1 100\r\n\r\n':whead 200:r)", post("/", expects),
                  "HTTP/1.1 100\r\n\r\n", "hello", ok},
        PlaceCase{"EachAtItsOwn", "102:whead 102:wbody+2 200:r", post("/", five, "he"),
                  "HTTP/1.1 102 Unknown code\r\n\r\nHTTP/1.1 102 Unknown code\r\n\r\n", "llo", ok},
        PlaceCase{"TheNextRequest", "200:r:whead", post("/", five), ok, "hello" + post("/", five, "hello"), ok},
        PlaceCase{"NoContinueUnlessSaid", "200:r:whead", post("/", expects), ok, "hello", ""}),
    pathology::test::row_name);

class RequestPlaceTest : public testing::Test {
protected:
    void SetUp() override { daemon.start().value(); }

    Daemon daemon{DaemonOptions{}};
};

TEST_F(RequestPlaceTest, WithoutABodyAllPlacesAreOne) {
    EXPECT_EQ(Client(daemon.port()).ask("GET /p/100:whead%20200:r:wbody+9 HTTP/1.1\r\nHost: x\r\n\r\n"), go_on + ok);
}

TEST_F(RequestPlaceTest, IsThatOfTheAnchorThatIsChosen) {
    Daemon other(DaemonOptions{.anchors = {"/=1/2 500:r:whead", "~m POST=200:r:whead | 200:r:wbody+2 | *"}});
    other.start().value();
    Client client(other.port());
    EXPECT_EQ(client.send(post("/", five)).read(ok.size()), ok);
    EXPECT_THAT(client.send("hello" + post("/", five)).read(ok.size()), testing::StartsWith("HTTP/1.1 500 "));
    EXPECT_EQ(client.send("hello" + post("/", five, "he")).read(ok.size()), ok);
    EXPECT_EQ(client.ask("llo"), "");
}

TEST_F(RequestPlaceTest, IsTheEndForAFilterThatSearchesTheContent) {
    Daemon other(DaemonOptions{.anchors = {"~bq secret=403:r:whead", "/=200:r:whead"}});
    other.start().value();
    EXPECT_THAT(Client(other.port()).ask(post("/", "Content-Length: 6\r\n", "secret")),
                testing::StartsWith("HTTP/1.1 403 "));
    EXPECT_EQ(Client(other.port()).ask(post("/", five, "hello")), ok);
}

TEST_F(RequestPlaceTest, AHoldReadsNothingOfTheBody) {
    Client client(daemon.port());
    client.send(post("/p/413:r:whead:da,hold", "Content-Length: 1000000000\r\n"));
    EXPECT_THAT(client.read(5), testing::StartsWith("HTTP/"));
    EXPECT_LT(client.send_until_full(), 64U << 20U);
}

TEST_F(RequestPlaceTest, AnEndLeavesTheBodyUnread) {
    Client client(daemon.port());
    auto const received = client.send(post("/p/413:r:whead:da", five)).read_to_end();
    EXPECT_THAT(received, testing::StartsWith("HTTP/1.1 413 "));
}

TEST_F(RequestPlaceTest, ARateSlowsTheReading) {
    Client client(daemon.port());
    auto const started = std::chrono::steady_clock::now();
    client.send(post("/p/200:r:wa,1k/50ms", "Content-Length: 5000\r\n", std::string(5000, 'x')));
    EXPECT_EQ(client.read(ok.size()), ok);
    // 3 KiB at most come with the head; each KiB behind them takes a twentieth of a second.
    EXPECT_GE(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(80));
}

TEST_F(RequestPlaceTest, ABrokenBodyEndsTheExchange) {
    Client client(daemon.port());
    client.send(post("/p/100:whead%20200", chunked));
    EXPECT_EQ(client.read(go_on.size()), go_on);
    EXPECT_EQ(client.send("no size\r\n").read_to_end(), "");
    auto const log = daemon.log().wait_for(2, std::chrono::seconds(20)).value();
    EXPECT_FALSE(log[0].response.has_value());
    ASSERT_TRUE(log[1].response.has_value());
    EXPECT_EQ(log[1].response->status_code, "100");
}

TEST_F(RequestPlaceTest, StrictAddsNoSecondResponse) {
    Daemon strict(DaemonOptions{.strict = true, .time_limit = std::chrono::milliseconds(100)});
    strict.start().value();
    Client late(strict.port());
    EXPECT_EQ(late.send(post("/p/200:r:whead", five, "hel")).read_to_end(), ok);
    EXPECT_EQ(Client(strict.port()).ask(post("/p/200:r:whead", chunked, "no size\r\n")), ok);
}

// --- HTTP/2 ----------------------------------------------------------------------------------------------------------

namespace h2 = proxycore::http2::test;

std::string preface_and_post(std::string_view path, unsigned flags = 4) {
    return h2::hello() + h2::headers(1,
                                     {{":method", "POST"}, {":scheme", "http"}, {":path", path}, {":authority", "x"}},
                                     static_cast<std::uint8_t>(flags));
}

TEST_F(RequestPlaceTest, OverHttp2TheResponseComesBehindTheHead) {
    Client client(daemon.port());
    client.send(preface_and_post("/p/200:r:b'early':whead"));
    EXPECT_THAT(test::read_until(client, "early"), testing::EndsWith("early"));
}

TEST_F(RequestPlaceTest, OverHttp2TheResponseComesInTheBody) {
    Client client(daemon.port());
    client.send(preface_and_post("/p/200:r:b'early':wbody+3") + h2::data(1, "abc", 0));
    EXPECT_THAT(test::read_until(client, "early"), testing::EndsWith("early"));
}

TEST_F(RequestPlaceTest, OverHttp2InterimResponsesHaveTheirPlaces) {
    Client client(daemon.port());
    client.send(preface_and_post("/p/100:r:whead%20200:r:b'late'"));
    EXPECT_THAT(test::read_until(client, "\x48\x82\x08\x01"), testing::Not(testing::HasSubstr("late")));
    client.send(h2::data(1, "abc", 1));
    EXPECT_THAT(test::read_until(client, "late"), testing::EndsWith("late"));
}

/// Whether the window of a stream is opened when 800 KiB of content have come.
bool opens_window(Daemon& daemon, std::string_view path) {
    Client client(daemon.port());
    std::string content;
    for (int i = 0; i < 50; ++i) content += h2::data(1, std::string(16000, 'x'), 0);
    std::string const ping("\0\0\x08\x06\0\0\0\0\0pingpong", 17);
    // The windows of the server count once its SETTINGS are acknowledged.
    std::string const acknowledgement("\0\0\0\x04\x01\0\0\0\0", 9);
    client.send(h2::hello() + acknowledgement + preface_and_post(path).substr(h2::hello().size()) + content + ping);
    auto received = test::read_until(client, "pingpong");
    client.send(ping);  // its acknowledgement follows what the content has caused
    received += test::read_until(client, "pingpong");
    std::string const window_update("\0\0\x04\x08\0\0\0\0\x01", 9);
    return received.find(window_update) != std::string::npos;
}

TEST_F(RequestPlaceTest, OverHttp2TheWindowStaysClosedBehindThePlace) {
    EXPECT_TRUE(opens_window(daemon, "/p/200:r:b'late':p0,f"));
    EXPECT_FALSE(opens_window(daemon, "/p/200:r:b'never':whead:p0,f"));
    EXPECT_FALSE(opens_window(daemon, "/p/200:r:b'never':wbody+9:p0,f"));
    EXPECT_TRUE(opens_window(daemon, "/p/200:r:b'early':whead"));
}

}  // namespace
}  // namespace pathology::pathod
