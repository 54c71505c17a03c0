#include "layers/http1/input.hpp"

#include <pathology/proxycore/tls/errc.hpp>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

constexpr std::size_t idle_buffer_size = 1024;  // held by each idle client
constexpr std::size_t head_buffer_size = 4 * 1024;
constexpr std::size_t body_buffer_size = 64 * 1024;

Errc code_of(http1::Errc code) {
    switch (code) {
        case http1::Errc::head_too_large:
        case http1::Errc::too_many_fields:
        case http1::Errc::chunk_line_too_large:
        case http1::Errc::body_too_large: return Errc::too_large;
        case http1::Errc::eof_in_head:
        case http1::Errc::eof_in_body: return Errc::closed;
        default: return Errc::malformed;
    }
}

}  // namespace

asio::awaitable<Result<std::optional<http1::Event>>> Http1Input::next() {
    for (;;) {
        if (auto const event = next_now()) co_return *event;
        co_await read_more();
    }
}

std::optional<Result<std::optional<http1::Event>>> Http1Input::next_now() {
    auto const outcome = next_buffered();
    if (outcome.has_error()) return failure_of(outcome.error());
    if (is_truncated_ && *outcome == http1::Event::end && lasts_until_close()) return truncated();
    if (*outcome || has_ended_) return *outcome;
    if (stream_error_) return take_stream_failure();
    return std::nullopt;
}

asio::awaitable<Result<std::string_view>> Http1Input::read_body() {
    for (;;) {
        if (auto const piece = read_body_now()) co_return *piece;
        co_await read_more();
    }
}

std::optional<Result<std::string_view>> Http1Input::read_body_now() {
    while (is_inside_) {
        auto const event = next_now();
        if (!event) return std::nullopt;
        if (event->has_error()) return event->error();
        if (***event == http1::Event::data && !reader_.data().empty()) return reader_.data();
    }
    return std::string_view();
}

http1::Outcome Http1Input::next_buffered() {
    auto outcome = has_ended_ ? reader_.finish() : reader_.next();
    has_failed_ = outcome.has_error();
    if (outcome && *outcome) is_inside_ = **outcome != http1::Event::end;
    return outcome;
}

/// Clients may be idle for a long time; a server is read only while a response is expected.
std::size_t Http1Input::buffer_size_needed() const {
    if (is_inside_) return body_buffer_size;
    return side_ == Side::client && reader_.is_between_messages() ? idle_buffer_size : head_buffer_size;
}

asio::awaitable<bool> Http1Input::read_more() {
    auto const buffer = reader_.prepare(buffer_size_needed());
    auto const [ec, n] = co_await stream_.read_some(asio::buffer(buffer.data(), buffer.size()));
    reader_.commit(n);
    is_truncated_ = ec == tls::Errc::truncated;
    has_ended_ = ec == asio::error::eof || is_truncated_;
    if (!has_ended_) stream_error_ = ec;
    co_return !ec;
}

/// "A response that has neither chunked transfer coding nor Content-Length is complete only if a valid closure alert has
/// been received" (RFC 9112 §9.8).
Failure Http1Input::truncated() const {
    return {Errc::truncated, "the response may be incomplete: the server " + to_string(stream_.remote_endpoint()) +
                                 " ended the connection without TLS close_notify"};
}

/// A timeout is reported once, so that the caller may read again; other errors stay.
Failure Http1Input::take_stream_failure() {
    bool const is_late = stream_error_ == net::Errc::timed_out;
    auto const error = is_late ? std::exchange(stream_error_, {}) : stream_error_;
    std::string const who = side_ == Side::client ? "the client" : "the server " + to_string(stream_.remote_endpoint());
    auto const what = is_late ? std::string(" was silent for too long") : " disconnected: " + net::describe(error);
    return {is_late ? Errc::timed_out : Errc::closed, who + what, is_late ? 504u : 502u};
}

Failure Http1Input::malformed(std::string_view what) const {
    bool const is_client = side_ == Side::client;
    auto const whose =
        is_client ? std::string("the request") : "the response of " + to_string(stream_.remote_endpoint());
    return {Errc::malformed, whose + " is malformed: " + std::string(what), is_client ? 400u : 502u};
}

Failure Http1Input::failure_of(http1::Failure const& failure) const {
    auto described = malformed(failure.message);
    described.code = code_of(failure.code);
    if (failure.code == http1::Errc::http2_settings) {
        // What it got was no preface of HTTP/2, so it processed nothing.
        described.wanted = Protocol::http2;
        described.repeat = Repeat::always;
    }
    if (side_ == Side::client && failure.status_hint != 0) described.status = failure.status_hint;
    return described;
}

}  // namespace pathology::proxycore::layers
