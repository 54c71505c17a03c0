// The inside of a session, as far as both sides have it: nghttp2's session, what happened, what goes out, limits.
//
// The two sides say, in the functions that are theirs, what a field section means and when a stream begins.
#pragma once
#include <nghttp2/nghttp2.h>

#include <memory>
#include <optional>
#include <pathology/proxycore/http2/failure.hpp>
#include <pathology/proxycore/http2/session_settings.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http2/callbacks.hpp"
#include "http2/stream.hpp"

namespace pathology::proxycore::http2 {

/// What became of a stream.
struct Happening {
    enum class Kind { interim, head, data, end, closed };
    Kind kind = Kind::head;
    Stream* stream = nullptr;
    std::string_view data{};                ///< of data
    ErrorCode error = ErrorCode::no_error;  ///< of closed
    bool is_unprocessed = false;            ///< of closed, at a client
};

inline std::int32_t signed_id(StreamId stream) { return static_cast<std::int32_t>(stream); }
inline StreamId id_of(nghttp2_frame const& frame) { return static_cast<StreamId>(frame.hd.stream_id); }

class Machine {
public:
    explicit Machine(SessionSettings const& settings) : settings_(settings) {}
    virtual ~Machine() = default;
    Machine(Machine const&) = delete;
    Machine& operator=(Machine const&) = delete;

    bool feed(std::string_view bytes);
    void consume(StreamId stream, std::size_t size);
    void ignore_content(StreamId stream);
    void reset(StreamId stream, ErrorCode error);
    void go_away(ErrorCode error);
    void ping();
    void abandon(std::string_view reason);
    std::optional<StreamId> drain(std::string& out, std::size_t limit);
    void resume(StreamId stream) { nghttp2_session_resume_data(session(), signed_id(stream)); }

    virtual Stream* find(StreamId stream) const;
    nghttp2_session* session() const { return session_.get(); }
    std::optional<Failure> const& failure() const { return failure_; }
    bool wants_write() const { return !is_broken_ && nghttp2_session_want_write(session()) != 0; }
    bool is_over() const { return is_broken_ || (nghttp2_session_want_read(session()) == 0 && !wants_write()); }
    std::size_t queued() const { return nghttp2_session_get_outbound_queue_size(session()); }
    std::size_t unanswered_pings() const { return unanswered_pings_; }
    std::uint32_t peer_setting(nghttp2_settings_id id) const {
        return nghttp2_session_get_remote_settings(session(), id);
    }

    // --- what nghttp2 calls; errors are its codes ---
    virtual int on_begin_frame(nghttp2_frame_hd const& header);
    virtual int on_begin_headers(nghttp2_frame const& frame) = 0;
    int on_header(nghttp2_frame const& frame, std::string_view name, std::string_view value);
    int on_invalid_header(nghttp2_frame const& frame, std::string_view name);
    virtual int on_frame_received(nghttp2_frame const& frame);
    int on_data(StreamId stream, std::string_view data);
    virtual int on_stream_closed(StreamId stream, std::uint32_t error);
    virtual int before_frame_sent(nghttp2_frame const& /*frame*/) { return 0; }
    virtual int on_frame_sent(nghttp2_frame const& frame);
    virtual int on_frame_not_sent(nghttp2_frame const& /*frame*/, int /*error*/) { return 0; }
    virtual ssize_t read_content(Stream& stream, std::size_t limit, std::uint32_t& flags);
    virtual int send_content(Stream& stream, nghttp2_frame const& frame, std::uint8_t const* header);
    void on_error(std::string_view message) { complaint_ = message; }

protected:
    enum class Side { client, server };
    void begin(Side side, Option option, std::vector<nghttp2_settings_entry> entries);
    Happening const* next_happening();
    void announce(Happening::Kind kind, Stream& stream, std::string_view data = {});
    void announce_closed(Stream& stream, ErrorCode error);
    void refuse(Stream& stream, ErrorCode error, std::string reason);
    void hang_up(ErrorCode code, std::string message);
    void fail(ErrorCode code, std::string message);
    Happening& latest() { return happenings_.back(); }
    bool is_leaving() const { return is_leaving_; }    // said GOAWAY, or is about to
    bool has_refused() const { return has_refused_; }  // a stream because there were too many

    // --- what one side knows ---
    virtual void add_field(Stream& stream, std::string_view name, std::string_view value) = 0;
    /// A field section is whole, and not too large.
    virtual void take_section(Stream& stream) = 0;
    virtual std::uint64_t& content_size(Stream& stream) = 0;
    virtual std::vector<Stream*> open_streams() = 0;
    virtual void recycle(Stream& stream) = 0;
    /// More about a stream that nghttp2 found wrong without a word.
    virtual std::string complaint_about(Stream const& /*stream*/) const { return {}; }
    std::string reason_for(Stream const& stream, std::uint32_t error);
    /// Puts one frame of nghttp2's where it belongs; a stream when drain() has to stop for it.
    virtual std::optional<StreamId> put(std::string& out, std::string_view frame) {
        out.append(frame);
        return std::nullopt;
    }

private:
    struct Delete {
        void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
    };
    bool manages_windows() const { return settings_.window_updates == WindowUpdates::when_consumed; }
    void dispose(Stream& stream);
    bool is_flooded_by(nghttp2_frame const& frame);
    void give_window(Stream& stream, std::size_t size);
    void end_ignored(Stream& stream);
    bool send_trailers(Stream const& stream);
    void note_windows();
    void judge_windows();
    bool is_too_large(Stream const& stream) const { return stream.list_size > settings_.max_header_list; }

    SessionSettings settings_;
    std::unique_ptr<nghttp2_session, Delete> session_;
    std::vector<Happening> happenings_;
    std::size_t next_happening_ = 0;
    Stream* over_ = nullptr;  // whose `closed` was handed out last
    std::optional<Failure> failure_;
    bool is_broken_ = false;  // nothing can be sent any more
    bool is_deaf_ = false;    // what comes is of no interest any more
    bool has_refused_ = false, is_leaving_ = false;
    unsigned continuations_ = 0, empty_data_ = 0;
    std::string complaint_;  // nghttp2's last
    std::int64_t stream_errors_ = 0;
    std::size_t unanswered_pings_ = 0;
    std::int64_t first_window_ = 0, widest_window_ = 0;  // of the peer's streams, before its SETTINGS count

    // while drain() runs
    std::string* out_ = nullptr;
    std::size_t out_limit_ = 0;
};

}  // namespace pathology::proxycore::http2
