// Clients that were told to use a proxy.
#include <gmock/gmock.h>

#include <atomic>
#include <pathology/proxycore/layers/error_status.hpp>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "support/free_port.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using proxycore::test::patience;
using test::Origin;
using test::ProxyFixture;
using test::TestClient;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

std::string get(std::string const& target, std::string const& fields = "Host: origin.test\r\n") {
    return "GET " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}

TEST(RegularProxy, P03_a_PassesFieldsInOrderAndSpelling) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.start();
    std::string const fields =
        "hOST: " + origin.where() + "\r\nX-b: 2\r\nx-A:  1 \r\nX-b: 3\r\nConnection: Keep-Alive\r\n";
    auto const response_text = TestClient(fixture.port()).request(get(origin.url() + "/path?x=1", fields));
    EXPECT_EQ(response_text.status, 200U);
    EXPECT_EQ(response_text.body, "origin");
    std::string const trimmed =
        "hOST: " + origin.where() + "\r\nX-b: 2\r\nx-A: 1\r\nX-b: 3\r\nConnection: Keep-Alive\r\n";
    EXPECT_THAT(origin.asked(), ElementsAre(get("/path?x=1", trimmed)));
}

TEST(RegularProxy, P03_b_ServesSeveralOriginsOverOneConnection) {
    Origin const first("first"), second("second");
    ProxyFixture fixture;
    fixture.start();
    TestClient client(fixture.port());
    for (auto const* origin : {&first, &second, &first, &second, &first}) {
        auto const response_text = client.request(get(origin->url() + "/"));
        EXPECT_EQ(response_text.body, origin == &first ? "first" : "second");
    }
    EXPECT_EQ(first.accepted(), 1U);
    EXPECT_EQ(second.accepted(), 1U);
    EXPECT_EQ(fixture.recorder->count("client_connected"), 1U);
}

TEST(RegularProxy, P03_c_NamesATargetThatRefuses) {
    ProxyFixture fixture;
    fixture.start();
    auto const where = "127.0.0.1:" + std::to_string(pathology::test::free_port());
    TestClient client(fixture.port());
    auto const response_text = client.request(get("http://" + where + "/"));
    EXPECT_EQ(response_text.status, 502U);
    EXPECT_THAT(response_text.body, HasSubstr(where));
    ASSERT_TRUE(fixture.recorder->wait_for("client_disconnected"));
    EXPECT_THAT(fixture.recorder->http_flows().at(0)->error->message, HasSubstr("connection refused"));
    EXPECT_THAT(fixture.recorder->hooks(),
                ElementsAre("client_connected", "requestheaders", "request", "server_connect", "server_connect_error",
                            "error", "client_disconnected"));
}

TEST(RegularProxy, P03_d_GoesByTheHostFieldWithoutAnAbsoluteTarget) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.start();
    EXPECT_EQ(TestClient(fixture.port()).request(get("/x", "Host: " + origin.where() + "\r\n")).body, "origin");
    EXPECT_EQ(TestClient(fixture.port()).request("GET /x HTTP/1.1\r\n\r\n").status, 400U);
}

TEST(RegularProxy, P03_e_IsReachedOverTls) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.start();
    TestClient client(fixture.port());
    client.start_tls("proxy.test");
    EXPECT_EQ(client.request(get(origin.url() + "/")).body, "origin");
}

/// Two proxies, each of which forwards to the other.
TEST(RegularProxy, A20_ALoopOfProxiesIsBounded) {
    constexpr std::size_t max = 20;
    auto const port = pathology::test::free_port();
    ProxyFixture first({"upstream:http://127.0.0.1:" + std::to_string(port)});
    first.set("max_servers_per_address=" + std::to_string(max)).start();
    ProxyFixture second({"upstream:http://" + first.where() + "@127.0.0.1:" + std::to_string(port)});
    second.set("max_servers_per_address=" + std::to_string(max)).start();
    auto const response = TestClient(first.port()).request(get("http://origin.test/"));
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, HasSubstr("max_servers_per_address"));
    EXPECT_LE(first.recorder->count("server_connected"), max);
    EXPECT_LE(second.recorder->count("server_connected"), max);
}

struct Ourselves {
    std::string_view name, host;
};
class P03_f_Ourselves : public testing::TestWithParam<Ourselves> {};
TEST_P(P03_f_Ourselves, AreNotAsked) {
    ProxyFixture fixture;
    fixture.start();
    auto const target = "http://" + std::string(GetParam().host) + ":" + std::to_string(fixture.port()) + "/";
    auto const response_text = TestClient(fixture.port()).request(get(target));
    EXPECT_EQ(response_text.status, 502U);
    EXPECT_THAT(response_text.body, HasSubstr("the proxy itself"));
    EXPECT_THAT(response_text.body, HasSubstr("curl -x http://")) << "B10";
}
INSTANTIATE_TEST_SUITE_P(Names, P03_f_Ourselves,
                         testing::Values(Ourselves{"Address", "127.0.0.1"}, Ourselves{"Name", "LocalHost"},
                                         Ourselves{"Anything", "0.0.0.0"}, Ourselves{"Mapped", "[::ffff:127.0.0.1]"}),
                         [](auto const& row) { return std::string(row.param.name); });

TEST(RegularProxy, P01_b_PicksAFreePortAndReportsWhich) {
    ProxyFixture fixture;
    fixture.start();
    EXPECT_NE(fixture.port(), 0U);
    EXPECT_TRUE(fixture.wait_for_log("info: HTTP(S) proxy listening at " + fixture.where() + "."));
    TestClient const client(fixture.port());
}

TEST(RegularProxy, P01_c_AClientThatAnAddonTurnsAwayReadsTheEnd) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.recorder->on_client_connected = [](flow::Client& client) { client.error = "not you"; };
    fixture.start();
    TestClient client(fixture.port());
    client.send(get(origin.url() + "/"));
    EXPECT_EQ(client.read_to_end(), "");
    ASSERT_TRUE(fixture.recorder->wait_for("client_disconnected"));
    EXPECT_EQ(origin.accepted(), 0U);
    EXPECT_TRUE(fixture.wait_for_log("warn: not you"));
}

TEST(RegularProxy, P01_ConnectionsEndWithTheirClient) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.start();
    {
        TestClient client(fixture.port());
        EXPECT_EQ(client.request(get(origin.url() + "/")).status, 200U);
    }
    EXPECT_TRUE(fixture.proxy.wait_until_empty(patience));
    EXPECT_THAT(fixture.recorder->hooks(),
                ElementsAre("client_connected", "requestheaders", "request", "server_connect", "server_connected",
                            "responseheaders", "response", "server_disconnected", "client_disconnected"));
    EXPECT_THAT(fixture.log(), HasSubstr("info: server connect " + origin.where()));
    EXPECT_THAT(fixture.log(), HasSubstr("info: server disconnect " + origin.where()));
}

TEST(RegularProxy, P30_RecordsWhatHappenedToItsConnections) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.start();
    std::string local;
    {
        TestClient client(fixture.port());
        local = client.local();
        EXPECT_EQ(client.request(get("http://localhost:" + std::to_string(origin.port()) + "/")).status, 200U);
    }
    ASSERT_TRUE(fixture.recorder->wait_for("client_disconnected"));
    auto const server = fixture.recorder->servers().at(0);
    auto const client = fixture.recorder->clients().at(0);
    EXPECT_EQ(to_string(*client.peername), local);
    EXPECT_EQ(to_string(*client.sockname), fixture.where());
    EXPECT_EQ(client.proxy_mode, "regular");
    EXPECT_EQ(server.address()->host, "localhost");
    EXPECT_EQ(to_string(*server.peername), origin.where());
    EXPECT_LE(*client.timestamp_start, *server.timestamp_start);
    EXPECT_LE(*server.timestamp_start, *server.timestamp_tcp_setup);
    EXPECT_LE(*server.timestamp_tcp_setup, *server.timestamp_end);
    EXPECT_LE(*server.timestamp_end, *client.timestamp_end);
    EXPECT_EQ(server.state, flow::ConnectionState::closed);
    EXPECT_EQ(client.state, flow::ConnectionState::closed);
}

TEST(RegularProxy, P40_c_AnAddonMayCancelAConnection) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.recorder->on_server_connect = [](addons::ServerConnectionData& data) { data.server.error = "not there"; };
    fixture.start();
    auto const response_text = TestClient(fixture.port()).request(get(origin.url() + "/"));
    EXPECT_EQ(response_text.status, 502U);
    EXPECT_THAT(response_text.body, HasSubstr("not there"));
    EXPECT_EQ(origin.accepted(), 0U);
    EXPECT_EQ(fixture.recorder->count("server_connect_error"), 1U);
}

TEST(RegularProxy, P11_AResponseOfAnAddonNeedsNoServer) {
    ProxyFixture fixture;
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow& flow) {
        flow.response = flow::Response::make(418, "short");
    };
    fixture.start();
    EXPECT_EQ(TestClient(fixture.port()).request(get("http://nowhere.test/")).status, 418U);
    EXPECT_EQ(fixture.recorder->count("server_connect"), 0U);
}

TEST(RegularProxy, P11_c_ReplacesAConnectionThatItsServerLetGo) {
    std::atomic<int> connections = 0;
    Origin const origin([&connections](net::Stream& stream) -> asio::awaitable<void> {
        ++connections;
        std::string block(4096, '\0');
        co_await stream.read_some(asio::buffer(block));
        co_await net::send(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    ProxyFixture fixture;
    fixture.start();
    TestClient client(fixture.port());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(client.request(get(origin.url() + "/")).body, "ok");
    EXPECT_EQ(connections, 3);
}

TEST(RegularProxy, P11_e_AnAddonMayLeadOneRequestElsewhere) {
    Origin const first("first"), second("second");
    ProxyFixture fixture;
    fixture.recorder->on_hook["request"] = [&](flow::HttpFlow& flow) {
        if (flow.request.path == "/other") flow.request.set_port(second.port());
    };
    fixture.start();
    TestClient client(fixture.port());
    EXPECT_EQ(client.request(get(first.url() + "/")).body, "first");
    EXPECT_EQ(client.request(get(first.url() + "/other")).body, "second");
    EXPECT_EQ(client.request(get(first.url() + "/")).body, "first");
    EXPECT_EQ(first.accepted(), 1U);
}

TEST(RegularProxy, AddonsKnowTheStatusOfAnErrorPage) {
    Origin const stalled([](net::Stream& stream) -> asio::awaitable<void> {
        co_await test::read_head(stream);
        co_await test::read_head(stream);  // until the proxy ends
    });
    std::vector<unsigned> statuses;
    ProxyFixture fixture;
    fixture.recorder->on_hook["error"] = [&](flow::HttpFlow& flow) { statuses.push_back(layers::error_status(flow)); };
    fixture.set("tcp_timeout=1").start();
    auto const closed = "http://127.0.0.1:" + std::to_string(pathology::test::free_port());
    EXPECT_EQ(TestClient(fixture.port()).request(get(closed + "/")).status, 502U);
    EXPECT_EQ(TestClient(fixture.port()).request(get(stalled.url() + "/")).status, 504U);
    EXPECT_EQ(TestClient(fixture.port()).request("GET / HTTP/1.1\r\nHost: a b\r\n\r\n").status, 400U);
    fixture.proxy.stop();
    EXPECT_THAT(statuses, ElementsAre(502U, 504U, 400U));
}

TEST(RegularProxy, P17_a_AnIdleClientIsLetGo) {
    ProxyFixture fixture;
    fixture.set("tcp_timeout=1").start();
    EXPECT_EQ(TestClient(fixture.port()).read_to_end(), "");
    EXPECT_TRUE(fixture.recorder->wait_for("client_disconnected"));
}

TEST(RegularProxy, StopsWhileAServerStalls) {
    Origin const origin([](net::Stream& stream) -> asio::awaitable<void> {
        std::string block(4096, '\0');
        for (;;) {
            auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
            if (ec) co_return;
        }
    });
    ProxyFixture fixture;
    fixture.start();
    TestClient client(fixture.port());
    client.send(get(origin.url() + "/"));
    ASSERT_TRUE(fixture.recorder->wait_for("server_connected"));
    fixture.proxy.stop();
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(fixture.recorder->count("error"), 1U);
    EXPECT_EQ(fixture.recorder->count("server_disconnected"), 1U);
    EXPECT_EQ(fixture.recorder->count("client_disconnected"), 1U);
    EXPECT_EQ(fixture.port(), 0U);
}

}  // namespace
}  // namespace pathology::proxycore::proxy
