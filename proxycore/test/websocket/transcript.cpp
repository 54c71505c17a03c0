#include "websocket/transcript.hpp"

#include <ostream>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/record/frame_recorder.hpp>

namespace pathology::proxycore::websocket::test {
namespace {

constexpr MaskingKey key{std::byte{'a'}, std::byte{'b'}, std::byte{'c'}, std::byte{'d'}};

std::string frame(std::uint8_t bits, std::uint8_t opcode, std::string_view payload, bool fin, bool mask) {
    FrameHeader header;
    header.fin = fin;
    header.rsv1 = (bits & 0x40) != 0;
    header.rsv2 = (bits & 0x20) != 0;
    header.rsv3 = (bits & 0x10) != 0;
    header.opcode = opcode;
    header.masked = mask;
    header.length = payload.size();
    if (mask) header.key = key;
    auto wire = encode(header);
    auto const size = wire.size();
    wire += payload;
    if (mask) apply_mask(std::span(wire).subspan(size), key);
    return wire;
}

std::string shown(std::string_view kind, std::string_view payload) {
    auto text = std::string(kind);
    if (payload.empty()) return text;
    if (payload.size() > 64) return text + " of " + std::to_string(payload.size());
    return text + " " + http::escaped(payload);
}

std::string shown(Close const& close) {
    std::string text = "close";
    if (close.code) text += " " + std::to_string(*close.code);
    return close.reason.empty() ? text : text + " " + close.reason;
}

struct Show {
    std::string operator()(Message const& message) const {
        return shown(message.is_text ? "text" : "binary", message.payload);
    }
    std::string operator()(Ping const& ping) const { return shown("ping", ping.payload); }
    std::string operator()(Pong const& pong) const { return shown("pong", pong.payload); }
    std::string operator()(Close const& close) const { return shown(close); }
};

void add(std::string& list, std::string const& word) { list += (list.empty() ? "" : " | ") + word; }

}  // namespace

std::string masked(std::uint8_t opcode, std::string_view payload, bool fin) {
    return frame(0, opcode, payload, fin, true);
}
std::string masked_with(std::uint8_t bits, std::uint8_t opcode, std::string_view payload, bool fin) {
    return frame(bits, opcode, payload, fin, true);
}
std::string plain(std::uint8_t opcode, std::string_view payload, bool fin) {
    return frame(0, opcode, payload, fin, false);
}

std::string closing(std::uint16_t code, std::string_view reason) { return encode(Close{code, std::string(reason)}); }

void PrintTo(Transcript const& transcript, std::ostream* out) {
    *out << "heard: " << transcript.received << "\n  said: " << transcript.sent;
}

Transcript transcribe(Session& endpoint, std::span<std::string_view const> pieces, bool echoes) {
    Transcript transcript;
    for (auto const piece : pieces) {
        endpoint.feed(piece);
        for (auto event = endpoint.next(); !event || *event; event = endpoint.next()) {
            if (!event) {
                add(transcript.received, "! " + event.error().message);
                transcript.sent = shown_frames(endpoint.outgoing());
                return transcript;
            }
            add(transcript.received, std::visit(Show{}, **event));
            if (auto const* message = std::get_if<Message>(&**event); message != nullptr && echoes)
                endpoint.send(*message);
        }
    }
    transcript.sent = shown_frames(endpoint.outgoing());
    return transcript;
}

std::string shown_frames(std::string_view wire) {
    std::string list;
    record::FrameRecorder recorder({.payload = 1U << 20U});
    recorder.feed(wire);
    while (auto const frame = recorder.next()) {
        auto const kind = name_of(frame->opcode) + (frame->rsv1 ? "+rsv1" : "") + (frame->fin ? "" : "...");
        if (frame->opcode != 8) {
            add(list, shown(kind, frame->payload));
            continue;
        }
        auto const close = parse_close(frame->payload);
        add(list, close ? shown(*close) : "close " + close.error().message);
    }
    if (!recorder.is_between_frames()) add(list, "half a frame");
    return list;
}

}  // namespace pathology::proxycore::websocket::test
