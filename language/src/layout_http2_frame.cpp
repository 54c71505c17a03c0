// Raw HTTP/2 frames and the connection preface as pieces.

#include <algorithm>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <pathology/proxycore/http2/names.hpp>

#include "header_block.hpp"

namespace pathology::language {
namespace {

namespace http2 = proxycore::http2;
using http2::FrameHeader;
using http2::FrameType;

std::string big_endian(std::uint64_t number, unsigned bytes) {
    std::string out;
    while (bytes-- > 0) out += static_cast<char>(number >> (8 * bytes) & 0xff);
    return out;
}

/// The stream of a frame that does not name one.
std::uint32_t usual_stream(FrameType type, Settings const& settings) {
    switch (type) {
        case FrameType::settings:
        case FrameType::ping:
        case FrameType::goaway:
        case FrameType::origin:
        case FrameType::priority_update: return 0;
        default: return settings.http2.stream;
    }
}

/// The payload of a frame without payload and length in the spec: the shortest valid one of its type (RFC 9113 §6).
std::string least_payload(FrameType type, Settings const& settings) {
    switch (type) {
        case FrameType::priority: return big_endian(0, 4) + big_endian(15, 1);  // the weight of 16
        case FrameType::rst_stream: return big_endian(static_cast<std::uint32_t>(http2::ErrorCode::cancel), 4);
        case FrameType::ping: return big_endian(0, 8);
        case FrameType::goaway: return big_endian(settings.http2.stream, 4) + big_endian(0, 4);
        case FrameType::window_update: return big_endian(1, 4);
        default: return {};
    }
}

struct PartLayout {
    Layout& layout;
    HeaderBlock& block;

    Parsed<void> operator()(Value const& value) const { return layout.add(value); }
    Parsed<void> operator()(PayloadNumber const& number) const {
        layout.add(big_endian(number.number, number.width));
        return {};
    }
    Parsed<void> operator()(PayloadField const& field) const { return block.add({&field.name}, {&field.value}); }
};

}  // namespace

Parsed<void> lay_out_message(Http2Frame const& frame, Layout& layout, Settings const& settings) {
    auto const type = static_cast<FrameType>(frame.type ? frame.type->number : 0);
    HeaderBlock block(layout, settings, type == FrameType::continuation);
    for (auto const& part : frame.payload) {
        if (auto added = std::visit(PartLayout{layout, block}, part); added.has_error()) return added;
    }
    if (frame.payload.empty() && !frame.length) layout.add(least_payload(type, settings));
    // The payload is laid out first, since its size precedes it in the header.
    auto payload = layout.take().pieces;
    std::uint64_t payload_size = 0;
    for (auto const& piece : payload) payload_size = saturating_sum(payload_size, size(piece));

    FrameHeader header;
    auto const max_length = std::uint64_t{FrameHeader::largest_length};
    header.length = frame.length.value_or(static_cast<std::uint32_t>(std::min(payload_size, max_length)));
    header.type = static_cast<std::uint8_t>(type);
    if (frame.flags) header.flags = static_cast<std::uint8_t>(frame.flags->number);
    auto const stream = frame.stream ? frame.stream->number : usual_stream(type, settings);
    header.stream = stream & FrameHeader::largest_stream;
    // The spec gives 32 bits; the highest one is the reserved bit of the header.
    header.reserved = stream > FrameHeader::largest_stream;
    layout.begin_frame();
    layout.add(encode(header));
    layout.end_head();
    for (auto& piece : payload) layout.add(std::move(piece));
    return {};
}

Parsed<void> lay_out_message(Http2Preface const& preface, Layout& layout, Settings const& /*settings*/) {
    layout.begin_frame();
    if (preface.value) return layout.add(*preface.value);
    layout.add(http2::client_preface);
    return {};
}

}  // namespace pathology::language
