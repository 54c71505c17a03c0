// CONNECT over HTTP/2 (RFC 9113 §8.5): tunnels on streams, beside requests on the same connection.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layers/http2/http2_fixture.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using namespace http2::test;
using http2::ErrorCode;
using pathology::test::row_name;
using test::Http2Fixture;
using test::RawClient;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
namespace flag = http2::flag;

std::string connect_to(std::string_view authority, std::uint32_t stream = 1) {
    return headers(stream, {{":method", "CONNECT"}, {":authority", authority}}, flag::end_headers);
}

std::string const inner_get = "GET /inner HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view granted = "HEADERS 1 END_HEADERS\n";

class Http2Connect : public testing::Test {
protected:
    Http2Connect() {
        fixture.has_origin = true;
        fixture.http1_response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ninner";
    }
    void play(std::function<asio::awaitable<void>(RawClient&)> const& script) {
        fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
            RawClient client(std::move(stream));
            co_await script(client);
        });
    }

    Http2Fixture fixture;
};

TEST_F(Http2Connect, P04_OpensATunnelOnAStream) {
    for (std::size_t const max_count : {std::size_t{1}, std::size_t{65536}}) {
        Http2Fixture fresh;
        fresh.has_origin = true;
        fresh.http1_response = fixture.http1_response;
        fresh.max_per_read = max_count;
        fresh.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
            RawClient client(std::move(stream));
            auto const sent = hello() + connect_to("x:80");
            co_await client.send(sent);
            auto const response_text = co_await client.read_until(granted);
            EXPECT_EQ(response_text, granted);
            auto const inside = data(1, inner_get);
            co_await client.send(inside);
            co_await client.read_until("inner'");
            auto const end = data(1, "", flag::end_stream);
            co_await client.send(end);
            co_await client.read_until("DATA 1 END_STREAM ''");
            co_await fresh.wait_for("client_disconnected");
        });
        EXPECT_EQ(fresh.asked, inner_get);
        EXPECT_EQ(fresh.hooks(),
                  "client_connected http_connect http_connected requestheaders request responseheaders response "
                  "client_disconnected");
        EXPECT_EQ(fresh.flow(0).request.url(), "x:80");
        EXPECT_EQ(fresh.flow(0).request.first_line_format(), http::TargetForm::authority);
        EXPECT_EQ(fresh.flow(0).response.value().status_code, 200U);
        EXPECT_EQ(fresh.flow(1).request.url(), "http://x/inner");
    }
}

TEST_F(Http2Connect, P04_f_LosesNothingThatCameBehindTheConnect) {
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent = hello() + connect_to("x:80") + data(1, inner_get);
        co_await client.send(sent);
        co_await client.read_until("inner'");
    });
    EXPECT_EQ(fixture.asked, inner_get);
}

TEST_F(Http2Connect, P04_ServesOtherStreamsBesideATunnel) {
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow& flow) {
        if (flow.request.path == "/") flow.response = flow::Response::make(200, "beside");
    };
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent = hello() + connect_to("x:80") + connect_to("x:80", 3) + get(5);
        co_await client.send(sent);
        co_await client.read_until("beside'");
        auto const inside = data(3, inner_get);
        co_await client.send(inside);
        co_await client.read_until("DATA 3 ");
        auto const reset = rst_stream(1, ErrorCode::cancel) + get(7);
        co_await client.send(reset);
        co_await fixture.wait_for("client_disconnected");
        auto const received = co_await client.read_until("DATA 7 END_STREAM 'beside'");
        EXPECT_THAT(received, Not(HasSubstr("RST_STREAM")));
    });
    auto const& tunnel = fixture.flow(0);
    auto const& beside = fixture.flow(2);
    EXPECT_NE(tunnel.client_conn->id, beside.client_conn->id);
    EXPECT_EQ(tunnel.client_conn->peername, beside.client_conn->peername);
}

TEST_F(Http2Connect, P04_e_AnAddonRefusesATunnel) {
    fixture.recorder->on_hook["http_connect"] = [](flow::HttpFlow& flow) {
        flow.response = flow::Response::make(403, "no");
    };
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow& flow) {
        flow.response = flow::Response::make(200, "ok");
    };
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent = hello() + connect_to("x:80");
        co_await client.send(sent);
        co_await client.read_until("HEADERS 1 END_HEADERS\nDATA 1 END_STREAM 'no'\n");
        co_await fixture.wait_for("client_disconnected");
        EXPECT_EQ(fixture.hooks(), "client_connected http_connect http_connect_error client_disconnected");
        auto const another = get(3);
        co_await client.send(another);
        co_await client.read_until("DATA 3 END_STREAM 'ok'");
    });
    EXPECT_EQ(fixture.asked, "");
}

TEST_F(Http2Connect, P13_c_AKilledTunnelIsReset) {
    fixture.recorder->on_hook["http_connect"] = [](flow::HttpFlow& flow) { flow.kill(flow::Time{}); };
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent = hello() + connect_to("x:80");
        co_await client.send(sent);
        auto const received = co_await client.read_until("RST_STREAM 1 CANCEL");
        EXPECT_EQ(received, "RST_STREAM 1 CANCEL\n");
    });
    EXPECT_THAT(fixture.hooks(), HasSubstr("http_connect http_connect_error"));
}

TEST_F(Http2Connect, P14_e_ABrokenTunnelIsAConnectError) {
    fixture.http1_response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nno size\r\n";
    fixture.recorder->on_hook["responseheaders"] = [](flow::HttpFlow& flow) { flow.response->stream = true; };
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent = hello() + connect_to("x:80") + data(1, "GET / HTTP/1.0\r\nHost: x\r\n\r\n");
        co_await client.send(sent);
        co_await client.read_until("RST_STREAM 1 CONNECT_ERROR");
    });
}

TEST_F(Http2Connect, P14_e_AServerThatCannotBeHadIsAConnectError) {
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent = hello() + connect_to("x:80") + data(1, "\x01 no HTTP");
        co_await client.send(sent);
        co_await client.read_until("RST_STREAM 1 CONNECT_ERROR");
    });
}

TEST_F(Http2Connect, P40_ReportsATunnelThatNobodyWaitsFor) {
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto sent = hello() + connect_to("x:80");
        fixture.recorder->on_hook["http_connect"] = [&](flow::HttpFlow& flow) { flow.intercept(); };
        co_await client.send(sent);
        co_await fixture.wait_for("http_connect");
        client.close(net::CloseMode::fin);
        fixture.stop();
    });
    EXPECT_THAT(fixture.hooks(), EndsWith("client_disconnected"));
}

TEST_F(Http2Connect, P10_d_ReportsItsStackWithTheLayersAroundIt) {
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent = hello() + connect_to("x:80") + data(1, inner_get);
        co_await client.send(sent);
        co_await client.read_until("inner'");
    });
    EXPECT_THAT(fixture.log, testing::Contains("layers: http/2, http/1"));
}

// --- those that lead nowhere -----------------------------------------------------------------------------------------

struct BadConnect {
    std::string_view name;
    std::string sent;
    std::string_view reported;
    HttpMode mode = HttpMode::regular;
};
void PrintTo(BadConnect const& row, std::ostream* out) { *out << row.name; }

class P04_d_Http2Connect : public testing::TestWithParam<BadConnect> {};

TEST_P(P04_d_Http2Connect, IsInformedWhy) {
    Http2Fixture fixture;
    fixture.http_mode = GetParam().mode;
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow& flow) {
        flow.response = flow::Response::make(200, "ok");
    };
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        auto const sent = hello() + GetParam().sent;
        co_await client.send(sent);
        co_await client.read_until(GetParam().reported);
        auto const another = get(3);
        co_await client.send(another);
        co_await client.read_until("DATA 3 END_STREAM 'ok'");
    });
    EXPECT_THAT(fixture.hooks(), testing::StartsWith("error "));
}

INSTANTIATE_TEST_SUITE_P(Rows, P04_d_Http2Connect,
                         testing::Values(BadConnect{"WithoutPort", connect_to("x"),
                                                    "CONNECT names no host and port: &quot;x&quot;"},
                                         BadConnect{"PortIsNoNumber", connect_to("x:y"), "400 Bad Request"},
                                         BadConnect{"WithoutHost", connect_to(":80"), "400 Bad Request"},
                                         BadConnect{"P06_g_WhereNobodyKnowsOfTheProxy", connect_to("x:80"),
                                                    "this one runs in another mode", HttpMode::transparent},
                                         BadConnect{"OfAnotherProtocol",
                                                    headers(1,
                                                            {{":method", "CONNECT"},
                                                             {":protocol", "connect-udp"},
                                                             {":scheme", "https"},
                                                             {":path", "/"},
                                                             {":authority", "x"}},
                                                            flag::end_headers),
                                                    "501 Not Implemented"}),
                         row_name);

}  // namespace
}  // namespace pathology::proxycore::layers
