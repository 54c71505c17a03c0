// Flows as others than their hooks see them: kept, held, changed and killed while their connections wait; and what an
// addon does with a whole proxy.
#include <gmock/gmock.h>

#include <pathology/proxycore/addons/host.hpp>

#include "proxy/origin.hpp"
#include "proxy/proxy_bench.hpp"
#include "proxy/visitor.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using test::Origin;
using test::ProxyBench;
using test::Visitor;
using testing::IsEmpty;
using testing::SizeIs;

Origin::Conduct silent() {
    return [](net::Stream& stream) -> asio::awaitable<void> { co_await stream.wait_for_end(); };
}

Origin::Conduct echoing() {
    return [](net::Stream& stream) -> asio::awaitable<void> { co_await proxycore::test::echo(stream); };
}

void kill_all(ProxyBench& bench) {
    bench.proxy.perform([&] {
        for (auto const& flow : bench.proxy.flows().live()) flow->kill(flow::Time::clock::now());
    });
}

void expect_killed(ProxyBench const& bench, Visitor& visitor, std::string const& last_hook) {
    EXPECT_EQ(visitor.hear_rest(), "");
    EXPECT_FALSE(visitor.trouble()) << visitor.trouble().message();
    EXPECT_TRUE(bench.witness->wait_for(last_hook));
}

TEST(FlowKill, ActsWhileTheServerIsSilent) {
    Origin const origin(silent());
    ProxyBench bench;
    bench.start();
    Visitor visitor(bench.port());
    visitor.say("GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n");
    ASSERT_TRUE(bench.witness->wait_for("server_connected"));
    kill_all(bench);
    expect_killed(bench, visitor, "error");
    EXPECT_EQ(bench.witness->http_flows().at(0)->error.value().message, flow::killed_message);
}

TEST(FlowKill, ActsWhileTheClientIsSilent) {
    ProxyBench bench;
    bench.start();
    Visitor visitor(bench.port());
    visitor.say("POST http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 10\r\n\r\n12345");
    ASSERT_TRUE(bench.witness->wait_for("requestheaders"));
    kill_all(bench);
    expect_killed(bench, visitor, "error");
}

TEST(FlowKill, ActsOnAFlowThatIsHeld) {
    ProxyBench bench;
    bench.witness->on_request = [](flow::HttpFlow& flow) { flow.intercept(); };
    bench.start();
    Visitor visitor(bench.port());
    visitor.say("GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n");
    ASSERT_TRUE(bench.witness->wait_for("request"));
    kill_all(bench);
    expect_killed(bench, visitor, "error");
}

TEST(FlowKill, ActsOnBytesThatPass) {
    Origin const origin(echoing());
    ProxyBench bench;
    bench.start();
    Visitor visitor(bench.port());
    ASSERT_EQ(visitor.ask("CONNECT " + origin.where() + " HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    visitor.say("\x01one");
    EXPECT_EQ(visitor.hear(4), "\x01one");
    kill_all(bench);
    expect_killed(bench, visitor, "tcp_error");
}

TEST(FlowRegistry, KeepsWhatPassesThroughAProxy) {
    Origin const origin;
    ProxyBench bench;
    bench.proxy.flows().keep({.max_flows = 10});
    bench.start();
    Visitor visitor(bench.port());
    std::string const get = "GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n";
    for (int i = 0; i < 3; ++i) EXPECT_EQ(visitor.ask(get).body, "origin");
    std::vector<std::shared_ptr<flow::Flow>> kept;
    bench.proxy.perform([&] {
        kept = bench.proxy.flows().kept();
        EXPECT_THAT(bench.proxy.flows().live(), IsEmpty());
    });
    ASSERT_THAT(kept, SizeIs(3));
    bench.proxy.stop();
    auto const& last = dynamic_cast<flow::HttpFlow const&>(*kept.back());
    EXPECT_EQ(last.number, 3U);
    EXPECT_EQ(last.response.value().raw_content, "origin");
}

TEST(FlowRegistry, AFlowIsChangedAndResumedFromOutside) {
    Origin const origin;
    ProxyBench bench;
    bench.witness->on_response = [](flow::HttpFlow& flow) { flow.intercept(); };
    bench.start();
    Visitor visitor(bench.port());
    visitor.say("GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n");
    ASSERT_TRUE(bench.witness->wait_for("response"));
    bench.proxy.perform([&] {
        auto const live = bench.proxy.flows().live();
        ASSERT_THAT(live, SizeIs(1));
        dynamic_cast<flow::HttpFlow&>(*live.front()).response->set_content("changed");
        live.front()->resume();
    });
    EXPECT_EQ(visitor.hear_answer().body, "changed");
}

TEST(NextLayer, AnAddonMayBringALayerOfItsOwn) {
    ProxyBench bench;
    bench.set("connection_strategy=lazy");
    bench.witness->on_next_layer = [](addons::NextLayerData& data) {
        if (!data.from_client.starts_with("\x02")) return;
        data.own_layer = [](layers::Context&, std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
            co_await proxycore::test::echo(*stream);
        };
    };
    bench.start();
    Visitor visitor(bench.port());
    ASSERT_EQ(visitor.ask("CONNECT origin.test:1 HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    visitor.say("\x02one");
    EXPECT_EQ(visitor.hear(4), "\x02one");
    EXPECT_EQ(bench.witness->count("tcp_start"), 0U);
}

class Quitter final : public addons::Addon {
public:
    std::string name() const override { return "quitter"; }
    void load(addons::Host& host) override { host_ = &host; }
    asio::awaitable<void> running() override {
        host_->stop_program();
        co_return;
    }

private:
    addons::Host* host_ = nullptr;
};

TEST(Proxy, AnAddonMayStopIt) {
    ProxyBench bench;
    bench.proxy.addons().add(std::make_shared<Quitter>());
    bench.start();
    EXPECT_EQ(bench.proxy.run_until_signal(), 0);
    EXPECT_THAT(bench.proxy.listeners(), IsEmpty());
}

}  // namespace
}  // namespace pathology::proxycore::proxy
