#include "conversation.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/proxycore/net/pause.hpp>
#include <pathology/proxycore/tls/recorded.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>
#include <pathology/proxycore/websocket/opcode.hpp>
#include <utility>

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;
using proxycore::console::Console;
using proxycore::console::ExitCode;

constexpr std::size_t most_shown = 16U << 20U;  // bytes of one message in a dump
constexpr std::size_t most_in_json = 1U << 20U;

net::TimeLimit limit_of(std::optional<std::chrono::nanoseconds> limit) {
    if (!limit) return std::nullopt;
    return std::chrono::duration_cast<net::Duration>(*limit);
}

SessionSettings session_settings(Options const& options) {
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

std::optional<std::uint64_t> total(Options const& options, std::span<Script const> scripts) {
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

Conversation::Conversation(Options const& options, std::span<Script const> scripts, Console& console,
                           std::shared_ptr<TlsLayer const> tls)
    : options_(options),
      scripts_(scripts),
      console_(console),
      dice_(options.seed),
      report_(options.form == OutputForm::json ? make_json_report() : make_text_report(options)),
      progress_(console, total(options, scripts), std::chrono::steady_clock::now),
      route_(route_of(options)) {
    route_.tls = std::move(tls);
    if (options.memo) memo_.emplace(options.memo_limit);
}

asio::awaitable<void> Conversation::run() {
    auto const connections = static_cast<std::uint64_t>(options_.connections);  // -1 is as good as without end
    if (count_messages(scripts_) == 0) co_return;
    for (std::uint64_t ordinal = 0; ordinal < connections && !stop_; ++ordinal) {
        if (ordinal > 0 && options_.wait.count() > 0) co_await net::pause(limit_of(options_.wait));
        co_await play_connection(ordinal);
    }
}

asio::awaitable<void> Conversation::play_connection(std::uint64_t ordinal) {
    using namespace asio::experimental::awaitable_operators;
    bool const picks = options_.random_pick && scripts_.size() > 1;
    if (picks) dice_.tell(console_);
    Line line{ordinal, Playlist(picks ? dice_.pick(scripts_, ordinal) : scripts_), 0, {}, {}, {}, false, false};
    co_await play(line);
    if (line.speaks_websocket && !line.is_over && !stop_) co_await (hear_frames(line) || play_and_stay(line));
}

/// Plays what is left of the list; comes back early when the connection has become a WebSocket.
asio::awaitable<void> Conversation::play(Line& line) {
    bool const spoke_websocket = line.speaks_websocket;
    while (!stop_ && !line.is_over && line.speaks_websocket == spoke_websocket) {
        auto const* const message = line.playlist.next();
        if (message == nullptr) co_return;
        auto const crafted = craft(line, *message);
        ++line.index;
        if (!crafted) continue;
        if (!line.session) co_await open(line);
        if (line.is_over) co_return;
        if (crafted->random) dice_.tell(console_);
        if (message->is_frame() || line.speaks_websocket) {
            co_await send_only(line, *message, *crafted);
        } else {
            co_await exchange(line, *message, *crafted);
        }
    }
}

/// Gives nothing when there is nothing to send: the message was sent before, or its file has gone.
std::optional<Crafted> Conversation::craft(Line const& line, Prepared const& message) {
    auto crafted = message.craft(dice_.seed_of(line.ordinal, line.index));
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
    if (auto const address = parse_host(line.remote)) route_.address = address->name;
    if (opened->tls) note_tls(line, *opened->tls);
    line.session.emplace(std::move(opened->stream), session_settings(options_));
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

asio::awaitable<void> Conversation::exchange(Line& line, Prepared const& message, Crafted const& crafted) {
    auto when = moment(line);
    auto const begun = std::chrono::steady_clock::now();
    Outgoing const outgoing{*crafted.plan, crafted.seed, message.method(), true};
    auto const outcome = co_await line.session->exchange(outgoing);
    when.duration = std::chrono::steady_clock::now() - begun;
    auto const size = outcome ? crafted.plan->length : outcome.error().bytes_sent;
    Outbound const sent{*crafted.spec, line.session->sent(), size, false};
    settle(line, message, when, sent, outcome);
    if (line.speaks_websocket) check_handshake(when, crafted, *outcome);
}

/// What is wrong with it is told; the conversation goes on all the same.
void Conversation::check_handshake(Moment const& moment, Crafted const& crafted, Reply const& reply) {
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
        line.is_over = !ignored;
    }
    failed_ = failed_ || failed;
    progress_.count(failed);
    if (hidden) return;
    std::string block;
    report_->exchange(block, moment, sent, outcome, outcome ? std::string() : line.session->partial());
    tell(block);
}

asio::awaitable<void> Conversation::send_only(Line& line, Prepared const& message, Crafted const& crafted) {
    auto const when = moment(line);
    Outgoing const outgoing{*crafted.plan, crafted.seed, message.method(), false};
    auto const written = co_await line.session->send(outgoing);
    if (interrupted_) co_return;
    bool const failed = !written || written->error.failed();
    std::string block;
    Outbound const sent{*crafted.spec, line.session->sent(), written ? written->bytes : 0, message.is_frame()};
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
    if (!line.is_over && !line.is_closed && !stop_) co_await net::pause(std::nullopt);
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
