// The server's side of an HTTP/2 connection, without its socket (RFC 9113).
//
//             feed                 next()                          respond / take_over
//   bytes ───────────▶ session ──────────────▶ request … data … end ─────────────────┐
//   bytes ◀─────────── session ◀──────────────────────────────────────────────────────┘
//             drain              (heads as given, content cut by flow control)
//
// Streams, flow control, SETTINGS, PING, GOAWAY and the judgement of what the client sends are nghttp2's, with limits
// of our own. Responses are given as fields, or as bytes of field blocks that go out as they are.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/http2/content.hpp>
#include <pathology/proxycore/http2/failure.hpp>
#include <pathology/proxycore/http2/message.hpp>
#include <pathology/proxycore/http2/session_settings.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::http2 {

/// What a server announces and how much it takes.
struct ServerSettings : SessionSettings {
    std::uint32_t max_streams = 100;   ///< SETTINGS_MAX_CONCURRENT_STREAMS
    bool extended_connect = false;     ///< SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441)
    std::uint64_t reset_burst = 1000;  ///< RST_STREAM the client may send at once, further ones at `reset_rate`
    std::uint64_t reset_rate = 33;     ///< per second
};

/// What became of a stream.
struct Event {
    enum class Type {
        request,  ///< a head is whole and right
        data,     ///< a piece of its content
        end,      ///< the request is whole
        closed,   ///< the stream is over on both sides, also one whose head never was whole
    };
    Type type = Type::request;
    StreamId stream = 0;
    Request const* request = nullptr;       ///< of the stream; that of `closed` lives until the next call of next()
    std::string_view data{};                ///< of data
    ErrorCode error = ErrorCode::no_error;  ///< of closed: why it was reset
    bool by_client = false;                 ///< of closed with an error: the client reset it, else we did
    std::string_view reason{};              ///< of closed with an error of ours, where there is more to say
};

class ServerMachine;  // the inside of ServerSession, private to the library

/// A connection's state machine.
///
/// Thread: one at a time; not from a Content.
/// Memory: what is queued is bounded by the streams the client may open; drained bytes belong to the caller.
/// Errors: a client that breaks the protocol gets RST_STREAM or GOAWAY with the code of the RFC; see failure().
class ServerSession {
public:
    explicit ServerSession(ServerSettings const& settings = {});
    ~ServerSession();
    ServerSession(ServerSession const&) = delete;
    ServerSession& operator=(ServerSession const&) = delete;

    /// Begins with a request that came by HTTP/1.1 and `Upgrade: h2c`; it is stream 1, and the client's preface is
    /// still to come. `http2_settings` is the field HTTP2-Settings as sent. Gives request and end as events.
    /// Errors: the field is no base64url of SETTINGS.
    Result<void> upgrade(std::string_view http2_settings, http::RequestHead const& head);

    /// Takes bytes of the client, beginning with its preface. They have to stay as they are until next() has given
    /// nothing. False when reading on is of no use: drain, then close.
    bool feed(std::string_view bytes);

    /// The next event, of the bytes fed and of those drained.
    std::optional<Event> next();

    /// With WindowUpdates::when_consumed: so many bytes of the stream's data were used, and more may come. What a
    /// closed stream has left over counts as used.
    void consume(StreamId stream, std::size_t size);
    /// Nobody wants the rest of the request's content: it is dropped, and if it has not ended when the answer has, the
    /// stream is reset with NO_ERROR (RFC 9113 §8.1).
    void ignore_content(StreamId stream);

    /// Lets a client that waits for it send its content: 100 (Continue).
    void send_continue(StreamId stream);
    /// Sends an interim response (1xx), before the answer.
    void inform(StreamId stream, http::ResponseHead const& head);

    /// Answers a stream: status and fields of `head`, names in lower case, then `content` and its trailers; null: there
    /// is none. Fields that HTTP/2 forbids are for the caller to leave out. After the 2xx answer to a CONNECT, content
    /// is what goes through the tunnel. A connection whose field blocks were given as bytes cannot have this.
    void respond(StreamId stream, http::ResponseHead const& head, Content* content);

    /// Answers a stream. `head` is the whole HEADERS frame, with CONTINUATION frames where it needs them; their stream
    /// ids are written over. Without `content` the last thing on the stream is the head, which has to say so.
    /// Both must live until the stream is closed. A stream that is closed already ignores it.
    void respond(StreamId stream, std::string_view head, Content* content);
    /// There is content again.
    void resume(StreamId stream);

    /// Answers a stream with bytes of the caller's own: at the stream's turn drain() stops, and what follows is the
    /// caller's, who says finish() after it. Flow control may be asked for, in between.
    void take_over(StreamId stream);
    /// Asks that `size` bytes of content may be sent on a stream that was taken over; see allowance().
    void ask_allowance(StreamId stream, std::size_t size);
    /// How many of the bytes asked for may be sent by now; grows while drain() runs.
    std::size_t allowance(StreamId stream) const;
    /// Uses that much of it.
    void spend_allowance(StreamId stream, std::size_t size);
    void finish(StreamId stream);

    /// Resets a stream.
    void reset(StreamId stream, ErrorCode error);
    /// Says GOAWAY: with NO_ERROR streams at work go on to their end, else all is over once it is sent.
    void go_away(ErrorCode error);
    /// Asks the client for a sign of life.
    void ping();
    /// How many of them it has not answered.
    std::size_t unanswered_pings() const;
    /// The connection is lost: every stream that is left gives `closed` with this reason. Nothing can be done after it.
    void abandon(std::string_view reason);

    /// Appends frames to `out` until it holds `limit` bytes or nothing is ready. Gives the stream whose turn to be
    /// taken over has come: its bytes stand right behind those drained.
    std::optional<StreamId> drain(std::string& out, std::size_t limit);

    bool wants_write() const;
    /// Frames that wait to be drained. A caller who reads on while they grow, does not end.
    std::size_t queued() const;
    /// Nothing is to be read or written any more.
    bool is_over() const;
    /// What the client did wrong, when it had to be told GOAWAY or worse.
    std::optional<Failure> const& failure() const;
    /// The streams that are open or half closed.
    std::size_t streams() const;
    /// SETTINGS_HEADER_TABLE_SIZE and SETTINGS_MAX_FRAME_SIZE of the client.
    std::uint32_t peer_header_table() const;
    std::uint32_t peer_max_frame() const;

private:
    std::unique_ptr<ServerMachine> machine_;
};

/// Whether a connection's first bytes are the client preface of HTTP/2 (RFC 9113 §3.4): yes, no, or too few to tell.
std::optional<bool> begins_with_preface(std::string_view bytes);

}  // namespace pathology::proxycore::http2
