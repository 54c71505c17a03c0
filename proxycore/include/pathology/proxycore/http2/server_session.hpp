// The server's side of an HTTP/2 connection, without its socket (RFC 9113).
//
//             feed                 next()                          respond / take_over
//   bytes ───────────▶ session ──────────────▶ request … data … end ─────────────────┐
//   bytes ◀─────────── session ◀──────────────────────────────────────────────────────┘
//             drain              (heads as given, content cut by flow control)
//
// Streams, flow control, SETTINGS, PING, GOAWAY and the judgement of what the client sends are nghttp2's, with limits
// of our own. Field blocks of responses are given as bytes and go out as they are.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http2/failure.hpp>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::http2 {

using StreamId = std::uint32_t;

/// What a server announces and how much it takes.
struct ServerSettings {
    std::uint32_t max_streams = 100;              ///< SETTINGS_MAX_CONCURRENT_STREAMS
    std::uint32_t stream_window = 1U << 20U;      ///< SETTINGS_INITIAL_WINDOW_SIZE: content in flight on one stream
    std::uint32_t connection_window = 8U << 20U;  ///< content in flight on all streams
    std::uint32_t max_header_list = 64U << 10U;   ///< SETTINGS_MAX_HEADER_LIST_SIZE; larger ones reset the stream
    std::uint64_t max_content = ~0ULL;            ///< bytes of a request's content; more reset the stream
    bool extended_connect = false;                ///< SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441)
    unsigned max_continuations = 16;              ///< CONTINUATION frames of one field block
    std::size_t max_acks = 1000;                  ///< SETTINGS and PING of the client that wait for our ACK
    std::uint64_t reset_burst = 1000;       ///< RST_STREAM the client may send at once, further ones at `reset_rate`
    std::uint64_t reset_rate = 33;          ///< per second
    std::uint32_t max_stream_errors = 100;  ///< streams a client may break beyond those that it uses well
};

/// How many frame headers are kept of a request.
inline constexpr std::size_t most_frames_kept = 64;

/// A request: `head` has the method, `:path` as target and the regular fields; the version is 2.0.
struct Request {
    http::RequestHead head{};
    std::string scheme{};
    std::string authority{};
    std::string protocol{};          ///< of an extended CONNECT
    http::Fields trailers{};         ///< complete with Event::end
    std::uint64_t content_size = 0;  ///< bytes of content that came so far
    /// The frames that came for it, the first ones: of its stream, and those of stream 0 since the request before.
    std::vector<FrameHeader> frames{};
    std::uint64_t frame_count = 0;  ///< all of them counted
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

/// The content of a response, which is asked for when flow control lets it go.
class Content {
public:
    virtual ~Content() = default;

    struct Piece {
        std::string_view bytes;  ///< valid until consume()
        bool is_last = false;    ///< nothing follows these bytes
    };
    /// The next bytes, at most `limit`; asked again, the same. No bytes that are not the last: nothing is there yet,
    /// resume() when there is. Nothing at all: it cannot go on, and the stream is reset (INTERNAL_ERROR).
    virtual std::optional<Piece> peek(std::size_t limit) = 0;
    /// These many of them were sent.
    virtual void consume(std::size_t size) = 0;
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

    /// Lets a client that waits for it send its content: 100 (Continue).
    void send_continue(StreamId stream);

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
