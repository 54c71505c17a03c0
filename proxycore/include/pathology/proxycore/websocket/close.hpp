// The payload of a close frame (RFC 6455 §5.5.1, §7.4).
#pragma once
#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/websocket/violation.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::websocket {

/// Why a side closes the connection; an empty payload has no code.
struct Close {
    std::optional<std::uint16_t> code{};
    std::string reason{};  ///< UTF-8, at most 123 bytes
    bool operator==(Close const&) const = default;
};

/// Returns true if a close frame may carry the code: 1000 to 1003, 1007 to 1014, 3000 to 4999 (RFC 6455 §7.4.2 and
/// registry).
bool may_be_sent(std::uint16_t code);

/// Parses a payload.
/// Errors: Errc::bad_close for one byte or a code that must not be sent, Errc::bad_utf8 for the reason.
boost::system::result<Close, Violation> parse_close(std::string_view payload);

/// Returns the payload; empty without a code. A reason is cut before the character that would exceed 123 bytes.
std::string encode(Close const& close);

}  // namespace pathology::proxycore::websocket
