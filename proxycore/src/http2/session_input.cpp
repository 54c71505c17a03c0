// What nghttp2 reports of the peer's frames, made into events.
#include <algorithm>
#include <charconv>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/target.hpp>
#include <utility>

#include "http2/session_callbacks.hpp"

namespace pathology::proxycore::http2 {
namespace {

constexpr std::size_t field_overhead = 32;  // RFC 9113 §6.5.2
constexpr std::int64_t max_window = 0x7fffffff;

/// Where a pseudo-header field goes; nullptr for those of a response, which nghttp2 has refused.
std::string* pseudo_field(Request& request, std::string_view name) {
    if (name == ":method") return &request.head.method;
    if (name == ":path") return &request.head.target;
    if (name == ":scheme") return &request.scheme;
    if (name == ":authority") return &request.authority;
    if (name == ":protocol") return &request.protocol;
    return nullptr;
}

/// Whether two authorities are equivalent: case of the host does not matter, nor does the scheme's default port.
bool is_same_authority(std::string_view one, std::string_view other, std::string_view scheme) {
    auto const a = http::parse_authority(one), b = http::parse_authority(other);
    if (!a.valid || !b.valid) return one == other;
    std::string_view const usual = scheme == "https" ? "443" : scheme == "http" ? "80" : "";
    auto const port_of = [&](http::Authority const& named) { return named.port.empty() ? usual : named.port; };
    return http::equals_ignoring_case(a.host, b.host) && port_of(a) == port_of(b);
}

/// Why a head is malformed that nghttp2 accepts (RFC 9113 §8.3.1); empty if it is not.
std::string fault_of(Request const& request) {
    auto const& authority = request.authority;
    if (authority.find('@') != std::string::npos && (request.scheme == "http" || request.scheme == "https"))
        return "the authority " + http::quoted(authority) + " has user information";
    auto const host = request.head.fields.first("host");
    if (!host || authority.empty() || is_same_authority(*host, authority, request.scheme)) return {};
    return "the Host field says " + http::quoted(*host) + " and :authority " + http::quoted(authority);
}

void add_frame(Request& request, FrameHeader const& header) {
    ++request.frame_count;
    if (request.frames.size() < max_kept_frames) request.frames.push_back(header);
}

void add_field(Request& request, bool is_trailer, std::string_view name, std::string_view value) {
    if (is_trailer) {
        request.trailers.add(name, value);
    } else if (auto* const pseudo = pseudo_field(request, name)) {
        *pseudo = value;
    } else {
        request.head.fields.add(name, value);
    }
}

void add_field(Response& response, bool is_trailer, std::string_view name, std::string_view value) {
    if (is_trailer) {
        response.trailers.add(name, value);
    } else if (name == ":status") {
        std::from_chars(value.data(), value.data() + value.size(), response.head.status);
    } else {
        response.head.fields.add(name, value);
    }
}

bool has_flag(nghttp2_frame_hd const& header, std::uint8_t flag) { return (header.flags & flag) != 0; }

FrameHeader frame_header(nghttp2_frame_hd const& header) {
    return {static_cast<std::uint32_t>(header.length), header.type, header.flags, false,
            static_cast<StreamId>(header.stream_id)};
}

}  // namespace

bool Session::feed(std::string_view bytes) {
    if (input_ignored_) return false;
    auto const used =
        nghttp2_session_mem_recv(session_.get(), reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size());
    if (used < 0) {
        auto const code = used == NGHTTP2_ERR_FLOODED ? ErrorCode::enhance_your_calm : ErrorCode::protocol_error;
        terminate(code, nghttp2_strerror(static_cast<int>(used)));
    }
    return !input_ignored_ && nghttp2_session_want_read(session_.get()) != 0;
}

int Session::Callbacks::on_error(nghttp2_session*, int, char const* message, std::size_t size, void* pointer) {
    session_of(pointer).library_error_.assign(message, size);
    return 0;
}

// --- frames ----------------------------------------------------------------------------------------------------------

/// What nghttp2 does not check.
int Session::Callbacks::on_begin_frame(nghttp2_session* library, nghttp2_frame_hd const* header, void* pointer) {
    auto& session = session_of(pointer);
    auto const id = static_cast<StreamId>(header->stream_id);
    if (session.is_server()) {
        record_frame(session, *header);
        // RFC 9113 §5.1.1: a new stream has a higher number than all before. A refused one may still get trailers.
        bool const is_old = header->type == NGHTTP2_HEADERS && id % 2 == 1 && !session.has_refused_ &&
                            header->stream_id < nghttp2_session_get_last_proc_stream_id(library);
        if (is_old && nghttp2_session_find_stream(library, header->stream_id) == nullptr) {
            session.terminate(ErrorCode::protocol_error, "HEADERS for stream " + std::to_string(id) +
                                                             ", which is closed or was skipped by a later one");
        }
    } else if (header->type == NGHTTP2_PUSH_PROMISE && !session.allows_push_) {  // RFC 9113 §8.4
        session.terminate(ErrorCode::protocol_error, "PUSH_PROMISE, although SETTINGS disabled push");
    } else if (header->type == NGHTTP2_DATA) {
        if (auto* const stream = session.find(id))
            stream->announced_size = stream->response.content_size + header->length;
    }
    if (header->type == NGHTTP2_SETTINGS) remember_windows(session);
    session.continuations_ = header->type == NGHTTP2_CONTINUATION ? session.continuations_ + 1 : 0;
    auto const max = session.settings_.max_continuations;
    if (session.continuations_ > max) {
        session.terminate(ErrorCode::enhance_your_calm,
                          "a field block in more than " + std::to_string(max) + " CONTINUATION frames");
    }
    return 0;
}

void Session::Callbacks::record_frame(Session& session, nghttp2_frame_hd const& header) {
    auto& frame = session.current_frame_;
    frame = frame_header(header);
    if (frame.stream == 0) return add_frame(session.between_requests_, frame);
    if (auto* const stream = session.find(frame.stream)) add_frame(stream->request, frame);
}

void Session::Callbacks::remember_windows(Session& session) {
    auto* const library = session.session_.get();
    auto const initial = nghttp2_session_get_remote_settings(library, NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE);
    session.initial_peer_window_ = session.max_peer_window_ = initial;
    session.streams_->for_each([&](Stream const& stream) {
        std::int64_t const window = nghttp2_session_get_stream_remote_window_size(library, signed_id(stream.id));
        session.max_peer_window_ = std::max(session.max_peer_window_, window);
    });
}

/// Where nghttp2 resets the streams concerned, the connection has to end (RFC 9113 §6.9.2).
void Session::Callbacks::check_windows(Session& session) {
    std::int64_t const initial =
        nghttp2_session_get_remote_settings(session.session_.get(), NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE);
    if (session.max_peer_window_ + initial - session.initial_peer_window_ > max_window) {
        session.terminate(ErrorCode::flow_control_error, "SETTINGS that raise the window of a stream above 2^31-1");
    }
}

/// DATA frames without content cost their sender next to nothing.
bool Session::Callbacks::is_flooded_by(Session& session, nghttp2_frame const& frame) {
    if (frame.hd.type != NGHTTP2_DATA) return false;
    bool const is_empty = frame.hd.length == frame.data.padlen && !has_flag(frame.hd, NGHTTP2_FLAG_END_STREAM);
    session.empty_data_ = is_empty ? session.empty_data_ + 1 : 0;
    auto const max = session.settings_.max_empty_data;
    if (session.empty_data_ <= max) return false;
    session.terminate(ErrorCode::enhance_your_calm,
                      "more than " + std::to_string(max) + " DATA frames in a row without content");
    return true;
}

/// A request that is reset costs its sender less than the server that has begun to work on it (RFC 9113 §10.5).
bool Session::Callbacks::resets_too_often(Session& session) {
    auto const burst = session.settings_.reset_burst, rate = session.settings_.reset_rate;
    auto const now = std::chrono::steady_clock::now();
    auto const seconds = std::chrono::floor<std::chrono::seconds>(now - session.resets_since_);
    auto const gained = static_cast<std::uint64_t>(seconds.count()) * rate;
    session.resets_since_ += seconds;
    session.resets_left_ = std::min(burst, session.resets_left_ + gained);
    if (session.resets_left_ > 0) {
        --session.resets_left_;
        return false;
    }
    session.terminate(ErrorCode::enhance_your_calm, "the client resets streams too often: more than " +
                                                        std::to_string(burst) + " at once and " + std::to_string(rate) +
                                                        " a second");
    return true;
}

int Session::Callbacks::on_frame_received(nghttp2_session*, nghttp2_frame const* frame, void* pointer) {
    auto& session = session_of(pointer);
    auto const& header = frame->hd;
    if (is_flooded_by(session, *frame)) return 0;
    switch (header.type) {
        case NGHTTP2_RST_STREAM:
            if (session.is_server() && resets_too_often(session)) return 0;
            break;
        case NGHTTP2_PING:
            if (has_flag(header, NGHTTP2_FLAG_ACK) && session.unacknowledged_pings_ > 0)
                --session.unacknowledged_pings_;
            return 0;
        case NGHTTP2_SETTINGS:
            if (has_flag(header, NGHTTP2_FLAG_ACK)) {
                --session.unacknowledged_settings_;  // nghttp2 refuses one that nobody asked for
                return 0;
            }
            session.has_peer_settings_ = true;
            check_windows(session);
            return 0;
        case NGHTTP2_GOAWAY:
            if (!session.is_server()) on_goaway(session, frame->goaway);
            return 0;
        default: break;
    }
    auto* const stream = session.find(id_of(*frame));
    if (stream == nullptr) return 0;
    switch (header.type) {
        case NGHTTP2_HEADERS:
            on_section(session, *stream);
            if (stream->reset_by_us) return 0;
            break;
        case NGHTTP2_DATA: break;
        case NGHTTP2_RST_STREAM: stream->reset_by_peer = true; return 0;
        default: return 0;
    }
    if (has_flag(header, NGHTTP2_FLAG_END_STREAM)) session.announce(SessionEvent::Type::end, *stream);
    return 0;
}

void Session::Callbacks::on_goaway(Session& session, nghttp2_goaway const& frame) {
    auto const debug_data = text_of(frame.opaque_data, frame.opaque_data_len);
    auto const code = ErrorCode{frame.error_code};
    std::string message = "GOAWAY: last stream " + std::to_string(frame.last_stream_id) + ", " + name(code);
    if (!debug_data.empty()) message += ", \"" + http::escaped(debug_data) + "\"";
    session.peer_goaway_ = Failure{code, std::move(message)};
    session.close_all_unsent(ErrorCode::refused_stream, session.peer_goaway_->message);
}

// --- field sections --------------------------------------------------------------------------------------------------

int Session::Callbacks::on_begin_headers(nghttp2_session* library, nghttp2_frame const* frame, void* pointer) {
    auto& session = session_of(pointer);
    if (!session.is_server() || frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
        if (auto* const stream = session.find(id_of(*frame))) stream->section_size = 0;
        return 0;
    }
    auto& stream = session.streams_->acquire(id_of(*frame));
    nghttp2_session_set_stream_user_data(library, frame->hd.stream_id, &stream);
    std::swap(stream.request.frames, session.between_requests_.frames);
    stream.request.frame_count = std::exchange(session.between_requests_.frame_count, 0);
    add_frame(stream.request, session.current_frame_);
    return 0;
}

bool Session::Callbacks::is_too_large(Session const& session, Stream const& stream) {
    return stream.section_size > session.settings_.max_header_list;
}

int Session::Callbacks::on_header(nghttp2_session*, nghttp2_frame const* frame, std::uint8_t const* name_bytes,
                                  std::size_t name_size, std::uint8_t const* value_bytes, std::size_t value_size,
                                  std::uint8_t, void* pointer) {
    auto& session = session_of(pointer);
    auto* const stream = session.find(id_of(*frame));
    if (stream == nullptr) return 0;
    stream->section_size += name_size + value_size + field_overhead;
    if (is_too_large(session, *stream)) return 0;
    auto const name = text_of(name_bytes, name_size), value = text_of(value_bytes, value_size);
    if (session.is_server()) {
        add_field(stream->request, stream->has_head, name, value);
    } else {
        add_field(stream->response, stream->has_head, name, value);
    }
    return 0;
}

/// A field that a lenient reader would drop makes the whole message malformed (RFC 9113 §8.2.1).
int Session::Callbacks::on_invalid_header(nghttp2_session*, nghttp2_frame const* frame, std::uint8_t const*,
                                          std::size_t, std::uint8_t const* value_bytes, std::size_t value_size,
                                          std::uint8_t, void* pointer) {
    constexpr std::string_view blanks = " \t";
    auto const value = text_of(value_bytes, value_size);
    bool const is_padded =
        !value.empty() && (blanks.find(value.front()) != blanks.npos || blanks.find(value.back()) != blanks.npos);
    if (auto* const stream = session_of(pointer).find(id_of(*frame)); stream != nullptr && is_padded)
        stream->has_padded_value = true;
    return frame->hd.type == NGHTTP2_HEADERS ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : 0;
}

void Session::Callbacks::on_section(Session& session, Stream& stream) {
    if (is_too_large(session, stream)) {
        session.reset(stream.id, ErrorCode::enhance_your_calm,
                      "a field section of " + std::to_string(stream.section_size) + " bytes, where at most " +
                          std::to_string(session.settings_.max_header_list) + " are allowed");
    } else if (!stream.has_head) {
        session.is_server() ? on_request_head(session, stream) : on_response_head(session, stream);
    }
}

void Session::Callbacks::on_request_head(Session& session, Stream& stream) {
    stream.has_head = true;
    auto fault = fault_of(stream.request);
    if (!fault.empty()) return session.reset(stream.id, ErrorCode::protocol_error, std::move(fault));
    session.announce(SessionEvent::Type::head, stream);
}

void Session::Callbacks::on_response_head(Session& session, Stream& stream) {
    auto& head = stream.response.head;
    if (head.status < 100)
        return session.reset(stream.id, ErrorCode::protocol_error, "a status of " + std::to_string(head.status));
    if (head.status >= 200) {
        stream.has_head = true;
        return session.announce(SessionEvent::Type::head, stream);
    }
    auto const max = session.settings_.max_interims;
    if (++stream.interims > max) {
        return session.reset(stream.id, ErrorCode::enhance_your_calm,
                             "more than " + std::to_string(max) + " interim responses");
    }
    session.interims_.push_back(head);
    head.fields.clear();
    session.announce(SessionEvent::Type::interim, stream);
    session.events_.back().event.interim = &session.interims_.back();
}

// --- content and ends ------------------------------------------------------------------------------------------------

int Session::Callbacks::on_data(nghttp2_session*, std::uint8_t, std::int32_t id, std::uint8_t const* bytes,
                                std::size_t length, void* pointer) {
    auto& session = session_of(pointer);
    auto* const stream = session.find(static_cast<StreamId>(id));
    if (stream == nullptr) return 0;
    stream->unconsumed += length;
    if (stream->reset_by_us || stream->is_ignored) {
        session.give_window(*stream, stream->unconsumed);
        return 0;
    }
    auto& size = session.is_server() ? stream->request.content_size : stream->response.content_size;
    size += length;
    auto const max = session.settings_.max_content;
    if (size > max) {
        session.reset(stream->id, ErrorCode::enhance_your_calm,
                      "content of more than " + std::to_string(max) + " bytes");
    } else {
        session.announce(SessionEvent::Type::data, *stream, text_of(bytes, length));
    }
    return 0;
}

/// Details about a stream that nghttp2 has reset.
std::string Session::Callbacks::reason_for(Session& session, Stream const& stream, std::uint32_t error) {
    if (!session.library_error_.empty()) return std::exchange(session.library_error_, {});
    if (error == NGHTTP2_FLOW_CONTROL_ERROR) return "more content than the window has room for, or a window too wide";
    if (session.is_server()) return {};
    auto const size = std::to_string(std::max(stream.announced_size, stream.response.content_size));
    auto const length = stream.response.head.fields.first("content-length");
    if (length && *length != size)
        return "content-length is \"" + std::string(*length) + "\", and " + size + " bytes came";
    if (!stream.has_head) return "it does not begin with a response head";
    return "what follows the head is neither content nor trailers";
}

int Session::Callbacks::on_stream_closed(nghttp2_session*, std::int32_t id, std::uint32_t error, void* pointer) {
    auto& session = session_of(pointer);
    auto* const stream = session.find(static_cast<StreamId>(id));
    if (stream == nullptr || stream->is_closed) return 0;
    // RFC 9113 §8.7: REFUSED_STREAM, and a GOAWAY with a lower number, of which nghttp2 makes the same.
    bool const is_refused = !session.is_server() && error == NGHTTP2_REFUSED_STREAM;
    if (is_refused && !stream->reset_by_peer && session.peer_goaway_) stream->reason = session.peer_goaway_->message;
    if (error != NGHTTP2_NO_ERROR && !stream->reset_by_peer && !stream->reset_by_us && stream->reason.empty()) {
        stream->reason = reason_for(session, *stream, error);
    }
    if (error == NGHTTP2_NO_ERROR && session.stream_errors_ > 0) --session.stream_errors_;
    bool const ended_before_reset = error == NGHTTP2_NO_ERROR && stream->reset_by_us;
    session.announce_closed(*stream, ended_before_reset ? stream->error : ErrorCode{error});
    session.events_.back().event.is_unprocessed = is_refused && !stream->reset_by_us;
    return 0;
}

}  // namespace pathology::proxycore::http2
