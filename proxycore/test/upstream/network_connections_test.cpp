// The server connections of one client, over loopback.
#include "upstream/network_connections.hpp"
#include "layers/tls/tls_service.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/as_values.hpp>
#include <pathology/proxycore/async/timeout.hpp>

#include "proxy/origin.hpp"
#include "support/folder.hpp"
#include "support/free_port.hpp"
#include "support/play.hpp"
#include "support/recording_selector.hpp"
#include "support/row_name.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::layers {
namespace {

using proxy::test::Origin;
using proxycore::test::play;
using proxycore::test::RecordingSelector;
using testing::ElementsAre;
using testing::HasSubstr;

/// A client of a proxy without listeners.
struct ConnectionsFixture {
    explicit ConnectionsFixture(std::shared_ptr<upstream::Selector> selector = nullptr)
        : chain(options, [this](addons::LogEntry const& entry) { log += entry.message + '\n'; }),
          tls(settings()),
          services{chain,
                   tls,
                   [] { return flow::Time::clock::now(); },
                   std::make_shared<Settings>(settings()),
                   {},
                   [selector](modes::Mode const&) { return selector; }},
          context(services, mode, std::make_shared<flow::Client>()) {}

    static Settings settings() {
        static pathology::test::Folder const folder;
        Settings settings;
        settings.tls.confdir = folder.path().string();
        return settings;
    }

    flow::HttpFlow get(std::string const& url) {
        flow::HttpFlow flow(context.client, context.server, context.now());
        flow.request = flow::Request::make("GET", url).value();
        return flow;
    }

    addons::Options options;
    std::string log;
    addons::AddonChain chain;
    TlsService tls;
    modes::Mode mode;
    Services services;
    Context context;
};

asio::awaitable<std::string> use(ServerStream& server, flow::HttpFlow const& flow) {
    auto const sent = co_await server.send(flow.request);
    auto const head = co_await server.read_head();
    if (!sent || !head) co_return "nothing";
    std::string body;
    for (;;) {
        auto const piece = co_await server.read_body();
        if (!piece || piece->empty()) break;
        body += *piece;
    }
    co_return body;
}

/// Sends a request over whatever it gets, and reads the response.
asio::awaitable<std::string> ask(ConnectionsFixture& fixture, std::string url) {
    auto flow = fixture.get(url);
    auto server = co_await fixture.context.servers->acquire(flow);
    if (!server) co_return server.error().message;
    co_return co_await use(**server, flow);
}

TEST(NetworkConnections, P01_UsesAConnectionAgain) {
    Origin const origin;
    ConnectionsFixture fixture;
    play([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) EXPECT_EQ(co_await ask(fixture, origin.url()), "origin");
        EXPECT_EQ(origin.accepted(), 1U);
        auto flow = fixture.get(origin.url());
        {
            auto const fresh = co_await fixture.context.servers->acquire_fresh(flow);
            EXPECT_FALSE((*fresh)->is_reused());
        }
        while (origin.accepted() < 2) co_await asio::post(async::as_values);
        co_await fixture.context.servers->close_all();
    });
}

TEST(NetworkConnections, P01_OpensAtMostFiveForATarget) {
    Origin const origin;
    ConnectionsFixture fixture;
    play([&]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        std::vector<std::unique_ptr<ServerStream>> lent;
        for (int i = 0; i < 5; ++i) {
            auto flow = fixture.get(origin.url());
            lent.push_back(std::move(co_await fixture.context.servers->acquire(flow)).value());
        }
        std::string response;
        auto const wait = [&]() -> asio::awaitable<void> { response = co_await ask(fixture, origin.url()); };
        asio::co_spawn(executor, wait, asio::detached);
        auto flow = fixture.get(origin.url());
        EXPECT_EQ(co_await use(*lent.back(), flow), "origin");
        EXPECT_EQ(response, "");
        EXPECT_EQ(origin.accepted(), 5U);
        lent.pop_back();
        while (response.empty()) co_await asio::post(async::as_values);
        EXPECT_EQ(response, "origin");
        EXPECT_EQ(origin.accepted(), 5U);
        lent.clear();
        co_await fixture.context.servers->close_all();
    });
}

TEST(NetworkConnections, P01_GiveReleasedConnectionsInTheOrderOfTheQueue) {
    Origin const origin;
    ConnectionsFixture fixture;
    play([&]() -> asio::awaitable<void> {
        auto& servers = *fixture.context.servers;
        auto flow = fixture.get(origin.url());
        EXPECT_EQ(servers.acquire_now(flow).place, nullptr) << "a connection may be opened";
        std::vector<std::unique_ptr<ServerStream>> in_use;
        for (int i = 0; i < 5; ++i) {
            auto other = fixture.get(origin.url());
            in_use.push_back(std::move(co_await servers.acquire(other)).value());
        }
        auto first = servers.acquire_now(flow).place;
        auto second = servers.acquire_now(flow).place;
        EXPECT_TRUE(first != nullptr && second != nullptr);
        if (first == nullptr || second == nullptr) co_return;
        EXPECT_FALSE(first->is_ready() || second->is_ready());
        EXPECT_EQ(co_await use(*in_use.back(), flow), "origin");
        in_use.pop_back();
        EXPECT_TRUE(first->is_ready());
        EXPECT_FALSE(second->is_ready()) << "the connection is for the first place";
        EXPECT_EQ(servers.acquire_now(flow).stream, nullptr) << "others are in the queue";
        first.reset();  // leaves without a connection
        EXPECT_TRUE(second->is_ready());
        in_use.push_back(second->acquire());
        second.reset();
        EXPECT_TRUE(in_use.back()->is_reused());
        EXPECT_EQ(co_await use(*in_use.back(), flow), "origin");
        EXPECT_EQ(origin.accepted(), 5U);
        in_use.clear();
        co_await servers.close_all();
    });
}

TEST(NetworkConnections, KeepsConnectionsToSoManyTargetsAndNoMore) {
    std::vector<std::unique_ptr<Origin>> origins(20);
    for (auto& origin : origins) origin = std::make_unique<Origin>();
    ConnectionsFixture fixture;
    play([&]() -> asio::awaitable<void> {
        for (auto const& origin : origins) EXPECT_EQ(co_await ask(fixture, origin->url()), "origin");
        EXPECT_EQ(co_await ask(fixture, origins.back()->url()), "origin");
        EXPECT_EQ(co_await ask(fixture, origins.front()->url()), "origin");
        while (origins.front()->accepted() < 2) co_await asio::post(async::as_values);
        EXPECT_EQ(origins.back()->accepted(), 1U);
        co_await fixture.context.servers->close_all();
    });
}

TEST(NetworkConnections, A23_TryATargetThatCouldNotBeReachedAgainForTheNextRequest) {
    auto const url = "http://127.0.0.1:" + std::to_string(pathology::test::free_port());
    ConnectionsFixture fixture;
    play([&]() -> asio::awaitable<void> {
        EXPECT_THAT(co_await ask(fixture, url), HasSubstr("connection refused"));
        EXPECT_THAT(co_await ask(fixture, url), HasSubstr("connection refused"));
        co_await fixture.context.servers->close_all();
    });
    EXPECT_NE(fixture.log.find("error establishing"), fixture.log.rfind("error establishing")) << fixture.log;
}

/// Holds the first connection for ever, before it is made.
class Holder final : public addons::Addon {
public:
    explicit Holder(std::vector<std::string>& calls) : calls_(calls) {}
    std::string name() const override { return "holder"; }
    asio::awaitable<void> server_connect(addons::ServerConnectionData&) override {
        calls_.emplace_back("connect");
        if (calls_.size() == 1) co_await async::pause(std::nullopt);
    }
    asio::awaitable<void> server_connect_error(addons::ServerConnectionData& data) override {
        calls_.push_back("error: " + data.server.error.value_or(""));
        co_return;
    }
    asio::awaitable<void> server_connected(addons::ServerConnectionData&) override {
        co_return calls_.push_back("connected");
    }

private:
    std::vector<std::string>& calls_;
};

TEST(NetworkConnections, P11_AnAttemptThatIsGivenUpIsNoFailureForOthers) {
    Origin const origin;
    ConnectionsFixture fixture;
    std::vector<std::string> calls;
    fixture.chain.add(std::make_shared<Holder>(calls));
    fixture.context.server->set_address(Endpoint{"127.0.0.1", origin.port()});
    play([&]() -> asio::awaitable<void> {
        auto const given_up = co_await async::with_timeout(std::chrono::milliseconds(1), ask(fixture, origin.url()));
        EXPECT_FALSE(given_up);
        EXPECT_EQ(co_await ask(fixture, origin.url()), "origin");
        co_await fixture.context.servers->close_all();
    });
    EXPECT_THAT(calls, ElementsAre("connect", HasSubstr("was cancelled"), "connect", "connected"));
    EXPECT_FALSE(fixture.context.server->error);
}

TEST(NetworkConnections, KeepsWhatWasTakenAndNotUsed) {
    Origin const origin;
    ConnectionsFixture fixture;
    fixture.context.server->set_address(Endpoint{"127.0.0.1", origin.port()});
    play([&]() -> asio::awaitable<void> {
        auto& servers = *fixture.context.servers;
        auto taken = co_await servers.acquire_stream(fixture.context.server);
        EXPECT_TRUE(taken.has_value());
        auto const again = co_await servers.acquire_stream(fixture.context.server);
        EXPECT_THAT(again.error().message, HasSubstr("in use already"));
        servers.release(std::move(*taken));
        EXPECT_EQ(co_await ask(fixture, origin.url()), "origin");
        co_await servers.close_all();
    });
    EXPECT_EQ(origin.accepted(), 1U);
    EXPECT_TRUE(fixture.context.server->timestamp_end.has_value());
}

/// Chooses by the path.
class ByPath final : public upstream::Selector {
public:
    explicit ByPath(flow::ServerSpec proxy) : proxy_(std::move(proxy)) {}
    asio::awaitable<upstream::Route> select(upstream::RouteRequest const& request) override {
        upstream::Route route;
        auto const& path = request.flow->request.path;
        if (path == "/proxy") route = upstream::Route::via(proxy_);
        if (path == "/answer") route = upstream::Route::respond(flow::Response::make(403, "not there"));
        co_return route;
    }
    void on_client_gone(flow::Client const&) override { has_left = true; }

    bool has_left = false;

private:
    flow::ServerSpec proxy_;
};

struct OfferCase {
    char const* name;
    http::Version asked_in;
    bool tls;
    std::vector<std::string> offered, to_server;
    bool http2 = true;
};
void PrintTo(OfferCase const& row, std::ostream* out) { *out << row.name; }
class P25_ServerOffer : public testing::TestWithParam<OfferCase> {};

TEST_P(P25_ServerOffer, IsWhatTheClientOffersOrSpeaks) {
    auto const& row = GetParam();
    Origin const origin;  // without TLS, which comes to nothing after the offer
    ConnectionsFixture fixture;
    auto settings = ConnectionsFixture::settings();
    settings.http.http2 = row.http2;
    fixture.context.settings = std::make_shared<Settings>(settings);
    fixture.context.client->tls = row.tls;
    fixture.context.client->alpn_offers = row.offered;
    play([&]() -> asio::awaitable<void> {
        auto flow = fixture.get("https://" + origin.where());
        flow.request.http_version = row.asked_in;
        EXPECT_FALSE(co_await fixture.context.servers->acquire(flow));
        EXPECT_EQ(flow.server_conn->alpn_offers, row.to_server);
        co_await fixture.context.servers->close_all();
    });
}

INSTANTIATE_TEST_SUITE_P(, P25_ServerOffer,
                         testing::Values(OfferCase{"Http1", {1, 1}, false, {}, {}},
                                         OfferCase{"Http2", {2, 0}, false, {}, {"h2", "http/1.1"}},
                                         OfferCase{"Http2Off", {2, 0}, false, {}, {"http/1.1"}, false},
                                         OfferCase{"TlsThatOffersNothing", {1, 1}, true, {}, {}},
                                         OfferCase{"Http2WithoutAnOffer", {2, 0}, true, {}, {}},
                                         OfferCase{"Tls", {2, 0}, true, {"h2"}, {"h2"}}),
                         pathology::test::row_name);

TEST(NetworkConnections, GoTheWayThatIsChosenForEachRequest) {
    Origin const origin("origin"), proxy("proxy");
    auto const by_path = std::make_shared<ByPath>(flow::ServerSpec{"http", {"127.0.0.1", proxy.port()}});
    ConnectionsFixture fixture(by_path);
    play([&]() -> asio::awaitable<void> {
        EXPECT_EQ(co_await ask(fixture, origin.url() + "/"), "origin");
        EXPECT_EQ(co_await ask(fixture, origin.url() + "/proxy"), "proxy");
        EXPECT_EQ(co_await ask(fixture, origin.url() + "/answer"), "not there");
        EXPECT_EQ(co_await ask(fixture, origin.url() + "/"), "origin");
        EXPECT_FALSE(by_path->has_left);
        co_await fixture.context.servers->close_all();
    });
    EXPECT_TRUE(by_path->has_left);
    EXPECT_EQ(origin.accepted(), 1U);
    ASSERT_EQ(proxy.asked().size(), 1U);
    EXPECT_THAT(proxy.asked()[0], testing::StartsWith("GET " + origin.url() + "/proxy HTTP/1.1\r\n"));
}

// --- what a selector learns ------------------------------------------------------------------------------------------

TEST(NetworkConnections, ReportEachUseToTheSelector) {
    Origin const origin;
    auto const selector = std::make_shared<RecordingSelector>();
    ConnectionsFixture fixture(selector);
    play([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 2; ++i) EXPECT_EQ(co_await ask(fixture, origin.url() + "/"), "origin");
        auto flow = fixture.get(origin.url() + "/chat");
        {
            auto const server = co_await fixture.context.servers->acquire(flow);
            EXPECT_TRUE(server.has_value());
            fixture.context.servers->hold_websocket(flow).reset();
        }
        co_await fixture.context.servers->close_all();
    });
    EXPECT_THAT(selector->events(), ElementsAre("select /", "chosen", "connected", "released", "select /", "chosen",
                                                "released", "select /chat", "chosen", "websocket opened",
                                                "websocket closed", "released", "client gone"));
}

TEST(NetworkConnections, ReportToTheSelectorWhyConnectingFailed) {
    auto const url = "http://127.0.0.1:" + std::to_string(pathology::test::free_port()) + "/";
    auto const selector = std::make_shared<RecordingSelector>();
    ConnectionsFixture fixture(selector);
    play([&]() -> asio::awaitable<void> {
        EXPECT_THAT(co_await ask(fixture, url), HasSubstr("connection refused"));
        co_await fixture.context.servers->close_all();
    });
    EXPECT_THAT(selector->events(), ElementsAre("select /", "chosen", "failed", "released", "client gone"));
    EXPECT_THAT(selector->reason(), HasSubstr("connection refused"));
}

TEST(NetworkConnections, ReportBytesThatAreNotHttpToTheSelector) {
    Origin const origin;
    auto const selector = std::make_shared<RecordingSelector>();
    ConnectionsFixture fixture(selector);
    fixture.context.server->set_address(Endpoint{"127.0.0.1", origin.port()});
    play([&]() -> asio::awaitable<void> {
        auto& servers = *fixture.context.servers;
        auto taken = co_await servers.acquire_stream(fixture.context.server);
        EXPECT_TRUE(taken.has_value());
        EXPECT_THAT(selector->events(), ElementsAre("select " + origin.where(), "chosen", "connected"));
        co_await servers.close(std::move(*taken));
        co_await servers.close_all();
    });
    EXPECT_THAT(selector->events(),
                ElementsAre("select " + origin.where(), "chosen", "connected", "released", "client gone"));
}

TEST(NetworkConnections, DoNotShareAProxyAcrossCredentials) {
    Origin const proxy("proxy");
    class ByUser final : public upstream::Selector {
    public:
        explicit ByUser(flow::ServerSpec its_proxy) : proxy_(std::move(its_proxy)) {}
        asio::awaitable<upstream::Route> select(upstream::RouteRequest const& request) override {
            tunnel::Credentials const user{request.flow->request.path.substr(1), "secret"};
            co_return upstream::Route::via(proxy_, user);
        }

    private:
        flow::ServerSpec proxy_;
    };
    ConnectionsFixture fixture(std::make_shared<ByUser>(flow::ServerSpec{"http", {"127.0.0.1", proxy.port()}}));
    play([&]() -> asio::awaitable<void> {
        for (std::string const user : {"a", "b", "a"}) {
            EXPECT_EQ(co_await ask(fixture, "http://origin.test/" + user), "proxy");
        }
        co_await fixture.context.servers->close_all();
    });
    EXPECT_EQ(proxy.accepted(), 2U);
}

}  // namespace
}  // namespace pathology::proxycore::layers
