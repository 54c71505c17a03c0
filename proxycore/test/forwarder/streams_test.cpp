// Large content, and WebSockets: neither is kept, and both hold their slot until their end.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <string>

#include "forwarder/forwarder_fixture.hpp"
#include "proxy/origin.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using proxy::test::Origin;
using test::ForwarderFixture;
using test::get_of;
using test::TestClient;

constexpr char page[] = "http://origin.test/x";

constexpr std::size_t large = 100 << 20;
constexpr std::size_t max_ahead = 32 << 20;  // buffers of the kernel, and those of the proxy

boost::asio::awaitable<void> send_large(net::Stream& stream, std::atomic<std::size_t>& sent) {
    co_await proxy::test::read_head(stream);
    auto const head = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(large) + "\r\n\r\n";
    co_await net::send(stream, head);
    std::string const block(1 << 20, 'x');
    while (sent < large) {
        co_await net::send(stream, block);
        sent += block.size();
    }
}

/// The origin gets no further ahead of the client than buffers are large, and nothing is kept.
TEST(ForwarderLimits, P86_g_ALargeResponseStreams) {
    std::atomic<std::size_t> sent = 0;
    Origin const upstream(
        [&](net::Stream& stream) -> boost::asio::awaitable<void> { co_await send_large(stream, sent); });
    ForwarderFixture forwarder;
    forwarder.choose(upstream.port());
    forwarder.start();
    TestClient client(forwarder.port());
    client.send(get_of(page));
    std::string head;
    while (head.find("\r\n\r\n") == head.npos) {
        auto const piece = client.read_some();
        ASSERT_FALSE(piece.empty());
        head += piece;
    }
    EXPECT_EQ(forwarder.statistics().forwarded, 1U);  // held until the response ends
    auto received = head.size() - head.find("\r\n\r\n") - 4;
    std::size_t ahead = 0;
    while (received < large) {
        auto const piece = client.read_some();
        ASSERT_FALSE(piece.empty());
        received += piece.size();
        ahead = std::max(ahead, sent - std::min(sent.load(), received));
    }
    EXPECT_LT(ahead, max_ahead);
    EXPECT_EQ(forwarder.activity(), "200 42");
    EXPECT_TRUE(forwarder.wait_until([](auto const& now) { return now.forwarded == 0; }));
    EXPECT_TRUE(forwarder.fixture.recorder->wait_for("response"));
    EXPECT_EQ(forwarder.fixture.recorder->http_flows().at(0)->response->raw_content, std::nullopt);
}

constexpr char upgrade[] =
    "GET http://origin.test/chat HTTP/1.1\r\nHost: origin.test\r\nAuthorization: Bearer t\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
constexpr char switched[] =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// A tunnel, then a WebSocket that sends back what it gets.
boost::asio::awaitable<void> serve_websocket(net::Stream& stream) {
    co_await proxy::test::read_head(stream);
    co_await net::send(stream, "HTTP/1.1 200 OK\r\n\r\n");
    co_await proxy::test::read_head(stream);
    co_await net::send(stream, switched);
    co_await net::send(stream, std::string("\x81\x02hi", 4));
    co_await proxy::test::read_head(stream);  // until the end
}

struct UpgradeCase {
    char const* name;
    char const* option;
};
void PrintTo(UpgradeCase const& row, std::ostream* out) { *out << row.name; }
class ForwarderUpgrade : public testing::TestWithParam<UpgradeCase> {};

/// Recorded, and as bytes.
TEST_P(ForwarderUpgrade, HoldsItsSlotUntilTheWebSocketEnds) {
    Origin const upstream(serve_websocket);
    ForwarderFixture forwarder;
    forwarder.choose(upstream.port());
    forwarder.fixture.set(GetParam().option);
    forwarder.start();
    {
        TestClient client(forwarder.port());
        EXPECT_EQ(client.request(upgrade).status, 101U);
        EXPECT_EQ(client.read(4), std::string("\x81\x02hi", 4));
        EXPECT_EQ(forwarder.activity(), "101 42");
        EXPECT_EQ(forwarder.statistics().forwarded, 1U);
        client.close(net::CloseMode::reset);
    }
    EXPECT_TRUE(forwarder.wait_until([](auto const& now) { return now.forwarded == 0; }));
    EXPECT_EQ(forwarder.backend.asked("/activity").size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Forwarder, ForwarderUpgrade,
                         testing::Values(UpgradeCase{"WebSocket", "websocket=true"},
                                         UpgradeCase{"Bytes", "websocket=false"}),
                         [](auto const& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace pathology::proxycore::forwarder
