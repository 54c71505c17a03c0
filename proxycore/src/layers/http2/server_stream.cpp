#include "layers/http2/server_stream.hpp"

#include <charconv>
#include <pathology/proxycore/http/content_rule.hpp>
#include <utility>

#include "layers/http2/head.hpp"
#include "layers/transfer_coding.hpp"

namespace pathology::proxycore::layers {
namespace {

/// After a timeout of the stream, a response may still arrive; after one of the connection, it cannot.
Failure lasting(Failure failure) {
    if (failure.code == Errc::timed_out) failure.code = Errc::closed;
    return failure;
}

}  // namespace

Http2ServerStream::Http2ServerStream(std::shared_ptr<Http2Server::Connection> connection)
    : connection_(std::move(connection)),
      pending_(std::make_shared<Http2PendingRequest>(*connection_)),
      is_reused_(connection_->mark_used()) {}

Http2ServerStream::~Http2ServerStream() {
    if (pending_ == nullptr) return;
    auto& body = pending_->body;
    if (!body.has_received_end() || !body.has_sent_end()) body.abort(http2::ErrorCode::cancel);
}

// --- the request -----------------------------------------------------------------------------------------------------

Result<void> Http2ServerStream::submit(http2::Request const& head, bool has_content) {
    is_head_ = head.head.method == "HEAD";
    if (pending_->body.failure()) return *pending_->body.failure();
    auto submitted = connection_->submit(head, pending_, has_content);
    if (submitted.has_error()) return give_up(submitted.error());
    return submitted;
}

/// A request that was not sent gets no response.
Failure Http2ServerStream::give_up(Failure failure) {
    pending_->body.on_closed(failure);
    return failure;
}

asio::awaitable<Result<void>> Http2ServerStream::send(flow::Request const& request) {
    if (asks_for_websocket(request)) co_return co_await ask_for_websocket(request);
    std::string_view const body = request.raw_content ? std::string_view(*request.raw_content) : std::string_view();
    if (!body.empty())
        if (auto lost = find_lost_coding(request.headers, "request", connection_->peer())) co_return give_up(*lost);
    auto const* const trailers = request.trailers && !request.trailers->empty() ? &*request.trailers : nullptr;
    bool const has_content = !body.empty() || trailers != nullptr;
    auto const begun = submit(head_of(request, body.size()), has_content);
    if (begun.has_error() || !has_content) co_return begun;
    co_return co_await pending_->body.send_last(body, trailers);
}

asio::awaitable<Result<void>> Http2ServerStream::begin(flow::Request const& request) {
    if (auto lost = find_lost_coding(request.headers, "request", connection_->peer())) co_return give_up(*lost);
    co_return submit(head_of(request, std::nullopt), true);
}

/// RFC 8441 §3: only if the server has announced the setting.
asio::awaitable<Result<void>> Http2ServerStream::ask_for_websocket(flow::Request const& request) {
    websocket_key_ = request.headers.first("sec-websocket-key").value_or("");
    bool const is_known = co_await Http2Server::Connection::wait_for_settings(connection_);
    if (is_known && !connection_->takes_websockets())
        co_return give_up({Errc::unreachable, connection_->peer() + " takes no WebSockets over HTTP/2"});
    co_return submit(extended_connect_of(request), true);
}

// --- the response ------------------------------------------------------------------------------------------------------

asio::awaitable<Result<http::ResponseHead>> Http2ServerStream::read_head() {
    auto& body = pending_->body;
    while (pending_->heads.empty()) {
        if (body.failure()) co_return before_response(lasting(*body.failure()));
        if (body.is_closed())
            co_return Failure{Errc::closed, connection_->peer() + " ended the stream without a response"};
        bool const is_early = co_await body.wait();
        if (!is_early) co_return body.silence();
    }
    co_return take_head();
}

/// The server may have ended a kept connection before the request arrived, or after it has read it.
Failure Http2ServerStream::before_response(Failure failure) const {
    bool const is_lost = connection_->has_ended() && failure.code == Errc::closed && !failure.reset;
    bool const is_stale = is_lost && is_reused_ && !has_response_begun_;
    if (is_stale && failure.repeat == Repeat::never) failure.repeat = Repeat::if_idempotent;
    return failure;
}

http::ResponseHead Http2ServerStream::take_head() {
    has_response_begun_ = true;
    auto head = std::move(pending_->heads.front());
    pending_->heads.erase(pending_->heads.begin());
    if (auto const length = head.fields.first("content-length")) {
        std::uint64_t size = 0;
        std::from_chars(length->data(), length->data() + length->size(), size);
        bool const has_content = http::content_rule(is_head_ ? "HEAD" : "", head.status) == http::ContentRule::allowed;
        length_ = has_content ? size : 0;
    }
    if (websocket_key_ && head.status / 100 == 2) return upgraded(std::move(head), *websocket_key_);
    return head;
}

std::unique_ptr<net::Stream> Http2ServerStream::take_over() {
    struct Held {
        std::shared_ptr<Http2Server::Connection> connection;
        std::shared_ptr<Http2PendingRequest> pending;
    };
    auto const held = std::make_shared<Held>(Held{connection_, std::exchange(pending_, nullptr)});
    return make_http2_tunnel(std::shared_ptr<Http2Body>(held, &held->pending->body), http2::ErrorCode::cancel);
}

}  // namespace pathology::proxycore::layers
