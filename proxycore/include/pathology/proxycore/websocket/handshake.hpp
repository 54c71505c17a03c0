// The opening handshake (RFC 6455 §4): keys, and checks of request and response.
#pragma once
#include <array>
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/failure.hpp>
#include <pathology/proxycore/http/message.hpp>
#include <span>
#include <string>
#include <string_view>

namespace pathology::proxycore::websocket {

/// Returns the Sec-WebSocket-Accept value for `key`, which is not decoded (RFC 6455 §4.2.2 item 5.4).
std::string accept_key(std::string_view key);

/// Returns the Sec-WebSocket-Key for 16 random bytes, which is their base64 (RFC 6455 §4.1 item 7).
std::string make_key(std::span<std::byte const, 16> nonce);

/// Returns true if a request is an opening handshake: `upgrade` in Connection, `websocket` in Upgrade, without regard
/// to case, and a Sec-WebSocket-Key. Method and Sec-WebSocket-Version are not checked, so that a test server can accept
/// malformed handshakes.
bool is_handshake(http::RequestHead const& request);

enum class HandshakeErrc : std::uint8_t {
    bad_method = 1,         ///< not GET
    bad_version,            ///< of HTTP, lower than 1.1
    bad_host,               ///< no Host field, or more than one
    bad_upgrade,            ///< Connection or Upgrade does not ask for, or agree to, WebSocket
    bad_websocket_version,  ///< not 13
    bad_key,                ///< no Sec-WebSocket-Key, more than one, or not 16 bytes in base64
    bad_status,             ///< of the response, not 101
    bad_accept,             ///< Sec-WebSocket-Accept does not fit the key
    bad_subprotocol,        ///< one that was not offered
};

/// Why a handshake is invalid: `Sec-WebSocket-Key "x" is not 16 bytes in base64`.
struct HandshakeFailure : BasicFailure<HandshakeErrc> {
    /// Of the response to a request: 405 for the method, 426 for the version (RFC 6455 §4.4: the response names version 13).
    unsigned status = 400;
};

/// Makes `result::value()` throw std::runtime_error with the message.
[[noreturn]] void throw_exception_from_error(HandshakeFailure const& failure, boost::source_location const& where);

/// Checks a request as a server has to (RFC 6455 §4.2.1): GET, HTTP/1.1, Host, the two fields, a key of 16
/// bytes, version 13.
boost::system::result<void, HandshakeFailure> check_request(http::RequestHead const& request);

/// Checks a response as a client has to (RFC 6455 §4.1): 101, the two fields, the accept value for `key`, and a
/// subprotocol only if it was `offered`.
boost::system::result<void, HandshakeFailure> check_response(http::ResponseHead const& response, std::string_view key,
                                                             std::span<std::string const> offered = {});

/// Returns the first subprotocol of the request that is `supported`, or the first if `supported` is empty; std::nullopt
/// if there is none (RFC 6455 §4.2.2 item 4).
std::optional<std::string> choose_subprotocol(http::Fields const& request, std::span<std::string const> supported = {});

}  // namespace pathology::proxycore::websocket
