// What both sides do with events and with what goes out; what comes in is in machine_input.cpp.
#include "http2/machine.hpp"

#include <algorithm>
#include <pathology/proxycore/http2/frame_header.hpp>

#include "http2/field_list.hpp"

namespace pathology::proxycore::http2 {
namespace {

constexpr std::uint32_t default_window = 65535;

}  // namespace

void Machine::begin(Side side, Option option, std::vector<nghttp2_settings_entry> entries) {
    nghttp2_session* session = nullptr;
    auto const callbacks = session_callbacks();
    auto const make = side == Side::server ? nghttp2_session_server_new2 : nghttp2_session_client_new2;
    if (make(&session, callbacks.get(), this, option.get()) != 0) throw std::bad_alloc();
    session_.reset(session);
    entries.push_back({NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, settings_.stream_window});
    entries.push_back({NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, settings_.max_header_list});
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, entries.data(), entries.size());
    if (settings_.connection_window > default_window) {
        nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                              static_cast<std::int32_t>(settings_.connection_window));
    }
}

Stream* Machine::find(StreamId stream) const {
    return static_cast<Stream*>(nghttp2_session_get_stream_user_data(session(), signed_id(stream)));
}

// --- what happened ---------------------------------------------------------------------------------------------------

void Machine::announce(Happening::Kind kind, Stream& stream, std::string_view data) {
    happenings_.push_back({.kind = kind, .stream = &stream, .data = data});
}

void Machine::announce_closed(Stream& stream, ErrorCode error) {
    stream.is_closed = true;
    announce(Happening::Kind::closed, stream);
    latest().error = error;
}

Happening const* Machine::next_happening() {
    if (over_ != nullptr) dispose(*std::exchange(over_, nullptr));
    if (next_happening_ == happenings_.size()) {
        happenings_.clear();
        next_happening_ = 0;
        return nullptr;
    }
    auto const& happening = happenings_[next_happening_++];
    if (happening.kind == Happening::Kind::closed) over_ = happening.stream;
    return &happening;
}

/// What a closed stream has left over still weighs on the connection's window.
void Machine::dispose(Stream& stream) {
    if (stream.held > 0 && manages_windows()) nghttp2_session_consume_connection(session(), stream.held);
    recycle(stream);
}

void Machine::abandon(std::string_view reason) {
    is_deaf_ = is_broken_ = true;
    for (auto* const stream : open_streams()) {
        if (stream->is_closed) continue;
        if (stream->reason.empty()) stream->reason = reason;
        announce_closed(*stream, ErrorCode::cancel);
    }
}

// --- windows ---------------------------------------------------------------------------------------------------------

void Machine::consume(StreamId id, std::size_t size) {
    if (auto* const stream = find(id)) give_window(*stream, std::min(size, stream->held));
}

void Machine::give_window(Stream& stream, std::size_t size) {
    stream.held -= size;
    if (size > 0 && manages_windows()) nghttp2_session_consume(session(), signed_id(stream.id), size);
}

void Machine::ignore_content(StreamId id) {
    auto* const stream = find(id);
    if (stream == nullptr || stream->is_ignored) return;
    stream->is_ignored = true;
    give_window(*stream, stream->held);
    if (nghttp2_session_get_stream_local_close(session(), signed_id(id)) == 1) end_ignored(*stream);
}

/// Our side of the stream is whole: the peer need not go on. NO_ERROR is for servers to say (RFC 9113 §8.1).
void Machine::end_ignored(Stream& stream) {
    if (nghttp2_session_get_stream_remote_close(session(), signed_id(stream.id)) != 0) return;
    bool const is_server = nghttp2_session_check_server_session(session()) != 0;
    refuse(stream, is_server ? ErrorCode::no_error : ErrorCode::cancel, {});
}

// --- ends ------------------------------------------------------------------------------------------------------------

void Machine::reset(StreamId id, ErrorCode error) {
    if (auto* const stream = find(id)) refuse(*stream, error, {});
}

void Machine::refuse(Stream& stream, ErrorCode error, std::string reason) {
    if (stream.is_ours) return;
    stream.is_ours = true;
    stream.error = error;
    stream.reason = std::move(reason);
    nghttp2_submit_rst_stream(session(), NGHTTP2_FLAG_NONE, signed_id(stream.id), static_cast<std::uint32_t>(error));
}

void Machine::go_away(ErrorCode error) {
    is_leaving_ = true;
    if (error == ErrorCode::no_error) {
        nghttp2_submit_goaway(session(), NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session()),
                              NGHTTP2_NO_ERROR, nullptr, 0);
    } else {
        nghttp2_session_terminate_session(session(), static_cast<std::uint32_t>(error));
    }
}

/// The peer gets GOAWAY, and is not listened to any more.
void Machine::hang_up(ErrorCode code, std::string message) {
    fail(code, std::move(message));
    is_deaf_ = true;
    go_away(code);
}

void Machine::fail(ErrorCode code, std::string message) {
    if (!failure_) failure_ = Failure{code, std::move(message)};
}

void Machine::ping() {
    if (nghttp2_submit_ping(session(), NGHTTP2_FLAG_NONE, nullptr) == 0) ++unanswered_pings_;
}

// --- on the way out --------------------------------------------------------------------------------------------------

std::optional<StreamId> Machine::drain(std::string& out, std::size_t limit) {
    out_ = &out;
    out_limit_ = limit;
    while (out.size() < limit && !is_broken_) {
        std::uint8_t const* bytes = nullptr;
        auto const size = nghttp2_session_mem_send(session(), &bytes);
        is_broken_ = size < 0;
        if (is_broken_) fail(ErrorCode::internal_error, nghttp2_strerror(static_cast<int>(size)));
        if (size <= 0) break;
        auto const stop = put(out, {reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(size)});
        if (stop) return stop;
    }
    return std::nullopt;
}

int Machine::on_frame_sent(nghttp2_frame const& frame) {
    auto* const stream = find(id_of(frame));
    if (frame.hd.type == NGHTTP2_GOAWAY) {
        if (frame.goaway.error_code == NGHTTP2_NO_ERROR) return 0;
        std::string reason(reinterpret_cast<char const*>(frame.goaway.opaque_data), frame.goaway.opaque_data_len);
        fail(ErrorCode{frame.goaway.error_code}, reason.empty() ? complaint_ : std::move(reason));
    } else if (frame.hd.type == NGHTTP2_RST_STREAM) {
        if (stream != nullptr && stream->is_ours) return 0;
        has_refused_ = has_refused_ || frame.rst_stream.error_code == NGHTTP2_REFUSED_STREAM;
        if (++stream_errors_ > std::int64_t{settings_.max_stream_errors}) {
            hang_up(ErrorCode::enhance_your_calm, "too many streams that had to be reset");
        }
    } else if (stream != nullptr && stream->is_ignored && (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
        end_ignored(*stream);
    }
    return 0;
}

/// Sends what follows the content; false when nothing does.
bool Machine::send_trailers(Stream const& stream) {
    auto const* const trailers = stream.content->trailers();
    if (trailers == nullptr || trailers->empty()) return false;
    FieldList const list(*trailers);
    return nghttp2_submit_trailer(session(), signed_id(stream.id), list.data(), list.size()) == 0;
}

ssize_t Machine::read_content(Stream& stream, std::size_t limit, std::uint32_t& flags) {
    flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    auto const piece = stream.content->peek(limit);
    if (!piece) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (piece->bytes.empty() && !piece->is_last) return NGHTTP2_ERR_DEFERRED;
    if (piece->is_last) {
        flags |= NGHTTP2_DATA_FLAG_EOF;
        if (send_trailers(stream)) flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    }
    stream.piece = *piece;
    return static_cast<ssize_t>(piece->bytes.size());
}

int Machine::send_content(Stream& stream, nghttp2_frame const& /*frame*/, std::uint8_t const* header) {
    out_->append(reinterpret_cast<char const*>(header), FrameHeader::size);
    out_->append(stream.piece.bytes);
    stream.content->consume(stream.piece.bytes.size());
    return out_->size() < out_limit_ ? 0 : NGHTTP2_ERR_PAUSE;
}

}  // namespace pathology::proxycore::http2
