// The inside of ServerSession: an nghttp2 session whose field blocks never reach the wire.
//
// nghttp2 is given a sham field list for each response and does all the rest with it. Where a sham HEADERS frame comes
// out of it, the bytes of the real one are put instead; its HPACK state is that of a peer which does not exist.
#pragma once
#include <nghttp2/nghttp2.h>

#include <deque>
#include <memory>
#include <pathology/proxycore/http2/server_session.hpp>
#include <vector>

namespace pathology::proxycore::http2 {

/// A stream between its first HEADERS frame and the end of its `closed` event.
struct ServerStream {
    StreamId id = 0;
    Request request;
    std::size_t list_size = 0;  // of the field section that is being read
    std::string reason;         // what was wrong with it
    bool was_reset = false;     // by the client
    bool is_ours = false;       // we reset it of our own accord

    std::string_view head;
    Content* content = nullptr;
    Content::Piece piece;  // about to be sent
    bool is_taken_over = false, is_finished = false;
    std::size_t asked = 0, allowed = 0;
    unsigned interims = 0;  // 100 (Continue) that wait for their turn

    void renew(StreamId its_id);
};

class ServerMachine {
public:
    explicit ServerMachine(ServerSettings const& settings);

    Result<void> upgrade(std::string_view http2_settings, http::RequestHead const& head);
    bool feed(std::string_view bytes);
    std::optional<Event> next();
    void send_continue(StreamId stream);
    void respond(StreamId stream, std::string_view head, Content* content);
    void take_over(StreamId stream);
    void ask_allowance(StreamId stream, std::size_t size);
    void finish(StreamId stream);
    void reset(StreamId stream, ErrorCode error);
    void go_away(ErrorCode error);
    std::optional<StreamId> drain(std::string& out, std::size_t limit);

    ServerStream* find(StreamId stream) const;
    nghttp2_session* session() const { return session_.get(); }
    std::optional<Failure> const& failure() const { return failure_; }
    bool is_broken() const { return is_broken_; }  // beyond a GOAWAY
    std::size_t streams() const { return open_; }
    void resume(StreamId stream) { nghttp2_session_resume_data(session(), static_cast<std::int32_t>(stream)); }

    // --- what nghttp2 calls; errors are its codes ---
    int on_begin_frame(nghttp2_frame_hd const& header);
    int on_begin_headers(nghttp2_frame const& frame);
    int on_header(nghttp2_frame const& frame, std::string_view name, std::string_view value);
    int on_invalid_header(nghttp2_frame const& frame, std::string_view name);
    int on_frame_received(nghttp2_frame const& frame);
    int on_data(StreamId stream, std::string_view data);
    int on_stream_closed(StreamId stream, std::uint32_t error);
    int before_frame_sent(nghttp2_frame const& frame);
    int on_frame_sent(nghttp2_frame const& frame);
    ssize_t read_content(ServerStream& stream, std::size_t limit, std::uint32_t& flags);
    int send_content(ServerStream& stream, nghttp2_frame const& frame, std::uint8_t const* header);
    void on_error(std::string_view message);

private:
    struct Delete {
        void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
    };
    struct Happening {
        Event event;
        ServerStream* stream;
    };
    ServerStream& new_stream(StreamId id);
    void announce(Event::Type type, ServerStream& stream, std::string_view data = {});
    void submit(ServerStream& stream, bool has_content);
    void refuse(ServerStream& stream, ErrorCode error, std::string reason);
    void hang_up(ErrorCode code, std::string message);
    void fail(ErrorCode code, std::string message);
    void recycle(ServerStream& stream);
    void note(nghttp2_frame_hd const& header);

    ServerSettings settings_;
    std::unique_ptr<nghttp2_session, Delete> session_;
    std::deque<ServerStream> storage_;  // as many as were ever open at once
    std::vector<ServerStream*> spare_;
    std::vector<Happening> events_;
    std::size_t next_event_ = 0;
    ServerStream* over_ = nullptr;  // whose `closed` was handed out last
    std::size_t open_ = 0;
    std::optional<Failure> failure_;
    bool is_broken_ = false;  // nothing can be sent any more
    bool is_deaf_ = false;    // what comes is of no interest any more
    unsigned continuations_ = 0;
    FrameHeader begun_;         // the frame that is being read
    Request between_;           // has the frames of stream 0 since the last request
    bool has_refused_ = false;  // a stream because there were too many
    std::string complaint_;     // nghttp2's last
    std::int64_t stream_errors_ = 0;

    // while drain() runs
    std::string* out_ = nullptr;
    std::size_t out_limit_ = 0;
    ServerStream* sham_ = nullptr;  // whose sham HEADERS frame is what nghttp2 gives next
    bool is_interim_ = false;       // and it is that of a 100 (Continue)
};

}  // namespace pathology::proxycore::http2
