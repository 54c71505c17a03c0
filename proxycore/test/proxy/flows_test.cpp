// Flows as others than their hooks see them: kept, held, changed and killed while their connections wait; and what an
// addon does with a whole proxy.
#include <gmock/gmock.h>

#include <pathology/proxycore/addons/host.hpp>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using test::Origin;
using test::ProxyFixture;
using test::TestClient;
using testing::IsEmpty;
using testing::SizeIs;

Origin::Conduct silent() {
    return [](net::Stream& stream) -> asio::awaitable<void> { co_await stream.wait_for_end(); };
}

Origin::Conduct echoing() {
    return [](net::Stream& stream) -> asio::awaitable<void> { co_await proxycore::test::echo(stream); };
}

void kill_all(ProxyFixture& fixture) {
    fixture.proxy.perform([&] {
        for (auto const& flow : fixture.proxy.flows().live()) flow->kill(flow::Time::clock::now());
    });
}

void expect_killed(ProxyFixture const& fixture, TestClient& client, std::string const& last_hook) {
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(client.error(), asio::error::eof);  // not a time limit
    EXPECT_TRUE(fixture.recorder->wait_for(last_hook));
}

TEST(FlowKill, ActsWhileTheServerIsSilent) {
    Origin const origin(silent());
    ProxyFixture fixture;
    fixture.start();
    TestClient client(fixture.port());
    client.send("GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n");
    ASSERT_TRUE(fixture.recorder->wait_for("server_connected"));
    kill_all(fixture);
    expect_killed(fixture, client, "error");
    EXPECT_EQ(fixture.recorder->http_flows().at(0)->error.value().message, flow::killed_message);
}

TEST(FlowKill, ActsWhileTheClientIsSilent) {
    ProxyFixture fixture;
    fixture.start();
    TestClient client(fixture.port());
    client.send("POST http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 10\r\n\r\n12345");
    ASSERT_TRUE(fixture.recorder->wait_for("requestheaders"));
    kill_all(fixture);
    expect_killed(fixture, client, "error");
}

TEST(FlowKill, ActsOnAFlowThatIsHeld) {
    ProxyFixture fixture;
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow& flow) { flow.intercept(); };
    fixture.start();
    TestClient client(fixture.port());
    client.send("GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n");
    ASSERT_TRUE(fixture.recorder->wait_for("request"));
    kill_all(fixture);
    expect_killed(fixture, client, "error");
}

TEST(FlowKill, ActsOnBytesThatPass) {
    Origin const origin(echoing());
    ProxyFixture fixture;
    fixture.start();
    TestClient client(fixture.port());
    ASSERT_EQ(client.request("CONNECT " + origin.where() + " HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    client.send("\x01one");
    EXPECT_EQ(client.read(4), "\x01one");
    kill_all(fixture);
    expect_killed(fixture, client, "tcp_error");
}

TEST(FlowRegistry, KeepsWhatPassesThroughAProxy) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.proxy.flows().keep({.max_flows = 10});
    fixture.start();
    TestClient client(fixture.port());
    std::string const get = "GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n";
    for (int i = 0; i < 3; ++i) EXPECT_EQ(client.request(get).body, "origin");
    std::vector<std::shared_ptr<flow::Flow>> kept;
    fixture.proxy.perform([&] { kept = fixture.proxy.flows().kept(); });
    ASSERT_THAT(kept, SizeIs(3));
    fixture.proxy.stop();
    auto const& last = dynamic_cast<flow::HttpFlow const&>(*kept.back());
    EXPECT_EQ(last.number, 3U);
    EXPECT_EQ(last.response.value().raw_content, "origin");
}

TEST(FlowRegistry, AFlowIsChangedAndResumedFromOutside) {
    Origin const origin;
    ProxyFixture fixture;
    fixture.recorder->on_hook["response"] = [](flow::HttpFlow& flow) { flow.intercept(); };
    fixture.start();
    TestClient client(fixture.port());
    client.send("GET " + origin.url() + "/ HTTP/1.1\r\nHost: origin.test\r\n\r\n");
    ASSERT_TRUE(fixture.recorder->wait_for("response"));
    fixture.proxy.perform([&] {
        auto const live = fixture.proxy.flows().live();
        ASSERT_THAT(live, SizeIs(1));
        dynamic_cast<flow::HttpFlow&>(*live.front()).response->set_content("changed");
        live.front()->resume();
    });
    EXPECT_EQ(client.read_response().body, "changed");
}

TEST(NextLayer, AnAddonMayBringALayerOfItsOwn) {
    ProxyFixture fixture;
    fixture.set("connection_strategy=lazy");
    fixture.recorder->on_next_layer = [](addons::NextLayerData& data) {
        if (!data.from_client.starts_with("\x02")) return;
        data.own_layer = [](layers::Context&, std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
            co_await proxycore::test::echo(*stream);
        };
    };
    fixture.start();
    TestClient client(fixture.port());
    ASSERT_EQ(client.request("CONNECT origin.test:1 HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    client.send("\x02one");
    EXPECT_EQ(client.read(4), "\x02one");
    EXPECT_EQ(fixture.recorder->count("tcp_start"), 0U);
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
    ProxyFixture fixture;
    fixture.proxy.addons().add(std::make_shared<Quitter>());
    fixture.start();
    EXPECT_EQ(fixture.proxy.run_until_signal(), 0);
    EXPECT_THAT(fixture.proxy.listeners(), IsEmpty());
}

}  // namespace
}  // namespace pathology::proxycore::proxy
