#include "layers/http2/client_stream.hpp"

#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <pathology/proxycore/http/content_rule.hpp>
#include <utility>

#include "layers/http2/head.hpp"
#include "layers/transfer_coding.hpp"

namespace pathology::proxycore::layers {
namespace {

/// nghttp2 has validated it.
std::optional<std::uint64_t> content_length(http::Fields const& fields) {
    auto const text = fields.first("content-length");
    if (!text) return std::nullopt;
    std::uint64_t length = 0;
    std::from_chars(text->data(), text->data() + text->size(), length);
    return length;
}

asio::awaitable<Result<void>> ready(Result<void> result) { co_return result; }

}  // namespace

Http2ClientStream::Http2ClientStream(std::shared_ptr<Http2Body> body, http2::Request const& request)
    : body_(std::move(body)),
      is_head_(request.head.method == "HEAD"),
      is_websocket_(asks_for_websocket(request)),
      is_connect_(asks_for_tunnel(request)),
      length_(content_length(request.head.fields)) {
    if (is_websocket_ || is_connect_) length_ = 0;
}

/// An incomplete response must not look complete; the rest of an incomplete request is useless.
Http2ClientStream::~Http2ClientStream() {
    if (body_ == nullptr) return;
    if (!body_->has_sent_end())
        body_->abort(http2::ErrorCode::internal_error);
    else if (!body_->has_received_end())
        body_->ignore_input();
}

asio::awaitable<Result<std::string_view>> Http2ClientStream::read_body() {
    if (is_websocket_ || is_connect_) co_return std::string_view();  // content belongs to the tunnel
    co_return co_await body_->read();
}

std::optional<Result<std::string_view>> Http2ClientStream::read_body_now() {
    if (is_websocket_ || is_connect_) return std::string_view();
    return body_->read_now();
}

std::optional<std::uint64_t> Http2ClientStream::announced_length() const {
    return body_->is_input_empty() ? 0 : length_;
}

// --- the response ------------------------------------------------------------------------------------------------------

asio::awaitable<Result<void>> Http2ClientStream::send_interim(http::ResponseHead const& head) {
    auto& connection = body_->connection();
    if (!body_->is_closed()) connection.session().send_interim(body_->id(), head_of(head));
    connection.notify();
    co_return Result<void>();
}

bool Http2ClientStream::has_body(unsigned status) const {
    return http::content_rule(is_head_ ? "HEAD" : "", status) == http::ContentRule::allowed;
}

/// `status` is that of the flow, where a WebSocket begins with 101.
bool Http2ClientStream::opens_tunnel(unsigned status) const {
    return (is_websocket_ && status == 101) || (is_connect_ && status / 100 == 2);
}

/// HTTP/2 has no 101, and any 2xx accepts an extended CONNECT (RFC 8441 §5).
std::optional<Failure> Http2ClientStream::objection_to(flow::Response const& response) const {
    auto const status = response.status_code;
    if (opens_tunnel(status)) return std::nullopt;
    if (status < 100 || status > 999)
        return Failure{Errc::malformed,
                       "HTTP/2 has no status code " + std::to_string(status) + ", which the response has"};
    if (has_body(status))
        if (auto lost = find_lost_coding(response.headers, "response", "a client of HTTP/2")) return lost;
    if (status == 101)
        return Failure{Errc::malformed, "the response switches to a protocol that the client did not ask for"};
    if (!is_websocket_ || status / 100 != 2) return std::nullopt;
    return Failure{Errc::malformed, "the response " + std::to_string(status) +
                                        " does not open a WebSocket, but the client would understand it so"};
}

Result<void> Http2ClientStream::respond(http::ResponseHead const& head, bool has_content) {
    has_content_ = has_content;
    auto& connection = body_->connection();
    if (body_->failure()) return *body_->failure();
    if (body_->is_closed()) return Failure{Errc::closed, connection.peer() + " reset the stream"};
    connection.session().respond(body_->id(), head, has_content ? body_.get() : nullptr);
    connection.notify();
    if (!has_content) body_->set_sent_end();
    return {};
}

asio::awaitable<Result<void>> Http2ClientStream::send(flow::Response const& response) {
    bool const is_switch = opens_tunnel(response.status_code);
    bool const may_have_body = has_body(response.status_code) && !is_switch;
    std::string_view const body = response.raw_content ? std::string_view(*response.raw_content) : std::string_view();
    auto const* const trailers = response.trailers && !response.trailers->empty() ? &*response.trailers : nullptr;
    auto const size = may_have_body ? std::optional<std::uint64_t>(body.size()) : std::nullopt;
    auto const head = head_of(response, size);
    bool const has_more = may_have_body && (!body.empty() || trailers != nullptr);
    auto const begun = respond(head, has_more || is_switch);
    return begun && has_more ? body_->send_last(body, trailers) : ready(begun);
}

asio::awaitable<Result<void>> Http2ClientStream::begin(flow::Response const& response) {
    auto const head = head_of(response, std::nullopt);
    co_return respond(head, has_body(response.status_code));
}

asio::awaitable<Result<void>> Http2ClientStream::send_body(std::string_view piece) {
    if (!has_content_) co_return Result<void>();
    co_return co_await body_->send(piece);
}

asio::awaitable<Result<void>> Http2ClientStream::finish(http::Fields const* trailers) {
    if (!has_content_) co_return Result<void>();
    co_return co_await body_->finish(trailers);
}

/// Most requests cancel this wait, so that must not cost an exception.
asio::awaitable<Failure> Http2ClientStream::wait_for_abort(std::chrono::milliseconds /*grace*/) {
    bool const throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const cancellation = co_await asio::this_coro::cancellation_state;
    while (!is_over() && cancellation.cancelled() == asio::cancellation_type::none) co_await body_->wait();
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (body_->failure()) co_return *body_->failure();
    co_return Failure{Errc::closed, body_->connection().peer() + " reset the stream"};
}

bool Http2ClientStream::set_abort_handler(std::function<void()> then) {
    if (then && is_over())
        then();
    else
        body_->set_on_over(std::move(then));
    return true;
}

asio::awaitable<void> Http2ClientStream::break_off(http2::ErrorCode code) {
    body_->abort(code);
    co_return;
}

std::unique_ptr<net::Stream> Http2ClientStream::take_over() {
    return make_http2_tunnel(std::exchange(body_, nullptr),
                             is_connect_ ? http2::ErrorCode::connect_error : http2::ErrorCode::cancel);
}

}  // namespace pathology::proxycore::layers
