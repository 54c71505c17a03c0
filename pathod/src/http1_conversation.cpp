#include "http1_conversation.hpp"

#include <array>
#include <pathology/proxycore/console/version.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <pathology/proxycore/net/lingering_close.hpp>
#include <pathology/proxycore/net/prefixed_stream.hpp>

#include "response_sending.hpp"

namespace pathology::pathod {
namespace {

using proxycore::http1::Event;

proxycore::http1::Limits limits_of(DaemonOptions const& options) {
    proxycore::http1::Limits limits;
    limits.head = options.max_header;
    limits.fields = options.max_header;  // each has some bytes: their size is the only limit
    limits.body = options.max_body;
    return limits;
}

std::string_view connect_response() {
    static std::string const text = "HTTP/1.1 200 Connection established\r\nProxy-agent: pathod " +
                                    std::string(proxycore::console::version()) + "\r\n\r\n";
    return text;
}

/// The bytes of a response that is one piece of text; nullptr for other responses.
std::string const* only_bytes(RenderedResponse const& rendered) {
    auto const* message = rendered.only_message();
    if (message == nullptr || message->plan.steps.size() != 1) return nullptr;
    auto const* send = std::get_if<language::SendBytes>(&message->plan.steps.front());
    return send != nullptr ? &send->bytes : nullptr;
}

}  // namespace

Http1Conversation::Http1Conversation(net::Connection connection, WorkerContext& worker, ConversationContext context)
    : connection_(std::move(connection)),
      stream_(*connection_.stream),
      worker_(worker),
      options_(worker.daemon.options),
      reader_(limits_of(options_), leniency_of(options_)),
      received_(options_, reader_),
      logger_(worker, connection_.id, stream_.remote_endpoint(), std::move(context.tls)),
      log_context_(received_, context.index),
      counts_(context.counts),
      index_(context.index) {
    if (options_.time_limit) stream_.set_time_limit(*options_.time_limit);
    recording_.limit = options_.show_responses ? options_.keep_bytes : 0;
}

asio::awaitable<void> Http1Conversation::run() {
    while (is_open_ && !tunnel_) {
        switch (next_step()) {
            case Next::read: {
                if (early_) {
                    co_await read_to_place();
                    break;
                }
                // In place: a coroutine would cost each request a frame.
                auto const room = reader_.prepare(read_size());
                auto const result = co_await stream_.read_some(asio::buffer(room.data(), room.size()));
                handle_read(result);
                break;
            }
            case Next::send_early: co_await send_early(); break;
            case Next::send_continue: co_await send("HTTP/1.1 100 Continue\r\n\r\n"); break;
            case Next::respond: co_await respond(); break;
            case Next::reject: co_await reject(); break;
            case Next::serve_http2: co_await serve_http2(nullptr); break;
            case Next::close: is_open_ = false; break;
        }
    }
    if (early_) logger_.log_end(log_context_, early_->response, performance_, recording_);
    if (!tunnel_) stream_.close(net::CloseMode::fin);
}

net::Connection Http1Conversation::release() {
    connection_.stream = net::unread(std::move(connection_.stream), reader_.take_buffered());
    return std::move(connection_);
}

/// Consumes buffered input until an action is due.
Http1Conversation::Next Http1Conversation::next_step() {
    if (refusal_) return Next::reject;
    // RFC 9113 §3.3: a client with prior knowledge begins with the connection preface.
    if (is_fresh_ && options_.http2 && !peer_ended_) {
        auto const speaks_http2 = proxycore::http2::begins_with_preface(reader_.buffered());
        if (!speaks_http2) return Next::read;
        if (*speaks_http2) return Next::serve_http2;
    }
    is_fresh_ = false;
    for (;;) {
        auto const outcome = peer_ended_ ? reader_.finish() : reader_.next();
        if (!outcome) {
            auto line = describe_bad_request(outcome.error());
            if (may_refuse()) {
                refusal_ = Refusal{.rejection = rejection_of(outcome.error()), .log_line = std::move(line)};
                return Next::reject;
            }
            logger_.log_failure(record::Exchange::Type::error, std::move(line));
            return Next::close;
        }
        if (!*outcome) return peer_ended_ ? Next::close : Next::read;
        auto const event = **outcome;
        received_.add(event);
        in_body_ = event != Event::end;
        if (event == Event::head && options_.strict) {
            if (auto rejection = judge(reader_.head())) {
                refusal_ = Refusal{.rejection = std::move(*rejection)};
                return Next::reject;
            }
        }
        if (event == Event::end) return Next::respond;
        if (event == Event::head && chooses_early()) begin_early_response();
        if (early_ && has_reached_place()) return Next::send_early;
        if (event == Event::head && !early_ && reader_.expects_continue()) return Next::send_continue;
    }
}

asio::awaitable<void> Http1Conversation::send(std::string_view text) {
    auto const ec = co_await net::send(stream_, text);
    if (ec) is_open_ = false;
}

asio::awaitable<void> Http1Conversation::respond() {
    if (early_) co_return co_await finish_early_response();
    auto const& request = reader_.head();
    if (request.method == "CONNECT") {
        // No server is contacted: what follows in the tunnel is served here.
        co_await send(connect_response());
        if (is_open_ && options_.tls.in_tunnels != InTunnels::plain) {
            // Plain tunnels need no new layer: the loop of this conversation goes on inside.
            tunnel_ = proxycore::http::parse_authority(request.target).host;
        }
        is_fresh_ = true;
        co_return;
    }
    if (requests_http2()) co_return co_await upgrade_to_http2();
    ResponseContext const context = next_context();
    OutgoingResponse const response = worker_.responder.respond(request, received_.path(), context);
    logger_.log_start(log_context_, response);
    co_await write(response);
    if (end_response(response)) co_await continue_behind(response);
}

/// To be called after the last byte of a response. Returns true if continue_behind() has to follow.
bool Http1Conversation::end_response(OutgoingResponse const& response) {
    logger_.log_end(log_context_, response, performance_, recording_);
    is_open_ = keeps_alive(response);
    return opens_websocket(response) || performance_.ending == language::Ending::half;
}

/// What follows a response in place of the next request.
asio::awaitable<void> Http1Conversation::continue_behind(OutgoingResponse const& response) {
    if (opens_websocket(response)) co_return co_await serve_websocket(response);
    co_await net::discard_until_end(stream_);
}

// --- sending ---------------------------------------------------------------------------------------------------------

/// Whether --strict responds to what is no request. Not behind a response that has begun already.
bool Http1Conversation::may_refuse() const { return options_.strict && !early_; }

/// The end of a client that --strict refuses.
asio::awaitable<void> Http1Conversation::reject() {
    auto const [rejection, type, log_line] = std::move(*refusal_);
    proxycore::http::RequestHead const unknown;
    bool const is_known = log_line.empty();
    ResponseContext const context{.seed = next_seed()};
    auto const response = worker_.responder.reject(is_known ? reader_.head() : unknown, rejection, context);
    if (is_known) logger_.log_start(log_context_, response);
    co_await write(response);
    if (is_known) {
        logger_.log_end(log_context_, response, performance_, recording_);
    } else {
        logger_.log_failure(type, log_line, &response, performance_);
    }
    is_open_ = false;
    if (!peer_ended_ && !performance_.failed()) co_await net::close_lingering(stream_);
}

asio::awaitable<void> Http1Conversation::write(OutgoingResponse const& response) {
    performance_ = {};
    // Most responses are one piece of text, which needs no player.
    if (auto const* bytes = only_bytes(response.rendered_response()); bytes != nullptr && !options_.show_responses) {
        std::array<asio::const_buffer, 1> const all{asio::buffer(*bytes)};
        performance_.connection = co_await stream_.write(all);
        if (!performance_.connection) performance_.bytes_written = bytes->size();
    } else {
        co_await play(response);
    }
}

/// Sends a response that is more than one piece of text, or whose bytes are recorded.
asio::awaitable<void> Http1Conversation::play(OutgoingResponse const& response) {
    recording_.bytes.clear();
    co_await send_messages(stream_, worker_, response, performance_, recording_);
}

bool Http1Conversation::keeps_alive(OutgoingResponse const& response) const {
    if (performance_.failed() || performance_.ending || response.origin == ResponseOrigin::policy) return false;
    return options_.verbatim || reader_.keep_alive();
}

ResponseContext Http1Conversation::next_context() {
    auto context = context_of_head();
    context.seed = next_seed();
    return context;
}

/// What is known of the current request. It draws no seed.
ResponseContext Http1Conversation::context_of_head() const {
    return {.details = {.scheme = logger_.has_tls() ? "https" : "http",
                        .body = received_.body(),
                        .body_size = reader_.body_size(),
                        .client = logger_.client(),
                        .stream = &stream_},
            .run_seed = worker_.daemon.seed.value(),
            .connection = connection_.id,
            .counts = counts_};
}

/// The same seed and the same input give the same bytes, whatever the number of threads.
std::uint64_t Http1Conversation::next_seed() { return worker_.daemon.seed.of(connection_.id, index_++); }

}  // namespace pathology::pathod
