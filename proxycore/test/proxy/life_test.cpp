// A proxy as an object: starting, changing, stopping.
#include <gmock/gmock.h>

#include <boost/system/system_error.hpp>
#include <future>
#include <pathology/proxycore/errors.hpp>
#include <thread>

#include "proxy/origin.hpp"
#include "proxy/proxy_bench.hpp"
#include "proxy/visitor.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using addons::TextList;
using proxycore::test::patience;
using proxycore::test::taken_from;
using test::Origin;
using test::ProxyBench;
using test::Visitor;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string complaint(ProxyBench& bench) {
    try {
        bench.start();
    } catch (ProxyException const& error) {
        return error.what();
    }
    return "it started";
}

TEST(Proxy, P01_a_SaysWhichAddressItCannotHave) {
    Origin const other;
    ProxyBench bench;
    bench.set("listen_port=" + std::to_string(other.port()));
    EXPECT_THAT(complaint(bench), HasSubstr("cannot listen on " + other.where() + ": address already in use"));
    EXPECT_THROW(ProxyBench().set("listen_port=" + std::to_string(other.port())).start(), ServerException);
}

TEST(Proxy, P01_d_ListensNowhereWhereNoServerIsWanted) {
    ProxyBench bench;
    bench.set("server=false").start();
    EXPECT_THAT(bench.proxy.listeners(), IsEmpty());
    EXPECT_EQ(bench.port(), 0U);
    bool called = false;
    bench.proxy.perform([&called] { called = true; });
    EXPECT_TRUE(called);
}

TEST(Proxy, P02_a_SaysWhereAModeIsWrong) {
    ProxyBench bench({"reverse:tcp://h"});
    EXPECT_THAT(complaint(bench), HasSubstr("reverse:tcp://h"));
}

TEST(Proxy, P41_b_SaysWhichOptionNobodyKnows) {
    ProxyBench bench;
    bench.set("nonsense=1");
    EXPECT_THAT(complaint(bench), HasSubstr("nonsense"));
}

TEST(Proxy, MayStartAfterItsOptionsWerePutRight) {
    ProxyBench bench;
    bench.set("ignore_hosts=(");
    EXPECT_THROW(bench.proxy.start(), OptionsError);
    bench.set("ignore_hosts=x");
    bench.start();
    EXPECT_NE(bench.port(), 0U);
}

TEST(Proxy, RunsOnce) {
    ProxyBench bench;
    bench.start();
    EXPECT_THROW(bench.proxy.start(), ControlException);
    bench.proxy.stop();
    EXPECT_THAT(bench.proxy.listeners(), IsEmpty());
    EXPECT_THROW(bench.proxy.start(), ControlException);
}

TEST(Proxy, StopsForManyAtOnce) {
    ProxyBench bench;
    bench.start();
    Visitor visitor(bench.port());
    std::thread first([&] { bench.proxy.stop(); }), second([&] { bench.proxy.stop(); });
    first.join();
    second.join();
    EXPECT_EQ(visitor.hear_rest(), "");
    EXPECT_EQ(bench.proxy.connections(), 0U);
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

TEST(Proxy, P40_TellsAddonsOfItsLife) {
    std::vector<std::string> calls;
    auto const life = std::make_shared<Life>(calls);
    ProxyBench bench;
    bench.proxy.addons().add(life);
    bench.start();
    auto ticked = life->ticked.get_future();
    taken_from(ticked);
    Visitor const visitor(bench.port());
    ASSERT_TRUE(bench.witness->wait_for("client_connected"));
    bench.proxy.stop();
    EXPECT_THAT(calls, ElementsAre("configure", "running", "tick", "disconnected", "done"));
}

// --- while it runs ---------------------------------------------------------------------------------------------------

TEST(Proxy, P41_a_KeepsTheValueOfAnOptionThatWasRefused) {
    ProxyBench bench;
    bench.set("ignore_hosts=x").start();
    auto& options = bench.proxy.options();
    EXPECT_THROW(bench.proxy.perform([&] { options.set("ignore_hosts", TextList{"("}); }), OptionsError);
    TextList kept;
    bench.proxy.perform([&] { kept = options.get<TextList>("ignore_hosts"); });
    EXPECT_EQ(kept, TextList{"x"});
}

TEST(Proxy, P41_FollowsItsOptionsWithNewConnections) {
    ProxyBench bench;
    bench.start();
    auto& options = bench.proxy.options();
    bench.proxy.perform([&] { options.set("tcp_timeout", std::int64_t{1}); });
    EXPECT_EQ(Visitor(bench.port()).hear_rest(), "");
    EXPECT_TRUE(bench.witness->wait_for("client_disconnected"));
}

TEST(Proxy, P41_DoesNotMoveWhileItRuns) {
    ProxyBench bench;
    bench.start();
    auto& options = bench.proxy.options();
    auto const move = [&] { options.set("mode", TextList{"socks5"}); };
    EXPECT_THROW(bench.proxy.perform(move), OptionsError);
    EXPECT_NE(bench.port(), 0U);
}

TEST(Proxy, P37_AnAddonThatThrowsIsNamedAndOthersGoOn) {
    Origin const origin;
    ProxyBench bench;
    bench.witness->on_request = [](flow::HttpFlow&) { throw std::runtime_error("an addon's own fault"); };
    bench.start();
    auto const request = "GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n";
    EXPECT_EQ(Visitor(bench.port()).ask(request).body, "origin");
    EXPECT_TRUE(bench.wait_for_log("addon witness, in request: an addon's own fault"));
}

}  // namespace
}  // namespace pathology::proxycore::proxy
