// HTTP/1 for a test client, which must report a response also when its own request was cut off or refused halfway:
//
//     exchange ─▶ send, and read at the same time if the message is large ─┬─ sent ─▶ receive
//                                                                          ├─ early error response ─▶ receive_after
//                                                                          └─ write error ─▶ receive_after
//
// Small messages fit into the socket buffers, so the server cannot block them, and no second coroutine is needed.

#include <pathology/pathoc/session.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <optional>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/record/frame_recorder.hpp>
#include <pathology/proxycore/tls/errc.hpp>

#include "response_collector.hpp"

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace http1 = proxycore::http1;
namespace net = proxycore::net;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t max_unwatched = 256U << 10U;  // up to this size a message is sent without reading
constexpr auto minimal_limit = std::chrono::milliseconds(1);

}  // namespace

Failure overdue_failure(SendResult const& result) {
    Failure made;
    made.code = Errc::timed_out;
    made.cause = result.error;
    made.message =
        result.disconnected
            ? "Timeout: the spec holds the connection, and the server did not end it in time"
            : "Timeout: the spec pauses for ever, and the server neither responded nor ended the connection in time";
    made.bytes_sent = result.bytes;
    return made;
}

Failure closed_by_spec(std::uint64_t bytes_sent) {
    Failure made;
    made.code = Errc::closed_by_spec;
    made.message = "Disconnected by the spec after " + std::to_string(bytes_sent) + " bytes";
    made.bytes_sent = bytes_sent;
    return made;
}

class Session::Impl {
public:
    Impl(std::unique_ptr<net::Stream> stream, SessionSettings settings)
        : stream_(std::move(stream)),
          settings_(settings),
          responses_(settings.body_limit, settings.raw_limit),
          frames_({.payload = settings.raw_limit, .raw = settings.raw_limit}) {
        stream_->set_time_limit(settings_.time_limit);
    }

    asio::awaitable<Result<SendResult>> send(SendRequest message);
    asio::awaitable<Result<Response>> receive();
    asio::awaitable<Result<Response>> exchange(SendRequest message);
    asio::awaitable<Result<proxycore::record::RecordedFrame>> receive_frame();

    std::string const& sent() const { return sent_.bytes; }
    std::string partial() const { return responses_.partial(); }
    net::Stream& stream() { return *stream_; }
    void set_time_limit(net::TimeLimit limit) {
        settings_.time_limit = limit;
        stream_->set_time_limit(limit);
    }

private:
    asio::awaitable<error_code> read_more();
    asio::awaitable<void> send_into(SendRequest message, std::optional<Result<SendResult>>& into);
    asio::awaitable<void> read_early_response();
    asio::awaitable<Result<SendResult>> send_while_reading(SendRequest message);
    asio::awaitable<Result<Response>> receive_after(SendResult written);

    Failure failure(Errc code, std::string message, error_code cause = {}) const;
    Failure invalid(http1::Failure const& why) const;
    Failure read_failure(error_code ec) const;

    std::unique_ptr<net::Stream> stream_;
    SessionSettings settings_;
    language::Player player_;
    language::CapturedBytes sent_;
    ResponseCollector responses_;
    proxycore::record::FrameRecorder frames_;
    Clock::time_point head_at_;
};

Failure Session::Impl::failure(Errc code, std::string message, error_code cause) const {
    Failure made;
    made.code = code;
    made.message = std::move(message);
    made.cause = cause;
    made.bytes_received = responses_.partial_size();
    return made;
}

Failure Session::Impl::invalid(http1::Failure const& why) const {
    bool const too_short = why.code == http1::Errc::eof_in_head || why.code == http1::Errc::eof_in_body;
    return failure(too_short ? Errc::server_closed : Errc::invalid_response, "Invalid server response: " + why.message);
}

Failure Session::Impl::read_failure(error_code ec) const {
    if (ec == net::Errc::timed_out) return failure(Errc::timed_out, "Timeout", ec);
    auto const bytes = std::to_string(responses_.partial_size());
    return failure(Errc::server_closed, "Invalid server response: " + net::describe(ec) + " after " + bytes + " bytes",
                   ec);
}

// --- out -------------------------------------------------------------------------------------------------------------

asio::awaitable<Result<SendResult>> Session::Impl::send(SendRequest message) {
    if (message.has_response) responses_.expect_response_to(message.method);
    sent_.limit = settings_.raw_limit;
    sent_.bytes.clear();
    player_.start(message.plan, message.seed);
    auto const performance = co_await language::send_plan(*stream_, player_, &sent_, settings_.time_limit);
    if (performance.spec) co_return failure(Errc::bad_spec, performance.spec->message);
    SendResult result;
    result.bytes = performance.bytes_written;
    result.half_closed = performance.ending == language::Ending::half;
    result.disconnected = performance.ending && !result.half_closed;
    result.error = performance.connection;
    result.is_overdue = performance.is_overdue;
    co_return result;
}

asio::awaitable<void> Session::Impl::send_into(SendRequest message, std::optional<Result<SendResult>>& into) {
    into.emplace(co_await send(message));
}

/// Reads while a request is being sent. Returns when sending the rest is useless: the server responded with an error,
/// or closed its side (RFC 9112 §9.5). Otherwise it waits until it is cancelled.
asio::awaitable<void> Session::Impl::read_early_response() {
    for (;;) {
        auto const progress = responses_.advance();
        if (!progress || *progress == ResponseCollector::State::nothing_comes) co_return;
        if (responses_.has_head()) {
            head_at_ = Clock::now();
            if (responses_.response().status() >= 400) co_return;
            co_await async::pause(std::nullopt);
        }
        if (auto const ec = co_await read_more(); ec == net::Errc::timed_out) {
            co_await async::pause(std::nullopt);  // a server need not send anything while it receives
        } else if (ec) {
            co_return;
        }
    }
}

asio::awaitable<Result<SendResult>> Session::Impl::send_while_reading(SendRequest message) {
    using namespace asio::experimental::awaitable_operators;
    bool const may_read = message.has_response && !message.plan.holds();
    if (!may_read || message.plan.length <= max_unwatched) co_return co_await send(message);
    std::optional<Result<SendResult>> sent;
    co_await (send_into(message, sent) || read_early_response());
    if (sent) co_return *sent;
    // The rest of the request was not needed: the response is read next.
    SendResult stopped;
    stopped.error = asio::error::operation_aborted;
    co_return stopped;
}

// --- in --------------------------------------------------------------------------------------------------------------

asio::awaitable<error_code> Session::Impl::read_more() {
    auto const into = responses_.prepare();
    auto const got = co_await stream_->read_some(asio::buffer(into.data(), into.size()));
    responses_.commit(got.n);
    // Some servers close TLS without close_notify. Between responses nothing is lost by that.
    bool const is_unclean_end = got.ec == proxycore::tls::Errc::truncated && responses_.partial_size() == 0;
    if (!got.is_end() && !is_unclean_end) co_return got.ec;
    responses_.end();
    co_return error_code();
}

asio::awaitable<Result<Response>> Session::Impl::receive() {
    for (;;) {
        auto const progress = responses_.advance();
        if (!progress) co_return invalid(progress.error());
        switch (*progress) {
            case ResponseCollector::State::whole: co_return responses_.take();
            case ResponseCollector::State::has_head: head_at_ = Clock::now(); break;
            case ResponseCollector::State::nothing_comes:
                co_return failure(Errc::server_closed, "Invalid server response: Server disconnected");
            case ResponseCollector::State::wants_more:
                if (auto const ec = co_await read_more()) co_return read_failure(ec);
                break;
        }
    }
}

/// Reads the response of a server that stopped reading the request: it may have sent one before.
asio::awaitable<Result<Response>> Session::Impl::receive_after(SendResult written) {
    bool const is_stuck = written.error == net::Errc::timed_out;
    // The limit has passed already; only a response that is here counts.
    if (is_stuck) stream_->set_time_limit(minimal_limit);
    auto response = co_await receive();
    if (is_stuck) stream_->set_time_limit(settings_.time_limit);
    if (response) {
        response->keep_alive = false;
        stream_->close(net::CloseMode::fin);
        co_return response;
    }
    auto why = response.error();
    if (written.is_overdue && why.code == Errc::timed_out && why.bytes_received == 0)
        co_return overdue_failure(written);
    if (why.code == Errc::server_closed && why.bytes_received == 0) {
        why.message =
            "Invalid server response: Server disconnected after " + std::to_string(written.bytes) + " bytes were sent";
    }
    if (!why.cause) why.cause = written.error;
    co_return why;
}

asio::awaitable<Result<Response>> Session::Impl::exchange(SendRequest message) {
    auto const started = Clock::now();
    auto const written = co_await send_while_reading(message);
    if (!written) co_return written.error();
    auto const sent_at = Clock::now();
    if (written->disconnected)
        co_return written->is_overdue ? overdue_failure(*written) : closed_by_spec(written->bytes);
    auto receiving = written->error ? receive_after(*written) : receive();
    auto response = co_await std::move(receiving);
    if (!response) {
        auto why = response.error();
        why.bytes_sent = written->bytes;
        co_return why;
    }
    if (written->half_closed) response->keep_alive = false;
    response->timings.sent = sent_at - started;
    response->timings.head = head_at_ - started;
    response->timings.whole = Clock::now() - started;
    co_return response;
}

asio::awaitable<Result<proxycore::record::RecordedFrame>> Session::Impl::receive_frame() {
    frames_.feed(responses_.take_buffered());
    for (;;) {
        if (auto frame = frames_.next()) co_return std::move(*frame);
        if (responses_.has_ended() && frames_.is_between_frames())
            co_return failure(Errc::server_closed, "Server disconnected");
        if (responses_.has_ended()) co_return failure(Errc::invalid_response, "Invalid frame: Unexpected EOF");
        if (auto const ec = co_await read_more()) co_return read_failure(ec);
        frames_.feed(responses_.take_buffered());
    }
}

// --- public interface ------------------------------------------------------------------------------------------------

Session::Session(std::unique_ptr<net::Stream> stream, SessionSettings settings)
    : impl_(std::make_unique<Impl>(std::move(stream), settings)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;

asio::awaitable<Result<SendResult>> Session::send(SendRequest message) { return impl_->send(message); }
asio::awaitable<Result<Response>> Session::receive() { return impl_->receive(); }
asio::awaitable<Result<Response>> Session::exchange(SendRequest message) { return impl_->exchange(message); }
asio::awaitable<Result<proxycore::record::RecordedFrame>> Session::receive_frame() { return impl_->receive_frame(); }
std::string const& Session::sent() const { return impl_->sent(); }
std::string Session::partial() const { return impl_->partial(); }
net::Stream& Session::stream() { return impl_->stream(); }
void Session::set_time_limit(net::TimeLimit limit) { impl_->set_time_limit(limit); }
void Session::close() { impl_->stream().close(net::CloseMode::fin); }

}  // namespace pathology::pathoc
