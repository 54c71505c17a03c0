// One message and its response, and their reports.
#include "program/runner.hpp"

#include <pathology/proxycore/websocket/handshake.hpp>

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;

/// Why a message that has no response was not sent to its end.
std::string describe_failure(Result<SendResult> const& written) {
    if (!written) return written.error().message;
    return written->is_overdue ? overdue_failure(*written).message : net::describe(written->error);
}

}  // namespace

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
    // Over HTTP/2 the rest of a request is not sent after its response, or after a violation, which is reported by
    // itself.
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

void Runner::report_violations(ConnectionRun& connection) {
    for (auto const& violation : connection.http2->take_violations()) {
        failed_ = true;
        std::string block;
        report_->violation(block, message_context(connection), violation);
        print(block);
    }
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

}  // namespace pathology::pathoc
