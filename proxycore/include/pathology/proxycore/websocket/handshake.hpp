// The opening handshake of RFC 6455 §4: keys, and what a request must have to ask for it.
#pragma once
#include <array>
#include <cstddef>
#include <pathology/proxycore/http/message.hpp>
#include <span>
#include <string>
#include <string_view>

namespace pathology::proxycore::websocket {

/// The Sec-WebSocket-Accept value that answers `key`, taken as sent (RFC 6455 §4.2.2 item 5.4).
std::string accept_key(std::string_view key);

/// A Sec-WebSocket-Key out of 16 random bytes: their base64 (RFC 6455 §4.1 item 7).
std::string make_key(std::span<std::byte const, 16> nonce);

/// Whether a request asks for a websocket: `upgrade` in Connection, `websocket` in Upgrade, in any case, and a
/// Sec-WebSocket-Key. Method and Sec-WebSocket-Version are not looked at, so that odd clients can be served oddly.
bool is_handshake(http::RequestHead const& request);

}  // namespace pathology::proxycore::websocket
