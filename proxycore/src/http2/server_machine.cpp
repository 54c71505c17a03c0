// Setting up, events, and what goes out; what comes in is in server_input.cpp.
#include "http2/server_machine.hpp"

#include <array>
#include <pathology/proxycore/http2/frame_header.hpp>

#include "http2/base64url.hpp"
#include "http2/server_callbacks.hpp"

namespace pathology::proxycore::http2 {
namespace {

constexpr std::uint32_t default_window = 65535;

/// One static entry of HPACK: a byte for nghttp2 to deflate, and to be thrown away.
nghttp2_nv sham_field() {
    static std::string name = ":status", value = "200";
    return {reinterpret_cast<std::uint8_t*>(name.data()), reinterpret_cast<std::uint8_t*>(value.data()), name.size(),
            value.size(), NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

std::vector<nghttp2_settings_entry> entries_of(ServerSettings const& settings) {
    std::vector<nghttp2_settings_entry> entries{
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, settings.max_streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, settings.stream_window},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, settings.max_header_list},
    };
    if (settings.extended_connect) entries.push_back({NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1});
    return entries;
}

std::int32_t signed_id(StreamId stream) { return static_cast<std::int32_t>(stream); }

void write_stream_id(char* at, StreamId stream) {
    for (int i = 0; i < 4; ++i) at[i] = static_cast<char>(stream >> (24 - 8 * i));
}

/// Appends whole frames, on another stream than they were made for.
void append_on_stream(std::string& out, std::string_view frames, StreamId stream) {
    auto at = out.size();
    out.append(frames);
    while (auto const header = decode(std::string_view(out).substr(at))) {
        write_stream_id(out.data() + at + 5, stream);
        at += FrameHeader::size + header->length;
        if (at >= out.size()) break;
    }
}

/// `:status: 100` as a literal that no table remembers.
std::string interim_head() {
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

}  // namespace

void ServerStream::renew(StreamId its_id) {
    id = its_id;
    request.head.method.clear();
    request.head.target.clear();
    request.head.version = {2, 0};
    request.head.fields.clear();
    request.scheme.clear();
    request.authority.clear();
    request.protocol.clear();
    request.trailers.clear();
    request.content_size = request.frame_count = 0;
    request.frames.clear();
    reason.clear();
    list_size = asked = allowed = 0;
    interims = 0;
    was_reset = is_ours = is_taken_over = is_finished = false;
    head = {};
    content = nullptr;
}

// --- life ------------------------------------------------------------------------------------------------------------

ServerMachine::ServerMachine(ServerSettings const& settings) : settings_(settings) {
    nghttp2_session* session = nullptr;
    auto const callbacks = server_callbacks();
    auto const option = server_option(settings);
    if (nghttp2_session_server_new2(&session, callbacks.get(), this, option.get()) != 0) throw std::bad_alloc();
    session_.reset(session);
    auto const entries = entries_of(settings);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, entries.data(), entries.size());
    if (settings.connection_window > default_window) {
        nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                              static_cast<std::int32_t>(settings.connection_window));
    }
}

Result<void> ServerMachine::upgrade(std::string_view http2_settings, http::RequestHead const& head) {
    auto const payload = decode_base64url(http2_settings);
    auto& stream = new_stream(1);
    stream.request.head.method = head.method;
    stream.request.head.target = head.target;
    stream.request.head.fields = head.fields;
    stream.request.authority = head.fields.first("host").value_or("");
    stream.request.scheme = "http";
    auto const* const bytes = payload ? reinterpret_cast<std::uint8_t const*>(payload->data()) : nullptr;
    if (!payload || nghttp2_session_upgrade2(session(), bytes, payload->size(), head.method == "HEAD", &stream) != 0) {
        recycle(stream);
        return Failure{ErrorCode::protocol_error, "HTTP2-Settings is no base64url of settings"};
    }
    nghttp2_session_set_stream_user_data(session(), 1, &stream);
    announce(Event::Type::request, stream);
    announce(Event::Type::end, stream);
    return {};
}

ServerStream& ServerMachine::new_stream(StreamId id) {
    if (spare_.empty()) {
        spare_.push_back(&storage_.emplace_back());
    }
    auto& stream = *spare_.back();
    spare_.pop_back();
    stream.renew(id);
    ++open_;
    return stream;
}

void ServerMachine::recycle(ServerStream& stream) {
    --open_;
    spare_.push_back(&stream);
}

ServerStream* ServerMachine::find(StreamId stream) const {
    return static_cast<ServerStream*>(nghttp2_session_get_stream_user_data(session(), signed_id(stream)));
}

// --- events ----------------------------------------------------------------------------------------------------------

void ServerMachine::announce(Event::Type type, ServerStream& stream, std::string_view data) {
    Event event;
    event.type = type;
    event.stream = stream.id;
    event.request = &stream.request;
    event.data = data;
    events_.push_back({event, &stream});
}

std::optional<Event> ServerMachine::next() {
    if (over_ != nullptr) recycle(*std::exchange(over_, nullptr));
    if (next_event_ == events_.size()) {
        events_.clear();
        next_event_ = 0;
        return std::nullopt;
    }
    auto& [event, stream] = events_[next_event_++];
    if (event.type == Event::Type::closed) over_ = stream;
    return event;
}

// --- answers ---------------------------------------------------------------------------------------------------------

void ServerMachine::submit(ServerStream& stream, bool has_content) {
    auto const field = sham_field();
    auto const provider = provider_of(&stream);
    nghttp2_submit_response(session(), signed_id(stream.id), &field, 1, has_content ? &provider : nullptr);
}

void ServerMachine::send_continue(StreamId id) {
    auto* const stream = find(id);
    if (stream == nullptr) return;
    auto const field = sham_field();
    auto const submitted =
        nghttp2_submit_headers(session(), NGHTTP2_FLAG_NONE, signed_id(id), nullptr, &field, 1, nullptr);
    if (submitted == 0) ++stream->interims;
}

void ServerMachine::respond(StreamId id, std::string_view head, Content* content) {
    auto* const stream = find(id);
    if (stream == nullptr) return;
    stream->head = head;
    stream->content = content;
    submit(*stream, content != nullptr);
}

void ServerMachine::take_over(StreamId id) {
    auto* const stream = find(id);
    if (stream == nullptr) return;
    stream->is_taken_over = true;
    submit(*stream, true);
}

void ServerMachine::ask_allowance(StreamId id, std::size_t size) {
    auto* const stream = find(id);
    if (stream == nullptr) return;
    stream->asked = size;
    resume(id);
}

void ServerMachine::finish(StreamId id) {
    auto* const stream = find(id);
    if (stream == nullptr) return;
    stream->is_finished = true;
    resume(id);
}

void ServerMachine::reset(StreamId id, ErrorCode error) {
    if (auto* const stream = find(id)) refuse(*stream, error, {});
}

void ServerMachine::refuse(ServerStream& stream, ErrorCode error, std::string reason) {
    if (stream.is_ours) return;
    stream.is_ours = true;
    stream.reason = std::move(reason);
    nghttp2_submit_rst_stream(session(), NGHTTP2_FLAG_NONE, signed_id(stream.id), static_cast<std::uint32_t>(error));
}

void ServerMachine::go_away(ErrorCode error) {
    if (error == ErrorCode::no_error) {
        nghttp2_submit_goaway(session(), NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session()),
                              NGHTTP2_NO_ERROR, nullptr, 0);
    } else {
        nghttp2_session_terminate_session(session(), static_cast<std::uint32_t>(error));
    }
}

// --- on the way out --------------------------------------------------------------------------------------------------

std::optional<StreamId> ServerMachine::drain(std::string& out, std::size_t limit) {
    out_ = &out;
    out_limit_ = limit;
    while (out.size() < limit && !is_broken_) {
        sham_ = nullptr;
        std::uint8_t const* bytes = nullptr;
        auto const size = nghttp2_session_mem_send(session(), &bytes);
        is_broken_ = size < 0;
        if (is_broken_) fail(ErrorCode::internal_error, nghttp2_strerror(static_cast<int>(size)));
        if (size <= 0) break;
        if (sham_ == nullptr) {
            out.append(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(size));
        } else if (is_interim_) {
            append_on_stream(out, interim_head(), sham_->id);
        } else if (sham_->is_taken_over) {
            return sham_->id;
        } else {
            append_on_stream(out, sham_->head, sham_->id);
        }
    }
    return std::nullopt;
}

int ServerMachine::before_frame_sent(nghttp2_frame const& frame) {
    if (frame.hd.type != NGHTTP2_HEADERS) return 0;
    sham_ = find(static_cast<StreamId>(frame.hd.stream_id));
    if (sham_ == nullptr) return 0;
    is_interim_ = sham_->interims > 0;
    if (is_interim_) --sham_->interims;
    return 0;
}

int ServerMachine::on_frame_sent(nghttp2_frame const& frame) {
    if (frame.hd.type == NGHTTP2_GOAWAY) {
        if (frame.goaway.error_code == NGHTTP2_NO_ERROR) return 0;
        std::string reason(reinterpret_cast<char const*>(frame.goaway.opaque_data), frame.goaway.opaque_data_len);
        fail(ErrorCode{frame.goaway.error_code}, reason.empty() ? complaint_ : std::move(reason));
    } else if (frame.hd.type == NGHTTP2_RST_STREAM) {
        auto const* const stream = find(static_cast<StreamId>(frame.hd.stream_id));
        if (stream != nullptr && stream->is_ours) return 0;
        has_refused_ = has_refused_ || frame.rst_stream.error_code == NGHTTP2_REFUSED_STREAM;
        if (++stream_errors_ > std::int64_t{settings_.max_stream_errors}) {
            hang_up(ErrorCode::enhance_your_calm, "too many streams that had to be reset");
        }
    }
    return 0;
}

ssize_t ServerMachine::read_content(ServerStream& stream, std::size_t limit, std::uint32_t& flags) {
    flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (stream.is_taken_over) {
        if (stream.is_finished) flags |= NGHTTP2_DATA_FLAG_EOF;
        if (stream.is_finished) return 0;
        if (stream.asked == 0) return NGHTTP2_ERR_DEFERRED;
        return static_cast<ssize_t>(std::min(limit, stream.asked));
    }
    auto const piece = stream.content->peek(limit);
    if (!piece) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (piece->bytes.empty() && !piece->is_last) return NGHTTP2_ERR_DEFERRED;
    if (piece->is_last) flags |= NGHTTP2_DATA_FLAG_EOF;
    stream.piece = *piece;
    return static_cast<ssize_t>(piece->bytes.size());
}

int ServerMachine::send_content(ServerStream& stream, nghttp2_frame const& frame, std::uint8_t const* header) {
    if (stream.is_taken_over) {
        stream.allowed += frame.hd.length;
        stream.asked -= frame.hd.length;
        return 0;
    }
    if (out_->size() >= out_limit_) return NGHTTP2_ERR_WOULDBLOCK;
    out_->append(reinterpret_cast<char const*>(header), FrameHeader::size);
    out_->append(stream.piece.bytes);
    stream.content->consume(stream.piece.bytes.size());
    return 0;
}

// --- when it goes wrong ----------------------------------------------------------------------------------------------

void ServerMachine::on_error(std::string_view message) { complaint_ = message; }

/// The client gets GOAWAY, and is not listened to any more.
void ServerMachine::hang_up(ErrorCode code, std::string message) {
    fail(code, std::move(message));
    is_deaf_ = true;
    go_away(code);
}

void ServerMachine::fail(ErrorCode code, std::string message) {
    if (!failure_) failure_ = Failure{code, std::move(message)};
}

}  // namespace pathology::proxycore::http2
