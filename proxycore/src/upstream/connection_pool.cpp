#include "upstream/connection_pool.hpp"

#include <algorithm>
#include <utility>

namespace pathology::proxycore::upstream {
namespace {

constexpr std::size_t max_unused_endpoints = 16;

}  // namespace

// --- one connection --------------------------------------------------------------------------------------------------

PooledConnection::~PooledConnection() {
    if (auto* const raw = std::get_if<Ahead>(&state); raw != nullptr && raw->stream) {
        auto& stream = *raw->stream;
        monitor.close_deferred(stream, std::shared_ptr<void>(std::move(raw->stream)));
    } else if (auto* const idle = std::get_if<Idle>(&state)) {
        auto& stream = idle->connection->stream();
        monitor.close_deferred(stream, std::shared_ptr<void>(std::move(idle->connection)));
    }
}

net::Stream* PooledConnection::ahead() const {
    auto const* const raw = std::get_if<Ahead>(&state);
    return raw == nullptr ? nullptr : raw->stream.get();
}

layers::Http2Server* PooledConnection::shared() const {
    auto const* const both = std::get_if<Shared>(&state);
    return both == nullptr ? nullptr : both->connection.get();
}

std::unique_ptr<net::Stream> PooledConnection::release_stream() {
    auto stream = std::move(std::get<Ahead>(state).stream);
    state = InUse{};
    return stream;
}

std::size_t PooledConnection::room() const {
    if (auto const* const both = std::get_if<Shared>(&state)) return both->is_confirmed ? both->connection->room() : 0;
    return std::holds_alternative<Idle>(state) || (ahead() != nullptr && !is_ended()) ? 1 : 0;
}

bool PooledConnection::is_unused() const {
    if (auto const* const http2 = shared()) return http2->streams() == 0;
    return std::holds_alternative<Idle>(state) || ahead() != nullptr;
}

bool PooledConnection::is_ended() const {
    if (auto const* const http2 = shared()) return http2->streams() == 0 && !http2->takes_requests();
    return ahead() != nullptr && record->timestamp_end.has_value();
}

// --- one endpoint ----------------------------------------------------------------------------------------------------

PooledConnection& EndpointPool::add(std::shared_ptr<flow::Server> record, std::unique_ptr<net::Stream> stream,
                                    asio::any_io_executor const& executor) {
    return connections_.emplace_back(*this, std::move(record), std::move(stream), executor);
}

void EndpointPool::remove(PooledConnection& connection) {
    connections_.remove_if([&](PooledConnection const& other) { return &other == &connection; });
    wake();
}

template <class Predicate> PooledConnection* EndpointPool::find_if(Predicate predicate) {
    auto const found = std::find_if(connections_.begin(), connections_.end(), predicate);
    return found == connections_.end() ? nullptr : &*found;
}

PooledConnection* EndpointPool::find_available() {
    return find_if([](PooledConnection const& connection) { return connection.is_available(); });
}

PooledConnection* EndpointPool::find_unused() {
    return find_if([](PooledConnection const& connection) { return connection.is_unused(); });
}

PooledConnection* EndpointPool::find_shared() {
    return find_if([](PooledConnection const& connection) { return connection.shared() != nullptr; });
}

PooledConnection* EndpointPool::find_ended() {
    return find_if([](PooledConnection const& connection) { return connection.is_ended(); });
}

PooledConnection* EndpointPool::find(flow::Server const& record) {
    return find_if([&](PooledConnection const& connection) { return *connection.record == record; });
}

Failure const* EndpointPool::failure_for(flow::Time begun) {
    if (failed_ && failed_->at < begun) failed_.reset();
    return failed_ ? &failed_->why : nullptr;
}

asio::awaitable<void> EndpointPool::wait_until_ready() {
    async::Event event;
    Place const place(*this, event);
    do co_await event.wait();
    while (!place.is_first() || !is_ready());
}

void EndpointPool::wake() {
    if (waiters_.empty()) return;
    std::size_t room = 0;
    for (auto const& connection : connections_) room += connection.room();
    room = std::max<std::size_t>(room, 1);  // the first one may open a connection, or fail
    for (auto* const event : waiters_) {
        if (room-- == 0) break;
        event->notify();
    }
}

void EndpointPool::wake_first() {
    if (!waiters_.empty()) waiters_.front()->notify();
}

// --- all endpoints ---------------------------------------------------------------------------------------------------

EndpointPool& ConnectionPool::at(EndpointKey const& key) {
    auto const known = std::ranges::find(endpoints_, key, &EndpointPool::key);
    return known != endpoints_.end() ? *known : endpoints_.emplace_back(key, max_connections_);
}

PooledConnection* ConnectionPool::find(flow::Server const& record) {
    for (auto& endpoint : endpoints_)
        if (auto* const connection = endpoint.find(record)) return connection;
    return nullptr;
}

void ConnectionPool::drop_ended(EndpointPool& endpoint) {
    while (auto* const ended = endpoint.find_ended()) drop(*ended);
}

void ConnectionPool::make_room(flow::Server const& kept) {
    std::size_t unused = 0;
    PooledConnection* first = nullptr;
    for (auto& endpoint : endpoints_) {
        auto* const connection = endpoint.find_unused();
        if (connection == nullptr) continue;
        if (first == nullptr) first = connection;
        ++unused;
    }
    if (unused >= max_unused_endpoints && *first->record != kept) drop(*first);
}

void ConnectionPool::drop(PooledConnection& connection) {
    auto const record = connection.record;
    connection.endpoint.remove(connection);
    forget(*record);
    report_end(record);
}

/// The hook runs beside the coroutine that noticed the end.
void ConnectionPool::report_end(std::shared_ptr<flow::Server> const& record) {
    if (events_.mark_closed(*record) && events_.wants_closed()) run_in_background(events_.run_closed(record));
}

/// The connection calls from inside, so it is destroyed in a coroutine of its own.
void ConnectionPool::handle_change(PooledConnection& connection) {
    connection.endpoint.wake();
    auto const* const http2 = connection.shared();
    if (is_closing_ || http2 == nullptr || !http2->has_ended()) return;
    run_in_background(drop_if_unused(connection.record));
}

asio::awaitable<void> ConnectionPool::drop_if_unused(std::shared_ptr<flow::Server> record) {
    auto* const connection = find(*record);
    if (connection != nullptr && connection->shared() != nullptr && connection->is_unused()) drop(*connection);
    co_return;
}

void ConnectionPool::run_in_background(asio::awaitable<void> work) { background_.add(*executor_, std::move(work)); }

void ConnectionPool::add(std::shared_ptr<flow::Server> record, std::shared_ptr<RouteLease> lease,
                         std::shared_ptr<void> place) {
    auto use = lease ? lease->use() : nullptr;
    open_.push_back({std::move(record), std::move(lease), std::move(use), std::move(place)});
}

std::shared_ptr<flow::Server> ConnectionPool::forget(flow::Server const& record) {
    auto const known = std::ranges::find_if(open_, [&](Open const& open) { return *open.record == record; });
    if (known == open_.end()) return nullptr;
    auto registered = std::move(known->record);
    open_.erase(known);
    return registered;
}

void ConnectionPool::drop_lease(flow::Server const& record) {
    for (auto& open : open_)
        if (*open.record == record) open.lease.reset();
}

std::shared_ptr<RouteUse const> ConnectionPool::use_of(flow::Server const& record) const {
    for (auto const& open : open_)
        if (*open.record == record) return open.use;
    return nullptr;
}

asio::awaitable<void> ConnectionPool::close_all() {
    co_await close_shared();
    endpoints_.clear();
    for (auto const& open : std::exchange(open_, {})) co_await events_.closed(*open.record);
    co_await background_.join();
    is_closing_ = false;
}

/// Shared connections leave their places first: what they report while they close changes nothing any more.
asio::awaitable<void> ConnectionPool::close_shared() {
    is_closing_ = true;
    std::vector<std::unique_ptr<layers::Http2Server>> all;
    for (auto& endpoint : endpoints_)
        for (auto& connection : endpoint.connections())
            if (auto* const shared = std::get_if<PooledConnection::Shared>(&connection.state))
                all.push_back(std::move(shared->connection));
    for (auto const& shared : all) co_await shared->close();
}

}  // namespace pathology::proxycore::upstream
