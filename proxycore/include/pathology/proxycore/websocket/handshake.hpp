// The opening handshake of RFC 6455 §4: keys, what a request must have to ask for it, and what an answer must have.
#pragma once
#include <array>
#include <boost/system/result.hpp>
#include <cstddef>
#include <optional>
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

/// Why a handshake is none, and what a server answers to it.
struct HandshakeFailure {
    std::string message;    ///< a sentence: `Sec-WebSocket-Key "x" is not 16 bytes in base64`
    unsigned status = 400;  ///< 405 for the method, 426 for the version (RFC 6455 §4.4: answer with the version 13)
};

/// Makes `result::value()` throw std::runtime_error with the message.
[[noreturn]] void throw_exception_from_error(HandshakeFailure const& failure, boost::source_location const& where);

/// Judges a handshake as a strict server does (RFC 6455 §4.2.1): GET, HTTP/1.1, Host, the two fields, a key of 16
/// bytes, version 13.
boost::system::result<void, HandshakeFailure> check_request(http::RequestHead const& request);

/// Judges the answer as a client does (RFC 6455 §4.1): 101, the two fields, the accept value for `key`, and a
/// subprotocol only out of those `offered`.
boost::system::result<void, HandshakeFailure> check_answer(http::ResponseHead const& answer, std::string_view key,
                                                           std::span<std::string const> offered = {});

/// The first subprotocol the client asked for that is `supported`; any when `supported` is empty; nothing when there is
/// none (RFC 6455 §4.2.2 item 4).
std::optional<std::string> choose_subprotocol(http::Fields const& request, std::span<std::string const> supported = {});

}  // namespace pathology::proxycore::websocket
