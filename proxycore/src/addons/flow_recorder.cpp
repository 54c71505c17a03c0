// Makes one record of each flow at its end. A flow ends with exactly one of the hooks below that call record():
//
//      HTTP exchange       response, error or http_connect_error
//      WebSocket           websocket_end, or error if the exchange failed
//      TCP                 tcp_end or tcp_error

#include <pathology/proxycore/addons/flow_recorder.hpp>
#include <pathology/proxycore/flow/recorded.hpp>

namespace pathology::proxycore::addons {

FlowRecorder::Numbers& FlowRecorder::numbers_of(flow::Client const& client) {
    // Client ids are random; records number the connections in the order in which they are first seen.
    auto const [place, is_new] = connections_.try_emplace(client.id);
    if (is_new) place->second.connection = next_connection_++;
    return place->second;
}

void FlowRecorder::record(flow::HttpFlow const& flow) {
    auto exchange = flow::recorded(flow);
    exchange.id = next_id_++;
    auto& numbers = numbers_of(*flow.client_conn);
    exchange.request->connection = numbers.connection;
    exchange.request->index = numbers.requests++;
    sink_(std::move(exchange));
}

void FlowRecorder::record(flow::TcpFlow const& flow) {
    auto exchange = flow::recorded(flow);
    exchange.id = next_id_++;
    sink_(std::move(exchange));
}

asio::awaitable<void> FlowRecorder::client_connected(flow::Client& client) {
    numbers_of(client);
    co_return;
}

asio::awaitable<void> FlowRecorder::client_disconnected(flow::Client& client) {
    connections_.erase(client.id);
    co_return;
}

asio::awaitable<void> FlowRecorder::response(flow::HttpFlow& flow) {
    // With a WebSocket the record has its messages; it is made by websocket_end.
    if (!flow.websocket) record(flow);
    co_return;
}

asio::awaitable<void> FlowRecorder::error(flow::HttpFlow& flow) {
    record(flow);
    co_return;
}

asio::awaitable<void> FlowRecorder::http_connect_error(flow::HttpFlow& flow) {
    record(flow);
    co_return;
}

asio::awaitable<void> FlowRecorder::websocket_end(flow::HttpFlow& flow) {
    record(flow);
    co_return;
}

asio::awaitable<void> FlowRecorder::tcp_end(flow::TcpFlow& flow) {
    record(flow);
    co_return;
}

asio::awaitable<void> FlowRecorder::tcp_error(flow::TcpFlow& flow) {
    record(flow);
    co_return;
}

}  // namespace pathology::proxycore::addons
