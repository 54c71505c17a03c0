// The client's side of an HTTP/2 connection, without its socket (RFC 9113).
//
//             submit            drain
//   request ─────────▶ session ────────▶ bytes       (content as flow control lets it go)
//   bytes   ─────────▶ session ────────▶ interim … response … data … end … closed
//             feed              next
//
// Streams, flow control, SETTINGS, PING, GOAWAY and the judgement of what the server sends are nghttp2's, with limits
// of our own. Server push is refused.
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

/// What a client announces and how much it takes.
struct ClientSettings : SessionSettings {
    unsigned max_interims = 100;  ///< interim responses (1xx) to one request; more reset the stream
};

/// What became of a request.
struct ClientEvent {
    enum class Type {
        interim,   ///< a 1xx: the response is still to come
        response,  ///< the head of the response is whole and right
        data,      ///< a piece of its content
        end,       ///< the response is whole
        closed,    ///< the stream is over on both sides; the last event of each stream
    };
    Type type = Type::response;
    StreamId stream = 0;
    Response const* response = nullptr;           ///< of the stream; that of `closed` lives until the next next()
    http::ResponseHead const* interim = nullptr;  ///< of interim; lives until the next next()
    std::string_view data{};                      ///< of data
    ErrorCode error = ErrorCode::no_error;        ///< of closed: why the stream was reset
    bool by_server = false;                       ///< of closed with an error: the server reset it, else we did
    /// Of closed: the server surely did nothing for the request, so that it may be sent again (RFC 9113 §8.7).
    bool is_unprocessed = false;
    std::string_view reason{};  ///< of closed with an error, where there is more to say
};

class ClientMachine;  // the inside of ClientSession, private to the library

/// A connection's state machine.
///
/// Thread: one at a time; not from a Content.
/// Memory: what the server sends is bounded by the windows and limits of the settings.
/// Errors: a server that breaks the protocol gets RST_STREAM or GOAWAY with the code of the RFC; see `closed`,
/// failure().
class ClientSession {
public:
    explicit ClientSession(ClientSettings const& settings = {});
    ~ClientSession();
    ClientSession(ClientSession const&) = delete;
    ClientSession& operator=(ClientSession const&) = delete;

    /// Sends a request: method, scheme, authority, path, `protocol` and fields of `request`, in this order; an empty
    /// one of the first is left out. Names go out in lower case; fields that HTTP/2 forbids are for the caller to leave
    /// out. It waits while the server works on as many as it allows. `content` must live until `closed`; null: there is
    /// none. Nothing when the connection takes no more requests; see accepts_requests().
    std::optional<StreamId> submit(Request const& request, Content* content);
    /// There is content again.
    void resume(StreamId stream);
    /// Ends a stream before its time; one that still waits is never sent.
    void reset(StreamId stream, ErrorCode error);

    /// Takes bytes of the server. They have to stay as they are until next() has given nothing. False when reading on
    /// is of no use: drain, then close.
    bool feed(std::string_view bytes);
    /// The next event, of the bytes fed and of those drained.
    std::optional<ClientEvent> next();
    /// With WindowUpdates::when_consumed: so many bytes of the stream's data were used, and more may come. What a
    /// closed stream has left over counts as used.
    void consume(StreamId stream, std::size_t size);
    /// Nobody wants the rest of the response: it is dropped, and if it has not ended when the request has, the stream
    /// is reset with CANCEL.
    void ignore_content(StreamId stream);

    /// Asks the server for a sign of life.
    void ping();
    /// How many of them it has not answered.
    std::size_t unanswered_pings() const;
    /// Says GOAWAY: with NO_ERROR streams at work go on to their end, else all is over once it is sent.
    void go_away(ErrorCode error);
    /// The connection is lost: every stream that is left gives `closed` with this reason. Nothing can be done after it.
    void abandon(std::string_view reason);

    /// Appends frames to `out` until it holds `limit` bytes or nothing is ready.
    void drain(std::string& out, std::size_t limit);

    bool wants_write() const;
    /// Frames that wait to be drained. A caller who reads on while they grow, does not end.
    std::size_t queued() const;
    /// Nothing is to be read or written any more.
    bool is_over() const;
    /// What the server did wrong, when it had to be told GOAWAY or worse.
    std::optional<Failure> const& failure() const;
    /// The GOAWAY of the server: its code, and what it said with it.
    std::optional<Failure> const& peer_goaway() const;
    /// Neither side has said GOAWAY, and stream ids are left.
    bool accepts_requests() const;
    /// Requests that are not closed, those that wait included.
    std::size_t streams() const;

    /// Whether the server's SETTINGS have come; until then the next two are what the RFC starts with.
    bool has_peer_settings() const;
    /// SETTINGS_MAX_CONCURRENT_STREAMS; 100 as long as the server has not said it.
    std::uint32_t peer_max_streams() const;
    /// SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441).
    bool peer_allows_extended_connect() const;

private:
    std::unique_ptr<ClientMachine> machine_;
};

}  // namespace pathology::proxycore::http2
