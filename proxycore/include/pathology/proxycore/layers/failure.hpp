// Why an exchange, or a connection that it needs, failed.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <pathology/proxycore/failure.hpp>
#include <string>

namespace pathology::proxycore::layers {

enum class Errc : std::uint8_t {
    closed,       ///< the peer ended or reset the connection, or the stream
    timed_out,    ///< the peer sent nothing for the time limit
    malformed,    ///< the peer violated its protocol
    too_large,    ///< a head or a body exceeds its limit
    unreachable,  ///< no connection: name resolution, TCP, or an upstream proxy failed
    untrusted,    ///< the TLS handshake or the verification of the certificate failed
    cancelled,    ///< an addon refused, or the flow was killed
};

/// Why an exchange failed. The message names host and port where they are known.
struct Failure : BasicFailure<Errc> {
    unsigned status = 502;      ///< of the response to the client, if none was begun (P13)
    bool is_retryable = false;  ///< the server processed nothing: the request may be sent again on a new connection
};

template <class T> using Result = boost::system::result<T, Failure>;

/// Makes Result::value() throw ProtocolException; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

}  // namespace pathology::proxycore::layers
