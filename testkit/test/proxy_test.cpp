// The proxy of the kit between libcurl and a daemon.
#include <gtest/gtest-spi.h>

#include <mutex>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/multiupstream/selector.hpp>
#include <pathology/proxycore/upstream/selector.hpp>
#include <pathology/testkit/testkit.hpp>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/curl.hpp"
#include "support/folder.hpp"

namespace pathology::testkit {
namespace {

using namespace std::chrono_literals;
using proxycore::flow::HttpFlow;
using test::Curl;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;
using testing::StartsWith;

/// curl that goes through the proxy and trusts it.
Curl through(Proxy const& proxy) {
    Curl curl;
    curl.set(CURLOPT_PROXY, proxy.url().c_str()).set(CURLOPT_CAINFO, proxy.authority_file().c_str());
    return curl;
}

/// An addon with a fault.
class Thrower final : public proxycore::addons::Addon {
public:
    std::string name() const override { return "thrower"; }
    proxycore::addons::asio::awaitable<void> request(HttpFlow&) override {
        throw std::runtime_error("of an addon");
        co_return;
    }
};

TEST(Proxy, PassesOnAndRemembers) {
    Daemon daemon;
    Proxy proxy;
    EXPECT_EQ(through(proxy).get(daemon.url_for("404:b'gone'")).body, "gone");
    auto const flow = proxy.take_flow(10s);
    ASSERT_TRUE(flow);
    EXPECT_EQ(flow->url, daemon.url("/p/404:b'gone'"));
    EXPECT_EQ(flow->protocol, "http");
    EXPECT_EQ(flow->error, "");
    EXPECT_THAT(flow->request, AllOf(HasMethod("GET"), HasHeader("Host"), IsOnConnection(0)));
    EXPECT_THAT(flow->response, AllOf(HasStatus(404), HasBody("gone")));
    EXPECT_EQ(flow->server->port, daemon.port());
    EXPECT_THAT(daemon.take_request(10s), Optional(HasTarget("/p/404:b'gone'")));
}

TEST(Proxy, IsKnownByItsAddress) {
    Proxy const proxy;
    EXPECT_NE(proxy.port(), 0);
    EXPECT_EQ(proxy.address(), "127.0.0.1:" + std::to_string(proxy.port()));
    EXPECT_EQ(proxy.url("/x"), "http://" + proxy.address() + "/x");
}

TEST(Proxy, GivesFlowsOneByOneAndTogether) {
    Daemon daemon;
    Proxy proxy;
    auto curl = through(proxy);
    for (auto const* spec : {"200", "201", "202"}) curl.get(daemon.url_for(spec));
    EXPECT_THAT(proxy.wait_for_flows(3, 10s), SizeIs(3));
    EXPECT_THAT(proxy.take_flow(10s)->response, HasStatus(200));
    EXPECT_EQ(proxy.take_flow(10s), proxy.flows()[1]);
    proxy.forget();
    EXPECT_THAT(proxy.flows(), IsEmpty());
    EXPECT_FALSE(proxy.take_flow(0s));
    curl.get(daemon.url_for("203"));
    EXPECT_THAT(proxy.take_flow(10s)->response, HasStatus(203));
}

/// A test that waits in vain fails by itself, with what came instead.
TEST(D4_Proxy, SaysWhyThereIsNoFlowToLookAt) {
    Daemon daemon;
    Proxy proxy;
    EXPECT_THAT([&] { return proxy.take_flow(0s)->error; },
                testing::ThrowsMessage<NothingTaken>("no flow came within 0 s; none was recorded"));
    through(proxy).get(daemon.url_for("200"));
    EXPECT_THAT(proxy.take_flow(10s)->error, IsEmpty());
    auto const taken = proxy.take_flow(0s);
    EXPECT_FALSE(taken);
    EXPECT_EQ(testing::PrintToString(taken), "no flow came within 0 s; 1 was recorded, and taken");
    EXPECT_THROW(static_cast<void>(*taken), NothingTaken);
    EXPECT_THROW(static_cast<void>(taken.value()), NothingTaken);
    EXPECT_THAT(proxy.take_flow(0s), testing::Not(Optional(testing::_)));
}

TEST(D4_Proxy, NamesTheErrorOfItsLogWhereNothingCame) {
    Daemon daemon({.tls = DaemonTls{}});
    Proxy proxy;
    Curl distrusting;
    distrusting.set(CURLOPT_PROXY, proxy.url().c_str());
    EXPECT_FALSE(distrusting.get(daemon.url_for("200")).complete());
    EXPECT_TRUE(proxy.wait_until_idle(10s));
    EXPECT_THAT(proxy.take_flow(0s).why(), HasSubstr("; the log says: warn: 127.0.0.1:"));
}

TEST(Proxy, ForgetsTheOldestFlows) {
    Daemon daemon;
    Proxy proxy({.flow_capacity = 2});
    auto curl = through(proxy);
    for (auto const* spec : {"200", "201", "202"}) curl.get(daemon.url_for(spec));
    EXPECT_THAT(proxy.flows(), ElementsAre(Field(&Flow::id, 1U), Field(&Flow::id, 2U)));
    EXPECT_THAT(proxy.take_flow(0s), Optional(Field(&Flow::id, 1U)));
}

TEST(Proxy, ChangesWhatPasses) {
    Daemon daemon;
    Proxy proxy({.on_request = [](HttpFlow& flow) { flow.request.headers.set("X-Seen", "yes"); },
                 .on_response = [](HttpFlow& flow) { flow.response->status_code = 503; }});
    EXPECT_EQ(through(proxy).get(daemon.url_for("200")).status, 503);
    EXPECT_THAT(daemon.take_request(10s), Optional(HasHeader("X-Seen", "yes")));
    EXPECT_THAT(proxy.take_flow(10s)->response, HasStatus(503));
}

/// What fails a test is tried by a report of our own, and once as the failure that it is.
TEST(D5_Proxy, ReportsAHookThatThrows) {
    Daemon daemon;
    std::mutex mutex;
    std::vector<std::string> reports;
    auto const report = [&](std::string const& line) {
        std::scoped_lock const lock(mutex);
        reports.push_back(line);
    };
    Proxy proxy({.on_request = [](HttpFlow&) { throw std::runtime_error("no luck"); },
                 .on_response = [](HttpFlow&) { throw 1; },
                 .on_exception = report});
    proxy.add(std::make_shared<Thrower>());
    EXPECT_EQ(through(proxy).get(daemon.url_for("200")).status, 200);
    proxy.stop();
    EXPECT_THAT(reports,
                ElementsAre("kit::Proxy: addon test, in request: no luck",
                            "kit::Proxy: addon thrower, in request: of an addon",
                            "kit::Proxy: addon test, in response: an exception that is not a std::exception"));
}

void run_a_hook_that_throws() {
    Daemon daemon;
    Proxy proxy({.on_response = [](HttpFlow&) { throw std::runtime_error("no luck"); }});
    through(proxy).get(daemon.url_for("200"));
}

TEST(D5_Proxy, FailsTheTestOfAHookThatThrows) {
    EXPECT_NONFATAL_FAILURE_ON_ALL_THREADS(run_a_hook_that_throws(), "addon test, in response: no luck");
}

TEST(D5_Proxy, MayIgnoreAHookThatThrows) {
    Daemon daemon;
    Proxy proxy(
        {.on_response = [](HttpFlow&) { throw std::runtime_error("no luck"); }, .on_exception = ignore_exception});
    EXPECT_EQ(through(proxy).get(daemon.url_for("200")).status, 200);
    EXPECT_THAT(proxy.log(), Contains(HasSubstr("error: addon test, in response: no luck")));
}

TEST(Proxy, RespondsInPlaceOfAServer) {
    Proxy proxy({.on_request = [](HttpFlow& flow) { flow.response = proxycore::flow::Response::make(200, "mine"); }});
    EXPECT_EQ(through(proxy).get("http://nowhere.test/").body, "mine");
    auto const flow = proxy.take_flow(10s);
    EXPECT_FALSE(flow->server_address);
}

/// Another addon than those of the kit.
TEST(Proxy, GoesByTheRouteOfASelector) {
    Daemon daemon;
    auto const route = proxycore::upstream::Route::respond(proxycore::flow::Response::make(403, "no route"));
    Proxy proxy({.selector = std::make_shared<proxycore::upstream::StaticSelector>(route)});
    EXPECT_EQ(through(proxy).get(daemon.url_for("200")).body, "no route");
}

TEST(Proxy, ChoosesAmongUpstreamsAndSaysWhy) {
    Daemon daemon;
    Proxy behind;
    proxycore::multiupstream::Upstream upstream;
    upstream.name = "office";
    upstream.hops = *proxycore::tunnel::parse_hops("127.0.0.1:" + std::to_string(behind.port()));
    upstream.rules = {{proxycore::multiupstream::Rule::Kind::host_pattern, "127.*"}};
    proxycore::multiupstream::SelectorSettings settings;
    settings.explains = true;
    auto const selector = std::make_shared<proxycore::multiupstream::Selector>(
        proxycore::multiupstream::Configuration{{upstream}}, settings);
    Proxy proxy({.selector = selector});
    EXPECT_EQ(through(proxy).get(daemon.url_for("200:b'hi'")).body, "hi");
    auto const flow = proxy.take_flow(10s);
    EXPECT_EQ(flow->via, "http://127.0.0.1:" + std::to_string(behind.port()));
    EXPECT_THAT(flow->choice, testing::HasSubstr("office"));
}

/// How often the only upstream of the only folder was chosen.
std::uint64_t times_chosen(Proxy const& proxy) {
    auto const folders = proxy.upstream_statistics();
    if (folders.size() != 1 || folders[0].statistics.upstreams.size() != 1) return 0;
    return folders[0].statistics.upstreams[0].counters.chosen;
}

TEST(Proxy, CountsTheUsesOfUpstreams) {
    Daemon daemon;
    Proxy behind;
    pathology::test::Folder const folder;
    folder.write("proxies.yaml", "proxies: [{name: office, url: '" + behind.url() + "', rules: [{type: default}]}]\n");
    Proxy proxy({.mode = "multiupstream:" + folder.path().string()});
    EXPECT_EQ(times_chosen(proxy), 0U);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(through(proxy).get(daemon.url_for("200:b'hi'")).body, "hi");
    EXPECT_EQ(times_chosen(proxy), 3U);
    EXPECT_EQ(proxy.upstream_statistics()[0].folder, folder.path().string());
    proxy.stop();
    EXPECT_EQ(times_chosen(proxy), 3U);
    EXPECT_THAT(behind.upstream_statistics(), IsEmpty());
}

TEST(Proxy, CountsTheUsesOfAGivenSelector) {
    Daemon daemon;
    Proxy behind;
    proxycore::multiupstream::Upstream upstream;
    upstream.name = "office";
    upstream.hops = *proxycore::tunnel::parse_hops(behind.address());
    upstream.rules = {{proxycore::multiupstream::Rule::Kind::by_default, {}, 0}};
    Proxy proxy({.selector = std::make_shared<proxycore::multiupstream::Selector>(
                     proxycore::multiupstream::Configuration{{upstream}})});
    EXPECT_EQ(through(proxy).get(daemon.url_for("200:b'hi'")).body, "hi");
    EXPECT_EQ(times_chosen(proxy), 1U);
    proxy.stop();
    EXPECT_EQ(times_chosen(proxy), 1U);
}

class Teapot final : public proxycore::addons::Addon {
public:
    std::string name() const override { return "teapot"; }
    proxycore::addons::asio::awaitable<void> request(HttpFlow& flow) override {
        flow.response = proxycore::flow::Response::make(418);
        co_return;
    }
};

TEST(Proxy, TakesAddonsWhileItRuns) {
    Proxy proxy;
    proxy.add(std::make_shared<Teapot>());
    EXPECT_EQ(through(proxy).get("http://nowhere.test/").status, 418);
    EXPECT_THROW(proxy.add(std::make_shared<Teapot>()), ProxyError);
}

TEST(Proxy, LooksIntoTls) {
    Daemon daemon({.tls = DaemonTls{}});
    Proxy proxy({.settings = {"ssl_verify_upstream_trusted_ca=" + daemon.authority_file()}});
    EXPECT_EQ(through(proxy).get(daemon.url_for("200:b'secret'")).body, "secret");
    auto const flow = proxy.take_flow(10s);
    ASSERT_TRUE(flow);
    EXPECT_THAT(flow->url, StartsWith("https://127.0.0.1:"));
    EXPECT_THAT(flow->request, HasTlsVersion("TLSv1.3"));
    EXPECT_THAT(flow->response, AllOf(HasTlsVersion("TLSv1.3"), HasBody("secret")));
    EXPECT_THAT(proxy.authority_pem(), StartsWith("-----BEGIN CERTIFICATE-----"));
}

TEST(Proxy, ReportsWhyThereIsNoResponse) {
    Proxy proxy;
    std::uint16_t closed = 0;
    {
        Daemon const daemon;
        closed = daemon.port();
    }
    auto const fetched = through(proxy).get("http://127.0.0.1:" + std::to_string(closed) + "/");
    EXPECT_EQ(fetched.status, 502);
    auto const flow = proxy.take_flow(10s);
    ASSERT_TRUE(flow);
    EXPECT_THAT(flow->error, HasSubstr(std::to_string(closed)));
    EXPECT_THAT(flow->response, FailsWith(flow->error));
}

TEST(Proxy, StandsInFrontOfAServer) {
    Daemon daemon({.anchors = {{"/x", "200:b'from behind'"}}});
    Proxy proxy({.mode = "reverse:" + daemon.url()});
    EXPECT_EQ(Curl().get(proxy.url("/x")).body, "from behind");
    EXPECT_EQ(proxy.take_flow(10s)->mode, "reverse:" + daemon.url());
}

TEST(Proxy, RunsOnWhereverItIsMoved) {
    Daemon daemon;
    Proxy first;
    auto const url = first.url();
    auto curl = through(first);
    EXPECT_EQ(curl.get(daemon.url_for("200")).status, 200);
    std::vector<Proxy> proxies;
    proxies.push_back(std::move(first));
    EXPECT_EQ(proxies[0].url(), url);
    EXPECT_EQ(proxies[0].connections(), 1U);
    EXPECT_EQ(curl.get(daemon.url_for("201")).status, 201);
    EXPECT_THAT(proxies[0].wait_for_flows(2, 10s), SizeIs(2));

    proxies[0] = Proxy();  // ends the one that was there
    EXPECT_NE(proxies[0].url(), url);
    EXPECT_FALSE(curl.get(daemon.url_for("202")).complete());
    EXPECT_EQ(through(proxies[0]).get(daemon.url_for("203")).status, 203);
    EXPECT_THAT(proxies[0].flows(), SizeIs(1));
}

TEST(ProxyUrl, HasTheSchemeOfItsMode) {
    struct Row {
        std::string mode, scheme;
    };
    for (auto const& [mode, scheme] :
         {Row{"regular", "http"}, Row{"socks5", "socks5"}, Row{"upstream:http://127.0.0.1:9", "http"},
          Row{"reverse:http://127.0.0.1:9", "http"}, Row{"reverse:https://127.0.0.1:9", "https"},
          Row{"reverse:tcp://127.0.0.1:9", "tcp"}}) {
        Proxy const proxy({.mode = mode});
        EXPECT_EQ(proxy.url(), scheme + "://" + proxy.address()) << mode;
    }
}

TEST(ProxyUrl, IsWhatClientsUse) {
    Daemon daemon({.anchors = {{"/x", "200:b'from behind'"}}, .tls = DaemonTls{}});
    Proxy reverse({.mode = "reverse:" + daemon.url(), .settings = {"ssl_insecure=true"}});
    Curl trusting;
    trusting.set(CURLOPT_CAINFO, reverse.authority_file().c_str());
    EXPECT_EQ(trusting.get(reverse.url("/x")).body, "from behind");
    Proxy socks({.mode = "socks5", .settings = {"ssl_insecure=true"}});
    trusting.set(CURLOPT_PROXY, socks.url().c_str()).set(CURLOPT_NOPROXY, "");
    EXPECT_EQ(trusting.get(daemon.url("/x")).body, "from behind");
}

TEST(Proxy, SpeaksSocks) {
    Daemon daemon;
    Proxy proxy({.mode = "socks5"});
    Curl curl;
    curl.set(CURLOPT_PROXY, ("socks5h://" + proxy.address()).c_str());
    EXPECT_EQ(curl.get(daemon.url_for("200:b'socks'")).body, "socks");
    EXPECT_THAT(proxy.take_flow(10s)->response, HasBody("socks"));
}

TEST(Proxy, ChangesOptionsWhileItRuns) {
    Daemon daemon;
    Proxy proxy;
    proxy.set("proxyauth=u:p");
    EXPECT_EQ(through(proxy).get(daemon.url_for("200")).status, 407);
    EXPECT_THROW(proxy.set("nonsense=1"), ProxyError);
}

TEST(Proxy, RefusesWhatCannotBe) {
    EXPECT_THROW(Proxy({.mode = "nonsense"}), ProxyError);
    EXPECT_THROW(Proxy({.settings = {"body_size_limit=x"}}), ProxyError);
    EXPECT_THROW(Proxy({.settings = {"nonsense=1"}}), ProxyError);
    EXPECT_THROW(Proxy({.settings = {"listen_host=192.0.2.1"}}), ProxyError);
}

TEST(Proxy, KeepsItsLog) {
    Proxy const proxy;
    EXPECT_THAT(proxy.log(),
                Contains(AllOf(StartsWith("info: HTTP(S) proxy listening at "), HasSubstr(proxy.address()))));
}

TEST(Proxy, WaitsForSilence) {
    Daemon daemon;
    Proxy proxy;
    {
        auto curl = through(proxy);
        curl.get(daemon.url_for("200"));
        EXPECT_EQ(proxy.connections(), 1U);
        EXPECT_FALSE(proxy.wait_until_idle(0s));
    }
    EXPECT_TRUE(proxy.wait_until_idle(10s));
    EXPECT_TRUE(daemon.wait_until_idle(10s));
}

TEST(Proxy, KeepsWhatPassedAfterItStopped) {
    Daemon daemon;
    Proxy proxy;
    through(proxy).get(daemon.url_for("200"));
    proxy.stop();
    EXPECT_THAT(proxy.flows(), SizeIs(1));
    EXPECT_FALSE(through(proxy).get(daemon.url_for("200")).complete());
}

}  // namespace
}  // namespace pathology::testkit
