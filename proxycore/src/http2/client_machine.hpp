// The inside of ClientSession.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <pathology/proxycore/http2/client_session.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http2/machine.hpp"

namespace pathology::proxycore::http2 {

struct ClientStream : Stream {
    Response response;
    bool has_head = false;  // of the response that is no interim one
    unsigned interims = 0;
    std::uint64_t announced = 0;  // content, with the frame that is being read

    void renew(StreamId its_id);
};

class ClientMachine : public Machine {
public:
    explicit ClientMachine(ClientSettings const& settings);

    std::optional<StreamId> submit(Request const& request, Content* content);
    void reset(StreamId stream, ErrorCode error);
    void abandon(std::string_view reason);
    std::optional<ClientEvent> next();
    std::size_t streams() const { return streams_.size(); }
    std::optional<Failure> const& peer_goaway() const { return peer_goaway_; }
    bool accepts_requests() const;
    bool has_peer_settings() const { return has_peer_settings_; }

    Stream* find(StreamId stream) const override;
    int on_begin_frame(nghttp2_frame_hd const& header) override;
    int on_begin_headers(nghttp2_frame const& frame) override;
    int on_frame_received(nghttp2_frame const& frame) override;
    int on_stream_closed(StreamId stream, std::uint32_t error) override;
    int on_frame_sent(nghttp2_frame const& frame) override;
    int on_frame_not_sent(nghttp2_frame const& frame, int error) override;

private:
    void add_field(Stream& stream, std::string_view name, std::string_view value) override;
    void take_section(Stream& stream) override;
    std::uint64_t& content_size(Stream& stream) override;
    std::vector<Stream*> open_streams() override;
    void recycle(Stream& stream) override;
    std::string complaint_about(Stream const& stream) const override;
    void take_goaway(nghttp2_goaway const& frame);
    void give_up(ClientStream& stream, ErrorCode error, std::string_view reason);
    void give_up_waiting(ErrorCode error, std::string_view reason);

    unsigned max_interims_;
    Streams<ClientStream> streams_;
    std::map<StreamId, ClientStream*> waiting_;  // nghttp2 knows them when they are sent
    std::deque<http::ResponseHead> interims_;    // told, in the order of their events
    http::ResponseHead interim_;                 // handed out last
    std::optional<Failure> peer_goaway_;
    bool has_peer_settings_ = false;
};

}  // namespace pathology::proxycore::http2
