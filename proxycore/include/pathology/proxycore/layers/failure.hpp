// Why an exchange, or a connection that it needs, failed.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/failure.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::layers {

enum class Errc : std::uint8_t {
    closed,       ///< the peer ended or reset the connection, or the stream
    timed_out,    ///< the peer sent nothing for the time limit
    malformed,    ///< the peer violated its protocol
    too_large,    ///< a head or a body exceeds its limit
    unreachable,  ///< no connection: name resolution, TCP, or an upstream proxy failed
    untrusted,    ///< the TLS handshake or the verification of the certificate failed
    cancelled,    ///< an addon refused, or the flow was killed
    truncated,    ///< the body came, but its end is not certain: TLS ended without close_notify (RFC 9112 §9.8)
};

/// Which request that failed may be sent once more, on a new connection.
enum class Repeat : std::uint8_t {
    never,
    if_idempotent,  ///< the server may have processed the request before it ended the connection
    always,         ///< the server did not process it, and has said so
};

/// What a server wants to be asked by.
enum class Protocol : std::uint8_t {
    http1,  ///< it reset the stream with HTTP_1_1_REQUIRED (RFC 9113 §7)
    http2,  ///< it sent SETTINGS in response to HTTP/1
};

/// Returns true if a request of that method may be sent once more. A proxy "MUST NOT automatically retry
/// non-idempotent requests" (RFC 9110 §9.2.2); methods that are not known count among these.
bool may_repeat(Repeat repeat, std::string_view method);

/// What a proxy between this one and the server failed at.
enum class ProxyFault : std::uint8_t {
    unreachable,   ///< name resolution or TCP
    timed_out,     ///< no connection within the time limit
    untrusted,     ///< TLS with the proxy itself
    unauthorized,  ///< it requires credentials, or rejected those that it got
    refused,       ///< it did not connect further
    malformed,     ///< its response is not valid in its protocol
    closed,        ///< it ended the connection before a response, or sent none within the time limit
};

/// Why an exchange failed. The message names host and port where they are known.
struct Failure : BasicFailure<Errc> {
    unsigned status = 502;                    ///< of the response to the client, if none was begun (P13)
    Repeat repeat = Repeat::never;            ///< of the request
    std::optional<http2::ErrorCode> reset{};  ///< the code of the server's RST_STREAM, if that was the reason
    std::optional<ProxyFault> proxy_fault{};  ///< if a proxy of the route failed, and not the server
    std::optional<Protocol> wanted{};         ///< the server takes the request by this protocol only
};

template <class T> using Result = boost::system::result<T, Failure>;

/// Makes Result::value() throw ProtocolException; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

}  // namespace pathology::proxycore::layers
