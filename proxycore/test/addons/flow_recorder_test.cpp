#include <gmock/gmock.h>

#include <pathology/proxycore/addons/flow_recorder.hpp>
#include <pathology/proxycore/flow/recorded.hpp>

#include "addons/chain_fixture.hpp"

namespace pathology::proxycore::addons {
namespace {

using record::Exchange;
using test::ChainFixture;
using test::run;
using testing::SizeIs;

struct Recording : ChainFixture {
    Recording() {
        auto const take = [this](Exchange exchange) { taken.push_back(std::move(exchange)); };
        chain.add(std::make_shared<FlowRecorder>(take));
    }
    std::vector<Exchange> taken{};
};

std::shared_ptr<flow::Client> client() {
    return std::make_shared<flow::Client>(flow::Client::make_dummy({"127.0.0.1", 4000}));
}

flow::HttpFlow responded(std::shared_ptr<flow::Client> const& client) {
    auto server = std::make_shared<flow::Server>(flow::Server::make_dummy({"origin.test", 80}));
    server->peername = Endpoint{"10.0.0.1", 80};
    flow::HttpFlow flow(client, server, flow::from_seconds(1));
    flow.request = *flow::Request::make("POST", "http://origin.test/a?b", "in");
    flow.request.timestamp_start = flow::from_seconds(2);
    flow.response = flow::Response::make(404, "out");
    flow.response->timestamp_end = flow::from_seconds(2.5);
    return flow;
}

TEST(FlowRecorder, ReportsWhatPassed) {
    Recording recording;
    auto flow = responded(client());
    run(recording.chain, hooks::response, flow);
    ASSERT_THAT(recording.taken, SizeIs(1));
    auto const& exchange = recording.taken[0];
    EXPECT_EQ(exchange.type, Exchange::Type::relayed);
    EXPECT_EQ(exchange.protocol, "http");
    EXPECT_EQ(exchange.started, flow::from_seconds(2));
    EXPECT_EQ(exchange.duration, std::chrono::milliseconds(500));
    EXPECT_EQ(exchange.request->method, "POST");
    EXPECT_EQ(exchange.request->target, "/a?b");
    EXPECT_EQ(exchange.request->body, "in");
    EXPECT_EQ(exchange.request->remote_address, (Endpoint{"127.0.0.1", 4000}));
    EXPECT_EQ(exchange.response->status_code, "404");
    EXPECT_EQ(exchange.response->body, "out");
    EXPECT_EQ(exchange.relay->url, "http://origin.test/a?b");
    EXPECT_EQ(exchange.relay->server, (Endpoint{"origin.test", 80}));
    EXPECT_EQ(exchange.relay->server_address, (Endpoint{"10.0.0.1", 80}));
    EXPECT_EQ(exchange.relay->mode, "regular");
    EXPECT_EQ(exchange.tls, nullptr);
}

TEST(FlowRecorder, CountsFlowsAndConnections) {
    Recording recording;
    auto const one = client(), other = client();
    auto first = responded(one), second = responded(one), third = responded(other);
    run(recording.chain, hooks::client_connected, *one);
    run(recording.chain, hooks::client_connected, *other);
    for (auto* flow : {&third, &first, &second}) run(recording.chain, hooks::response, *flow);
    ASSERT_THAT(recording.taken, SizeIs(3));
    EXPECT_EQ(recording.taken[2].id, 2U);
    EXPECT_EQ(recording.taken[0].request->connection, 1U);
    EXPECT_EQ(recording.taken[2].request->connection, 0U);
    EXPECT_EQ(recording.taken[2].request->index, 1U);
}

TEST(FlowRecorder, ReportsAnErrorWithoutAResponse) {
    Recording recording;
    auto flow = responded(client());
    flow.error = flow::Error{"Connection killed.", flow::from_seconds(3)};
    run(recording.chain, hooks::error, flow);
    flow.response.reset();
    run(recording.chain, hooks::http_connect_error, flow);
    ASSERT_THAT(recording.taken, SizeIs(2));
    EXPECT_EQ(recording.taken[0].type, Exchange::Type::relayed);
    EXPECT_EQ(recording.taken[0].message, "Connection killed.");
    EXPECT_EQ(recording.taken[1].type, Exchange::Type::error);
    EXPECT_EQ(recording.taken[1].duration, std::chrono::seconds(1));
}

TEST(FlowRecorder, ReportsBothTlsConnections) {
    Recording recording;
    auto flow = responded(client());
    flow.client_conn->timestamp_tls_setup = flow.server_conn->timestamp_tls_setup = flow::from_seconds(1);
    flow.client_conn->sni = "origin.test";
    flow.client_conn->alpn = "h2";
    flow.server_conn->tls_version = "TLSv1.2";
    flow.request.http_version = {2, 0};
    run(recording.chain, hooks::response, flow);
    auto const& exchange = recording.taken.at(0);
    EXPECT_EQ(exchange.protocol, "http2");
    EXPECT_EQ(exchange.tls->sni, "origin.test");
    EXPECT_EQ(exchange.tls->alpn, "h2");
    EXPECT_EQ(exchange.relay->server_tls->version, "TLSv1.2");
}

TEST(FlowRecorder, WaitsForTheEndOfAWebSocket) {
    Recording recording;
    auto flow = responded(client());
    flow.websocket = flow::WebSocketData{};
    run(recording.chain, hooks::response, flow);
    EXPECT_THAT(recording.taken, SizeIs(0));
    flow.websocket->messages = {{.content = "hi"},
                                {.type = websocket::Opcode::binary, .from_client = false, .content = "ho"}};
    flow.websocket->messages[1].drop();
    flow.websocket->close_code = 1000;
    flow.websocket->closed_by_client = true;
    flow.websocket->timestamp_end = flow::from_seconds(5);
    run(recording.chain, hooks::websocket_end, flow);
    auto const& exchange = recording.taken.at(0);
    EXPECT_EQ(exchange.protocol, "websockets");
    EXPECT_EQ(exchange.duration, std::chrono::seconds(3));
    ASSERT_THAT(exchange.relay->messages, SizeIs(2));
    EXPECT_EQ(exchange.relay->messages[0].type, "text");
    EXPECT_EQ(exchange.relay->messages[1].type, "binary");
    EXPECT_TRUE(exchange.relay->messages[1].dropped);
    EXPECT_EQ(exchange.relay->close->code, 1000U);
    EXPECT_TRUE(exchange.relay->close->by_client);
}

TEST(FlowRecorder, ReportsTcpConnections) {
    Recording recording;
    auto const http = responded(client());
    flow::TcpFlow flow(http.client_conn, http.server_conn, flow::from_seconds(1));
    flow.messages = {{.content = "hi", .timestamp = flow::from_seconds(3)}};
    run(recording.chain, hooks::tcp_end, flow);
    flow.error = flow::Error{"reset"};
    run(recording.chain, hooks::tcp_error, flow);
    ASSERT_THAT(recording.taken, SizeIs(2));
    EXPECT_EQ(recording.taken[0].protocol, "tcp");
    EXPECT_EQ(recording.taken[0].duration, std::chrono::seconds(2));
    EXPECT_EQ(recording.taken[0].relay->client, (Endpoint{"127.0.0.1", 4000}));
    EXPECT_EQ(recording.taken[0].relay->messages.at(0).content, "hi");
    EXPECT_EQ(recording.taken[1].type, Exchange::Type::error);
    EXPECT_EQ(recording.taken[1].message, "reset");
}

TEST(Recorded, KeepsABoundedPart) {
    auto flow = responded(client());
    flow.response->raw_content = std::string(flow::max_recorded_bytes + 1, 'x');
    flow.websocket = flow::WebSocketData{};
    flow.websocket->messages = {
        {.content = "abcd"}, {.content = std::string(flow::max_recorded_bytes, 'y')}, {.content = "never"}};
    auto const exchange = flow::recorded(flow);
    EXPECT_EQ(exchange.response->body->size(), flow::max_recorded_bytes);
    EXPECT_EQ(exchange.response->body_size, flow::max_recorded_bytes + 1);
    EXPECT_EQ(exchange.relay->message_count, 3U);
    ASSERT_THAT(exchange.relay->messages, SizeIs(2));
    EXPECT_THAT(exchange.relay->messages[1].content, SizeIs(flow::max_recorded_bytes - 4));
    EXPECT_EQ(exchange.relay->messages[1].content_size, flow::max_recorded_bytes);
}

TEST(Recorded, ReportsThatContentIsMissing) {
    auto flow = responded(client());
    flow.response->remove_content();
    EXPECT_FALSE(flow::recorded(flow).response->body);
}

}  // namespace
}  // namespace pathology::proxycore::addons
