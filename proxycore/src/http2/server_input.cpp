// What the client sends, as nghttp2 reports it, made into events.
#include <utility>

#include "http2/server_machine.hpp"

namespace pathology::proxycore::http2 {
namespace {

constexpr std::size_t overhead = 32;  // of a field, RFC 9113 §6.5.2

/// The place of a pseudo-header field; null for those of a response, which nghttp2 refuses before.
std::string* pseudo_field(Request& request, std::string_view name) {
    if (name == ":method") return &request.head.method;
    if (name == ":path") return &request.head.target;
    if (name == ":scheme") return &request.scheme;
    if (name == ":authority") return &request.authority;
    if (name == ":protocol") return &request.protocol;
    return nullptr;
}

void add_frame(Request& request, FrameHeader const& header) {
    ++request.frame_count;
    if (request.frames.size() < most_frames_kept) request.frames.push_back(header);
}

StreamId id_of(nghttp2_frame const& frame) { return static_cast<StreamId>(frame.hd.stream_id); }

}  // namespace

bool ServerMachine::feed(std::string_view bytes) {
    if (is_deaf_) return false;
    auto const used =
        nghttp2_session_mem_recv(session(), reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size());
    if (used < 0) {
        auto const code = used == NGHTTP2_ERR_FLOODED ? ErrorCode::enhance_your_calm : ErrorCode::protocol_error;
        hang_up(code, nghttp2_strerror(static_cast<int>(used)));
    }
    return !is_deaf_ && nghttp2_session_want_read(session()) != 0;
}

void ServerMachine::note(nghttp2_frame_hd const& header) {
    begun_ = {static_cast<std::uint32_t>(header.length), header.type, header.flags, false,
              static_cast<StreamId>(header.stream_id)};
    if (begun_.stream == 0) return add_frame(between_, begun_);
    if (auto* const stream = find(begun_.stream)) add_frame(stream->request, begun_);
}

/// What nghttp2 does not mind.
int ServerMachine::on_begin_frame(nghttp2_frame_hd const& header) {
    note(header);
    continuations_ = header.type == NGHTTP2_CONTINUATION ? continuations_ + 1 : 0;
    if (continuations_ > settings_.max_continuations) {
        hang_up(ErrorCode::enhance_your_calm,
                "a field block in more than " + std::to_string(settings_.max_continuations) + " CONTINUATION frames");
    }
    // RFC 9113 §5.1.1: a new stream has a higher number than all before. One that was refused may still have trailers.
    bool const is_old = header.type == NGHTTP2_HEADERS && header.stream_id % 2 == 1 && !has_refused_ &&
                        header.stream_id < nghttp2_session_get_last_proc_stream_id(session());
    if (is_old && nghttp2_session_find_stream(session(), header.stream_id) == nullptr) {
        hang_up(ErrorCode::protocol_error, "HEADERS for stream " + std::to_string(header.stream_id) +
                                               ", which is none and lower than an earlier one");
    }
    return 0;
}

int ServerMachine::on_begin_headers(nghttp2_frame const& frame) {
    if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) {
        if (auto* const stream = find(id_of(frame))) stream->list_size = 0;  // trailers
        return 0;
    }
    auto& stream = new_stream(id_of(frame));
    nghttp2_session_set_stream_user_data(session(), frame.hd.stream_id, &stream);
    std::swap(stream.request.frames, between_.frames);
    stream.request.frame_count = std::exchange(between_.frame_count, 0);
    add_frame(stream.request, begun_);
    return 0;
}

int ServerMachine::on_header(nghttp2_frame const& frame, std::string_view name, std::string_view value) {
    auto* const stream = find(id_of(frame));
    if (stream == nullptr) return 0;
    stream->list_size += name.size() + value.size() + overhead;
    if (stream->list_size > settings_.max_header_list) return 0;
    if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) {
        stream->request.trailers.add(name, value);
    } else if (auto* const place = pseudo_field(stream->request, name)) {
        *place = value;
    } else {
        stream->request.head.fields.add(name, value);
    }
    return 0;
}

/// A field that a lenient reader would drop makes the whole request malformed (RFC 9113 §8.2.1).
int ServerMachine::on_invalid_header(nghttp2_frame const& frame, std::string_view /*name*/) {
    return frame.hd.type == NGHTTP2_HEADERS ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : 0;
}

int ServerMachine::on_frame_received(nghttp2_frame const& frame) {
    auto* const stream = find(id_of(frame));
    if (stream == nullptr) return 0;
    switch (frame.hd.type) {
        case NGHTTP2_HEADERS:
            if (stream->list_size > settings_.max_header_list) {
                refuse(*stream, ErrorCode::enhance_your_calm,
                       "a field section of " + std::to_string(stream->list_size) + " bytes, where at most " +
                           std::to_string(settings_.max_header_list) + " are allowed");
                return 0;
            }
            if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) announce(Event::Type::request, *stream);
            break;
        case NGHTTP2_DATA: break;
        case NGHTTP2_RST_STREAM: stream->was_reset = true; return 0;
        default: return 0;
    }
    if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) announce(Event::Type::end, *stream);
    return 0;
}

int ServerMachine::on_data(StreamId id, std::string_view data) {
    auto* const stream = find(id);
    if (stream == nullptr || stream->is_ours) return 0;
    stream->request.content_size += data.size();
    if (stream->request.content_size > settings_.max_content) {
        refuse(*stream, ErrorCode::enhance_your_calm,
               "content of more than " + std::to_string(settings_.max_content) + " bytes");
        return 0;
    }
    announce(Event::Type::data, *stream, data);
    return 0;
}

int ServerMachine::on_stream_closed(StreamId id, std::uint32_t error) {
    auto* const stream = find(id);
    if (stream == nullptr) return 0;
    if (error != NGHTTP2_NO_ERROR && !stream->was_reset && stream->reason.empty()) {
        stream->reason = std::exchange(complaint_, {});
    }
    if (error == NGHTTP2_NO_ERROR && stream_errors_ > 0) --stream_errors_;
    announce(Event::Type::closed, *stream);
    auto& event = events_.back().event;
    event.error = ErrorCode{error};
    event.by_client = stream->was_reset;
    event.reason = stream->reason;
    return 0;
}

}  // namespace pathology::proxycore::http2
