#include <pathology/proxycore/http2/server_checker.hpp>

#include <algorithm>

#include "http2/broken_rule.hpp"

namespace pathology::proxycore::http2 {
namespace {

constexpr std::uint32_t max_held = 16384;
constexpr auto all_output = static_cast<std::size_t>(-1);
constexpr std::size_t setting_size = 6;

SessionSettings observer() {
    SessionSettings settings;
    settings.is_observer = true;
    settings.max_header_list = ServerChecker::max_header_list;
    settings.max_stream_errors = 0x7fffffff;
    return settings;
}

/// A crafting client ignores MAX_CONCURRENT_STREAMS, but nghttp2 would hold its requests back. Any value is valid, so an
/// identifier without a meaning in its place loses nothing.
void hide_stream_limit(std::string& settings_frame) {
    constexpr char limit = 3;  // SETTINGS_MAX_CONCURRENT_STREAMS
    for (auto at = FrameHeader::size; at + setting_size <= settings_frame.size(); at += setting_size) {
        if (settings_frame[at] == 0 && settings_frame[at + 1] == limit) settings_frame[at] = '\x7f';
    }
}

}  // namespace

ServerChecker::ServerChecker() : session_(Role::client, observer()) {}

void ServerChecker::record_sent(std::string_view bytes) {
    while (!bytes.empty() && can_follow_ && !is_broken_) {
        if (sent_.is_at_boundary() && bytes.starts_with(client_preface)) {
            bytes.remove_prefix(client_preface.size());
            continue;
        }
        if (auto const frame = sent_.next(bytes)) can_follow_ = session_.record_sent(frame->header, frame->payload);
    }
}

void ServerChecker::feed(std::string_view bytes) {
    while (!bytes.empty() && can_follow_ && !is_broken_) {
        auto const step = scanner_.advance(bytes);
        held_.append(bytes.substr(0, step.size));
        bytes.remove_prefix(step.size);
        if (step.header) {
            frame_ = *step.header;
            session_.check_header(frame_);
            is_held_ = FrameType{frame_.type} == FrameType::settings && frame_.length <= max_held;
        } else if (!scanner_.is_in_payload() && !scanner_.is_at_boundary()) {
            continue;  // inside a header
        }
        if (is_held_ && !scanner_.is_at_boundary()) continue;
        if (is_held_) hide_stream_limit(held_);
        judge(held_);
        held_.clear();
    }
}

void ServerChecker::judge(std::string_view bytes) {
    session_.feed(bytes);
    collect();
}

void ServerChecker::collect() {
    // An ACK applies our own SETTINGS. If those make a window too large, the server is not to blame.
    bool const is_ack = FrameType{frame_.type} == FrameType::settings && (frame_.flags & flag::ack) != 0;
    std::string drained;
    // Streams are closed when their RST_STREAM is drained, so there may be events before and after that.
    for (bool const is_drained : {false, true}) {
        if (is_drained) session_.drain(drained, all_output);
        while (auto const event = session_.next()) {
            bool const is_fault = event->type == SessionEvent::Type::closed && event->error != ErrorCode::no_error &&
                                  !event->by_peer && !event->is_unprocessed;
            if (is_fault && !is_ack && !session_.failure()) add(false, event->stream, event->error, event->reason);
        }
    }
    auto const& failure = session_.failure();
    if (!is_ack || failure) output_ += drained;
    if (!failure) return;
    is_broken_ = true;
    add(true, frame_.stream, failure->code, failure->message);
}

void ServerChecker::add(bool ends_connection, StreamId stream, ErrorCode code, std::string_view reason) {
    auto rule = broken_rule(frame_, code, reason, session_.max_frame());
    violations_.push_back({code, ends_connection, stream, frame_, std::move(rule.text), std::move(rule.section)});
}

}  // namespace pathology::proxycore::http2
