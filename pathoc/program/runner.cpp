// is_over ends the connection, stop_ the run. interrupted_ also suppresses reports: the failures that a cancellation
// causes are not those of the server.

#include "program/runner.hpp"

#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http2/describe.hpp>

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/finally.hpp>
#include <pathology/proxycore/async/task_group.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/console/program.hpp>
#include <pathology/proxycore/tls/recorded.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>
#include <pathology/proxycore/websocket/opcode.hpp>
#include <utility>

#include "program/flood.hpp"

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;
using proxycore::console::Console;
using proxycore::console::ExitCode;

constexpr std::size_t max_dump = 16U << 20U;  // bytes of one message
constexpr std::size_t max_json = 1U << 20U;

net::TimeLimit limit_of(std::optional<std::chrono::nanoseconds> limit) {
    if (!limit) return std::nullopt;
    return std::chrono::duration_cast<net::Duration>(*limit);
}

SessionSettings session_settings(ProgramOptions const& options) {
    SessionSettings settings;
    settings.time_limit = limit_of(options.time_limit);
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

/// The number of exchanges of the run; std::nullopt if it is unknown or unbounded.
std::optional<std::uint64_t> total(ProgramOptions const& options, std::span<Script const> scripts) {
    auto const each = count_messages(scripts);
    bool const picks = options.random_pick && scripts.size() > 1;
    std::uint64_t all = 0;
    if (options.connections < 0 || options.memo || picks || !each ||
        __builtin_mul_overflow(*each, static_cast<std::uint64_t>(options.connections), &all) ||
        __builtin_mul_overflow(all, options.repeat, &all)) {
        return std::nullopt;
    }
    return all;
}

/// Why a message that has no response was not sent to its end.
std::string describe_failure(Result<SendResult> const& written) {
    if (!written) return written.error().message;
    return written->is_overdue ? overdue_failure(*written).message : net::describe(written->error);
}

}  // namespace

std::chrono::milliseconds back_off(std::uint64_t failures) {
    constexpr std::chrono::milliseconds first{100}, longest{10'000};
    if (failures == 0) return std::chrono::milliseconds(0);
    constexpr std::uint64_t enough = 7;  // first * 2^7 exceeds the longest
    return std::min(longest, first * (1 << std::min(failures - 1, enough)));
}

Runner::Runner(ProgramOptions const& options, std::span<Script const> scripts, Console& console, Route route,
               proxycore::record::Clock const& clock)
    : options_(options),
      scripts_(scripts),
      console_(console),
      clock_(clock),
      seeds_(options.seed),
      report_(options.form == OutputForm::json ? make_json_report() : make_text_report(options)),
      progress_(console, total(options, scripts), clock.steady_now),
      route_(std::move(route)) {
    if (options.memo) duplicates_.emplace(options.memo_limit);
}

asio::awaitable<void> Runner::run() {
    if (count_messages(scripts_) == 0) co_return;
    bool const allowed = co_await is_allowed();
    if (!allowed) co_return;
    if (options_.parallel == 1) co_return co_await run_in_turn();
    co_await run_at_once();
}

/// Refuses a flood of a target that is not loopback.
asio::awaitable<bool> Runner::is_allowed() {
    if (!options_.owns_target) flood_ = describe_flood(options_, scripts_);
    if (!flood_) co_return true;
    auto const foreign = co_await find_foreign_host(route_);
    if (!foreign) co_return true;
    refused_ = true;
    proxycore::console::print_error(console_, "pathoc", refuse_flood(*flood_, *foreign));
    co_return false;
}

/// Makes one connection after the other, until all of the run are made.
asio::awaitable<void> Runner::run_in_turn() {
    auto const connections = static_cast<std::uint64_t>(options_.connections);  // -1: practically without end
    while (!stop_ && next_ < connections) {
        auto const ordinal = next_++;
        if (ordinal >= options_.parallel) co_await wait_before_next();
        co_await run_connection(ordinal);
    }
}

/// Does that several times at once. What one of them throws ends the run.
asio::awaitable<void> Runner::run_at_once() {
    async::TaskGroup turns;
    std::exception_ptr thrown;
    auto const end = [&]() -> asio::awaitable<void> {
        turns.cancel_all();
        co_await turns.join();
    };
    auto const keep = [&](std::exception_ptr what) {
        if (!what) return;
        if (!thrown) thrown = what;
        stop_ = true;
    };
    auto const executor = co_await asio::this_coro::executor;
    auto const connections = static_cast<std::uint64_t>(options_.connections);
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(options_.parallel, connections); ++i)
        turns.add(executor, run_in_turn(), keep);
    co_await async::finally(turns.join(), end, std::nullopt);
    if (thrown) std::rethrow_exception(thrown);
}

/// A run that never ends must not spend all of its time on a server that is gone.
asio::awaitable<void> Runner::wait_before_next() {
    auto wait = options_.wait;
    if (options_.connections < 0 && unreachable_ > 0)
        wait = std::max<std::chrono::nanoseconds>(wait, back_off(unreachable_));
    if (wait.count() > 0) co_await async::pause(limit_of(wait));
}

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
        connection.session->set_time_limit(limit_of(options_.frame_time_limit));
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
        } else if (may_fly(connection, *message, *crafted)) {
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
    auto opened = co_await pathoc::open(route, limit_of(options_.time_limit));
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

asio::awaitable<void> Runner::exchange(ConnectionRun& connection, PreparedMessage const& message,
                                       CraftedMessage const& crafted) {
    auto when = message_context(connection);
    auto const begun = clock_.steady_now();
    SendRequest const request{*crafted.plan, crafted.seed, message.method(), true};
    auto const outcome = co_await exchange_on(connection, request);
    when.duration = clock_.steady_now() - begun;
    auto const size = outcome ? crafted.plan->length : outcome.error().bytes_sent;
    SentMessage const sent{*crafted.spec, connection.sent(), size, false, options_.http2 ? connection.stream : 0,
                           crafted.note};
    connection.speaks_websocket = message.is_handshake() && outcome && outcome->status() == 101;
    finish_exchange(connection, when, sent, outcome);
    if (connection.http2) report_violations(connection);
    if (connection.speaks_websocket) check_handshake(when, crafted, *outcome);
    // With -T the run uses the connection again, but not one that the spec has given up.
    if (!outcome && crafted.plan->holds()) connection.is_over = true;
}

/// An invalid handshake is reported. The connection continues all the same.
void Runner::check_handshake(MessageContext const& context, CraftedMessage const& crafted, Response const& response) {
    if (!crafted.websocket_key || options_.ignored_codes.contains(response.status())) return;
    auto const chosen = response.head.fields.all("Sec-WebSocket-Protocol");
    std::vector<std::string> const offered(chosen.begin(),
                                           chosen.end());  // any is allowed, since the offer is up to the spec
    auto const checked = proxycore::websocket::check_response(response.head, *crafted.websocket_key, offered);
    if (checked) return;
    std::string block;
    report_->protocol_error(block, context, "Bad handshake: " + checked.error().message);
    print(block);
}

void Runner::finish_exchange(ConnectionRun& connection, MessageContext const& context, SentMessage const& sent,
                             Result<Response> const& outcome) {
    bool failed = false;
    bool hidden = false;
    if (outcome) {
        hidden = options_.ignored_codes.contains(outcome->status());
        // A response that -I ignores does not count for -o.
        if (options_.one_shot && !hidden) stop_ = true;
    } else {
        if (interrupted_ != 0) return;
        auto const code = outcome.error().code;
        bool const ignored = code == Errc::timed_out && options_.ignore_timeouts;
        // A spec that disconnects did what it should.
        failed = !ignored && code != Errc::closed_by_spec;
        bool const may_go_on = connection.http2 && connection.http2->is_usable() && code == Errc::invalid_response;
        connection.is_over = connection.is_over || (!ignored && !may_go_on);
    }
    failed_ = failed_ || failed;
    progress_.count(failed);
    if (hidden) return;
    std::string block;
    report_->exchange(block, context, sent, outcome, outcome ? std::string() : connection.partial(sent.stream));
    print(block);
}

asio::awaitable<void> Runner::send_only(ConnectionRun& connection, PreparedMessage const& message,
                                        CraftedMessage const& crafted) {
    auto const when = message_context(connection);
    bool const is_ahead = connection.http2 && message.is_request();
    SendRequest const request{*crafted.plan, crafted.seed, message.method(), is_ahead};
    connection.sent_frames = connection.http2 != nullptr;
    auto const written = co_await send_on(connection, request);
    if (interrupted_ != 0) co_return;
    // Over HTTP/2 the rest of a request is not sent after its response, or after a violation, which is reported by itself.
    bool const is_cut = connection.http2 && written && written->error == asio::error::operation_aborted;
    bool const is_ignored = written && written->is_overdue && options_.ignore_timeouts;
    bool const failed = !written || (written->error.failed() && !is_cut && !is_ignored);
    std::string block;
    SentMessage const sent{*crafted.spec,
                           connection.sent(),
                           written ? written->bytes : 0,
                           message.is_frame(),
                           options_.http2 ? connection.stream : 0,
                           crafted.note};
    report_->sent_frame(block, when, sent);
    print(block);
    if (connection.http2) report_violations(connection);
    if (failed) warn(mark(connection) + describe_failure(written) + "\n");
    failed_ = failed_ || failed;
    connection.is_closed_by_spec = !failed && written->disconnected;
    connection.is_over = failed || written->disconnected || (connection.http2 && connection.http2->must_leave());
    if (is_ahead && !failed) {
        connection.ahead.push_back({connection.stream, crafted.spec, connection.sent(), sent.size, when});
        co_return;
    }
    progress_.count(failed);
    // Requests that frames have reset need no memory.
    while (!connection.ahead.empty() && !connection.http2->is_awaited(connection.ahead.back().stream)) {
        connection.ahead.pop_back();
        progress_.count(false);
    }
}

/// Raw frames have no response to wait for; frames that the server sends because of them are printed until it ends. After
/// requests alone, only what has arrived already is read.
asio::awaitable<void> Runner::read_to_end(ConnectionRun& connection) {
    if (!connection.sent_frames) {
        if (!connection.is_over && !stop_) co_await connection.http2->read_rest();
        report_violations(connection);
        co_return;
    }
    for (boost::system::error_code end; !end && !interrupted_ && !stop_;) {
        end = co_await connection.http2->read();
        if (interrupted_) co_return;
        report_late(connection, end);
        report_violations(connection);
    }
}

/// Reports the responses that are complete; at the end of the connection also those that never will be.
void Runner::report_late(ConnectionRun& connection, boost::system::error_code end) {
    auto& http2 = *connection.http2;
    std::erase_if(connection.ahead, [&](SentAhead const& request) {
        auto outcome = http2.take(request.stream);
        bool const is_awaited = outcome || http2.is_awaited(request.stream);
        if (!is_awaited) progress_.count(false);  // reset by the spec
        if (!outcome && is_awaited && end) outcome = http2.read_failure(end);
        if (outcome) report_late(connection, request, *outcome);
        return outcome || !is_awaited;
    });
}

void Runner::report_late(ConnectionRun& connection, SentAhead const& request, Result<Response> const& outcome) {
    bool const is_ignored = !outcome && outcome.error().code == Errc::timed_out && options_.ignore_timeouts;
    bool const failed = !outcome && !is_ignored;
    failed_ = failed_ || failed;
    progress_.count(failed);
    bool const hidden = outcome && options_.ignored_codes.contains(outcome->status());
    if (outcome && options_.one_shot && !hidden) stop_ = true;
    if (hidden) return;
    SentMessage const sent{*request.spec, request.bytes, request.size, false, request.stream};
    auto context = request.context;
    context.duration = clock_.now() - context.started;
    std::string block;
    auto const partial = outcome ? std::string() : connection.http2->partial(request.stream);
    report_->late_outcome(block, context, sent, outcome, partial);
    print(block);
}

void Runner::report_violations(ConnectionRun& connection) {
    for (auto const& violation : connection.http2->take_violations()) {
        failed_ = true;
        std::string block;
        report_->violation(block, message_context(connection), violation);
        print(block);
    }
}

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

MessageContext Runner::message_context(ConnectionRun const& connection) const {
    MessageContext context;
    context.connection = connection.ordinal;
    // It was incremented when the message was taken.
    context.index = connection.index - 1;
    context.started = clock_.now();
    if (options_.form == OutputForm::json) context.remote = connection.remote;
    context.tls = connection.tls;
    return context;
}

void Runner::print(std::string const& block) {
    progress_.clear();
    console_.out(block);
    // The reader of the pipe is gone, as with `pathoc ... | head`.
    if (console_.out_is_lost()) stop_ = true;
}

void Runner::warn(std::string const& text) {
    progress_.clear();
    console_.err(proxycore::http::terminal_text(text, proxycore::http::WhiteSpace::lines));
}

void Runner::interrupt(int signal) {
    interrupted_ = signal;
    stop_ = true;
    warn("interrupted: " + progress_.summary() + "\n");
}

void Runner::tick() {
    console_.flush();
    progress_.draw();
}

ExitCode Runner::exit_code() const {
    // In the order of what the user has to know first: a wrong spec explains a failure, not the reverse.
    if (interrupted_ != 0) return ExitCode{128 + interrupted_};  // as in shells
    if (refused_) return ExitCode::usage;
    if (failed_) return ExitCode::peer;
    return unconnected_ ? ExitCode::no_connection : ExitCode::done;
}

}  // namespace pathology::pathoc
