#include "conversation.hpp"

#include <array>
#include <pathology/language/rng.hpp>
#include <pathology/proxycore/console/version.hpp>
#include <pathology/proxycore/net/prefixed_stream.hpp>
#include <pathology/proxycore/tls/errc.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>

#include "complaint.hpp"
#include "http2_conversation.hpp"
#include "websocket_conversation.hpp"

namespace pathology::pathod {
namespace {

using proxycore::http1::Event;

constexpr std::size_t room_for_head = 2 * 1024;  // an idle connection keeps this much
constexpr std::size_t room_for_body = 64 * 1024;

proxycore::http1::Limits limits_of(DaemonOptions const& options) {
    proxycore::http1::Limits limits;
    limits.head = options.max_header;
    limits.body = options.max_body;
    return limits;
}

std::string_view established() {
    static std::string const text = "HTTP/1.1 200 Connection established\r\nProxy-agent: pathod " +
                                    std::string(proxycore::console::version()) + "\r\n\r\n";
    return text;
}

/// The bytes of a plan that is nothing but these, or nothing.
std::string const* only_bytes(language::Plan const& plan) {
    if (plan.steps.size() != 1) return nullptr;
    auto const* send = std::get_if<language::SendBytes>(&plan.steps.front());
    return send != nullptr ? &send->bytes : nullptr;
}

}  // namespace

Conversation::Conversation(net::Connection connection, Desk& desk, Setting setting)
    : connection_(std::move(connection)),
      stream_(*connection_.stream),
      desk_(desk),
      options_(desk.service.options),
      reader_(limits_of(options_), proxycore::http1::Leniency::all()),
      received_(options_, reader_),
      notes_(desk, connection_.id, stream_.remote_endpoint(), std::move(setting.tls)),
      noted_(received_, setting.index),
      index_(setting.index) {
    if (options_.time_limit) stream_.set_time_limit(*options_.time_limit);
    recording_.limit = options_.show_responses ? options_.keep_bytes : 0;
}

asio::awaitable<void> Conversation::run() {
    while (is_open_ && !tunnel_) {
        switch (take_next()) {
            case Next::read: {
                auto const room = reader_.prepare(in_body_ ? room_for_body : room_for_head);
                take_arrival(co_await stream_.read_some(asio::buffer(room.data(), room.size())));
                break;
            }
            case Next::send_continue: co_await send("HTTP/1.1 100 Continue\r\n\r\n"); break;
            case Next::answer: co_await answer(); break;
            case Next::speak_http2: co_await speak_http2(nullptr); break;
            case Next::close: is_open_ = false; break;
        }
    }
    if (!tunnel_) stream_.close(net::CloseMode::fin);
}

net::Connection Conversation::release() {
    connection_.stream = net::unread(std::move(connection_.stream), reader_.take_buffered());
    return std::move(connection_);
}

/// Uses what has arrived until something is to be done for it.
Conversation::Next Conversation::take_next() {
    if (is_fresh_ && options_.http2 && !peer_ended_) {
        auto const speaks_http2 = proxycore::http2::begins_with_preface(reader_.buffered());
        if (!speaks_http2) return Next::read;
        if (*speaks_http2) return Next::speak_http2;
    }
    is_fresh_ = false;
    for (;;) {
        auto const outcome = peer_ended_ ? reader_.finish() : reader_.next();
        if (!outcome) {
            notes_.failure(record::Exchange::Type::error, complaint(outcome.error()));
            return Next::close;
        }
        if (!*outcome) return peer_ended_ ? Next::close : Next::read;
        auto const event = **outcome;
        received_.take(event);
        in_body_ = event != Event::end;
        if (event == Event::end) return Next::answer;
        if (event == Event::head && reader_.expects_continue()) return Next::send_continue;
    }
}

void Conversation::take_arrival(net::ReadResult arrival) {
    if (!arrival.ec) return reader_.commit(arrival.n);
    peer_ended_ = arrival.is_end() || arrival.ec == tls::Errc::truncated;
    is_open_ = peer_ended_;
    if (arrival.ec == net::Errc::timed_out) notes_.failure(record::Exchange::Type::timeout, "Timeout");
    if (arrival.ec == asio::error::connection_reset && !reader_.is_between_messages()) {
        notes_.failure(record::Exchange::Type::error, "Disconnect");
    }
    if (!peer_ended_ && arrival.ec.category() == tls::errc_category()) {
        notes_.failure(record::Exchange::Type::error, net::describe(arrival.ec));
    }
}

asio::awaitable<void> Conversation::send(std::string_view text) {
    auto const ec = co_await net::send(stream_, text);
    if (ec) is_open_ = false;
}

asio::awaitable<void> Conversation::answer() {
    auto const& request = reader_.head();
    if (request.method == "CONNECT") {
        co_await send(established());
        if (is_open_ && options_.tls.in_tunnels != InTunnels::plain) {
            tunnel_ = proxycore::http::parse_authority(request.target).host;
        }
        is_fresh_ = true;
        co_return;
    }
    if (asks_for_http2()) co_return co_await upgrade_to_http2();
    Answer const answer = desk_.responder.answer(request, received_.path(), next_seed());
    notes_.before(noted_, answer);
    performance_ = {};
    if (auto const* bytes = only_bytes(answer.rendition().plan); bytes != nullptr && !options_.show_responses) {
        std::array<asio::const_buffer, 1> const all{asio::buffer(*bytes)};
        performance_.connection = co_await stream_.write(all);
        if (!performance_.connection) performance_.bytes_written = bytes->size();
    } else {
        co_await play(answer);
    }
    notes_.after(noted_, answer, performance_, recording_);
    if (opens_websocket(answer)) co_return co_await speak_websocket(answer);
    is_open_ = may_go_on(answer);
}

/// Plays a plan that is more than one piece of text, or is to be recorded.
asio::awaitable<void> Conversation::play(Answer const& answer) {
    auto player = desk_.borrow_player();
    player->start(answer.rendition().plan, answer.seed);
    recording_.bytes.clear();
    performance_ = co_await language::send_plan(stream_, *player, recording_.limit > 0 ? &recording_ : nullptr);
    desk_.give_back(std::move(player));
}

bool Conversation::may_go_on(Answer const& answer) const {
    if (performance_.failed() || performance_.disconnected || answer.standing == Standing::refusal) return false;
    return options_.verbatim || reader_.keep_alive();
}

/// The same seed and the same input give the same bytes, whatever the number of threads.
std::uint64_t Conversation::next_seed() { return desk_.service.seed.of(connection_.id, index_++); }

/// Whether the client has been told to speak WebSocket: by `ws`, by a 101 written out, or, with --verbatim, by whatever
/// answers a handshake.
bool Conversation::opens_websocket(Answer const& answer) const {
    if (performance_.failed() || performance_.disconnected || answer.standing == Standing::refusal) return false;
    if (answer.prepared->is_websocket()) return true;
    if (!proxycore::websocket::is_handshake(reader_.head())) return false;
    return options_.verbatim || answer.rendition().record.status_code == "101";
}

/// `Upgrade: h2c` with all that belongs to it (RFC 7540 §3.2). Over TLS there is no such thing.
bool Conversation::asks_for_http2() const {
    auto const& fields = reader_.head().fields;
    return options_.http2 && !notes_.has_tls() && fields.contains("HTTP2-Settings") &&
           fields.has_token("Upgrade", "h2c") && fields.has_token("Connection", "upgrade") && reader_.body_size() == 0;
}

asio::awaitable<void> Conversation::upgrade_to_http2() {
    co_await send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    if (is_open_) co_await speak_http2(&reader_.head());
}

/// Everything from here on, beginning with a request that asked for it, if there was one.
asio::awaitable<void> Conversation::speak_http2(proxycore::http::RequestHead const* upgraded) {
    Http2Start const start{connection_.id, index_};
    Http2Conversation conversation(stream_, desk_, notes_, start);
    is_open_ = false;
    if (upgraded != nullptr && !conversation.upgrade(*upgraded)) {
        notes_.failure(record::Exchange::Type::error, "Bad HTTP2-Settings");
        co_return;
    }
    co_await conversation.run(reader_.take_buffered());
}

asio::awaitable<void> Conversation::speak_websocket(Answer const& answer) {
    WebsocketStart const start{connection_.id, index_, answer.deflate};
    WebsocketConversation conversation(stream_, desk_, notes_, start);
    co_await conversation.run(reader_.take_buffered());
    is_open_ = false;
}

}  // namespace pathology::pathod
