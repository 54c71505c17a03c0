#include <pathology/language/http2.hpp>
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

std::uint32_t ClientStreams::next(Message const& message) {
    if (std::holds_alternative<Request>(message)) {
        last_ = last_ == 0 ? 1 : last_ + 2;
    }
    return last_ == 0 ? 1 : last_;
}

}  // namespace pathology::language
