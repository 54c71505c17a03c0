// Setting up, answers, and what goes out; what comes in is in server_input.cpp.
#include "http2/server_machine.hpp"

#include <pathology/proxycore/http2/frame_header.hpp>

#include <pathology/proxycore/base64.hpp>
#include "http2/field_list.hpp"

namespace pathology::proxycore::http2 {
namespace {

/// One static entry of HPACK: a byte for nghttp2 to deflate, and to be thrown away.
nghttp2_nv sham_field() {
    static std::string name = ":status", value = "200";
    return {reinterpret_cast<std::uint8_t*>(name.data()), reinterpret_cast<std::uint8_t*>(value.data()), name.size(),
            value.size(), NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

Option option_of(ServerSettings const& settings) {
    auto option = session_option(settings);
    nghttp2_option_set_stream_reset_rate_limit(option.get(), settings.reset_burst, settings.reset_rate);
    return option;
}

std::vector<nghttp2_settings_entry> entries_of(ServerSettings const& settings) {
    std::vector<nghttp2_settings_entry> entries{{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, settings.max_streams}};
    if (settings.extended_connect) entries.push_back({NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1});
    return entries;
}

ServerStream& ours(Stream& stream) { return static_cast<ServerStream&>(stream); }

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

}  // namespace

void ServerStream::renew(StreamId its_id) {
    Stream::renew(its_id);
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
    has_head = is_sham = is_taken_over = is_finished = false;
    head = {};
    asked = allowed = 0;
    continues = 0;
}

// --- life ------------------------------------------------------------------------------------------------------------

ServerMachine::ServerMachine(ServerSettings const& settings) : Machine(settings) {
    begin(Side::server, option_of(settings), entries_of(settings));
}

Result<void> ServerMachine::upgrade(std::string_view http2_settings, http::RequestHead const& head) {
    auto const payload = decode_base64url(http2_settings);
    auto& stream = streams_.take(1);
    stream.request.head.method = head.method;
    stream.request.head.target = head.target;
    stream.request.head.fields = head.fields;
    stream.request.authority = head.fields.first("host").value_or("");
    stream.request.scheme = "http";
    stream.has_head = true;
    auto const* const bytes = payload ? reinterpret_cast<std::uint8_t const*>(payload->data()) : nullptr;
    if (!payload || nghttp2_session_upgrade2(session(), bytes, payload->size(), head.method == "HEAD", nullptr) != 0) {
        recycle(stream);
        return Failure{ErrorCode::protocol_error, "HTTP2-Settings is not valid base64url SETTINGS"};
    }
    nghttp2_session_set_stream_user_data(session(), 1, static_cast<Stream*>(&stream));
    announce(Happening::Kind::head, stream);
    announce(Happening::Kind::end, stream);
    return {};
}

std::vector<Stream*> ServerMachine::open_streams() {
    std::vector<Stream*> open;
    for (auto& stream : streams_) {
        if (stream.id != 0) open.push_back(&stream);
    }
    return open;
}

void ServerMachine::recycle(Stream& stream) { streams_.give_back(ours(stream)); }

std::optional<Event> ServerMachine::next() {
    auto const* const happening = next_happening();
    if (happening == nullptr) return std::nullopt;
    auto& stream = ours(*happening->stream);
    Event event;
    event.stream = stream.id;
    event.request = &stream.request;
    event.data = happening->data;
    switch (happening->kind) {
        case Happening::Kind::interim:
        case Happening::Kind::head: event.type = Event::Type::request; break;
        case Happening::Kind::data: event.type = Event::Type::data; break;
        case Happening::Kind::end: event.type = Event::Type::end; break;
        case Happening::Kind::closed:
            event.type = Event::Type::closed;
            event.error = happening->error;
            event.by_client = stream.was_reset;
            event.reason = stream.reason;
            break;
    }
    return event;
}

// --- answers ---------------------------------------------------------------------------------------------------------

void ServerMachine::send_continue(StreamId id) {
    auto* const stream = find_ours(id);
    if (stream == nullptr) return;
    auto const field = sham_field();
    auto const submitted =
        nghttp2_submit_headers(session(), NGHTTP2_FLAG_NONE, signed_id(id), nullptr, &field, 1, nullptr);
    if (submitted == 0) ++stream->continues;
}

void ServerMachine::inform(StreamId id, http::ResponseHead const& head) {
    if (find(id) == nullptr) return;
    FieldList const list(head);
    nghttp2_submit_headers(session(), NGHTTP2_FLAG_NONE, signed_id(id), nullptr, list.data(), list.size(), nullptr);
}

void ServerMachine::respond(StreamId id, http::ResponseHead const& head, Content* content) {
    auto* const stream = find(id);
    if (stream == nullptr) return;
    stream->content = content;
    FieldList const list(head);
    auto const provider = provider_of(stream);
    nghttp2_submit_response(session(), signed_id(id), list.data(), list.size(),
                            content != nullptr ? &provider : nullptr);
}

void ServerMachine::respond(StreamId id, std::string_view head, Content* content) {
    auto* const stream = find_ours(id);
    if (stream == nullptr) return;
    stream->head = head;
    stream->content = content;
    submit_sham(*stream, content != nullptr);
}

void ServerMachine::submit_sham(ServerStream& stream, bool has_content) {
    stream.is_sham = true;
    auto const field = sham_field();
    auto const provider = provider_of(static_cast<Stream*>(&stream));
    nghttp2_submit_response(session(), signed_id(stream.id), &field, 1, has_content ? &provider : nullptr);
}

void ServerMachine::take_over(StreamId id) {
    auto* const stream = find_ours(id);
    if (stream == nullptr) return;
    stream->is_taken_over = true;
    submit_sham(*stream, true);
}

void ServerMachine::ask_allowance(StreamId id, std::size_t size) {
    auto* const stream = find_ours(id);
    if (stream == nullptr) return;
    stream->asked = size;
    resume(id);
}

void ServerMachine::finish(StreamId id) {
    auto* const stream = find_ours(id);
    if (stream == nullptr) return;
    stream->is_finished = true;
    resume(id);
}

// --- on the way out --------------------------------------------------------------------------------------------------

int ServerMachine::before_frame_sent(nghttp2_frame const& frame) {
    if (frame.hd.type != NGHTTP2_HEADERS) return 0;
    auto* const stream = find_ours(id_of(frame));
    if (stream == nullptr) return 0;
    is_continue_ = stream->continues > 0;
    if (is_continue_) --stream->continues;
    if (is_continue_ || stream->is_sham) sham_ = stream;
    return 0;
}

std::optional<StreamId> ServerMachine::put(std::string& out, std::string_view frame) {
    auto* const stream = std::exchange(sham_, nullptr);
    if (stream == nullptr) return Machine::put(out, frame);
    if (!is_continue_ && stream->is_taken_over) return stream->id;
    append_on_stream(out, is_continue_ ? continue_head() : stream->head, stream->id);
    return std::nullopt;
}

ssize_t ServerMachine::read_content(Stream& any, std::size_t limit, std::uint32_t& flags) {
    auto& stream = ours(any);
    if (!stream.is_taken_over) return Machine::read_content(stream, limit, flags);
    flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (stream.is_finished) flags |= NGHTTP2_DATA_FLAG_EOF;
    if (stream.is_finished) return 0;
    if (stream.asked == 0) return NGHTTP2_ERR_DEFERRED;
    return static_cast<ssize_t>(std::min(limit, stream.asked));
}

int ServerMachine::send_content(Stream& any, nghttp2_frame const& frame, std::uint8_t const* header) {
    auto& stream = ours(any);
    if (!stream.is_taken_over) return Machine::send_content(stream, frame, header);
    stream.allowed += frame.hd.length;
    stream.asked -= frame.hd.length;
    return 0;
}

}  // namespace pathology::proxycore::http2
