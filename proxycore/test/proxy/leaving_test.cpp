// Clients that leave while their server is still being connected: nobody waits for it any more.
#include <gmock/gmock.h>

#include <future>
#include <pathology/proxycore/tls/context.hpp>
#include <pathology/proxycore/tls/engine.hpp>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "support/network_namespace.hpp"
#include "support/play.hpp"
#include "support/row_name.hpp"
#include "support/silent_address.hpp"
#include "support/silent_name_server.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using net::CloseMode;
using test::Origin;
using test::ProxyFixture;
using test::TestClient;
using testing::HasSubstr;

using Names = std::vector<std::string>;

std::string get(std::string const& target) { return "GET " + target + " HTTP/1.1\r\nHost: origin.test\r\n\r\n"; }
std::string connect_to(std::string const& where) { return "CONNECT " + where + " HTTP/1.1\r\n\r\n"; }
std::string at(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

/// Greeting and request of SOCKS5, without waiting for the responses.
std::string socks_to(std::uint16_t port) {
    std::string text("\x05\x01\x00\x05\x01\x00\x01\x7f\x00\x00\x01", 11);
    text += static_cast<char>(port >> 8);
    return text + static_cast<char>(port & 0xff);
}

/// Of a client that names no host, so that the certificate it gets depends on the server.
std::string client_hello() {
    auto const context = tls::ConnectContext::make({}).value();
    tls::Engine engine(context, tls::ServerName::of("127.0.0.1"));
    engine.handshake();
    std::string bytes;
    engine.take_outgoing(bytes);
    return bytes;
}

/// Hooks about servers and ends of flows; what comes before them is the same everywhere.
Names calls_of(test::HookRecorder const& recorder) {
    Names reported;
    for (auto const& call : recorder.hooks())
        if (call.starts_with("server") || call == "error" || call == "tcp_error") reported.push_back(call);
    return reported;
}

// --- where TCP gets no response ----------------------------------------------------------------------------------------

struct Unanswered {
    std::string name;
    Names settings;
    std::function<std::string(std::uint16_t port)> mode;
    std::function<void(TestClient& client, std::uint16_t port)> begin;
    Names reported;
    CloseMode how = CloseMode::reset;
};

std::string regular(std::uint16_t) { return "regular"; }

class P11_Unanswered : public testing::TestWithParam<Unanswered> {};

TEST_P(P11_Unanswered, ServerIsNotWaitedForWithoutAClient) {
    auto const& row = GetParam();
    pathology::test::SilentAddress const silent;
    ProxyFixture fixture({row.mode(silent.port())});
    for (auto const& setting : row.settings) fixture.set(setting);
    fixture.start();
    TestClient client(fixture.port());
    row.begin(client, silent.port());
    ASSERT_TRUE(fixture.recorder->wait_for("server_connect"));
    client.close(row.how);
    ASSERT_TRUE(fixture.recorder->wait_for("client_disconnected"));
    EXPECT_EQ(calls_of(*fixture.recorder), row.reported);
    auto const failed = fixture.recorder->failed_servers();
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_THAT(failed[0].error.value_or(""), HasSubstr("was cancelled"));
    EXPECT_EQ(failed[0].state, flow::ConnectionState::closed);
    for (auto const& flow : fixture.recorder->http_flows())
        EXPECT_THAT(flow->error->message, HasSubstr("the client disconnected"));
    for (auto const& flow : fixture.recorder->tcp_flows())
        EXPECT_THAT(flow->error->message, HasSubstr("the client disconnected"));
}

void ask_plainly(TestClient& client, std::uint16_t port) { client.send(get("http://" + at(port) + "/")); }
void ask_for_tunnel(TestClient& client, std::uint16_t port) { client.send(connect_to(at(port))); }
void ask_by_socks(TestClient& client, std::uint16_t port) { client.send(socks_to(port)); }
void say_in_tunnel(TestClient& client, std::uint16_t port, std::string const& bytes) {
    EXPECT_EQ(client.request(connect_to(at(port)), "CONNECT").status, 200U);
    client.send(bytes);
}

Names const failed_http{"server_connect", "server_connect_error", "error"};
Names const failed_tcp{"server_connect", "server_connect_error", "tcp_error"};
Names const failed{"server_connect", "server_connect_error"};

INSTANTIATE_TEST_SUITE_P(
    Ways, P11_Unanswered,
    testing::Values(
        Unanswered{"Request", {}, regular, ask_plainly, failed_http},
        Unanswered{"RequestOfAClientThatEndsInOrder", {}, regular, ask_plainly, failed_http, CloseMode::fin},
        Unanswered{"RequestByProxy",
                   {},
                   [](std::uint16_t port) { return "upstream:http://" + at(port); },
                   [](TestClient& client, std::uint16_t) { client.send(get("http://origin.test/")); },
                   failed_http},
        Unanswered{"EagerConnect", {"connection_strategy=eager"}, regular, ask_for_tunnel, failed},
        Unanswered{"EagerSocks",
                   {"connection_strategy=eager"},
                   [](std::uint16_t) { return std::string("socks5"); },
                   ask_by_socks,
                   failed},
        Unanswered{"EagerReverse",
                   {"connection_strategy=eager"},
                   [](std::uint16_t port) { return "reverse:http://" + at(port); },
                   [](TestClient&, std::uint16_t) {},
                   failed},
        Unanswered{"Bytes",
                   {},
                   regular,
                   [](TestClient& client, std::uint16_t port) { say_in_tunnel(client, port, "\x01 no HTTP"); },
                   failed_tcp},
        Unanswered{"Passed",
                   {"ignore_hosts=."},
                   regular,
                   [](TestClient& client, std::uint16_t port) { say_in_tunnel(client, port, "anything"); },
                   failed},
        Unanswered{"SilentClient",
                   {"tunnel_probe_timeout=1"},
                   regular,
                   [](TestClient& client, std::uint16_t port) { say_in_tunnel(client, port, ""); },
                   failed},
        Unanswered{"Tls",
                   {},
                   regular,
                   [](TestClient& client, std::uint16_t port) { say_in_tunnel(client, port, client_hello()); },
                   failed}),
    pathology::test::row_name);

// --- where names get no response ---------------------------------------------------------------------------------------

struct Unknown {
    std::string name;
    std::string mode;
    std::string sent;  ///< by the client, which then reads a response to CONNECT if it asked for that
    std::string inside;
    Names reported;
};

class P11_Unknown : public testing::TestWithParam<Unknown> {};

TEST_P(P11_Unknown, ServerIsNotLookedForWithoutAClient) {
    PATHOLOGY_IN_NAMESPACE([] {
        auto const& row = GetParam();
        ProxyFixture fixture({row.mode});
        fixture.start();
        pathology::test::SilentNameServer const names;
        TestClient client(fixture.port());
        client.send(row.sent);
        if (!row.inside.empty()) {
            EXPECT_EQ(client.read_response("CONNECT").status, 200U);
            client.send(row.inside);
        }
        ASSERT_TRUE(fixture.recorder->wait_for("server_connect"));
        if (!names.is_asked_within(2000)) GTEST_SKIP() << "this system asks no name server";
        client.close(CloseMode::reset);
        ASSERT_TRUE(fixture.recorder->wait_for("client_disconnected"));
        EXPECT_EQ(calls_of(*fixture.recorder), row.reported);
        auto const lost = fixture.recorder->failed_servers();
        ASSERT_EQ(lost.size(), 1U);
        EXPECT_THAT(lost[0].error.value_or(""), HasSubstr("was cancelled"));
    });
}

INSTANTIATE_TEST_SUITE_P(
    Ways, P11_Unknown,
    testing::Values(Unknown{"Request", "regular", get("http://origin.test/"), "", failed_http},
                    Unknown{"Proxy", "upstream:http://proxy.test:3128", get("http://origin.test/"), "", failed_http},
                    Unknown{"Bytes", "regular", connect_to("origin.test:25"), "\x01 no HTTP", failed_tcp}),
    pathology::test::row_name);

// --- where TCP is answered, and no more ------------------------------------------------------------------------------

struct Stalled {
    std::string name;
    std::function<std::string(std::uint16_t port)> mode;
    std::function<void(TestClient& client, std::uint16_t port)> begin;
    Names reported;
    std::string sent{};     ///< by the server, to the first bytes that it got
    bool by_socks = false;  ///< the server is a SOCKS proxy
};

class P11_Stalled : public testing::TestWithParam<Stalled> {};

TEST_P(P11_Stalled, ServerIsLetGoWithoutAClient) {
    auto const& row = GetParam();
    std::promise<void> asked, left;
    Origin const origin([&](net::Stream& stream) -> asio::awaitable<void> {
        std::string block(4096, '\0');
        co_await stream.read_some(asio::buffer(block));
        co_await net::send(stream, row.sent);
        if (!row.sent.empty() && row.by_socks) co_await stream.read_some(asio::buffer(block));
        asked.set_value();
        std::string rest;
        co_await proxycore::test::read_to_end(stream, rest);
        left.set_value();
    });
    ProxyFixture fixture({row.mode(origin.port())});
    fixture.recorder->on_hook["requestheaders"] = [&](flow::HttpFlow& flow) {
        if (row.by_socks) flow.server_conn->set_via(flow::ServerSpec{"socks5", {"127.0.0.1", origin.port()}});
    };
    fixture.start();
    TestClient client(fixture.port());
    row.begin(client, origin.port());
    auto is_asked = asked.get_future(), has_left = left.get_future();
    proxycore::test::taken_from(is_asked);
    client.close(CloseMode::reset);
    proxycore::test::taken_from(has_left);
    ASSERT_TRUE(fixture.recorder->wait_for("client_disconnected"));
    EXPECT_EQ(calls_of(*fixture.recorder), row.reported);
    for (auto const& flow : fixture.recorder->http_flows())
        EXPECT_THAT(flow->error->message, HasSubstr("the client disconnected"));
}

void ask_for_origin(TestClient& client, std::uint16_t /*port*/) { client.send(get("https://origin.test/")); }

Names const let_go{"server_connect", "server_connected", "server_disconnected", "error"};

INSTANTIATE_TEST_SUITE_P(
    Ways, P11_Stalled,
    testing::Values(
        Stalled{"TlsOfServer", regular,
                [](TestClient& client, std::uint16_t port) { client.send(get("https://" + at(port) + "/")); }, let_go},
        Stalled{"TlsOfServerBeforeTheClient",
                regular,
                [](TestClient& client, std::uint16_t port) { say_in_tunnel(client, port, client_hello()); },
                {"server_connect", "server_connected", "server_disconnected"}},
        Stalled{"ConnectOfProxy", [](std::uint16_t port) { return "upstream:http://" + at(port); }, ask_for_origin,
                failed_http},
        Stalled{"ConnectOfProxyInItsResponse", [](std::uint16_t port) { return "upstream:http://" + at(port); },
                ask_for_origin, failed_http, "HTTP/1.1 200 OK\r\nA"},
        Stalled{"GreetingOfSocks", regular, ask_for_origin, failed_http, "", true},
        Stalled{"ConnectOfSocks", regular, ask_for_origin, failed_http, {"\x05\x00", 2}, true},
        Stalled{"TlsOfProxy", [](std::uint16_t port) { return "upstream:https://" + at(port); },
                [](TestClient& client, std::uint16_t) { client.send(get("http://origin.test/")); }, failed_http}),
    pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::proxy
