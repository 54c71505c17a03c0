// Reads requests over HTTP/1, and sends the messages that have places in them (`w`).
//
//     head ─▶ begin_early_response ─▶ read up to the place, at its rate ─▶ send the message ─┐
//                                       ▲                                                    ├─ another one has a place
//                                       └────────────────────────────────────────────────────┤
//                         end of the request ─▶ send those that are left ─▶ end_response ◀───┘ none: read the rest
#include <algorithm>
#include <pathology/language/timing.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/tls/errc.hpp>

#include "http1_conversation.hpp"
#include "request_place.hpp"
#include "response_sending.hpp"

namespace pathology::pathod {
namespace {

namespace async = proxycore::async;
namespace tls = proxycore::tls;

constexpr std::size_t head_buffer_size = 2 * 1024;  // held by each idle connection
constexpr std::size_t body_buffer_size = 64 * 1024;

}  // namespace

/// Heads are small and connections are many: the large buffer is for bodies only.
std::size_t Http1Conversation::read_size() const { return in_body_ ? body_buffer_size : head_buffer_size; }

/// Reads behind an early response that was chosen.
asio::awaitable<void> Http1Conversation::read_to_place() {
    auto size = read_size();
    if (early_->next) {
        // Nothing behind the place is read before the message was sent.
        auto const place = content_before(early_->response.rendered_response().messages[*early_->next].wait);
        size = static_cast<std::size_t>(std::min<std::uint64_t>(size, place - reader_.body_size()));
        if (auto const end = early_->pacer.pause())
            if (co_await async::pause(std::max(*end - language::Pacer::Clock::now(), net::Duration(0)))) co_return;
        size = early_->pacer.limit(size);
    }
    auto const room = reader_.prepare(size);
    auto const result = co_await stream_.read_some(asio::buffer(room.data(), std::min(room.size(), size)));
    early_->pacer.consume(result.n);
    handle_read(result);
}

void Http1Conversation::handle_read(net::ReadResult result) {
    if (!result.ec) return reader_.commit(result.n);
    // A half-close is the normal end of input; the response to the last request is still sent.
    peer_ended_ = result.is_end() || result.ec == tls::Errc::truncated;
    is_open_ = peer_ended_;
    if (result.ec == net::Errc::timed_out && may_refuse() && !reader_.is_between_messages()) {
        // RFC 9110 §15.5.9
        refusal_ = Refusal{{408, "the request did not arrive in time"}, record::Exchange::Type::timeout, "Timeout"};
        is_open_ = true;
    } else if (result.ec == net::Errc::timed_out) {
        logger_.log_failure(record::Exchange::Type::timeout, "Timeout");
    }
    if (result.ec == asio::error::connection_reset && !reader_.is_between_messages()) {
        logger_.log_failure(record::Exchange::Type::error, "Disconnect");
    }
    if (!peer_ended_ && result.ec.category() == tls::errc_category()) {
        logger_.log_failure(record::Exchange::Type::error, net::describe(result.ec));
    }
}

/// Whether the response to the current head is sent before the end of its request. Without a body all places are one.
bool Http1Conversation::chooses_early() {
    auto const& request = reader_.head();
    bool const has_body = reader_.is_chunked() || reader_.content_length().value_or(0) > 0;
    return has_body && request.method != "CONNECT" &&
           worker_.responder.waits(request, received_.path(), context_of_head());
}

void Http1Conversation::begin_early_response() {
    ResponseContext const context = next_context();
    early_.emplace(worker_.responder.respond(reader_.head(), received_.path(), context));
    logger_.log_start(log_context_, early_->response);
    performance_ = {};
    recording_.bytes.clear();
    await_next_early_message();
}

void Http1Conversation::await_next_early_message() {
    auto const& rendered = early_->response.rendered_response();
    early_->next = early_->order.next(rendered.repetitions);
    if (!early_->next) return;
    auto const& wait = rendered.messages[*early_->next].wait;
    early_->pacer = language::ReadPacer(wait && wait->rate ? language::pieces_of(*wait->rate) : language::SetRate{});
}

bool Http1Conversation::has_reached_place() const {
    if (!early_->next) return false;
    RequestProgress const progress{reader_.body_size(), !in_body_};
    return has_reached(early_->response.rendered_response().messages[*early_->next].wait, progress);
}

/// Sends the messages whose places were read. Those that end the connection end all of it.
asio::awaitable<void> Http1Conversation::send_early() {
    while (is_open_ && has_reached_place()) {
        co_await send_message(stream_, worker_, early_->response, *early_->next, performance_, recording_);
        if (performance_.failed() || performance_.ending) co_return co_await finish_early_response();
        await_next_early_message();
    }
}

asio::awaitable<void> Http1Conversation::finish_early_response() {
    while (early_->next && !performance_.failed() && !performance_.ending) {
        co_await send_message(stream_, worker_, early_->response, *early_->next, performance_, recording_);
        await_next_early_message();
    }
    auto const response = std::move(early_->response);
    early_.reset();
    if (end_response(response)) co_await continue_behind(response);
}

}  // namespace pathology::pathod
