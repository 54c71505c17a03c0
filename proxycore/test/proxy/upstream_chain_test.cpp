// Chains of proxies (P07), and another route after one that failed.
#include <gmock/gmock.h>

#include <deque>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"
#include "support/free_port.hpp"
#include "support/recording_selector.hpp"
#include "support/row_name.hpp"
#include "support/socks5_server.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using proxycore::test::RecordingSelector;
using proxycore::test::Socks5Server;
using proxycore::test::Socks5ServerOptions;
using test::Origin;
using test::ProxyFixture;
using test::SecureOrigin;
using test::TestClient;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string const inner_get = "GET /x HTTP/1.1\r\nHost: origin.test\r\n\r\n";

std::string connect_to(std::string const& where) { return "CONNECT " + where + " HTTP/1.1\r\n\r\n"; }
std::string get_from(std::string const& url) { return "GET " + url + "/x HTTP/1.1\r\nHost: origin.test\r\n\r\n"; }

/// How the requests come: the last proxy of a chain reads plain ones, and passes on the bytes of the others.
enum class Form { plain, in_tunnel, over_tls };

struct ChainCase {
    char const* name;
    char const* first;   ///< scheme of the nearest proxy
    char const* second;  ///< scheme of the one that connects to the origin
    Form form;
};
void PrintTo(ChainCase const& row, std::ostream* out) { *out << row.name; }
class P07_Chain : public testing::TestWithParam<ChainCase> {};

/// A proxy with a password, which speaks all three schemes.
class ChainProxy {
public:
    explicit ChainProxy(std::string const& user) : user_(user), fixture_({"regular", "socks5"}) {
        fixture_.set("proxyauth=" + user + ":secret").set("ignore_hosts=.").start();
    }
    std::string url(std::string const& scheme) const {
        return scheme + "://" + user_ + ":secret@" + fixture_.where(scheme == "socks5" ? 1 : 0) + "/";
    }
    std::size_t connections() const { return fixture_.recorder->count("client_connected"); }

private:
    std::string user_;
    ProxyFixture fixture_;
};

TEST_P(P07_Chain, LeadsToTheOriginAndGivesEachProxyItsCredentials) {
    auto const& row = GetParam();
    ChainProxy const first("first"), second("second");
    Origin const origin;
    SecureOrigin const secure(tls::test::identity_for({"origin.test"}));
    ProxyFixture fixture({"upstream:" + first.url(row.first) + "," + second.url(row.second)});
    fixture.set("ssl_insecure").start();
    TestClient client(fixture.port());
    if (row.form == Form::plain) {
        EXPECT_EQ(client.request(get_from(origin.url())).body, "origin");
    } else {
        auto const where = row.form == Form::over_tls ? "127.0.0.1:" + std::to_string(secure.port()) : origin.where();
        EXPECT_EQ(client.request(connect_to(where), "CONNECT").status, 200U);
        if (row.form == Form::over_tls) client.start_tls("origin.test");
        EXPECT_THAT(client.request(inner_get).body, HasSubstr(row.form == Form::over_tls ? "origin.test" : "origin"));
    }
    for (auto const& head : origin.asked()) EXPECT_THAT(head, Not(HasSubstr("uthorization")));
    EXPECT_EQ(first.connections(), 1U);
    EXPECT_EQ(second.connections(), 1U);
    EXPECT_THAT(fixture.log(), Not(HasSubstr("secret")));
}

constexpr std::array schemes{"http", "https", "socks5"};

std::vector<ChainCase> all_chains() {
    static std::deque<std::string> names;
    std::vector<ChainCase> rows;
    for (auto const* const first : schemes) {
        for (auto const* const second : schemes) {
            for (auto const form : {Form::plain, Form::in_tunnel, Form::over_tls}) {
                auto const* const kind = form == Form::plain ? "Plain" : form == Form::in_tunnel ? "Tunnel" : "Tls";
                names.push_back(std::string(first) + "_" + second + "_" + kind);
                rows.push_back({names.back().c_str(), first, second, form});
            }
        }
    }
    return rows;
}
INSTANTIATE_TEST_SUITE_P(, P07_Chain, testing::ValuesIn(all_chains()), pathology::test::row_name);

TEST(UpstreamChain, P07_g_OfProxiesOfThisProjectNamesTheOneThatRefuses) {
    ChainProxy const first("first"), second("second");
    auto const wrong = "http://second:wrong@" + second.url("http").substr(second.url("http").find('@') + 1);
    ProxyFixture fixture({"upstream:" + first.url("http") + "," + wrong});
    fixture.start();
    TestClient client(fixture.port());
    EXPECT_EQ(client.request(connect_to("origin.test:80"), "CONNECT").status, 200U);
    auto const response = client.request(inner_get);
    EXPECT_EQ(response.status, 502U);
    auto const place = wrong.substr(wrong.find('@') + 1);
    EXPECT_THAT(response.body, HasSubstr("Upstream proxy " + place.substr(0, place.find('/'))));
    EXPECT_THAT(response.body, HasSubstr("407"));
    EXPECT_THAT(response.body, Not(HasSubstr("wrong")));
}

TEST(UpstreamChain, P63_TakesCredentialsFromUrlsAlone) {
    ProxyFixture fixture({"upstream:http://a,http://b"});
    fixture.set("upstream_auth=me:secret");
    try {
        fixture.start();
        FAIL() << "started";
    } catch (OptionsError const& error) {
        EXPECT_THAT(error.what(), HasSubstr("upstream_auth"));
        EXPECT_THAT(error.what(), HasSubstr("URL"));
    }
}

TEST(UpstreamChain, P63_UrlHasPrecedenceOverTheOption) {
    ChainProxy const proxy("first");
    Origin const origin;
    ProxyFixture fixture({"upstream:" + proxy.url("http")});
    fixture.set("upstream_auth=other:one").start();
    EXPECT_EQ(TestClient(fixture.port()).request(get_from(origin.url())).body, "origin");
}

TEST(UpstreamProxy, MaySpeakSocks5) {
    Origin const origin;
    Socks5ServerOptions options;
    options.target = origin.port();
    Socks5Server const socks(options);
    ProxyFixture fixture({"upstream:socks5://127.0.0.1:" + std::to_string(socks.port())});
    fixture.start();
    EXPECT_EQ(TestClient(fixture.port()).request(get_from("http://origin.test")).body, "origin");
    TestClient client(fixture.port());
    client.request(connect_to("[2001:db8::1]:81"), "CONNECT");
    EXPECT_EQ(client.request(inner_get).body, "origin");
    EXPECT_THAT(socks.destinations(), ElementsAre("origin.test:80", "[2001:db8::1]:81"));
    EXPECT_THAT(origin.asked(), ElementsAre(inner_get, inner_get));
}

// --- another route ---------------------------------------------------------------------------------------------------

/// Chooses one proxy after another, each as soon as those before it have failed.
class InOrder final : public upstream::Selector {
public:
    explicit InOrder(std::vector<tunnel::Hop> proxies) : proxies_(std::move(proxies)) {}

    asio::awaitable<upstream::Route> select(upstream::RouteRequest const&) override { co_return route(0); }
    asio::awaitable<std::optional<upstream::Route>> select_again(
        upstream::RouteRequest const&, std::vector<upstream::FailedRoute> const& failed) override {
        if (failed.back().why.proxy_fault) faults.push_back(*failed.back().why.proxy_fault);
        if (failed.size() >= proxies_.size()) co_return std::nullopt;
        co_return route(failed.size());
    }

    std::vector<layers::ProxyFault> faults;

private:
    upstream::Route route(std::size_t place) const {
        upstream::Route route;
        route.hops = {proxies_[place]};
        return route;
    }

    std::vector<tunnel::Hop> proxies_;
};

tunnel::Hop hop_at(std::uint16_t port, std::string name, std::optional<tunnel::Credentials> credentials = {}) {
    return {tunnel::Hop::Protocol::http, false, {"127.0.0.1", port}, std::move(credentials), std::move(name)};
}

class AnotherRoute : public testing::Test {
protected:
    /// The first proxy is down.
    std::shared_ptr<InOrder> start(std::vector<tunnel::Hop> others) {
        others.insert(others.begin(),
                      hop_at(pathology::test::free_port(), "down", tunnel::Credentials{"me", "secret"}));
        auto selector = std::make_shared<InOrder>(std::move(others));
        fixture.proxy.set_selector(selector);
        fixture.set("connection_strategy=lazy").start();
        return selector;
    }

    ProxyFixture fixture;
};

TEST_F(AnotherRoute, IsTakenByAPlainRequest) {
    Origin const other("other");
    auto const selector = start({hop_at(other.port(), "other")});
    TestClient client(fixture.port());
    EXPECT_EQ(client.request(get_from("http://origin.test")).body, "other");
    EXPECT_EQ(
        client.request("POST http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 2\r\n\r\nhi").body,
        "other");
    EXPECT_THAT(selector->faults, ElementsAre(layers::ProxyFault::unreachable, layers::ProxyFault::unreachable));
    EXPECT_EQ(fixture.recorder->count("server_connect_error"), 2U);
    auto const flow = fixture.recorder->http_flows().at(0);
    EXPECT_EQ(flow->server_conn->via()->address.port, other.port());
    EXPECT_FALSE(flow->server_conn->error);
    for (auto const& head : other.asked()) EXPECT_THAT(head, Not(HasSubstr("Authorization")));
}

TEST_F(AnotherRoute, IsTakenByARequestInATunnel) {
    Origin const origin;
    ProxyFixture other;
    other.set("ignore_hosts=.").start();
    start({hop_at(other.port(), "other")});
    TestClient client(fixture.port());
    EXPECT_EQ(client.request(connect_to(origin.where()), "CONNECT").status, 200U);
    EXPECT_EQ(client.request(inner_get).body, "origin");
    EXPECT_EQ(client.request(inner_get).body, "origin");
    EXPECT_THAT(origin.asked(), ElementsAre(inner_get, inner_get));
}

TEST_F(AnotherRoute, IsTakenByTls) {
    SecureOrigin const origin(tls::test::identity_for({"origin.test"}));
    ProxyFixture other;
    other.set("ignore_hosts=.").start();
    fixture.set("ssl_insecure");
    start({hop_at(other.port(), "other")});
    TestClient client(fixture.port());
    auto const where = "127.0.0.1:" + std::to_string(origin.port());
    EXPECT_EQ(client.request(connect_to(where), "CONNECT").status, 200U);
    client.start_tls("origin.test");
    EXPECT_EQ(client.request(inner_get).body, "asked for origin.test");
}

TEST_F(AnotherRoute, IsTakenByBytesThatAreNotHttp) {
    Origin const origin([](net::Stream& stream) -> asio::awaitable<void> {
        co_await net::send(stream, std::string_view("220 hello\r\n"));
    });
    ProxyFixture other;
    other.set("ignore_hosts=.").start();
    start({hop_at(other.port(), "other")});
    TestClient client(fixture.port());
    EXPECT_EQ(client.request(connect_to(origin.where()), "CONNECT").status, 200U);
    client.send("EHLO\x01\r\n");
    EXPECT_EQ(client.read_to_end(), "220 hello\r\n");
}

TEST_F(AnotherRoute, EndsWithTheReasonOfTheLastOne) {
    auto const last = pathology::test::free_port();
    auto const selector = start({hop_at(last, "last")});
    auto const response = TestClient(fixture.port()).request(get_from("http://origin.test"));
    EXPECT_EQ(response.status, 502U);
    EXPECT_THAT(response.body, HasSubstr("Upstream proxy last: "));
    EXPECT_THAT(response.body, HasSubstr(":" + std::to_string(last)));
    EXPECT_EQ(selector->faults.size(), 2U);
    auto const flow = fixture.recorder->http_flows().at(0);
    EXPECT_TRUE(flow->server_conn->error);
}

TEST_F(AnotherRoute, IsNotTakenWhereAnAddonRefused) {
    Origin const other("other");
    fixture.recorder->on_server_connect = [](addons::ServerConnectionData& data) { data.server.error = "not today"; };
    start({hop_at(other.port(), "other")});
    auto const response = TestClient(fixture.port()).request(get_from("http://origin.test"));
    EXPECT_THAT(response.body, HasSubstr("not today"));
    EXPECT_EQ(fixture.recorder->count("server_connect"), 1U);
}

/// It was reached, so a target that does not respond may be the reason.
TEST(ProxyFault, OfAProxyThatDoesNotRespondIsNotThatOfOneThatIsNotReached) {
    Origin const proxy([](net::Stream& stream) -> asio::awaitable<void> {
        co_await test::read_head(stream);
        co_await test::read_head(stream);  // until the client closes
    });
    auto const selector = std::make_shared<InOrder>(std::vector{hop_at(proxy.port(), "it")});
    ProxyFixture fixture;
    fixture.proxy.set_selector(selector);
    fixture.set("connect_timeout=1").start();
    TestClient client(fixture.port());
    client.request(connect_to("origin.test:80"), "CONNECT");
    EXPECT_EQ(client.request(inner_get).status, 504U);
    EXPECT_THAT(selector->faults, ElementsAre(layers::ProxyFault::closed));
}

struct FaultCase {
    char const* name;
    std::string response;  ///< of the proxy to CONNECT; empty = it closes
    layers::ProxyFault fault;
};
void PrintTo(FaultCase const& row, std::ostream* out) { *out << row.name; }
class ProxyFaults : public testing::TestWithParam<FaultCase> {};

TEST_P(ProxyFaults, AreToldToTheSelectorByTheirCause) {
    auto const& row = GetParam();
    Origin const proxy([&row](net::Stream& stream) -> asio::awaitable<void> {
        co_await test::read_head(stream);
        co_await net::send(stream, row.response);
    });
    auto const selector = std::make_shared<InOrder>(std::vector{hop_at(proxy.port(), "it")});
    ProxyFixture fixture;
    fixture.proxy.set_selector(selector);
    fixture.start();
    TestClient client(fixture.port());
    client.request(connect_to("origin.test:80"), "CONNECT");
    EXPECT_EQ(client.request(inner_get).status, 502U);
    EXPECT_THAT(selector->faults, ElementsAre(row.fault));
}

INSTANTIATE_TEST_SUITE_P(, ProxyFaults,
                         testing::Values(FaultCase{"Refused", "HTTP/1.1 403 No\r\n\r\n", layers::ProxyFault::refused},
                                         FaultCase{"Unauthorized", "HTTP/1.1 407 Who\r\n\r\n",
                                                   layers::ProxyFault::unauthorized},
                                         FaultCase{"Malformed", "220 smtp\r\n\r\n", layers::ProxyFault::malformed},
                                         FaultCase{"Closed", "", layers::ProxyFault::closed}),
                         pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::proxy
