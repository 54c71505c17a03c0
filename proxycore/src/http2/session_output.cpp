// What goes out: frames of nghttp2, content, and bytes of the caller's in place of field blocks.
#include <algorithm>
#include <initializer_list>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <utility>

#include "http2/field_list.hpp"
#include "http2/session_callbacks.hpp"

namespace pathology::proxycore::http2 {
namespace {

void write_stream_id(char* at, StreamId stream) {
    for (int i = 0; i < 4; ++i) at[i] = static_cast<char>(stream >> (24 - 8 * i));
}

/// Appends whole frames, with another stream id than they were made for.
void append_on_stream(std::string& out, std::string_view frames, StreamId stream) {
    auto at = out.size();
    out.append(frames);
    while (auto const header = decode(std::string_view(out).substr(at))) {
        write_stream_id(out.data() + at + 5, stream);
        at += FrameHeader::size + header->length;
        if (at >= out.size()) break;
    }
}

/// `:status: 100` as a literal that enters no table, so that any HPACK state fits.
std::string continue_head() {
    std::string const block(
        "\x08\x03"
        "100",
        5);
    FrameHeader header;
    header.length = static_cast<std::uint32_t>(block.size());
    header.type = static_cast<std::uint8_t>(FrameType::headers);
    header.flags = flag::end_headers;
    return encode(header) + block;
}

bool is_of_type(std::string_view frame, std::initializer_list<FrameType> types) {
    auto const header = decode(frame);
    return header && std::find(types.begin(), types.end(), FrameType{header->type}) != types.end();
}

}  // namespace

std::optional<StreamId> Session::drain(std::string& out, std::size_t limit) {
    out_ = &out;
    out_limit_ = limit;
    while (out.size() < limit && !write_failed_) {
        std::uint8_t const* bytes = nullptr;
        auto const size = nghttp2_session_mem_send(session_.get(), &bytes);
        write_failed_ = size < 0;
        if (write_failed_) fail(ErrorCode::internal_error, nghttp2_strerror(static_cast<int>(size)));
        if (size == 0 && out.size() < limit) recorded_.clear();  // what is left was for streams that are closed
        if (size <= 0) break;
        auto const taken_over = append_frame(out, text_of(bytes, static_cast<std::size_t>(size)));
        if (taken_over) return taken_over;
    }
    return std::nullopt;
}

/// nghttp2 returns the window of padding, and of content on closed streams, by itself.
bool Session::is_dropped(std::string_view frame) {
    if (settings_.is_observer) return !is_of_type(frame, {FrameType::rst_stream, FrameType::goaway});
    bool const sends_updates = settings_.window_updates != WindowUpdates::never;
    return was_sent_by_owner(frame) || (!sends_updates && is_of_type(frame, {FrameType::window_update}));
}

/// Appends a frame of nghttp2's, or the bytes for which it is a placeholder. Returns the stream if these are the
/// caller's to write.
std::optional<StreamId> Session::append_frame(std::string& out, std::string_view frame) {
    if (is_dropped(frame)) return std::nullopt;
    auto* const stream = std::exchange(placeholder_, nullptr);
    if (stream == nullptr) {
        out.append(frame);
    } else if (placeholder_is_continue_) {
        append_on_stream(out, continue_head(), stream->id);
    } else if (stream->is_taken_over) {
        return stream->id;
    } else {
        append_on_stream(out, stream->head, stream->id);
    }
    return std::nullopt;
}

int Session::Callbacks::before_frame_sent(nghttp2_session*, nghttp2_frame const* frame, void* pointer) {
    auto& session = session_of(pointer);
    if (!session.is_server() || frame->hd.type != NGHTTP2_HEADERS) return 0;
    auto* const stream = session.find(id_of(*frame));
    if (stream == nullptr) return 0;
    session.placeholder_is_continue_ = stream->continues > 0;
    if (session.placeholder_is_continue_) --stream->continues;
    if (session.placeholder_is_continue_ || stream->has_placeholder) session.placeholder_ = stream;
    return 0;
}

int Session::Callbacks::on_frame_sent(nghttp2_session*, nghttp2_frame const* frame, void* pointer) {
    auto& session = session_of(pointer);
    auto* const stream = session.find(id_of(*frame));
    if (frame->hd.type == NGHTTP2_HEADERS && stream != nullptr && std::exchange(stream->is_unsent, false)) {
        session.unsent_.erase(std::find(session.unsent_.begin(), session.unsent_.end(), stream));
    }
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        if (frame->goaway.error_code == NGHTTP2_NO_ERROR) return 0;
        std::string reason(text_of(frame->goaway.opaque_data, frame->goaway.opaque_data_len));
        session.fail(ErrorCode{frame->goaway.error_code}, reason.empty() ? session.library_error_ : std::move(reason));
    } else if (frame->hd.type == NGHTTP2_RST_STREAM) {
        session.last_reset_ = std::max(session.last_reset_, id_of(*frame));
        if (stream != nullptr && stream->reset_by_us) return 0;
        session.has_refused_ = session.has_refused_ || frame->rst_stream.error_code == NGHTTP2_REFUSED_STREAM;
        if (++session.stream_errors_ > std::int64_t{session.settings_.max_stream_errors}) {
            session.terminate(ErrorCode::enhance_your_calm, "too many streams that had to be reset");
        }
    } else if (stream != nullptr && stream->is_ignored && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
        session.end_ignored(*stream);
    }
    return 0;
}

int Session::Callbacks::on_frame_not_sent(nghttp2_session*, nghttp2_frame const* frame, int error, void* pointer) {
    auto& session = session_of(pointer);
    if (frame->hd.type != NGHTTP2_HEADERS) return 0;
    auto* const stream = session.find_unsent(id_of(*frame));
    if (stream != nullptr) session.close_unsent(*stream, ErrorCode::refused_stream, nghttp2_strerror(error));
    return 0;
}

// --- content ---------------------------------------------------------------------------------------------------------

nghttp2_data_provider Session::Callbacks::provider_of(Stream& stream) {
    nghttp2_data_provider provider{};
    provider.source.ptr = &stream;
    provider.read_callback = read_content;
    return provider;
}

/// Sends what follows the content; returns false if there are no trailers.
bool Session::Callbacks::send_trailers(Session& session, Stream const& stream) {
    auto const* const trailers = stream.content->trailers();
    if (trailers == nullptr || trailers->empty()) return false;
    FieldList const list(*trailers);
    return nghttp2_submit_trailer(session.session_.get(), signed_id(stream.id), list.data(), list.size()) == 0;
}

ssize_t Session::Callbacks::read_content(nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t limit,
                                         std::uint32_t* flags, nghttp2_data_source* source, void* pointer) {
    auto& stream = *static_cast<Stream*>(source->ptr);
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (stream.is_taken_over) {
        if (stream.is_finished) *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (stream.is_finished) return 0;
        if (stream.requested == 0) return NGHTTP2_ERR_DEFERRED;
        return static_cast<ssize_t>(std::min(limit, stream.requested));
    }
    auto const piece = stream.content->peek(limit);
    if (!piece) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (piece->bytes.empty() && !piece->is_last) return NGHTTP2_ERR_DEFERRED;
    bool const has_trailers = piece->is_last && send_trailers(session_of(pointer), stream);
    if (piece->is_last) *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (has_trailers) *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    // No empty DATA frame is sent before trailers, so send_content() is not called.
    if (has_trailers && piece->bytes.empty()) stream.content->consume(0);
    stream.piece = *piece;
    return static_cast<ssize_t>(piece->bytes.size());
}

int Session::Callbacks::send_content(nghttp2_session*, nghttp2_frame* frame, std::uint8_t const* header, std::size_t,
                                     nghttp2_data_source* source, void* pointer) {
    auto& session = session_of(pointer);
    auto& stream = *static_cast<Stream*>(source->ptr);
    if (stream.is_taken_over) {  // its bytes are written by the caller of take_over()
        stream.allowed += frame->hd.length;
        stream.requested -= frame->hd.length;
        return 0;
    }
    session.out_->append(text_of(header, FrameHeader::size));
    session.out_->append(stream.piece.bytes);
    stream.content->consume(stream.piece.bytes.size());
    return session.out_->size() < session.out_limit_ ? 0 : NGHTTP2_ERR_PAUSE;
}

}  // namespace pathology::proxycore::http2
