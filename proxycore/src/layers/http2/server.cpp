#include "layers/http2/server.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "layers/http2/server_connection.hpp"
#include "layers/http2/server_stream.hpp"

namespace pathology::proxycore::layers {
// --- life ------------------------------------------------------------------------------------------------------------

Http2Server::Connection::Connection(std::unique_ptr<net::Stream> stream, std::string name, net::TimeLimit limit,
                                    HttpSettings const& settings, std::function<void()> on_change)
    : Http2Connection(std::move(stream), "the server " + std::move(name), limit, http2::Role::client, settings),
      on_change_(std::move(on_change)) {}

void Http2Server::Connection::start(std::shared_ptr<Connection> const& connection) {
    auto const end = [connection](std::exception_ptr thrown) { connection->on_run_end(std::move(thrown)); };
    asio::co_spawn(connection->executor(), connection->run(), end);
}

void Http2Server::Connection::on_run_end(std::exception_ptr thrown) {
    thrown_ = std::move(thrown);
    Http2Connection::close();
    is_running_ = false;
    report_change();
}

void Http2Server::Connection::report_change() {
    changed_.notify();
    auto const report = on_change_;  // it may call forget_owner()
    if (report) report();
}

// Functions that wait keep the connection alive, whatever its owner does meanwhile.

asio::awaitable<void> Http2Server::Connection::close_and_join(std::shared_ptr<Connection> connection) {
    connection->forget_owner();
    connection->Http2Connection::close();
    while (connection->is_running_) co_await connection->changed_.wait();
    if (auto const thrown = std::exchange(connection->thrown_, nullptr)) std::rethrow_exception(thrown);
}

asio::awaitable<bool> Http2Server::Connection::wait_for_settings(std::shared_ptr<Connection> connection) {
    auto const& session = connection->session();
    while (!connection->has_ended() && !session.has_peer_settings()) co_await connection->changed_.wait();
    co_return !connection->has_ended();
}

// --- requests --------------------------------------------------------------------------------------------------------

std::size_t Http2Server::Connection::room() const {
    if (!takes_requests()) return 0;
    std::size_t const limit = session().peer_max_streams();
    return limit - std::min(limit, session().streams());
}

bool Http2Server::Connection::takes_requests() const { return !has_ended() && session().accepts_requests(); }

Result<void> Http2Server::Connection::submit(http2::Request const& request,
                                             std::shared_ptr<Http2PendingRequest> pending, bool has_content) {
    Http2Body* const content = has_content ? &pending->body : nullptr;
    auto const stream = has_ended() ? std::nullopt : session().submit(request, content, pending.get());
    if (!stream) {
        auto const why = end() ? end()->message : peer() + " takes no more requests on this connection";
        return Failure{Errc::closed, why, 502, Repeat::always};
    }
    pending->body.bind(*stream);
    if (!has_content) pending->body.set_sent_end();
    pending->index = pending_.size();
    pending_.push_back(std::move(pending));
    notify();
    return {};
}

// --- events ----------------------------------------------------------------------------------------------------------

void Http2Server::Connection::on_events() {
    bool has_changed = session().has_peer_settings() && !std::exchange(knows_settings_, true);
    while (auto const event = session().next()) {
        on_event(*event);
        has_changed = has_changed || event->type == http2::SessionEvent::Type::closed;
    }
    if (has_changed) report_change();
}

void Http2Server::Connection::on_event(http2::SessionEvent const& event) {
    auto& pending = *static_cast<Http2PendingRequest*>(event.user_data);
    switch (event.type) {
        case http2::SessionEvent::Type::interim: pending.heads.push_back(*event.interim); return pending.body.notify();
        case http2::SessionEvent::Type::head:
            pending.heads.push_back(event.response->head);
            return pending.body.notify();
        case http2::SessionEvent::Type::data: return pending.body.on_data(event.data);
        case http2::SessionEvent::Type::end: return pending.body.on_end(event.response->trailers);
        case http2::SessionEvent::Type::closed: return on_closed(event, pending);
    }
}

void Http2Server::Connection::on_closed(http2::SessionEvent const& event, Http2PendingRequest& pending) {
    pending.body.on_closed(failure_of(event));
    auto const index = pending.index;
    pending_.back()->index = index;
    std::swap(pending_[index], pending_.back());
    pending_.pop_back();
}

std::optional<Failure> Http2Server::Connection::failure_of(http2::SessionEvent const& event) const {
    auto const reason = std::string(event.reason);
    auto const repeat = event.is_unprocessed ? Repeat::always : Repeat::never;
    Failure failure{Errc::closed, reason, 502, repeat};
    if (has_ended()) {
        failure = *end();
        failure.repeat = repeat;
    } else if (event.error == http2::ErrorCode::no_error) {
        return std::nullopt;
    } else if (event.by_peer || reason.empty()) {
        if (event.by_peer) failure.reset = event.error;
        if (event.by_peer && event.error == http2::ErrorCode::http_1_1_required) {
            failure.wanted = Protocol::http1;
            failure.repeat = Repeat::always;
        }
        failure.message = peer() + " reset the stream: " + name(event.error);
    } else if (event.is_unprocessed) {
        failure.message = peer() + " did not take the request: " + reason;
    } else {
        failure.code = Errc::malformed;
        failure.message = "the response of " + peer() + " is malformed: " + reason;
        if (event.has_padded_value)
            failure.message += "; --set validate_inbound_headers=false accepts white space at the ends of a value";
    }
    return failure;
}

// --- the interface of the owner --------------------------------------------------------------------------------------

Http2Server::Http2Server(std::unique_ptr<net::Stream> stream, std::string name, net::TimeLimit limit,
                         HttpSettings const& settings, std::function<void()> on_change)
    : connection_(
          std::make_shared<Connection>(std::move(stream), std::move(name), limit, settings, std::move(on_change))) {
    Connection::start(connection_);
}

Http2Server::~Http2Server() {
    connection_->forget_owner();
    connection_->Http2Connection::close();
}

std::size_t Http2Server::room() const { return connection_->room(); }
bool Http2Server::takes_requests() const { return connection_->takes_requests(); }
bool Http2Server::has_ended() const { return connection_->has_ended(); }
std::size_t Http2Server::streams() const { return connection_->session().streams(); }
asio::awaitable<bool> Http2Server::wait_for_settings() { return Connection::wait_for_settings(connection_); }
bool Http2Server::takes_websockets() const { return connection_->takes_websockets(); }
std::unique_ptr<ServerStream> Http2Server::ask() { return std::make_unique<Http2ServerStream>(connection_); }
asio::awaitable<void> Http2Server::close() { return Connection::close_and_join(connection_); }

}  // namespace pathology::proxycore::layers
