#include "program/conversation.hpp"

#include <pathology/proxycore/http2/describe.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/tls/recorded.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>
#include <pathology/proxycore/websocket/opcode.hpp>
#include <utility>

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;
using proxycore::console::Console;
using proxycore::console::ExitCode;

constexpr std::size_t most_shown = 16U << 20U;  // bytes of one message in a dump
constexpr std::size_t most_in_json = 1U << 20U;

net::TimeLimit limit_of(std::optional<std::chrono::nanoseconds> limit) {
    if (!limit) return std::nullopt;
    return std::chrono::duration_cast<net::Duration>(*limit);
}

SessionSettings session_settings(ProgramOptions const& options) {
    SessionSettings settings;
    settings.time_limit = limit_of(options.time_limit);
    if (options.form == OutputForm::json) {
        settings.body_limit = options.body_limit;
        settings.raw_limit = most_in_json;
    } else if (options.show_request || options.show_response) {
        settings.raw_limit = most_shown;
    }
    return settings;
}

std::optional<std::uint64_t> total(ProgramOptions const& options, std::span<Script const> scripts) {
    auto const each = count_messages(scripts);
    bool const picks = options.random_pick && scripts.size() > 1;
    std::uint64_t all = 0;
    if (options.connections < 0 || options.memo || picks || !each ||
        __builtin_mul_overflow(*each, static_cast<std::uint64_t>(options.connections), &all)) {
        return std::nullopt;
    }
    return all;
}

}  // namespace

Conversation::Conversation(ProgramOptions const& options, std::span<Script const> scripts, Console& console,
                           std::shared_ptr<TlsLayer const> tls)
    : options_(options),
      scripts_(scripts),
      console_(console),
      dice_(options.seed),
      report_(options.form == OutputForm::json ? make_json_report() : make_text_report(options)),
      progress_(console, total(options, scripts), std::chrono::steady_clock::now),
      route_(route_of(connection_options(options))) {
    route_.tls = std::move(tls);
    if (options.memo) memo_.emplace(options.memo_limit);
}

asio::awaitable<void> Conversation::run() {
    auto const connections = static_cast<std::uint64_t>(options_.connections);  // -1 is as good as without end
    if (count_messages(scripts_) == 0) co_return;
    for (std::uint64_t ordinal = 0; ordinal < connections && !stop_; ++ordinal) {
        if (ordinal > 0 && options_.wait.count() > 0) co_await async::pause(limit_of(options_.wait));
        co_await play_connection(ordinal);
    }
}

asio::awaitable<void> Conversation::play_connection(std::uint64_t ordinal) {
    using namespace asio::experimental::awaitable_operators;
    bool const picks = options_.random_pick && scripts_.size() > 1;
    if (picks) dice_.tell(console_);
    Line line(ordinal, Playlist(picks ? dice_.pick(scripts_, ordinal) : scripts_));
    co_await play(line);
    if (line.said_frames && !interrupted_) co_await line.http2->hear_out();
    if (line.speaks_websocket && !line.is_over && !stop_) co_await (hear_frames(line) || play_and_stay(line));
}

/// Plays what is left of the list; comes back early when the connection has become a WebSocket.
asio::awaitable<void> Conversation::play(Line& line) {
    bool const spoke_websocket = line.speaks_websocket;
    while (!stop_ && !line.is_over && line.speaks_websocket == spoke_websocket) {
        auto const* const message = line.playlist.next();
        if (message == nullptr) co_return;
        if (options_.http2) line.stream = line.streams.next(message->message());
        auto const crafted = craft(line, *message);
        ++line.index;
        if (!crafted) continue;
        if (!line.session && !line.http2) co_await open(line);
        if (line.is_over) co_return;
        if (crafted->random) dice_.tell(console_);
        if (!message->is_request() || line.speaks_websocket) {
            co_await send_only(line, *message, *crafted);
        } else {
            co_await exchange(line, *message, *crafted);
        }
    }
}

/// Gives nothing when there is nothing to send: the message was sent before, or its file has gone.
std::optional<Sending> Conversation::craft(Line const& line, Prepared const& message) {
    auto crafted = message.craft(dice_.seed_of(line.ordinal, line.index), line.stream);
    if (!crafted) {
        complain(crafted.error().message + "\n");
        refused_ = stop_ = true;
        return std::nullopt;
    }
    if (!memo_ || memo_->is_new(*crafted->spec)) return std::move(*crafted);
    if (memo_->is_exhausted()) {
        complain("Memo limit exceeded...\n");
        stop_ = true;
    }
    return std::nullopt;
}

/// Once a name has led to an address, later connections go there without asking again.
asio::awaitable<void> Conversation::open(Line& line) {
    auto opened = co_await pathoc::open(route_, limit_of(options_.time_limit));
    if (!opened) {
        line.is_over = true;
        if (!interrupted_) note_closed_way(opened.error());
        co_return;
    }
    line.remote = opened->stream->remote_endpoint();
    route_.address = line.remote.host;
    if (opened->tls) note_tls(line, *opened->tls);
    if (options_.http2 && opened->tls && opened->tls->alpn != "h2") {
        line.is_over = failed_ = stop_ = true;
        complain("The server does not speak HTTP/2: by ALPN it chose " +
                 (opened->tls->alpn.empty() ? "nothing" : opened->tls->alpn) + "\n");
        co_return;
    }
    if (options_.http2) co_return begin_http2(line, std::move(opened->stream));
    line.session.emplace(std::move(opened->stream), session_settings(options_));
}

void Conversation::begin_http2(Line& line, std::unique_ptr<net::Stream> stream) {
    auto const greeting = options_.skip_http2_preface ? Http2Greeting::none : Http2Greeting::full;
    auto watcher = [this, &line](bool is_ours, http2::Frame const& frame) { show_frame(line, is_ours, frame); };
    line.http2 = std::make_unique<Http2Session>(std::move(stream), session_settings(options_), greeting, watcher);
}

/// All of them when asked for; else what the server has to say to raw frames.
void Conversation::show_frame(Line const& line, bool is_ours, http2::Frame const& frame) {
    if (!options_.show_frames && (is_ours || !line.said_frames)) return;
    std::string_view const direction = options_.show_frames ? (is_ours ? "-> " : "<- ") : "<< ";
    std::string block;
    auto const text = is_ours ? describe(frame.header) : told(frame);
    report_->http2_frame(block, moment(line), std::string(direction) + text);
    tell(block);
}

asio::awaitable<Result<Reply>> Conversation::trade(Line& line, Outgoing const& outgoing) {
    return line.http2 ? line.http2->exchange(outgoing, line.stream) : line.session->exchange(outgoing);
}

asio::awaitable<Result<Written>> Conversation::say(Line& line, Outgoing const& outgoing) {
    return line.http2 ? line.http2->send(outgoing, line.stream) : line.session->send(outgoing);
}

void Conversation::note_tls(Line& line, proxycore::tls::ConnectionInfo const& info) {
    using proxycore::record::RecordedTls;
    line.tls = std::make_shared<RecordedTls const>(proxycore::tls::recorded_by_client(info, options_.show_tls));
    if (!options_.show_tls) return;
    std::string block;
    report_->connection(block, info);
    tell(block);
}

/// A server that is away may come back; a proxy that refuses does so again.
void Conversation::note_closed_way(Failure const& why) {
    if (why.code == Errc::cannot_connect) {
        unconnected_ = true;
        progress_.count(true);
        complain("Error connecting to \"" + to_string(route_.nearest()) + "\": " + net::describe(why.cause) + "\n");
        return;
    }
    failed_ = stop_ = true;
    complain(why.message + "\n");
}

asio::awaitable<void> Conversation::exchange(Line& line, Prepared const& message, Sending const& crafted) {
    auto when = moment(line);
    auto const begun = std::chrono::steady_clock::now();
    Outgoing const outgoing{*crafted.plan, crafted.seed, message.method(), true};
    auto const outcome = co_await trade(line, outgoing);
    when.duration = std::chrono::steady_clock::now() - begun;
    auto const size = outcome ? crafted.plan->length : outcome.error().bytes_sent;
    Outbound const sent{*crafted.spec, line.sent(), size, false, options_.http2 ? line.stream : 0};
    settle(line, message, when, sent, outcome);
    if (line.speaks_websocket) check_handshake(when, crafted, *outcome);
}

/// What is wrong with it is told; the conversation goes on all the same.
void Conversation::check_handshake(Moment const& moment, Sending const& crafted, Reply const& reply) {
    if (!crafted.websocket_key || options_.ignored_codes.contains(reply.status())) return;
    auto const chosen = reply.head.fields.all("Sec-WebSocket-Protocol");
    std::vector<std::string> const offered(chosen.begin(), chosen.end());  // any: a spec may offer what it likes
    auto const judged = proxycore::websocket::check_answer(reply.head, *crafted.websocket_key, offered);
    if (judged) return;
    std::string block;
    report_->fault(block, moment, "Bad handshake: " + judged.error().message);
    tell(block);
}

void Conversation::settle(Line& line, Prepared const& message, Moment const& moment, Outbound const& sent,
                          Result<Reply> const& outcome) {
    bool failed = false;
    bool hidden = false;
    if (outcome) {
        hidden = options_.ignored_codes.contains(outcome->status());
        line.speaks_websocket = message.is_handshake() && outcome->status() == 101;
        if (options_.one_shot && !hidden) stop_ = true;
    } else {
        if (interrupted_) return;
        auto const code = outcome.error().code;
        bool const ignored = code == Errc::timed_out && options_.ignore_timeouts;
        failed = !ignored && code != Errc::closed_by_spec;
        line.is_over = !ignored && !(line.http2 && line.http2->is_usable() && code == Errc::invalid_response);
    }
    failed_ = failed_ || failed;
    progress_.count(failed);
    if (hidden) return;
    std::string block;
    report_->exchange(block, moment, sent, outcome, outcome ? std::string() : line.partial());
    tell(block);
}

asio::awaitable<void> Conversation::send_only(Line& line, Prepared const& message, Sending const& crafted) {
    auto const when = moment(line);
    Outgoing const outgoing{*crafted.plan, crafted.seed, message.method(), false};
    line.said_frames = line.http2 != nullptr;
    auto const written = co_await say(line, outgoing);
    if (interrupted_) co_return;
    bool const failed = !written || written->error.failed();
    std::string block;
    Outbound const sent{*crafted.spec, line.sent(), written ? written->bytes : 0, message.is_frame(),
                        options_.http2 ? line.stream : 0};
    report_->sent_frame(block, when, sent);
    tell(block);
    if (failed) complain((written ? net::describe(written->error) : written.error().message) + "\n");
    failed_ = failed_ || failed;
    line.is_over = failed || written->disconnected;
    progress_.count(failed);
}

/// Ends when the server does, also by a close frame when we have nothing to send any more, or when it has been silent
/// for too long.
asio::awaitable<void> Conversation::hear_frames(Line& line) {
    constexpr auto close = static_cast<std::uint8_t>(proxycore::websocket::Opcode::close);
    for (;;) {
        auto const frame = co_await line.session->receive_frame();
        std::string block;
        if (frame) {
            report_->received_frame(block, moment(line), *frame);
        } else if (frame.error().code == Errc::invalid_response) {
            report_->fault(block, moment(line), frame.error().message);
            failed_ = true;
        }
        tell(block);
        line.is_closed = line.is_closed || (frame && frame->opcode == close);
        if (!frame || (line.is_closed && line.is_played)) co_return;
    }
}

asio::awaitable<void> Conversation::play_and_stay(Line& line) {
    co_await play(line);
    line.is_played = true;
    if (!line.is_over && !line.is_closed && !stop_) co_await async::pause(std::nullopt);
}

Moment Conversation::moment(Line const& line) const {
    Moment moment;
    moment.connection = line.ordinal;
    moment.index = line.index - 1;
    moment.started = std::chrono::system_clock::now();
    if (options_.form == OutputForm::json) moment.remote = line.remote;
    moment.tls = line.tls;
    return moment;
}

void Conversation::tell(std::string const& block) {
    progress_.clear();
    console_.out(block);
    if (console_.out_is_lost()) stop_ = true;
}

void Conversation::complain(std::string const& text) {
    progress_.clear();
    console_.err(text);
}

void Conversation::interrupt() {
    interrupted_ = stop_ = true;
    complain("interrupted: " + progress_.summary() + "\n");
}

void Conversation::tick() {
    console_.flush();
    progress_.draw();
}

ExitCode Conversation::verdict() const {
    if (interrupted_) return ExitCode::interrupted;
    if (refused_) return ExitCode::usage;
    if (failed_) return ExitCode::peer;
    return unconnected_ ? ExitCode::no_connection : ExitCode::done;
}

}  // namespace pathology::pathoc
