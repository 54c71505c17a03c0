#include "layers/http1/input.hpp"

#include <pathology/proxycore/tls/errc.hpp>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

constexpr std::size_t room_at_rest = 1024;  // an idle client keeps this much
constexpr std::size_t room_for_head = 4 * 1024;
constexpr std::size_t room_for_body = 64 * 1024;

Failure::Kind kind_of(http1::Errc code) {
    switch (code) {
        case http1::Errc::head_too_large:
        case http1::Errc::too_many_fields:
        case http1::Errc::chunk_line_too_large:
        case http1::Errc::body_too_large: return Failure::Kind::too_large;
        case http1::Errc::eof_in_head:
        case http1::Errc::eof_in_body: return Failure::Kind::closed;
        default: return Failure::Kind::malformed;
    }
}

}  // namespace

asio::awaitable<Result<std::optional<http1::Event>>> Http1Input::next() {
    for (;;) {
        auto const outcome = take();
        if (outcome.has_error()) co_return failure_of(outcome.error());
        if (*outcome || has_ended_) co_return *outcome;
        if (broken_by_) co_return broken();
        co_await read_more();
    }
}

asio::awaitable<Result<std::string_view>> Http1Input::read_body() {
    while (is_inside_) {
        auto const event = co_await next();
        if (event.has_error()) co_return event.error();
        if (**event == http1::Event::data && !reader_.data().empty()) co_return reader_.data();
    }
    co_return std::string_view();
}

http1::Outcome Http1Input::take() {
    auto outcome = has_ended_ ? reader_.finish() : reader_.next();
    has_failed_ = outcome.has_error();
    if (outcome && *outcome) is_inside_ = **outcome != http1::Event::end;
    return outcome;
}

/// A client may say nothing for a long time; a server is listened to when it was asked.
std::size_t Http1Input::room_needed() const {
    if (is_inside_) return room_for_body;
    return side_ == Side::client && reader_.is_between_messages() ? room_at_rest : room_for_head;
}

asio::awaitable<bool> Http1Input::read_more() {
    auto const room = reader_.prepare(room_needed());
    auto const [ec, n] = co_await stream_.read_some(asio::buffer(room.data(), room.size()));
    reader_.commit(n);
    has_ended_ = ec == asio::error::eof || ec == tls::Errc::truncated;
    if (!has_ended_) broken_by_ = ec;
    co_return !ec;
}

/// A silence may be waited for to end.
Failure Http1Input::broken() {
    bool const is_late = broken_by_ == net::Errc::timed_out;
    auto const broken_by = is_late ? std::exchange(broken_by_, {}) : broken_by_;
    std::string const who = side_ == Side::client ? "the client" : "the server " + stream_.remote_endpoint();
    auto const what = is_late ? std::string(" was silent for too long") : " is gone: " + net::describe(broken_by);
    return {is_late ? Failure::Kind::timed_out : Failure::Kind::closed, who + what, is_late ? 504u : 502u};
}

Failure Http1Input::malformed(std::string_view what) const {
    bool const is_client = side_ == Side::client;
    auto const whose = is_client ? std::string("the request") : "the answer of " + stream_.remote_endpoint();
    return {Failure::Kind::malformed, whose + " is broken: " + std::string(what), is_client ? 400u : 502u};
}

Failure Http1Input::failure_of(http1::Failure const& failure) const {
    auto told = malformed(failure.message);
    told.kind = kind_of(failure.code);
    if (side_ == Side::client && failure.status_hint != 0) told.status = failure.status_hint;
    return told;
}

}  // namespace pathology::proxycore::layers
