#include <algorithm>
#include <pathology/proxycore/websocket/close.hpp>

#include "websocket/utf8.hpp"

namespace pathology::proxycore::websocket {
namespace {

constexpr std::size_t max_reason_size = 123;  // of the 125 bytes of a control frame

/// The longest prefix of at most `limit` bytes that does not end inside a character.
std::string_view cut(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return text;
    auto const is_inside = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80; };
    while (limit > 0 && is_inside(limit)) --limit;
    return text.substr(0, limit);
}

}  // namespace

bool may_be_sent(std::uint16_t code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

boost::system::result<Close, Violation> parse_close(std::string_view payload) {
    if (payload.empty()) return Close{};
    if (payload.size() == 1) return Violation{Errc::bad_close, CloseCode::protocol_error, "close frame of one byte"};
    auto const high = static_cast<unsigned char>(payload[0]);
    auto const low = static_cast<unsigned char>(payload[1]);
    auto const code = static_cast<std::uint16_t>(high << 8 | low);
    if (!may_be_sent(code)) {
        return Violation{Errc::bad_close, CloseCode::protocol_error,
                         "close code " + std::to_string(code) + " must not be sent"};
    }
    payload.remove_prefix(2);
    if (!is_utf8(payload)) {
        return Violation{Errc::bad_utf8, CloseCode::invalid_payload, "close reason that is no UTF-8"};
    }
    return Close{code, std::string(payload)};
}

std::string encode(Close const& close) {
    if (!close.code) return {};
    std::string payload{static_cast<char>(*close.code >> 8), static_cast<char>(*close.code & 0xff)};
    return payload.append(cut(close.reason, max_reason_size));
}

}  // namespace pathology::proxycore::websocket
