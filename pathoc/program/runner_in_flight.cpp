// Requests whose response is not waited for at once: those in flight, and those with raw frames behind them.
//
//     message ─▶ make_place ─▶ send ─▶ in_flight ─┬─ HTTP/2: take() by stream, in any order ─▶ report
//                    │                            └─ HTTP/1: receive() the oldest ──────────▶ report
//                    └─ await_responses: reads until fewer are in flight
//
// There is one coroutine. Over HTTP/1 nothing is read during a write, so the requests that are unanswered have to fit
// into the buffers of the sockets: else a server that waits for us to read its response would not read our request.

#include <boost/asio/error.hpp>
#include <numeric>

#include "program/runner.hpp"

namespace pathology::pathoc {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t max_pipelined = 256U << 10U;  // bytes of unanswered requests over HTTP/1

}  // namespace

/// A handshake changes the protocol, so that nothing may follow it before its response.
bool Runner::may_be_in_flight(ConnectionRun const& connection, PreparedMessage const& message,
                              CraftedMessage const& crafted) const {
    if (options_.in_flight < 2 || message.is_handshake()) return false;
    return connection.http2 != nullptr || crafted.plan->length <= max_pipelined;
}

asio::awaitable<void> Runner::send_in_flight(ConnectionRun& connection, PreparedMessage const& message,
                                             CraftedMessage const& crafted) {
    auto const when = message_context(connection);
    co_await make_place(connection, crafted.plan->length);
    if (connection.is_over || stop_) co_return;
    auto const begun = clock_.steady_now();
    SendRequest const request{*crafted.plan, crafted.seed, message.method(), true};
    auto const written = co_await send_on(connection, request);
    if (interrupted_ != 0) co_return;
    auto const size = written ? written->bytes : written.error().bytes_sent;
    auto const stream = options_.http2 ? connection.stream : 0;
    SentAhead sent{stream, crafted.spec, connection.sent(), size, when, begun, crafted.note};
    if (!written) co_return report_in_flight(connection, sent, written.error());
    connection.in_flight.push_back(std::move(sent));
    connection.is_closed_by_spec = written->disconnected;
    // Over HTTP/2 the rest of a request is not sent after its response.
    bool const is_cut = connection.http2 && written->error == asio::error::operation_aborted;
    if (!written->disconnected && (!written->error || is_cut)) co_return;
    // Responses may have arrived all the same.
    co_await await_responses(connection, 0);
    connection.is_over = true;
}

/// Waits until a request of `size` bytes may be sent.
asio::awaitable<void> Runner::make_place(ConnectionRun& connection, std::uint64_t size) {
    auto const is_full = [&] {
        auto const& requests = connection.in_flight;
        if (requests.size() >= options_.in_flight) return true;
        auto const add = [](std::uint64_t sum, SentAhead const& request) { return sum + request.size; };
        auto const unanswered = std::accumulate(requests.begin(), requests.end(), std::uint64_t{0}, add);
        return !connection.http2 && !requests.empty() && unanswered + size > max_pipelined;
    };
    while (is_full() && !connection.is_over && !stop_) {
        co_await await_responses(connection, connection.in_flight.size() - 1);
    }
}

/// Reads until at most `max_left` requests are in flight.
asio::awaitable<void> Runner::await_responses(ConnectionRun& connection, std::size_t max_left) {
    if (connection.is_closed_by_spec && !connection.in_flight.empty())
        report_all_in_flight(connection, closed_by_spec(connection.in_flight.back().size));
    if (connection.http2) settle(connection, connection.in_flight, {}, &Runner::report_in_flight);
    while (connection.in_flight.size() > max_left && !stop_) {
        if (!connection.http2) {
            co_await receive_oldest(connection);
            continue;
        }
        auto const end = co_await connection.http2->read();
        if (interrupted_ != 0) co_return;
        settle(connection, connection.in_flight, end, &Runner::report_in_flight);
        report_violations(connection);
    }
}

asio::awaitable<void> Runner::receive_oldest(ConnectionRun& connection) {
    auto const outcome = co_await connection.session->receive();
    if (interrupted_ != 0) co_return;
    // The others cannot arrive either: responses have the order of the requests.
    if (!outcome) co_return report_all_in_flight(connection, outcome.error());
    auto const request = std::move(connection.in_flight.front());
    connection.in_flight.pop_front();
    report_in_flight(connection, request, outcome);
}

/// Reports the requests of `requests` whose response is complete by `report`; all of them if the connection has ended.
void Runner::settle(ConnectionRun& connection, std::deque<SentAhead>& requests, boost::system::error_code end,
                    ReportOutcome report) {
    auto& http2 = *connection.http2;
    std::erase_if(requests, [&](SentAhead const& request) {
        auto outcome = http2.take(request.stream);
        bool const is_awaited = outcome || http2.is_awaited(request.stream);
        if (!is_awaited) progress_.count(false);  // reset by a raw frame
        if (!outcome && is_awaited && end) outcome = http2.read_failure(end);
        if (outcome) (this->*report)(connection, request, *outcome);
        return outcome || !is_awaited;
    });
}

void Runner::report_all_in_flight(ConnectionRun& connection, Failure const& why) {
    for (auto const& request : std::exchange(connection.in_flight, {})) {
        auto failure = why;
        failure.bytes_sent = request.size;
        report_in_flight(connection, request, failure);
    }
}

void Runner::report_in_flight(ConnectionRun& connection, SentAhead const& request, Result<Response> const& outcome) {
    if (stop_) return;  // by -o, after the first response
    SentMessage const sent{*request.spec, request.bytes, request.size, false, request.stream, request.note, true};
    auto context = request.context;
    context.duration = clock_.steady_now() - request.begun;
    finish_exchange(connection, context, sent, outcome);
}

// --- requests with raw frames behind them ----------------------------------------------------------------------------

/// Raw frames have no response to wait for; frames that the server sends because of them are printed until it ends.
/// After requests alone, only what has arrived already is read.
asio::awaitable<void> Runner::read_to_end(ConnectionRun& connection) {
    if (!connection.sent_frames) {
        if (!connection.is_over && !stop_) co_await connection.http2->read_rest();
        report_violations(connection);
        co_return;
    }
    for (boost::system::error_code end; !end && !interrupted_ && !stop_;) {
        end = co_await connection.http2->read();
        if (interrupted_) co_return;
        settle(connection, connection.ahead, end, &Runner::report_late);
        report_violations(connection);
    }
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

}  // namespace pathology::pathoc
