#include "upstream/network_connections.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <pathology/proxycore/async/timeout.hpp>
#include <utility>

#include "layers/exchange/direct_response.hpp"
#include "layers/hosts.hpp"
#include "layers/http2/head.hpp"
#include "layers/tls/tls_choices.hpp"

namespace pathology::proxycore {

std::unique_ptr<layers::ServerConnections> layers::make_server_connections(Context& context) {
    return std::make_unique<upstream::NetworkConnections>(context);
}

void layers::ServerConnections::release(ServerConnection /*connection*/) {}

namespace upstream {
namespace {

Failure not_on_the_network(flow::Server const& server) {
    Failure failure;
    failure.code = layers::Errc::unreachable;
    failure.message = server.address()->host + " is a site of this proxy, and not on the network";
    return failure;
}

/// How long a server of HTTP/2 that ALPN did not ask may take to say so.
constexpr std::chrono::seconds max_wait_for_settings{2};

bool is_grpc(flow::Request const& request) {
    auto const type = request.headers.first("content-type").value_or("");
    constexpr std::string_view grpc = "application/grpc";
    return type.starts_with(grpc) && !type.substr(grpc.size()).starts_with("-web");
}

std::optional<flow::ServerSpec> via_of(EndpointKey const& key) {
    if (key.hops.empty()) return std::nullopt;
    return key.hops.front().proxy;
}

}  // namespace

NetworkConnections::NetworkConnections(Context& context)
    : context_(context),
      events_(context),
      router_(context),
      connector_(context, events_),
      pool_(events_, context.settings->max_servers) {}

// --- for requests ----------------------------------------------------------------------------------------------------

/// nullptr if the route of the mode is not, or may not be, that of the request.
EndpointPool* NetworkConnections::endpoint_of_mode(flow::HttpFlow const& flow) {
    if (!router_.is_simple(flow) || layers::asks_for_websocket(flow.request)) return nullptr;
    if (router_.is_own(flow) && (context_.server->error || own_ahead() != nullptr)) return nullptr;
    auto& endpoint = pool_.at(router_.key_of(flow, router_.own_route()));
    pool_.drop_ended(endpoint);
    return &endpoint;
}

NetworkConnections::ServerStream NetworkConnections::use_available(EndpointPool& endpoint, flow::HttpFlow& flow) {
    auto* const available = endpoint.find_available();
    if (available == nullptr) return nullptr;
    router_.authorize(flow, endpoint.key);
    return use(*available, flow, nullptr);
}

class NetworkConnections::QueuePlace final : public layers::ServerQueuePlace {
public:
    QueuePlace(NetworkConnections& owner, EndpointPool& endpoint, flow::HttpFlow& flow)
        : owner_(owner), endpoint_(endpoint), flow_(flow), place_(endpoint, changed()) {}

    bool is_ready() const override { return place_.is_first() && endpoint_.is_ready(); }
    ServerStream acquire() override {
        auto const* const failure = endpoint_.failure_for(flow_.timestamp_created);
        return failure != nullptr ? nullptr : owner_.use_available(endpoint_, flow_);
    }

private:
    NetworkConnections& owner_;
    EndpointPool& endpoint_;
    flow::HttpFlow& flow_;
    EndpointPool::Place place_;
};

/// By the route of the mode, over an open connection whose protocol is settled.
layers::ImmediateServer NetworkConnections::acquire_now(flow::HttpFlow& flow) {
    auto* const endpoint = endpoint_of_mode(flow);
    if (endpoint == nullptr || endpoint->failure_for(flow.timestamp_created) != nullptr) return {};
    if (!endpoint->has_waiters()) {
        if (auto stream = use_available(*endpoint, flow)) return {.stream = std::move(stream)};
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

asio::awaitable<Result<NetworkConnections::ServerStream>> NetworkConnections::acquire_by_route(
    flow::HttpFlow& flow, bool is_new, std::optional<layers::Protocol> wanted) {
    EndpointKey key;
    PooledConnection* connection = nullptr;
    bool const is_own = router_.is_own(flow);
    if (is_own && context_.server->error) {
        // It is reported once: to this flow. The next one tries again.
        flow.server_conn = context_.server->snapshot();
        renew_failed_server();
    }
    if (flow.server_conn->error) co_return failure_before(*flow.server_conn);
    if (is_own && !wanted && own_ahead() != nullptr && !own_ahead()->is_ended()) {
        auto prepared = co_await prepare_ahead(flow);
        if (!prepared) {
            renew_failed_server();
            co_return prepared.error();
        }
        connection = *prepared;
        key = connection->endpoint.key;
    } else {
        auto route = co_await router_.choose(flow);
        if (route.response) co_return layers::make_direct_response_stream(std::move(*route.response));
        key = router_.key_of(flow, route);
    }
    if (wanted == layers::Protocol::http1) key.is_http1_only = true;
    if (wanted == layers::Protocol::http2) pool_.at(key).speaks_http2 = true;
    router_.authorize(flow, key);
    Route route;
    route.hops = key.hops;
    auto const lease = lease_of(key.address, route);

    bool const is_websocket = layers::asks_for_websocket(flow.request);
    if (is_websocket && connection == nullptr) {
        auto* const shared = pool_.at(key).find_shared();
        key.is_http1_only = shared != nullptr && !co_await accepts_websockets(*shared);
    }
    for (;;) {
        if (connection == nullptr) {
            auto found = co_await find_or_connect(flow, key, lease, is_new);
            if (!found) co_return found.error();
            connection = *found;
        }
        if (connection->ahead() != nullptr && knows_http2(flow, connection->endpoint)) {
            connection = co_await begin_http2(*connection);
            if (connection == nullptr) continue;
        }
        settle_protocol(*connection);
        if (!is_websocket || connection->shared() == nullptr) break;
        auto const record = connection->record;
        bool const is_accepted = co_await accepts_websockets(*connection);
        connection = is_accepted ? pool_.find(*record) : nullptr;
        if (connection != nullptr) break;
        key.is_http1_only = true;
    }
    co_return use(*connection, flow, lease);
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

/// Returns false as well if the server sends no SETTINGS in time, or has closed the connection.
asio::awaitable<bool> NetworkConnections::accepts_websockets(PooledConnection& connection) {
    auto const record = connection.record;
    auto waiting = connection.shared()->wait_for_settings();
    auto const is_known = co_await async::with_timeout(context_.settings->times.connect, std::move(waiting));
    auto const* const still = pool_.find(*record);
    co_return is_known.value_or(false) && still != nullptr && still->shared() != nullptr &&
        still->shared()->takes_websockets();
}

/// Whether the server is asked over HTTP/2 without TLS, where no ALPN can tell. A client that speaks so in a tunnel, or to
/// an address that is the server's to it, knows its server (RFC 9113 §3.3), and gRPC exists over HTTP/2 only. A client of
/// a reverse proxy knows the proxy: the server is asked over HTTP/1.1, until it responds with SETTINGS.
bool NetworkConnections::knows_http2(flow::HttpFlow const& flow, EndpointPool const& endpoint) const {
    auto const& key = endpoint.key;
    bool const reads_requests = !key.hops.empty() && !key.is_tunnel;
    bool const is_possible = context_.settings->http.http2 && !key.is_secure && !key.is_http1_only && !reads_requests;
    if (!is_possible || layers::asks_for_websocket(flow.request)) return false;
    if (endpoint.speaks_http2) return *endpoint.speaks_http2;
    if (flow.request.http_version.major < 2) return false;
    if (is_grpc(flow.request)) return true;
    bool const is_reverse = modes::traits_of(context_.mode).fixed_server != nullptr;
    return !is_reverse && !context_.client->tls_established() && router_.is_own(flow);
}

/// Begins HTTP/2, and waits for the SETTINGS that its servers send first (RFC 9113 §3.4). Returns nullptr, and drops the
/// connection, if something else comes, or nothing for a while: HTTP/1 it is, then.
asio::awaitable<PooledConnection*> NetworkConnections::begin_http2(PooledConnection& connection) {
    auto& endpoint = connection.endpoint;
    auto const record = connection.record;
    EndpointPool::Opening const opening(endpoint);  // other requests wait for the outcome
    endpoint.may_share = true;
    connection.monitor.end();
    auto stream = connection.release_stream();
    auto& state =
        connection.state.emplace<PooledConnection::Shared>(share(endpoint.key, connection, std::move(stream)));
    state.is_confirmed = false;
    auto waiting = state.connection->wait_for_settings();
    auto const is_known = co_await async::with_timeout(max_wait_for_settings, std::move(waiting));
    auto* const still = pool_.find(*record);
    endpoint.speaks_http2 = is_known.value_or(false) && still != nullptr && still->shared() != nullptr;
    endpoint.may_share = *endpoint.speaks_http2;
    if (*endpoint.speaks_http2) {
        std::get<PooledConnection::Shared>(still->state).is_confirmed = true;
        record->alpn = "h2c";
        co_return still;
    }
    if (still != nullptr) pool_.drop(*still);
    co_return nullptr;
}

PooledConnection::Shared NetworkConnections::share(EndpointKey const& key, PooledConnection& connection,
                                                   Stream stream) {
    auto const& settings = *context_.settings;
    auto const on_change = [this, &connection] { pool_.handle_change(connection); };
    return {std::make_unique<layers::Http2Server>(std::move(stream), to_string(key.address), settings.times.idle,
                                                  settings.http, on_change)};
}

/// From Ahead to the protocol that ALPN agreed on.
void NetworkConnections::settle_protocol(PooledConnection& connection) {
    if (connection.ahead() == nullptr) return;
    connection.monitor.end();
    auto const& settings = *context_.settings;
    auto const& key = connection.endpoint.key;
    bool const is_http2 = connection.record->alpn == "h2";
    connection.endpoint.may_share = is_http2;
    auto stream = connection.release_stream();
    if (is_http2) {
        connection.state = share(key, connection, std::move(stream));
    } else {
        connection.state = PooledConnection::Idle{
            std::make_unique<layers::Http1Server>(std::move(stream), settings.http, router_.form_of(key))};
    }
}

NetworkConnections::ServerStream NetworkConnections::use(PooledConnection& connection, flow::HttpFlow& flow,
                                                         Lease lease) {
    flow.server_conn = connection.record->snapshot();
    settle_protocol(connection);
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
        context_.server->set_via(via_of(key));
        return context_.server;
    }
    auto record = std::make_shared<flow::Server>(key.address, context_.services.addons.flows().make_id());
    record->tls = key.is_secure;
    record->set_via(via_of(key));
    record->sni = router_.sni_of(flow);
    return record;
}

// --- for anything ----------------------------------------------------------------------------------------------------

/// Removes the record if the caller is cancelled before the connection is open. Others of the client, who want the same
/// server, begin with a record of their own.
class NetworkConnections::Registration {
public:
    Registration(NetworkConnections& its_owner, Record its_record)
        : owner_(its_owner), record_(std::move(its_record)) {}
    ~Registration() {
        if (!is_kept_) owner_.abandon(record_);
    }
    Registration(Registration const&) = delete;
    Registration& operator=(Registration const&) = delete;
    void keep() { is_kept_ = true; }

private:
    NetworkConnections& owner_;
    Record record_;
    bool is_kept_ = false;
};

asio::awaitable<Result<void>> NetworkConnections::open(std::shared_ptr<flow::Server> server,
                                                       std::vector<std::string> alpn) {
    server = replace_if_ended(std::move(server));
    if (server->error) co_return failure_before(*server);
    if (auto* const connection = pool_.find(*server)) co_return co_await secure_ahead(*connection, std::move(alpn));
    if (server->timestamp_start) co_return Result<void>();
    co_return co_await connect_ahead(server, std::move(alpn));
}

/// Another record for Context::server if its connection ended before its TLS could begin.
NetworkConnections::Record NetworkConnections::replace_if_ended(Record server) {
    auto* const connection = pool_.find(*server);
    bool const is_lost = connection != nullptr && connection->is_ended() && connection->ahead() != nullptr &&
                         server->tls && !server->tls_established();
    if (!is_lost || server != context_.server) return server;
    pool_.drop(*connection);
    context_.server = context_.successor_of(*server);
    return context_.server;
}

asio::awaitable<Result<void>> NetworkConnections::connect_ahead(Record server, std::vector<std::string> alpn) {
    auto const route = co_await router_.choose(*server);
    if (route.response) co_return co_await connector_.refuse(server, *route.response);
    auto const key = Router::key_of(*server, route);
    if (!key.hops.empty()) server->set_via(via_of(key));
    auto& endpoint = pool_.at(key);
    auto lease = lease_of(key.address, route);
    auto stream = co_await connect(server, endpoint, std::move(alpn), std::move(lease));
    if (!stream) co_return stream.error();
    add_ahead(endpoint, server, std::move(*stream));
    co_return Result<void>();
}

/// A server that has sent something before it ended can still be read, so the connection stays.
void NetworkConnections::add_ahead(EndpointPool& endpoint, Record record, Stream stream) {
    auto& connection = endpoint.add(record, std::move(stream), pool_.executor());
    connection.monitor.begin(*connection.ahead(), [this, record] { pool_.report_end(record); });
}

/// TLS over a connection that was opened before anybody knew of it.
asio::awaitable<Result<void>> NetworkConnections::secure_ahead(PooledConnection& connection,
                                                               std::vector<std::string> alpn) {
    auto const record = connection.record;
    if (connection.ahead() == nullptr || !record->tls || record->tls_established()) co_return Result<void>();
    Route route;
    route.hops = connection.endpoint.key.hops;
    auto const key = Router::key_of(*record, route);
    connection.monitor.end();
    auto stream = connection.release_stream();
    connection.endpoint.remove(connection);
    Registration registration(*this, record);
    auto secured = co_await connector_.secure(record, std::move(stream), std::move(alpn));
    registration.keep();
    if (!secured) {
        pool_.forget(*record);
        co_return secured.error();
    }
    add_ahead(pool_.at(key), record, std::move(*secured));
    co_return Result<void>();
}

asio::awaitable<Result<layers::ServerConnection>> NetworkConnections::acquire_stream(
    std::shared_ptr<flow::Server> server) {
    server = replace_if_ended(std::move(server));
    auto alpn = offers_to({}, {});
    auto const opened = co_await open(server, std::move(alpn));
    if (!opened) co_return opened.error();
    auto* const connection = pool_.find(*server);
    if (connection == nullptr || connection->ahead() == nullptr) {
        Failure failure;
        failure.message = "the connection to " + to_string(*server) + " is in use already";
        co_return failure;
    }
    connection->monitor.end();
    layers::ServerConnection taken{server, connection->release_stream()};
    connection->endpoint.remove(*connection);
    co_return std::move(taken);
}

void NetworkConnections::abandon(Record const& record) {
    pool_.forget(*record);
    if (record == context_.server) context_.server = context_.successor_of(*record);
}

Failure NetworkConnections::too_many_servers(std::string const& client) const {
    Failure failure;
    failure.code = layers::Errc::unreachable;
    failure.message = "all " + std::to_string(context_.settings->max_servers_per_address) +
                      " server connections of max_servers_per_address are in use for clients at " + client +
                      "; a loop of proxies that forward to each other looks so, too";
    return failure;
}

asio::awaitable<Result<NetworkConnections::Stream>> NetworkConnections::connect(Record record, EndpointPool& endpoint,
                                                                                std::vector<std::string> alpn,
                                                                                Lease lease) {
    auto const& key = endpoint.key;
    if (layers::is_own_site(context_.settings->hosts, *record)) co_return not_on_the_network(*record);
    auto const& client = context_.client->address();
    auto place = context_.services.servers_by_client.acquire(client ? client->host : "",
                                                             context_.settings->max_servers_per_address);
    if (place == nullptr) co_return too_many_servers(client ? client->host : "");
    if (!std::exchange(has_executor_, true)) pool_.set_executor(co_await asio::this_coro::executor);
    if (key.is_secure && endpoint.connections().empty())
        endpoint.may_share = std::find(alpn.begin(), alpn.end(), "h2") != alpn.end();
    EndpointPool::Opening const opening(endpoint);
    pool_.add(record, lease, std::move(place));
    Registration registration(*this, record);
    auto const begin = std::chrono::steady_clock::now();
    auto stream = co_await connector_.open(record, key, std::move(alpn));
    registration.keep();
    auto const latency = std::chrono::steady_clock::now() - begin;
    if (stream) {
        if (lease) lease->selector().on_connected(*lease->use(), latency);
        co_return std::move(stream);
    }
    pool_.forget(*record);
    if (lease) lease->selector().on_failed(*lease->use(), stream.error().message, latency);
    if (stream.error().code != layers::Errc::cancelled) endpoint.fail(stream.error(), context_.now());
    co_return stream.error();
}

std::vector<std::string> NetworkConnections::offers_to(EndpointKey const& key, http::Version spoken) const {
    bool const http2 = context_.settings->http.http2 && !key.is_http1_only;
    return layers::offers_for_server(*context_.client, http2, spoken);
}

NetworkConnections::Lease NetworkConnections::lease_of(Endpoint const& target, Route const& route) const {
    if (!router_.selector()) return nullptr;
    RouteUse use{context_.client, target, route};
    return std::make_shared<RouteLease>(router_.selector(), std::move(use));
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
