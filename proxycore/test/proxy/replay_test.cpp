// Exchanges without a client: a kept flow is sent again through the whole proxy (P57).
#include <gmock/gmock.h>

#include <pathology/proxycore/errors.hpp>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/test_client.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::proxy {
namespace {

using proxycore::test::taken_from;
using test::Origin;
using test::ProxyFixture;
using test::TestClient;
using testing::HasSubstr;

/// A proxy that keeps its flows, after one request through it.
struct Recorded {
    Recorded() {
        fixture.start();
        fixture.proxy.perform([this] { fixture.proxy.flows().keep({.max_flows = 10}); });
        TestClient client(fixture.port());
        client.request("POST " + origin.url() + "/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "POST");
        EXPECT_TRUE(fixture.recorder->wait_for("response"));
    }
    std::shared_ptr<flow::HttpFlow> flow() {
        std::shared_ptr<flow::HttpFlow> found;
        fixture.proxy.perform(
            [&] { found = std::dynamic_pointer_cast<flow::HttpFlow>(fixture.proxy.flows().kept().at(0)); });
        return found;
    }
    void replay() {
        auto done = fixture.proxy.replay(flow());
        taken_from(done);
    }

    Origin const origin{"origin"};
    ProxyFixture fixture;
};

TEST(P57_Replay, SendsTheRequestAgain) {
    Recorded recorded;
    recorded.replay();
    auto const asked = recorded.origin.asked();
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_THAT(asked[1], HasSubstr("POST /a HTTP/1.1\r\n"));
    EXPECT_THAT(asked[1], HasSubstr("Content-Length: 3\r\n"));
    EXPECT_EQ(recorded.origin.accepted(), 2U);
}

TEST(P57_Replay, ChangesTheFlowInPlaceAndKeepsABackup) {
    Recorded recorded;
    auto const flow = recorded.flow();
    recorded.fixture.proxy.perform([&] { flow->response.reset(); });
    recorded.replay();
    EXPECT_EQ(flow->response.value().raw_content, "origin");
    EXPECT_EQ(flow->is_replay, flow::Replay::request);
    EXPECT_FALSE(flow->error);
    EXPECT_FALSE(flow->live);
    EXPECT_TRUE(flow->has_backup());
}

TEST(P57_Replay, RunsTheHooks) {
    Recorded recorded;
    recorded.replay();
    EXPECT_EQ(recorded.fixture.recorder->count("request"), 2U);
    EXPECT_EQ(recorded.fixture.recorder->count("response"), 2U);
    EXPECT_EQ(recorded.fixture.recorder->count("client_connected"), 1U);
}

TEST(P57_Replay, ReportsAServerThatIsGone) {
    auto recorded = std::make_unique<Recorded>();
    auto const flow = recorded->flow();
    recorded->fixture.proxy.perform([&] { flow->request.set_port(1); });
    recorded->replay();
    EXPECT_FALSE(flow->response);
    EXPECT_THAT(flow->error.value().message, HasSubstr("127.0.0.1:1"));
}

TEST(P57_Replay, RefusesAFlowWithoutItsBody) {
    Recorded recorded;
    auto const flow = recorded.flow();
    recorded.fixture.proxy.perform([&] { flow->request.raw_content.reset(); });
    try {
        recorded.replay();
        ADD_FAILURE() << "a flow without its body was replayed";
    } catch (ControlException const& refused) {
        EXPECT_THAT(refused.what(), HasSubstr("body"));
    }
}

TEST(P57_Replay, EndsWithTheProxy) {
    Origin const silent([](net::Stream& stream) -> boost::asio::awaitable<void> { co_await stream.wait_for_end(); });
    Recorded recorded;
    auto const flow = recorded.flow();
    recorded.fixture.proxy.perform([&] { flow->request.set_port(silent.port()); });
    auto done = recorded.fixture.proxy.replay(flow);
    ASSERT_TRUE(recorded.fixture.recorder->wait_for("server_connected", 2));
    recorded.fixture.proxy.stop();
    taken_from(done);
    EXPECT_TRUE(flow->error);
}

TEST(P57_Replay, NeedsAProxyThatRuns) {
    Proxy proxy;
    EXPECT_THROW(proxy.replay(nullptr), ControlException);
}

}  // namespace
}  // namespace pathology::proxycore::proxy
