#include <pathology/language/http2.hpp>

#include <algorithm>
#include <pathology/proxycore/http2/frame_header.hpp>

#include "layout.hpp"

namespace pathology::language {

using proxycore::http2::FrameHeader;

Parsed<std::optional<Http2Parts>> make_http2_parts(Message const& resolved, Settings const& settings) {
    auto base = lay_out(resolved, settings);
    if (base.has_error()) return base.error();
    return std::move(base->parts);
}

void set_stream(std::string& head, std::uint32_t stream) {
    // A head may be HEADERS and several CONTINUATION frames; each has the stream in its header.
    for (std::size_t at = 0; at < head.size();) {
        auto header = proxycore::http2::decode(std::string_view(head).substr(at));
        if (!header) return;
        header->stream = stream;
        head.replace(at, FrameHeader::size, encode(*header));
        at += FrameHeader::size + header->length;
    }
}

namespace {

bool opens_stream(Message const& message) {
    auto const* const frame = std::get_if<Http2Frame>(&message);
    bool const is_next =
        frame != nullptr && frame->stream && frame->stream->relative && frame->stream->relative->is_new;
    return is_next || std::holds_alternative<Request>(message);
}

}  // namespace

std::uint32_t ClientStreams::next(Message const& message, std::uint64_t repetition) {
    if (opens_stream(message)) {
        if (is_open_) last_ += 2;
        if (repetition == 0) first_ = last_;
        is_open_ = true;
        return last_;
    }
    if (times(message) < 2) return last_;
    auto const in_turn = std::min<std::uint64_t>(repetition, (last_ - first_) / 2);
    return first_ + 2 * static_cast<std::uint32_t>(in_turn);
}

}  // namespace pathology::language
