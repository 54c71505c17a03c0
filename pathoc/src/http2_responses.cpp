// Collects responses. It judges nothing that it can read: http2::ServerChecker does that, and ends with the first
// connection error, after which a test client may have to read on.
//
//     frame ─▶ handle_frame() ─┬─ of a stream with a request ─▶ Awaited: head, content, trailers, fault
//                      ├─ of the connection ─▶ windows, settings, GOAWAY
//                      └─ needs a frame in response ─▶ output_, sent by the session between two frames of ours
//
// An error of a stream is a fault of its response; an error that leaves the connection unreadable (HPACK state, frame
// sizes, order of field blocks) is broken_ and ends all responses.

#include "http2_responses.hpp"

#include <algorithm>
#include <charconv>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http2/describe.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <utility>

namespace pathology::pathoc {
namespace {

using http2::ErrorCode;
using http2::FrameType;
using http2::SettingId;

constexpr std::uint32_t least_connection_window = 1U << 20U;
constexpr std::uint32_t ping_size = 8;  // RFC 9113 §6.7

std::string bytes_of(std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> static_cast<unsigned>(shift));
    return bytes;
}

/// The big-endian number of `size` bytes at a position of a payload. Missing bytes are ignored.
std::uint32_t number_at(std::string_view payload, std::size_t at, std::size_t size = 4) {
    std::uint32_t number = 0;
    for (auto const c : payload.substr(std::min(at, payload.size()), size)) {
        number = number << 8U | static_cast<unsigned char>(c);
    }
    return number;
}

std::string setting(SettingId id, std::uint32_t value) {
    return bytes_of(static_cast<std::uint32_t>(id)).substr(2) + bytes_of(value);
}

std::string frame_of(FrameType type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
    http2::FrameHeader header;
    header.length = static_cast<std::uint32_t>(payload.size());
    header.type = static_cast<std::uint8_t>(type);
    header.flags = flags;
    header.stream = stream;
    return encode(header).append(payload);
}

std::string in_words(std::uint32_t code) { return name(ErrorCode{code}) + " (" + std::to_string(code) + ")"; }

bool has(http2::FrameHeader const& header, std::uint8_t bit) { return (header.flags & bit) != 0; }

/// The payload without padding (RFC 9113 §6.1); std::nullopt if the padding is longer than the payload.
std::optional<std::string_view> unpadded(http2::Frame const& frame) {
    auto payload = frame.payload;
    if (!has(frame.header, http2::flag::padded)) return payload;
    if (payload.empty()) return std::nullopt;
    auto const padding = static_cast<unsigned char>(payload.front());
    payload.remove_prefix(1);
    if (padding > payload.size()) return std::nullopt;
    return payload.substr(0, payload.size() - padding);
}

std::string details(http2::Frame const& frame) {
    auto const& payload = frame.payload;
    switch (FrameType{frame.header.type}) {
        case FrameType::rst_stream: return in_words(number_at(payload, 0));
        case FrameType::window_update: return "+" + std::to_string(number_at(payload, 0));
        case FrameType::goaway: {
            auto text = "last stream " + std::to_string(number_at(payload, 0)) + ", " + in_words(number_at(payload, 4));
            if (payload.size() > 8) text += ", " + proxycore::http::quoted(payload.substr(8));
            return text;
        }
        case FrameType::settings: {
            std::string text;
            for (std::size_t at = 0; at + 6 <= payload.size(); at += 6) {
                auto const id = SettingId{static_cast<std::uint16_t>(number_at(payload, at, 2))};
                text += (at == 0 ? "" : ", ") + name(id) + "=" + std::to_string(number_at(payload, at + 2));
            }
            return text;
        }
        default: return {};
    }
}

/// The value of a setting in a SETTINGS frame, the last one if there are several.
std::optional<std::uint32_t> setting_of(std::string_view payload, SettingId wanted) {
    std::optional<std::uint32_t> value;
    for (std::size_t at = 0; at + 6 <= payload.size(); at += 6) {
        auto const id = SettingId{static_cast<std::uint16_t>(number_at(payload, at, 2))};
        if (id == wanted) value = number_at(payload, at + 2);
    }
    return value;
}

/// The status code of a field section; 0 if it has none, or not a number.
unsigned status_of(http2::FieldSection const& section) {
    auto const text = section.fields.first(":status").value_or("");
    unsigned status = 0;
    auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), status);
    return error == std::errc() && stop == text.data() + text.size() ? status : 0;
}

}  // namespace

std::string describe_frame(http2::Frame const& frame) {
    auto const more = details(frame);
    return describe(frame.header) + (more.empty() ? "" : ": " + more);
}

std::string Http2Responses::initial_frames() {
    auto const entries = setting(SettingId::enable_push, 0) + setting(SettingId::initial_window_size, windows_.stream);
    auto const frames = frame_of(FrameType::settings, 0, 0, entries);
    if (!windows_.updates) return frames;
    given_connection_ = std::max(windows_.stream, least_connection_window);
    auto const increment = static_cast<std::uint32_t>(given_connection_ - default_window);
    return frames + frame_of(FrameType::window_update, 0, 0, bytes_of(increment));
}

void Http2Responses::record_sent(http2::FrameHeader const& header, std::string_view payload) {
    auto const type = FrameType{header.type};
    if (type == FrameType::settings && header.stream == 0 && !has(header, http2::flag::ack)) record_settings(payload);
    if (type != FrameType::window_update || payload.size() != sizeof(std::uint32_t)) return;
    auto const increment = number_at(payload, 0) & http2::FrameHeader::largest_stream;
    auto const found = awaited_.find(header.stream);
    if (header.stream == 0) receiving_.give(increment);
    if (found != awaited_.end()) found->second.receiving.give(increment);
}

/// What was allowed once is read for good: the server may have sent it before it knew of later SETTINGS.
void Http2Responses::record_settings(std::string_view payload) {
    if (auto const size = setting_of(payload, SettingId::initial_window_size)) given_initial_ = *size;
    if (auto const size = setting_of(payload, SettingId::max_frame_size)) frames_.allow(*size);
    if (auto const size = setting_of(payload, SettingId::header_table_size)) fields_.allow_table(*size);
}

void Http2Responses::expect_response_on(std::uint32_t stream, std::string_view method) {
    auto& awaited = awaited_[stream];
    awaited = {};
    awaited.method = method;
    awaited.response.head.version = {2, 0};
}

// --- responses -------------------------------------------------------------------------------------------------------

std::optional<Result<Response>> Http2Responses::take(std::uint32_t stream) {
    auto const found = awaited_.find(stream);
    if (found == awaited_.end()) return std::nullopt;
    auto& awaited = found->second;
    if (awaited.is_whole && !awaited.fault) {
        auto response = std::move(awaited.response);
        response.keep_alive = !broken_ && !ended_;
        awaited_.erase(found);
        return response;
    }
    auto why = awaited.fault ? awaited.fault : broken_;
    if (!why && ended_) why = "Server disconnected";
    if (!why) return std::nullopt;
    Failure failure;
    failure.code = ended_ && !awaited.fault && !broken_ ? Errc::server_closed : Errc::invalid_response;
    failure.message = "Invalid server response: " + *why;
    failure.bytes_received = awaited.response.raw_size;
    return failure;
}

bool Http2Responses::is_settled(std::uint32_t stream) const {
    auto const found = awaited_.find(stream);
    return broken_ || ended_ || (found != awaited_.end() && (found->second.is_whole || found->second.fault));
}

bool Http2Responses::has_head(std::uint32_t stream) const {
    auto const found = awaited_.find(stream);
    return found != awaited_.end() && found->second.has_head;
}

std::string Http2Responses::partial(std::uint32_t stream) const {
    auto const found = awaited_.find(stream);
    return found != awaited_.end() ? found->second.response.raw : std::string();
}

std::size_t Http2Responses::allowance(std::uint32_t stream) const {
    auto const found = awaited_.find(stream);
    // RFC 9113 §6.9.2: SETTINGS change the window of all streams, and may make it negative. So each stream stores only
    // the difference.
    auto const of_stream = initial_window_ + (found != awaited_.end() ? found->second.sendable : 0);
    return static_cast<std::size_t>(std::max<std::int64_t>(std::min(of_stream, connection_window_), 0));
}

void Http2Responses::spend(std::uint32_t stream, std::size_t size) {
    connection_window_ -= static_cast<std::int64_t>(size);
    if (auto const found = awaited_.find(stream); found != awaited_.end()) {
        found->second.sendable -= static_cast<std::int64_t>(size);
    }
}

// --- frames ----------------------------------------------------------------------------------------------------------

void Http2Responses::feed(std::string_view bytes) {
    frames_.feed(bytes);
    while (!broken_) {
        auto const next = frames_.next();
        if (!next) return fail(next.error().message);
        if (!*next) return;
        if (watcher_) watcher_(**next);
        handle_frame(**next);
    }
}

void Http2Responses::handle_frame(http2::Frame const& frame) {
    auto const& header = frame.header;
    auto const type = FrameType{header.type};
    auto const found = awaited_.find(header.stream);
    auto* const awaited = found != awaited_.end() ? &found->second : nullptr;
    if (awaited != nullptr) {
        auto& response = awaited->response;
        auto const all = encode(header).append(frame.payload);
        response.raw_size += all.size();
        response.raw.append(all, 0, raw_limit_ - std::min(raw_limit_, response.raw.size()));
    }
    // RFC 9113 §6.10: nothing may come between the frames of a field block, not even on other streams.
    if (opened_ && type != FrameType::continuation) {
        return fail(name(type) + " inside the field block of stream " + std::to_string(opened_->stream));
    }
    switch (type) {
        case FrameType::data: return handle_data(frame, awaited);
        case FrameType::headers:
        case FrameType::push_promise:
        case FrameType::continuation: return handle_headers(frame);
        case FrameType::settings: return handle_settings(frame);
        case FrameType::ping:
            if (!has(header, http2::flag::ack) && header.length == ping_size)
                queue_frame(FrameType::ping, http2::flag::ack, 0, frame.payload);
            return;
        case FrameType::rst_stream:
            if (awaited != nullptr && !awaited->is_whole) {
                awaited->fault = "stream " + std::to_string(header.stream) + " reset: " + details(frame);
            }
            return;
        case FrameType::goaway: return handle_goaway(frame);
        case FrameType::window_update: return handle_window_update(frame, awaited);
        default: return;  // RFC 9113 §5.5: unknown types are ignored
    }
}

void Http2Responses::handle_data(http2::Frame const& frame, Awaited* awaited) {
    receiving_.use(frame.payload.size());
    // Padding and DATA of unknown streams count for the window of the connection too (RFC 9113 §6.9.1).
    restore(0, receiving_, default_window, given_connection_);
    auto const content = unpadded(frame);
    if (!content) return fail("DATA with more padding than payload");
    if (awaited == nullptr || awaited->is_whole) return;
    if (!awaited->has_head) awaited->fault = "DATA before any HEADERS";
    auto& response = awaited->response;
    response.body_size += content->size();
    response.body.append(*content, 0, body_limit_ - std::min(body_limit_, response.body.size()));
    if (has(frame.header, http2::flag::end_stream)) return finish(*awaited);
    awaited->receiving.use(frame.payload.size());
    restore(frame.header.stream, awaited->receiving, given_initial_, given_initial_);
}

void Http2Responses::restore(std::uint32_t stream, ReceiveWindow& window, std::int64_t initial, std::int64_t target) {
    if (!windows_.updates) return;
    if (auto const increment = window.restore(initial, target); increment > 0)
        queue_frame(FrameType::window_update, 0, stream, bytes_of(increment));
}

void Http2Responses::handle_headers(http2::Frame const& frame) {
    bool const continues = frame.header.type == static_cast<std::uint8_t>(FrameType::continuation);
    if (continues != opened_.has_value() || (continues && opened_->stream != frame.header.stream)) {
        return fail("CONTINUATION without HEADERS");
    }
    auto fragment = std::optional(frame.payload);
    if (!continues) {
        fragment = unpadded(frame);
        bool const is_push = frame.header.type == static_cast<std::uint8_t>(FrameType::push_promise);
        bool const has_priority = !is_push && has(frame.header, http2::flag::priority);
        auto const before_block = std::size_t{is_push ? 4U : has_priority ? 5U : 0U};
        if (!fragment || fragment->size() < before_block)
            return fail(name(FrameType{frame.header.type}) + " with more padding than payload");
        fragment->remove_prefix(before_block);
        opened_ = frame.header;
        block_.clear();
    }
    block_ += *fragment;
    if (!has(frame.header, http2::flag::end_headers)) return;
    bool const is_promise = opened_->type == static_cast<std::uint8_t>(FrameType::push_promise);
    auto const found = awaited_.find(frame.header.stream);
    handle_field_block(found != awaited_.end() && !is_promise ? &found->second : nullptr);
}

/// Every block has to be decoded, also without a request: the decoder state belongs to the connection (RFC 7541 §2.2).
void Http2Responses::handle_field_block(Awaited* awaited) {
    bool const is_last = has(*opened_, http2::flag::end_stream);
    auto const stream = opened_->stream;
    opened_.reset();
    auto const section = fields_.decode(block_);
    if (!section) return fail("stream " + std::to_string(stream) + ": " + section.error().message);
    if (awaited == nullptr || awaited->is_whole) return;
    handle_section(*awaited, *section);
    if (is_last) finish(*awaited);
}

void Http2Responses::handle_section(Awaited& awaited, http2::FieldSection const& section) {
    if (awaited.has_head) {
        awaited.response.trailers = section.fields;
        return;
    }
    proxycore::http::ResponseHead head;
    head.version = {2, 0};
    head.status = status_of(section);
    if (head.status == 0) {
        awaited.fault = "bad :status " + proxycore::http::quoted(section.fields.first(":status").value_or(""));
        return;
    }
    for (auto const& [name, value] : section.fields) {
        if (name != ":status") head.fields.add(name, value);
    }
    // HTTP/2 has no 101 (RFC 9113 §8.6); one that comes nevertheless is shown as the response.
    if (head.status / 100 == 1 && head.status != 101) {
        awaited.response.interim.push_back(std::move(head));
        return;
    }
    awaited.response.head = std::move(head);
    awaited.has_head = true;
}

void Http2Responses::finish(Awaited& awaited) {
    awaited.is_whole = true;
    auto const& response = awaited.response;
    if (!awaited.has_head && !awaited.fault) awaited.fault = "the stream ended before a final HEADERS";
    // RFC 9113 §8.1.1: the length has to be correct, but HEAD and 304 have one without content.
    bool const may_lack_body = awaited.method == "HEAD" || response.status() == 304;
    auto const announced = response.head.fields.first("content-length");
    if (!announced || may_lack_body || awaited.fault || *announced == std::to_string(response.body_size)) return;
    awaited.fault = "content-length is " + proxycore::http::quoted(*announced) + ", and " +
                    std::to_string(response.body_size) + " bytes came";
}

void Http2Responses::handle_settings(http2::Frame const& frame) {
    if (has(frame.header, http2::flag::ack)) return;
    if (auto const size = setting_of(frame.payload, SettingId::initial_window_size)) initial_window_ = *size;
    queue_frame(FrameType::settings, http2::flag::ack, 0, {});
}

void Http2Responses::handle_window_update(http2::Frame const& frame, Awaited* awaited) {
    auto const increment = number_at(frame.payload, 0) & http2::FrameHeader::largest_stream;
    if (frame.header.stream == 0) connection_window_ += increment;
    if (awaited != nullptr) awaited->sendable += increment;
}

/// RFC 9113 §6.8: streams above the last one were not processed. After an error no stream continues.
void Http2Responses::handle_goaway(http2::Frame const& frame) {
    auto const last = number_at(frame.payload, 0) & http2::FrameHeader::largest_stream;
    bool const is_error = number_at(frame.payload, 4) != 0;
    is_leaving_ = true;
    for (auto& [stream, awaited] : awaited_) {
        if (!awaited.is_whole && (stream > last || is_error)) awaited.fault = "GOAWAY: " + details(frame);
    }
}

void Http2Responses::queue_frame(FrameType type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
    output_ += frame_of(type, flags, stream, payload);
}

void Http2Responses::fail(std::string why) {
    if (!broken_) broken_ = std::move(why);
}

}  // namespace pathology::pathoc
