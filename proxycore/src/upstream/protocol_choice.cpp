#include "upstream/protocol_choice.hpp"

#include <chrono>
#include <pathology/proxycore/async/timeout.hpp>
#include <utility>

#include "layers/http2/head.hpp"

namespace pathology::proxycore::upstream {
namespace {

/// How long a server of HTTP/2 that ALPN did not ask may take to say so.
constexpr std::chrono::seconds max_wait_for_settings{2};

bool is_grpc(flow::Request const& request) {
    auto const type = request.headers.first("content-type").value_or("");
    constexpr std::string_view grpc = "application/grpc";
    return type.starts_with(grpc) && !type.substr(grpc.size()).starts_with("-web");
}

}  // namespace

asio::awaitable<bool> ProtocolChoice::accepts_websockets(PooledConnection& connection) {
    auto const record = connection.record;
    auto waiting = connection.shared()->wait_for_settings();
    auto const is_known = co_await async::with_timeout(context_.settings->times.connect, std::move(waiting));
    auto const* const still = pool_.find(*record);
    co_return is_known.value_or(false) && still != nullptr && still->shared() != nullptr &&
        still->shared()->takes_websockets();
}

bool ProtocolChoice::knows_http2(flow::HttpFlow const& flow, EndpointPool const& endpoint) const {
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

asio::awaitable<PooledConnection*> ProtocolChoice::begin_http2(PooledConnection& connection) {
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

PooledConnection::Shared ProtocolChoice::share(EndpointKey const& key, PooledConnection& connection,
                                               std::unique_ptr<net::Stream> stream) {
    auto const& settings = *context_.settings;
    auto const on_change = [this, &connection] { pool_.handle_change(connection); };
    return {std::make_unique<layers::Http2Server>(std::move(stream), to_string(key.address), settings.times.idle,
                                                  settings.http, on_change)};
}

void ProtocolChoice::settle(PooledConnection& connection) {
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

}  // namespace pathology::proxycore::upstream
