// WebSocket frames as pieces.

#include <cstring>
#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>

#include "layout.hpp"

namespace pathology::language {
namespace {

namespace websocket = proxycore::websocket;

// Marks a payload as a frame spec that pathod sends back (original: pathod/language/websockets.py).
constexpr std::string_view nested_frame_leader = "pathod!";

SpecFailure bad_key(std::uint64_t size) {
    return {SpecErrc::bad_key, "a masking key has exactly 4 bytes, this one has " + std::to_string(size), {}};
}

/// Sets the flags of the header that the features give.
void set_flags(websocket::FrameHeader& header, Features const& features) {
    for (auto const& feature : features) {
        auto const* flag = std::get_if<Flag>(&feature.is);
        if (flag == nullptr) continue;
        switch (flag->name) {
            case Flag::Name::fin: header.fin = flag->on; break;
            case Flag::Name::rsv1: header.rsv1 = flag->on; break;
            case Flag::Name::rsv2: header.rsv2 = flag->on; break;
            case Flag::Name::rsv3: header.rsv3 = flag->on; break;
            case Flag::Name::mask: header.masked = flag->on; break;
        }
    }
}

/// The payload that requests a frame from pathod.
Parsed<Value> nested_payload(NestedFrame const& nested) {
    auto const frames = parse_frames(nested.spec);
    if (frames.has_error()) return frames.error();
    return Value(Literal{std::string(nested_frame_leader) + print_with_times(frames->front()), false});
}

}  // namespace

Parsed<std::optional<websocket::MaskingKey>> masking_key(Frame const& frame, Settings const& settings) {
    auto const* feature = find_feature<MaskingKey>(frame.features);
    if (feature == nullptr) return std::optional<websocket::MaskingKey>();
    auto const& value = std::get<MaskingKey>(feature->is).value;
    auto const size = measure(value, settings);
    if (size.has_error()) return at(*feature, size.error());
    if (*size != 4) return at(*feature, bad_key(*size));
    auto const bytes = known_bytes(value, settings);
    if (bytes.has_error()) return at(*feature, bytes.error());
    websocket::MaskingKey known{};
    if (*bytes) std::memcpy(known.data(), (*bytes)->data(), known.size());
    return std::optional(known);
}

Parsed<void> lay_out_message(Frame const& frame, Layout& layout, Settings const& settings) {
    auto const key = masking_key(frame, settings);
    if (key.has_error()) return key.error();
    auto const* body = find<Body>(frame.features);
    auto const* raw = find<RawBody>(frame.features);
    auto const* nested = find<NestedFrame>(frame.features);
    auto const* written = body != nullptr ? find_feature<Body>(frame.features) : find_feature<RawBody>(frame.features);
    Value nested_value;
    Value const* content = body != nullptr ? &body->value : raw != nullptr ? &raw->value : nullptr;
    if (content == nullptr && nested != nullptr) {  // a body takes precedence over a nested frame
        auto made = nested_payload(*nested);
        if (made.has_error()) return made.error();
        nested_value = std::move(*made);
        content = &nested_value;
    }
    std::uint64_t size = 0;
    if (content != nullptr) {
        auto const measured = measure(*content, settings);
        if (measured.has_error()) return at(*written, measured.error());  // the size of a nested frame is always known
        size = *measured;
    }

    websocket::FrameHeader header;
    // A crafted frame is not final unless the spec has `fin`.
    header.fin = false;
    header.masked = key->has_value() || find<NoMaskingKey>(frame.features) != nullptr;
    set_flags(header, frame.features);
    if (auto const* opcode = find<Opcode>(frame.features)) header.opcode = opcode->number;
    auto const* claimed = find<Length>(frame.features);
    header.length = claimed != nullptr ? claimed->claimed : size;
    if (header.masked) header.key = *key;  // a cleared mask bit drops the key too
    layout.add(websocket::encode(header));
    layout.end_head();

    if (content == nullptr) return {};
    std::optional<Mask> mask;
    // `r` is payload as it goes on the wire.
    if (header.key && raw == nullptr) mask = Mask{*header.key, 0};
    return layout.add(*content, mask);
}

}  // namespace pathology::language
