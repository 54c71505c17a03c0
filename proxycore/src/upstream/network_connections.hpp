// The server connections of one client, over the network. One request passes each piece once:
//
//     acquire ─▶ Router: route, key ─▶ ConnectionPool: open connection of the key? ─┬─────────────────────▶ use
//                                                          │ no                     │
//                                                          ├─▶ ServerConnector ─────┤   fewer than max_servers are open
//                 ▲                                        └─▶ queue ───────────────┘   else
//                 └── another route of the selector ◀── failed ──┘
//
// and once more from the pool on if its WebSocket turns out to need HTTP/1.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "layers/context.hpp"
#include "layers/server_connections.hpp"
#include "upstream/connection_events.hpp"
#include "upstream/connection_pool.hpp"
#include "upstream/connector.hpp"
#include "upstream/protocol_choice.hpp"
#include "upstream/router.hpp"

namespace pathology::proxycore::upstream {

class NetworkConnections final : public layers::ServerConnections {
public:
    explicit NetworkConnections(Context& context);

    layers::ImmediateServer acquire_now(flow::HttpFlow& flow) override;
    asio::awaitable<Result<std::unique_ptr<layers::ServerStream>>> acquire(flow::HttpFlow& flow) override;
    asio::awaitable<Result<std::unique_ptr<layers::ServerStream>>> acquire_fresh(flow::HttpFlow& flow) override;
    asio::awaitable<Result<std::unique_ptr<layers::ServerStream>>> acquire_by(flow::HttpFlow& flow,
                                                                              layers::Protocol wanted) override;
    asio::awaitable<Result<void>> open(std::shared_ptr<flow::Server> server, std::vector<std::string> alpn) override;
    asio::awaitable<Result<layers::ServerConnection>> acquire_stream(std::shared_ptr<flow::Server> server) override;
    asio::awaitable<void> close(layers::ServerConnection connection) override;
    void release(layers::ServerConnection connection) override;
    std::shared_ptr<void> hold_websocket(flow::HttpFlow const& flow) override;
    asio::awaitable<void> close_all() override;

private:
    using Stream = std::unique_ptr<net::Stream>;
    using ServerStream = std::unique_ptr<layers::ServerStream>;
    using Record = std::shared_ptr<flow::Server>;
    using Lease = std::shared_ptr<RouteLease>;

    class QueuePlace;

    // --- for requests ---
    EndpointPool* endpoint_of_mode(flow::HttpFlow const& flow);
    ServerStream use_available(EndpointPool& endpoint, flow::HttpFlow& flow, Route const& route);
    ServerStream use_chosen(flow::HttpFlow& flow);
    asio::awaitable<Route> choose(flow::HttpFlow& flow);
    asio::awaitable<Result<ServerStream>> acquire_by_route(flow::HttpFlow& flow, bool is_new,
                                                           std::optional<layers::Protocol> wanted = std::nullopt);
    asio::awaitable<Result<ServerStream>> acquire_ahead(flow::HttpFlow& flow, PooledConnection& connection);
    asio::awaitable<Result<ServerStream>> acquire_along(flow::HttpFlow& flow, Route const& route, bool is_new,
                                                        std::optional<layers::Protocol> wanted);
    asio::awaitable<Result<ServerStream>> acquire_at(flow::HttpFlow& flow, EndpointKey key, Lease lease,
                                                     PooledConnection* connection, bool is_new);
    void renew_failed_server();
    asio::awaitable<Result<PooledConnection*>> prepare_ahead(flow::HttpFlow const& flow);
    asio::awaitable<Result<PooledConnection*>> find_or_connect(flow::HttpFlow& flow, EndpointKey const& key,
                                                               Lease lease, bool is_new);
    ServerStream use(PooledConnection& connection, flow::HttpFlow& flow, Lease lease);
    void release(PooledConnection& connection, std::unique_ptr<layers::Http1Server> http1);
    PooledConnection* own_ahead();
    Record record_for(flow::HttpFlow const& flow, EndpointKey const& key) const;

    // --- for anything: connections_ahead.cpp ---
    asio::awaitable<Result<Stream>> connect(Record record, EndpointPool& endpoint, std::vector<std::string> alpn,
                                            Lease lease);
    asio::awaitable<Result<void>> connect_ahead(Record server, std::vector<std::string> alpn);
    asio::awaitable<Result<void>> connect_along(Record server, Route const& route, std::vector<std::string> alpn);
    asio::awaitable<Result<void>> secure_ahead(PooledConnection& connection, std::vector<std::string> alpn);
    void add_ahead(EndpointPool& endpoint, Record record, Stream stream);
    Record replace_if_ended(Record server);
    Failure too_many_servers(std::string const& client) const;
    std::vector<std::string> offers_to(EndpointKey const& key, http::Version spoken) const;
    Lease lease_of(Endpoint const& target, Route const& route);
    void abandon(Record const& record);
    class Registration;
    class RecordOfFlow;

    Context& context_;
    ConnectionEvents events_;
    Router router_;
    ServerConnector connector_;
    ConnectionPool pool_;
    ProtocolChoice protocols_;
    std::shared_ptr<RouteUse const> last_use_;
    bool has_executor_ = false;
};

}  // namespace pathology::proxycore::upstream
