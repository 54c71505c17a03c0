// What `-q` and `--http2-framedump` show of an HTTP/2 connection. Bytes arrive in pieces that need not be frames: the
// two FrameScanner state machines find the headers, and payload is appended to the bytes of its stream without
// buffering frames.
//
//      bytes ─▶ preface skipped ─▶ header: head_ ─▶ header complete: current_ ─▶ payload: raw_[current_]

#include "http2_frame_logger.hpp"

#include <algorithm>
#include <pathology/proxycore/http2/describe.hpp>

namespace pathology::pathod {

namespace http2 = proxycore::http2;

void Http2FrameLogger::received(std::string_view bytes) {
    if (!options_.show_frames && !options_.show_requests) return;
    auto const preface = std::min(preface_left_, bytes.size());
    preface_left_ -= preface;
    bytes.remove_prefix(preface);
    while (!bytes.empty()) {
        bool const in_payload = in_.is_in_payload();
        auto const step = in_.advance(bytes);
        auto const part = bytes.substr(0, step.size);
        bytes.remove_prefix(step.size);
        if (in_payload) {
            keep(current_, part);
            continue;
        }
        head_.append(part);
        if (!step.header) continue;
        current_ = step.header->stream;
        keep(current_, head_);
        head_.clear();
        log_frame("<- ", *step.header);
    }
}

void Http2FrameLogger::sent(std::string_view bytes) {
    if (!options_.show_frames) return;
    while (!bytes.empty()) {
        auto const step = out_.advance(bytes);
        bytes.remove_prefix(step.size);
        if (step.header) log_frame("-> ", *step.header);
    }
}

void Http2FrameLogger::log_frame(std::string_view direction, http2::FrameHeader const& header) {
    if (options_.show_frames && printer_.is_enabled()) printer_.write({direction, describe(header), "\n"});
}

void Http2FrameLogger::keep(http2::StreamId stream, std::string_view bytes) {
    // Frames of stream 0 (SETTINGS, PING…) belong to no request.
    if (!options_.show_requests || stream == 0) return;
    auto found = raw_.find(stream);
    if (found == raw_.end()) {
        if (raw_.size() == max_streams) raw_.clear();  // bytes of streams without a request; their owner is unknown
        found = raw_.try_emplace(stream).first;
    }
    auto& kept = found->second;  // moved out at the next event of the stream
    kept.append(bytes.substr(0, options_.keep_bytes - std::min(options_.keep_bytes, kept.size())));
}

std::string Http2FrameLogger::take_raw(http2::StreamId stream) {
    auto const found = raw_.find(stream);
    if (found == raw_.end()) return {};
    auto bytes = std::move(found->second);
    raw_.erase(found);
    return bytes;
}

}  // namespace pathology::pathod
