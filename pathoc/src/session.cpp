#include <pathology/pathoc/session.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <optional>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/record/frame_recorder.hpp>
#include <pathology/proxycore/tls/errc.hpp>

#include "reply_reader.hpp"

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace http1 = proxycore::http1;
namespace async = proxycore::async;
namespace net = proxycore::net;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t fits_in_flight = 256U << 10U;  // a message up to this size is sent without listening
constexpr auto no_time = std::chrono::milliseconds(1);

}  // namespace

class Session::Impl {
public:
    Impl(std::unique_ptr<net::Stream> stream, SessionSettings settings)
        : stream_(std::move(stream)),
          settings_(settings),
          replies_(settings.body_limit, settings.raw_limit),
          frames_({.payload = settings.raw_limit, .raw = settings.raw_limit}) {
        stream_->set_time_limit(settings_.time_limit);
    }

    asio::awaitable<Result<Written>> send(Outgoing message);
    asio::awaitable<Result<Reply>> receive();
    asio::awaitable<Result<Reply>> exchange(Outgoing message);
    asio::awaitable<Result<proxycore::record::RecordedFrame>> receive_frame();

    std::string const& sent() const { return sent_.bytes; }
    std::string partial() const { return replies_.partial(); }
    net::Stream& stream() { return *stream_; }

private:
    using Sending = std::optional<Result<Written>>;

    asio::awaitable<error_code> read_more();
    asio::awaitable<void> send_into(Outgoing message, Sending& into);
    asio::awaitable<void> hear_refusal();
    asio::awaitable<Result<Written>> send_listening(Outgoing message);
    asio::awaitable<Result<Reply>> receive_after(Written written);

    Failure failure(Errc code, std::string message, error_code cause = {}) const;
    Failure broken(http1::Failure const& why) const;
    Failure read_failure(error_code ec) const;

    std::unique_ptr<net::Stream> stream_;
    SessionSettings settings_;
    language::Player player_;
    language::CapturedBytes sent_;
    ReplyReader replies_;
    proxycore::record::FrameRecorder frames_;
    Clock::time_point head_at_;
};

Failure Session::Impl::failure(Errc code, std::string message, error_code cause) const {
    Failure made;
    made.code = code;
    made.message = std::move(message);
    made.cause = cause;
    made.bytes_received = replies_.partial_size();
    return made;
}

Failure Session::Impl::broken(http1::Failure const& why) const {
    bool const too_short = why.code == http1::Errc::eof_in_head || why.code == http1::Errc::eof_in_body;
    return failure(too_short ? Errc::server_closed : Errc::invalid_response, "Invalid server response: " + why.message);
}

Failure Session::Impl::read_failure(error_code ec) const {
    if (ec == net::Errc::timed_out) return failure(Errc::timed_out, "Timeout", ec);
    auto const bytes = std::to_string(replies_.partial_size());
    return failure(Errc::server_closed, "Invalid server response: " + net::describe(ec) + " after " + bytes + " bytes",
                   ec);
}

// --- out -------------------------------------------------------------------------------------------------------------

asio::awaitable<Result<Written>> Session::Impl::send(Outgoing message) {
    if (message.awaits_reply) replies_.expect_response_to(message.method);
    sent_.limit = settings_.raw_limit;
    sent_.bytes.clear();
    player_.start(message.plan, message.seed);
    auto const performance = co_await language::send_plan(*stream_, player_, &sent_);
    if (performance.spec) co_return failure(Errc::bad_spec, performance.spec->message);
    Written written;
    written.bytes = performance.bytes_written;
    written.disconnected = performance.disconnected;
    written.error = performance.connection;
    co_return written;
}

asio::awaitable<void> Session::Impl::send_into(Outgoing message, Sending& into) {
    into.emplace(co_await send(message));
}

/// Ends when going on with sending has become useless: the server refuses the request, or has ended its side
/// (RFC 9112 §9.5). Hearing anything else, it lets the sending go on.
asio::awaitable<void> Session::Impl::hear_refusal() {
    for (;;) {
        auto const progress = replies_.advance();
        if (!progress || *progress == ReplyReader::Progress::nothing_comes) co_return;
        if (replies_.has_head()) {
            head_at_ = Clock::now();
            if (replies_.reply().status() >= 400) co_return;
            co_await async::pause(std::nullopt);
        }
        if (auto const ec = co_await read_more(); ec == net::Errc::timed_out) {
            co_await async::pause(std::nullopt);  // silence is what a server owes us while we send
        } else if (ec) {
            co_return;
        }
    }
}

asio::awaitable<Result<Written>> Session::Impl::send_listening(Outgoing message) {
    using namespace asio::experimental::awaitable_operators;
    if (!message.awaits_reply || message.plan.length <= fits_in_flight) co_return co_await send(message);
    Sending sending;
    co_await (send_into(message, sending) || hear_refusal());
    if (sending) co_return *sending;
    Written stopped;
    stopped.error = asio::error::operation_aborted;
    co_return stopped;
}

// --- in --------------------------------------------------------------------------------------------------------------

asio::awaitable<error_code> Session::Impl::read_more() {
    auto const into = replies_.prepare();
    auto const got = co_await stream_->read_some(asio::buffer(into.data(), into.size()));
    replies_.commit(got.n);
    bool const is_silent_end = got.ec == proxycore::tls::Errc::truncated && replies_.partial_size() == 0;
    if (!got.is_end() && !is_silent_end) co_return got.ec;
    replies_.end();
    co_return error_code();
}

asio::awaitable<Result<Reply>> Session::Impl::receive() {
    for (;;) {
        auto const progress = replies_.advance();
        if (!progress) co_return broken(progress.error());
        switch (*progress) {
            case ReplyReader::Progress::whole: co_return replies_.take();
            case ReplyReader::Progress::has_head: head_at_ = Clock::now(); break;
            case ReplyReader::Progress::nothing_comes:
                co_return failure(Errc::server_closed, "Invalid server response: Server disconnected");
            case ReplyReader::Progress::wants_more:
                if (auto const ec = co_await read_more()) co_return read_failure(ec);
                break;
        }
    }
}

/// Looks for the reply of a server that stopped reading: it may have answered before.
asio::awaitable<Result<Reply>> Session::Impl::receive_after(Written written) {
    bool const stuck = written.error == net::Errc::timed_out;
    if (stuck) stream_->set_time_limit(no_time);
    auto reply = co_await receive();
    if (stuck) stream_->set_time_limit(settings_.time_limit);
    if (reply) {
        reply->keep_alive = false;
        stream_->close(net::CloseMode::fin);
        co_return reply;
    }
    auto why = reply.error();
    if (why.code == Errc::server_closed && why.bytes_received == 0) {
        why.message =
            "Invalid server response: Server disconnected after " + std::to_string(written.bytes) + " bytes were sent";
    }
    if (!why.cause) why.cause = written.error;
    co_return why;
}

asio::awaitable<Result<Reply>> Session::Impl::exchange(Outgoing message) {
    auto const begun = Clock::now();
    auto const written = co_await send_listening(message);
    if (!written) co_return written.error();
    auto const sent_at = Clock::now();
    if (written->disconnected) {
        auto closed = failure(Errc::closed_by_spec,
                              "Disconnected by the spec after " + std::to_string(written->bytes) + " bytes");
        closed.bytes_sent = written->bytes;
        co_return closed;
    }
    auto receiving = written->error ? receive_after(*written) : receive();
    auto reply = co_await std::move(receiving);
    if (!reply) {
        auto why = reply.error();
        why.bytes_sent = written->bytes;
        co_return why;
    }
    reply->timings.sent = sent_at - begun;
    reply->timings.head = head_at_ - begun;
    reply->timings.whole = Clock::now() - begun;
    co_return reply;
}

asio::awaitable<Result<proxycore::record::RecordedFrame>> Session::Impl::receive_frame() {
    frames_.feed(replies_.take_buffered());
    for (;;) {
        if (auto frame = frames_.next()) co_return std::move(*frame);
        if (replies_.has_ended() && frames_.is_between_frames())
            co_return failure(Errc::server_closed, "Server disconnected");
        if (replies_.has_ended()) co_return failure(Errc::invalid_response, "Invalid frame: Unexpected EOF");
        if (auto const ec = co_await read_more()) co_return read_failure(ec);
        frames_.feed(replies_.take_buffered());
    }
}

// --- the public face -------------------------------------------------------------------------------------------------

Session::Session(std::unique_ptr<net::Stream> stream, SessionSettings settings)
    : impl_(std::make_unique<Impl>(std::move(stream), settings)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;

asio::awaitable<Result<Written>> Session::send(Outgoing message) { return impl_->send(message); }
asio::awaitable<Result<Reply>> Session::receive() { return impl_->receive(); }
asio::awaitable<Result<Reply>> Session::exchange(Outgoing message) { return impl_->exchange(message); }
asio::awaitable<Result<proxycore::record::RecordedFrame>> Session::receive_frame() { return impl_->receive_frame(); }
std::string const& Session::sent() const { return impl_->sent(); }
std::string Session::partial() const { return impl_->partial(); }
net::Stream& Session::stream() { return impl_->stream(); }
void Session::close() { impl_->stream().close(net::CloseMode::fin); }

}  // namespace pathology::pathoc
