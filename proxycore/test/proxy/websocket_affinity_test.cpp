// WebSockets through the proxies of a selector: which one each uses, and that no entry of a table outlives them (P82).
#include <gmock/gmock.h>

#include <deque>
#include <functional>
#include <pathology/proxycore/multiupstream/selector.hpp>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "support/play.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using multiupstream::Configuration;
using multiupstream::Rule;
using multiupstream::Upstream;
using proxycore::test::patience;
using test::Origin;
using test::ProxyFixture;
using test::TestClient;
using testing::ElementsAre;
using testing::HasSubstr;

std::string const greeting("\x81\x02hi", 4);            // of the server: text
std::string const client_close("\x88\x80\0\0\0\0", 6);  // masked
std::string const server_close("\x88\0", 2);

/// A server that takes WebSockets, greets, and ends with its client.
asio::awaitable<void> serve_websocket(net::Stream& stream) {
    co_await test::read_head(stream);
    co_await net::send(stream,
                       "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                       "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n" +
                           greeting);
    std::string block(64, '\0');
    auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
    if (!ec) co_await net::send(stream, server_close);
}

/// Two upstream proxies of the same weight for every target.
class WebSocketAffinity : public testing::Test {
protected:
    WebSocketAffinity() {
        Configuration configuration;
        for (auto& upstream : upstreams) {
            upstream.set("ignore_hosts=.").start();
            Upstream made;
            made.name = "upstream" + std::to_string(configuration.upstreams.size());
            made.hops = {{tunnel::Hop::Protocol::http, false, {"127.0.0.1", upstream.port()}, {}, made.name}};
            made.rules = {Rule{Rule::Kind::by_default}};
            configuration.upstreams.push_back(std::move(made));
        }
        selector = std::make_shared<multiupstream::Selector>(std::move(configuration));
        fixture.proxy.set_selector(selector);
        fixture.start();
    }

    /// A WebSocket of a connection of its own.
    TestClient& open(std::string const& host) {
        auto& client = clients.emplace_back(fixture.port());
        auto const authority = host + ":" + std::to_string(origin.port());
        auto const response = client.request("GET http://" + authority + "/chat HTTP/1.1\r\nHost: " + authority +
                                             "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
                                             "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        EXPECT_EQ(response.status, 101U);
        EXPECT_EQ(client.read(greeting.size()), greeting);
        return client;
    }
    /// How many connections each upstream has had.
    std::vector<std::size_t> used() const {
        return {upstreams[0].recorder->count("client_connected"), upstreams[1].recorder->count("client_connected")};
    }
    multiupstream::Statistics statistics() {
        multiupstream::Statistics found;
        fixture.proxy.perform([&] { found = selector->statistics(); });
        return found;
    }
    void expect_empty_tables(multiupstream::Statistics const& found) {
        EXPECT_EQ(found.websocket_affinities, 0U);
        EXPECT_EQ(found.affinities, 0U);
        EXPECT_EQ(found.clients, 0U);
        for (auto const& upstream : found.upstreams) EXPECT_EQ(upstream.open, 0U) << upstream.name;
    }

    Origin const origin{serve_websocket};
    std::array<ProxyFixture, 2> upstreams;
    std::shared_ptr<multiupstream::Selector> selector;
    ProxyFixture fixture;
    std::deque<TestClient> clients;
};

TEST_F(WebSocketAffinity, P82_b_OfOneAddressToOneHostIsOneProxy) {
    open("127.0.0.1");
    open("127.0.0.1");
    EXPECT_THAT(used(), ElementsAre(2U, 0U));
    EXPECT_EQ(statistics().websocket_affinities, 1U);
    open("localhost");  // in turn
    EXPECT_THAT(used(), ElementsAre(2U, 1U));
    EXPECT_EQ(statistics().websocket_affinities, 2U);
    open("localhost");
    open("127.0.0.1");
    EXPECT_THAT(used(), ElementsAre(3U, 2U));
}

TEST_F(WebSocketAffinity, P82_c_EndsWithTheLastOfThem) {
    auto& first = open("127.0.0.1");
    auto& second = open("127.0.0.1");
    first.send(client_close);
    EXPECT_EQ(first.read_to_end(), server_close);
    EXPECT_TRUE(fixture.recorder->wait_for("client_disconnected", 1));
    EXPECT_EQ(statistics().websocket_affinities, 1U);
    open("127.0.0.1");
    EXPECT_THAT(used(), ElementsAre(3U, 0U));
    for (auto* const client : {&second, &clients.back()}) {
        client->send(client_close);
        EXPECT_EQ(client->read_to_end(), server_close);
    }
    EXPECT_TRUE(fixture.proxy.wait_until_empty(patience));
    expect_empty_tables(statistics());
    open("127.0.0.1");  // chosen anew, in turn
    EXPECT_THAT(used(), ElementsAre(3U, 1U));
}

TEST_F(WebSocketAffinity, P82_d_EndsWithAKilledClient) {
    for (int i = 0; i < 3; ++i) open("127.0.0.1");
    for (auto& client : clients) client.close(net::CloseMode::reset);
    EXPECT_TRUE(fixture.proxy.wait_until_empty(patience));
    expect_empty_tables(statistics());
}

TEST_F(WebSocketAffinity, P82_EndsWithItsProxy) {
    open("127.0.0.1");
    open("127.0.0.1");
    upstreams[0].proxy.stop();
    for (auto& client : clients) client.read_to_end();
    EXPECT_TRUE(fixture.proxy.wait_until_empty(patience));
    expect_empty_tables(statistics());
}

TEST_F(WebSocketAffinity, P82_EndsWithTheProgram) {
    open("127.0.0.1");
    open("localhost");
    fixture.proxy.stop();
    expect_empty_tables(selector->statistics());
}

}  // namespace
}  // namespace pathology::proxycore::proxy
