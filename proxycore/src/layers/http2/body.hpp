// Both bodies of one HTTP/2 stream: a receive buffer, and what is sent as far as flow control allows.
//
//   receiving:   DATA ─▶ received_ ─(swap when the other is used up)─▶ delivering_ ─▶ read()
//
//                delivering_:  │ consumed │ borrowed_ │ not delivered │
//                                                     ▲ delivered_
//                The reader looks at the last `borrowed_` bytes before `delivered_`; its next read() consumes them,
//                which opens the peer's window by as many.
//
//   sending:     send() ─▶ sending_ ─▶ Session, as windows allow
//                sending_ is a view of the sender's bytes; send() ends when it is empty.
//
//   our side:    open ──(finish, send_last)──▶ is_last_ ──(the session has it)──▶ has_sent_end
//   peer's side: open ──(END_STREAM)──▶ has_received_end
//   both:        any state ──(abort, ignore_input)──▶ failed ──▶ closed; closed is the session's last word
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/http2/content.hpp>
#include <string>
#include <string_view>

#include "layers/exchange/http_streams.hpp"
#include "layers/http2/connection.hpp"

namespace pathology::proxycore::layers {

/// Must live until its stream is closed, since the session asks it for content until then.
///
/// Back-pressure: the peer may send as much as its window allows beyond what was read.
class Http2Body final : public http2::Content {
public:
    explicit Http2Body(Http2Connection& connection) : connection_(connection), limit_(connection.limit()) {}

    /// The stream it belongs to, once that has a number.
    void bind(http2::StreamId stream) { id_ = stream; }
    http2::StreamId id() const { return id_; }
    Http2Connection& connection() { return connection_; }
    /// How long the peer may make no progress in what is waited for.
    void set_time_limit(net::TimeLimit limit) { limit_ = limit; }

    // --- events of the session ---
    void on_data(std::string_view data);
    void on_end(http::Fields const& trailers);
    /// The stream is closed, with a failure if that was premature.
    void on_closed(std::optional<Failure> failure);
    /// Ends a wait().
    void notify() { changed_.notify(); }

    // --- for the exchange ---
    /// The next piece; empty at the end. The view lives until the next call.
    asio::awaitable<Result<std::string_view>> read();
    /// The result of read() if that needs no waiting; std::nullopt if it does.
    std::optional<Result<std::string_view>> read_now();
    http::Fields const& received_trailers() const { return received_trailers_; }
    asio::awaitable<Result<void>> send(std::string_view piece);
    asio::awaitable<Result<void>> finish(http::Fields const* trailers);
    /// Sends the last piece, and ends our side.
    asio::awaitable<Result<void>> send_last(std::string_view piece, http::Fields const* trailers);
    /// Ends our side, without waiting until that was sent.
    void send_end(http::Fields const* trailers);
    /// Our side ended with the head.
    void set_sent_end() { has_sent_end_ = true; }
    /// Drops the rest of the peer's message; the stream ends when our side does.
    void ignore_input();
    /// Resets the stream. Pending and later operations fail.
    void abort(http2::ErrorCode error) noexcept;
    /// Calls `then` when the stream is closed or the exchange has failed; nullptr takes it back.
    void set_on_over(std::function<void()> then) { on_over_ = std::move(then); }
    /// Waits until anything happens to the stream. Returns false if nothing did within the time limit.
    asio::awaitable<bool> wait();

    /// The peer's message is complete and has neither content nor trailers.
    bool is_input_empty() const { return has_received_end_ && !has_received_data_ && received_trailers_.empty(); }
    bool is_closed() const { return is_closed_; }
    bool has_received_end() const { return has_received_end_; }
    bool has_sent_end() const { return has_sent_end_; }
    std::optional<Failure> const& failure() const { return failure_; }
    /// The failure for a wait() that returned false.
    Failure silence() const;

private:
    std::optional<Piece> peek(std::size_t limit) override;
    void consume(std::size_t size) override;
    http::Fields const* trailers() const override { return &trailers_to_send_; }
    asio::awaitable<Result<void>> wait_until_sent();
    void consume_borrowed();
    void fail(Failure failure);
    void notify_over();

    Http2Connection& connection_;
    http2::StreamId id_ = 0;
    async::Event changed_;
    net::TimeLimit limit_;

    // --- see the drawing above ---
    std::string received_;
    std::string delivering_;
    std::size_t delivered_ = 0;
    std::size_t borrowed_ = 0;
    http::Fields received_trailers_;
    std::string_view sending_;
    http::Fields trailers_to_send_;
    bool is_last_ = false;
    bool has_received_data_ = false, has_received_end_ = false, has_sent_end_ = false, is_closed_ = false;
    std::optional<Failure> failure_;
    std::function<void()> on_over_;
};

/// The bytes of a stream that was opened by CONNECT (RFC 9113 §8.5, RFC 8441 §5): content is bytes, END_STREAM the end
/// of a side, RST_STREAM with `reset` a reset: CONNECT_ERROR in a tunnel by CONNECT, CANCEL in a WebSocket.
std::unique_ptr<net::Stream> make_http2_tunnel(std::shared_ptr<Http2Body> body, http2::ErrorCode reset);

}  // namespace pathology::proxycore::layers
