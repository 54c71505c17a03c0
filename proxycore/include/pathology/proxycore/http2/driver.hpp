// Moves bytes between a session and a stream: one coroutine reads, one writes.
//
//   reading:  stream ──▶ Session::feed ──▶ Handler::on_events
//   writing:  stream ◀── output ◀─┬─ Session::drain
//                                 └─ Handler::write_frames   (frames of the handler's own)
//
// Whoever makes the session have something to send calls notify(). Nobody but the writer writes to the stream.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>
#include <pathology/proxycore/async/event.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::http2 {

namespace asio = boost::asio;

/// The reader and the writer of one connection.
///
/// Back-pressure: what a slow peer does not read stays in the session, bounded by windows; nothing is read from a peer
///         while more than `max_queued_frames` wait for it.
/// Cancel: terminal cancellation ends run(); the output may then end inside a frame.
/// Thread: that of the stream.
class Driver {
public:
    static constexpr std::size_t max_read = 16 * 1024;        ///< bytes of one read
    static constexpr std::size_t max_output = 64 * 1024;      ///< bytes of one write
    static constexpr std::size_t max_idle_output = 4 * 1024;  ///< memory that a connection without streams keeps
    static constexpr std::size_t max_queued_frames = 2000;
    using Clock = std::chrono::steady_clock;

    /// The owner of the connection.
    class Handler {
    public:
        /// The session may have events.
        virtual void on_events() = 0;
        /// Reading failed, or the peer has ended its side (eof). Returns true to read on, as after a timeout.
        virtual bool on_read_error(net::error_code ec) = 0;
        /// Writing failed; the writer ends.
        virtual void on_write_error(net::error_code ec) = 0;
        /// Nothing is ready to be sent. Returns true if nothing ever will be: the writer ends.
        virtual bool is_finished() = 0;
        /// The writer has ended, but not by cancellation.
        virtual void on_writer_end() {}

        // --- for handlers that record the bytes ---
        virtual void on_received(std::string_view /*bytes*/) {}
        virtual void on_sending(std::string_view /*bytes*/) {}

        // --- for handlers that write frames of their own, see Session::take_over() ---
        virtual void on_turn(StreamId /*stream*/) {}
        virtual bool has_frames() const { return false; }
        /// Appends to output(), and may flush() and wait_until().
        virtual asio::awaitable<void> write_frames() { co_return; }
        /// When has_frames() becomes true by itself.
        virtual std::optional<Clock::time_point> next_deadline() const { return std::nullopt; }

    protected:
        ~Handler() = default;
    };

    /// All must outlive the driver.
    Driver(net::Stream& stream, Session& session, Handler& handler);
    Driver(Driver const&) = delete;
    Driver& operator=(Driver const&) = delete;

    /// Reads and writes until both have ended: by is_finished(), by an error, or by close().
    asio::awaitable<void> run();
    /// Processes bytes that were read before run().
    asio::awaitable<void> receive_in_turns(std::string_view bytes);
    void receive(std::string_view bytes);
    /// There may be something to send.
    void notify();
    /// As notify(), and moves frames that are ready to the output at once, unless the peer is slow: content that its
    /// windows allow is then consumed when this returns. The writer sends it. Not for sessions with streams that are
    /// taken over, nor from within a Content.
    void drain_now();

    /// Sends GOAWAY as far as that is possible without waiting; the output must be between two frames.
    void send_goaway_now();
    /// Reads no more, but for what one read that waits already may get.
    void stop_reading() { reads_ = false; }
    /// Ends the writer.
    void close_output();
    /// Ends reader and writer, and closes the stream.
    void close();
    bool is_writing() const { return is_writing_; }  ///< true for long if the peer reads slowly
    bool is_output_closed() const { return is_output_closed_; }

    // --- for write_frames() ---
    std::string& output() { return output_; }
    /// Sends the output.
    asio::awaitable<void> flush();
    /// Waits for notify(), at most until a time.
    asio::awaitable<void> wait_until(std::optional<Clock::time_point> deadline);

private:
    asio::awaitable<void> read();
    asio::awaitable<void> write();
    asio::awaitable<void> wait_for_output();

    net::Stream& stream_;
    Session& session_;
    Handler& handler_;
    async::Event writer_, reader_;  // the reader waits while too many frames wait to be sent
    std::optional<asio::steady_timer> deadline_;
    std::string output_;       // to be sent next
    std::string sending_;      // given to the stream
    bool is_writing_ = false;  // and it is unknown how much of `sending_` was sent
    bool reads_ = true, is_input_closed_ = false, is_output_closed_ = false;
};

}  // namespace pathology::proxycore::http2
