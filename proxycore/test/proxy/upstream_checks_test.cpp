// Active checks: proxies that die and come back, at most so many at a time, changed configurations, and the end.
#include <gmock/gmock.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <pathology/proxycore/async/task.hpp>
#include <pathology/proxycore/multiupstream/selector.hpp>
#include <set>

#include "layers/tls/tls_service.hpp"
#include "proxy/multiupstream_fixture.hpp"
#include "proxy/origin.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/unsteady_proxy.hpp"
#include "proxy/upstream_checks.hpp"
#include "support/play.hpp"
#include "support/silent_address.hpp"
#include "support/socks5_server.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::proxy {
namespace {

using namespace std::chrono_literals;
using multiupstream::Cause;
using multiupstream::Configuration;
using multiupstream::HealthState;
using multiupstream::Upstream;
using multiupstream::UpstreamStatistics;
using proxycore::test::patience;
using test::Origin;
using test::UnsteadyProxy;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Upstream upstream_at(std::string name, tunnel::Hop hop) {
    hop.name = name;
    return {std::move(name), {std::move(hop)}, 1, {{multiupstream::Rule::Kind::by_default, {}, 0}}};
}
Upstream http_upstream(std::string name, std::uint16_t port) {
    return upstream_at(std::move(name), {.address = {"127.0.0.1", port}});
}

/// Counts what its waiters wait for. Any thread.
class Count {
public:
    void add() {
        std::scoped_lock const lock(mutex_);
        ++count_;
        changed_.notify_all();
    }
    bool wait_for(std::size_t count) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return count_ >= count; });
    }
    std::size_t now() const {
        std::scoped_lock const lock(mutex_);
        return count_;
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::size_t count_ = 0;
};

/// A proxy that sends the same response to each request, or nothing while `response` is empty, and counts requests.
class ScriptedProxy {
public:
    explicit ScriptedProxy(std::string response) : response_(std::move(response)) {}

    std::uint16_t port() const { return origin_.port(); }
    bool wait_for_requests(std::size_t count) const { return requests_.wait_for(count); }
    std::size_t requests() const { return requests_.now(); }
    bool wait_for_ends(std::size_t count) const { return ends_.wait_for(count); }
    std::uint64_t accepted() const { return origin_.accepted(); }

private:
    asio::awaitable<void> serve(net::Stream& stream) {
        co_await test::read_head(stream);
        requests_.add();
        if (!response_.empty()) co_await net::send(stream, response_);
        std::string block(16, '\0');
        co_await stream.read_some(asio::buffer(block));  // until the client ends the connection
        ends_.add();
    }

    std::string response_;
    Count requests_, ends_;
    Origin origin_{[this](net::Stream& stream) { return serve(stream); }};
};

/// Checks on a loop of their own, as the proxy runs them, with a log that is kept.
class CheckRunner {
public:
    CheckRunner(std::vector<Upstream> upstreams, CheckSettings settings, std::chrono::milliseconds limit = patience)
        : settings_(make_settings(limit)),
          selector_(std::make_shared<multiupstream::Selector>(Configuration{std::move(upstreams)}, long_rests())),
          checks_(selector_, std::move(settings), [this](addons::LogLevel level, std::string text) {
              log(std::string(to_string(level)) + ": " + text);
          }) {
        server_.start().value();
    }
    ~CheckRunner() { server_.stop(); }

    UpstreamStatistics statistics(std::size_t position = 0) {
        UpstreamStatistics found;
        server_.perform([&] { found = selector_->statistics().upstreams.at(position); });
        return found;
    }
    void reload(std::vector<Upstream> upstreams) {
        server_.perform([&] {
            selector_->reload(Configuration{std::move(upstreams)});
            checks_.follow();
        });
    }
    void perform(std::function<void(multiupstream::Selector&)> const& work) {
        server_.perform([&] { work(*selector_); });
    }
    void stop() { server_.stop(); }

    bool wait_for_log(std::string const& text) const {
        std::unique_lock lock(mutex_);
        return logged_.wait_for(lock, patience, [&] {
            return std::ranges::any_of(log_, [&](std::string const& line) { return line.find(text) != line.npos; });
        });
    }
    std::vector<std::string> log() const {
        std::scoped_lock const lock(mutex_);
        return log_;
    }

private:
    static std::shared_ptr<layers::Settings const> make_settings(std::chrono::milliseconds limit) {
        auto settings = std::make_shared<layers::Settings>();
        settings->times.connect = limit;
        return settings;
    }
    /// A rest that ends in the test was ended by a check.
    static multiupstream::SelectorSettings long_rests() {
        multiupstream::SelectorSettings settings;
        settings.balancer.health.first_rest = settings.balancer.health.max_rest = 1h;
        return settings;
    }
    net::ServerOptions options() {
        net::ServerOptions made;
        made.listen.clear();
        made.at_begin = [this](std::vector<Endpoint> const&) { return begin(); };
        made.at_end = [this] { return end(); };
        return made;
    }
    asio::awaitable<void> begin() {
        running_.emplace(co_await asio::this_coro::executor);
        running_->start(checks_.run(services_));
    }
    asio::awaitable<void> end() {
        running_->cancel();
        co_await running_->join();
        running_.reset();
    }
    void log(std::string line) {
        std::scoped_lock const lock(mutex_);
        log_.push_back(std::move(line));
        logged_.notify_all();
    }

    mutable std::mutex mutex_;
    mutable std::condition_variable logged_;
    std::vector<std::string> log_;
    std::shared_ptr<layers::Settings const> settings_;
    addons::Options addon_options_;
    addons::AddonChain chain_{addon_options_, [](addons::LogEntry const&) {}};
    layers::TlsService tls_{*settings_, layers::TlsService::Sides::servers};
    layers::Services services_{chain_, tls_, [] { return flow::Time::clock::now(); }, settings_, {}};
    std::shared_ptr<multiupstream::Selector> selector_;
    UpstreamChecks checks_;
    std::optional<async::Task> running_;
    net::Server server_{options(), [](net::Connection) -> asio::awaitable<void> { co_return; }};
};

// --- results ---------------------------------------------------------------------------------------------------------

TEST(UpstreamChecks, NoticeAProxyThatDiesAndOneThatComesBack) {
    UnsteadyProxy proxy("office");
    CheckRunner checks({proxy.upstream()}, {.interval = 5ms});
    proxy.die();
    ASSERT_TRUE(checks.wait_for_log("check failed"));
    EXPECT_EQ(checks.statistics().health.state, HealthState::resting);
    proxy.come_back();
    ASSERT_TRUE(checks.wait_for_log("passes its checks again"));
    auto const found = checks.statistics();
    EXPECT_EQ(found.health.state, HealthState::available);
    EXPECT_TRUE(found.latency);
    EXPECT_GE(found.counters.checks, 2U);
    EXPECT_GE(found.counters.checks_failed, 1U);
    EXPECT_LT(found.counters.checks_failed, found.counters.checks);
    EXPECT_EQ(found.counters.chosen, 0U);
    EXPECT_THAT(checks.log(), ElementsAre(AllOf(StartsWith("warn: check failed: Upstream proxy office: cannot connect"),
                                                HasSubstr("; the upstream proxy rests")),
                                          "info: upstream proxy office passes its checks again"));
}

TEST(UpstreamChecks, EndTheRestThatARequestBegan) {
    Origin const proxy;
    CheckRunner checks({http_upstream("office", proxy.port())}, {.interval = 1ms});
    checks.perform([](multiupstream::Selector& selector) {
        auto& balancer = selector.balancer();
        balancer.failed(balancer.ids()[0], {}, {.cause = Cause::refused}, std::chrono::steady_clock::now());
    });
    EXPECT_TRUE(checks.wait_for_log("info: upstream proxy office passes its checks again"));
}

TEST(UpstreamChecks, OfATargetUseATunnel) {
    ScriptedProxy const proxy("HTTP/1.1 200 OK\r\n\r\n");
    CheckRunner checks({http_upstream("office", proxy.port())},
                       {.interval = 1ms, .target = Endpoint{"check.test", 443}});
    EXPECT_TRUE(proxy.wait_for_requests(2));
    EXPECT_GE(checks.statistics().counters.checks, 1U);
    EXPECT_THAT(checks.log(), IsEmpty());
}

TEST(UpstreamChecks, OfATargetUseSocks) {
    proxycore::test::Socks5ServerOptions options;
    options.reply = socks5::ReplyCode::host_unreachable;
    proxycore::test::Socks5Server const socks(options);
    CheckRunner checks({upstream_at("office", {tunnel::Hop::Protocol::socks5, false, {"127.0.0.1", socks.port()}})},
                       {.interval = 1h, .target = Endpoint{"check.test", 443}});
    EXPECT_TRUE(checks.wait_for_log("check failed: Upstream proxy office "));
    EXPECT_THAT(checks.log(), ElementsAre(HasSubstr("Host unreachable")));
    EXPECT_THAT(socks.destinations(), ElementsAre("check.test:443"));
}

TEST(UpstreamChecks, ThatAreRefusedFailWithoutARestAndAreLoggedOnce) {
    ScriptedProxy const proxy("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
    CheckRunner checks({http_upstream("office", proxy.port())},
                       {.interval = 1ms, .target = Endpoint{"check.test", 443}});
    EXPECT_TRUE(proxy.wait_for_requests(5));
    auto const found = checks.statistics();
    EXPECT_GE(found.counters.checks_failed, 4U);
    EXPECT_EQ(found.health.state, HealthState::available);
    EXPECT_THAT(checks.log(),
                ElementsAre(AllOf(StartsWith("warn: check failed: Upstream proxy office "), HasSubstr("407"))));
}

TEST(UpstreamChecks, HaveTheTimeToConnect) {
    ScriptedProxy const silent("");
    CheckRunner checks({http_upstream("office", silent.port())},
                       {.interval = 1ms, .target = Endpoint{"check.test", 443}}, 50ms);
    ASSERT_TRUE(checks.wait_for_log("check failed: Upstream proxy office"));
    ASSERT_TRUE(checks.wait_for_log("rests"));  // no response three times in a row
    EXPECT_EQ(checks.statistics().health.cause, Cause::no_response);
    EXPECT_EQ(checks.log().size(), 2U);
}

TEST(UpstreamChecks, FailWhereNoConnectionOpens) {
    pathology::test::SilentAddress const silent;
    CheckRunner checks({http_upstream("office", silent.port())}, {.interval = 1ms}, 50ms);
    ASSERT_TRUE(checks.wait_for_log("rests"));
    EXPECT_EQ(checks.statistics().health.cause, Cause::timed_out);
}

TEST(UpstreamChecks, VerifyTheCertificateOfAProxyWithoutALineForEach) {
    test::SecureOrigin const proxy(tls::test::identity_for({"127.0.0.1"}));
    CheckRunner checks({upstream_at("office", {tunnel::Hop::Protocol::http, true, {"127.0.0.1", proxy.port()}})},
                       {.interval = 1ms});
    ASSERT_TRUE(checks.wait_for_log("warn: check failed: Upstream proxy office: Certificate verify failed"));
    EXPECT_EQ(checks.statistics().health.cause, Cause::tls);
    EXPECT_EQ(checks.log().size(), 1U);
}

// --- when ------------------------------------------------------------------------------------------------------------

TEST(UpstreamChecks, AreNoMoreAtATimeThanAllowed) {
    ScriptedProxy const first(""), second("HTTP/1.1 200 OK\r\n\r\n");
    CheckRunner checks({http_upstream("first", first.port()), http_upstream("second", second.port())},
                       {.interval = 1us, .target = Endpoint{"check.test", 443}, .max_running = 1}, 200ms);
    ASSERT_TRUE(first.wait_for_requests(1));
    EXPECT_EQ(second.accepted(), 0U);
    EXPECT_TRUE(second.wait_for_requests(1));  // after the limit of the first
    EXPECT_GE(checks.statistics(0).counters.checks_failed, 1U);
}

TEST(UpstreamChecks, OfOneUpstreamFollowOneAnother) {
    ScriptedProxy const silent(""), other("HTTP/1.1 200 OK\r\n\r\n");
    CheckRunner checks({http_upstream("silent", silent.port()), http_upstream("other", other.port())},
                       {.interval = 1ms, .target = Endpoint{"check.test", 443}});
    ASSERT_TRUE(silent.wait_for_requests(1));
    ASSERT_TRUE(other.wait_for_requests(10));
    EXPECT_EQ(silent.accepted(), 1U);
}

TEST(UpstreamChecks, AreSpreadOverTheInterval) {
    ScriptedProxy const first("HTTP/1.1 200 OK\r\n\r\n"), second("HTTP/1.1 200 OK\r\n\r\n");
    CheckRunner checks({http_upstream("first", first.port()), http_upstream("second", second.port())},
                       {.interval = 1h, .target = Endpoint{"check.test", 443}});
    ASSERT_TRUE(first.wait_for_requests(1));
    EXPECT_EQ(second.accepted(), 0U);  // its first check is due in half an hour
}

TEST(UpstreamChecks, FollowAChangedConfiguration) {
    ScriptedProxy const first("HTTP/1.1 200 OK\r\n\r\n"), second("HTTP/1.1 200 OK\r\n\r\n");
    CheckSettings const settings{.interval = 1h, .target = Endpoint{"check.test", 443}};
    CheckRunner checks({http_upstream("first", first.port())}, settings);
    ASSERT_TRUE(first.wait_for_requests(1));
    checks.reload({http_upstream("second", second.port())});
    ASSERT_TRUE(second.wait_for_requests(1));  // at once, although the next check of the first was due in an hour
    EXPECT_EQ(first.requests(), 1U);
}

TEST(UpstreamChecks, OfARemovedUpstreamHaveNoResult) {
    ScriptedProxy const silent(""), next("HTTP/1.1 200 OK\r\n\r\n");
    CheckRunner checks({http_upstream("silent", silent.port())},
                       {.interval = 1h, .target = Endpoint{"check.test", 443}}, 100ms);
    ASSERT_TRUE(silent.wait_for_requests(1));
    checks.reload({http_upstream("next", next.port())});
    ASSERT_TRUE(silent.wait_for_ends(1));  // by its time limit
    ASSERT_TRUE(next.wait_for_requests(1));
    checks.stop();
    EXPECT_THAT(checks.log(), IsEmpty());
}

TEST(UpstreamChecks, EndWithTheProxyWhileOneWaits) {
    ScriptedProxy const silent("");
    CheckRunner checks({http_upstream("silent", silent.port())},
                       {.interval = 1h, .target = Endpoint{"check.test", 443}}, 1h);
    ASSERT_TRUE(silent.wait_for_requests(1));
    checks.stop();
    EXPECT_THAT(checks.log(), IsEmpty());
}

// --- through the options ---------------------------------------------------------------------------------------------

class ChecksOption : public test::MultiUpstreamFixture {};

TEST_F(ChecksOption, P84_ADeadProxyMeetsNoRequestAndReturnsAtOnce) {
    UnsteadyProxy office("office");
    Origin const other("other");
    folder.add("office", office.url());
    folder.add("other", other.url());
    for (auto const* setting : {"multiupstream_check=1", "multiupstream_first_rest=60", "multiupstream_max_retries=0"})
        settings.emplace_back(setting);
    office.die();
    start();
    ASSERT_TRUE(fixture().wait_for_log("warn: check failed: Upstream proxy office: cannot connect"));
    for (int i = 0; i < 4; ++i) EXPECT_EQ(ask("origin.test"), "other");
    office.come_back();
    ASSERT_TRUE(fixture().wait_for_log("info: upstream proxy office passes its checks again"));
    std::set<std::string> used;
    for (int i = 0; i < 4; ++i) used.insert(ask("origin.test"));
    EXPECT_THAT(used, ElementsAre("office", "other"));
    EXPECT_EQ(fixture().recorder->count("server_connect_error"), 0U);
}

/// Checks are no flows, and addons do not see them.
TEST_F(ChecksOption, ChecksRunNoHooks) {
    ScriptedProxy const proxy("HTTP/1.1 200 OK\r\n\r\n");
    folder.add("office", "http://127.0.0.1:" + std::to_string(proxy.port()));
    settings.emplace_back("multiupstream_check=1");
    settings.emplace_back("multiupstream_check_target=check.test:443");
    start();
    ASSERT_TRUE(proxy.wait_for_requests(1));
    fixture().proxy.stop();
    EXPECT_THAT(fixture().recorder->hooks(), IsEmpty());
}

}  // namespace
}  // namespace pathology::proxycore::proxy
