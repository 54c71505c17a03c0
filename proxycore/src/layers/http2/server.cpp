#include <pathology/proxycore/layers/http2/server.hpp>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "layers/http2/server_connection.hpp"
#include "layers/http2/server_stream.hpp"

namespace pathology::proxycore::layers {
namespace {

http2::SessionSettings settings_of(HttpSettings const& http) {
    http2::SessionSettings settings;
    settings.window_updates = http2::WindowUpdates::when_consumed;
    settings.max_header_list = static_cast<std::uint32_t>(std::min<std::size_t>(http.limits.head, 0x7fffffff));
    return settings;
}

}  // namespace

// --- life ------------------------------------------------------------------------------------------------------------

Http2Server::Connection::Connection(std::unique_ptr<net::Stream> stream, std::string name, net::TimeLimit limit,
                                    HttpSettings const& settings, std::function<void()> on_change)
    : Http2WireOf(std::move(stream), "the server " + std::move(name), limit, http2::Role::client,
                  settings_of(settings)),
      on_change_(std::move(on_change)) {}

void Http2Server::Connection::start(std::shared_ptr<Connection> const& connection) {
    auto const note = [connection](std::exception_ptr thrown) { connection->note_end(std::move(thrown)); };
    asio::co_spawn(connection->executor(), connection->run(), note);
}

void Http2Server::Connection::note_end(std::exception_ptr thrown) {
    thrown_ = std::move(thrown);
    Http2Wire::close();
    is_running_ = false;
    change();
}

void Http2Server::Connection::change() {
    changed_.notify();
    auto const tell = on_change_;  // it may make us forget it
    if (tell) tell();
}

// What waits keeps the connection, whatever its owner does meanwhile.

asio::awaitable<void> Http2Server::Connection::close_and_join(std::shared_ptr<Connection> connection) {
    connection->forget_owner();
    connection->Http2Wire::close();
    while (connection->is_running_) co_await connection->changed_.wait();
    if (auto const thrown = std::exchange(connection->thrown_, nullptr)) std::rethrow_exception(thrown);
}

asio::awaitable<bool> Http2Server::Connection::wait_for_settings(std::shared_ptr<Connection> connection) {
    auto const& session = connection->session();
    while (!connection->has_ended() && !session.has_peer_settings()) co_await connection->changed_.wait();
    co_return !connection->has_ended();
}

// --- requests --------------------------------------------------------------------------------------------------------

bool Http2Server::Connection::has_room() const {
    return takes_requests() && session().streams() < session().peer_max_streams();
}

bool Http2Server::Connection::takes_requests() const { return !has_ended() && session().accepts_requests(); }

Result<void> Http2Server::Connection::submit(http2::Request const& request, std::shared_ptr<Http2Asked> asked,
                                             bool has_content) {
    auto const stream = has_ended() ? std::nullopt : session().submit(request, has_content ? &asked->body : nullptr);
    if (!stream) {
        auto const why = end() ? end()->message : who() + " takes no more requests on this connection";
        return Failure{Failure::Kind::closed, why, 502, true};
    }
    asked->body.bind(*stream);
    if (!has_content) asked->body.note_end_out();
    asked_.emplace(*stream, std::move(asked));
    ring();
    return {};
}

// --- what the session tells ------------------------------------------------------------------------------------------

void Http2Server::Connection::take_events() {
    bool has_changed = session().has_peer_settings() && !std::exchange(knows_settings_, true);
    while (auto const event = session().next()) {
        take(*event);
        has_changed = has_changed || event->type == http2::SessionEvent::Type::closed;
    }
    if (has_changed) change();
}

void Http2Server::Connection::take(http2::SessionEvent const& event) {
    auto const found = asked_.find(event.stream);
    if (found == asked_.end()) return;
    auto& asked = *found->second;
    switch (event.type) {
        case http2::SessionEvent::Type::interim: asked.heads.push_back(*event.interim); return asked.body.ring();
        case http2::SessionEvent::Type::head: asked.heads.push_back(event.response->head); return asked.body.ring();
        case http2::SessionEvent::Type::data: return asked.body.take(event.data);
        case http2::SessionEvent::Type::end: return asked.body.end(event.response->trailers);
        case http2::SessionEvent::Type::closed: asked.body.close(failure_of(event)); asked_.erase(found);
    }
}

std::optional<Failure> Http2Server::Connection::failure_of(http2::SessionEvent const& event) const {
    auto const reason = std::string(event.reason);
    Failure failure{Failure::Kind::closed, reason, 502, event.is_unprocessed};
    if (has_ended()) {
        failure = *end();
        failure.is_retryable = event.is_unprocessed;
    } else if (event.error == http2::ErrorCode::no_error) {
        return std::nullopt;
    } else if (event.by_peer || reason.empty()) {
        failure.message = who() + " reset the stream: " + name(event.error);
    } else if (event.is_unprocessed) {
        failure.message = who() + " did not take the request: " + reason;
    } else {
        failure.kind = Failure::Kind::malformed;
        failure.message = "the answer of " + who() + " is broken: " + reason;
    }
    return failure;
}

// --- the owner's view ------------------------------------------------------------------------------------------------

Http2Server::Http2Server(std::unique_ptr<net::Stream> stream, std::string name, net::TimeLimit limit,
                         HttpSettings const& settings, std::function<void()> on_change)
    : connection_(
          std::make_shared<Connection>(std::move(stream), std::move(name), limit, settings, std::move(on_change))) {
    Connection::start(connection_);
}

Http2Server::~Http2Server() {
    connection_->forget_owner();
    connection_->Http2Wire::close();
}

bool Http2Server::has_room() const { return connection_->has_room(); }
bool Http2Server::takes_requests() const { return connection_->takes_requests(); }
bool Http2Server::has_ended() const { return connection_->has_ended(); }
std::size_t Http2Server::streams() const { return connection_->count(); }
asio::awaitable<bool> Http2Server::wait_for_settings() { return Connection::wait_for_settings(connection_); }
bool Http2Server::takes_websockets() const { return connection_->takes_websockets(); }
std::unique_ptr<ServerStream> Http2Server::ask() { return std::make_unique<Http2ServerStream>(connection_); }
asio::awaitable<void> Http2Server::close() { return Connection::close_and_join(connection_); }

}  // namespace pathology::proxycore::layers
