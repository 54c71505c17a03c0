// Connections that are opened before anybody knows what is spoken on them: for TLS that needs the server's certificate, for
// servers that speak first, for bytes that are not HTTP; and opening itself, which requests use, too.
//
//     open() ─▶ connect_ahead() ─▶ connect() ─▶ Ahead ─┬─ secure_ahead(): with TLS ─▶ Ahead
//                                                      ├─ acquire_stream() ─────────▶ the layer's own
//                                                      └─ a request ────────────────▶ Idle, Shared

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <utility>

#include "layers/hosts.hpp"
#include "layers/tls/tls_choices.hpp"
#include "upstream/network_connections.hpp"

namespace pathology::proxycore::upstream {
namespace {

Failure not_on_the_network(flow::Server const& server) {
    Failure failure;
    failure.code = layers::Errc::unreachable;
    failure.message = server.address()->host + " is a site of this proxy, and not on the network";
    return failure;
}

}  // namespace

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
    std::vector<FailedRoute> failed;
    for (auto route = co_await router_.choose(*server);;) {
        if (route.response) co_return co_await connector_.refuse(server, *route.response);
        auto const connected = co_await connect_along(server, route, alpn);
        if (connected) co_return connected;
        failed.push_back({std::move(route), connected.error()});
        if (server != context_.server) co_return connected;
        auto next = context_.successor_of(*server);
        next->set_via(context_.via);
        auto another = co_await router_.choose_again(*next, failed);
        if (!another) co_return connected;
        server = context_.server = std::move(next);
        route = std::move(*another);
    }
}

asio::awaitable<Result<void>> NetworkConnections::connect_along(Record server, Route const& route,
                                                                std::vector<std::string> alpn) {
    auto const key = Router::key_of(*server, route);
    if (!key.hops.empty()) server->set_via(key.via());
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
    bool const is_own = server == context_.server;
    auto alpn = offers_to({}, {});
    auto const opened = co_await open(server, std::move(alpn));
    if (!opened) co_return opened.error();
    if (is_own) server = context_.server;  // another one, if the first route failed
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
    if (lease) lease->selector().on_failed(*lease->use(), stream.error(), latency);
    if (stream.error().code != layers::Errc::cancelled) endpoint.fail(stream.error(), context_.now());
    co_return stream.error();
}

std::vector<std::string> NetworkConnections::offers_to(EndpointKey const& key, http::Version spoken) const {
    bool const http2 = context_.settings->http.http2 && !key.is_http1_only;
    return layers::offers_for_server(*context_.client, http2, spoken);
}

/// Most requests of a client go the same way as the one before, so its use is kept.
NetworkConnections::Lease NetworkConnections::lease_of(Endpoint const& target, Route const& route) {
    if (!router_.selector()) return nullptr;
    bool const is_same = last_use_ != nullptr && last_use_->client == context_.client && last_use_->target == target &&
                         last_use_->route.data == route.data && last_use_->route.hops == route.hops;
    if (!is_same) last_use_ = std::make_shared<RouteUse const>(RouteUse{context_.client, target, route});
    return std::make_shared<RouteLease>(router_.selector(), last_use_);
}

}  // namespace pathology::proxycore::upstream
