// Splits a byte stream into WebSocket frames for the log, without checking the rules: pathod and pathoc record invalid
// frames too. A frame may arrive in any pieces, and only its beginning is kept:
//
//      buffer_   [ used_ bytes of finished parts | bytes not yet read ]
//      frame_    the frame whose payload arrives: flags, size so far, first bytes of payload and raw

#include <algorithm>
#include <array>
#include <cstdio>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/record/frame_recorder.hpp>
#include <pathology/proxycore/websocket/opcode.hpp>
#include <utility>

namespace pathology::proxycore::record {
namespace {

void append_up_to(std::string& kept, std::string_view more, std::size_t limit) {
    kept.append(more.substr(0, limit - std::min(limit, kept.size())));
}

std::string flag_names(RecordedFrame const& frame) {
    std::array<std::pair<bool, char const*>, 5> const flags{
        {{frame.fin, "fin"}, {frame.rsv1, "rsv1"}, {frame.rsv2, "rsv2"}, {frame.rsv3, "rsv3"}, {frame.masked, "mask"}}};
    std::string names;
    for (auto const& [is_set, name] : flags) {
        if (is_set) names.append(names.empty() ? ":" : "|").append(name);
    }
    return names;
}

/// `15b`, `68.36k`: two decimals at most, no zeros behind.
std::string short_size(std::uint64_t bytes) {
    constexpr std::string_view units = "bkmgt";
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f", value);
    std::string number(text.data());
    number.erase(number.find_last_not_of('0') + 1);
    if (number.ends_with('.')) number.pop_back();
    return number + units[unit];
}

void describe(RecordedFrame& frame, websocket::FrameHeader const& header) {
    frame.opcode = header.opcode;
    frame.fin = header.fin;
    frame.rsv1 = header.rsv1;
    frame.rsv2 = header.rsv2;
    frame.rsv3 = header.rsv3;
    frame.masked = header.masked;
    if (header.key) frame.key.emplace(reinterpret_cast<char const*>(header.key->data()), header.key->size());
}

}  // namespace

void FrameRecorder::feed(std::string_view bytes) {
    // Spans of the last parts end here: the payload was copied by take().
    buffer_.erase(0, std::exchange(used_, 0));
    buffer_ += bytes;
}

std::optional<RecordedFrame> FrameRecorder::next() {
    std::span<char> bytes(buffer_.data() + used_, buffer_.size() - used_);
    for (;;) {
        auto const* const begin = bytes.data();
        auto const part = reader_.next(bytes);  // a tolerant reader never fails
        used_ = buffer_.size() - bytes.size();
        auto const payload = *part ? (*part)->payload : std::span<char>();
        // What precedes the payload in this part is the header, which the raw bytes include.
        keep_raw({begin, static_cast<std::size_t>(bytes.data() - begin) - payload.size()});
        if (!*part) return std::nullopt;
        if ((*part)->begins) describe(frame_, reader_.header());
        take(payload);
        if (!(*part)->ends) continue;
        auto frame = std::exchange(frame_, {});
        frame.index = index_++;
        return frame;
    }
}

/// Takes some of the payload, which the reader has unmasked where it stands.
void FrameRecorder::take(std::span<char> payload) {
    keep_payload({payload.data(), payload.size()});
    if (auto const& key = reader_.header().key; key && keep_.raw > 0)
        // Masking is its own inverse; the offset in the payload selects the byte of the key (RFC 6455 §5.3).
        websocket::apply_mask(payload, *key, frame_.payload_size);
    keep_raw({payload.data(), payload.size()});
    frame_.payload_size += payload.size();
}

void FrameRecorder::keep_payload(std::string_view bytes) {
    auto& kept = frame_.payload;
    // The leader (`pathod!`) marks a payload that is a spec, of which more is kept. It may itself arrive in pieces, so
    // the limit is chosen only after as many bytes as the leader has.
    auto const before_leader_ends =
        std::min(bytes.size(), keep_.leader.size() - std::min(keep_.leader.size(), kept.size()));
    append_up_to(kept, bytes.substr(0, before_leader_ends), keep_.payload);
    bool const is_led = !keep_.leader.empty() && kept.starts_with(keep_.leader);
    append_up_to(kept, bytes.substr(before_leader_ends), is_led ? keep_.payload_after_leader : keep_.payload);
}

void FrameRecorder::keep_raw(std::string_view bytes) {
    if (keep_.raw == 0) return;
    append_up_to(frame_.raw, bytes, keep_.raw);
    frame_.raw_size += bytes.size();
}

std::optional<RecordedFrame> frame_of(std::string_view bytes, std::uint64_t size, FrameKeep keep) {
    auto const decoded = websocket::decode(bytes);
    if (!decoded) return std::nullopt;
    RecordedFrame frame;
    describe(frame, decoded->header);
    frame.payload = bytes.substr(decoded->size, keep.payload);
    if (auto const& key = decoded->header.key) websocket::apply_mask(frame.payload, *key);
    frame.payload_size = size - decoded->size;
    if (keep.raw == 0) return frame;
    frame.raw = bytes.substr(0, keep.raw);
    frame.raw_size = size;
    return frame;
}

std::string describe(RecordedFrame const& frame) {
    auto text = "ws frame:" + websocket::name_of(frame.opcode) + flag_names(frame);
    if (frame.key) text += ":key=b'" + http::escaped(*frame.key, '\'') + "'";
    if (frame.payload_size > 0) text += " " + short_size(frame.payload_size);
    return text;
}

}  // namespace pathology::proxycore::record
