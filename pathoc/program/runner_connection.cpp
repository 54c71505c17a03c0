// One connection of a run: opened by its first message; then its messages in their order, and what its server sends.
#include "program/runner.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/http2/describe.hpp>
#include <pathology/proxycore/tls/recorded.hpp>
#include <pathology/proxycore/websocket/opcode.hpp>

#include "program/flood.hpp"

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;

constexpr std::size_t max_dump = 16U << 20U;  // bytes of one message
constexpr std::size_t max_json = 1U << 20U;

SessionSettings session_settings(ProgramOptions const& options) {
    SessionSettings settings;
    settings.time_limit = options.time_limit;
    settings.reads_on = options.http2_reads_on;
    settings.windows = options.windows;
    if (options.form == OutputForm::json) {
        settings.body_limit = options.body_limit;
        settings.raw_limit = max_json;
    } else if (options.show_request || options.show_response) {
        settings.raw_limit = max_dump;
    }
    return settings;
}

}  // namespace

asio::awaitable<void> Runner::run_connection(std::uint64_t ordinal) {
    using namespace asio::experimental::awaitable_operators;
    bool const picks = options_.random_pick && scripts_.size() > 1;
    if (picks) seeds_.report(console_);
    MessageSequence const messages(picks ? seeds_.pick(scripts_, ordinal) : scripts_, options_.repeat);
    ConnectionRun connection(ordinal, messages);
    co_await send_messages(connection);
    co_await await_responses(connection, 0);
    if (connection.http2 && !interrupted_) co_await read_to_end(connection);
    if (connection.speaks_websocket && !connection.is_over && !stop_) {
        connection.session->set_time_limit(options_.frame_time_limit);
        co_await (receive_frames(connection) || send_messages_and_wait(connection));
    }
}

/// Sends the messages that are left. Returns early when the connection switches to WebSocket.
asio::awaitable<void> Runner::send_messages(ConnectionRun& connection) {
    // The caller continues with the rest of the messages after the switch, while it also receives.
    bool const spoke_websocket = connection.speaks_websocket;
    while (!stop_ && !connection.is_over && connection.speaks_websocket == spoke_websocket) {
        auto const* const message = connection.messages.next();
        if (message == nullptr) co_return;
        if (options_.http2) {
            connection.stream = connection.streams.next(message->message(), connection.messages.repetition());
        }
        auto const crafted = craft(connection, *message);
        ++connection.index;
        // The index was counted all the same: it selects the seed, which must not depend on what was skipped.
        if (!crafted) continue;
        // Opened by the first message, so a connection whose messages are all duplicates is never made.
        if (!connection.is_open()) co_await open(connection);
        if (connection.is_over) co_return;
        if (crafted->random) seeds_.report(console_);
        // What a raw frame is to do to a request, as a reset, would come too late after the response.
        bool const is_ahead = connection.http2 && message->is_request() && connection.messages.precedes_frame();
        if (!message->has_response() || is_ahead || connection.speaks_websocket) {
            co_await send_only(connection, *message, *crafted);
        } else if (may_be_in_flight(connection, *message, *crafted)) {
            co_await send_in_flight(connection, *message, *crafted);
        } else {
            co_await await_responses(connection, 0);
            if (connection.is_over || stop_) co_return;
            co_await exchange(connection, *message, *crafted);
        }
    }
}

/// std::nullopt if there is nothing to send: the message is a duplicate, or its file is gone.
std::optional<CraftedMessage> Runner::craft(ConnectionRun const& connection, PreparedMessage const& message) {
    auto crafted = message.craft(seeds_.seed_of(connection.ordinal, connection.index), connection.stream);
    if (!crafted) {
        warn(crafted.error().message + "\n");
        refused_ = stop_ = true;
        return std::nullopt;
    }
    if (!duplicates_ || duplicates_->is_new(crafted->identity())) return std::move(*crafted);
    if (duplicates_->is_exhausted()) {
        warn("Memo limit exceeded...\n");
        stop_ = true;
    }
    return std::nullopt;
}

/// The address is kept, so that later connections do not resolve the name again.
asio::awaitable<void> Runner::open(ConnectionRun& connection) {
    auto const route = route_;  // other connections may change the address
    auto opened = co_await pathoc::open(route, options_.time_limit);
    if (!opened) {
        connection.is_over = true;
        if (!interrupted_) report_connect_failure(connection, opened.error());
        co_return;
    }
    unreachable_ = 0;
    connection.remote = opened->stream->remote_endpoint();
    route_.address = connection.remote.host;
    if (is_forbidden(connection)) {
        connection.is_over = refused_ = stop_ = true;
        co_return warn("pathoc: " + refuse_flood(*flood_, connection.remote.host) + "\n");
    }
    if (opened->tls) record_tls(connection, *opened->tls);
    if (options_.http2 && opened->tls && opened->tls->alpn != "h2") {
        connection.is_over = failed_ = stop_ = true;
        warn(mark(connection) + "The server does not support HTTP/2: by ALPN it selected " +
             (opened->tls->alpn.empty() ? "nothing" : opened->tls->alpn) + "\n");
        co_return;
    }
    if (options_.http2) co_return begin_http2(connection, std::move(opened->stream));
    connection.session.emplace(std::move(opened->stream), session_settings(options_));
}

/// A name may have got another address since is_allowed() looked it up.
bool Runner::is_forbidden(ConnectionRun const& connection) const {
    return flood_ && !is_loopback(connection.remote.host);
}

void Runner::begin_http2(ConnectionRun& connection, std::unique_ptr<net::Stream> stream) {
    auto const preface = options_.skip_http2_preface ? Http2Preface::none : Http2Preface::full;
    auto watcher = [this, &connection](bool is_ours, http2::Frame const& frame) {
        print_frame(connection, is_ours, frame);
    };
    connection.http2 = std::make_unique<Http2Session>(std::move(stream), session_settings(options_), preface, watcher);
}

/// With --http2-framedump all frames; otherwise those that the server sends after raw frames.
void Runner::print_frame(ConnectionRun const& connection, bool is_ours, http2::Frame const& frame) {
    if (!options_.show_frames && (is_ours || !connection.sent_frames)) return;
    std::string_view const direction = options_.show_frames ? (is_ours ? "-> " : "<- ") : "<< ";
    std::string block;
    auto const text = is_ours ? describe(frame.header) : describe_frame(frame);
    report_->http2_frame(block, message_context(connection), std::string(direction) + text);
    print(block);
}

asio::awaitable<Result<Response>> Runner::exchange_on(ConnectionRun& connection, SendRequest const& request) {
    return connection.http2 ? connection.http2->exchange(request, connection.stream)
                            : connection.session->exchange(request);
}

asio::awaitable<Result<SendResult>> Runner::send_on(ConnectionRun& connection, SendRequest const& request) {
    return connection.http2 ? connection.http2->send(request, connection.stream) : connection.session->send(request);
}

void Runner::record_tls(ConnectionRun& connection, proxycore::tls::ConnectionInfo const& info) {
    using proxycore::record::RecordedTls;
    connection.tls = std::make_shared<RecordedTls const>(proxycore::tls::recorded_by_client(info, options_.show_tls));
    if (!options_.show_tls) return;
    std::string block;
    report_->connection(block, info);
    if (!block.empty()) print(mark(connection) + block);
}

/// A connection may succeed later, so the run goes on after a failure. A refusal by a proxy or by TLS ends it.
void Runner::report_connect_failure(ConnectionRun const& connection, Failure const& why) {
    if (why.code == Errc::cannot_connect) {
        unconnected_ = true;
        ++unreachable_;
        progress_.count(true);
        warn(mark(connection) + "Error connecting to \"" + to_string(route_.nearest()) +
             "\": " + net::describe(why.cause) + "\n");
        return;
    }
    failed_ = stop_ = true;
    warn(mark(connection) + why.message + "\n");
}

std::string Runner::mark(ConnectionRun const& connection) const { return mark_of(options_, connection.ordinal); }

/// Returns when the server ends the connection or sends nothing for the time limit, or on its close frame once there is
/// nothing left to send.
asio::awaitable<void> Runner::receive_frames(ConnectionRun& connection) {
    constexpr auto close = static_cast<std::uint8_t>(proxycore::websocket::Opcode::close);
    for (;;) {
        auto const frame = co_await connection.session->receive_frame();
        std::string block;
        if (frame) {
            report_->received_frame(block, message_context(connection), *frame);
        } else if (frame.error().code == Errc::invalid_response) {
            report_->protocol_error(block, message_context(connection), frame.error().message);
            failed_ = true;
        }
        print(block);
        connection.close_received = connection.close_received || (frame && frame->opcode == close);
        if (!frame || (connection.close_received && connection.all_sent)) co_return;
    }
}

asio::awaitable<void> Runner::send_messages_and_wait(ConnectionRun& connection) {
    co_await send_messages(connection);
    connection.all_sent = true;
    // Waits to be cancelled: the end of this coroutine would end the reception too.
    if (!connection.is_over && !connection.close_received && !stop_) co_await async::pause(std::nullopt);
}

}  // namespace pathology::pathoc
