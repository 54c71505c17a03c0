#include "http2/frames.hpp"

#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http2/frame_reader.hpp>

namespace pathology::proxycore::http2::test {
namespace {

std::uint32_t read_number(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + 4 && i < bytes.size(); ++i)
        value = value << 8U | static_cast<unsigned char>(bytes[i]);
    return value;
}

std::string detail(Frame const& frame) {
    switch (FrameType{frame.header.type}) {
        case FrameType::data: return "'" + http::escaped(frame.payload, '\'') + "'";
        case FrameType::rst_stream: return name(ErrorCode{read_number(frame.payload, 0)});
        case FrameType::goaway:
            return std::to_string(read_number(frame.payload, 0)) + " " + name(ErrorCode{read_number(frame.payload, 4)});
        case FrameType::window_update: return std::to_string(read_number(frame.payload, 0));
        case FrameType::ping: return http::escaped(frame.payload);
        default: return {};
    }
}

}  // namespace

std::string frame(FrameType type, unsigned flags, std::uint32_t stream, std::string_view payload) {
    FrameHeader header;
    header.length = static_cast<std::uint32_t>(payload.size());
    header.type = static_cast<std::uint8_t>(type);
    header.flags = static_cast<std::uint8_t>(flags);
    header.stream = stream;
    return encode(header).append(payload);
}

std::string block(FieldList fields) {
    std::string result;
    for (auto const& [name, value] : fields) {
        result += '\0';
        result += static_cast<char>(name.size());
        result += name;
        result += static_cast<char>(value.size());
        result += value;
    }
    return result;
}

std::string number(std::uint32_t value) {
    std::string result;
    for (unsigned shift = 32; shift > 0; shift -= 8) result += static_cast<char>(value >> (shift - 8) & 0xFFU);
    return result;
}

std::string setting(SettingId id, std::uint32_t value) {
    auto const code = static_cast<std::uint16_t>(id);
    return std::string{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)} + number(value);
}

std::string headers(std::uint32_t stream, std::string_view block, unsigned flags) {
    return frame(FrameType::headers, flags, stream, block);
}

std::string headers(std::uint32_t stream, FieldList fields, unsigned flags) {
    return headers(stream, std::string_view(block(fields)), flags);
}

std::string get(std::uint32_t stream, unsigned flags) {
    return headers(stream, {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}}, flags);
}

std::string data(std::uint32_t stream, std::string_view payload, unsigned flags) {
    return frame(FrameType::data, flags, stream, payload);
}
std::string settings(std::string_view entries, unsigned flags) { return frame(FrameType::settings, flags, 0, entries); }
std::string ping(std::string_view eight, unsigned flags) { return frame(FrameType::ping, flags, 0, eight); }
std::string window_update(std::uint32_t stream, std::uint32_t increment) {
    return frame(FrameType::window_update, 0, stream, number(increment));
}
std::string rst_stream(std::uint32_t stream, ErrorCode error) {
    return frame(FrameType::rst_stream, 0, stream, number(static_cast<std::uint32_t>(error)));
}

std::string hello() { return std::string(client_preface) + settings(); }

std::string lines(std::string_view wire) {
    FrameReader reader;
    reader.feed(wire);
    std::string text;
    while (auto const next = reader.next().value()) {
        auto const type = FrameType{next->header.type};
        text += name(type);
        if (next->header.stream != 0) text += " " + std::to_string(next->header.stream);
        for (auto const& part : {flag_names(type, next->header.flags), detail(*next)}) {
            if (!part.empty()) text += " " + part;
        }
        text += '\n';
    }
    if (!reader.buffered().empty()) text += "and " + std::to_string(reader.buffered().size()) + " bytes\n";
    return text;
}

}  // namespace pathology::proxycore::http2::test
