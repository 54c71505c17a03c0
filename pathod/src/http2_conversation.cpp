// Setting up and reading; the writing is in http2_writing.cpp.
#include "http2_conversation.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/language/rng.hpp>
#include <pathology/proxycore/async/as_values.hpp>
#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/http2/names.hpp>

namespace pathology::pathod {

namespace http2 = proxycore::http2;
using Type = record::Exchange::Type;

namespace {

constexpr std::size_t room_for_reading = 32 * 1024;
constexpr std::size_t most_queued = 2000;  // frames of the session that wait for a client who does not read

http2::SessionSettings settings_for(DaemonOptions const& options) {
    http2::SessionSettings settings;
    settings.max_header_list = static_cast<std::uint32_t>(std::min<std::size_t>(options.max_header, 0xFFFFFFFFU));
    settings.max_content = options.max_body;
    return settings;
}

std::string in_words(http2::SessionEvent const& event) {
    auto text = "stream " + std::to_string(event.stream) + " reset";
    if (event.by_peer) text += " by the client";
    text += ": " + name(event.error);
    if (!event.reason.empty()) text.append(", ").append(event.reason);
    return text;
}

}  // namespace

Http2Conversation::Http2Conversation(net::Stream& stream, Desk& desk, Notes& notes, Http2Start start)
    : stream_(stream),
      desk_(desk),
      options_(desk.service.options),
      notes_(notes),
      start_(start),
      session_(http2::Role::server, settings_for(options_)),
      transcript_(desk.journal, options_),
      bell_(stream.executor()),
      room_(stream.executor()) {}

bool Http2Conversation::upgrade(proxycore::http::RequestHead const& head) {
    return session_.upgrade(head.fields.first("HTTP2-Settings").value_or(""), head).has_value();
}

asio::awaitable<void> Http2Conversation::run(std::string first) {
    using namespace asio::experimental::awaitable_operators;
    struct Farewell {  // also when the coroutine is cancelled
        Http2Conversation& conversation;
        ~Farewell() { conversation.part(); }
    } const farewell{*this};
    take(first);
    auto both = read() && write();
    co_await std::move(both);
}

/// The last word to a client whose server is stopped.
void Http2Conversation::part() {
    if (is_closing_ || broken_) return;
    session_.go_away(http2::ErrorCode::no_error);
    out_.clear();
    session_.drain(out_, 4096);
    if (is_between_frames_) stream_.write_now(asio::buffer(out_));
}

// --- reading ---------------------------------------------------------------------------------------------------------

asio::awaitable<void> Http2Conversation::read() {
    std::string room;
    while (!is_closing_ && !peer_ended_ && !broken_) {
        if (session_.queued_frames() > most_queued) {
            room_.expires_at(Clock::time_point::max());
            co_await room_.async_wait(async::as_values);
            continue;
        }
        room.resize(room_for_reading);
        auto const [ec, n] = co_await stream_.read_some(asio::buffer(room));
        bool const is_busy = is_writing_ || !acts_.empty();
        if (ec == net::Errc::timed_out && is_busy) continue;  // it is we who are slow
        if (ec) {
            end_input(ec);
        } else {
            take(std::string_view(room).substr(0, n));
        }
    }
    ring();
}

void Http2Conversation::take(std::string_view bytes) {
    transcript_.received(bytes);
    if (!bytes.empty()) session_.feed(bytes);
    take_events();
    ring();
}

void Http2Conversation::end_input(net::error_code ec) {
    if (ec == asio::error::operation_aborted) return;  // the next co_await throws
    peer_ended_ = ec == asio::error::eof;
    if (peer_ended_ || is_closing_) return;
    cause_ = ec;
    broken_ = ec != net::Errc::timed_out;
    if (broken_) return;
    notes_.failure(Type::timeout, "Timeout");
    session_.go_away(http2::ErrorCode::no_error);
    is_closing_ = true;
}

void Http2Conversation::take_events() {
    while (auto const event = session_.next()) take(*event);
}

void Http2Conversation::take(http2::SessionEvent const& event) {
    if (event.type == http2::SessionEvent::Type::head) return begin(event);
    if (event.type == http2::SessionEvent::Type::closed) return close(event);
    auto* const exchange = find(event.stream);
    if (exchange == nullptr) return;
    exchange->received.take_raw(transcript_.take_raw(event.stream));
    if (event.type == http2::SessionEvent::Type::data) return exchange->received.take_data(event.data);
    answer(*exchange);
}

void Http2Conversation::begin(http2::SessionEvent const& event) {
    auto& exchange = *exchanges_.emplace_back(desk_.borrow_exchange());
    exchange.begin(event.stream, *event.request);
    auto const expected = event.request->head.fields.first("expect");
    if (expected && proxycore::http::equals_ignoring_case(*expected, "100-continue")) {
        session_.send_continue(event.stream);
    }
}

/// The same seed and the same input give the same bytes, whatever the number of threads.
void Http2Conversation::answer(Http2Exchange& exchange) {
    auto const& head = exchange.received.request().head;
    auto const seed = desk_.service.seed.of(start_.connection, start_.index);
    exchange.noted.index = start_.index++;
    desk_.http2_responder.set_place(exchange.stream, session_.peer_header_table());
    auto given = desk_.http2_responder.answer(head, path_of(head.target), seed);
    exchange.take(std::move(given), options_.show_responses ? options_.keep_bytes : 0);
    notes_.before(exchange.noted, *exchange.answer);
    auto const* plain = exchange.parts();
    if (plain == nullptr) return session_.take_over(exchange.stream);
    session_.respond(exchange.stream, plain->head, plain->body.length > 0 ? &exchange : nullptr);
}

void Http2Conversation::close(http2::SessionEvent const& event) {
    auto* const exchange = find(event.stream);
    if (exchange == nullptr || !exchange->answer) tell_broken(event);
    if (exchange == nullptr) return;
    exchange->is_closed = true;
    if (event.error != http2::ErrorCode::no_error) exchange->noted.fault = in_words(event);
    if (std::find(acts_.begin(), acts_.end(), exchange) != acts_.end()) return ring();
    if (exchange->answer && exchange->parts() != nullptr && exchange->noted.fault.empty()) exchange->count_head();
    tell(*exchange);
    remove(*exchange);
}

/// There was no whole request to answer.
void Http2Conversation::tell_broken(http2::SessionEvent const& event) {
    transcript_.take_raw(event.stream);
    if (event.error != http2::ErrorCode::no_error)
        notes_.failure(Type::error, "Bad HTTP/2 request: " + in_words(event));
}

// --- exchanges -------------------------------------------------------------------------------------------------------

Http2Exchange* Http2Conversation::find(StreamId stream) const {
    auto const is_it = [stream](auto const& exchange) { return exchange->stream == stream; };
    auto const found = std::find_if(exchanges_.begin(), exchanges_.end(), is_it);
    return found != exchanges_.end() ? found->get() : nullptr;
}

void Http2Conversation::tell(Http2Exchange& exchange) {
    if (exchange.is_told || !exchange.answer) return;
    exchange.is_told = true;
    notes_.after(exchange.noted, *exchange.answer, exchange.performance, exchange.recording);
}

void Http2Conversation::remove(Http2Exchange& exchange) {
    auto const is_it = [&exchange](auto const& other) { return other.get() == &exchange; };
    auto const found = std::find_if(exchanges_.begin(), exchanges_.end(), is_it);
    desk_.give_back(std::move(*found));
    std::swap(*found, exchanges_.back());
    exchanges_.pop_back();
}

}  // namespace pathology::pathod
