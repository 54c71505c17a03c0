// Sends crafted frames and reads responses over one connection. The client has one coroutine, so it must never wait for
// the server while the server waits for it: every write and every pause reads at the same time.
//
//     play ─▶ advance ─┬─ bytes ─▶ flush (write || listen) ─▶ advance
//                      ├─ allowance ─▶ await_allowance: read until the windows are open
//                      ├─ pause ─▶ rest (timer || listen)
//                      └─ finished, disconnect, broken

#include "http2_session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/language/pacer.hpp>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/async/timeout.hpp>

namespace pathology::pathoc {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t max_output = 64 * 1024;
constexpr std::size_t max_kept = 16384;  // bytes of the payload of a sent frame; SETTINGS are shorter
constexpr std::size_t room_for_reading = 64 * 1024;
constexpr auto max_linger = std::chrono::milliseconds(200);  // after GOAWAY
constexpr auto max_rest = std::chrono::milliseconds(2);      // after the last response

}  // namespace

Http2Session::Http2Session(std::unique_ptr<net::Stream> stream, SessionSettings settings, Http2Preface preface,
                           FrameWatcher watcher)
    : stream_(std::move(stream)),
      settings_(settings),
      responses_(settings.body_limit, settings.raw_limit, settings.windows),
      watcher_(std::move(watcher)) {
    stream_->set_time_limit(settings_.time_limit);
    sent_.limit = settings_.raw_limit;
    frames_.reset();
    if (preface == Http2Preface::full) preface_ = std::string(http2::client_preface) + responses_.initial_frames();
    if (watcher_) responses_.watch([this](http2::Frame const& frame) { watcher_(false, frame); });
}

// --- out -------------------------------------------------------------------------------------------------------------

asio::awaitable<Result<SendResult>> Http2Session::send(SendRequest message, std::uint32_t stream) {
    sent_.bytes.clear();
    if (!preface_.empty()) out_ += std::exchange(preface_, {});
    if (message.has_response) responses_.expect_response_on(stream, message.method);
    last_stream_ = stream;
    co_return co_await play(message, stream);
}

asio::awaitable<Result<SendResult>> Http2Session::play(SendRequest message, std::uint32_t stream) {
    SendResult written;
    language::Pacer pacer;
    language::Http2PlayOptions const options{message.seed, stream, message.has_response};
    frames_.start(message.plan, options);
    for (;;) {
        if (frames_.is_between_frames()) queue_control();
        auto const before = out_.size();
        auto const next = frames_.advance(out_, max_output);
        keep(before);
        written.bytes += out_.size() - before;
        if (next == Next::broken) {
            Failure failure;
            failure.code = Errc::bad_spec;
            failure.message = frames_.failure().message;
            co_return failure;
        }
        written.error = co_await flush();
        if (!written.error && next == Next::allowance) {
            written.error = co_await await_allowance(stream);
            if (written.error) frames_.reset();  // the frame that waits is not sent, and none has begun
        }
        if (!written.error && next == Next::pause) {
            written.error = co_await pause(pacer.end_of(frames_.pause()));
            written.is_overdue = written.error == net::Errc::timed_out;
        }
        if (!written.error && next == Next::bytes && frames_.is_between_frames() && is_pointless(stream))
            written.error = asio::error::operation_aborted;
        if (!written.error && next == Next::disconnect) {
            written.half_closed = frames_.ending() == language::Ending::half;
            written.disconnected = !written.half_closed;
            written.error = co_await language::end_connection(*stream_, frames_.ending(), settings_.time_limit);
            written.is_overdue = written.error.failed();
        }
        if (written.error || next == Next::disconnect || next == Next::finished) co_return written;
    }
}

/// Reads until the windows are open. If the response arrives first, the rest of the request is not sent.
asio::awaitable<error_code> Http2Session::await_allowance(std::uint32_t stream) {
    while (responses_.allowance(stream) < frames_.least_allowance()) {
        if (responses_.is_settled(stream) || is_pointless(stream)) co_return asio::error::operation_aborted;
        queue_control();
        if (auto const ec = co_await flush()) co_return ec;
        if (auto const ec = co_await read_more()) co_return ec;
    }
    queue_control();  // the ACK of the SETTINGS that opened the window goes before the content (RFC 9113 §6.5.3)
    auto const allowed = std::min(responses_.allowance(stream), frames_.needed());
    responses_.spend(stream, allowed);
    frames_.allow(allowed);
    co_return error_code();
}

/// A pause for ever ends with the time limit, as Errc::timed_out.
asio::awaitable<error_code> Http2Session::pause(std::optional<Clock::time_point> end) {
    using namespace asio::experimental::awaitable_operators;
    auto limit = settings_.time_limit;
    if (end) limit = std::max(*end - Clock::now(), net::Duration(0));
    auto both = async::pause(limit) || keep_reading(true);
    auto const first = co_await std::move(both);
    auto const ec = first.index() == 0 ? std::get<0>(first) : std::get<1>(first);
    bool const has_passed = !ec && !end;
    co_return has_passed ? net::make_error_code(net::Errc::timed_out) : ec;
}

asio::awaitable<error_code> Http2Session::flush() {
    using namespace asio::experimental::awaitable_operators;
    if (out_.empty()) co_return error_code();
    observe(out_);
    out_.erase(0, stream_->write_now(asio::buffer(out_)));
    if (out_.empty() && !stream_->has_unsent()) co_return error_code();
    auto both = write_out() || keep_reading();  // a server whose write is blocked may not read
    auto const first = co_await std::move(both);
    out_.clear();
    co_return first.index() == 0 ? std::get<0>(first) : std::get<1>(first);
}

/// Follows what is sent: the checker has to know it, and the watcher each frame that begins in it. The connection
/// preface is not a frame.
void Http2Session::observe(std::string_view bytes) {
    checker_.record_sent(bytes);
    while (!bytes.empty()) {
        if (scanner_.is_at_boundary() && bytes.starts_with(http2::client_preface)) {
            bytes.remove_prefix(http2::client_preface.size());
            continue;
        }
        auto const step = scanner_.advance(bytes);
        record_sent(step.header, bytes.substr(0, step.size));
        bytes.remove_prefix(step.size);
        if (!step.header) continue;
        auto const stream = step.header->stream;
        bool const is_reset = http2::FrameType{step.header->type} == http2::FrameType::rst_stream;
        bool const is_by_spec = violation_on(stream) == violations_.end();  // else we reset it because of that
        if (is_reset && is_by_spec) responses_.forget(stream);
        if (watcher_) watcher_(true, http2::Frame{*step.header, {}});
    }
}

/// Gives each whole frame to responses_, which has to know the windows. `piece` is the header, or a part of the
/// payload.
void Http2Session::record_sent(std::optional<http2::FrameHeader> const& header, std::string_view piece) {
    if (header) {
        sent_frame_ = *header;
        sent_payload_.clear();
    } else if (scanner_.is_in_payload() || scanner_.is_at_boundary()) {
        sent_payload_.append(piece, 0, max_kept - std::min(max_kept, sent_payload_.size()));
    }
    if (scanner_.is_at_boundary()) responses_.record_sent(sent_frame_, sent_payload_);
}

asio::awaitable<error_code> Http2Session::write_out() {
    std::array<asio::const_buffer, 1> const all{asio::buffer(out_)};
    co_return co_await stream_->write(all);
}

void Http2Session::keep(std::size_t from) { sent_.append(std::span(out_).subspan(from)); }

// --- in --------------------------------------------------------------------------------------------------------------

asio::awaitable<error_code> Http2Session::read_more() {
    if (responses_.has_ended()) co_return asio::error::eof;
    in_.resize(room_for_reading);
    auto const got = co_await stream_->read_some(asio::buffer(in_));
    auto const bytes = std::string_view(in_).substr(0, got.n);
    checker_.feed(bytes);
    for (auto& violation : checker_.take_violations()) violations_.push_back(std::move(violation));
    responses_.feed(bytes);
    if (responses_.has_head(last_stream_) && head_at_ == Clock::time_point()) head_at_ = Clock::now();
    if (got.is_end()) responses_.end();
    co_return got.ec;
}

/// Reads during a write or a pause. Ends with the connection.
asio::awaitable<error_code> Http2Session::keep_reading(bool ends_with_connection_error) {
    for (;;) {
        auto const ec = co_await read_more();
        if (ends_with_connection_error && must_leave()) co_return asio::error::operation_aborted;
        if (ec == net::Errc::timed_out) continue;  // a server need not send anything meanwhile
        if (ec == asio::error::eof) co_await async::pause(std::nullopt);
        if (ec) co_return ec;
    }
}

asio::awaitable<Result<Response>> Http2Session::receive(std::uint32_t stream) {
    for (;;) {
        co_await send_control();
        if (auto outcome = take(stream)) co_return std::move(*outcome);
        auto const ec = co_await read_more();
        if (ec && ec != asio::error::eof && violation_on(stream) != violations_.end())
            co_return violation_failure(stream, std::nullopt);
        if (ec && ec != asio::error::eof) co_return read_failure(ec);
    }
}

std::optional<Result<Response>> Http2Session::take(std::uint32_t stream) {
    bool const is_violated = violation_on(stream) != violations_.end();
    auto outcome = responses_.take(stream);
    if (!is_violated || (!outcome && settings_.reads_on)) return outcome;
    return violation_failure(stream, std::move(outcome));
}

// --- violations ------------------------------------------------------------------------------------------------------

/// Adds the frames that the server is owed. The output has to be between two frames.
void Http2Session::queue_control() {
    auto const owed = responses_.take_output(), errors = checker_.take_output();
    if (!must_leave()) out_ += owed;
    if (!settings_.reads_on) out_ += errors;
}

/// Also after a failed write: a response may have arrived.
asio::awaitable<void> Http2Session::send_control() {
    queue_control();
    co_await flush();
    if (must_leave() && !has_left_) co_await leave();
}

/// After GOAWAY the server may need a moment to read it: closing at once could reset the connection and lose it (RFC
/// 9112 §9.6). What the server still sends is collected.
asio::awaitable<void> Http2Session::leave() {
    using namespace asio::experimental::awaitable_operators;
    has_left_ = true;
    stream_->close(net::CloseMode::half_close);
    auto const limit = std::min<net::Duration>(settings_.time_limit.value_or(max_linger), max_linger);
    auto both = async::pause(limit) || read_until_end();
    co_await std::move(both);
    responses_.end();
    stream_->close(net::CloseMode::fin);
}

asio::awaitable<void> Http2Session::read_until_end() {
    for (boost::system::error_code ec; !ec;) ec = co_await read_more();
}

/// Returns true if nothing that is sent on a stream has a use any more.
bool Http2Session::is_pointless(std::uint32_t stream) const {
    return !settings_.reads_on && violation_on(stream) != violations_.end();
}

/// The first violation that concerns a stream.
std::vector<http2::Violation>::const_iterator Http2Session::violation_on(std::uint32_t stream) const {
    auto const concerns = [&](http2::Violation const& one) { return one.ends_connection || one.stream == stream; };
    return std::find_if(violations_.begin(), violations_.end(), concerns);
}

/// The failure of an exchange with a violation; the response too, if it is complete.
Failure Http2Session::violation_failure(std::uint32_t stream, std::optional<Result<Response>> outcome) {
    auto const found = violation_on(stream);
    Failure failure;
    failure.code = Errc::invalid_response;
    failure.message = "Invalid server response: " + describe(*found);
    failure.violation = std::make_shared<http2::Violation const>(*found);
    violations_.erase(found);
    failure.bytes_received = responses_.partial(stream).size();
    if (!outcome || !*outcome) return failure;
    failure.bytes_received = (*outcome)->raw_size;
    failure.response = std::make_shared<Response const>(std::move(**outcome));
    return failure;
}

std::vector<http2::Violation> Http2Session::take_violations() { return std::exchange(violations_, {}); }

Failure Http2Session::read_failure(error_code ec) const {
    Failure failure;
    failure.code = ec == net::Errc::timed_out ? Errc::timed_out : Errc::server_closed;
    failure.message = ec == net::Errc::timed_out ? "Timeout" : "Invalid server response: " + net::describe(ec);
    failure.cause = ec;
    failure.bytes_received = responses_.partial(last_stream_).size();
    return failure;
}

asio::awaitable<Result<Response>> Http2Session::exchange(SendRequest message, std::uint32_t stream) {
    auto const begun = Clock::now();
    head_at_ = {};
    auto const written = co_await send(message, stream);
    if (!written) co_return written.error();
    auto const sent_at = Clock::now();
    if (written->is_overdue && !responses_.is_settled(stream)) co_return overdue_failure(*written);
    if (written->disconnected) co_return closed_by_spec(written->bytes);
    auto response = co_await receive(stream);
    if (!response) {
        auto why = response.error();
        why.bytes_sent = written->bytes;
        if (!why.cause) why.cause = written->error;
        co_return why;
    }
    response->timings = {sent_at - begun, head_at_ - begun, Clock::now() - begun};
    co_return response;
}

asio::awaitable<error_code> Http2Session::read() {
    co_await send_control();
    if (has_left_) co_return net::make_error_code(net::Errc::closed);
    auto const ec = co_await read_more();
    co_await send_control();
    co_return ec;
}

asio::awaitable<void> Http2Session::read_rest() {
    using namespace asio::experimental::awaitable_operators;
    auto both = async::pause(max_rest) || keep_reading();
    co_await std::move(both);
    co_await send_control();
}

}  // namespace pathology::pathoc
