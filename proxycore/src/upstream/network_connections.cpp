#include "upstream/network_connections.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/layers/hosts.hpp>
#include <utility>

#include "layers/exchange/direct_response.hpp"
#include "layers/http2/head.hpp"
#include "upstream/connection_events.hpp"
#include "layers/tls/tls_choices.hpp"

namespace pathology::proxycore::layers {

void Servers::keep(ServerConnection /*connection*/) {}

namespace {

constexpr std::size_t most_unused = 16;  // targets

Failure not_on_the_network(flow::Server const& server) {
    Failure failure;
    failure.kind = Failure::Kind::unreachable;
    failure.message = server.address()->host + " is a site of this proxy, and not on the network";
    return failure;
}

/// For another attempt at the same.
std::shared_ptr<flow::Server> successor_of(flow::Server const& server) {
    auto next = std::make_shared<flow::Server>(server.address());
    next->tls = server.tls;
    next->sni = server.sni;
    next->set_via(server.via());
    return next;
}

}  // namespace

std::unique_ptr<Servers> make_servers(Context& context) { return std::make_unique<NetworkServers>(context); }

// --- for requests ----------------------------------------------------------------------------------------------------

/// Over the way that needs no choice, and a connection that needs no preparation.
std::unique_ptr<ServerStream> NetworkServers::acquire_at_once(flow::HttpFlow& flow) {
    if (selector_ || flow.server_conn->via() || asks_for_websocket(flow.request)) return nullptr;
    if (leads_to_own(flow)) {
        auto const* const own = find(*context_.server);
        if (context_.server->error || (own != nullptr && own->raw)) return nullptr;
    }
    auto const target = target_of(flow, own_route_);
    auto& lane = lane_to(target);
    while (auto* const gone = lane.find_gone()) drop(*gone);
    if (lane.failure || lane.is_waited_for()) return nullptr;
    auto* const free = lane.find_room();
    if (free == nullptr) return nullptr;
    authorize(flow, target, own_route_);
    return lend(*free, flow);
}

asio::awaitable<Result<std::unique_ptr<ServerStream>>> NetworkServers::acquire(flow::HttpFlow& flow) {
    return lend_along(flow, false);
}

asio::awaitable<Result<std::unique_ptr<ServerStream>>> NetworkServers::acquire_fresh(flow::HttpFlow& flow) {
    return lend_along(flow, true);
}

asio::awaitable<Result<NetworkServers::Lent>> NetworkServers::lend_along(flow::HttpFlow& flow, bool fresh) {
    if (leads_to_own(flow)) {
        if (context_.server->error) co_return failure_before(*context_.server);
        auto const* const own = find(*context_.server);
        if (own != nullptr && own->raw && !own->is_gone()) co_return co_await lend_own(flow);
    }
    std::optional<upstream::Route> chosen;
    if (selector_ || flow.server_conn->via()) {
        Endpoint const address{flow.request.host(), flow.request.port()};
        upstream::Wish const wish{*context_.client, address, &flow};
        chosen = co_await choose(wish, *flow.server_conn);
    }
    auto const& route = chosen ? *chosen : own_route_;
    if (auto const* const answer = std::get_if<upstream::Answer>(&route))
        co_return make_direct_response_stream(answer->response);
    auto target = target_of(flow, route);
    authorize(flow, target, route);
    auto* lane = &lane_to(target);
    auto* const shared = asks_for_websocket(flow.request) ? lane->find_shared() : nullptr;
    bool const is_taken = shared == nullptr || co_await takes_websocket(*shared);
    target.is_http1_only = !is_taken;
    if (!is_taken) lane = &lane_to(target);
    co_return co_await lend_of(flow, *lane, route, fresh);
}

/// Waits for its turn where all connections of the lane are at work.
asio::awaitable<Result<NetworkServers::Lent>> NetworkServers::lend_of(flow::HttpFlow& flow, Lane& lane,
                                                                      upstream::Route const& route, bool fresh) {
    while (auto* const gone = lane.find_gone()) drop(*gone);
    auto const is_ready = [&] { return lane.failure || lane.find_room() != nullptr || lane.may_open(); };
    if (lane.is_waited_for() || !is_ready()) co_await lane.wait_until(is_ready);
    if (lane.failure) co_return *lane.failure;
    auto* const free = lane.find_room();
    if (free != nullptr && !fresh) co_return co_await lend_open(flow, *free, route);
    auto* const unused = lane.find_unused();
    if (unused != nullptr && !lane.may_open()) drop(*unused);
    co_return co_await lend_new(flow, lane, route);
}

/// A WebSocket that the server does not take over HTTP/2 gets a connection that speaks HTTP/1.
asio::awaitable<Result<NetworkServers::Lent>> NetworkServers::lend_open(flow::HttpFlow& flow, Link& link,
                                                                        upstream::Route const& route) {
    if (link.raw) unwrap(link);
    if (!link.shared || !asks_for_websocket(flow.request)) co_return lend(link, flow);
    auto const record = link.record;
    auto target = link.lane.target;
    bool const is_taken = co_await takes_websocket(link);
    if (is_taken) co_return lend(*find(*record), flow);
    target.is_http1_only = true;
    co_return co_await lend_of(flow, lane_to(target), route, false);
}

/// False as well when it does not say so in time, or has gone meanwhile.
asio::awaitable<bool> NetworkServers::takes_websocket(Link& link) {
    auto const record = link.record;
    auto waiting = link.shared->wait_for_settings();
    auto const is_known = co_await async::with_timeout(context_.settings->times.connect, std::move(waiting));
    auto const* const still = find(*record);
    co_return is_known.value_or(false) && still != nullptr && still->shared && still->shared->takes_websockets();
}

/// Over the connection that was opened ahead.
asio::awaitable<Result<NetworkServers::Lent>> NetworkServers::lend_own(flow::HttpFlow& flow) {
    auto alpn = offers_to({}, flow.request.http_version);
    auto const opened = co_await open(context_.server, std::move(alpn));
    if (!opened) co_return opened.error();
    auto& link = *find(*context_.server);
    authorize(flow, link.lane.target, own_route_);
    co_return co_await lend_open(flow, link, own_route_);
}

asio::awaitable<Result<NetworkServers::Lent>> NetworkServers::lend_new(flow::HttpFlow& flow, Lane& lane,
                                                                       upstream::Route const& route) {
    make_room();
    auto const record = record_for(flow, lane.target);
    flow.server_conn = record;
    auto stream = co_await connect(record, lane, route, offers_to(lane.target, flow.request.http_version));
    if (!stream) co_return stream.error();
    auto& link = lane.add(record, *executor_);
    link.raw = std::move(*stream);
    co_return co_await lend_open(flow, link, route);
}

/// What was agreed on is spoken from now on.
void NetworkServers::unwrap(Link& link) {
    link.watch.end();
    auto const& settings = *context_.settings;
    link.lane.may_share = link.record->alpn == "h2";
    if (link.record->alpn == "h2")
        link.shared =
            std::make_unique<Http2Server>(std::move(link.raw), to_string(link.lane.target.address), settings.times.idle,
                                          settings.http, [this, &link] { note_change(link); });
    else
        link.connection = std::make_unique<Http1Server>(std::move(link.raw), settings.http, form_of(link.lane.target));
}

NetworkServers::Lent NetworkServers::lend(Link& link, flow::HttpFlow& flow) {
    flow.server_conn = link.record;
    if (link.raw) unwrap(link);
    if (link.shared) return link.shared->ask();
    link.watch.end();
    return ask_http1(std::move(link.connection), [this, &link](auto back) { take_back(link, std::move(back)); });
}

void NetworkServers::take_back(Link& link, std::unique_ptr<Http1Server> connection) {
    if (connection == nullptr) return link.lane.remove(link);  // it carries something else now
    link.connection = std::move(connection);
    if (!link.connection->is_reusable()) return drop(link);
    link.watch.begin(*link.connection, [this, &link] { drop(link); });
    link.lane.wake();
}

// --- for anything ----------------------------------------------------------------------------------------------------

asio::awaitable<Result<void>> NetworkServers::open(std::shared_ptr<flow::Server> server,
                                                   std::vector<std::string> alpn) {
    server = renewed(std::move(server));
    if (server->error) co_return failure_before(*server);
    if (auto* const link = find(*server)) co_return co_await secure_later(*link, std::move(alpn));
    if (server->timestamp_start) co_return Result<void>();
    co_return co_await connect_ahead(server, std::move(alpn));
}

/// Another record where the connection of this one ended before its TLS could begin.
NetworkServers::Record NetworkServers::renewed(Record server) {
    auto* const link = find(*server);
    bool const is_left = link != nullptr && link->raw && link->is_gone() && server->tls && !server->tls_established();
    if (!is_left || server != context_.server) return server;
    drop(*link);
    context_.server = successor_of(*server);
    return context_.server;
}

asio::awaitable<Result<void>> NetworkServers::connect_ahead(Record server, std::vector<std::string> alpn) {
    auto const address = *server->address();
    upstream::Wish const wish{*context_.client, address};
    auto const route = co_await choose(wish, *server);
    if (auto const* const through = std::get_if<upstream::Through>(&route)) server->set_via(through->proxy);
    auto& lane = lane_to(target_of(*server));
    auto stream = co_await connect(server, lane, route, std::move(alpn));
    if (!stream) co_return stream.error();
    rest_ahead(lane.add(server, *executor_), std::move(*stream));
    co_return Result<void>();
}

/// Until somebody needs it. What its server has said before it ended is still there to be read.
void NetworkServers::rest_ahead(Link& link, Stream stream) {
    link.raw = std::move(stream);
    link.watch.begin(*link.raw, [this, record = link.record] { say_farewell(record); });
}

/// Of a connection that was opened when nobody knew of TLS.
asio::awaitable<Result<void>> NetworkServers::secure_later(Link& link, std::vector<std::string> alpn) {
    auto const record = link.record;
    if (!link.raw || !record->tls || record->tls_established()) co_return Result<void>();
    auto target = link.lane.target;
    target.is_secure = true;
    link.watch.end();
    auto stream = std::move(link.raw);
    link.lane.remove(link);
    auto securing = secure_opened(context_, *record, std::move(stream), std::move(alpn));
    auto secured = co_await or_give_up(record, std::move(securing));
    if (!secured) {
        forget(*record);
        co_return secured.error();
    }
    rest_ahead(lane_to(target).add(record, *executor_), std::move(*secured));
    co_return Result<void>();
}

asio::awaitable<Result<ServerConnection>> NetworkServers::take(std::shared_ptr<flow::Server> server) {
    server = renewed(std::move(server));
    auto alpn = offers_to({}, {});
    auto const opened = co_await open(server, std::move(alpn));
    if (!opened) co_return opened.error();
    auto* const link = find(*server);
    if (link == nullptr || !link->raw) {
        Failure failure;
        failure.message = "the connection to " + to_string(*server) + " is in use already";
        co_return failure;
    }
    link->watch.end();
    ServerConnection taken{server, std::move(link->raw)};
    link->lane.remove(*link);
    co_return std::move(taken);
}

asio::awaitable<Result<NetworkServers::Stream>> NetworkServers::connect(Record server, Lane& lane,
                                                                        upstream::Route const& route,
                                                                        std::vector<std::string> alpn) {
    auto const& target = lane.target;
    if (is_own_site(context_.settings->hosts, *server)) co_return not_on_the_network(*server);
    if (!executor_) executor_ = co_await asio::this_coro::executor;
    if (target.is_secure && lane.links().empty())
        lane.may_share = std::find(alpn.begin(), alpn.end(), "h2") != alpn.end();
    Lane::Opening const place(lane);
    records_.push_back(server);
    auto opening = open_along(server, target, route, std::move(alpn));
    auto stream = co_await or_give_up(server, std::move(opening));
    if (stream) co_return std::move(stream);
    forget(*server);
    if (stream.error().kind != Failure::Kind::cancelled) lane.failure = stream.error();
    co_return stream.error();
}

asio::awaitable<Result<NetworkServers::Stream>> NetworkServers::open_along(Record server, Target const& target,
                                                                           upstream::Route const& route,
                                                                           std::vector<std::string> alpn) {
    auto const reach = target.via && !target.is_tunnel ? Reach::proxy : Reach::target;
    auto stream = co_await open_server(context_, route, *server, reach);
    if (!stream || !target.is_secure) co_return std::move(stream);
    co_return co_await secure_opened(context_, *server, std::move(*stream), std::move(alpn));
}

/// Whoever waits may leave before the connection is there. Its record is over then; others of the client, who want the
/// same server, begin with one of their own.
asio::awaitable<Result<NetworkServers::Stream>> NetworkServers::or_give_up(Record server,
                                                                           asio::awaitable<Result<Stream>> work) {
    auto const give_up = [this, server]() -> asio::awaitable<void> {
        forget(*server);
        if (server == context_.server) context_.server = successor_of(*server);
        if (server->state != flow::ConnectionState::closed) co_await end_server(context_, *server);
    };
    co_return co_await async::on_failure(std::move(work), give_up, context_.settings->times.stop);
}

/// The one the outer layers know, as long as it is fresh; one like it after that.
NetworkServers::Record NetworkServers::record_for(flow::HttpFlow const& flow, Target const& target) const {
    bool const is_own = leads_to_own(flow);
    if (is_own && !context_.server->timestamp_start) {
        context_.server->set_via(target.via);
        return context_.server;
    }
    auto record = std::make_shared<flow::Server>(target.address);
    record->tls = target.is_secure;
    record->set_via(target.via);
    if (is_own) record->sni = context_.server->sni;
    return record;
}

Link* NetworkServers::find(flow::Server const& record) {
    for (auto& lane : lanes_)
        if (auto* const link = lane.find(record)) return link;
    return nullptr;
}

std::vector<std::string> NetworkServers::offers_to(Target const& target, http::Version spoken) const {
    bool const http2 = context_.settings->http.http2 && !target.is_http1_only;
    return offers_for_server(*context_.client, http2, spoken);
}

// --- ends ------------------------------------------------------------------------------------------------------------

asio::awaitable<void> NetworkServers::close(ServerConnection connection) {
    connection.stream.reset();
    if (find(*connection.server) != nullptr) co_return;
    if (forget(*connection.server)) co_await end_server(context_, *connection.server);
}

void NetworkServers::keep(ServerConnection connection) {
    auto const target = target_of(*connection.server);
    lane_to(target).add(std::move(connection.server), *executor_).raw = std::move(connection.stream);
}

asio::awaitable<void> NetworkServers::close_all() {
    co_await close_shared();
    lanes_.clear();
    for (auto const& record : std::exchange(records_, {})) co_await end_server(context_, *record);
    if (farewells_ > 0) {
        async::Event bell;
        said_ = &bell;
        while (farewells_ > 0) co_await bell.wait();
        said_ = nullptr;
    }
    if (selector_) selector_->client_left(*context_.client);
}

/// They are out of their links first: what is told of them meanwhile changes nothing any more.
asio::awaitable<void> NetworkServers::close_shared() {
    is_closing_ = true;
    std::vector<std::unique_ptr<Http2Server>> all;
    for (auto& lane : lanes_)
        for (auto& link : lane.links())
            if (link.shared) all.push_back(std::move(link.shared));
    for (auto const& shared : all) co_await shared->close();
}

/// A client that asks many servers over one connection does not keep them all.
void NetworkServers::make_room() {
    std::size_t unused = 0;
    Link* first = nullptr;
    for (auto& lane : lanes_) {
        auto* const link = lane.find_unused();
        if (link == nullptr) continue;
        if (first == nullptr) first = link;
        ++unused;
    }
    if (unused >= most_unused && first->record != context_.server) drop(*first);
}

/// False when it was forgotten before.
bool NetworkServers::forget(flow::Server const& record) {
    return std::erase_if(records_, [&](Record const& known) { return known.get() == &record; }) > 0;
}

void NetworkServers::drop(Link& link) {
    auto const record = link.record;
    link.lane.remove(link);
    forget(*record);
    say_farewell(record);
}

/// The hook runs beside whoever noticed the end.
void NetworkServers::say_farewell(Record const& record) {
    if (!note_end(context_, *record) || !context_.services.addons.wants(addons::Hook::server_disconnected)) return;
    ++farewells_;
    asio::co_spawn(*executor_, run_farewell(record), [this](std::exception_ptr const&) { note_farewell(); });
}

/// A shared connection has room again, or has ended. It speaks from within, so it goes a little later.
void NetworkServers::note_change(Link& link) {
    link.lane.wake();
    if (is_closing_ || !link.shared || !link.shared->has_ended()) return;
    ++farewells_;
    asio::co_spawn(*executor_, drop_later(link.record), [this](std::exception_ptr const&) { note_farewell(); });
}

asio::awaitable<void> NetworkServers::drop_later(Record record) {
    if (auto* const link = find(*record); link != nullptr && link->shared && link->shared->streams() == 0) drop(*link);
    co_return;
}

void NetworkServers::note_farewell() {
    --farewells_;
    if (said_ != nullptr) said_->notify();
}

asio::awaitable<void> NetworkServers::run_farewell(Record record) {
    addons::ServerConnectionData data{*record, *context_.client};
    co_await context_.services.addons.run(addons::hooks::server_disconnected, data);
}

}  // namespace pathology::proxycore::layers
