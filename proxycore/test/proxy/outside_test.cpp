// Flows over HTTP/2 and of WebSockets that are killed, held and changed from outside of their hooks, while the other
// streams of the connection go on.
#include <gmock/gmock.h>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"
#include "support/streams.hpp"
#include "tls/engine_pair.hpp"
#include "websocket/transcript.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using test::Origin;
using test::ProxyFixture;
using test::read_head;
using test::SecureOrigin;
using test::TestClient;
using testing::Each;
using testing::HasSubstr;
using testing::StartsWith;
using websocket::test::masked;
using websocket::test::plain;
using websocket::test::shown_frames;

Origin::Conduct silent() {
    return [](net::Stream& stream) -> asio::awaitable<void> { co_await stream.wait_for_end(); };
}

/// Does `work` with the live flow of that path, on the loop of the proxy.
void with_flow(ProxyFixture& fixture, std::string const& path, std::function<void(flow::HttpFlow&)> const& work) {
    bool is_there = false;
    fixture.proxy.perform([&] {
        for (auto const& flow : fixture.proxy.flows().live()) {
            auto* const http = dynamic_cast<flow::HttpFlow*>(flow.get());
            if (http == nullptr || http->request.path != path) continue;
            is_there = true;
            work(*http);
        }
    });
    EXPECT_TRUE(is_there) << path;
}

void kill(ProxyFixture& fixture, std::string const& path) {
    with_flow(fixture, path, [](flow::HttpFlow& flow) { flow.kill(flow::Time::clock::now()); });
}

/// Holds the flows of this path at that hook.
void hold(ProxyFixture& fixture, std::string const& hook, std::string const& path) {
    fixture.recorder->on_hook[hook] = [path](flow::HttpFlow& flow) {
        if (flow.request.path == path) flow.intercept();
    };
}

void expect_killed_stream(ProxyFixture const& fixture, TestClient& client, std::size_t stream) {
    auto const response = client.read_stream(stream);
    EXPECT_EQ(response.status, 0U);
    EXPECT_THAT(response.head, HasSubstr("reset the stream")) << "not a time limit";
    ASSERT_TRUE(fixture.recorder->wait_for("error"));
    EXPECT_EQ(fixture.recorder->http_flows().back()->error.value().message, flow::killed_message);
}

// --- HTTP/2 ----------------------------------------------------------------------------------------------------------

TEST(FlowKillOverHttp2, ResetsTheStreamWhileTheServerIsSilent) {
    Origin const dead(silent()), origin;
    ProxyFixture fixture;
    hold(fixture, "request", "/held");
    fixture.start();
    TestClient client(fixture.port());
    auto const killed = client.send_on_new_stream(dead.url() + "/dead");
    auto const held = client.send_on_new_stream(origin.url() + "/held");
    ASSERT_TRUE(fixture.recorder->wait_for("server_connected"));
    ASSERT_TRUE(fixture.recorder->wait_for("request", 2));
    kill(fixture, "/dead");
    expect_killed_stream(fixture, client, killed);
    with_flow(fixture, "/held", [](flow::HttpFlow& flow) { flow.resume(); });
    EXPECT_EQ(client.read_stream(held).body, "origin");
    EXPECT_EQ(client.get_on_new_stream(origin.url() + "/"), 200U);
}

TEST(FlowKillOverHttp2, ResetsTheStreamWhileTheClientIsSilent) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.start();
    TestClient client(fixture.port());
    auto const killed = client.begin_on_new_stream(origin.url() + "/open");
    ASSERT_TRUE(fixture.recorder->wait_for("requestheaders"));
    kill(fixture, "/open");
    expect_killed_stream(fixture, client, killed);
    EXPECT_EQ(client.get_on_new_stream(origin.url() + "/"), 200U);
    EXPECT_THAT(origin.asked(), Each(StartsWith("GET / ")));
}

TEST(FlowKillOverHttp2, ResetsTheStreamOfAFlowThatIsHeld) {
    for (std::string const hook : {"requestheaders", "request", "responseheaders", "response"}) {
        Origin const origin;
        ProxyFixture fixture;
        hold(fixture, hook, "/held");
        fixture.start();
        TestClient client(fixture.port());
        auto const killed = client.send_on_new_stream(origin.url() + "/held");
        ASSERT_TRUE(fixture.recorder->wait_for(hook)) << hook;
        EXPECT_EQ(client.get_on_new_stream(origin.url() + "/"), 200U);
        kill(fixture, "/held");
        auto const response = client.read_stream(killed);
        EXPECT_EQ(response.status, 0U) << hook;
        EXPECT_THAT(response.head, HasSubstr("reset the stream")) << hook;
        EXPECT_EQ(client.get_on_new_stream(origin.url() + "/"), 200U);
    }
}

TEST(FlowKillOverHttp2, LeavesTheServerConnectionToOtherStreams) {
    SecureOrigin::Options options;
    options.http2 = true;
    SecureOrigin const origin(tls::test::identity_for({"127.0.0.1"}), options);
    ProxyFixture fixture({"reverse:" + origin.url()});
    fixture.set("ssl_insecure").start();
    TestClient client(fixture.port());
    EXPECT_EQ(client.get_on_new_stream("http://origin.test/"), 200U);
    auto const killed = client.send_on_new_stream("http://origin.test/silent");
    auto const other = client.send_on_new_stream("http://origin.test/silent");
    ASSERT_TRUE(fixture.recorder->wait_for("request", 3));
    EXPECT_EQ(client.get_on_new_stream("http://origin.test/"), 200U);
    fixture.proxy.perform([&] {
        for (auto const& flow : fixture.proxy.flows().live()) {
            if (dynamic_cast<flow::HttpFlow&>(*flow).request.path != "/silent") continue;
            flow->kill(flow::Time::clock::now());
            break;
        }
    });
    expect_killed_stream(fixture, client, killed);
    EXPECT_EQ(client.get_on_new_stream("http://origin.test/"), 200U);
    kill(fixture, "/silent");
    expect_killed_stream(fixture, client, other);
    EXPECT_EQ(origin.accepted(), 1U);
    EXPECT_EQ(fixture.recorder->count("server_disconnected"), 0U);
}

TEST(FlowHeldOverHttp2, GoesOnWithWhatWasChanged) {
    Origin const origin;
    ProxyFixture fixture;
    hold(fixture, "request", "/held");
    hold(fixture, "response", "/changed");
    fixture.start();
    TestClient client(fixture.port());
    auto const held = client.send_on_new_stream(origin.url() + "/held");
    ASSERT_TRUE(fixture.recorder->wait_for("request"));
    EXPECT_EQ(client.get_on_new_stream(origin.url() + "/"), 200U);
    with_flow(fixture, "/held", [](flow::HttpFlow& flow) {
        flow.request.path = "/changed";
        flow.request.headers.set("X-Added", "yes");
        flow.resume();
    });
    ASSERT_TRUE(fixture.recorder->wait_for("response", 2));
    EXPECT_EQ(client.get_on_new_stream(origin.url() + "/"), 200U);
    with_flow(fixture, "/changed", [](flow::HttpFlow& flow) {
        flow.response->set_content("changed");
        flow.resume();
    });
    auto const response = client.read_stream(held);
    EXPECT_EQ(response.status, 200U);
    EXPECT_EQ(response.body, "changed");
    EXPECT_THAT(origin.asked().at(1), HasSubstr("GET /changed HTTP/1.1\r\n"));
    EXPECT_THAT(origin.asked().at(1), HasSubstr("X-Added: yes"));
}

// --- WebSockets ------------------------------------------------------------------------------------------------------

std::string const accepted = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

/// Opens a WebSocket and sends `first`; then answers each frame of twelve bytes with what it got.
Origin::Conduct chat(std::string first) {
    return [first](net::Stream& stream) -> asio::awaitable<void> {
        co_await read_head(stream);
        auto const greeting = accepted + first;
        co_await net::send(stream, greeting);
        for (;;) {
            auto const frame = co_await proxycore::test::read_exactly(stream, 12);
            if (frame.size() < 12) co_return;
            auto const answer = plain(1, shown_frames(frame));
            co_await net::send(stream, answer);
        }
    };
}

std::string opening(Origin const& origin) {
    return "GET " + origin.url() +
           "/chat HTTP/1.1\r\nHost: origin.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
}

/// A client with an open WebSocket.
struct WebSocketClient : TestClient {
    WebSocketClient(ProxyFixture const& fixture, Origin const& origin, bool by_http2) : TestClient(fixture.port()) {
        if (by_http2)
            EXPECT_EQ(open_websocket_by_http2(origin.url() + "/chat"), 101U);
        else
            EXPECT_EQ(request(opening(origin)).status, 101U);
        EXPECT_TRUE(fixture.recorder->wait_for("websocket_start"));
    }
};

class WebSocketFromOutside : public testing::TestWithParam<bool> {
protected:
    void expect_killed(TestClient& client) {
        EXPECT_EQ(client.read_to_end(), "");
        EXPECT_THAT(client.error(), testing::AnyOf(asio::error::eof, asio::error::connection_reset));
        EXPECT_TRUE(fixture.recorder->wait_for("websocket_end"));
        EXPECT_TRUE(fixture.recorder->wait_for("server_disconnected"));
        if (GetParam()) {
            EXPECT_EQ(client.get_on_new_stream(beside.url() + "/"), 200U);
        }
    }

    Origin const beside{"beside"};
    ProxyFixture fixture;
};

TEST_P(WebSocketFromOutside, IsKilledWhileBothSidesAreSilent) {
    Origin const origin(chat(""));
    fixture.start();
    WebSocketClient client(fixture, origin, GetParam());
    kill(fixture, "/chat");
    expect_killed(client);
}

TEST_P(WebSocketFromOutside, IsKilledWhileAMessageIsHeld) {
    Origin const origin(chat(""));
    hold(fixture, "websocket_message", "/chat");
    fixture.start();
    WebSocketClient client(fixture, origin, GetParam());
    client.send(masked(1, "secret"));
    ASSERT_TRUE(fixture.recorder->wait_for("websocket_message"));
    kill(fixture, "/chat");
    expect_killed(client);
}

TEST_P(WebSocketFromOutside, AHeldMessageGoesOnWithWhatWasChanged) {
    Origin const origin(chat(""));
    fixture.recorder->on_hook["websocket_message"] = [](flow::HttpFlow& flow) {
        if (flow.websocket->messages.back().content.size() == 6) flow.intercept();
    };
    fixture.start();
    WebSocketClient client(fixture, origin, GetParam());
    client.send(masked(1, "secret"));
    ASSERT_TRUE(fixture.recorder->wait_for("websocket_message"));
    if (GetParam()) {
        EXPECT_EQ(client.get_on_new_stream(beside.url() + "/"), 200U);
    }
    with_flow(fixture, "/chat", [](flow::HttpFlow& flow) {
        flow.websocket->messages.back().content = "public";
        flow.resume();
    });
    auto const expected = plain(1, "text public");
    EXPECT_EQ(client.read(expected.size()), expected);
}

TEST_P(WebSocketFromOutside, AHeldMessageOfTheServerGoesOnWithWhatWasChanged) {
    Origin const origin(chat(plain(1, "secret")));
    hold(fixture, "websocket_message", "/chat");
    fixture.start();
    WebSocketClient client(fixture, origin, GetParam());
    ASSERT_TRUE(fixture.recorder->wait_for("websocket_message"));
    with_flow(fixture, "/chat", [](flow::HttpFlow& flow) {
        flow.websocket->messages.back().content = "public";
        flow.resume();
    });
    auto const expected = plain(1, "public");
    EXPECT_EQ(client.read(expected.size()), expected);
}

TEST_P(WebSocketFromOutside, AHeldMessageMayBeDropped) {
    Origin const origin(chat(plain(1, "secret") + plain(1, "open")));
    fixture.recorder->on_hook["websocket_message"] = [](flow::HttpFlow& flow) {
        if (flow.websocket->messages.back().content == "secret") flow.intercept();
    };
    fixture.start();
    WebSocketClient client(fixture, origin, GetParam());
    ASSERT_TRUE(fixture.recorder->wait_for("websocket_message"));
    with_flow(fixture, "/chat", [](flow::HttpFlow& flow) {
        flow.websocket->messages.back().drop();
        flow.resume();
    });
    auto const expected = plain(1, "open");
    EXPECT_EQ(client.read(expected.size()), expected);
}

INSTANTIATE_TEST_SUITE_P(, WebSocketFromOutside, testing::Bool(),
                         [](auto const& row) { return row.param ? "OverHttp2" : "OverHttp1"; });

}  // namespace
}  // namespace pathology::proxycore::proxy
