// WebSockets that exchanges open on servers of HTTP/2 (RFC 8441).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/proxycore/websocket/handshake.hpp>

#include "layers/http2/http2_line.hpp"

namespace pathology::proxycore::layers {
namespace {

using namespace http2::test;
using test::Line;
using test::message_of;
using test::request_to;
using test::response;
using test::with_line;
using testing::StartsWith;

flow::Request websocket_request() {
    return request_to("https://origin.test/chat", "GET",
                      {{"Connection", "Upgrade"},
                       {"Upgrade", "websocket"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                       {"Sec-WebSocket-Version", "13"}});
}

TEST(Http2Server, OpensAWebSocketByExtendedConnect) {
    http2::SessionSettings settings;
    settings.extended_connect = true;
    auto const conversation = [](Line& line) -> asio::awaitable<void> {
        co_await line.origin.flush();
        auto const stream = line.server.ask();
        auto const request = websocket_request();
        auto const sent = co_await stream->send(request);
        EXPECT_TRUE(sent.has_value()) << message_of(sent);
        co_await line.origin.read_until("request");
        EXPECT_EQ(line.origin.server.log, "1 request CONNECT /chat origin.test sec-websocket-version=13\n");
        TextContent back("polo", false);
        line.origin.server.session.respond(1, response(200), &back);
        co_await line.origin.flush();
        auto const head = co_await stream->read_head();
        EXPECT_TRUE(websocket::check_response(head.value(), "dGhlIHNhbXBsZSBub25jZQ==").has_value());
        auto const tunnel = stream->take_over();
        std::array<char, 16> bytes{};
        auto const [ec, n] = co_await tunnel->read_some(asio::buffer(bytes));
        EXPECT_EQ(std::string_view(bytes.data(), n), "polo");
        auto const failed = co_await net::send(*tunnel, "marco");
        EXPECT_FALSE(failed);
        co_await line.origin.read_until("1 data 'marco'");
        tunnel->close(net::CloseMode::half_close);
        co_await line.origin.read_until("1 end");
        back.add("", true);
        line.origin.server.session.resume(1);
        co_await line.origin.flush();
        auto const end = co_await tunnel->read_some(asio::buffer(bytes));
        EXPECT_TRUE(end.is_end());
    };
    with_line(conversation, settings);
}

TEST(Http2Server, SendsNoFramingOfABodyWithAnExtendedConnect) {
    http2::SessionSettings settings;
    settings.extended_connect = true;
    auto const conversation = [](Line& line) -> asio::awaitable<void> {
        co_await line.origin.flush();
        auto const stream = line.server.ask();
        auto request = websocket_request();
        request.headers.add("Content-Length", "0");
        request.raw_content.emplace();
        co_await stream->send(request);
        co_await line.origin.read_until("request");
        EXPECT_EQ(line.origin.server.log, "1 request CONNECT /chat origin.test sec-websocket-version=13\n");
    };
    with_line(conversation, settings);
}

struct NoUpgrade {
    std::string_view name, method, content, log;
};
void PrintTo(NoUpgrade const& row, std::ostream* out) { *out << row.name; }

class P16_NoWebSocket : public testing::TestWithParam<NoUpgrade> {};

/// RFC 6455 §4.1 item 2: an opening handshake is a GET.
TEST_P(P16_NoWebSocket, GoesOnAsAPlainRequest) {
    http2::SessionSettings settings;
    settings.extended_connect = true;
    auto const conversation = [](Line& line) -> asio::awaitable<void> {
        co_await line.origin.flush();
        auto const stream = line.server.ask();
        auto request = websocket_request();
        request.raw_method = GetParam().method;
        request.raw_content = GetParam().content;
        co_await stream->send(request);
        co_await line.origin.read_until("1 end");
        EXPECT_THAT(line.origin.server.log, StartsWith(std::string(GetParam().log)));
    };
    with_line(conversation, settings);
}
INSTANTIATE_TEST_SUITE_P(Rows, P16_NoWebSocket,
                         testing::Values(NoUpgrade{"Post", "POST", "", "1 request POST /chat"},
                                         NoUpgrade{"WithContent", "GET", "x", "1 request GET /chat"}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(Http2Server, ReportsThatAServerTakesNoWebSockets) {
    with_line([](Line& line) -> asio::awaitable<void> {
        co_await line.origin.flush();
        auto const stream = line.server.ask();
        auto const request = websocket_request();
        auto const sent = co_await stream->send(request);
        EXPECT_EQ(message_of(sent), "the server origin.test:443 takes no WebSockets over HTTP/2");
        auto const head = co_await stream->read_head();
        EXPECT_EQ(message_of(head), message_of(sent));
    });
}

}  // namespace
}  // namespace pathology::proxycore::layers
