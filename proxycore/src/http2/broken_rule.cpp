// nghttp2 gives reasons for some errors, and only a code for others. The rows of `reasons` have the former; what has no
// row follows from the code and the type of the frame.
#include "http2/broken_rule.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http2/violation.hpp>

namespace pathology::proxycore::http2 {
namespace {

/// The section of RFC 9113 that defines a type of frame.
std::string section_of(FrameType type) {
    auto const number = static_cast<unsigned>(type);
    return number <= static_cast<unsigned>(FrameType::continuation) ? "RFC 9113 section 6." + std::to_string(number + 1)
                                                                    : "RFC 9113 section 4.1";
}

/// A reason of nghttp2 or of a Session, and the rule that it stands for. The section is that of the frame if it is empty.
struct Reason {
    std::string_view begin, rule, section;
};

constexpr std::array reasons{
    Reason{"SETTINGS expected", "the first frame of a server has to be SETTINGS", "RFC 9113 section 3.4"},
    Reason{"unexpected non-CONTINUATION", "a field block is open, which only CONTINUATION on its stream may continue",
           "RFC 9113 section 6.2"},
    Reason{"CONTINUATION: unexpected", "no field block is open that it could continue", ""},
    Reason{"request HEADERS: client received request", "the client has not opened this stream",
           "RFC 9113 section 5.1.1"},
    Reason{"DATA: stream in idle", "the stream is idle: nobody has opened it", "RFC 9113 section 5.1"},
    Reason{"RST_STREAM: stream in idle", "the stream is idle: nobody has opened it", ""},
    Reason{"WINDOW_UPDATE to idle stream", "the stream is idle: nobody has opened it", "RFC 9113 section 5.1"},
    Reason{"PUSH_PROMISE: stream in idle", "the stream is idle: nobody has opened it", ""},
    Reason{"DATA: stream not opened", "content before the final response of its stream", "RFC 9113 section 8.1"},
    Reason{"DATA: stream in reserved", "the stream is only reserved", "RFC 9113 section 5.1"},
    Reason{"WINDOW_UPADATE to reserved", "the stream is only reserved", "RFC 9113 section 5.1"},
    Reason{"PUSH_PROMISE, although", "SETTINGS_ENABLE_PUSH of the client is 0", "RFC 9113 section 8.4"},
    Reason{"PUSH_PROMISE: push disabled", "SETTINGS_ENABLE_PUSH of the client is 0", "RFC 9113 section 8.4"},
    Reason{"PUSH_PROMISE: invalid", "the promised stream is not a new one of the server", "RFC 9113 section 5.1.1"},
    Reason{"PUSH_PROMISE: could not unpack", "the frame is too short for its fields", ""},
    Reason{"HEADERS: could not unpack", "the frame is too short for its fields", ""},
    Reason{"GOAWAY: invalid last_stream_id", "the last stream is higher than before, or not one of the client", ""},
    Reason{"WINDOW_UPDATE: window_size_increment == 0", "the increment is 0", ""},
    Reason{"SETTINGS: unexpected ACK", "no SETTINGS of the client wait for an ACK", "RFC 9113 section 6.5.3"},
    Reason{"SETTINGS: invalid SETTINGS_ENBLE_PUSH", "ENABLE_PUSH has to be 0 or 1", "RFC 9113 section 6.5.2"},
    Reason{"SETTINGS: server attempted to enable push", "ENABLE_PUSH of a server has to be 0",
           "RFC 9113 section 6.5.2"},
    Reason{"SETTINGS: too large SETTINGS_INITIAL", "INITIAL_WINDOW_SIZE is above 2^31-1", "RFC 9113 section 6.5.2"},
    Reason{"SETTINGS: invalid SETTINGS_MAX_FRAME", "MAX_FRAME_SIZE is not from 2^14 to 2^24-1",
           "RFC 9113 section 6.5.2"},
    Reason{"SETTINGS: invalid SETTINGS_ENABLE_CONNECT", "ENABLE_CONNECT_PROTOCOL has to be 0 or 1",
           "RFC 8441 section 3"},
    Reason{"SETTINGS: server attempted to disable", "ENABLE_CONNECT_PROTOCOL may not return to 0",
           "RFC 8441 section 3"},
    Reason{"SETTINGS: invalid SETTINGS_NO_RFC7540", "NO_RFC7540_PRIORITIES has to be 0 or 1", "RFC 9218 section 2.1"},
    Reason{"SETTINGS: SETTINGS_NO_RFC7540", "NO_RFC7540_PRIORITIES may not change", "RFC 9218 section 2.1"},
    Reason{"SETTINGS that raise", "INITIAL_WINDOW_SIZE raises the window of a stream above 2^31-1",
           "RFC 9113 section 6.9.2"},
    Reason{"request HEADERS: depend on itself", "the stream depends on itself", "RFC 7540 section 5.3.1"},
    Reason{"content-length is", "", "RFC 9113 section 8.1.1"},
    Reason{"it does not begin with", "the header section has no :status, or an interim response ends the stream",
           "RFC 9113 section 8.3.2"},
    Reason{"a status of", "", "RFC 9110 section 15"},
};

constexpr std::string_view no_content = "what follows the head";  // of a Session, also for trailers

/// The bytes of a field in a reason of nghttp2: `…, name: [x], value: [y]`.
struct NamedField {
    std::string_view name, value;
};

std::optional<NamedField> field_of(std::string_view reason) {
    constexpr std::string_view before_name = "name: [", before_value = "], value: [";
    auto const name = reason.find(before_name);
    auto const value = reason.find(before_value, name);
    if (name == std::string_view::npos || value == std::string_view::npos) return std::nullopt;
    auto const begin = value + before_value.size();
    return NamedField{reason.substr(name + before_name.size(), value - name - before_name.size()),
                      reason.substr(begin, reason.size() - begin - (reason.ends_with(']') ? 1 : 0))};
}

bool is_connection_specific(std::string_view name) {
    constexpr std::array<std::string_view, 6> names{"connection",        "keep-alive", "proxy-connection",
                                                    "transfer-encoding", "upgrade",    "te"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

BrokenRule rule_of_status(std::string_view value) {
    bool const is_number =
        value.size() == 3 && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) return {":status " + http::quoted(value) + " is not three digits", "RFC 9113 section 8.3.2"};
    if (value == "101") return {"HTTP/2 has no 101 (Switching Protocols)", "RFC 9113 section 8.6"};
    return {":status " + http::quoted(value) + " is a second one, follows another field, or is in a trailer section",
            "RFC 9113 section 8.3"};
}

/// What is wrong with a field of a response (RFC 9113 §8.2, §8.3).
BrokenRule rule_of_field(NamedField field) {
    auto const name = http::quoted(field.name);
    bool const has_upper =
        std::any_of(field.name.begin(), field.name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (field.name.empty()) return {"a field has no name", "RFC 9113 section 8.2.1"};
    if (has_upper) return {"the field name " + name + " has letters in upper case", "RFC 9113 section 8.2.1"};
    if (field.name == ":status") return rule_of_status(field.value);
    if (field.name.starts_with(':')) return {"responses have no pseudo-header field " + name, "RFC 9113 section 8.3"};
    if (is_connection_specific(field.name)) return {"the field " + name + " is for HTTP/1.1", "RFC 9113 section 8.2.2"};
    if (field.name == "content-length") {
        return {"the field " + name +
                    " is no number, not the only one, or not allowed with this status: " + http::quoted(field.value),
                "RFC 9113 section 8.1.1"};
    }
    return {"the field " + name + " has a forbidden character: " + http::quoted(field.value), "RFC 9113 section 8.2.1"};
}

BrokenRule rule_of_size(FrameHeader const& frame, std::uint32_t max_frame) {
    auto const type = FrameType{frame.type};
    auto const section = section_of(type);
    if (frame.length > max_frame)
        return {"the client allows frames of at most " + std::to_string(max_frame) + " bytes", "RFC 9113 section 4.2"};
    switch (type) {
        case FrameType::priority: return {"its payload has to be 5 bytes", section};
        case FrameType::rst_stream:
        case FrameType::window_update: return {"its payload has to be 4 bytes", section};
        case FrameType::settings:
            if ((frame.flags & flag::ack) != 0) return {"an ACK has no payload", section};
            return {"its payload has to be a multiple of 6 bytes", section};
        case FrameType::ping: return {"its payload has to be 8 bytes", section};
        case FrameType::goaway: return {"its payload has to be 8 bytes at least", section};
        default: return {"the frame is too short for its fields", section};
    }
}

BrokenRule rule_of_window(FrameHeader const& frame) {
    if (FrameType{frame.type} == FrameType::data)
        return {"more content than the windows allow", "RFC 9113 section 6.9.1"};
    return {"it raises a window above 2^31-1", "RFC 9113 section 6.9.1"};
}

/// `HTTP`, read as the first bytes of a frame.
bool is_http1(FrameHeader const& frame) { return frame.length == 0x485454 && frame.type == 'P'; }

}  // namespace

BrokenRule broken_rule(FrameHeader const& frame, ErrorCode code, std::string_view reason, std::uint32_t max_frame) {
    auto const type = FrameType{frame.type};
    if (is_http1(frame)) return {"the server speaks HTTP/1", "RFC 9113 section 3.4"};
    auto const of_reason =
        std::find_if(reasons.begin(), reasons.end(), [&](Reason const& row) { return reason.starts_with(row.begin); });
    if (of_reason != reasons.end()) {
        return {std::string(of_reason->rule.empty() ? reason : of_reason->rule),
                of_reason->section.empty() ? section_of(type) : std::string(of_reason->section)};
    }
    if (reason.find("stream_id == 0") != std::string_view::npos) return {"the stream is 0", section_of(type)};
    if (reason.find("stream_id != 0") != std::string_view::npos) return {"the stream is not 0", section_of(type)};
    if (reason.find("padding") != std::string_view::npos)
        return {"the padding is longer than the frame", section_of(type)};
    if (type == FrameType::data && code == ErrorCode::protocol_error && reason.starts_with(no_content))
        return {"this response has no content", "RFC 9110 section 6.4.1"};
    if (reason.starts_with(no_content))
        return {"a header section after the final one has to be trailers and to end the stream",
                "RFC 9113 section 8.1"};
    if (auto const field = field_of(reason)) return rule_of_field(*field);
    switch (code) {
        case ErrorCode::frame_size_error: return rule_of_size(frame, max_frame);
        case ErrorCode::flow_control_error: return rule_of_window(frame);
        case ErrorCode::stream_closed: return {"the stream is closed", "RFC 9113 section 5.1"};
        case ErrorCode::compression_error: return {"the field block cannot be decoded", "RFC 9113 section 4.3"};
        case ErrorCode::enhance_your_calm: return {std::string(reason), ""};  // a limit of ours
        default: break;
    }
    return {reason.empty() ? "the frame is not valid here" : std::string(reason), section_of(type)};
}

}  // namespace pathology::proxycore::http2
