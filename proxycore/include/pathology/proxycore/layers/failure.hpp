// Why an exchange, or a connection that it needs, failed.
#pragma once

#include <boost/system/result.hpp>
#include <string>

namespace pathology::proxycore::layers {

/// A failure on one of the two sides.
struct Failure {
    enum class Kind {
        closed,       ///< the peer ended or reset the connection, or the stream
        timed_out,    ///< the peer sent nothing for the time limit
        malformed,    ///< the peer violated its protocol
        too_large,    ///< a head or a body exceeds its limit
        unreachable,  ///< no connection: name resolution, TCP, or an upstream proxy failed
        untrusted,    ///< the TLS handshake or the verification of the certificate failed
        cancelled,    ///< an addon refused, or the flow was killed
    };
    Kind kind = Kind::closed;
    std::string message{};      ///< a sentence; names host and port if they are known
    unsigned status = 502;      ///< of the response to the client, if none was begun (P13)
    bool is_retryable = false;  ///< the server processed nothing: the request may be sent again on a new connection
};

template <class T> using Result = boost::system::result<T, Failure>;

/// Makes Result::value() throw ProtocolException; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

}  // namespace pathology::proxycore::layers
