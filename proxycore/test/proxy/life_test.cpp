// A proxy as an object: starting, changing, stopping.
#include <gmock/gmock.h>

#include <boost/system/system_error.hpp>
#include <future>
#include <pathology/proxycore/errors.hpp>
#include <thread>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using addons::TextList;
using proxycore::test::patience;
using proxycore::test::taken_from;
using test::Origin;
using test::ProxyFixture;
using test::TestClient;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string failure(ProxyFixture& fixture) {
    try {
        fixture.start();
    } catch (ProxyException const& error) {
        return error.what();
    }
    return "it started";
}

TEST(Proxy, P01_a_ReportsWhichAddressItCannotHave) {
    Origin const other;
    ProxyFixture fixture;
    fixture.set("listen_port=" + std::to_string(other.port()));
    EXPECT_THAT(failure(fixture), HasSubstr("cannot listen on " + other.where() + ": address already in use"));
    EXPECT_THROW(ProxyFixture().set("listen_port=" + std::to_string(other.port())).start(), ServerException);
}

TEST(Proxy, P01_d_ListensNowhereWhereNoServerIsWanted) {
    ProxyFixture fixture;
    fixture.set("server=false").start();
    EXPECT_THAT(fixture.proxy.listeners(), IsEmpty());
    EXPECT_EQ(fixture.port(), 0U);
    bool called = false;
    fixture.proxy.perform([&called] { called = true; });
    EXPECT_TRUE(called);
}

TEST(Proxy, P02_a_ReportsWhereAModeIsWrong) {
    ProxyFixture fixture({"reverse:tcp://h"});
    EXPECT_THAT(failure(fixture), HasSubstr("reverse:tcp://h"));
}

TEST(Proxy, P41_b_ReportsWhichOptionNobodyKnows) {
    ProxyFixture fixture;
    fixture.set("nonsense=1");
    EXPECT_THAT(failure(fixture), HasSubstr("nonsense"));
}

TEST(Proxy, MayStartAfterItsOptionsWerePutRight) {
    ProxyFixture fixture;
    fixture.set("ignore_hosts=(");
    EXPECT_THROW(fixture.proxy.start(), OptionsError);
    fixture.set("ignore_hosts=x");
    fixture.start();
    EXPECT_NE(fixture.port(), 0U);
}

TEST(Proxy, RunsOnce) {
    ProxyFixture fixture;
    fixture.start();
    EXPECT_THROW(fixture.proxy.start(), ControlException);
    fixture.proxy.stop();
    EXPECT_THAT(fixture.proxy.listeners(), IsEmpty());
    EXPECT_THROW(fixture.proxy.start(), ControlException);
}

TEST(Proxy, StopsForManyAtOnce) {
    ProxyFixture fixture;
    fixture.start();
    TestClient client(fixture.port());
    std::thread first([&] { fixture.proxy.stop(); }), second([&] { fixture.proxy.stop(); });
    first.join();
    second.join();
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(fixture.proxy.connections(), 0U);
}

/// Notes what happens to the proxy itself.
class Life final : public addons::Addon {
public:
    explicit Life(std::vector<std::string>& calls) : calls_(calls) {}
    std::string name() const override { return "life"; }
    void configure(addons::Options const&, std::set<std::string> const&) override { calls_.emplace_back("configure"); }
    asio::awaitable<void> running() override { co_return calls_.push_back("running"); }
    asio::awaitable<void> tick() override {
        if (calls_.back() == "running") {
            calls_.emplace_back("tick");
            ticked.set_value();
        }
        co_return;
    }
    asio::awaitable<void> client_disconnected(flow::Client&) override { co_return calls_.push_back("disconnected"); }
    asio::awaitable<void> done() override { co_return calls_.push_back("done"); }

    std::promise<void> ticked;

private:
    std::vector<std::string>& calls_;
};

TEST(Proxy, P40_ReportsItsLifeToAddons) {
    std::vector<std::string> calls;
    auto const life = std::make_shared<Life>(calls);
    ProxyFixture fixture;
    fixture.proxy.addons().add(life);
    fixture.start();
    auto ticked = life->ticked.get_future();
    taken_from(ticked);
    TestClient const client(fixture.port());
    ASSERT_TRUE(fixture.recorder->wait_for("client_connected"));
    fixture.proxy.stop();
    EXPECT_THAT(calls, ElementsAre("configure", "running", "tick", "disconnected", "done"));
}

// --- while it runs ---------------------------------------------------------------------------------------------------

TEST(Proxy, P41_a_KeepsTheValueOfAnOptionThatWasRefused) {
    ProxyFixture fixture;
    fixture.set("ignore_hosts=x").start();
    auto& options = fixture.proxy.options();
    EXPECT_THROW(fixture.proxy.perform([&] { options.set("ignore_hosts", TextList{"("}); }), OptionsError);
    TextList kept;
    fixture.proxy.perform([&] { kept = options.get<TextList>("ignore_hosts"); });
    EXPECT_EQ(kept, TextList{"x"});
}

TEST(Proxy, P41_FollowsItsOptionsWithNewConnections) {
    ProxyFixture fixture;
    fixture.start();
    auto& options = fixture.proxy.options();
    fixture.proxy.perform([&] { options.set("tcp_timeout", std::int64_t{1}); });
    EXPECT_EQ(TestClient(fixture.port()).read_to_end(), "");
    EXPECT_TRUE(fixture.recorder->wait_for("client_disconnected"));
}

TEST(Proxy, P41_DoesNotMoveWhileItRuns) {
    ProxyFixture fixture;
    fixture.start();
    auto& options = fixture.proxy.options();
    auto const move = [&] { options.set("mode", TextList{"socks5"}); };
    EXPECT_THROW(fixture.proxy.perform(move), OptionsError);
    EXPECT_NE(fixture.port(), 0U);
}

TEST(Proxy, P37_AnAddonThatThrowsIsNamedAndOthersGoOn) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow&) { throw std::runtime_error("an addon's own fault"); };
    fixture.start();
    auto const request = "GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n";
    EXPECT_EQ(TestClient(fixture.port()).request(request).body, "origin");
    EXPECT_TRUE(fixture.wait_for_log("addon hook_recorder, in request: an addon's own fault"));
}

}  // namespace
}  // namespace pathology::proxycore::proxy
