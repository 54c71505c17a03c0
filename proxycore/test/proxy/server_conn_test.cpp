// What an addon may change about the server of a flow, and that it stays with that flow.
#include <gmock/gmock.h>

#include <mutex>
#include <pathology/proxycore/flow/visit.hpp>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"
#include "support/free_port.hpp"
#include "support/recording_selector.hpp"
#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::proxy {
namespace {

using pathology::test::row_name;
using proxycore::test::RecordingSelector;
using test::Origin;
using test::ProxyFixture;
using test::SecureOrigin;
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

// --- every part of it ------------------------------------------------------------------------------------------------

int const attached_by = 0;  // its address is the key of an attachment

/// Every part of a record as text.
struct Shown {
    std::string text{};

    template <class T> void operator()(std::string_view name, T const& member) {
        text.append(name).append("=");
        show(member);
        text += ' ';
    }
    void show(flow::Id const& id) { text += to_string(id); }
    void show(Endpoint const& endpoint) { text += to_string(endpoint); }
    void show(flow::ServerSpec const& proxy) { text += to_string(proxy); }
    void show(flow::ConnectionState state) { text += to_string(state); }
    void show(std::string const& word) { text += word; }
    void show(bool flag) { text += flag ? "yes" : "no"; }
    void show(flow::Time time) { text += std::to_string(time.time_since_epoch().count()); }
    void show(tls::Certificate const& certificate) { text += certificate.sha256(); }
    template <class T> void show(std::optional<T> const& member) {
        if (member) show(*member);
    }
    template <class T> void show(std::vector<T> const& list) {
        for (auto const& item : list) show(item), text += ',';
    }
};

std::string shown(flow::Server const& server) {
    Shown shown;
    flow::visit(server, shown);
    auto const attached = server.attachments.get<std::string>(&attached_by);
    return shown.text + "attached=" + (attached ? *attached : "");
}

/// Gives every part another value.
struct Change {
    template <class T> void operator()(std::string_view /*name*/, T& member) { change(member); }
    static void change(flow::Id& id) { id = flow::Id::make(); }
    static void change(Endpoint& endpoint) { endpoint = {"changed.test", 1}; }
    static void change(flow::ServerSpec& proxy) { proxy = {"http", {"changed.test", 1}}; }
    static void change(flow::ConnectionState& state) { state = flow::ConnectionState::open; }
    static void change(std::string& word) { word = "changed"; }
    static void change(bool& flag) { flag = !flag; }
    static void change(flow::Time& time) { time = flow::from_seconds(1); }
    static void change(tls::Certificate& certificate) { certificate = {}; }
    template <class T> static void change(std::optional<T>& member) { change(member ? *member : member.emplace()); }
    template <class T> static void change(std::vector<T>& list) {
        for (auto& item : list) change(item);
        list.emplace_back();
    }
};

void change_all(flow::Server& server) {
    Change change;
    flow::visit(server, change);
    server.attachments.set(&attached_by, std::make_shared<std::string>("changed"));
}

/// Records the record of each flow in a hook, then changes it if the path is /change.
class Records {
public:
    Records(ProxyFixture& fixture, std::string const& hook) {
        fixture.recorder->on_server_connect = [](addons::ServerConnectionData& data) {
            data.server.attachments.set(&attached_by, std::make_shared<std::string>("ours"));
        };
        fixture.recorder->on_hook[hook] = [this](flow::HttpFlow& flow) {
            auto before = shown(*flow.server_conn);
            if (flow.request.path == "/change") {
                change_all(*flow.server_conn);
                EXPECT_NE(shown(*flow.server_conn), before);
            }
            std::scoped_lock const lock(mutex_);
            seen_.push_back(std::move(before));
        };
    }
    std::vector<std::string> seen() const {
        std::scoped_lock const lock(mutex_);
        return seen_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> seen_;
};

struct RecordCase {
    char const *name, *mode, *hook;
};
void PrintTo(RecordCase const& row, std::ostream* out) { *out << row.name; }

class KeptConnection : public testing::TestWithParam<RecordCase> {};

TEST_P(KeptConnection, ShowsEachFlowARecordOfItsOwn) {
    Origin const origin("origin");
    ProxyFixture fixture({filled(GetParam().mode, "ORIGIN", origin.url())});
    Records const records(fixture, GetParam().hook);
    fixture.start();
    TestClient client(fixture.port());
    std::string const site = std::string(GetParam().mode) == "regular" ? origin.url() : "";
    for (std::string const path : {"/", "/change", "/"})
        EXPECT_EQ(client.request("GET " + site + path + " HTTP/1.1\r\nHost: origin.test\r\n\r\n").body, "origin");
    auto const seen = records.seen();
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_THAT(seen[0], AllOf(HasSubstr("state=ACTIVE"), HasSubstr("attached=ours")));
    EXPECT_EQ(seen[1], seen[0]);
    EXPECT_EQ(seen[2], seen[0]);
    EXPECT_EQ(origin.accepted(), 1U);
}

INSTANTIATE_TEST_SUITE_P(, KeptConnection,
                         testing::Values(RecordCase{"RegularHead", "regular", "responseheaders"},
                                         RecordCase{"RegularResponse", "regular", "response"},
                                         RecordCase{"ReverseHead", "reverse:ORIGIN", "responseheaders"},
                                         RecordCase{"ReverseResponse", "reverse:ORIGIN", "response"}),
                         row_name);

class SharedConnection : public testing::TestWithParam<char const*> {};

TEST_P(SharedConnection, ShowsEachFlowARecordOfItsOwn) {
    SecureOrigin::Options options;
    options.http2 = true;
    SecureOrigin const origin(tls::test::identity_for({"127.0.0.1"}), options);
    ProxyFixture fixture({"reverse:" + origin.url()});
    Records const records(fixture, GetParam());
    fixture.set("ssl_insecure").start();
    TestClient client(fixture.port());
    EXPECT_EQ(client.get_on_new_stream("http://origin.test/first"), 200U);
    client.send_on_new_stream("http://origin.test/silent");
    ASSERT_TRUE(fixture.recorder->wait_for("request", 2));
    auto const live = [&] {
        std::string text;
        fixture.proxy.perform([&] { text = shown(*fixture.proxy.flows().live().at(0)->server_conn); });
        return text;
    };
    EXPECT_EQ(client.get_on_new_stream("http://origin.test/"), 200U);  // the silent one has its connection by now
    auto const before = live();
    bool const is_refused = std::string(GetParam()) == "request";  // by the error that the hook sets
    EXPECT_EQ(client.get_on_new_stream("http://origin.test/change"), is_refused ? 502U : 200U);
    EXPECT_EQ(client.get_on_new_stream("http://origin.test/"), 200U);
    EXPECT_EQ(live(), before);
    auto const seen = records.seen();
    ASSERT_GE(seen.size(), 4U);
    EXPECT_THAT(seen.back(), AllOf(HasSubstr("alpn=h2"), HasSubstr("attached=ours")));
    EXPECT_EQ(seen[seen.size() - 3], seen.back());
    EXPECT_EQ(seen[seen.size() - 2], seen.back());
    EXPECT_EQ(origin.accepted(), 1U);
}

INSTANTIATE_TEST_SUITE_P(, SharedConnection, testing::Values("request", "responseheaders", "response"),
                         [](auto const& row) { return std::string(row.param); });

TEST(ServerConnError, A23_OfAServerThatIsGoneIsThatOfOneRequest) {
    ProxyFixture fixture({"reverse:http://127.0.0.1:" + std::to_string(pathology::test::free_port())});
    fixture.recorder->on_hook["error"] = [](flow::HttpFlow& flow) {
        EXPECT_TRUE(flow.server_conn->error);
        flow.server_conn->error.reset();
    };
    fixture.start();
    TestClient client(fixture.port());
    for (int i = 0; i < 2; ++i) EXPECT_EQ(client.get_on_new_stream("http://origin.test/"), 502U);
    EXPECT_EQ(fixture.recorder->count("server_connect"), 2U);
}

TEST(ServerConnOfATunnel, IsThatOfTheConnectRequestAlone) {
    Origin const origin("origin");
    ProxyFixture fixture;
    fixture.recorder->on_hook["http_connected"] = [](flow::HttpFlow& flow) {
        EXPECT_TRUE(flow.server_conn->connected());
        change_all(*flow.server_conn);
    };
    fixture.set("connection_strategy=eager").start();
    TestClient client(fixture.port());
    EXPECT_EQ(client.request("CONNECT " + origin.where() + " HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    EXPECT_EQ(client.request("GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n").body, "origin");
    EXPECT_EQ(origin.accepted(), 1U);
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

TEST(ProxySelector, MayKnowTheRouteAtOnce) {
    Origin const proxy("proxy");
    auto const selector = std::make_shared<RecordingSelector>(upstream::Route::via(proxy_at(proxy)), true);
    ProxyFixture fixture;
    fixture.proxy.set_selector(selector);
    fixture.start();
    {
        TestClient client(fixture.port());
        for (int i = 0; i < 2; ++i)
            EXPECT_EQ(client.request("GET http://origin.test/x HTTP/1.1\r\nHost: origin.test\r\n\r\n").body, "proxy");
    }
    EXPECT_TRUE(selector->wait_for("client gone"));
    EXPECT_THAT(selector->events(), ElementsAre("select now /x", "chosen", "connected", "released", "select now /x",
                                                "chosen", "released", "client gone"));
    EXPECT_EQ(proxy.accepted(), 1U);
}

TEST(ProxySelector, MayKnowAResponseAtOnce) {
    auto const response = flow::Response::make(403, "not there");
    auto const selector = std::make_shared<RecordingSelector>(upstream::Route::respond(response), true);
    ProxyFixture fixture;
    fixture.proxy.set_selector(selector);
    fixture.start();
    auto const reply =
        TestClient(fixture.port()).request("GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n");
    EXPECT_EQ(reply.body, "not there");
    EXPECT_TRUE(selector->wait_for("client gone"));
    EXPECT_THAT(selector->events(), ElementsAre("select now /", "client gone"));
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
