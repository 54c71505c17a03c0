// The bytes of an HTTP/2 connection: one coroutine reads, one writes, and a session makes sense of it.
//
//   reading:  stream ──▶ session ──▶ events ──▶ streams
//   writing:  stream ◀── session ◀── heads, content, windows
//
// Whoever gives the session something to say rings. Nobody but the writer writes.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <pathology/proxycore/http2/session.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <string_view>

#include <pathology/proxycore/async/event.hpp>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;

/// A connection, as far as both sides have it.
class Http2Wire {
public:
    /// `who` is the peer, for messages: "the client". `limit` is how long it may be silent.
    Http2Wire(std::unique_ptr<net::Stream> stream, std::string who, net::TimeLimit limit);
    Http2Wire(Http2Wire const&) = delete;
    Http2Wire& operator=(Http2Wire const&) = delete;
    virtual ~Http2Wire() = default;

    /// Speaks until the session is over, the peer is gone, or close(). Streams that are left then have failed. A peer
    /// that is silent gets GOAWAY when it has no streams; else it is asked for a sign of life, and given up without
    /// one.
    asio::awaitable<void> run();
    /// Says GOAWAY as far as that goes without waiting, and ends run().
    void close();
    bool has_ended() const { return end_.has_value(); }

    // --- for streams ---
    void resume(http2::StreamId stream);
    void consume(http2::StreamId stream, std::size_t size);
    void ignore(http2::StreamId stream);
    void reset(http2::StreamId stream, http2::ErrorCode error);
    /// There is something to write.
    void ring() { writer_.notify(); }

    std::string const& who() const { return who_; }
    net::TimeLimit limit() const { return limit_; }
    asio::any_io_executor executor() { return stream_->executor(); }
    net::Stream& stream() { return *stream_; }

protected:
    /// Why the connection ended, when it was not in order.
    std::optional<Failure> const& end() const { return end_; }

private:
    asio::awaitable<void> read();
    asio::awaitable<void> write();
    asio::awaitable<void> flush();
    void take(std::string_view bytes);
    void end_input(net::error_code ec);
    void end_session();
    void give_up(Failure failure);

    // --- the session ---
    virtual void feed(std::string_view bytes) = 0;
    virtual void drain(std::string& out, std::size_t limit) = 0;
    /// Gives the events that are there to the streams.
    virtual void take_events() = 0;
    virtual bool is_over() const = 0;
    virtual std::size_t queued() const = 0;
    virtual std::size_t streams() const = 0;
    virtual std::optional<http2::Failure> failure() const = 0;
    virtual void say_goodbye() = 0;
    virtual void abandon(std::string_view reason) = 0;
    virtual bool asks_for_life() = 0;
    virtual void resume_content(http2::StreamId stream) = 0;
    virtual void consume_content(http2::StreamId stream, std::size_t size) = 0;
    virtual void ignore_content(http2::StreamId stream) = 0;
    virtual void reset_stream(http2::StreamId stream, http2::ErrorCode error) = 0;

    std::unique_ptr<net::Stream> stream_;
    std::string who_;
    net::TimeLimit limit_;
    async::Event writer_, reader_;  // the reader waits while too much waits to be written
    std::string out_;
    std::optional<Failure> end_;
    bool is_writing_ = false;  // and nobody knows how far that came
    bool is_mute_ = false;     // nothing can be written any more
};

/// The same over the session of one side.
template <class Session> class Http2WireOf : public Http2Wire {
public:
    template <class Settings>
    Http2WireOf(std::unique_ptr<net::Stream> stream, std::string who, net::TimeLimit limit, http2::Role role,
                Settings const& settings)
        : Http2Wire(std::move(stream), std::move(who), limit), session_(role, settings) {}

protected:
    Session& session() { return session_; }
    Session const& session() const { return session_; }

private:
    void feed(std::string_view bytes) final { session_.feed(bytes); }
    void drain(std::string& out, std::size_t limit) final { session_.drain(out, limit); }
    bool is_over() const final { return session_.is_over(); }
    std::size_t queued() const final { return session_.queued_frames(); }
    std::size_t streams() const final { return session_.streams(); }
    std::optional<http2::Failure> failure() const final { return session_.failure(); }
    void say_goodbye() final { session_.go_away(http2::ErrorCode::no_error); }
    void abandon(std::string_view reason) final { session_.abandon(reason); }
    /// False when the last question is not answered yet.
    bool asks_for_life() final {
        if (session_.unanswered_pings() > 0) return false;
        session_.ping();
        return true;
    }
    void resume_content(http2::StreamId stream) final { session_.resume(stream); }
    void consume_content(http2::StreamId stream, std::size_t size) final { session_.consume(stream, size); }
    void ignore_content(http2::StreamId stream) final { session_.ignore_content(stream); }
    void reset_stream(http2::StreamId stream, http2::ErrorCode error) final { session_.reset(stream, error); }

    Session session_;
};

}  // namespace pathology::proxycore::layers
