// What takes long, is large or ends badly: slots, streams, WebSockets, the refresh of the blacklist, a slow backend.
#include <gmock/gmock.h>

#include <sys/resource.h>
#include <pathology/proxycore/async/timeout.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "forwarder/forwarder_fixture.hpp"
#include "proxy/origin.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using namespace std::chrono_literals;
using proxy::test::Origin;
using test::ForwarderFixture;
using test::get_of;
using test::TestClient;
using testing::HasSubstr;

constexpr char page[] = "http://origin.test/x";
constexpr char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/// Asks until the predicate is true; false after 20 seconds.
template <class Predicate> bool wait_for(Predicate predicate) {
    auto const end = std::chrono::steady_clock::now() + 20s;
    while (!predicate() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(5ms);
    return predicate();
}

/// Holds each request until it is opened, and counts how many it has at a time.
struct Gate {
    boost::asio::awaitable<void> serve(net::Stream& stream) {
        co_await proxy::test::read_head(stream);
        most = std::max(most.load(), ++open);
        while (!is_open) co_await async::pause(1ms);
        --open;
        co_await net::send(stream, ok);
    }
    std::atomic<int> open = 0, most = 0;
    std::atomic<bool> is_open = false;
    Origin upstream{[this](net::Stream& stream) -> boost::asio::awaitable<void> { co_await serve(stream); }};
};

// --- slots -----------------------------------------------------------------------------------------------------------

TEST(ForwarderLimits, P89_d_NoMoreRequestsThanSlotsAreForwarded) {
    Gate gate;
    ForwarderFixture forwarder("MAX_CONCURRENT_REQUESTS=2");
    forwarder.choose(gate.upstream.port());
    forwarder.start();
    std::vector<std::unique_ptr<TestClient>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<TestClient>(forwarder.port()));
        clients.back()->send(get_of(page));
    }
    EXPECT_TRUE(wait_for([&] {
        auto const now = forwarder.statistics();
        return now.forwarded == 2 && now.waiting == 2 && gate.open == 2;
    }));
    gate.is_open = true;
    for (auto const& client : clients) EXPECT_EQ(client->read_response().body, "ok");
    EXPECT_EQ(gate.most, 2);
    EXPECT_EQ(forwarder.activities(4).size(), 4U);
    EXPECT_EQ(forwarder.statistics().forwarded, 0U);
}

/// Sends a piece of an event stream again and again until it is opened.
boost::asio::awaitable<void> drip(net::Stream& stream, std::atomic<bool> const& is_open) {
    co_await proxy::test::read_head(stream);
    co_await net::send(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    while (!is_open) {
        co_await net::send(stream, "data: x\n\n");
        co_await async::pause(20ms);
    }
}

TEST(ForwarderLimits, P86_a_NoSlotInTimeIs504) {
    std::atomic<bool> is_open = false;
    Origin const upstream([&](net::Stream& stream) -> boost::asio::awaitable<void> { co_await drip(stream, is_open); });
    ForwarderFixture forwarder("MAX_CONCURRENT_REQUESTS=1\nHTTPX_TIMEOUT=1");
    forwarder.choose(upstream.port());
    forwarder.start();
    TestClient first(forwarder.port());
    first.send(get_of(page));
    EXPECT_THAT(first.read_some(), HasSubstr("200 OK"));
    auto const refused = forwarder.get(page);
    EXPECT_EQ(refused.status, 504U);
    EXPECT_THAT(refused.body, HasSubstr("too many requests at a time"));
    EXPECT_EQ(forwarder.backend.asked("/proxy").size(), 1U);
    is_open = true;
    EXPECT_THAT(first.read_to_end(), HasSubstr("data: x"));
    EXPECT_EQ(forwarder.get(page).status, 200U);
}

/// A client that waits for a slot and leaves takes none with it.
TEST(ForwarderLimits, AClientThatLeavesTheQueueLosesItsPlace) {
    Gate gate;
    ForwarderFixture forwarder("MAX_CONCURRENT_REQUESTS=1");
    forwarder.choose(gate.upstream.port());
    forwarder.start();
    TestClient first(forwarder.port());
    first.send(get_of(page));
    EXPECT_TRUE(wait_for([&] { return gate.open == 1; }));
    {
        TestClient second(forwarder.port());
        second.send(get_of(page));
        EXPECT_TRUE(wait_for([&] { return forwarder.statistics().waiting == 1; }));
        second.close(net::CloseMode::reset);
    }
    EXPECT_TRUE(wait_for([&] { return forwarder.statistics().waiting == 0; }));
    gate.is_open = true;
    EXPECT_EQ(first.read_response().status, 200U);
    EXPECT_EQ(forwarder.activities(2).size(), 2U);
    EXPECT_EQ(forwarder.statistics().forwarded, 0U);
}

// --- streams and WebSockets ------------------------------------------------------------------------------------------

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
    EXPECT_TRUE(wait_for([&] { return forwarder.statistics().forwarded == 0; }));
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
    EXPECT_TRUE(wait_for([&] { return forwarder.statistics().forwarded == 0; }));
    EXPECT_EQ(forwarder.backend.asked("/activity").size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Forwarder, ForwarderUpgrade,
                         testing::Values(UpgradeCase{"WebSocket", "websocket=true"},
                                         UpgradeCase{"Bytes", "websocket=false"}),
                         [](auto const& row) { return std::string(row.param.name); });

// --- the blacklist ---------------------------------------------------------------------------------------------------

constexpr char rule[] = R"([{"id":1,"pattern":"origin"}])";

TEST(ForwarderLimits, P88_b_ANewRuleIsInForceAfterTheInterval) {
    Origin const upstream("hello");
    ForwarderFixture forwarder("BLACKLIST_REFRESH_SECONDS=1");
    forwarder.choose(upstream.port());
    forwarder.start();
    EXPECT_EQ(forwarder.get(page).status, 200U);
    forwarder.backend.respond("/blacklist", 200, rule);
    EXPECT_TRUE(forwarder.fixture.wait_for_log("Refreshed blacklist cache with 1 patterns"));
    EXPECT_EQ(forwarder.get(page).status, 403U);
}

struct RefreshCase {
    char const* name;
    std::function<void(test::ScriptedBackend&)> script;
    char const* line;
};
void PrintTo(RefreshCase const& row, std::ostream* out) { *out << row.name; }
class ForwarderRefresh : public testing::TestWithParam<RefreshCase> {};

TEST_P(ForwarderRefresh, P88_c_ThatFailsKeepsTheRules) {
    ForwarderFixture forwarder("BLACKLIST_REFRESH_SECONDS=1\nHTTPX_TIMEOUT=0.5");
    forwarder.backend.respond("/blacklist", 200, rule);
    forwarder.start();
    GetParam().script(forwarder.backend);
    EXPECT_TRUE(forwarder.fixture.wait_for_log(GetParam().line));
    EXPECT_EQ(forwarder.get(page).status, 403U);
}

INSTANTIATE_TEST_SUITE_P(
    Forwarder, ForwarderRefresh,
    testing::Values(
        RefreshCase{"Down", [](auto& b) { b.close("/blacklist"); },
                    "warn: addon forwarder: the blacklist cannot be refreshed, the 1 patterns from before stay"},
        RefreshCase{"Silent", [](auto& b) { b.hang("/blacklist"); },
                    "warn: addon forwarder: the blacklist cannot be refreshed"},
        RefreshCase{"ServerError", [](auto& b) { b.respond("/blacklist", 500); },
                    "GET /blacklist of the backend responded 500"},
        RefreshCase{"BadJson", [](auto& b) { b.respond("/blacklist", 200, "{}"); }, "it is not a JSON array"},
        RefreshCase{"Unauthorized", [](auto& b) { b.respond("/blacklist", 401); },
                    "error: addon forwarder: the blacklist cannot be refreshed"},
        RefreshCase{"Forbidden", [](auto& b) { b.respond("/blacklist", 403); },
                    "error: addon forwarder: the blacklist cannot be refreshed"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(ForwarderLimits, P88_d_AnEmptyListClearsTheRules) {
    Origin const upstream("hello");
    ForwarderFixture forwarder("BLACKLIST_REFRESH_SECONDS=1");
    forwarder.choose(upstream.port());
    forwarder.backend.respond("/blacklist", 200, rule);
    forwarder.start();
    EXPECT_EQ(forwarder.get(page).status, 403U);
    forwarder.backend.respond("/blacklist", 200, "[]");
    EXPECT_TRUE(forwarder.fixture.wait_for_log("Refreshed blacklist cache with 0 patterns"));
    EXPECT_EQ(forwarder.get(page).status, 200U);
}

TEST(ForwarderLimits, P88_c_TheStartWaitsForASilentBackendUpToTheTimeout) {
    ForwarderFixture forwarder("HTTPX_TIMEOUT=0.3");
    forwarder.backend.hang("/blacklist");
    forwarder.start();
    EXPECT_TRUE(
        forwarder.fixture.wait_for_log("warn: addon forwarder: the blacklist cannot be refreshed, no URL is blocked"));
    EXPECT_EQ(forwarder.get(page).status, 502U);
}

// --- activities ------------------------------------------------------------------------------------------------------

/// More than are posted at a time: each would wait for the one before it.
TEST(ForwarderLimits, P89_a_ASilentActivityLogDelaysNothing) {
    Origin const upstream("hello");
    ForwarderFixture forwarder("HTTPX_TIMEOUT=60");
    forwarder.choose(upstream.port());
    forwarder.backend.hang("/activity");
    forwarder.start();
    auto const begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i) EXPECT_EQ(forwarder.get(page).status, 200U);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
    EXPECT_EQ(forwarder.backend.wait_for("/activity", 4).size(), 4U);
    auto const stopping = std::chrono::steady_clock::now();
    forwarder.fixture.proxy.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - stopping, 10s);
    EXPECT_TRUE(forwarder.fixture.wait_for_log("10 activities did not reach the backend"));
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
