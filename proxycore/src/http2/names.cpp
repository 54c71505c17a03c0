#include <algorithm>
#include <array>
#include <pathology/proxycore/http2/names.hpp>
#include <span>
#include <utility>

namespace pathology::proxycore::http2 {
namespace {

template <class Number> using Entry = std::pair<Number, std::string_view>;

constexpr Entry<FrameType> frame_types[] = {{FrameType::data, "DATA"},
                                            {FrameType::headers, "HEADERS"},
                                            {FrameType::priority, "PRIORITY"},
                                            {FrameType::rst_stream, "RST_STREAM"},
                                            {FrameType::settings, "SETTINGS"},
                                            {FrameType::push_promise, "PUSH_PROMISE"},
                                            {FrameType::ping, "PING"},
                                            {FrameType::goaway, "GOAWAY"},
                                            {FrameType::window_update, "WINDOW_UPDATE"},
                                            {FrameType::continuation, "CONTINUATION"},
                                            {FrameType::altsvc, "ALTSVC"},
                                            {FrameType::origin, "ORIGIN"},
                                            {FrameType::priority_update, "PRIORITY_UPDATE"}};

constexpr Entry<ErrorCode> error_codes[] = {{ErrorCode::no_error, "NO_ERROR"},
                                            {ErrorCode::protocol_error, "PROTOCOL_ERROR"},
                                            {ErrorCode::internal_error, "INTERNAL_ERROR"},
                                            {ErrorCode::flow_control_error, "FLOW_CONTROL_ERROR"},
                                            {ErrorCode::settings_timeout, "SETTINGS_TIMEOUT"},
                                            {ErrorCode::stream_closed, "STREAM_CLOSED"},
                                            {ErrorCode::frame_size_error, "FRAME_SIZE_ERROR"},
                                            {ErrorCode::refused_stream, "REFUSED_STREAM"},
                                            {ErrorCode::cancel, "CANCEL"},
                                            {ErrorCode::compression_error, "COMPRESSION_ERROR"},
                                            {ErrorCode::connect_error, "CONNECT_ERROR"},
                                            {ErrorCode::enhance_your_calm, "ENHANCE_YOUR_CALM"},
                                            {ErrorCode::inadequate_security, "INADEQUATE_SECURITY"},
                                            {ErrorCode::http_1_1_required, "HTTP_1_1_REQUIRED"}};

constexpr Entry<SettingId> settings[] = {{SettingId::header_table_size, "HEADER_TABLE_SIZE"},
                                         {SettingId::enable_push, "ENABLE_PUSH"},
                                         {SettingId::max_concurrent_streams, "MAX_CONCURRENT_STREAMS"},
                                         {SettingId::initial_window_size, "INITIAL_WINDOW_SIZE"},
                                         {SettingId::max_frame_size, "MAX_FRAME_SIZE"},
                                         {SettingId::max_header_list_size, "MAX_HEADER_LIST_SIZE"},
                                         {SettingId::enable_connect_protocol, "ENABLE_CONNECT_PROTOCOL"},
                                         {SettingId::no_rfc7540_priorities, "NO_RFC7540_PRIORITIES"}};

constexpr Entry<std::uint8_t> flags_of_data[] = {{flag::end_stream, "END_STREAM"}, {flag::padded, "PADDED"}};
constexpr Entry<std::uint8_t> flags_of_headers[] = {{flag::end_stream, "END_STREAM"},
                                                    {flag::end_headers, "END_HEADERS"},
                                                    {flag::padded, "PADDED"},
                                                    {flag::priority, "PRIORITY"}};
constexpr Entry<std::uint8_t> flags_of_push_promise[] = {{flag::end_headers, "END_HEADERS"}, {flag::padded, "PADDED"}};
constexpr Entry<std::uint8_t> flags_of_continuation[] = {{flag::end_headers, "END_HEADERS"}};
constexpr Entry<std::uint8_t> acknowledgement[] = {{flag::ack, "ACK"}};

std::span<Entry<std::uint8_t> const> flags_of(FrameType type) {
    switch (type) {
        case FrameType::data: return flags_of_data;
        case FrameType::headers: return flags_of_headers;
        case FrameType::push_promise: return flags_of_push_promise;
        case FrameType::continuation: return flags_of_continuation;
        case FrameType::settings:
        case FrameType::ping: return acknowledgement;
        default: return {};
    }
}

std::string hexadecimal(std::uint32_t number) {
    std::string digits;
    do digits += "0123456789abcdef"[number & 0xf];
    while ((number >>= 4) != 0);
    std::reverse(digits.begin(), digits.end());
    return "0x" + digits;
}

template <class Table, class Number> std::string name_in(Table const& table, Number number) {
    for (auto const& [known, text] : table) {
        if (known == number) return std::string(text);
    }
    return hexadecimal(static_cast<std::uint32_t>(number));
}

template <class Number> std::optional<Number> find(std::span<Entry<Number> const> table, std::string_view name) {
    for (auto const& [number, text] : table) {
        if (text == name) return number;
    }
    return std::nullopt;
}

}  // namespace

std::string name(FrameType type) { return name_in(frame_types, type); }
std::string name(ErrorCode code) { return name_in(error_codes, code); }
std::string name(SettingId id) { return name_in(settings, id); }

std::string flag_names(FrameType type, std::uint8_t flags) {
    std::string text;
    auto const append = [&](std::string_view word) { text.append(text.empty() ? "" : ",").append(word); };
    unsigned unnamed = flags;
    for (auto const& [bit, word] : flags_of(type)) {
        if ((flags & bit) == 0) continue;
        append(word);
        unnamed &= ~static_cast<unsigned>(bit);
    }
    if (unnamed != 0) append(hexadecimal(unnamed));
    return text;
}

std::optional<FrameType> frame_type(std::string_view name) { return find<FrameType>(frame_types, name); }
std::optional<ErrorCode> error_code(std::string_view name) { return find<ErrorCode>(error_codes, name); }
std::optional<SettingId> setting_id(std::string_view name) { return find<SettingId>(settings, name); }

std::optional<std::uint8_t> flag_bit(std::string_view name) {
    if (auto const bit = find<std::uint8_t>(flags_of_headers, name)) return bit;
    return find<std::uint8_t>(acknowledgement, name);
}

}  // namespace pathology::proxycore::http2
