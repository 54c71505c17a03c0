#include "layers/http1/client_stream.hpp"

#include <algorithm>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/http1/serialise.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <pathology/proxycore/net/lingering_close.hpp>
#include <pathology/proxycore/net/prefixed_stream.hpp>
#include <utility>

#include "layers/http1/strictness.hpp"
#include "layers/race_with_disconnect.hpp"
#include "layers/stream_end.hpp"
#include "layers/transfer_coding.hpp"

namespace pathology::proxycore::layers {
namespace {

/// How a stream ends so that the peer knows that bytes are missing.
net::CloseMode cut_of(net::Stream const& stream) {
    return stream.shows_truncation() ? net::CloseMode::truncate : net::CloseMode::reset;
}

}  // namespace

Http1ClientStream::Http1ClientStream(std::unique_ptr<net::Stream> stream, HttpSettings const& settings)
    : stream_(std::move(stream)),
      reader_(settings.limits, leniency_of(settings)),
      input_(*stream_, reader_, Side::client),
      output_(*stream_),
      is_guarded_(settings.validate_inbound_headers) {}

// --- for the conversation ---------------------------------------------------------------------------------

asio::awaitable<bool> Http1ClientStream::begins_with_http2_preface() {
    for (;;) {
        auto const begins = http2::begins_with_preface(reader_.buffered());
        if (begins) co_return *begins;
        bool const has_more = co_await input_.read_more();
        if (!has_more) co_return false;
    }
}

asio::awaitable<Result<bool>> Http1ClientStream::read_head() {
    for (;;) {
        auto const event = co_await input_.next();
        if (event.has_error()) co_return event.error();
        if (!*event) co_return false;
        if (**event == http1::Event::head) break;
    }
    if (is_guarded_)
        if (auto const ambiguity = find_ambiguous_framing(head())) co_return input_.malformed(*ambiguity);
    co_return true;
}

bool Http1ClientStream::accepts_next_request() const {
    return reader_.keep_alive() && response_keeps_alive_ && output_.is_in_order() && !input_.has_ended();
}

asio::awaitable<void> Http1ClientStream::close() {
    bool const has_more = (input_.is_inside_message() && announced_length() != 0u) || input_.has_failed();
    if (has_more && !input_.has_ended()) co_return co_await net::close_lingering(*stream_);
    stream_->close(net::CloseMode::fin);
}

// --- for the exchange -------------------------------------------------------------------------------------

std::optional<std::uint64_t> Http1ClientStream::announced_length() const {
    if (reader_.is_chunked()) return std::nullopt;
    return reader_.content_length().value_or(0);
}

asio::awaitable<Result<void>> Http1ClientStream::send_interim(http::ResponseHead const& head) {
    if (reader_.head().version < http::Version{1, 1}) co_return Result<void>();  // RFC 9110 §15.2
    auto const bytes = http1::serialise(head);
    auto const ec = co_await output_.send_aside(bytes);
    co_return sent(ec);
}

/// A client of HTTP/1.0 must not be sent Transfer-Encoding (RFC 9112 §6.1), so a coding of the content would be lost.
std::optional<Failure> Http1ClientStream::objection_to(flow::Response const& response) const {
    if (head().version >= http::Version{1, 1}) return std::nullopt;
    bool const has_body = framing_of(response, std::nullopt, head()).kind != Framing::Kind::none;
    return has_body ? find_lost_coding(response.headers, "response", "a client of HTTP/1.0") : std::nullopt;
}

void Http1ClientStream::begin_message(flow::Response const& response, std::optional<std::uint64_t> size) {
    auto const framing = framing_of(response, size, reader_.head());
    append_head(output_.begin(framing), response, framing, reader_.head().version);
    response_keeps_alive_ = keeps_alive(response.http_version, response.headers);
}

asio::awaitable<Result<void>> Http1ClientStream::send(flow::Response const& response) {
    std::string_view const body = response.raw_content ? std::string_view(*response.raw_content) : std::string_view();
    begin_message(response, body.size());
    auto const ec = co_await output_.send_all(body, response.trailers ? &*response.trailers : nullptr);
    co_return sent(ec);
}

asio::awaitable<Result<void>> Http1ClientStream::begin(flow::Response const& response) {
    begin_message(response, std::nullopt);
    auto const ec = co_await output_.send_head();
    co_return sent(ec);
}

asio::awaitable<Result<void>> Http1ClientStream::send_body(std::string_view piece) {
    auto const ec = co_await output_.send_piece(piece);
    co_return sent(ec);
}

asio::awaitable<Result<void>> Http1ClientStream::finish(http::Fields const* trailers) {
    auto const ec = co_await output_.finish(trailers);
    co_return sent(ec);
}

Result<void> Http1ClientStream::sent(net::error_code ec) {
    if (!ec) return {};
    return send_failure(ec, "the client");
}

asio::awaitable<Failure> Http1ClientStream::wait_for_abort(std::chrono::milliseconds grace) {
    auto const ec = co_await stream_->wait_for_end();
    if (ec == asio::error::eof && grace.count() > 0) co_await async::pause(grace);
    co_return client_disconnected(ec);
}

/// A body that ends with the connection looks complete after an orderly end.
bool Http1ClientStream::would_look_whole() const {
    return output_.is_inside_message() && output_.framing().kind == Framing::Kind::until_close;
}

void Http1ClientStream::abort() noexcept {
    if (would_look_whole()) stream_->close(cut_of(*stream_));
    stream_->close(net::CloseMode::fin);
}

asio::awaitable<void> Http1ClientStream::break_off(http2::ErrorCode /*code*/) {
    bool const needs_reset = would_look_whole() && cut_of(*stream_) == net::CloseMode::reset;
    if (needs_reset) co_await carry_end(StreamEnd::broken, *stream_);
    abort();
}

std::unique_ptr<net::Stream> Http1ClientStream::take_over() {
    auto rest = reader_.take_buffered();
    if (head().method == "CONNECT") rest.erase(0, std::min(rest.find_first_not_of("\r\n"), rest.size()));
    return net::unread(std::move(stream_), std::move(rest));
}

}  // namespace pathology::proxycore::layers
