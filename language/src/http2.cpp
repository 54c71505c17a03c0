#include <pathology/language/http2.hpp>
#include <pathology/proxycore/http2/frame_header.hpp>

#include "layout_http2.hpp"

namespace pathology::language {
namespace {

using proxycore::http2::FrameHeader;

bool has_actions(Features const& features) {
    return find<PauseAt>(features) != nullptr || find<DisconnectAt>(features) != nullptr ||
           find<InjectAt>(features) != nullptr;
}

/// A body by itself.
Plan plan_of(std::vector<Piece> pieces) {
    Plan plan;
    for (auto& piece : pieces) {
        plan.length = saturating_sum(plan.length, size(piece));
        plan.generates = plan.generates || std::holds_alternative<SendGenerated>(piece);
        std::visit([&](auto& step) { plan.steps.emplace_back(std::move(step)); }, piece);
    }
    plan.base_length = plan.length;
    return plan;
}

template <class Text>
Parsed<std::optional<Http2Parts>> parts_of(Text const& text, Message const& message, Settings const& settings) {
    if (has_actions(text.features)) return std::optional<Http2Parts>();
    Layout layout(message, settings);
    auto pieces = http2_pieces(text, layout, settings);
    if (pieces.has_error()) return pieces.error();
    auto const& head = pieces->head.pieces;
    if (head.size() != 1 || !std::holds_alternative<SendBytes>(head.front())) return std::optional<Http2Parts>();
    return std::optional(Http2Parts{std::get<SendBytes>(head.front()).bytes, plan_of(std::move(pieces->body))});
}

}  // namespace

Parsed<std::optional<Http2Parts>> make_http2_parts(Message const& resolved, Settings const& settings) {
    if (auto const* response = std::get_if<Response>(&resolved)) return parts_of(*response, resolved, settings);
    if (auto const* request = std::get_if<Request>(&resolved)) return parts_of(*request, resolved, settings);
    return std::optional<Http2Parts>();
}

void set_stream(std::string& head, std::uint32_t stream) {
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
