#include "upstream/network_connections.hpp"

#include <utility>
#include <vector>

#include "layers/exchange/direct_response.hpp"
#include "layers/http2/head.hpp"

namespace pathology::proxycore {

std::unique_ptr<layers::ServerConnections> layers::make_server_connections(Context& context) {
    return std::make_unique<upstream::NetworkConnections>(context);
}

void layers::ServerConnections::release(ServerConnection /*connection*/) {}

namespace upstream {

NetworkConnections::NetworkConnections(Context& context)
    : context_(context),
      events_(context),
      router_(context),
      connector_(context, events_),
      pool_(events_, context.settings->max_servers),
      protocols_(context, router_, pool_) {}

// --- for requests ----------------------------------------------------------------------------------------------------

/// nullptr if the route of the mode is not, or may not be, that of the request.
EndpointPool* NetworkConnections::endpoint_of_mode(flow::HttpFlow const& flow) {
    if (!router_.is_simple(flow) || layers::asks_for_websocket(flow.request)) return nullptr;
    if (router_.is_own(flow) && (context_.server->error || own_ahead() != nullptr)) return nullptr;
    auto& endpoint = pool_.at(router_.key_of(flow, router_.own_route()));
    pool_.drop_ended(endpoint);
    return &endpoint;
}

NetworkConnections::ServerStream NetworkConnections::use_available(EndpointPool& endpoint, flow::HttpFlow& flow,
                                                                   Route const& route) {
    auto* const available = endpoint.find_available();
    if (available == nullptr) return nullptr;
    router_.authorize(flow, endpoint.key);
    return use(*available, flow, lease_of(endpoint.key.address, route));
}

/// By the route that the selector knows at once. If that is of no use here, the route is kept with the flow for choose().
NetworkConnections::ServerStream NetworkConnections::use_chosen(flow::HttpFlow& flow) {
    if (flow.server_conn->error || layers::asks_for_websocket(flow.request)) return nullptr;
    if (router_.is_own(flow) && (context_.server->error || own_ahead() != nullptr)) return nullptr;
    auto const route = router_.choose_now(flow);
    if (!route) return nullptr;
    ServerStream stream;
    if (!route->response) {
        auto& endpoint = pool_.at(router_.key_of(flow, *route));
        pool_.drop_ended(endpoint);
        bool const has_failed = endpoint.failure_for(flow.timestamp_created) != nullptr;
        if (!has_failed && !endpoint.has_waiters()) stream = use_available(endpoint, flow, *route);
    }
    if (stream == nullptr) flow.attachments.set(this, std::make_shared<Route>(*route));
    return stream;
}

asio::awaitable<Route> NetworkConnections::choose(flow::HttpFlow& flow) {
    auto const chosen = flow.attachments.get<Route>(this);
    if (chosen == nullptr) co_return co_await router_.choose(flow);
    flow.attachments.set(this, nullptr);
    co_return std::move(*chosen);
}

class NetworkConnections::QueuePlace final : public layers::ServerQueuePlace {
public:
    QueuePlace(NetworkConnections& owner, EndpointPool& endpoint, flow::HttpFlow& flow)
        : owner_(owner), endpoint_(endpoint), flow_(flow), place_(endpoint, changed()) {}

    bool is_ready() const override { return place_.is_first() && endpoint_.is_ready(); }
    ServerStream acquire() override {
        auto const* const failure = endpoint_.failure_for(flow_.timestamp_created);
        return failure != nullptr ? nullptr : owner_.use_available(endpoint_, flow_, owner_.router_.own_route());
    }

private:
    NetworkConnections& owner_;
    EndpointPool& endpoint_;
    flow::HttpFlow& flow_;
    EndpointPool::Place place_;
};

/// Over an open connection whose protocol is settled.
layers::ImmediateServer NetworkConnections::acquire_now(flow::HttpFlow& flow) {
    if (router_.selector()) return {.stream = use_chosen(flow)};
    auto* const endpoint = endpoint_of_mode(flow);
    if (endpoint == nullptr || endpoint->failure_for(flow.timestamp_created) != nullptr) return {};
    if (!endpoint->has_waiters()) {
        if (auto stream = use_available(*endpoint, flow, router_.own_route())) return {.stream = std::move(stream)};
        if (endpoint->is_ready()) return {};  // another connection may be opened
    }
    return {.place = std::make_unique<QueuePlace>(*this, *endpoint, flow)};
}

asio::awaitable<Result<NetworkConnections::ServerStream>> NetworkConnections::acquire(flow::HttpFlow& flow) {
    return acquire_by_route(flow, false);
}

asio::awaitable<Result<NetworkConnections::ServerStream>> NetworkConnections::acquire_fresh(flow::HttpFlow& flow) {
    return acquire_by_route(flow, true);
}

asio::awaitable<Result<NetworkConnections::ServerStream>> NetworkConnections::acquire_by(flow::HttpFlow& flow,
                                                                                         layers::Protocol wanted) {
    return acquire_by_route(flow, true, wanted);
}

/// Along one route after another, as long as none of them gave a connection and the selector has another.
asio::awaitable<Result<NetworkConnections::ServerStream>> NetworkConnections::acquire_by_route(
    flow::HttpFlow& flow, bool is_new, std::optional<layers::Protocol> wanted) {
    bool const is_own = router_.is_own(flow);
    if (is_own && context_.server->error) {
        // It is reported once: to this flow. The next one tries again.
        flow.server_conn = context_.server->snapshot();
        renew_failed_server();
    }
    if (flow.server_conn->error) co_return failure_before(*flow.server_conn);
    if (is_own && !wanted && own_ahead() != nullptr && !own_ahead()->is_ended()) {
        auto prepared = co_await prepare_ahead(flow);
        if (prepared) co_return co_await acquire_ahead(flow, **prepared);
        renew_failed_server();
        co_return prepared.error();
    }
    auto const record = flow.server_conn;
    std::vector<FailedRoute> failed;
    for (auto route = co_await choose(flow);;) {
        if (route.response) co_return layers::make_direct_response_stream(std::move(*route.response));
        auto acquired = co_await acquire_along(flow, route, is_new, wanted);
        if (acquired) co_return std::move(acquired);
        failed.push_back({std::move(route), acquired.error()});
        auto const failed_record = std::exchange(flow.server_conn, is_own ? context_.server->snapshot() : record);
        auto another = co_await router_.choose_again(flow, failed);
        if (!another) {
            flow.server_conn = failed_record;
            co_return std::move(acquired);
        }
        route = std::move(*another);
    }
}

asio::awaitable<Result<NetworkConnections::ServerStream>> NetworkConnections::acquire_ahead(
    flow::HttpFlow& flow, PooledConnection& connection) {
    auto const use = pool_.use_of(*connection.record);
    if (use) router_.selector()->on_joined(*use, flow);
    auto route = use ? use->route : Route{connection.endpoint.key.hops};
    auto const key = connection.endpoint.key;
    router_.authorize(flow, key);
    auto lease = lease_of(key.address, route);
    co_return co_await acquire_at(flow, key, std::move(lease), &connection, false);
}

asio::awaitable<Result<NetworkConnections::ServerStream>> NetworkConnections::acquire_along(
    flow::HttpFlow& flow, Route const& route, bool is_new, std::optional<layers::Protocol> wanted) {
    auto key = router_.key_of(flow, route);
    if (wanted == layers::Protocol::http1) key.is_http1_only = true;
    if (wanted == layers::Protocol::http2) pool_.at(key).speaks_http2 = true;
    router_.authorize(flow, key);
    auto lease = lease_of(key.address, route);
    if (layers::asks_for_websocket(flow.request)) {
        auto* const shared = pool_.at(key).find_shared();
        key.is_http1_only = shared != nullptr && !co_await protocols_.accepts_websockets(*shared);
    }
    co_return co_await acquire_at(flow, std::move(key), std::move(lease), nullptr, is_new);
}

/// Over `connection` if it is not nullptr and the request can use it, else over another of the key.
asio::awaitable<Result<NetworkConnections::ServerStream>> NetworkConnections::acquire_at(flow::HttpFlow& flow,
                                                                                         EndpointKey key, Lease lease,
                                                                                         PooledConnection* connection,
                                                                                         bool is_new) {
    for (;;) {
        if (connection == nullptr) {
            auto found = co_await find_or_connect(flow, key, lease, is_new);
            if (!found) co_return found.error();
            connection = *found;
        }
        if (connection->ahead() != nullptr && protocols_.knows_http2(flow, connection->endpoint)) {
            connection = co_await protocols_.begin_http2(*connection);
            if (connection == nullptr) continue;
        }
        protocols_.settle(*connection);
        if (connection->shared() == nullptr || !layers::asks_for_websocket(flow.request)) break;
        auto const record = connection->record;
        bool const is_accepted = co_await protocols_.accepts_websockets(*connection);
        connection = is_accepted ? pool_.find(*record) : nullptr;
        if (connection != nullptr) break;
        key.is_http1_only = true;
    }
    co_return use(*connection, flow, std::move(lease));
}

/// After its failure was reported.
void NetworkConnections::renew_failed_server() {
    if (!context_.server->error) return;
    context_.server = context_.successor_of(*context_.server);
    context_.server->set_via(context_.via);  // the route that failed may have been the choice of a selector
}

/// The connection that was opened ahead, with its TLS.
asio::awaitable<Result<PooledConnection*>> NetworkConnections::prepare_ahead(flow::HttpFlow const& flow) {
    auto alpn = offers_to({}, flow.request.http_version);
    auto const opened = co_await open(context_.server, std::move(alpn));
    if (!opened) co_return opened.error();
    co_return pool_.find(*context_.server);
}

/// Gives the flow a snapshot of the record of the connection that is opened for it: at once, and again when opening it
/// has ended in whichever way.
class NetworkConnections::RecordOfFlow {
public:
    RecordOfFlow(flow::HttpFlow& its_flow, Record its_record) : flow_(its_flow), record_(std::move(its_record)) {
        update();
    }
    ~RecordOfFlow() { update(); }
    RecordOfFlow(RecordOfFlow const&) = delete;
    RecordOfFlow& operator=(RecordOfFlow const&) = delete;

private:
    void update() { flow_.server_conn = record_->snapshot(); }

    flow::HttpFlow& flow_;
    Record record_;
};

/// Waits behind earlier requests if all connections of the endpoint are in use.
asio::awaitable<Result<PooledConnection*>> NetworkConnections::find_or_connect(flow::HttpFlow& flow,
                                                                               EndpointKey const& key, Lease lease,
                                                                               bool is_new) {
    auto& endpoint = pool_.at(key);
    pool_.drop_ended(endpoint);
    auto const begun = flow.timestamp_created;
    endpoint.failure_for(begun);  // a failure from before this request is forgotten
    if (endpoint.has_waiters() || !endpoint.is_ready()) co_await endpoint.wait_until_ready();
    if (auto const* const failure = endpoint.failure_for(begun)) co_return *failure;
    auto* const available = endpoint.find_available();
    if (available != nullptr && !is_new) co_return available;
    auto* const unused = endpoint.find_unused();
    if (unused != nullptr && !endpoint.may_open()) pool_.drop(*unused);

    pool_.make_room(*context_.server);
    auto const record = record_for(flow, key);
    RecordOfFlow const record_of_flow(flow, record);
    auto stream = co_await connect(record, endpoint, offers_to(key, flow.request.http_version), std::move(lease));
    if (!stream) {
        renew_failed_server();
        co_return stream.error();
    }
    co_return &endpoint.add(record, std::move(*stream), pool_.executor());
}

NetworkConnections::ServerStream NetworkConnections::use(PooledConnection& connection, flow::HttpFlow& flow,
                                                         Lease lease) {
    flow.server_conn = connection.record->snapshot();
    protocols_.settle(connection);
    ServerStream stream;
    if (auto* const http2 = connection.shared()) {
        stream = http2->ask();
    } else {
        connection.monitor.end();
        auto http1 = std::move(std::get<PooledConnection::Idle>(connection.state).connection);
        connection.state = PooledConnection::InUse{};
        auto const on_release = [this, &connection](auto back) { release(connection, std::move(back)); };
        stream = layers::make_http1_stream(std::move(http1), on_release);
    }
    if (lease) {
        pool_.drop_lease(*connection.record);
        stream->hold(std::move(lease));
    }
    return stream;
}

void NetworkConnections::release(PooledConnection& connection, std::unique_ptr<layers::Http1Server> http1) {
    if (http1 == nullptr) return connection.endpoint.remove(connection);  // taken over by another protocol
    auto& idle = connection.state.emplace<PooledConnection::Idle>(PooledConnection::Idle{std::move(http1)});
    if (!idle.connection->is_reusable()) return pool_.drop(connection);
    connection.monitor.begin(*idle.connection, [this, &connection] { pool_.drop(connection); });
    connection.endpoint.wake();
}

/// The connection of Context::server before its first use.
PooledConnection* NetworkConnections::own_ahead() {
    auto* const own = pool_.find(*context_.server);
    return own != nullptr && own->ahead() != nullptr ? own : nullptr;
}

/// Context::server until it is used; a record like it after that.
NetworkConnections::Record NetworkConnections::record_for(flow::HttpFlow const& flow, EndpointKey const& key) const {
    bool const is_own = router_.is_own(flow);
    if (is_own && !context_.server->timestamp_start) {
        context_.server->set_via(key.via());
        return context_.server;
    }
    auto record = std::make_shared<flow::Server>(key.address, context_.services.addons.flows().make_id());
    record->tls = key.is_secure;
    record->set_via(key.via());
    record->sni = router_.sni_of(flow);
    return record;
}

// --- ends ------------------------------------------------------------------------------------------------------------

asio::awaitable<void> NetworkConnections::close(layers::ServerConnection connection) {
    connection.stream.reset();
    if (pool_.find(*connection.server) != nullptr) co_return;
    auto const record = pool_.forget(*connection.server);
    if (record == nullptr || !events_.mark_closed(*record)) co_return;
    connection.server->state = record->state;  // the record of a flow is another object
    connection.server->timestamp_end = record->timestamp_end;
    co_await events_.run_closed(record);
}

void NetworkConnections::release(layers::ServerConnection connection) {
    auto const& server = *connection.server;
    auto const use = pool_.use_of(server);
    auto const route = use ? use->route : router_.route_by(server.via());
    auto const key = Router::key_of(server, route);
    pool_.at(key).add(std::move(connection.server), std::move(connection.stream), pool_.executor());
}

std::shared_ptr<void> NetworkConnections::hold_websocket(flow::HttpFlow const& flow) {
    auto use = pool_.use_of(*flow.server_conn);
    if (!use) return nullptr;
    return std::make_shared<WebSocketLease>(router_.selector(), std::move(use));
}

asio::awaitable<void> NetworkConnections::close_all() {
    co_await pool_.close_all();
    if (router_.selector()) router_.selector()->on_client_gone(*context_.client);
}

}  // namespace upstream
}  // namespace pathology::proxycore
