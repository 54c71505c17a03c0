// The exchanges of a connection. Responses that write frames themselves are in http2_writing.cpp.
//
//     head ─▶ exchange ─▶ end of the request ─▶ respond ─┬─ plain: session_ frames and sends it ────┬─▶ closed
//                                                        └─ play: take_over, its turn, write_frames ─┘   ─▶ log_end
//     reset by either side ─▶ closed ─▶ log_end, or log_broken if there was no complete request
#include "http2_conversation.hpp"

#include <algorithm>
#include <pathology/language/rng.hpp>
#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/http2/names.hpp>

#include "strictness.hpp"

namespace pathology::pathod {

namespace http2 = proxycore::http2;
using Type = record::Exchange::Type;

namespace {

constexpr auto never = std::chrono::steady_clock::time_point::max();

http2::SessionSettings settings_for(DaemonOptions const& options) {
    constexpr std::size_t largest = 0xFFFFFFFFU;
    http2::SessionSettings settings;
    // What is above the limits of the session resets its stream. With --strict a response tells more, so that the session
    // has wider limits, and the exact ones are kept here.
    auto const max_header = std::min(options.max_header, largest / 2) * (options.strict ? 2 : 1);
    settings.window_updates = http2::WindowUpdates::when_consumed;  // responses may hold the reading
    settings.max_header_list = static_cast<std::uint32_t>(max_header);
    if (!options.strict) settings.max_content = options.max_body;
    settings.stream_window = options.http2_window;
    settings.connection_window = std::max(settings.connection_window, options.http2_window);
    if (options.http2_window_updates) return settings;
    settings.connection_window = 65535;  // that of every connection (RFC 9113 §6.9.2)
    settings.window_updates = http2::WindowUpdates::never;
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

Http2Conversation::Http2Conversation(net::Stream& stream, WorkerContext& worker, ConnectionLogger& logger,
                                     Http2Start start)
    : stream_(stream),
      worker_(worker),
      options_(worker.daemon.options),
      logger_(logger),
      start_(start),
      session_(http2::Role::server, settings_for(options_)),
      frame_logger_(worker.printer, options_),
      driver_(stream, session_, *this) {}

bool Http2Conversation::upgrade(proxycore::http::RequestHead const& head) {
    return session_.upgrade(head.fields.first("HTTP2-Settings").value_or(""), head).has_value();
}

asio::awaitable<void> Http2Conversation::run(std::string first) {
    struct Farewell {  // also when the coroutine is cancelled
        Http2Conversation& conversation;
        ~Farewell() { conversation.send_goaway(); }
    } const farewell{*this};
    driver_.receive(first);
    co_await driver_.run();
}

/// The last frame to a client when pathod is stopped.
void Http2Conversation::send_goaway() {
    if (!is_closing_ && is_between_frames_) driver_.send_goaway_now();
}

// --- callbacks of the driver -----------------------------------------------------------------------------------------

void Http2Conversation::on_events() {
    while (auto const event = session_.next()) on_event(*event);
}

bool Http2Conversation::on_read_error(net::error_code ec) {
    bool const is_busy = driver_.is_writing() || !playing_.empty();
    if (ec == net::Errc::timed_out && is_busy && !is_half_closed_) return true;  // the client waits for us
    peer_ended_ = ec == asio::error::eof;
    if (peer_ended_ || is_closing_) return false;
    cause_ = ec;
    if (ec == net::Errc::timed_out) {
        logger_.log_failure(Type::timeout, "Timeout");
        session_.go_away(http2::ErrorCode::no_error);
        is_closing_ = true;
    } else {
        driver_.close_output();
    }
    return false;
}

void Http2Conversation::on_write_error(net::error_code ec) {
    if (!cause_) cause_ = ec;
}

/// Closes the connection, and logs the end of the remaining exchanges.
void Http2Conversation::on_writer_end() {
    if (auto const& failure = session_.failure()) {
        logger_.log_failure(Type::error, "Bad HTTP/2: " + failure->message + " (" + name(failure->code) + ")");
    }
    for (auto const& exchange : exchanges_) {
        if (!exchange->performance.ending && !exchange->performance.failed()) {
            exchange->performance.connection = cause_ ? cause_ : net::error_code(asio::error::eof);
        }
        log_end(*exchange);
    }
    while (!exchanges_.empty()) remove(*exchanges_.back());
    playing_.clear();
    is_closing_ = true;
    driver_.close();
}

// --- exchanges -------------------------------------------------------------------------------------------------------

void Http2Conversation::on_event(http2::SessionEvent const& event) {
    if (event.type == http2::SessionEvent::Type::head) return on_head(event);
    if (event.type == http2::SessionEvent::Type::closed) return on_closed(event);
    auto* const exchange = static_cast<Http2Exchange*>(event.user_data);
    if (exchange == nullptr) return;
    exchange->received.add_raw(frame_logger_.take_raw(event.stream));
    bool const is_end = event.type == http2::SessionEvent::Type::end;
    if (exchange->response && !exchange->is_early) {  // the rest of a request that was refused
        if (!is_end) session_.consume(event.stream, event.data.size());
        return;
    }
    is_end ? exchange->receive_end() : exchange->receive(event.data);
    read_on(*exchange);
    if (exchange->is_early) return;
    if (is_end) return respond(*exchange);
    auto const size = exchange->received.request().content_size;
    if (options_.strict && size > options_.max_body)
        reject(*exchange, {413, "content of more than " + std::to_string(options_.max_body) + " bytes"});
}

void Http2Conversation::on_head(http2::SessionEvent const& event) {
    auto& exchange = *exchanges_.emplace_back(worker_.acquire_exchange());
    session_.set_user_data(event.stream, &exchange);
    exchange.begin(event.stream, *event.request);
    if (auto const rejection = options_.strict ? judge(*event.request, options_.max_header) : std::nullopt)
        return reject(exchange, *rejection);
    if (chooses_early(event, exchange)) {
        exchange.is_early = true;
        return respond(exchange);
    }
    auto const expected = event.request->head.fields.first("expect");
    if (expected && proxycore::http::equals_ignoring_case(*expected, "100-continue")) {
        session_.send_continue(event.stream);
    }
}

/// Whether the response is sent before the end of the request. Without content all places are one.
bool Http2Conversation::chooses_early(http2::SessionEvent const& event, Http2Exchange const& exchange) const {
    auto const& frames = event.request->frames;
    bool const has_content = std::none_of(frames.begin(), frames.end(), [&](http2::FrameHeader const& frame) {
        return frame.stream == event.stream && (frame.flags & http2::flag::end_stream) != 0;
    });
    auto const& head = event.request->head;
    ResponseContext const context{.details = details_of(exchange.received)};
    return has_content && worker_.http2_responder.waits(head, path_of(head.target), context);
}

/// Opens the windows for what may be read, and lets the response go on if it waited for that.
void Http2Conversation::read_on(Http2Exchange& exchange) {
    auto const size = exchange.read_on();
    if (size > 0 && !exchange.is_closed) session_.consume(exchange.stream, size);
    if (!exchange.is_awaiting_place) return;
    exchange.is_awaiting_place = exchange.player.is_waiting();
    exchange.wake = exchange.is_awaiting_place ? exchange.next_read().value_or(never) : Clock::now();
    driver_.notify();
}

void Http2Conversation::respond(Http2Exchange& exchange) {
    auto const& head = exchange.received.request().head;
    auto const context = next_context(exchange);
    send(exchange, worker_.http2_responder.respond(head, path_of(head.target), context));
}

/// Responds to what --strict refuses, and drops the rest of the request.
void Http2Conversation::reject(Http2Exchange& exchange, Rejection const& rejection) {
    auto const context = next_context(exchange);
    send(exchange, worker_.http2_responder.reject(exchange.received.request().head, rejection, context));
    session_.ignore_content(exchange.stream);
}

RequestDetails Http2Conversation::details_of(ReceivedHttp2 const& received) const {
    auto const& request = received.request();
    return {.scheme = logger_.has_tls() ? "https" : "http",
            .authority = request.authority,
            .body = received.body(),
            .body_size = request.content_size,
            .client = logger_.client(),
            .stream = &stream_};
}

/// The same seed and the same input give the same bytes, whatever the number of threads.
ResponseContext Http2Conversation::next_context(Http2Exchange& exchange) {
    ResponseContext context{.seed = worker_.daemon.seed.of(start_.connection, start_.index),
                            .position = {exchange.stream, session_.peer_header_table()},
                            .details = details_of(exchange.received),
                            .run_seed = worker_.daemon.seed.value(),
                            .connection = start_.connection,
                            .counts = start_.counts};
    exchange.log_context.index = start_.index++;
    return context;
}

void Http2Conversation::send(Http2Exchange& exchange, OutgoingResponse response) {
    exchange.take(std::move(response), options_.show_responses ? options_.keep_bytes : 0);
    logger_.log_start(exchange.log_context, *exchange.response);
    auto const* plain = exchange.parts();
    if (plain == nullptr) return session_.take_over(exchange.stream);
    session_.respond(exchange.stream, plain->head, plain->body.length > 0 ? &exchange : nullptr);
}

void Http2Conversation::on_closed(http2::SessionEvent const& event) {
    auto* const exchange = static_cast<Http2Exchange*>(event.user_data);
    if (exchange == nullptr || !exchange->response) log_broken(event);
    if (exchange == nullptr) return;
    exchange->is_closed = true;
    if (event.error != http2::ErrorCode::no_error) exchange->log_context.fault = in_words(event);
    if (std::find(playing_.begin(), playing_.end(), exchange) != playing_.end()) return driver_.notify();
    if (exchange->response && exchange->parts() != nullptr && exchange->log_context.fault.empty())
        exchange->count_head();
    log_end(*exchange);
    remove(*exchange);
}

/// There was no complete request to respond to.
void Http2Conversation::log_broken(http2::SessionEvent const& event) {
    frame_logger_.take_raw(event.stream);
    if (event.error != http2::ErrorCode::no_error)
        logger_.log_failure(Type::error, "Bad HTTP/2 request: " + in_words(event));
}

Http2Exchange* Http2Conversation::find(StreamId stream) const {
    auto const is_it = [stream](auto const& exchange) { return exchange->stream == stream; };
    auto const found = std::find_if(exchanges_.begin(), exchanges_.end(), is_it);
    return found != exchanges_.end() ? found->get() : nullptr;
}

void Http2Conversation::log_end(Http2Exchange& exchange) {
    if (exchange.is_logged || !exchange.response) return;
    exchange.is_logged = true;
    logger_.log_end(exchange.log_context, *exchange.response, exchange.performance, exchange.recording);
}

void Http2Conversation::remove(Http2Exchange& exchange) {
    auto const is_it = [&exchange](auto const& other) { return other.get() == &exchange; };
    auto const found = std::find_if(exchanges_.begin(), exchanges_.end(), is_it);
    worker_.release(std::move(*found));
    // Order has no meaning; the swap avoids moving all that follow.
    std::swap(*found, exchanges_.back());
    exchanges_.pop_back();
}

}  // namespace pathology::pathod
