// What an addon may change about the server of a flow, and that it stays with that flow.
#include <gmock/gmock.h>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "support/recording_selector.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::proxy {
namespace {

using pathology::test::row_name;
using proxycore::test::RecordingSelector;
using test::Origin;
using test::ProxyFixture;
using test::TestClient;
using testing::ElementsAre;
using testing::HasSubstr;

flow::ServerSpec proxy_at(Origin const& origin) { return {"http", {"127.0.0.1", origin.port()}}; }

// --- one record for each flow ----------------------------------------------------------------------------------------

struct ModeCase {
    char const* name;
    std::string mode;  ///< with ORIGIN and PROXY in place of an address
    char const* strategy;
    enum Change { via, replaced_via, replaced_address } change;
    char const* plain;
};
void PrintTo(ModeCase const& row, std::ostream* out) { *out << row.name; }
class ServerConn : public testing::TestWithParam<ModeCase> {};

std::string filled(std::string text, std::string const& mark, std::string const& value) {
    auto const at = text.find(mark);
    return at == text.npos ? text : text.replace(at, mark.size(), value);
}

TEST_P(ServerConn, ChangedForOneFlowStaysForOthers) {
    auto const& row = GetParam();
    Origin const origin("origin"), proxy("proxy"), first("A"), second("B");
    ProxyFixture fixture({filled(filled(row.mode, "ORIGIN", origin.url()), "PROXY", proxy.url())});
    fixture.set(std::string("connection_strategy=") + row.strategy);
    fixture.recorder->on_hook["request"] = [&](flow::HttpFlow& flow) {
        auto const& path = flow.request.path;
        if (path == "/plain") return;
        auto const& chosen = path == "/viaA" ? first : second;
        if (row.change != ModeCase::via) flow.server_conn = std::make_shared<flow::Server>();
        if (row.change == ModeCase::replaced_address)
            flow.server_conn->set_address(Endpoint{"127.0.0.1", chosen.port()});
        else
            flow.server_conn->set_via(proxy_at(chosen));
    };
    fixture.start();
    TestClient client(fixture.port());
    std::string passed;
    for (std::string const path : {"/viaA", "/viaB", "/plain", "/viaA", "/plain"}) {
        auto const target = row.mode.starts_with("reverse") ? path : origin.url() + path;
        passed += client.request("GET " + target + " HTTP/1.1\r\nHost: origin.test\r\n\r\n").body + " ";
    }
    auto const plain = std::string(row.plain) + " ";
    EXPECT_EQ(passed, "A B " + plain + "A " + plain);
}

INSTANTIATE_TEST_SUITE_P(
    , ServerConn,
    testing::Values(ModeCase{"Regular", "regular", "eager", ModeCase::via, "origin"},
                    ModeCase{"RegularReplaced", "regular", "eager", ModeCase::replaced_via, "origin"},
                    ModeCase{"RegularAddress", "regular", "eager", ModeCase::replaced_address, "origin"},
                    ModeCase{"ReverseLazy", "reverse:ORIGIN", "lazy", ModeCase::replaced_address, "origin"},
                    ModeCase{"ReverseEager", "reverse:ORIGIN", "eager", ModeCase::replaced_address, "origin"},
                    ModeCase{"Upstream", "upstream:PROXY", "eager", ModeCase::via, "proxy"}),
    row_name);

TEST(ServerConnOfATunnel, GoesToTheServerThatReplacesIt) {
    Origin const origin("origin"), api("api");
    ProxyFixture fixture;
    fixture.recorder->on_hook["request"] = [&](flow::HttpFlow& flow) {
        if (flow.request.path == "/api")
            flow.server_conn = std::make_shared<flow::Server>(Endpoint{"127.0.0.1", api.port()});
    };
    fixture.start();
    TestClient client(fixture.port());
    client.request("CONNECT " + origin.where() + " HTTP/1.1\r\n\r\n", "CONNECT");
    std::string passed;
    for (std::string const path : {"/", "/api", "/", "/api"})
        passed += client.request("GET " + path + " HTTP/1.1\r\nHost: origin.test\r\n\r\n").body + " ";
    EXPECT_EQ(passed, "origin api origin api ");
    EXPECT_THAT(api.asked()[0], HasSubstr("Host: origin.test"));
    EXPECT_EQ(api.accepted(), 1U);
}

TEST(ServerConnError, FailsTheFlowThatAnAddonRefuses) {
    Origin const origin("origin");
    ProxyFixture fixture;
    fixture.recorder->on_hook["request"] = [&](flow::HttpFlow& flow) {
        if (flow.request.path == "/secret") flow.server_conn->error = "not for you";
    };
    fixture.start();
    TestClient client(fixture.port());
    auto const get = [&](std::string const& path) {
        return client.request("GET " + origin.url() + path + " HTTP/1.1\r\nHost: origin.test\r\n\r\n");
    };
    EXPECT_EQ(get("/").body, "origin");
    EXPECT_THAT(get("/secret").body, HasSubstr("not for you"));
    EXPECT_EQ(origin.asked().size(), 1U);
}

// --- the client ------------------------------------------------------------------------------------------------------

class ClosedClient : public testing::TestWithParam<char const*> {};

TEST_P(ClosedClient, GetsNothing) {
    ProxyFixture fixture({GetParam()});
    fixture.recorder->on_client_connected = [](flow::Client& client) { client.state = flow::ConnectionState::closed; };
    fixture.start();
    TestClient client(fixture.port());
    EXPECT_TRUE(fixture.recorder->wait_for("client_disconnected"));
    EXPECT_THAT(fixture.recorder->hooks(), ElementsAre("client_connected", "client_disconnected"));
}

INSTANTIATE_TEST_SUITE_P(, ClosedClient, testing::Values("regular", "reverse:tcp://127.0.0.1:1", "socks5@0"),
                         [](auto const& row) {
                             std::string const mode(row.param);
                             return mode.substr(0, mode.find_first_of(":5"));
                         });

// --- selectors -------------------------------------------------------------------------------------------------------

TEST(ProxySelector, IsAskedForEachRequestAndInformedOfTheConnection) {
    Origin const proxy("proxy");
    auto const selector = std::make_shared<RecordingSelector>(upstream::Route::via(proxy_at(proxy)));
    ProxyFixture fixture;
    fixture.proxy.set_selector(selector);
    fixture.start();
    {
        TestClient client(fixture.port());
        for (int i = 0; i < 2; ++i)
            EXPECT_EQ(client.request("GET http://origin.test/x HTTP/1.1\r\nHost: origin.test\r\n\r\n").body, "proxy");
    }
    EXPECT_TRUE(selector->wait_for("client gone"));
    EXPECT_THAT(selector->events(), ElementsAre("select /x", "chosen", "connected", "released", "select /x", "chosen",
                                                "released", "client gone"));
    EXPECT_EQ(selector->target(), (Endpoint{"origin.test", 80}));
    EXPECT_EQ(proxy.accepted(), 1U);
}

TEST(ProxySelector, IsNotAskedWhereAnAddonHasChosen) {
    Origin const origin("origin"), proxy("proxy");
    auto const selector = std::make_shared<RecordingSelector>();
    ProxyFixture fixture;
    fixture.proxy.set_selector(selector);
    fixture.recorder->on_hook["request"] = [&](flow::HttpFlow& flow) { flow.server_conn->set_via(proxy_at(proxy)); };
    fixture.start();
    auto const request = "GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n";
    EXPECT_EQ(TestClient(fixture.port()).request(request).body, "proxy");
    EXPECT_TRUE(selector->wait_for("client gone"));
    EXPECT_THAT(selector->events(), ElementsAre("chosen", "connected", "released", "client gone"));
}

TEST(ProxySelector, CannotChangeWhileTheProxyRuns) {
    ProxyFixture fixture;
    fixture.start();
    auto const selector = std::make_shared<upstream::StaticSelector>();
    EXPECT_ANY_THROW(fixture.proxy.set_selector(selector));
}

}  // namespace
}  // namespace pathology::proxycore::proxy
