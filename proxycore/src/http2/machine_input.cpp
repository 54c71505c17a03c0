// What the peer sends, as nghttp2 reports it, made into happenings.
#include <algorithm>
#include <utility>

#include "http2/machine.hpp"

namespace pathology::proxycore::http2 {
namespace {

constexpr std::size_t overhead = 32;  // of a field, RFC 9113 §6.5.2
constexpr std::int64_t widest_allowed = 0x7fffffff;

}  // namespace

bool Machine::feed(std::string_view bytes) {
    if (is_deaf_) return false;
    auto const used =
        nghttp2_session_mem_recv(session(), reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size());
    if (used < 0) {
        auto const code = used == NGHTTP2_ERR_FLOODED ? ErrorCode::enhance_your_calm : ErrorCode::protocol_error;
        hang_up(code, nghttp2_strerror(static_cast<int>(used)));
    }
    return !is_deaf_ && nghttp2_session_want_read(session()) != 0;
}

/// What nghttp2 does not mind.
int Machine::on_begin_frame(nghttp2_frame_hd const& header) {
    if (header.type == NGHTTP2_SETTINGS) note_windows();
    continuations_ = header.type == NGHTTP2_CONTINUATION ? continuations_ + 1 : 0;
    if (continuations_ > settings_.max_continuations) {
        hang_up(ErrorCode::enhance_your_calm,
                "a field block in more than " + std::to_string(settings_.max_continuations) + " CONTINUATION frames");
    }
    return 0;
}

void Machine::note_windows() {
    first_window_ = peer_setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE);
    widest_window_ = first_window_;
    for (auto const* stream : open_streams()) {
        std::int64_t const window = nghttp2_session_get_stream_remote_window_size(session(), signed_id(stream->id));
        widest_window_ = std::max(widest_window_, window);
    }
}

/// Where nghttp2 resets the streams concerned, the connection has to end (RFC 9113 §6.9.2).
void Machine::judge_windows() {
    auto const more = std::int64_t{peer_setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE)} - first_window_;
    if (widest_window_ + more > widest_allowed) {
        hang_up(ErrorCode::flow_control_error, "SETTINGS that make the window of a stream wider than 2^31-1");
    }
}

int Machine::on_header(nghttp2_frame const& frame, std::string_view name, std::string_view value) {
    auto* const stream = find(id_of(frame));
    if (stream == nullptr) return 0;
    stream->list_size += name.size() + value.size() + overhead;
    if (!is_too_large(*stream)) add_field(*stream, name, value);
    return 0;
}

/// A field that a lenient reader would drop makes the whole message malformed (RFC 9113 §8.2.1).
int Machine::on_invalid_header(nghttp2_frame const& frame, std::string_view /*name*/) {
    return frame.hd.type == NGHTTP2_HEADERS ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : 0;
}

/// Content that brings none costs its sender nearly nothing.
bool Machine::is_flooded_by(nghttp2_frame const& frame) {
    if (frame.hd.type != NGHTTP2_DATA) return false;
    bool const is_empty = frame.hd.length == frame.data.padlen && (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0;
    empty_data_ = is_empty ? empty_data_ + 1 : 0;
    if (empty_data_ <= settings_.max_empty_data) return false;
    hang_up(ErrorCode::enhance_your_calm,
            "more than " + std::to_string(settings_.max_empty_data) + " DATA frames in a row without content");
    return true;
}

int Machine::on_frame_received(nghttp2_frame const& frame) {
    if (is_flooded_by(frame)) return 0;
    if (frame.hd.type == NGHTTP2_PING && (frame.hd.flags & NGHTTP2_FLAG_ACK) != 0 && unanswered_pings_ > 0) {
        --unanswered_pings_;
    }
    if (frame.hd.type == NGHTTP2_SETTINGS && (frame.hd.flags & NGHTTP2_FLAG_ACK) == 0) judge_windows();
    auto* const stream = find(id_of(frame));
    if (stream == nullptr) return 0;
    switch (frame.hd.type) {
        case NGHTTP2_HEADERS:
            if (is_too_large(*stream)) {
                refuse(*stream, ErrorCode::enhance_your_calm,
                       "a field section of " + std::to_string(stream->list_size) + " bytes, where at most " +
                           std::to_string(settings_.max_header_list) + " are allowed");
                return 0;
            }
            take_section(*stream);
            if (stream->is_ours) return 0;
            break;
        case NGHTTP2_DATA: break;
        case NGHTTP2_RST_STREAM: stream->was_reset = true; return 0;
        default: return 0;
    }
    if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) announce(Happening::Kind::end, *stream);
    return 0;
}

int Machine::on_data(StreamId id, std::string_view data) {
    auto* const stream = find(id);
    if (stream == nullptr) return 0;
    stream->held += data.size();
    if (stream->is_ours || stream->is_ignored) {
        give_window(*stream, stream->held);
        return 0;
    }
    auto& size = content_size(*stream);
    size += data.size();
    if (size > settings_.max_content) {
        refuse(*stream, ErrorCode::enhance_your_calm,
               "content of more than " + std::to_string(settings_.max_content) + " bytes");
        return 0;
    }
    announce(Happening::Kind::data, *stream, data);
    return 0;
}

std::string Machine::reason_for(Stream const& stream, std::uint32_t error) {
    if (!complaint_.empty()) return std::exchange(complaint_, {});
    if (error == NGHTTP2_FLOW_CONTROL_ERROR) return "more content than the window has room for, or a window too wide";
    return complaint_about(stream);
}

int Machine::on_stream_closed(StreamId id, std::uint32_t error) {
    auto* const stream = find(id);
    if (stream == nullptr) return 0;
    if (error != NGHTTP2_NO_ERROR && !stream->was_reset && !stream->is_ours && stream->reason.empty()) {
        stream->reason = reason_for(*stream, error);
    }
    if (error == NGHTTP2_NO_ERROR && stream_errors_ > 0) --stream_errors_;
    bool const ended_before = error == NGHTTP2_NO_ERROR && stream->is_ours;  // than our RST_STREAM went out
    announce_closed(*stream, ended_before ? stream->error : ErrorCode{error});
    return 0;
}

}  // namespace pathology::proxycore::http2
