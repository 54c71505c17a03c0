// Converts every completed flow to a record of the log.
#pragma once

#include <cstdint>
#include <functional>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>
#include <unordered_map>

namespace pathology::proxycore::addons {

/// An HTTP flow is complete after its response or error, a CONNECT if it failed, a WebSocket and a TCP flow at their
/// end. Flows are numbered in the order of completion, connections in the order of their first appearance.
class FlowRecorder final : public Addon {
public:
    using Sink = std::function<void(record::Exchange)>;

    /// `sink` is called on the thread of the addons.
    explicit FlowRecorder(Sink sink) : sink_(std::move(sink)) {}
    std::string name() const override { return "flowrecorder"; }

    asio::awaitable<void> client_connected(flow::Client& client) override;
    asio::awaitable<void> client_disconnected(flow::Client& client) override;
    asio::awaitable<void> response(flow::HttpFlow& flow) override;
    asio::awaitable<void> error(flow::HttpFlow& flow) override;
    asio::awaitable<void> http_connect_error(flow::HttpFlow& flow) override;
    asio::awaitable<void> websocket_end(flow::HttpFlow& flow) override;
    asio::awaitable<void> tcp_end(flow::TcpFlow& flow) override;
    asio::awaitable<void> tcp_error(flow::TcpFlow& flow) override;

private:
    /// The counters of a connection.
    struct Numbers {
        std::uint64_t connection = 0, requests = 0;
    };
    Numbers& numbers_of(flow::Client const& client);
    void record(flow::HttpFlow const& flow);
    void record(flow::TcpFlow const& flow);

    Sink sink_;
    std::unordered_map<flow::Id, Numbers> connections_{};
    std::uint64_t next_connection_ = 0, next_id_ = 0;
};

}  // namespace pathology::proxycore::addons
