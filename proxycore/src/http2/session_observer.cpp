// An owner that writes frames itself, crafted ones among them. The state of nghttp2 has to follow what was sent, or it
// would judge the peer wrongly. So each frame that matters is submitted to nghttp2 too, and what nghttp2 makes of it is
// dropped: of an observer everything, else the frames in `recorded_`.
#include <algorithm>
#include <pathology/proxycore/http2/header_decoder.hpp>
#include <vector>

#include "http2/session_callbacks.hpp"

namespace pathology::proxycore::http2 {
namespace {

constexpr std::size_t setting_size = 6;
constexpr auto all_output = static_cast<std::size_t>(-1);

std::uint32_t number_of(std::string_view bytes) {
    std::uint32_t number = 0;
    for (auto const c : bytes) number = number << 8U | static_cast<unsigned char>(c);
    return number;
}

std::string bytes_of(std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> static_cast<unsigned>(shift));
    return bytes;
}

/// The largest value of a setting that a session follows: a spec may say anything, but memory has an end.
std::uint32_t most_followed(std::uint32_t id) {
    if (id == NGHTTP2_SETTINGS_HEADER_TABLE_SIZE) return Session::max_recorded_table;
    if (id == NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS) return Session::max_recorded_streams;
    return 0xffffffff;
}

bool has(FrameHeader const& header, std::uint8_t flag) { return (header.flags & flag) != 0; }

/// The method of a request, which decides whether its response has content; GET if the block cannot be decoded alone.
std::string method_of(FrameHeader const& header, std::string_view payload) {
    if (has(header, flag::padded) || has(header, flag::priority)) return "GET";
    auto const section = HeaderDecoder().decode(payload);
    return section ? std::string(section->fields.first(":method").value_or("GET")) : "GET";
}

}  // namespace

// --- limits of the peer ----------------------------------------------------------------------------------------------

/// SETTINGS and WINDOW_UPDATE: they change what the peer may send.
void Session::record_limits(FrameHeader const& header, std::string_view payload) {
    bool const is_full = std::max(unacknowledged_settings_, recorded_.size()) >= max_recorded;
    if (is_full && !settings_.is_observer) return;
    auto const type = FrameType{header.type};
    if (type == FrameType::settings && header.stream == 0 && !has(header, flag::ack)) record_settings(payload);
    if (type == FrameType::window_update && payload.size() == sizeof(std::uint32_t))
        record_window_update(header.stream, number_of(payload) & FrameHeader::largest_stream);
}

/// The peer owes an ACK, also for entries that nghttp2 would not send.
void Session::record_settings(std::string_view payload) {
    std::vector<nghttp2_settings_entry> entries;
    std::string accepted;
    for (; payload.size() >= setting_size; payload.remove_prefix(setting_size)) {
        auto const id = number_of(payload.substr(0, 2));
        auto value = number_of(payload.substr(2, 4));
        if (!settings_.is_observer) value = std::min(value, most_followed(id));
        entries.push_back({static_cast<std::int32_t>(id), value});
        accepted.append(payload.substr(0, 2)).append(bytes_of(value));
        if (id == NGHTTP2_SETTINGS_ENABLE_PUSH) allows_push_ = value != 0;
    }
    auto* const library = session_.get();
    if (nghttp2_submit_settings(library, NGHTTP2_FLAG_NONE, entries.data(), entries.size()) != 0) {
        nghttp2_submit_settings(library, NGHTTP2_FLAG_NONE, nullptr, 0);
        accepted.clear();
    }
    ++unacknowledged_settings_;
    expect(FrameType::settings, 0, accepted);
}

void Session::record_window_update(StreamId id, std::uint32_t increment) {
    if (increment == 0 || (id != 0 && find(id) == nullptr)) return;
    auto const submitted = nghttp2_submit_window_update(session_.get(), NGHTTP2_FLAG_NONE, signed_id(id),
                                                        static_cast<std::int32_t>(increment));
    if (submitted == 0) expect(FrameType::window_update, id, bytes_of(increment));
}

/// nghttp2 is about to give this frame, which has to be dropped.
void Session::expect(FrameType type, StreamId stream, std::string_view payload) {
    if (settings_.is_observer) return;
    FrameHeader header;
    header.length = static_cast<std::uint32_t>(payload.size());
    header.type = static_cast<std::uint8_t>(type);
    header.stream = stream;
    recorded_.push_back(encode(header).append(payload));
}

/// A frame of the session that is equal to one of the owner may be taken for it: then the other is sent, which is the same.
bool Session::was_sent_by_owner(std::string_view frame) {
    auto const found = std::find(recorded_.begin(), recorded_.end(), frame);
    if (found == recorded_.end()) return false;
    recorded_.erase(found);
    return true;
}

// --- all frames ------------------------------------------------------------------------------------------------------

bool Session::record_sent(FrameHeader const& header, std::string_view payload) {
    if (!settings_.is_observer) {
        record_limits(header, payload);
        return true;
    }
    auto const type = FrameType{header.type};
    auto const id = header.stream;
    bool const has_number = payload.size() == sizeof(std::uint32_t);
    bool const opens = type == FrameType::headers || type == FrameType::data || type == FrameType::continuation ||
                       type == FrameType::rst_stream || type == FrameType::window_update;
    // A server may respond to whatever names a stream, so a frame that may not begin one is taken for its beginning.
    auto const method = type == FrameType::headers ? method_of(header, payload) : "GET";
    if (opens && id != 0 && !open_observed(id, method)) return false;
    auto* const stream = find(id);
    record_limits(header, payload);
    if (type == FrameType::rst_stream && has_number) {
        reset(id, ErrorCode{number_of(payload)});
    } else if (stream != nullptr && (type == FrameType::data || type == FrameType::headers)) {
        if (type == FrameType::data) record_content(*stream, header.length);
        if (has(header, flag::end_stream)) finish(id);
    }
    discard_output();
    return true;
}

/// Opens a stream as nghttp2 sees it, and every lower one with it (RFC 9113 §5.1.1). Streams that are open, closed or
/// the server's stay as they are.
bool Session::open_observed(StreamId id, std::string_view method) {
    auto* const library = session_.get();
    if (id % 2 == 0 || id < nghttp2_session_get_next_stream_id(library)) return true;
    if (!accepts_requests() || nghttp2_session_set_next_stream_id(library, signed_id(id)) != 0) return false;
    auto& stream = streams_->acquire(id);
    stream.is_taken_over = true;
    Request request;
    request.head.method = method;
    bool const is_open = submit(stream, request, true).has_value();
    discard_output();
    return is_open;
}

/// Content uses the windows of nghttp2 too, or the server's WINDOW_UPDATE would let them overflow.
void Session::record_content(Stream& stream, std::size_t size) {
    stream.requested += size;
    resume(stream.id);
    discard_output();
    stream.allowed = 0;
}

void Session::discard_output() {
    std::string dropped;
    drain(dropped, all_output);
    while (next()) continue;
}

/// A stream is closed if both ends have ended it, or the server has reset it. After a reset of ours, frames may still
/// arrive; so streams up to the last one that was reset are not judged.
void Session::check_header(FrameHeader const& header) {
    auto const type = FrameType{header.type};
    auto const id = header.stream;
    if ((type != FrameType::data && type != FrameType::headers) || id % 2 == 0 || id <= last_reset_) return;
    if (id >= nghttp2_session_get_next_stream_id(session_.get()) || find(id) != nullptr) return;
    terminate(ErrorCode::stream_closed, name(type) + ": stream closed");
}

}  // namespace pathology::proxycore::http2
