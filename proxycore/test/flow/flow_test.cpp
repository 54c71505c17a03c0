#include <gtest/gtest.h>

#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>

namespace pathology::proxycore::flow {
namespace {

template <class Kind> Kind flow_of() {
    auto client = std::make_shared<Client>(Client::make_dummy({"client", 0}));
    auto server = std::make_shared<Server>(Server::make_dummy({"server", 0}));
    return {std::move(client), std::move(server), from_seconds(1)};
}

HttpFlow http_flow() {
    auto flow = flow_of<HttpFlow>();
    flow.request = Request::make("GET", "http://origin.test/").value();
    flow.live = true;
    return flow;
}

TEST(Flow, P31_HasConnectionsAlways) {
    HttpFlow const flow(nullptr, nullptr, Time{});
    ASSERT_NE(flow.client_conn, nullptr);
    ASSERT_NE(flow.server_conn, nullptr);
    EXPECT_EQ(flow.server_conn->timestamp_start, std::nullopt);
    EXPECT_EQ(flow.type(), "http");
    EXPECT_EQ(TcpFlow(nullptr, nullptr, Time{}).type(), "tcp");
}

TEST(Flow, P31_a_RevertsToItsBackup) {
    auto flow = http_flow();
    EXPECT_FALSE(flow.modified());
    flow.backup();
    EXPECT_FALSE(flow.modified());
    flow.request.path = "/other";
    flow.comment = "a word";
    EXPECT_TRUE(flow.modified());
    flow.revert();
    EXPECT_FALSE(flow.modified());
    EXPECT_FALSE(flow.has_backup());
    EXPECT_EQ(flow.request.path, "/");
    EXPECT_EQ(flow.comment, "");
    flow.request.path = "/other";
    flow.revert();
    EXPECT_EQ(flow.request.path, "/other");
}

TEST(Flow, P31_a_KeepsTheFirstBackup) {
    auto flow = http_flow();
    flow.backup();
    flow.response = Response::make(404);
    flow.backup();
    EXPECT_TRUE(flow.modified());
    flow.response.reset();
    EXPECT_FALSE(flow.modified());
}

TEST(Flow, KeepsAttachmentsOfEachOwner) {
    auto flow = http_flow();
    int one = 0, other = 0;
    flow.attachments.set(&one, std::make_shared<std::string>("of one"));
    flow.attachments.set(&other, std::make_shared<int>(42));
    flow.server_conn->attachments.set(&one, std::make_shared<std::string>("at the server"));
    flow.client_conn->attachments.set(&one, std::make_shared<std::string>("at the client"));
    EXPECT_EQ(*flow.attachments.get<std::string>(&one), "of one");
    EXPECT_EQ(*flow.attachments.get<int>(&other), 42);
    EXPECT_EQ(*flow.server_conn->attachments.get<std::string>(&one), "at the server");
    EXPECT_TRUE(http_flow().attachments.empty());
    EXPECT_TRUE(flow.copy()->attachments.empty());
    *flow.server_conn = Server(Endpoint{"other.test", 80});  // the attachments stay with the object
    EXPECT_EQ(*flow.server_conn->attachments.get<std::string>(&one), "at the server");
    flow.attachments.set(&one, nullptr);
    EXPECT_EQ(flow.attachments.get<std::string>(&one), nullptr);
}

struct Change {
    std::string_view name;
    void (*make)(HttpFlow&);
};
class P31_Modified : public testing::TestWithParam<Change> {};
TEST_P(P31_Modified, SeesAndReverts) {
    auto flow = http_flow();
    flow.backup();
    GetParam().make(flow);
    EXPECT_TRUE(flow.modified());
    flow.revert();
    flow.backup();
    EXPECT_FALSE(flow.modified());
    GetParam().make(flow);
    EXPECT_TRUE(flow.modified());
}
INSTANTIATE_TEST_SUITE_P(
    Parts, P31_Modified,
    testing::Values(Change{"Method", [](HttpFlow& flow) { flow.request.raw_method = "PUT"; }},
                    Change{"Host", [](HttpFlow& flow) { flow.request.set_host("other.test"); }},
                    Change{"Field", [](HttpFlow& flow) { flow.request.headers.add("A", "b"); }},
                    Change{"Content", [](HttpFlow& flow) { flow.request.raw_content = "x"; }},
                    Change{"Trailers",
                           [](HttpFlow& flow) {
                               flow.request.trailers = http::Fields{{"A", "b"}};
                           }},
                    Change{"Response", [](HttpFlow& flow) { flow.response = Response::make(404); }},
                    Change{"WebSocket", [](HttpFlow& flow) { flow.websocket.emplace(); }},
                    Change{"Error",
                           [](HttpFlow& flow) {
                               flow.error = Error{"broken", Time{}};
                           }},
                    Change{"Mark", [](HttpFlow& flow) { flow.marked = ":default:"; }},
                    Change{"Replay", [](HttpFlow& flow) { flow.is_replay = Replay::request; }},
                    Change{"Metadata", [](HttpFlow& flow) { flow.metadata["key"] = true; }},
                    Change{"Server", [](HttpFlow& flow) { flow.server_conn = std::make_shared<Server>(); }}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Flow, P31_b_CopiesUnderAnotherId) {
    auto flow = http_flow();
    flow.backup();
    flow.intercept();
    auto const copied = flow.copy();
    auto const& copy = dynamic_cast<HttpFlow const&>(*copied);
    EXPECT_NE(copy.id, flow.id);
    EXPECT_EQ(copy.request, flow.request);
    EXPECT_EQ(copy.client_conn, flow.client_conn);
    EXPECT_FALSE(copy.live);
    EXPECT_FALSE(copy.intercepted());
    EXPECT_FALSE(copy.has_backup());
}

TEST(Flow, P31_KillsOnce) {
    auto flow = http_flow();
    flow.intercept();
    ASSERT_TRUE(flow.killable());
    flow.kill(from_seconds(2));
    EXPECT_EQ(flow.error, (Error{"Connection killed.", from_seconds(2)}));
    EXPECT_FALSE(flow.live);
    EXPECT_FALSE(flow.intercepted());
    EXPECT_FALSE(flow.killable());
    EXPECT_THROW(flow.kill(from_seconds(3)), ControlException);
    EXPECT_EQ(flow.error->timestamp, from_seconds(2));
}

TEST(Flow, P31_CannotBeKilledWhenOver) {
    auto flow = http_flow();
    flow.live = false;
    EXPECT_FALSE(flow.killable());
    EXPECT_THROW(flow.kill(Time{}), ControlException);
    EXPECT_EQ(flow.error, std::nullopt);
}

TEST(Flow, P31_WakesWhoWaitsForIt) {
    auto flow = http_flow();
    int woken = 0;
    auto const wake = [&] { ++woken; };
    flow.on_resume(wake);
    EXPECT_EQ(woken, 1);
    flow.intercept();
    flow.on_resume(wake);
    flow.on_resume(wake);
    EXPECT_EQ(woken, 1);
    flow.resume();
    EXPECT_EQ(woken, 3);
    flow.resume();
    EXPECT_EQ(woken, 3);
    flow.intercept();
    flow.on_resume(wake);
    flow.kill(Time{});
    EXPECT_EQ(woken, 4);
}

TEST(HttpFlow, P31_d_MayHaveResponseAndError) {
    auto flow = http_flow();
    flow.response = Response::make(200, "text");
    flow.error = Error{"the client disconnected", from_seconds(3)};
    auto const copied = flow.copy();
    auto const& copy = dynamic_cast<HttpFlow const&>(*copied);
    EXPECT_EQ(copy.response, flow.response);
    EXPECT_EQ(copy.error, flow.error);
}

TEST(HttpFlow, P31_ReplacesInBothMessages) {
    auto flow = http_flow();
    flow.request.headers.add("X", "foo");
    flow.response = Response::make(200, "foo foo");
    EXPECT_EQ(flow.replace(pattern::Pattern::compile("foo").value(), "bar"), 3U);
    EXPECT_EQ(flow.response->raw_content, "bar bar");
}

TEST(TcpFlow, P31_KeepsMessages) {
    auto flow = flow_of<TcpFlow>();
    flow.messages.push_back({true, "hello", from_seconds(2)});
    flow.backup();
    flow.messages.push_back({false, "world", from_seconds(3)});
    EXPECT_TRUE(flow.modified());
    auto const copied = flow.copy();
    EXPECT_EQ(dynamic_cast<TcpFlow const&>(*copied).messages, flow.messages);
    flow.revert();
    EXPECT_EQ(flow.messages.size(), 1U);
}

}  // namespace
}  // namespace pathology::proxycore::flow
