// The two bodies of one HTTP/2 stream: what came and was not read yet, and what goes as far as windows let it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/http2/content.hpp>
#include <pathology/proxycore/layers/exchange/http_streams.hpp>
#include <string>
#include <string_view>

#include "layers/http2/wire.hpp"

namespace pathology::proxycore::layers {

/// Lives until its stream is closed, since the session asks it for content until then.
///
/// Back-pressure: what is not read stays within the window that the peer was given; it gets room as pieces are read.
class Http2Body final : public http2::Content {
public:
    explicit Http2Body(Http2Wire& wire) : wire_(wire), limit_(wire.limit()) {}

    /// The stream it belongs to, once that has a number.
    void bind(http2::StreamId stream) { id_ = stream; }
    http2::StreamId id() const { return id_; }
    Http2Wire& wire() { return wire_; }
    /// How long the peer may do nothing of what is waited for.
    void set_time_limit(net::TimeLimit limit) { limit_ = limit; }

    // --- what the session tells ---
    void take(std::string_view data);
    void end(http::Fields const& trailers);
    /// The stream is over; `failure` when that was not in order.
    void close(std::optional<Failure> failure);
    /// Lets a wait() end.
    void ring() { bell_.notify(); }

    // --- for whoever has the exchange ---
    /// The next piece; empty at the end. The view lives until the next call.
    asio::awaitable<Result<std::string_view>> read();
    http::Fields const& trailers_in() const { return trailers_in_; }
    asio::awaitable<Result<void>> send(std::string_view piece);
    asio::awaitable<Result<void>> finish(http::Fields const* trailers);
    /// The last piece, and the end with it.
    asio::awaitable<Result<void>> send_last(std::string_view piece, http::Fields const* trailers);
    /// Ends our side, without waiting until that went out.
    void end_out(http::Fields const* trailers);
    /// Our side ended with the head.
    void note_end_out() { has_ended_out_ = true; }
    /// Nobody reads the rest of the peer's message; the stream ends with ours.
    void drop_in();
    /// Ends what is under way with a failure, and all that comes after it, and resets the stream.
    void abort(http2::ErrorCode error) noexcept;
    /// Has `then` called when the stream is over or the exchange has failed; null takes it back.
    void when_over(std::function<void()> then) { over_ = std::move(then); }
    /// Waits for anything to happen to the stream; false = nothing did for as long as the limit says.
    asio::awaitable<bool> wait();

    /// The peer's message is whole, and there was nothing in it.
    bool is_empty_in() const { return has_ended_in_ && !has_come_ && trailers_in_.empty(); }
    bool is_closed() const { return is_closed_; }
    bool has_ended_in() const { return has_ended_in_; }    ///< the peer's message is whole
    bool has_ended_out() const { return has_ended_out_; }  ///< ours is, and went out
    std::optional<Failure> const& failure() const { return failure_; }
    /// What it is when wait() was in vain.
    Failure silence() const;

private:
    std::optional<Piece> peek(std::size_t limit) override;
    void consume(std::size_t size) override;
    http::Fields const* trailers() const override { return &trailers_out_; }
    asio::awaitable<Result<void>> wait_until_sent();
    void give_room();
    void fail(Failure failure);
    void tell_of_end();

    Http2Wire& wire_;
    http2::StreamId id_ = 0;
    async::Event bell_;
    net::TimeLimit limit_;

    std::string came_;      // and nobody has looked at it
    std::string read_;      // of it were handed out…
    std::size_t at_ = 0;    // …the bytes before this, and the last of them…
    std::size_t lent_ = 0;  // …are still looked at
    http::Fields trailers_in_;
    std::string_view going_;  // belongs to a sender who waits
    http::Fields trailers_out_;
    bool is_last_ = false;  // nothing follows what goes
    bool has_come_ = false, has_ended_in_ = false, has_ended_out_ = false, is_closed_ = false;
    std::optional<Failure> failure_;
    std::function<void()> over_;
};

}  // namespace pathology::proxycore::layers
