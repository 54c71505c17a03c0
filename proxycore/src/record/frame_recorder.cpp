#include <algorithm>
#include <array>
#include <cstdio>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/record/frame_recorder.hpp>
#include <pathology/proxycore/websocket/opcode.hpp>
#include <utility>

namespace pathology::proxycore::record {
namespace {

void begin(RecordedFrame& frame, websocket::FrameHeader const& header) {
    frame = {};
    frame.opcode = header.opcode;
    frame.fin = header.fin;
    frame.rsv1 = header.rsv1;
    frame.rsv2 = header.rsv2;
    frame.rsv3 = header.rsv3;
    frame.masked = header.masked;
    if (header.key) frame.key.emplace(reinterpret_cast<char const*>(header.key->data()), header.key->size());
    frame.payload_size = header.length;
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

}  // namespace

void FrameRecorder::feed(std::string_view bytes) {
    buffer_.erase(0, std::exchange(used_, 0));
    buffer_ += bytes;
}

std::optional<RecordedFrame> FrameRecorder::next() {
    std::span<char> bytes(buffer_.data() + used_, buffer_.size() - used_);
    for (;;) {
        auto const part = reader_.next(bytes);  // a tolerant reader never fails
        used_ = buffer_.size() - bytes.size();
        if (!*part) return std::nullopt;
        if ((*part)->begins) begin(frame_, reader_.header());
        auto const payload = (*part)->payload;
        frame_.payload.append(payload.data(), std::min(payload.size(), payload_limit_ - frame_.payload.size()));
        if ((*part)->ends) return std::move(frame_);
    }
}

std::string describe(RecordedFrame const& frame) {
    auto text = "ws frame:" + websocket::name_of(frame.opcode) + flag_names(frame);
    if (frame.key) text += ":key=b'" + http::escaped(*frame.key, '\'') + "'";
    if (frame.payload_size > 0) text += " " + short_size(frame.payload_size);
    return text;
}

}  // namespace pathology::proxycore::record
