// The inside of ServerSession: a session whose field blocks may be somebody else's.
//
// For a response given as bytes nghttp2 gets a sham field list and does all the rest with it. Where a sham HEADERS
// frame comes out of it, the bytes of the real one are put instead; its HPACK state is that of a peer which does not
// exist.
#pragma once
#include <optional>
#include <pathology/proxycore/http2/server_session.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http2/machine.hpp"

namespace pathology::proxycore::http2 {

struct ServerStream : Stream {
    Request request;
    bool has_head = false;
    std::string_view head;  // given as bytes
    bool is_sham = false, is_taken_over = false, is_finished = false;
    std::size_t asked = 0, allowed = 0;
    unsigned continues = 0;  // 100 (Continue) that wait for their turn

    void renew(StreamId its_id);
};

class ServerMachine : public Machine {
public:
    explicit ServerMachine(ServerSettings const& settings);

    Result<void> upgrade(std::string_view http2_settings, http::RequestHead const& head);
    std::optional<Event> next();
    void send_continue(StreamId stream);
    void inform(StreamId stream, http::ResponseHead const& head);
    void respond(StreamId stream, http::ResponseHead const& head, Content* content);
    void respond(StreamId stream, std::string_view head, Content* content);
    void take_over(StreamId stream);
    void ask_allowance(StreamId stream, std::size_t size);
    void finish(StreamId stream);
    std::size_t streams() const { return streams_.size(); }
    ServerStream* find_ours(StreamId stream) const { return static_cast<ServerStream*>(find(stream)); }

    int on_begin_frame(nghttp2_frame_hd const& header) override;
    int on_begin_headers(nghttp2_frame const& frame) override;
    int before_frame_sent(nghttp2_frame const& frame) override;
    ssize_t read_content(Stream& stream, std::size_t limit, std::uint32_t& flags) override;
    int send_content(Stream& stream, nghttp2_frame const& frame, std::uint8_t const* header) override;

private:
    void add_field(Stream& stream, std::string_view name, std::string_view value) override;
    void take_section(Stream& stream) override;
    std::uint64_t& content_size(Stream& stream) override;
    std::vector<Stream*> open_streams() override;
    void recycle(Stream& stream) override;
    std::optional<StreamId> put(std::string& out, std::string_view frame) override;

    void submit_sham(ServerStream& stream, bool has_content);
    void note(nghttp2_frame_hd const& header);

    Streams<ServerStream> streams_;
    FrameHeader begun_;  // the frame that is being read
    Request between_;    // has the frames of stream 0 since the last request

    // while drain() runs
    ServerStream* sham_ = nullptr;  // whose sham HEADERS frame is what nghttp2 gives next
    bool is_continue_ = false;      // and it is that of a 100 (Continue)
};

}  // namespace pathology::proxycore::http2
