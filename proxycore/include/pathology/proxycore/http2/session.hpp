// One side of an HTTP/2 connection without its socket (RFC 9113): bytes in, events out, and the other way round.
//
//               feed                    next
//   bytes ─────────────▶ ┌─────────┐ ─────────▶ events of streams, see SessionEvent
//                        │ Session │
//   bytes ◀───────────── └─────────┘ ◀───────── Role::server: respond, send_interim, take_over
//               drain                           Role::client: submit
//                                               both: resume, consume, reset, go_away, ping
//
// nghttp2 keeps streams, flow control, SETTINGS, PING and GOAWAY and judges what the peer sends, with limits of ours.
// A server's responses are given as fields, or as bytes of field blocks that are sent unchanged. Server push is
// refused.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <pathology/proxycore/http2/content.hpp>
#include <pathology/proxycore/http2/failure.hpp>
#include <pathology/proxycore/http2/message.hpp>
#include <pathology/proxycore/http2/session_settings.hpp>
#include <string>
#include <string_view>
#include <vector>

struct nghttp2_session;

namespace pathology::proxycore::http2 {

/// What happened to a stream.
///
///     Role::server:  head ──▶ data* ──▶ end ──▶ closed
///     Role::client:  interim* ──▶ head ──▶ data* ──▶ end ──▶ closed
///
/// `closed` may follow at any point and is always the last event; a stream whose head was never complete has only it.
struct SessionEvent {
    enum class Type {
        interim,  ///< an interim response (1xx); the final one is still to come
        head,     ///< the head of the message is complete and valid
        data,     ///< a piece of its content
        end,      ///< the message is complete
        closed,   ///< the stream is closed on both sides
    };
    Type type = Type::head;
    StreamId stream = 0;
    void* user_data = nullptr;                    ///< see set_user_data()
    Request const* request = nullptr;             ///< Role::server; valid until next() is called after `closed`
    Response const* response = nullptr;           ///< Role::client; likewise
    http::ResponseHead const* interim = nullptr;  ///< of interim; valid until the next call of next()
    std::string_view data{};                      ///< of data
    ErrorCode error = ErrorCode::no_error;        ///< of closed: why the stream was reset
    bool by_peer = false;                         ///< of closed with an error: the peer reset the stream, else we did
    /// Of closed, Role::client: the server did not process the request, which may be sent again (RFC 9113 §8.7).
    bool is_unprocessed = false;
    std::string_view reason{};  ///< of closed with an error: details, if there are any
    /// Of closed: we reset the stream for a field that SessionSettings::padded_values accepts.
    bool has_padded_value = false;
};

struct Stream;      // private to the library
class StreamTable;  // likewise

/// The state machine of one connection.
///
/// Thread: one at a time. No function may be called from within a Content.
/// Memory: what is queued is bounded by the number of streams, what arrives by windows and limits of the settings.
///         Drained bytes belong to the caller.
/// Errors: a peer that breaks the protocol gets RST_STREAM or GOAWAY with the code of the RFC; see `closed` and
///         failure(). A function that is given a stream that is closed does nothing.
class Session {
public:
    explicit Session(Role role, SessionSettings const& settings = {});
    ~Session();
    Session(Session const&) = delete;
    Session& operator=(Session const&) = delete;

    // --- input ---
    /// Consumes bytes of the peer, a client's beginning with its preface. They must stay valid until next() has
    /// returned std::nullopt. Returns false if reading on is useless: drain, then close.
    bool feed(std::string_view bytes);
    /// The next event, of the bytes fed and of those drained.
    std::optional<SessionEvent> next();
    /// Attaches a pointer to a stream, which its further events carry.
    void set_user_data(StreamId stream, void* data);
    /// With WindowUpdates::when_consumed: the reader is done with `size` bytes of the stream's content, and the peer
    /// may send as much again. What is left of a closed stream counts as consumed.
    void consume(StreamId stream, std::size_t size);
    /// Drops the rest of the peer's message. If it has not ended when ours has, the stream is reset: with NO_ERROR by
    /// a server (RFC 9113 §8.1), with CANCEL by a client.
    void ignore_content(StreamId stream);

    // --- output ---
    /// Appends frames to `out` until it holds `limit` bytes or nothing is ready. Role::server: returns the stream
    /// whose turn has come if it was taken over; its bytes follow those drained.
    std::optional<StreamId> drain(std::string& out, std::size_t limit);
    bool wants_write() const;
    /// Frames that wait to be drained. A reader that reads on while they grow may never finish.
    std::size_t queued_frames() const;
    /// The stream's Content has bytes again.
    void resume(StreamId stream);
    /// Resets a stream; a request that was not sent yet never is. `reason` becomes that of the stream's `closed`.
    void reset(StreamId stream, ErrorCode error, std::string reason = {});
    /// Sends GOAWAY. With NO_ERROR open streams run to their end, else the session is over once it is sent.
    void go_away(ErrorCode error);
    /// Sends PING.
    void ping();
    /// PINGs that the peer has not acknowledged.
    std::size_t unacknowledged_pings() const { return unacknowledged_pings_; }
    /// The connection is lost: each stream that is open gets `closed` with this reason. Only next() may follow.
    void abandon(std::string_view reason);

    // --- state ---
    /// Nothing will be read or written any more.
    bool is_over() const;
    /// What the peer did wrong, if it had to be sent GOAWAY or the session broke.
    std::optional<Failure> const& failure() const { return failure_; }
    /// Streams that are not closed, among them requests that wait to be sent.
    std::size_t streams() const;
    std::uint32_t peer_header_table() const;  ///< SETTINGS_HEADER_TABLE_SIZE of the peer
    std::uint32_t peer_max_frame() const;     ///< SETTINGS_MAX_FRAME_SIZE
    std::uint32_t max_frame() const;          ///< what the peer may send, by SETTINGS that it acknowledged

    // --- frames that the owner writes itself ---
    /// The owner has sent this frame. The peer may do what it allows: acknowledge SETTINGS and use their limits, and send
    /// what WINDOW_UPDATE makes room for. An observer follows every type of frame; what drain() gives has to be taken
    /// before. Returns false if the session cannot follow: a stream that is opened after the server's GOAWAY.
    ///
    /// Memory: if it is no observer, frames are not followed while `max_recorded` are not acknowledged or not drained, and
    ///         what SETTINGS allow is followed up to the two limits below.
    bool record_sent(FrameHeader const& header, std::string_view payload);
    static constexpr std::size_t max_recorded = 10'000;
    static constexpr std::uint32_t max_recorded_table = 1U << 20U;  ///< SETTINGS_HEADER_TABLE_SIZE
    static constexpr std::uint32_t max_recorded_streams = 10'000;   ///< SETTINGS_MAX_CONCURRENT_STREAMS

    // --- Role::server ---
    /// Begins with a request that arrived as HTTP/1.1 with `Upgrade: h2c`. It becomes stream 1 and gives the events
    /// head and end; the client's preface follows. `http2_settings` is the value of the field HTTP2-Settings.
    /// Errors: the value is not base64url of SETTINGS.
    Result<void> upgrade(std::string_view http2_settings, http::RequestHead const& head);
    /// Sends 100 (Continue).
    void send_continue(StreamId stream);
    /// Sends an interim response (1xx).
    void send_interim(StreamId stream, http::ResponseHead const& head);
    /// Sends a response: status and fields of `head`, names in lower case, then `content`, if not null, and its
    /// trailers. The caller leaves out fields that HTTP/2 forbids. After a 2xx response to CONNECT, the content is what
    /// goes through the tunnel. Not for connections whose field blocks are given as bytes.
    void respond(StreamId stream, http::ResponseHead const& head, Content* content);
    /// Sends a response whose `head` is the whole HEADERS frame, with CONTINUATION frames if needed; their stream ids
    /// are overwritten. Without `content`, the head has to end the stream. Both must live until `closed`.
    void respond(StreamId stream, std::string_view head, Content* content);
    /// Lets the caller write a response of its own: drain() stops at the stream's turn, the caller writes frames, and
    /// calls finish() after them. request_allowance() requests flow control in between.
    void take_over(StreamId stream);
    /// Asks to send `size` bytes of content on a stream that was taken over; see allowance().
    void request_allowance(StreamId stream, std::size_t size);
    /// How many of the requested bytes may be sent by now; grows during drain().
    std::size_t allowance(StreamId stream) const;
    /// Uses as much of the allowance.
    void spend_allowance(StreamId stream, std::size_t size);
    void finish(StreamId stream);

    // --- Role::client ---
    /// Sends a request: method, scheme, authority, path, `protocol` and fields of `request`, in this order; an empty
    /// one of the first five is left out. Names are sent in lower case; the caller leaves out fields that HTTP/2
    /// forbids. The request waits while the server works on as many as it allows. `content` must live until `closed`;
    /// nullptr if there is none. Returns std::nullopt if the connection accepts no more requests.
    std::optional<StreamId> submit(Request const& request, Content* content, void* user_data = nullptr);
    /// Returns false if either side has sent GOAWAY, or no stream ids are left.
    bool accepts_requests() const;
    /// The GOAWAY of the server: its code, and its text in words.
    std::optional<Failure> const& peer_goaway() const { return peer_goaway_; }
    /// Whether the server's SETTINGS have arrived; until then the next two have the defaults of the RFC.
    bool has_peer_settings() const { return has_peer_settings_; }
    /// SETTINGS_MAX_CONCURRENT_STREAMS; 100 if the server did not set it.
    std::uint32_t peer_max_streams() const;
    /// SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441).
    bool peer_allows_extended_connect() const;
    /// With SessionSettings::is_observer: the frame that the next bytes for feed() complete has this header. Ends the
    /// connection (STREAM_CLOSED) if its stream is closed (RFC 9113 §5.1), which would be ignored otherwise.
    void check_header(FrameHeader const& header);

private:
    struct Callbacks;  // what nghttp2 calls
    struct Delete {
        void operator()(nghttp2_session* session) const;
    };
    struct Pending {
        SessionEvent event;
        Stream* stream;
    };

    Stream* find(StreamId stream) const;
    Stream* find_unsent(StreamId stream) const;
    void announce(SessionEvent::Type type, Stream& stream, std::string_view data = {});
    void announce_closed(Stream& stream, ErrorCode error);
    void close_unsent(Stream& stream, ErrorCode error, std::string_view reason);
    void close_all_unsent(ErrorCode error, std::string_view reason);
    void release(Stream& stream);
    void give_window(Stream& stream, std::size_t size);
    void end_ignored(Stream& stream);
    void submit_placeholder(Stream& stream, bool has_content);
    void terminate(ErrorCode code, std::string message);
    void fail(ErrorCode code, std::string message);
    bool manages_windows() const { return settings_.window_updates == WindowUpdates::when_consumed; }
    bool is_server() const { return role_ == Role::server; }
    std::optional<StreamId> append_frame(std::string& out, std::string_view frame);
    std::optional<StreamId> submit(Stream& stream, Request const& request, bool has_content);

    // --- frames that the owner writes itself ---
    void record_limits(FrameHeader const& header, std::string_view payload);
    void record_settings(std::string_view entries);
    void record_window_update(StreamId stream, std::uint32_t increment);
    void expect(FrameType type, StreamId stream, std::string_view payload);
    bool was_sent_by_owner(std::string_view frame);
    bool is_dropped(std::string_view frame);
    bool open_observed(StreamId stream, std::string_view method);
    void record_content(Stream& stream, std::size_t size);
    void discard_output();

    Role role_;
    SessionSettings settings_;
    std::unique_ptr<nghttp2_session, Delete> session_;
    std::unique_ptr<StreamTable> streams_;

    // --- events that wait for next() ---
    std::vector<Pending> events_;
    std::size_t next_event_ = 0;
    Stream* delivered_closed_ = nullptr;       // its `closed` was returned last
    std::deque<http::ResponseHead> interims_;  // in the order of their events
    bool has_delivered_interim_ = false;       // the first of them was returned last

    // --- input ---
    std::optional<Failure> failure_, peer_goaway_;
    std::string library_error_;   // the last one that nghttp2 reported
    bool input_ignored_ = false;  // what arrives is not looked at any more
    bool has_peer_settings_ = false;
    unsigned continuations_ = 0, empty_data_ = 0;                 // frames in a row
    std::int64_t stream_errors_ = 0;                              // streams that the peer broke, less good ones
    std::int64_t initial_peer_window_ = 0, max_peer_window_ = 0;  // before its latest SETTINGS count
    FrameHeader current_frame_;                                   // the one that is being read
    Request between_requests_;                                    // frames of stream 0 since the last request
    std::uint64_t resets_left_ = 0;                               // RST_STREAM that the client may send
    std::chrono::steady_clock::time_point resets_since_;          // when their number grew last

    // --- output ---
    bool write_failed_ = false;  // nothing can be sent any more
    bool has_refused_ = false;   // a stream, because there were too many
    bool allows_push_ = false;   // observers: no SETTINGS that were sent disable it
    StreamId last_reset_ = 0;    // the highest stream that we reset
    bool is_leaving_ = false;    // GOAWAY was sent, or is about to be
    std::size_t unacknowledged_pings_ = 0;
    std::deque<Stream*> unsent_;               // requests that nghttp2 holds back, by id
    std::deque<std::string> recorded_;         // frames that nghttp2 is about to give, which the owner has sent
    std::size_t unacknowledged_settings_ = 0;  // frames, those of the owner too

    // --- while drain() runs ---
    std::string* out_ = nullptr;
    std::size_t out_limit_ = 0;
    Stream* placeholder_ = nullptr;         // the HEADERS frame that nghttp2 gives next is a placeholder of its
    bool placeholder_is_continue_ = false;  // and stands for 100 (Continue)
};

/// Whether a connection begins with the client preface of HTTP/2 (RFC 9113 §3.4); std::nullopt if `bytes` are too few.
std::optional<bool> begins_with_preface(std::string_view bytes);

}  // namespace pathology::proxycore::http2
